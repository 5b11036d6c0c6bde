/* SPDX-License-Identifier: MIT */
/* A client that waits for a full collection keeps nobody waiting, and when all is done the loop
 * sleeps.  Time moves on with each reading of the clock: a turn has few slices. */
#include <sys/socket.h>

#include "heap/inspect.h"
#include "heap/internal.h"
#include "lib/server_fixture.h"
#include "lib/testlib.h"

#define OBJECTS 100000u

/* So many lists that are held by one, and as many again that nobody holds but themselves. */
static void fill(struct hd_heap *heap)
{
    struct hd_session *session;
    struct hd_op op;
    uint64_t outer;

    assert_int_equal(hd_heap_open_session(heap, &session, NULL), HD_OK);
    hd_op_init(&op, HD_OP_DISABLE, session);
    assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
    hd_op_init(&op, HD_OP_CREATE, session);
    op.in.create.object.kind = HD_KIND_LIST;
    assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
    outer = op.out.id;
    hd_op_init(&op, HD_OP_BIND, session);
    op.in.name.scope = HD_SCOPE_HEAP;
    op.in.name.name = hd_bytes_of("outer");
    op.in.name.object = (struct hd_operand){.by = HD_BY_ID, .id = outer};
    assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
    for (unsigned i = 0; i < 2 * OBJECTS; i++) {
        uint64_t id;

        hd_op_init(&op, HD_OP_CREATE, session);
        op.in.create.object.kind = HD_KIND_LIST;
        assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
        id = op.out.id;
        hd_op_init(&op, HD_OP_APPEND, session);
        op.in.item.container =
            (struct hd_operand){.by = HD_BY_ID, .id = i < OBJECTS ? outer : id};
        op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = id};
        assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
        hd_op_init(&op, HD_OP_RELEASE, session);
        op.in.hold.objects = (struct hd_operands){.count = 1, .ids = &id};
        assert_int_equal(hd_heap_do(heap, &op), HD_DONE);
    }
    hd_op_init(&op, HD_OP_SESSION_END, session);
    while (hd_heap_do(heap, &op) == HD_MORE && hd_heap_work(heap, 1000)) {
    }
}

static bool has_reply(struct peer *peer, struct wire_reply *ret_reply)
{
    assert_true(peer_read(peer));
    return peer_reply(peer, ret_reply);
}

/* What is asked while it is carried out; each answer is there after one turn. */
static void each_request_takes_one_turn(struct server_fixture *f, struct peer *asker,
                                        struct peer *other)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    unsigned asked = 0;

    peer_send(asker, "CollectorService", "Collect", NULL);
    server_fixture_turn(f);
    while (!has_reply(asker, &reply)) {
        assert_true(hd_heap_has_work(f->a.heap));
        wire_put_text(&payload, 1, "outer");
        peer_send(other, asked % 2 == 0 ? "NameService" : "HeapService",
                  asked % 2 == 0 ? "Lookup" : "Info", asked % 2 == 0 ? &payload : NULL);
        wire_bytes_clear(&payload);
        server_fixture_turn(f);
        assert_true(has_reply(other, &reply));
        assert_int_equal(reply.code, 0);
        asked++;
    }
    assert_int_equal(reply.code, 0);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 1), OBJECTS);
    assert_true(asked > 50); /* it did take many turns */
    wire_bytes_free(&payload);
}

static bool is_awake(const struct server_fixture *f)
{
    return uv_backend_timeout(&f->loop) == 0;
}

static void while_one_waits_for_a_collection_others_are_served(void **state)
{
    struct server_fixture *f = *state;
    struct peer asker;
    struct peer other;

    fill(f->a.heap);
    peer_connect(&asker, &f->a, SOCK_STREAM);
    peer_connect(&other, &f->a, SOCK_STREAM);
    (void)peer_must(f, &asker, "ServerService", "Ping", NULL);
    (void)peer_must(f, &other, "HeapService", "Info", NULL);
    f->a.clock.step_ns = MILLISECOND / 4;
    each_request_takes_one_turn(f, &asker, &other);
    f->a.clock.step_ns = 0;
    peer_close(&asker);
    peer_close(&other);
}

/* The loop does not sleep while work is owed, and does when none is. */
static void the_loop_is_awake_only_while_work_is_owed(void **state)
{
    struct server_fixture *f = *state;
    struct peer peer;
    unsigned turns = 0;

    fill(f->a.heap);
    peer_connect(&peer, &f->a, SOCK_STREAM);
    (void)peer_must(f, &peer, "HeapService", "Info", NULL);
    assert_false(is_awake(f));
    f->a.clock.step_ns = MILLISECOND / 4;
    peer_send(&peer, "CollectorService", "Collect", NULL);
    server_fixture_turn(f);
    while (hd_heap_has_work(f->a.heap)) {
        assert_true(is_awake(f));
        server_fixture_turn(f);
        turns++;
    }
    assert_true(turns > 50);
    server_fixture_turn(f); /* what was settled in the last one */
    assert_false(is_awake(f));
    f->a.clock.step_ns = 0;
    peer_close(&peer);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, server_fixture_setup, server_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(while_one_waits_for_a_collection_others_are_served),
        TEST(the_loop_is_awake_only_while_work_is_owed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
