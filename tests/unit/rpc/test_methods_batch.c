/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "heap/inspect.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"

/* Numbers of Operation's fields. */
enum operation {
    OP_CREATE = 1,
    OP_GET = 2,
    OP_GET_REFCOUNTS = 3,
    OP_RELEASE = 5,
    OP_APPEND = 6,
    OP_GET_ITEM = 9,
    OP_REMOVE = 12,
    OP_LENGTH = 21,
};

struct batch {
    struct channel_fixture *f;
    struct wire_bytes payload; /* the ExecuteRequest */
    struct wire_bytes request; /* of one operation */
    struct wire_bytes inner;
};

static int setup(void **state)
{
    struct batch *b = test_calloc(1, sizeof *b);

    assert_int_equal(channel_fixture_setup((void **)&b->f), 0);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct batch *b = *state;
    void *f = b->f;

    wire_bytes_free(&b->payload);
    wire_bytes_free(&b->request);
    wire_bytes_free(&b->inner);
    test_free(b);
    return channel_fixture_teardown(&f);
}

/* b->request becomes the next operation. */
static void put_operation(struct batch *b, enum operation which)
{
    struct wire_bytes operation = {0};

    wire_put_message(&operation, which, &b->request);
    wire_put_message(&b->payload, 1, &operation);
    wire_bytes_free(&operation);
}

static void put_create_int(struct batch *b, int64_t value, bool hold)
{
    wire_put_signed(&b->inner, 3, value);
    wire_put_message(&b->request, 1, &b->inner);
    wire_put_number(&b->request, 2, hold);
    put_operation(b, OP_CREATE);
}

/* An ObjectRef by result. */
static void put_result(struct batch *b, unsigned field, uint32_t number)
{
    wire_put_number(&b->inner, 3, number);
    wire_put_message(&b->request, field, &b->inner);
}

static struct wire_reply execute(struct batch *b)
{
    return channel_fixture_must(b->f, "BatchService", "Execute", &b->payload);
}

/* The OperationResult of operation number i: its one field's message. */
static struct wire_value result_of(const struct wire_reply *reply, size_t i, unsigned which)
{
    struct wire_value value;

    assert_true(wire_get(reply->payload, reply->payload_size, 1, i, &value));
    assert_true(wire_get(value.data, value.size, which, 0, &value));
    return value;
}

static void operations_name_the_results_of_earlier_ones(void **state)
{
    struct batch *b = *state;
    struct wire_reply reply;
    struct wire_value value;
    uint64_t list;

    wire_put_ids(&b->inner, 8, NULL, 0);
    wire_put_message(&b->request, 1, &b->inner);
    put_operation(b, OP_CREATE);    /* 0: [], held */
    put_create_int(b, 1000, false); /* 1 */
    put_result(b, 1, 0);
    put_result(b, 2, 1);
    put_operation(b, OP_APPEND); /* 2 */
    wire_put_bytes(&b->inner, 2, "\x00\x01", 2);
    wire_put_message(&b->request, 1, &b->inner);
    put_operation(b, OP_GET_REFCOUNTS); /* 3 */
    put_result(b, 1, 0);
    put_operation(b, OP_LENGTH); /* 4 */
    reply = execute(b);
    value = result_of(&reply, 0, OP_CREATE);
    list = wire_number(value.data, value.size, 1);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 2, &value));
    assert_int_equal(value.size, 0); /* Append gives nothing */
    value = result_of(&reply, 3, OP_GET_REFCOUNTS);
    assert_memory_equal(value.data, "\x0a\x02\x01\x01", 4); /* the batch's own are left out */
    value = result_of(&reply, 4, OP_LENGTH);
    assert_int_equal(wire_number(value.data, value.size, 1), 1);
    assert_false(wire_get(reply.payload, reply.payload_size, 2, 0, &value));
    assert_int_equal(channel_fixture_refcount(b->f, list), 1);
}

static void it_stops_at_the_first_failure_and_says_which(void **state)
{
    struct batch *b = *state;
    struct hd_heap_info info;
    struct wire_value failure;
    struct wire_value text;
    struct wire_reply reply;

    put_create_int(b, 1000, true);
    put_create_int(b, 1001, false); /* dies with the batch */
    put_result(b, 1, 0);
    put_result(b, 2, 1);
    put_operation(b, OP_APPEND); /* to an int */
    put_create_int(b, 1002, true);
    reply = execute(b);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 1, &text));
    assert_false(wire_get(reply.payload, reply.payload_size, 1, 2, &text));
    assert_true(wire_get(reply.payload, reply.payload_size, 2, 0, &failure));
    assert_int_equal(wire_number(failure.data, failure.size, 1), 2);
    assert_int_equal(wire_number(failure.data, failure.size, 2), 3);
    assert_true(wire_get(failure.data, failure.size, 3, 0, &text));
    assert_memory_equal(text.data, "PY_ATTRIBUTE_ERROR", text.size);
    assert_true(wire_get(failure.data, failure.size, 4, 0, &text));
    assert_memory_equal(text.data, "'int' object has no attribute 'append'", text.size);
    hd_inspect_heap(b->f->heap, &info);
    assert_int_equal(info.objects, 1); /* what was done before it stands */
}

