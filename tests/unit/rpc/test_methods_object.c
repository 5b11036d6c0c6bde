/* SPDX-License-Identifier: MIT */
/* Each method of ObjectService once, by hand-written bytes: that fields reach their operation.
 */
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define OBJECT "ObjectService"

struct objects {
    struct channel_fixture *f;
    struct wire_bytes payload;
    struct wire_bytes inner;
    uint64_t ints[3]; /* 1000, 1001, 1002; held */
    uint64_t list;    /* [1000, 1001, 1002] */
};

static int setup(void **state)
{
    struct objects *o = test_calloc(1, sizeof *o);

    assert_int_equal(channel_fixture_setup((void **)&o->f), 0);
    for (int i = 0; i < 3; i++) {
        o->ints[i] = channel_fixture_int(o->f, 1000 + i);
    }
    o->list = channel_fixture_list(o->f, o->ints, 3);
    *state = o;
    return 0;
}

static int teardown(void **state)
{
    struct objects *o = *state;
    void *f = o->f;

    wire_bytes_free(&o->payload);
    wire_bytes_free(&o->inner);
    test_free(o);
    return channel_fixture_teardown(&f);
}

static struct wire_reply must(struct objects *o, const char *method)
{
    return channel_fixture_must(o->f, OBJECT, method, &o->payload);
}

/* Field 1 of the response: an id, a truth or a number. */
static uint64_t gives(struct objects *o, const char *method)
{
    struct wire_reply reply = must(o, method);

    return wire_number(reply.payload, reply.payload_size, 1);
}

static uint64_t create(struct objects *o)
{
    wire_put_message(&o->payload, 1, &o->inner);
    return gives(o, "Create");
}

static void check_items(struct objects *o, uint64_t container, const uint64_t *items,
                        size_t count)
{
    struct wire_value shown = {0};
    struct wire_value value;
    struct wire_reply reply;

    wire_put_ids(&o->payload, 1, &container, 1);
    reply = must(o, "Get");
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &value));
    (void)wire_get(value.data, value.size, 18, 0, &shown);
    assert_int_equal(shown.size, count * sizeof *items);
    if (count > 0) {
        assert_memory_equal(shown.data, items, shown.size);
    }
}

static void put_index(struct objects *o, unsigned field, int64_t index)
{
    wire_put_signed(&o->inner, 1, index);
    wire_put_message(&o->payload, field, &o->inner);
}

static void lists_are_changed_in_place(void **state)
{
    struct objects *o = *state;
    const uint64_t *n = o->ints;

    wire_put_ref(&o->payload, 1, o->list);
    wire_put_ref(&o->payload, 2, n[0]);
    (void)must(o, "Append");
    wire_put_ref(&o->payload, 1, o->list);
    wire_put_signed(&o->payload, 2, -4);
    wire_put_ref(&o->payload, 3, n[2]);
    (void)must(o, "Insert");
    check_items(o, o->list, (uint64_t[]){n[2], n[0], n[1], n[2], n[0]}, 5);
    wire_put_ref(&o->payload, 1, o->list);
    put_index(o, 2, 0);
    wire_put_ref(&o->payload, 3, n[1]);
    (void)must(o, "SetItem");
    wire_put_ref(&o->payload, 1, o->list);
    wire_put_ref(&o->payload, 2, n[2]);
    (void)must(o, "Remove");
    check_items(o, o->list, (uint64_t[]){n[1], n[0], n[1], n[0]}, 4);
    wire_put_ref(&o->payload, 1, o->list);
    put_index(o, 2, -1);
    (void)must(o, "DelItem");
    wire_put_ref(&o->payload, 1, o->list);
    put_index(o, 2, 1);
    assert_true(gives(o, "GetItem") == n[0]);
    wire_put_ref(&o->payload, 1, o->list);
    assert_true(gives(o, "Pop") == n[1]); /* without a place: the last */
    wire_put_ref(&o->payload, 1, o->list);
    wire_put_ids(&o->payload, 2, n, 3);
    (void)must(o, "Extend");
    check_items(o, o->list, (uint64_t[]){n[1], n[0], n[0], n[1], n[2]}, 5);
    wire_put_ref(&o->payload, 1, o->list);
    assert_int_equal(gives(o, "Length"), 5);
    wire_put_ref(&o->payload, 1, o->list);
    (void)must(o, "Clear");
    check_items(o, o->list, NULL, 0);
}

