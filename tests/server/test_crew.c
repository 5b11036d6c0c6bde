/* SPDX-License-Identifier: MIT */
/* Two loops, turned by hand: connections go to the loop of their heap, and lose nothing. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/crew_fixture.h"
#include "lib/testlib.h"

#define NOT_FOUND    5
#define PRECONDITION 9
#define UNAVAILABLE  14

static uint32_t channels(const struct crew_fixture *f, uint32_t loop)
{
    return hd_crew_hub(f->crew, loop)->channels;
}

static void put_ping(struct peer *peer, size_t size)
{
    static const char zeros[64 * 1024];
    struct wire_bytes payload = {0};

    wire_put_bytes(&payload, 1, zeros, size);
    crew_put(peer, NULL, "ServerService", "Ping", &payload);
    wire_bytes_free(&payload);
}

static struct wire_reply take(struct peer *peer, uint32_t stream)
{
    struct wire_reply reply;

    assert_true(peer_reply(peer, &reply));
    assert_int_equal(reply.stream, stream);
    return reply;
}

static struct wire_reply ask(struct crew_fixture *f, struct peer *peer)
{
    crew_send(f, peer);
    crew_fixture_settle(f);
    assert_true(peer_read(peer));
    return take(peer, peer->stream);
}

static void a_connection_goes_to_the_loop_of_its_heap(void **state)
{
    struct crew_fixture *f = *state;
    struct wire_reply reply;
    struct wire_value name;
    struct peer peer;

    crew_connect(&peer, f, 0, SOCK_STREAM);
    put_ping(&peer, 3);
    (void)ask(f, &peer);
    crew_put(&peer, NULL, "HeapService", "List", NULL); /* binds it to nothing */
    reply = ask(f, &peer);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 1, &name));
    assert_memory_equal(name.data, "b", 1);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 2, &name));
    assert_false(wire_get(reply.payload, reply.payload_size, 1, 3, &name));
    assert_int_equal(channels(f, 0), 1);
    crew_put_create(&peer, "b", NULL);
    assert_int_equal(ask(f, &peer).code, 0);
    assert_int_equal(channels(f, 0), 0);
    assert_int_equal(channels(f, 1), 1);
    assert_int_equal(hd_server_conns(hd_crew_server(f->crew, 0)), 0);
    assert_int_equal(crew_objects(f, 1), 1);
    assert_int_equal(crew_objects(f, 0), 0);
    crew_put(&peer, NULL, "HeapService", "Info", NULL); /* bound: needs no name any more */
    reply = ask(f, &peer);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &name));
    assert_memory_equal(name.data, "b", 1);
    peer_close(&peer);
    crew_fixture_settle(f);
    assert_int_equal(crew_objects(f, 1), 0);
}

static void it_moves_before_it_is_bound_and_never_after(void **state)
{
    struct crew_fixture *f = *state;
    struct peer peer;

    crew_connect(&peer, f, 1, SOCK_STREAM);
    crew_put_create(&peer, "nowhere", NULL);
    assert_int_equal(ask(f, &peer).code, NOT_FOUND);
    assert_int_equal(channels(f, 1), 1);
    crew_put_create(&peer, NULL, NULL); /* the default heap, which is loop 0's */
    assert_int_equal(ask(f, &peer).code, 0);
    assert_int_equal(channels(f, 0), 1);
    assert_int_equal(crew_objects(f, 0), 1);
    crew_put_create(&peer, "b", NULL);
    assert_string_equal(ask(f, &peer).reason, "OTHER_HEAP");
    crew_put_create(&peer, "c", NULL); /* of the same loop, and still another heap */
    assert_int_equal(ask(f, &peer).code, PRECONDITION);
    assert_int_equal(channels(f, 0), 1);
    peer_close(&peer);
}

static void counts_are_sums_over_the_loops(void **state)
{
    struct crew_fixture *f = *state;
    struct wire_reply reply;
    struct peer peers[5];

    for (unsigned i = 0; i < 5; i++) {
        crew_connect(&peers[i], f, 0, SOCK_STREAM);
        crew_put_create(&peers[i], i % 2 == 0 ? "b" : "c", NULL);
        assert_int_equal(ask(f, &peers[i]).code, 0);
    }
    assert_int_equal(channels(f, 1), 3);
    for (unsigned i = 0; i < 5; i++) {
        crew_put(&peers[i], NULL, "ServerService", "ServerInfo", NULL);
        reply = ask(f, &peers[i]);
        assert_int_equal(wire_number(reply.payload, reply.payload_size, 4), 5 - i);
        assert_int_equal(wire_number(reply.payload, reply.payload_size, 5),
                         6 + i); /* itself included */
        peer_close(&peers[i]);
        crew_fixture_settle(f);
    }
}

