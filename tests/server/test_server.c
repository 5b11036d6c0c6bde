/* SPDX-License-Identifier: MIT */
/* The whole daemon in one process: no threads, no sleeps, no ports. */
#include <sys/socket.h>
#include <unistd.h>

#include "heap/heap.h"
#include "lib/server_fixture.h"
#include "lib/testlib.h"

#define KIB ((size_t)1 << 10)

/* A list that holds so many new ints: its death takes slices. */
static uint64_t make_big_list(struct server_fixture *f, struct peer *peer, unsigned size)
{
    struct wire_bytes payload = {0};
    struct wire_bytes object = {0};
    struct wire_bytes create = {0};
    struct wire_bytes packed = {0};
    uint64_t list = peer_list(f, peer, NULL, 0);

    for (unsigned done = 0; done < size; done += 5000) {
        for (uint32_t i = 0; i < 5000; i++) {
            uint8_t number[2] = {(uint8_t)((i & 0x7f) | 0x80), (uint8_t)(i >> 7)};

            wire_put_signed(&object, 3, 1000 + i);
            wire_put_message(&create, 1, &object);
            wire_put_number(&create, 2, 0);
            wire_put_message(&object, 1, &create);
            wire_put_message(&payload, 1, &object);
            wire_bytes_add(&packed, number, 2);
        }
        wire_put_message(&create, 2, &packed); /* Operands.results */
        wire_put_ref(&object, 1, list);
        wire_put_message(&object, 2, &create);  /* ExtendRequest.items */
        wire_put_message(&create, 13, &object); /* Operation.extend */
        wire_put_message(&payload, 1, &create);
        wire_put_number(&payload, 3, 1); /* quiet */
        assert_int_equal(peer_must(f, peer, "BatchService", "Execute", &payload).payload_size,
                         0);
    }
    wire_bytes_free(&payload);
    wire_bytes_free(&object);
    wire_bytes_free(&create);
    wire_bytes_free(&packed);
    return list;
}

static void send_release(struct peer *peer, uint64_t id)
{
    struct wire_bytes payload = {0};

    wire_put_ids(&payload, 1, &id, 1);
    peer_send(peer, "ObjectService", "Release", &payload);
    wire_bytes_free(&payload);
}

static void a_killed_connection_releases_everything(void **state)
{
    struct server_fixture *f = *state;
    struct peer peer;
    struct wire_bytes payload = {0};
    uint64_t list;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    list = make_big_list(f, &peer, 20000);
    wire_put_text(&payload, 1, "local");
    wire_put_ref(&payload, 2, list);
    (void)peer_must(f, &peer, "NameService", "Bind", &payload);
    assert_int_equal(server_world_objects(&f->a), 20001);
    peer_close(&peer);
    server_fixture_settle(f);
    assert_int_equal(server_world_objects(&f->a), 0);
    assert_int_equal(hd_server_conns(f->a.server), 0);
    assert_int_equal(f->a.hub->channels, 0);
    wire_bytes_free(&payload);
}

static void all_replies_of_a_turn_leave_with_one_write(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;
    char packet[65536];
    ssize_t size;

    peer_connect(&peer, &f->a, SOCK_SEQPACKET);
    for (int i = 0; i < 50; i++) {
        struct wire_request request = {.service = "ServerService", .method = "Ping"};

        wire_put_request(&peer.out, peer.stream += 2, &request);
    }
    peer_flush(&peer);
    server_fixture_settle(f);
    size = recv(peer.fd, packet, sizeof packet, MSG_DONTWAIT);
    assert_int_equal(size, 50 * 10);
    assert_int_equal(wire_take_reply((uint8_t *)packet, (size_t)size, &reply), 10);
    assert_int_equal(recv(peer.fd, packet, sizeof packet, MSG_DONTWAIT), -1);
    peer_close(&peer);
}

