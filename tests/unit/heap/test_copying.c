/* SPDX-License-Identifier: MIT */
/* test_copying.c: Copy in slices: what comes out, what is seen meanwhile, and what becomes of
 * what was made if it is refused at its end. */
#include "unit/heap/copying_fixture.h"

/* Beside the same copy made in one piece. */
static void try_copy(struct fixture *f, const struct hd_copy_part *parts, enum hd_kind kind,
                     int64_t repeat)
{
    uint64_t ids[2];

    fill_copy(begin(f, HD_OP_COPY), parts, 2, kind, repeat);
    ids[0] = created(f);
    assert_sound(f);
    fill_copy(begin(f, HD_OP_COPY), parts, 2, kind, repeat);
    finish_at_once(f);
    ids[1] = f->op.out.id;
    assert_sound(f);
    assert_int_equal(refcount(f, ids[0]), refcount(f, ids[1]));
    assert_same_items(f, ids[0], ids[1]);
    assert_int_equal(hd_inspect_is_tracked(f->heap, slot_of(f, ids[0])),
                     hd_inspect_is_tracked(f->heap, slot_of(f, ids[1])));
}

static void slices_of_any_size_copy_the_same(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_TUPLE, HD_KIND_SET,
                                         HD_KIND_FROZENSET, HD_KIND_DICT};
    static const int64_t steps[] = {1, -1, 3, -7};
    const uint32_t sizes[] = {1, 2, 3, 50};

    (void)state;
    for (size_t i = 0; i < 4 * 5 * 4; i++) {
        struct fixture f;
        struct hd_copy_part parts[2];

        open_with(&f, sizes[i % 4]);
        parts[0] = all_of(source_of(&f, kinds[i / 4 % 5], LONG));
        parts[1] = (struct hd_copy_part){
            by_id(source_of(&f, kinds[i / 4 % 2], LONG - 3)), true, {.step = steps[i / 20]}};
        if (kinds[i / 4 % 5] == HD_KIND_DICT || kinds[i / 4 % 5] == HD_KIND_SET) {
            uint64_t key = hd_slots_id(
                hd_objects_slots(f.heap->objects),
                hd_table_key(f.heap->objects, slot_of(&f, parts[0].source.id), LONG / 2));

            assert_int_equal(
                kinds[i / 4 % 5] == HD_KIND_DICT
                    ? place_op(&f, HD_OP_DEL_ITEM, parts[0].source.id, at_key(key), 0)
                    : item_op(&f, HD_OP_DISCARD, parts[0].source.id, key),
                HD_OK); /* a hole */
        }
        try_copy(&f, parts, HD_KIND_LIST, 0);
        try_copy(&f, parts, HD_KIND_TUPLE, 3);
        fixture_down(&f);
    }
}

/* Leaves, and more than one of them. */
static void a_copy_may_be_a_big_list(void **state)
{
    struct fixture f;
    struct hd_copy_part parts[2];

    (void)state;
    open_with(&f, 100);
    parts[0] = all_of(source_of(&f, HD_KIND_LIST, LONG));
    parts[1] = parts[0];
    try_copy(&f, parts, HD_KIND_LIST, 1000000 / LONG / 2);
    try_copy(&f, parts, HD_KIND_TUPLE, 1000000 / LONG / 2);
    fixture_down(&f);
}

static void others_are_served_and_see_nothing(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint64_t item;
    uint32_t before;
    unsigned slices = 0;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        open_with(&f, 1);
        source = source_of(&f, i == 0 ? HD_KIND_LIST : HD_KIND_DICT, LONG);
        part = all_of(source);
        item = new_float(&f, 0.5);
        before = refcount(&f, source);
        start_copy(&f, &op, &part, i == 0 ? HD_KIND_TUPLE : HD_KIND_LIST);
        part.source.id = 0; /* that was the request's */
        for (slices = 0; hd_heap_work(f.heap, 1); slices++) {
            uint64_t hidden = hd_slots_id(
                hd_objects_slots(f.heap->objects),
                hd_copying_draft(&op) == NULL ? HD_ATOM_BASE + 1 : hd_copying_draft(&op)->top);

            assert_int_equal(op.out.id, 0);
            assert_int_equal(refcount(&f, source), before);
            assert_int_equal(is_alive(&f, hidden), hd_copying_draft(&op) == NULL);
            assert_int_equal(hold(&f, item), HD_OK);
            assert_sound(&f);
        }
        assert_in_range(slices, LONG / 4 - 2, LONG / 4 + 2);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, op.out.id), LONG);
        assert_int_equal(refcount(&f, op.out.id), 1);
        fixture_down(&f);
    }
}