static void holds_are_taken_and_given_back(void **state)
{
    struct objects *o = *state;
    struct wire_bytes ref = {0};
    struct wire_reply reply;

    wire_put_ids(&o->payload, 1, o->ints, 2);
    wire_put_bytes(&o->payload, 2, "\x02\x03", 2);
    assert_int_equal(must(o, "Hold").payload_size, 0); /* named by ids: none are given back */
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[0]), 4);
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[1]), 5);
    wire_put_ids(&o->payload, 1, o->ints, 2);
    wire_put_bytes(&o->payload, 2, "\x03\x04", 2);
    (void)must(o, "Release");
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[0]), 1);
    wire_put_fixed64(&ref, 1, o->list);
    wire_put_message(&o->inner, 3, &ref); /* Operands.refs */
    wire_put_message(&o->payload, 1, &o->inner);
    reply = must(o, "Hold");
    assert_int_equal(reply.payload_size, 10); /* named otherwise: they are */
    assert_memory_equal(reply.payload + 2, &o->list, 8);
    wire_bytes_free(&ref);
}

static void a_result_can_be_held_with_the_call(void **state)
{
    struct objects *o = *state;

    wire_put_ref(&o->payload, 1, o->list);
    put_index(o, 2, 0);
    wire_put_number(&o->payload, 3, 1);
    (void)gives(o, "GetItem");
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[0]), 3);
    wire_put_ref(&o->payload, 1, o->list);
    put_index(o, 2, 0);
    wire_put_number(&o->payload, 3, 1);
    (void)gives(o, "Pop");
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[0]), 3);
}

static void dicts_find_by_key(void **state)
{
    struct objects *o = *state;
    struct wire_bytes pairs = {0};
    uint64_t dict;

    wire_put_ids(&pairs, 1, o->ints, 2);
    wire_put_ids(&pairs, 2, o->ints + 1, 2);
    wire_put_message(&o->inner, 9, &pairs);
    dict = create(o);
    wire_put_ref(&o->payload, 1, dict);
    wire_put_ref(&o->inner, 2, o->ints[1]);
    wire_put_message(&o->payload, 2, &o->inner);
    assert_true(gives(o, "GetItem") == o->ints[2]);
    wire_put_ref(&o->payload, 1, dict);
    wire_put_ref(&o->inner, 2, o->ints[2]);
    wire_put_message(&o->payload, 2, &o->inner);
    wire_put_number(&o->payload, 4, 1); /* missing_ok */
    assert_true(gives(o, "GetItem") == 0);
    wire_put_ref(&o->payload, 1, dict);
    wire_put_ref(&o->inner, 2, o->ints[2]);
    wire_put_message(&o->payload, 2, &o->inner);
    channel_fixture_refused(o->f, OBJECT, "GetItem", &o->payload, 5, "PY_KEY_ERROR", "1002");
    wire_put_ref(&o->payload, 1, dict);
    wire_put_ref(&o->payload, 2, o->ints[0]);
    assert_true(gives(o, "Contains"));
    wire_bytes_free(&pairs);
}

static void sets_say_whether_they_changed(void **state)
{
    struct objects *o = *state;
    uint64_t set;

    wire_put_ids(&o->inner, 10, o->ints, 2);
    set = create(o);
    for (int i = 1; i < 3; i++) {
        wire_put_ref(&o->payload, 1, set);
        wire_put_ref(&o->payload, 2, o->ints[i]);
        assert_int_equal(gives(o, "Add"), i == 2);
    }
    for (int i = 0; i < 2; i++) {
        wire_put_ref(&o->payload, 1, set);
        wire_put_ref(&o->payload, 2, o->ints[0]);
        assert_int_equal(gives(o, "Discard"), i == 0);
    }
    check_items(o, set, o->ints + 1, 2);
}