/* The buffer of answers goes from one to the next, however many ask in one turn. */
static void many_in_one_turn_allocate_nothing(void **state)
{
    enum { PEERS = 200 };
    struct server_fixture *f = *state;
    struct peer peers[PEERS];
    struct wire_reply reply;
    uint64_t before;

    for (int i = 0; i < PEERS; i++) {
        peer_connect(&peers[i], &f->a, SOCK_STREAM);
        (void)peer_must(f, &peers[i], "ServerService", "Ping", NULL);
    }
    before = f->a.alloc.requests;
    for (int i = 0; i < PEERS; i++) {
        peer_send(&peers[i], "ServerService", "Ping", NULL);
    }
    server_fixture_settle(f);
    assert_int_equal(f->a.alloc.requests, before);
    for (int i = 0; i < PEERS; i++) {
        assert_true(peer_read(&peers[i]));
        assert_true(peer_reply(&peers[i], &reply));
        peer_close(&peers[i]);
    }
}

/* What it said something and is silent since costs, session and all. */
static void a_silent_connection_costs_little(void **state)
{
    enum { PEERS = 50 };
    struct server_fixture *f = *state;
    struct peer peers[PEERS];
    size_t before;
    size_t after;

    peer_connect(&peers[0], &f->a, SOCK_STREAM);
    (void)peer_must(f, &peers[0], "CollectorService", "GetCount", NULL);
    before = f->a.alloc.live_bytes + f->a.heap_alloc.live_bytes;
    for (int i = 1; i < PEERS; i++) {
        peer_connect(&peers[i], &f->a, SOCK_STREAM);
        (void)peer_must(f, &peers[i], "CollectorService", "GetCount", NULL);
    }
    after = f->a.alloc.live_bytes + f->a.heap_alloc.live_bytes;
    assert_in_range((after - before) / (PEERS - 1), 1, 2048 - 5 * 16); /* and malloc's heads */
    for (int i = 0; i < PEERS; i++) {
        peer_close(&peers[i]);
    }
}

static void a_slow_reader_cannot_make_memory_grow(void **state)
{
    struct server_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    struct peer slow;
    struct peer other;
    size_t answered = 0;
    size_t sent = 0;

    peer_connect(&slow, &f->a, SOCK_STREAM);
    peer_connect(&other, &f->a, SOCK_STREAM);
    for (int i = 0; i < 200; i++) { /* 12 MiB of answers that nobody reads */
        char bytes[64 * 1024] = {0};

        if (slow.out.size < 1000 * KIB) {
            wire_put_bytes(&payload, 1, bytes, sizeof bytes);
            peer_send(&slow, "ServerService", "Ping", &payload);
            sent++;
        }
        peer_flush(&slow);
        server_fixture_settle(f);
    }
    assert_in_range(f->a.alloc.live_bytes, 0, 3000 * KIB);
    (void)peer_must(f, &other, "ServerService", "Ping", NULL); /* others are served */
    while (answered < sent) { /* and when it reads at last, nothing is lost */
        assert_true(peer_read(&slow));
        while (peer_reply(&slow, &reply)) {
            assert_int_equal(reply.stream, 1 + 2 * answered);
            answered++;
        }
        peer_flush(&slow);
        server_fixture_settle(f);
    }
    peer_close(&slow);
    peer_close(&other);
    wire_bytes_free(&payload);
}

static void a_flooder_does_not_starve_others(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer flooder;
    struct peer polite;

    peer_connect(&flooder, &f->a, SOCK_STREAM);
    peer_connect(&polite, &f->a, SOCK_STREAM);
    for (int i = 0; i < 20000; i++) {
        struct wire_request request = {.service = "ServerService", .method = "Ping"};

        wire_put_request(&flooder.out, flooder.stream += 2, &request);
    }
    for (int i = 0; i < 50; i++) {
        unsigned turns = 0;

        peer_flush(&flooder);
        peer_send(&polite, "ServerService", "Ping", NULL);
        do {
            uint64_t before = f->a.hub->requests;

            server_fixture_turn(f);
            (void)peer_read(&polite);
            assert_in_range(f->a.hub->requests - before, 0, 600); /* a turn is bounded */
        } while (++turns < 5 && !peer_reply(&polite, &reply));
        assert_in_range(turns, 1, 4);
    }
    peer_close(&flooder);
    peer_close(&polite);
}

