/* SPDX-License-Identifier: MIT */
/* What happens later: idle memory, lingering connections, the end of patience.
 * The timer is set to fire in every turn; how late it is says the fake clock. */
#include <sys/socket.h>

#include "heap/heap.h"
#include "lib/server_fixture.h"
#include "lib/testlib.h"

static int setup_with(void **state, uint64_t trim_ns)
{
    struct server_fixture *f;

    (void)server_fixture_setup(state);
    f = *state;
    f->b.options = hd_server_options_default();
    f->b.options.trim_ns = trim_ns;
    f->b.options.max_conns = 2;
    server_fixture_add_b(f);
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, 0);
}

static int setup_a_little_later(void **state)
{
    return setup_with(state, SECOND / 1000);
}

static void idle_memory_goes_back(void **state)
{
    struct server_fixture *f = *state;
    struct hd_memory *memory = hd_heap_memory(f->b.heap);
    struct wire_bytes payload = {0};
    struct wire_bytes object = {0};
    uint64_t ids[200];
    struct peer peer;

    peer_connect(&peer, &f->b, SOCK_STREAM);
    for (int i = 0; i < 200; i++) {
        char bytes[30000] = {(char)i};

        wire_put_bytes(&object, 6, bytes, sizeof bytes);
        wire_put_message(&payload, 1, &object);
        struct wire_reply reply = peer_must(f, &peer, "ObjectService", "Create", &payload);
        ids[i] = wire_number(reply.payload, reply.payload_size, 1);
    }
    wire_put_ids(&payload, 1, ids, 200);
    peer_send(&peer, "ObjectService", "Release", &payload);
    server_fixture_turn(f);
    assert_true(hd_memory_trimmable_bytes(memory) > 4000000);
    server_fixture_settle(f);
    assert_int_equal(hd_memory_trimmable_bytes(memory), 0);
    assert_in_range(f->b.alloc.live_bytes, 0, 150000); /* the buffers are given back too */
    peer_close(&peer);
    wire_bytes_free(&payload);
    wire_bytes_free(&object);
}

/* Survivors of sparse pools move together; their ids stay. */
static void idle_bodies_move_together(void **state)
{
    struct server_fixture *f = *state;
    struct hd_memory *memory = hd_heap_memory(f->b.heap);
    struct wire_bytes payload = {0};
    struct wire_bytes object = {0};
    uint64_t ids[1000], gone[900];
    struct hd_memory_stats before, after;
    struct wire_reply reply;
    struct peer peer;
    size_t n = 0;

    peer_connect(&peer, &f->b, SOCK_STREAM);
    for (int i = 0; i < 1000; i++) {
        char bytes[12000] = {(char)i};

        wire_put_bytes(&object, 6, bytes, sizeof bytes);
        wire_put_message(&payload, 1, &object);
        reply = peer_must(f, &peer, "ObjectService", "Create", &payload);
        ids[i] = wire_number(reply.payload, reply.payload_size, 1);
        if (i % 10 != 0) {
            gone[n++] = ids[i];
        }
    }
    wire_put_ids(&payload, 1, gone, n);
    peer_send(&peer, "ObjectService", "Release", &payload);
    server_fixture_turn(f);
    hd_memory_stats(memory, &before);
    server_fixture_settle(f);
    hd_memory_stats(memory, &after);
    assert_true(peer_read(&peer) && peer_reply(&peer, &reply));
    assert_true(after.moved_blocks > 0 && after.evacuating_pools == 0);
    assert_true(after.committed_bytes < before.committed_bytes / 4);
    assert_int_equal(server_world_objects(&f->b), 100);
    wire_put_ids(&payload, 1, &ids[990], 1);
    reply = peer_must(f, &peer, "ObjectService", "Get", &payload);
    assert_true(reply.payload_size > 12000);
    peer_close(&peer);
    wire_bytes_free(&payload);
    wire_bytes_free(&object);
}

static void a_peer_that_is_shown_out_and_stays_is_cut(void **state)
{
    struct server_fixture *f = *state;
    struct peer peer;

    peer_connect(&peer, &f->b, SOCK_STREAM);
    wire_bytes_add(&peer.out, "\x16\x03\x01", 3); /* TLS */
    peer_flush(&peer);
    server_fixture_settle(f);
    assert_false(peer_read(&peer));
    assert_int_equal(peer.in.size, 7); /* an alert, and the end */
    assert_int_equal(hd_server_conns(f->b.server), 0);
    peer_close(&peer);
}

static void on_stopped(void *ctx)
{
    *(bool *)ctx = true;
}

static void a_peer_that_never_reads_cannot_hold_up_the_end(void **state)
{
    struct server_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct peer slow;
    char bytes[64 * 1024] = {0};

    peer_connect(&slow, &f->b, SOCK_STREAM);
    for (int i = 0; i < 50; i++) {
        wire_put_bytes(&payload, 1, bytes, sizeof bytes);
        peer_send(&slow, "ServerService", "Ping", &payload);
        server_fixture_settle(f);
    }
    hd_server_drain(f->b.server, on_stopped, &f->b.stopped);
    for (int i = 0; i < 100; i++) {
        server_fixture_turn(f);
    }
    assert_false(f->b.stopped);
    fake_clock_advance(&f->b.clock, 10 * SECOND);
    server_fixture_settle(f);
    assert_true(f->b.stopped);
    peer_close(&slow);
    wire_bytes_free(&payload);
}

/* A turn that may wait for bytes must find something to wake it while a timer is owed:
 * a draining daemon once slept until the silent peer spoke.  It hangs if that comes back. */
static void the_end_needs_no_bytes_to_come(void **state)
{
    struct server_fixture *f = *state;
    struct peer silent;

    peer_connect(&silent, &f->b, SOCK_STREAM);
    server_fixture_settle(f);
    peer_send(&silent, "ServerService", "Ping", NULL);
    hd_server_drain(f->b.server, on_stopped, &f->b.stopped);
    while (!f->b.stopped) {
        (void)uv_run(&f->loop, UV_RUN_ONCE);
    }
    assert_false(peer_read(&silent));
    peer_close(&silent);
}

static void too_many_connections_are_closed(void **state)
{
    struct server_fixture *f = *state;
    struct peer peers[3];

    peer_connect(&peers[0], &f->b, SOCK_STREAM);
    peer_connect(&peers[1], &f->b, SOCK_STREAM);
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    peers[2] = (struct peer){.fd = fds[0]};
    assert_int_equal(hd_server_adopt(f->b.server, fds[1]), HD_RESOURCE_EXHAUSTED);
    server_fixture_settle(f);
    assert_false(peer_read(&peers[2]));
    (void)peer_must(f, &peers[0], "ServerService", "Ping", NULL);
    (void)peer_must(f, &peers[1], "ServerService", "Ping", NULL);
    for (int i = 0; i < 3; i++) {
        peer_close(&peers[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, server_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(idle_memory_goes_back),
        TEST(idle_bodies_move_together),
        TEST(a_peer_that_is_shown_out_and_stays_is_cut),
        TEST(a_peer_that_never_reads_cannot_hold_up_the_end),
        cmocka_unit_test_setup_teardown(the_end_needs_no_bytes_to_come, setup_a_little_later,
                                        server_fixture_teardown),
        TEST(too_many_connections_are_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