/* Ping, Create in heap b, and four more behind it. */
static void put_conversation(struct peer *peer)
{
    put_ping(peer, 5);
    crew_put_create(peer, "b", NULL);
    crew_put_create(peer, "b", NULL);
    put_ping(peer, 7);
    crew_put_create(peer, "c", NULL); /* refused */
    crew_put(peer, "b", "HeapService", "Info", NULL);
}

static void check_conversation(struct peer *peer)
{
    struct wire_reply reply;

    (void)take(peer, 1);
    assert_int_equal(take(peer, 3).code, 0);
    assert_int_equal(take(peer, 5).code, 0);
    (void)take(peer, 7);
    assert_int_equal(take(peer, 9).code, PRECONDITION);
    reply = take(peer, 11);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 2);
}

/* What is pipelined behind the request that moves it goes with it, wherever it is split. */
static void it_moves_split_at_every_byte(void **state)
{
    struct crew_fixture *f = *state;
    struct peer model = {.stream = (uint32_t)-1};

    put_conversation(&model);
    for (size_t split = 1; split <= model.out.size; split++) {
        struct peer peer;

        crew_connect(&peer, f, 0, SOCK_STREAM);
        assert_int_equal(send(peer.fd, model.out.data, split, 0), split);
        if (split % 2 == 0) {
            crew_fixture_settle(f);
        } else {
            crew_fixture_turn(f, 0);
        }
        if (split < model.out.size) {
            assert_int_equal(send(peer.fd, model.out.data + split, model.out.size - split, 0),
                             model.out.size - split);
        }
        crew_fixture_settle(f);
        assert_true(peer_read(&peer));
        check_conversation(&peer);
        assert_int_equal(channels(f, 0), 0);
        peer_close(&peer);
        crew_fixture_settle(f);
        assert_int_equal(channels(f, 1), 0);
    }
    wire_bytes_free(&model.out);
}

/* Many to be worked off in turns before it, in one read; and the peer has said all it has to.
 */
static void it_moves_though_the_peer_has_half_closed(void **state)
{
    struct crew_fixture *f = *state;

    for (unsigned pings = 0; pings <= 600; pings += 200) {
        struct peer peer;

        crew_connect(&peer, f, 0, SOCK_STREAM);
        for (unsigned i = 0; i < pings; i++) {
            put_ping(&peer, 1);
        }
        crew_put_create(&peer, "b", NULL);
        crew_send(f, &peer);
        assert_int_equal(shutdown(peer.fd, SHUT_WR), 0);
        crew_fixture_settle(f);
        assert_false(peer_read(&peer)); /* everything, and the end */
        for (unsigned i = 0; i <= pings; i++) {
            assert_int_equal(take(&peer, 1 + 2 * i).code, 0);
        }
        assert_int_equal(hd_crew_hub(f->crew, 1)->channels, 0);
        peer_close(&peer);
    }
}

/* Answers that the socket does not take all of, yet not so many that the daemon stops taking
 * requests; and behind them one for heap b. */
static void put_more_than_fits(struct crew_fixture *f, struct peer *peer, unsigned pings,
                               const char *name)
{
    crew_connect(peer, f, 0, SOCK_STREAM);
    for (unsigned i = 0; i < pings; i++) {
        put_ping(peer, 60000);
        crew_send(f, peer);
        crew_fixture_settle(f);
    }
    crew_put_create(peer, "b", name);
    crew_send(f, peer);
    crew_fixture_settle(f);
    assert_int_equal(channels(f, 0), 1); /* it cannot go yet */
}

static void it_moves_when_its_output_is_sent(void **state)
{
    struct crew_fixture *f = *state;
    unsigned answered = 0;
    struct peer peer;

    put_more_than_fits(f, &peer, 7, NULL);
    while (answered < 8) {
        struct wire_reply reply;

        assert_true(peer_read(&peer));
        while (peer_reply(&peer, &reply)) {
            assert_int_equal(reply.stream, 1 + 2 * answered++);
            assert_int_equal(reply.code, 0);
        }
        crew_fixture_settle(f);
    }
    assert_int_equal(channels(f, 1), 1);
    assert_int_equal(crew_objects(f, 1), 1);
    peer_close(&peer);
}

/* [rpc.req.arrived] What has arrived whole takes effect in the other loop, too, though the
 * connection breaks before it has moved. */
