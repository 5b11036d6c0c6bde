/* SPDX-License-Identifier: MIT */
/* Calls that wait, and streams, over sockets: who wakes whom, what time does, and the end. */
#include <sys/socket.h>

#include "heap/events.h"
#include "lib/server_fixture.h"
#include "lib/testlib.h"

#define MS  (SECOND / 1000)
#define KIB 1024

/* A call that waits so long for anything to happen. */
static void send_list(struct peer *peer, uint32_t wait_ms)
{
    struct wire_bytes payload = {0};

    wire_put_number(&payload, 3, wait_ms);
    peer_send(peer, "EventService", "ListEvents", &payload);
    wire_bytes_free(&payload);
}

static size_t count_events(const struct wire_reply *reply)
{
    struct wire_value event;
    size_t count = 0;

    while (wire_get(reply->payload, reply->payload_size, 1, count, &event)) {
        count++;
    }
    return count;
}

static void take_list(struct peer *peer, size_t events)
{
    struct wire_reply reply;

    assert_true(peer_read(peer));
    assert_true(peer_reply(peer, &reply));
    assert_int_equal(reply.type, 2);
    assert_int_equal(reply.code, 0);
    assert_int_equal(count_events(&reply), events);
    assert_false(peer_reply(peer, &reply));
}

static void take_nothing(struct peer *peer)
{
    struct wire_reply reply;

    assert_true(peer_read(peer));
    assert_false(peer_reply(peer, &reply));
}

static void what_one_client_does_wakes_another(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer watcher;
    struct peer worker;

    peer_connect(&worker, &f->a, SOCK_STREAM);
    (void)peer_must(f, &worker, "HeapService", "Info", NULL);
    peer_connect(&watcher, &f->a, SOCK_STREAM);
    peer_send(&watcher, "EventStreamService", "Events", NULL);
    send_list(&watcher, 1000);
    server_fixture_settle(f);
    take_nothing(&watcher);
    (void)peer_must(f, &worker, "CollectorService", "Collect", NULL);
    assert_true(peer_read(&watcher));
    assert_true(peer_reply(&watcher, &reply));
    assert_int_equal(reply.type, 3);
    assert_int_equal(count_events(&reply), 2); /* started, finished */
    take_list(&watcher, 2);
    peer_close(&worker);
    server_fixture_settle(f);
    assert_true(peer_read(&watcher));
    assert_true(peer_reply(&watcher, &reply)); /* its session has ended */
    assert_int_equal(count_events(&reply), 1);
    peer_close(&watcher); /* with its stream open */
    server_fixture_settle(f);
    assert_true(hd_list_is_empty(&hd_heap_events(f->a.heap)->waiting));
}

static void the_clock_ends_a_wait(void **state)
{
    struct server_fixture *f = *state;
    struct peer peer;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    send_list(&peer, 500);
    send_list(&peer, 1000);
    server_fixture_settle(f);
    take_nothing(&peer);
    fake_clock_advance(&f->a.clock, 500 * MS);
    server_fixture_settle(f);
    take_list(&peer, 0);
    fake_clock_advance(&f->a.clock, 500 * MS);
    server_fixture_settle(f);
    take_list(&peer, 0);
    peer_close(&peer);
}

/* A loop that sleeps is woken for a deadline.  It hangs if it is not. */
static void a_sleeping_loop_wakes_for_it(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    send_list(&peer, 3);
    server_fixture_settle(f);
    fake_clock_advance(&f->a.clock, 3 * MS);
    do {
        (void)uv_run(&f->loop, UV_RUN_ONCE);
        assert_true(peer_read(&peer));
    } while (!peer_reply(&peer, &reply));
    assert_int_equal(reply.code, 0);
    peer_close(&peer);
}

static void a_reader_that_has_stopped_costs_a_bounded_amount(void **state)
{
    struct server_fixture *f = *state;
    struct hd_events *events = hd_heap_events(f->a.heap);
    struct wire_reply reply;
    struct wire_value event;
    struct peer slow;
    struct peer other;
    uint64_t last = 0;
    uint64_t lost = 0;
    uint64_t seen = 0;

    peer_connect(&other, &f->a, SOCK_STREAM);
    peer_connect(&slow, &f->a, SOCK_STREAM);
    peer_send(&slow, "EventStreamService", "Events", NULL);
    server_fixture_settle(f);
    for (int i = 0; i < 1000; i++) {
        for (int j = 0; j < 1000; j++) {
            hd_events_publish(events, &(struct hd_event){.kind = HD_EVENT_SESSION_OPENED,
                                                         .session = UINT64_MAX});
        }
        server_fixture_turn(f);
    }
    server_fixture_settle(f);
    assert_in_range(f->a.alloc.live_bytes, 0, 500 * KIB);
    (void)peer_must(f, &other, "ServerService", "Ping", NULL); /* others are served */
    while (last < events->last) {
        assert_true(peer_read(&slow));
        while (peer_reply(&slow, &reply)) {
            for (size_t i = 0; wire_get(reply.payload, reply.payload_size, 1, i, &event); i++) {
                last = wire_number(event.data, event.size, 1);
                lost += wire_number(event.data, event.size, 6);
                seen += wire_number(event.data, event.size, 2) != 1;
            }
        }
        server_fixture_settle(f);
    }
    assert_int_equal(seen + lost + 1, events->last); /* 1: its own session's beginning */
    assert_true(lost > 100000);
    peer_close(&slow);
    peer_close(&other);
}

static void on_stopped(void *ctx)
{
    *(bool *)ctx = true;
}

static void draining_ends_waits_and_streams(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    peer_send(&peer, "EventStreamService", "Events", NULL);
    send_list(&peer, 3600000);
    server_fixture_settle(f);
    hd_server_drain(f->a.server, on_stopped, &f->a.stopped);
    server_fixture_settle(f);
    assert_false(peer_read(&peer)); /* closed */
    assert_true(peer_reply(&peer, &reply));
    assert_int_equal(reply.code, 14);
    assert_string_equal(reply.reason, "DRAINING");
    assert_true(peer_reply(&peer, &reply));
    assert_int_equal(reply.code, 0);
    peer_close(&peer);
    server_fixture_settle(f);
    assert_true(f->a.stopped);
}

static void a_half_closed_stream_ends(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    peer_send(&peer, "EventStreamService", "Events", NULL);
    server_fixture_settle(f);
    (void)shutdown(peer.fd, SHUT_WR);
    server_fixture_settle(f);
    assert_false(peer_read(&peer));
    assert_true(peer_reply(&peer, &reply));
    assert_int_equal(reply.flags, 5);
    assert_int_equal(hd_server_conns(f->a.server), 0);
    peer_close(&peer);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, server_fixture_setup, server_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_one_client_does_wakes_another),
        TEST(the_clock_ends_a_wait),
        TEST(a_sleeping_loop_wakes_for_it),
        TEST(a_reader_that_has_stopped_costs_a_bounded_amount),
        TEST(draining_ends_waits_and_streams),
        TEST(a_half_closed_stream_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