static void long_work_holds_back_its_own_session_only(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer busy;
    struct peer other;
    unsigned served = 0;
    uint32_t release;
    uint64_t list;

    peer_connect(&busy, &f->a, SOCK_STREAM);
    peer_connect(&other, &f->a, SOCK_STREAM);
    list = make_big_list(f, &busy, 100000);
    (void)peer_int(f, &other, 5000);
    f->a.clock.step_ns = 400 * 1000; /* three readings use a turn up */
    send_release(&busy, list);
    release = busy.stream;
    peer_send(&busy, "HeapService", "Info", NULL);
    do {
        peer_send(&other, "HeapService", "Info", NULL);
        server_fixture_turn(f);
        server_fixture_turn(f);
        assert_true(peer_read(&other));
        while (peer_reply(&other, &reply)) {
            served++;
        }
        assert_true(peer_read(&busy));
    } while (!peer_reply(&busy, &reply));
    assert_int_equal(reply.stream, release);
    assert_in_range(served, 10, 1000);
    server_fixture_settle(f);
    assert_true(peer_read(&busy));
    assert_true(peer_reply(&busy, &reply));
    assert_int_equal(reply.stream, release + 2);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 1);
    peer_close(&busy);
    peer_close(&other);
}

static void two_servers_never_notice_each_other(void **state)
{
    struct server_fixture *f = *state;
    struct peer a;
    struct peer b;

    server_fixture_add_b(f);
    peer_connect(&a, &f->a, SOCK_STREAM);
    peer_connect(&b, &f->b, SOCK_STREAM);
    (void)peer_int(f, &a, 1000);
    (void)peer_int(f, &a, 1001);
    (void)peer_int(f, &b, 1000);
    assert_int_equal(server_world_objects(&f->a), 2);
    assert_int_equal(server_world_objects(&f->b), 1);
    peer_close(&a);
    server_fixture_settle(f);
    assert_int_equal(server_world_objects(&f->a), 0);
    assert_int_equal(server_world_objects(&f->b), 1);
    (void)peer_int(f, &b, 1001);
    peer_close(&b);
}

static void half_closing_waits_for_the_answers(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;
    uint64_t list;

    peer_connect(&peer, &f->a, SOCK_STREAM);
    list = make_big_list(f, &peer, 20000);
    send_release(&peer, list);
    peer_send(&peer, "ServerService", "Ping", NULL);
    assert_int_equal(shutdown(peer.fd, SHUT_WR), 0);
    server_fixture_settle(f);
    assert_false(peer_read(&peer)); /* everything, and the end */
    assert_true(peer_reply(&peer, &reply));
    assert_true(peer_reply(&peer, &reply));
    assert_int_equal(hd_server_conns(f->a.server), 0);
    peer_close(&peer);
}

static void on_stopped(void *ctx)
{
    *(bool *)ctx = true;
}

static void draining_answers_what_is_in_flight(void **state)
{
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer busy;
    struct peer idle;
    uint64_t list;

    peer_connect(&busy, &f->a, SOCK_STREAM);
    peer_connect(&idle, &f->a, SOCK_STREAM);
    (void)peer_int(f, &idle, 1000);
    list = make_big_list(f, &busy, 50000);
    f->a.clock.step_ns = 1000 * 1000;
    send_release(&busy, list);
    server_fixture_turn(f);
    assert_true(hd_heap_has_work(f->a.heap));
    hd_server_drain(f->a.server, on_stopped, &f->a.stopped);
    peer_send(&busy, "ServerService", "Ping", NULL); /* too late */
    server_fixture_settle(f);
    assert_false(peer_read(&busy));
    assert_true(peer_reply(&busy, &reply));
    assert_int_equal(reply.code, 14);
    assert_string_equal(reply.reason, "DRAINING");
    assert_true(peer_reply(&busy, &reply));
    assert_int_equal(reply.code, 0);
    assert_false(peer_read(&idle)); /* closed */
    peer_close(&busy);
    peer_close(&idle);
    server_fixture_settle(f);
    assert_true(f->a.stopped);
    assert_int_equal(server_world_objects(&f->a), 0);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, server_fixture_setup, server_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_killed_connection_releases_everything),
        TEST(all_replies_of_a_turn_leave_with_one_write),
        TEST(many_in_one_turn_allocate_nothing),
        TEST(a_silent_connection_costs_little),
        TEST(a_slow_reader_cannot_make_memory_grow),
        TEST(a_flooder_does_not_starve_others),
        TEST(long_work_holds_back_its_own_session_only),
        TEST(two_servers_never_notice_each_other),
        TEST(half_closing_waits_for_the_answers),
        TEST(draining_answers_what_is_in_flight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