static void what_had_arrived_takes_effect_elsewhere(void **state)
{
    struct crew_fixture *f = *state;
    struct peer peer;

    for (unsigned pings = 0; pings <= 600; pings += 150) {
        uint64_t before = crew_objects(f, 1);
        char name[16];

        (void)snprintf(name, sizeof name, "small%u", pings);
        crew_connect(&peer, f, 0, SOCK_STREAM);
        for (unsigned i = 0; i < pings; i++) {
            put_ping(&peer, 1);
        }
        crew_put_create(&peer, "b", name);
        crew_send(f, &peer);
        peer_close(&peer); /* with answers unread: writing fails */
        crew_fixture_settle(f);
        assert_int_equal(crew_objects(f, 1), before + 1);
    }
    for (unsigned i = 0; i < 3; i++) { /* the kind that waits to be sent */
        uint64_t before = crew_objects(f, 1);
        static const char *const names[] = {"x", "y", "z"};

        put_more_than_fits(f, &peer, 5 + i, names[i]);
        peer_close(&peer);
        crew_fixture_settle(f);
        assert_int_equal(crew_objects(f, 1), before + 1);
        assert_int_equal(channels(f, 0) + channels(f, 1), 0);
    }
}

/* Refused or served, a request on its way between two loops is answered, and both end. */
static void check_drain_during_a_move(unsigned turns_of_0, unsigned turns_of_1)
{
    struct crew_fixture *f;
    struct wire_reply reply;
    struct peer peer;
    void *state;

    (void)crew_fixture_setup(&state);
    f = state;
    crew_connect(&peer, f, 0, SOCK_STREAM);
    put_ping(&peer, 1);
    crew_put_create(&peer, "b", "kept");
    crew_put_create(&peer, "b", NULL);
    crew_send(f, &peer);
    for (unsigned i = 0; i < turns_of_0; i++) {
        crew_fixture_turn(f, 0);
    }
    for (unsigned i = 0; i < turns_of_1; i++) {
        crew_fixture_turn(f, 1);
    }
    crew_fixture_drain(f);
    crew_fixture_settle(f);
    assert_false(peer_read(&peer)); /* everything, and the end */
    reply = take(&peer, 1);
    assert_true(reply.code == 0 || reply.code == UNAVAILABLE);
    reply = take(&peer, 3);
    assert_true(reply.code == 0 || reply.code == UNAVAILABLE);
    assert_int_equal(crew_objects(f, 1), reply.code == 0 ? 1 : 0);
    reply = take(&peer, 5);
    assert_true(reply.code == 0 || reply.code == UNAVAILABLE);
    peer_close(&peer);
    crew_fixture_settle(f);
    assert_true(f->stopped);
    (void)crew_fixture_teardown(&state);
}

static void draining_loses_nobody_on_the_way(void **state)
{
    (void)state;
    for (unsigned turns_of_0 = 0; turns_of_0 < 6; turns_of_0++) {
        for (unsigned turns_of_1 = 0; turns_of_1 < 4; turns_of_1++) {
            check_drain_during_a_move(turns_of_0, turns_of_1);
        }
    }
}

static void draining_waits_for_who_waits_to_move(void **state)
{
    struct crew_fixture *f = *state;
    struct peer peer;

    put_more_than_fits(f, &peer, 7, NULL);
    crew_fixture_drain(f);
    crew_fixture_settle(f);
    assert_false(f->stopped); /* it does not read */
    peer_close(&peer);
    crew_fixture_settle(f);
    assert_true(f->stopped);
}

static void a_thousand_connections_to_two_heaps(void **state)
{
    struct crew_fixture *f = *state;
    struct peer open[10];

    for (unsigned i = 0; i < 1000; i++) {
        struct peer *peer = &open[i % 10];
        const char *heap = i % 2 == 0 ? "default" : "b";

        if (i >= 10) {
            peer_close(peer);
        }
        crew_connect(peer, f, i / 10 % 2, SOCK_STREAM);
        crew_put_create(peer, heap, NULL);
        crew_put(peer, heap, "HeapService", "Info", NULL);
        crew_send(f, peer);
        crew_fixture_settle(f);
        assert_true(peer_read(peer));
        assert_int_equal(take(peer, 1).code, 0);
        assert_int_equal(take(peer, 3).code, 0);
    }
    assert_int_equal(crew_objects(f, 0), 5);
    assert_int_equal(crew_objects(f, 1), 5);
    assert_int_equal(channels(f, 0), 5);
    for (unsigned i = 0; i < 10; i++) {
        peer_close(&open[i]);
    }
}