/* What is expected ahead may be any number, and many; it is judged when its turn comes. */
static void what_lies_ahead_may_name_nothing(void **state)
{
    static const uint64_t ids[40] = {0, UINT64_MAX, 1, UINT64_C(1) << 31, UINT32_MAX, 12345};
    struct batch *b = *state;
    struct wire_value failure;
    struct wire_reply reply;

    for (unsigned i = 0; i < 20; i++) {
        put_create_int(b, 1000 + i, false);
    }
    wire_put_ids(&b->request, 1, ids, sizeof ids / sizeof ids[0]);
    put_operation(b, OP_RELEASE);
    wire_put_ids(&b->inner, 8, ids, sizeof ids / sizeof ids[0]); /* a list */
    wire_put_message(&b->request, 1, &b->inner);
    put_operation(b, OP_CREATE);
    wire_put_ref(&b->request, 2, ids[1]);
    put_operation(b, OP_APPEND); /* without a container */
    put_operation(b, OP_APPEND);
    put_operation(b, OP_CREATE);
    reply = execute(b);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 19, &failure));
    assert_false(wire_get(reply.payload, reply.payload_size, 1, 20, &failure));
    assert_true(wire_get(reply.payload, reply.payload_size, 2, 0, &failure));
    assert_int_equal(wire_number(failure.data, failure.size, 1), 20);
}

static void an_operation_of_no_kind_is_a_failure(void **state)
{
    struct batch *b = *state;
    struct wire_value failure;
    struct wire_reply reply;

    wire_put_bytes(&b->payload, 1, "", 0);
    reply = execute(b);
    assert_true(wire_get(reply.payload, reply.payload_size, 2, 0, &failure));
    assert_int_equal(wire_number(failure.data, failure.size, 2), 3);
}

static void quiet_leaves_results_out(void **state)
{
    struct batch *b = *state;
    struct wire_reply reply;

    put_create_int(b, 1000, true);
    wire_put_number(&b->payload, 3, 1);
    reply = execute(b);
    assert_int_equal(reply.payload_size, 0);
}

static void bytes_shown_inside_outlive_what_they_are_of(void **state)
{
    struct batch *b = *state;
    struct wire_value value;
    struct wire_reply reply;

    wire_put_text(&b->inner, 5, "soon to die");
    wire_put_message(&b->request, 1, &b->inner);
    wire_put_number(&b->request, 2, 0);
    put_operation(b, OP_CREATE);
    wire_put_bytes(&b->inner, 2, "\x00", 1);
    wire_put_message(&b->request, 1, &b->inner);
    put_operation(b, OP_GET);
    put_create_int(b, 1000, false);
    reply = execute(b);
    value = result_of(&reply, 1, OP_GET);
    assert_true(wire_get(value.data, value.size, 1, 0, &value));  /* ObjectInfo */
    assert_true(wire_get(value.data, value.size, 13, 0, &value)); /* str_value */
    assert_int_equal(value.size, 11);
    assert_memory_equal(value.data, "soon to die", 11);
}

/* The failure is one of the heap's, or of a read, which the heap does not see. */
static void a_failure_undoes_an_atomic_batch(void **state)
{
    struct batch *b = *state;

    for (int read = 0; read < 2; read++) {
        struct hd_heap_info info;
        struct wire_value value;
        struct wire_reply reply;

        wire_put_number(&b->payload, 2, 1);
        put_create_int(b, 1000, true);
        put_result(b, 1, 0);
        put_result(b, 2, 0);
        put_operation(b, read ? OP_LENGTH : OP_APPEND);
        reply = execute(b);
        assert_false(wire_get(reply.payload, reply.payload_size, 1, 0, &value));
        assert_true(wire_get(reply.payload, reply.payload_size, 2, 0, &value));
        assert_int_equal(wire_number(value.data, value.size, 1), 1);
        hd_inspect_heap(b->f->heap, &info);
        assert_int_equal(info.objects, 0);
    }
}

static void an_atomic_batch_gives_what_another_gives(void **state)
{
    struct batch *b = *state;
    struct hd_heap_info info;
    struct wire_value value;
    struct wire_reply reply;

    wire_put_number(&b->payload, 2, 1);
    put_create_int(b, 1000, true);
    put_create_int(b, 1001, false);
    reply = execute(b);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 1, &value));
    assert_false(wire_get(reply.payload, reply.payload_size, 2, 0, &value));
    hd_inspect_heap(b->f->heap, &info);
    assert_int_equal(info.objects, 1);
}

static void there_is_a_limit(void **state)
{
    struct batch *b = *state;

    for (int i = 0; i < 10001; i++) {
        put_create_int(b, 1000, false);
    }
    channel_fixture_refused(b->f, "BatchService", "Execute", &b->payload, 8, "LIMIT_BATCH",
                            "the batch has 10001 operations; at most 10000 are allowed");
    for (int i = 0; i < 10000; i++) {
        put_create_int(b, 1000, false);
    }
    (void)execute(b);
}

static void an_empty_batch_is_one(void **state)
{
    struct batch *b = *state;

    assert_int_equal(execute(b).payload_size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(operations_name_the_results_of_earlier_ones),
        TEST(it_stops_at_the_first_failure_and_says_which),
        TEST(what_lies_ahead_may_name_nothing),
        TEST(an_operation_of_no_kind_is_a_failure),
        TEST(quiet_leaves_results_out),
        TEST(bytes_shown_inside_outlive_what_they_are_of),
        TEST(a_failure_undoes_an_atomic_batch),
        TEST(an_atomic_batch_gives_what_another_gives),
        TEST(there_is_a_limit),
        TEST(an_empty_batch_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