static void attributes_are_set_got_and_deleted(void **state)
{
    struct objects *o = *state;
    struct wire_bytes instance = {0};
    uint64_t node;

    wire_put_text(&instance, 1, "Node");
    wire_put_message(&o->inner, 12, &instance);
    node = create(o);
    wire_put_ref(&o->payload, 1, node);
    wire_put_text(&o->payload, 2, "x");
    wire_put_ref(&o->payload, 3, o->list);
    (void)must(o, "SetAttr");
    assert_int_equal(channel_fixture_refcount(o->f, o->list), 2);
    wire_put_ref(&o->payload, 1, node);
    wire_put_text(&o->payload, 2, "x");
    wire_put_number(&o->payload, 3, 1);
    assert_true(gives(o, "GetAttr") == o->list);
    assert_int_equal(channel_fixture_refcount(o->f, o->list), 3);
    wire_put_ref(&o->payload, 1, node);
    wire_put_text(&o->payload, 2, "x");
    (void)must(o, "DelAttr");
    wire_put_ref(&o->payload, 1, node);
    wire_put_text(&o->payload, 2, "x");
    channel_fixture_refused(o->f, OBJECT, "GetAttr", &o->payload, 5, "PY_ATTRIBUTE_ERROR",
                            "'Node' object has no attribute 'x'");
    wire_bytes_free(&instance);
}

static void copies_are_slices_and_repetitions(void **state)
{
    struct objects *o = *state;
    struct wire_bytes slice = {0};
    uint64_t copy;

    wire_put_ref(&o->inner, 1, o->list);
    wire_put_signed(&slice, 3, -1); /* [::-1] */
    wire_put_message(&o->inner, 2, &slice);
    wire_put_message(&o->payload, 1, &o->inner);
    wire_put_signed(&o->payload, 2, 2);
    wire_put_number(&o->payload, 3, 1);
    copy = gives(o, "Copy");
    check_items(
        o, copy,
        (uint64_t[]){o->ints[2], o->ints[1], o->ints[0], o->ints[2], o->ints[1], o->ints[0]},
        6);
    wire_put_ref(&o->inner, 1, o->list);
    wire_put_message(&o->payload, 1, &o->inner);
    wire_put_number(&o->payload, 3, 1);
    wire_put_number(&o->payload, 4, 8);
    copy = gives(o, "Copy");
    wire_put_ref(&o->payload, 1, copy);
    wire_put_ref(&o->payload, 2, o->list);
    assert_true(gives(o, "Equals"));
    wire_bytes_free(&slice);
}

static void interned_text_is_one_object(void **state)
{
    struct objects *o = *state;
    uint64_t ids[3];

    for (int i = 0; i < 3; i++) {
        wire_put_text(&o->inner, 5, "some text");
        wire_put_number(&o->inner, 13, i > 0);
        ids[i] = create(o);
    }
    assert_true(ids[1] == ids[2] && ids[0] != ids[1]);
    wire_put_ref(&o->payload, 1, ids[0]);
    assert_true(gives(o, "Intern") == ids[1]);
}

static void objects_can_be_made_where_they_belong(void **state)
{
    struct objects *o = *state;
    struct wire_bytes place = {0};
    uint64_t id;

    wire_put_text(&place, 1, "here");
    wire_put_message(&o->payload, 3, &place); /* bind */
    wire_put_signed(&o->inner, 3, 2000);
    id = create(o);
    assert_int_equal(channel_fixture_refcount(o->f, id), 1);
    wire_put_text(&place, 1, "here");
    struct wire_reply reply = channel_fixture_must(o->f, "NameService", "Lookup", &place);
    assert_true(wire_number(reply.payload, reply.payload_size, 1) == id);

    wire_put_ref(&place, 1, o->list);
    wire_put_signed(&place, 4, 0); /* store at index 0 */
    wire_put_message(&o->payload, 4, &place);
    wire_put_signed(&o->inner, 3, 2001);
    id = create(o);
    check_items(o, o->list, (uint64_t[]){id, o->ints[1], o->ints[2]}, 3);
    assert_int_equal(channel_fixture_refcount(o->f, o->ints[0]), 1);

    wire_put_ref(&place, 1, o->list);
    wire_put_message(&o->payload, 4, &place); /* in no slot */
    wire_put_signed(&o->inner, 3, 2002);
    wire_put_message(&o->payload, 1, &o->inner);
    channel_fixture_refused(o->f, OBJECT, "Create", &o->payload, 3, "BAD_ARGUMENT",
                            "store says no slot of the container");
    wire_bytes_free(&place);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_are_changed_in_place),
        TEST(holds_are_taken_and_given_back),
        TEST(a_result_can_be_held_with_the_call),
        TEST(dicts_find_by_key),
        TEST(sets_say_whether_they_changed),
        TEST(attributes_are_set_got_and_deleted),
        TEST(copies_are_slices_and_repetitions),
        TEST(interned_text_is_one_object),
        TEST(objects_can_be_made_where_they_belong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