/* Moving itself asks for no memory: what is refused is refused after it. */
static void moving_needs_no_memory(void **state)
{
    struct crew_fixture *f = *state;
    struct peer peer;

    crew_connect(&peer, f, 0, SOCK_STREAM);
    crew_put_create(&peer, "b", NULL);
    crew_send(f, &peer);
    crew_fixture_turn(f, 0); /* read, kept, and about to leave */
    fault_alloc_rearm(&f->alloc, 0, true);
    for (unsigned i = 0; i < 4; i++) {
        crew_fixture_turn(f, 0);
    }
    assert_int_equal(channels(f, 0), 0);
    fault_alloc_rearm(&f->alloc, FAULT_NEVER, false);
    crew_fixture_settle(f);
    assert_true(peer_read(&peer));
    assert_int_equal(take(&peer, 1).code, 0);
    peer_close(&peer);
}

static void without_a_descriptor_it_is_closed_and_its_request_done(void **state)
{
    struct crew_fixture *f = *state;
    struct rlimit before;
    struct rlimit none;
    struct peer peer;

    crew_connect(&peer, f, 0, SOCK_STREAM);
    crew_put_create(&peer, "b", "done");
    peer_flush(&peer);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    crew_fixture_turn(f, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    crew_fixture_settle(f);
    assert_false(peer_read(&peer));
    assert_int_equal(f->logged, 1);
    assert_int_equal(crew_objects(f, 1), 1);
    peer_close(&peer);
}

static void the_limit_of_connections_is_the_daemons(void **state)
{
    struct crew_fixture *f = *state;
    struct peer peers[3];
    void *limited = NULL;
    int fds[2];

    f = NULL;
    (void)crew_fixture_setup(&limited);
    f = limited;
    hd_crew_free(f->crew);
    f->options.server.max_conns = 3;
    assert_int_equal(hd_crew_new(&f->options, &f->crew), HD_OK);
    for (unsigned i = 0; i < 3; i++) {
        crew_connect(&peers[i], f, 0, SOCK_STREAM);
        crew_put_create(&peers[i], i == 0 ? "c" : "b", NULL);
        assert_int_equal(ask(f, &peers[i]).code, 0);
    }
    assert_int_equal(channels(f, 1), 2);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(hd_server_adopt(hd_crew_server(f->crew, 0), fds[1]),
                     HD_RESOURCE_EXHAUSTED);
    (void)close(fds[0]);
    peer_close(&peers[1]); /* one of loop 1 makes room in loop 0 */
    crew_fixture_settle(f);
    crew_connect(&peers[1], f, 0, SOCK_STREAM);
    for (unsigned i = 0; i < 3; i++) {
        peer_close(&peers[i]);
    }
    (void)crew_fixture_teardown(&limited);
}

static void a_crew_that_cannot_be_made_leaves_nothing(void **state)
{
    struct crew_fixture *f = test_calloc(1, sizeof *f);
    enum hd_status status = HD_RESOURCE_EXHAUSTED;

    (void)state;
    crew_fixture_prepare(f, false);
    for (long i = 0; status != HD_OK; i++) {
        fault_alloc_rearm(&f->alloc, i, false);
        status = hd_crew_new(&f->options, &f->crew);
        if (status != HD_OK) {
            assert_int_equal(status, HD_RESOURCE_EXHAUSTED);
            assert_int_equal(f->alloc.live_bytes, 0);
        }
        assert_in_range(i, 0, 100);
    }
    hd_crew_free(f->crew); /* never turned: it drains by itself */
    assert_int_equal(f->alloc.live_bytes, 0);
    for (unsigned i = 0; i < CREW_HEAPS; i++) {
        hd_heap_free(f->heaps[i]);
    }
    assert_int_equal(f->heap_alloc.live_bytes, 0);
    test_free(f);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, crew_fixture_setup, crew_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connection_goes_to_the_loop_of_its_heap),
        TEST(it_moves_before_it_is_bound_and_never_after),
        TEST(counts_are_sums_over_the_loops),
        TEST(it_moves_split_at_every_byte),
        TEST(it_moves_though_the_peer_has_half_closed),
        TEST(it_moves_when_its_output_is_sent),
        TEST(what_had_arrived_takes_effect_elsewhere),
        cmocka_unit_test(draining_loses_nobody_on_the_way),
        TEST(draining_waits_for_who_waits_to_move),
        TEST(a_thousand_connections_to_two_heaps),
        TEST(moving_needs_no_memory),
        TEST(without_a_descriptor_it_is_closed_and_its_request_done),
        TEST(the_limit_of_connections_is_the_daemons),
        cmocka_unit_test(a_crew_that_cannot_be_made_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
