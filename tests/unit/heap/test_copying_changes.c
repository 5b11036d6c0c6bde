/* SPDX-License-Identifier: MIT */
/* test_copying_changes.c: Copy in slices while what is copied changes, goes, or is looked at by
 * a collection. */
#include "unit/heap/copying_fixture.h"

/* Whenever it changes. */
static void a_change_makes_it_begin_again(void **state)
{
    (void)state;
    for (unsigned at = 0; at < LONG / 4 - 1; at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start_copy(&f, &op, &part, at % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        work_slices(&f, at);
        f.heap->options.slice_units = 1000; /* nothing of this is left to do */
        assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(0), 0), HD_OK);
        assert_int_equal(append(&f, list, list), HD_OK);
        assert_int_equal(append(&f, list, new_list(&f)), HD_OK);
        f.heap->options.slice_units = 1;
        assert_true(hd_session_is_busy(f.other));
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_same_items(&f, op.out.id, list);
        fixture_down(&f);
    }
}

/* What is left is less than a slice, or nothing. */
static void it_may_be_short_when_it_begins_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start_copy(&f, &op, &part, i % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        f.heap->options.slice_units = 1000; /* nothing of this is left to do */
        assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
        if (i < 2) {
            assert_int_equal(append(&f, list, new_list(&f)), HD_OK);
        }
        f.heap->options.slice_units = 1;
        assert_true(hd_session_is_busy(f.other));
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_same_items(&f, op.out.id, list);
        fixture_down(&f);
    }
}

static void the_third_change_is_the_last(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t list;
    uint64_t item;
    uint64_t bytes;
    char sentence[128];

    (void)state;
    open_with(&f, 1);
    list = source_of(&f, HD_KIND_LIST, LONG);
    item = new_list(&f);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), item), HD_OK);
    part = all_of(list);
    bytes = hd_objects_body_bytes(f.heap->objects);
    start_copy(&f, &op, &part, HD_KIND_LIST);
    for (unsigned n = 0; n < 3; n++) {
        while (hd_copying_draft(&op)->top == 0 || refcount(&f, item) != 3) {
            assert_true(hd_heap_work(f.heap, 1));
            assert_sound(&f);
        }
        assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), item), HD_OK);
        (void)hd_heap_work(f.heap, 1);
    }
    go_on(&f);
    assert_int_equal(op.error.status, HD_ABORTED);
    assert_int_equal(op.error.reason, HD_REASON_CHANGED);
    (void)snprintf(sentence, sizeof sentence,
                   "object %" PRIu64 " changed 3 times while it was copied", list);
    assert_string_equal(op.error.text, sentence);
    assert_int_equal(op.out.id, 0);
    assert_int_equal(refcount(&f, item), 2);
    assert_int_equal(hd_objects_body_bytes(f.heap->objects), bytes);
    fixture_down(&f);
}

/* By release, or with the session that held it; its slot is another one's then. */
static void a_source_may_go_meanwhile(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4 * LONG / 8; i++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;

        open_with(&f, 1);
        part = all_of(source_of(&f, i % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE, LONG));
        start_copy(&f, &op, &part, i % 2 == 0 && i % 4 == 0 ? HD_KIND_TUPLE : HD_KIND_LIST);
        work_slices(&f, i / 4);
        if (i % 3 == 0) {
            end_session(&f, f.session);
            assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
        } else {
            assert_int_equal(release(&f, part.source.id), HD_OK);
        }
        (void)new_list(&f);
        go_on(&f);
        assert_int_equal(op.error.status, HD_NOT_FOUND);
        assert_int_equal(op.error.reason, HD_REASON_STALE_ID);
        assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), 1);
        assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_TUPLE), 0);
        fixture_down(&f);
    }
}

/* A full collection begins when so much of it is made, and is in any state when it is complete:
 * what it refers to lives by it alone then. */
static void a_collection_knows_what_it_has(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 2 * (LONG / 4 - 1); at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start_copy(&f, &op, &part, at % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        work_slices(&f, at / 2);
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        if (hd_heap_do(f.heap, &full) == HD_MORE) {
            while (hd_session_is_busy(f.other)) {
                (void)hd_heap_work(f.heap, 1);
                assert_sound(&f);
            }
            go_on(&f);
        }
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(full.out.collect.collected, 0);
        assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
        assert_int_equal(collect(&f), 0);
        for (uint32_t i = 0; i < LONG; i++) {
            uint32_t item = hd_seq_item(f.heap->objects, slot_of(&f, op.out.id), i);

            assert_true(hd_slots_is_alive(hd_objects_slots(f.heap->objects), item));
        }
        assert_sound(&f);
        fixture_down(&f);
    }
}

/* Marking has passed the source and is not over when the items lose it. */
static void marking_goes_on_when_the_source_is_emptied(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 40; at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        (void)source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start_copy(&f, &op, &part, HD_KIND_LIST);
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        for (unsigned i = 0; i < at && hd_session_is_busy(f.other); i++) {
            (void)hd_heap_work(f.heap, 1);
        }
        (void)hd_heap_do(f.heap, &full);
        while (hd_session_is_busy(f.other)) {
            (void)hd_heap_work(f.heap, 1);
        }
        assert_int_equal(op.error.status, HD_OK);
        hd_op_init(&f.op, HD_OP_CLEAR, f.other);
        f.op.in.item.container = by_id(list);
        assert_int_equal(carry_out(&f, &f.op), HD_OK);
        go_on(&f);
        assert_int_equal(length(&f, op.out.id), LONG);
        assert_sound(&f);
        fixture_down(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_makes_it_begin_again),
        cmocka_unit_test(it_may_be_short_when_it_begins_again),
        cmocka_unit_test(the_third_change_is_the_last),
        cmocka_unit_test(a_source_may_go_meanwhile),
        cmocka_unit_test(a_collection_knows_what_it_has),
        cmocka_unit_test(marking_goes_on_when_the_source_is_emptied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
