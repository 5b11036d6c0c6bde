/* SPDX-License-Identifier: MIT */
/* test_extending.c: Extend of a list in slices: what comes out, what is seen meanwhile, and
 * that the list is as it was if it is refused. */
#include "unit/heap/extending_fixture.h"

#include "object/big_list.h"
#include "object/internal.h"

static const struct hd_big_list *big_of(struct fixture *f, uint64_t list)
{
    return hd_slot_body(hd_slot_at(hd_objects_slots(f->heap->objects), slot_of(f, list)));
}

static bool has_place(const struct hd_big_list *list, const uint32_t *place)
{
    uint32_t at = 0;

    while (at < list->leaves &&
           (place < list->leaf[at].items || place >= list->leaf[at].items + HD_LEAF_ITEMS)) {
        at++;
    }
    return at < list->leaves;
}

static void slices_of_any_size_extend_the_same(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_TUPLE, HD_KIND_SET,
                                         HD_KIND_FROZENSET, HD_KIND_DICT};

    (void)state;
    for (uint32_t i = 0; i < 3 * 5; i++) {
        struct fixture f;
        uint64_t from;
        uint64_t lists[2];
        struct hd_op op;

        open_with(&f, 1 + i / 5 * 6);
        from = source_of(&f, kinds[i % 5], LONG);
        for (unsigned n = 0; n < 2; n++) {
            lists[n] = new_of(&f, HD_KIND_LIST, &from, 1);
        }
        start_extend(&f, &op, lists[0], from);
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        extend_at_once(&f, lists[1], from);
        assert_same_items(&f, lists[0], lists[1]);
        assert_int_equal(length(&f, lists[0]), 1 + LONG);
        fixture_down(&f);
    }
}

static void a_list_may_be_extended_by_itself(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t same;

    (void)state;
    open_with(&f, 1);
    list = source_of(&f, HD_KIND_LIST, LONG);
    same = new_list(&f);
    extend_at_once(&f, same, list);
    extend_at_once(&f, same, list);
    start_extend(&f, &op, list, list);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_same_items(&f, list, same);
    fixture_down(&f);
}

/* Lists in one block, and of leaves; what is of leaves is handed over as it lies. */
static void leaves_change_hands(void **state)
{
    static const int64_t before[] = {0, 1, 1000, 20000, HD_LIST_FLAT_MAX};
    static const int64_t more[] = {500, 12000, HD_LIST_FLAT_MAX, HD_LIST_FLAT_MAX + 1, 30000};

    (void)state;
    for (unsigned i = 0; i < 25; i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t list;
        uint64_t same;
        uint64_t from;
        bool is_wide = more[i % 5] > HD_LIST_FLAT_MAX;
        const uint32_t *last = NULL;

        open_with(&f, 100);
        from = new_list(&f);
        list = list_of(&f, from, before[i / 5]);
        same = list_of(&f, from, before[i / 5]);
        from = list_of(&f, list, more[i % 5]);
        start_extend(&f, &op, list, from);
        do {
            const struct hd_cascade *draft = hd_copying_draft(&op);

            if (is_wide && draft != NULL) {
                last = hd_list_place(hd_slot_at(hd_objects_slots(f.heap->objects), draft->top),
                                     hd_draft_length(f.heap->objects, draft) - 1);
            }
        } while (hd_heap_work(f.heap, 100));
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, list), before[i / 5] + more[i % 5]);
        if (is_wide) {
            assert_true(hd_big_list_check(big_of(&f, list)));
            assert_true(has_place(big_of(&f, list), last));
        }
        extend_at_once(&f, same, from);
        assert_same_items(&f, list, same);
        assert_int_equal(append(&f, list, from), HD_OK); /* it goes on growing */
        assert_sound(&f);
        fixture_down(&f);
    }
}

/* What others add meanwhile stands before it. */
static void nothing_is_seen_before_the_end(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t from;
    uint64_t appended = 0;

    (void)state;
    open_with(&f, 1);
    list = new_list(&f);
    from = source_of(&f, HD_KIND_TUPLE, LONG);
    start_extend(&f, &op, list, from);
    while (hd_copying_draft(&op) != NULL) {
        assert_int_equal(length(&f, list), appended);
        assert_int_equal(append(&f, list, from), HD_OK);
        assert_sound(&f);
        appended++;
        (void)hd_heap_work(f.heap, 1);
    }
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_in_range(appended, LONG / 4 - 2, LONG / 4 + 2);
    assert_int_equal(length(&f, list), appended + LONG);
    assert_int_equal(hd_seq_item(f.heap->objects, slot_of(&f, list), (uint32_t)appended),
                     hd_seq_item(f.heap->objects, slot_of(&f, from), 0));
    fixture_down(&f);
}

/* At its beginning, or at its end when the list has grown meanwhile. */
static void it_may_be_refused(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t from;

    (void)state;
    open_with(&f, 1);
    from = source_of(&f, HD_KIND_LIST, LONG);
    list = new_of(&f, HD_KIND_LIST, &from, 1);
    f.heap->options.limits.items = LONG;
    fill_extend(begin(&f, HD_OP_EXTEND), list, from);
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                   "1 items and 60 more are more than 60");
    f.heap->options.limits.items = LONG + 1;
    start_extend(&f, &op, list, from);
    assert_int_equal(append(&f, list, list), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_SIZE);
    assert_int_equal(length(&f, list), 2);
    assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
    fixture_down(&f);
}

/* No object is made, and the list's account pays for its items. */
static void it_asks_for_no_object(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t from;

    (void)state;
    open_with(&f, 1);
    list = new_list(&f);
    from = source_of(&f, HD_KIND_LIST, LONG);
    f.heap->quota.heap.limit.objects = f.heap->quota.heap.used.objects;
    start_extend(&f, &op, list, from);
    assert_int_equal(
        hd_slot_at(hd_objects_slots(f.heap->objects), hd_copying_draft(&op)->top)->account,
        hd_slot_at(hd_objects_slots(f.heap->objects), slot_of(&f, list))->account);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, list), LONG);
    f.heap->quota.heap.limit.objects = HD_UNLIMITED;
    fixture_down(&f);
}

static void a_batch_extends_in_one_piece(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, 1);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t list = new_list(&f);
        uint64_t from = source_of(&f, HD_KIND_LIST, LONG);
        struct hd_batch *batch;

        begin(&f, HD_OP_BATCH_BEGIN)->in.batch.atomic = i == 1;
        assert_int_equal(finish(&f), HD_OK);
        batch = f.op.batch;
        fill_extend(begin(&f, HD_OP_EXTEND), list, from);
        f.op.batch = batch;
        assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
        assert_int_equal(length(&f, list), LONG);
        begin(&f, HD_OP_BATCH_END)->batch = batch;
        assert_int_equal(finish(&f), HD_OK);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_of_any_size_extend_the_same),
        cmocka_unit_test(a_list_may_be_extended_by_itself),
        cmocka_unit_test(leaves_change_hands),
        cmocka_unit_test(nothing_is_seen_before_the_end),
        cmocka_unit_test(it_may_be_refused),
        cmocka_unit_test(it_asks_for_no_object),
        cmocka_unit_test(a_batch_extends_in_one_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
