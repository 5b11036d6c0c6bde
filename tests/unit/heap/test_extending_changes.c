/* SPDX-License-Identifier: MIT */
/* test_extending_changes.c: Extend of a list in slices while list or source change, go, or are
 * looked at by a collection. */
#include "unit/heap/extending_fixture.h"

/* Whenever it changes; once it is the list itself. */
static void a_change_of_the_source_makes_it_begin_again(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 2 * (LONG / 4 - 1); at++) {
        struct fixture f;
        struct hd_op op;
        uint64_t from;
        uint64_t list;
        uint64_t same;

        open_with(&f, 1);
        from = source_of(&f, HD_KIND_LIST, LONG);
        list = at % 2 == 0 ? from : new_list(&f);
        start_extend(&f, &op, list, from);
        work_slices(&f, at / 2);
        f.heap->options.slice_units = 1000; /* nothing of this is left to do */
        assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, from, at_index(0), 0), HD_OK);
        same = new_list(&f);
        extend_at_once(&f, same, list);
        extend_at_once(&f, same, from);
        f.heap->options.slice_units = 1;
        assert_true(hd_session_is_busy(f.other));
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_same_items(&f, list, same);
        fixture_down(&f);
    }
}

static void the_third_change_is_the_last(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t from;
    char sentence[128];

    (void)state;
    open_with(&f, 1);
    from = source_of(&f, HD_KIND_LIST, LONG);
    list = new_of(&f, HD_KIND_LIST, &from, 1);
    start_extend(&f, &op, list, from);
    for (unsigned n = 0; n < 3; n++) {
        while (hd_copying_draft(&op)->top == 0 ||
               hd_draft_length(f.heap->objects, hd_copying_draft(&op)) == 0) {
            assert_true(hd_heap_work(f.heap, 1));
        }
        assert_int_equal(place_op(&f, HD_OP_SET_ITEM, from, at_index(0), list), HD_OK);
        (void)hd_heap_work(f.heap, 1);
    }
    go_on(&f);
    assert_int_equal(op.error.status, HD_ABORTED);
    assert_int_equal(op.error.reason, HD_REASON_CHANGED);
    (void)snprintf(sentence, sizeof sentence,
                   "object %" PRIu64 " changed 3 times while it was copied", from);
    assert_string_equal(op.error.text, sentence);
    assert_int_equal(length(&f, list), 1);
    fixture_down(&f);
}

/* It is short when it begins again, and is done at once; then it is no sequence any more. */
static void names_are_looked_up_once(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t from;
    char text[] = "from";

    (void)state;
    open_with(&f, 1);
    from = source_of(&f, HD_KIND_LIST, LONG);
    list = new_list(&f);
    hd_op_init(&op, HD_OP_BIND, f.other);
    op.in.name.name = hd_bytes_of(text);
    op.in.name.object = by_id(from);
    assert_int_equal(carry_out(&f, &op), HD_OK);
    hd_op_init(&op, HD_OP_EXTEND, f.other);
    op.in.extend.container = by_id(list);
    op.in.extend.from = by_name(text);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    memcpy(text, "what", 4); /* that was the request's */
    f.heap->options.slice_units = 1000;
    assert_int_equal(item_op(&f, HD_OP_CLEAR, from, 0), HD_OK);
    assert_int_equal(append(&f, from, list), HD_OK);
    f.heap->options.slice_units = 1;
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, list), 1);
    assert_int_equal(item_op(&f, HD_OP_CLEAR, from, 0), HD_OK);
    fixture_down(&f);
}

static void either_may_go_meanwhile(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * (LONG / 4 - 1); i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t list;
        uint64_t from;
        uint64_t bytes;

        open_with(&f, 1);
        list = new_list(&f);
        from = source_of(&f, HD_KIND_TUPLE, LONG);
        bytes = hd_objects_body_bytes(f.heap->objects);
        start_extend(&f, &op, list, from);
        work_slices(&f, i / 2);
        assert_int_equal(release(&f, i % 2 == 0 ? list : from), HD_OK);
        (void)new_list(&f);
        go_on(&f);
        assert_int_equal(op.error.status, HD_NOT_FOUND);
        assert_int_equal(op.error.reason, HD_REASON_STALE_ID);
        assert_true(hd_objects_body_bytes(f.heap->objects) <= bytes);
        fixture_down(&f);
    }
}

/* A full collection begins when so much of it is made, and is in any state when it is complete:
 * what it had lives by the list alone then. */
static void a_collection_knows_what_it_has(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 2 * (LONG / 4 - 1); at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        uint64_t list;
        uint64_t from;

        open_with(&f, 1);
        list = new_list(&f);
        from = source_of(&f, HD_KIND_LIST, LONG);
        start_extend(&f, &op, list, from);
        work_slices(&f, at / 2);
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        if (hd_heap_do(f.heap, &full) == HD_MORE) {
            while (hd_session_is_busy(f.other)) {
                (void)hd_heap_work(f.heap, 1);
                assert_sound(&f);
            }
            if (at % 2 == 0) { /* its items have nothing but the list at once */
                hd_op_init(&f.op, HD_OP_CLEAR, f.other);
                f.op.in.item.container = by_id(from);
                assert_int_equal(carry_out(&f, &f.op), HD_OK);
            }
            go_on(&f);
        }
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(full.out.collect.collected, 0);
        assert_int_equal(item_op(&f, HD_OP_CLEAR, from, 0), HD_OK);
        assert_int_equal(collect(&f), 0);
        assert_int_equal(length(&f, list), LONG);
        for (uint32_t i = 0; i < LONG; i++) {
            uint32_t item = hd_seq_item(f.heap->objects, slot_of(&f, list), i);

            assert_true(hd_slots_is_alive(hd_objects_slots(f.heap->objects), item));
        }
        assert_sound(&f);
        fixture_down(&f);
    }
}

/* It has changed for who reads it. */
static void a_copy_of_the_list_begins_again(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t list;

    (void)state;
    open_with(&f, 1);
    list = source_of(&f, HD_KIND_LIST, LONG);
    start_extend(&f, &op, list, source_of(&f, HD_KIND_LIST, LONG / 2));
    part = all_of(list);
    fill_copy(begin(&f, HD_OP_COPY), &part, 1, HD_KIND_LIST, 0);
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_MORE);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(f.op.error.status, HD_OK);
    assert_int_equal(length(&f, list), LONG + LONG / 2);
    assert_same_items(&f, f.op.out.id, list);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_the_source_makes_it_begin_again),
        cmocka_unit_test(the_third_change_is_the_last),
        cmocka_unit_test(names_are_looked_up_once),
        cmocka_unit_test(either_may_go_meanwhile),
        cmocka_unit_test(a_collection_knows_what_it_has),
        cmocka_unit_test(a_copy_of_the_list_begins_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