static void it_may_be_refused_at_its_end(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint64_t lists;
    struct hd_slot *last;
    uint32_t count;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    f.options.limits.holds = 1000;
    fixture_open(&f);
    source = source_of(&f, HD_KIND_LIST, LONG);
    lists = hd_objects_count(f.heap->objects, HD_KIND_LIST);
    part = all_of(source);
    f.heap->options.limits.holds = 0;
    start_copy(&f, &op, &part, HD_KIND_LIST);
    go_on(&f);
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_HOLDS);
    assert_int_equal(op.out.id, 0);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), lists);
    f.heap->options.limits.holds = 1000;

    last = hd_slot_at(hd_objects_slots(f.heap->objects),
                      hd_seq_item(f.heap->objects, slot_of(&f, source), LONG - 1));
    count = last->count;
    last->count = HD_COUNT_MAX;
    start_copy(&f, &op, &part, HD_KIND_TUPLE);
    while (hd_heap_work(f.heap, 1)) {
    }
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_REFCOUNT);
    assert_int_equal(last->count, HD_COUNT_MAX);
    last->count = count;
    assert_sound(&f);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_TUPLE), 0);
    fixture_down(&f);
}

/* A slot whose draft was given up gives another id, and one whose draft was not gives its own.
 */
static void an_id_is_given_once(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint32_t slot;
    uint64_t hidden;

    (void)state;
    open_with(&f, 1);
    source = source_of(&f, HD_KIND_LIST, LONG);
    part = all_of(source);
    start_copy(&f, &op, &part, HD_KIND_LIST);
    slot = hd_copying_draft(&op)->top;
    hidden = hd_slots_id(hd_objects_slots(f.heap->objects), slot);
    go_on(&f);
    assert_int_equal(op.out.id, hidden);
    part = all_of(op.out.id);
    start_copy(&f, &op, &part, HD_KIND_LIST);
    slot = hd_copying_draft(&op)->top;
    hidden = hd_slots_id(hd_objects_slots(f.heap->objects), slot);
    assert_int_equal(append(&f, part.source.id, source), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_not_equal(op.out.id, hidden);
    assert_false(is_alive(&f, hidden));
    assert_int_equal(hd_objects_slots(f.heap->objects)->containers.retired, 0);
    fixture_down(&f);
}

static void a_batch_copies_in_one_piece(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_copy_part part;

    (void)state;
    open_with(&f, 1);
    part = all_of(source_of(&f, HD_KIND_LIST, LONG));
    for (unsigned i = 0; i < 2; i++) {
        begin(&f, HD_OP_BATCH_BEGIN)->in.batch.atomic = i == 1;
        assert_int_equal(finish(&f), HD_OK);
        batch = f.op.batch;
        fill_copy(begin(&f, HD_OP_COPY), &part, 1, HD_KIND_LIST, 0);
        f.op.batch = batch;
        assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
        assert_int_equal(length(&f, f.op.out.id), LONG);
        begin(&f, HD_OP_BATCH_END)->batch = batch;
        assert_int_equal(finish(&f), HD_OK);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_of_any_size_copy_the_same),
        cmocka_unit_test(a_copy_may_be_a_big_list),
        cmocka_unit_test(others_are_served_and_see_nothing),
        cmocka_unit_test(it_may_be_refused_at_its_end),
        cmocka_unit_test(an_id_is_given_once),
        cmocka_unit_test(a_batch_copies_in_one_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
