/* SPDX-License-Identifier: MIT */
/* No turn takes more than its budget (contract §5), whatever the shape of what there is: shown
 * by counting units, of which a clock would say how long they take.  A slice may go beyond what
 * it was given by one piece of a large container. */
#include "unit/heap/budget_fixture.h"

#define PIECE_UNITS (1 + 2 * 2048 / 16)

static uint64_t young_at_once(const struct fixture *f)
{
    const struct hd_pauses *pauses = hd_inspect_pauses(f->heap);

    return pauses->series[0].count + pauses->series[1].count;
}

/* A list of 10^6 places is young: it is not looked at in one piece. */
static void a_wide_container_among_the_young_takes_slices(void **state)
{
    struct fixture f;
    uint64_t item;
    uint64_t wide;

    (void)state;
    open_roomy(&f);
    item = new_list(&f);
    wide = wide_list(&f, item, 1000000);
    for (int generation = 0; generation < 3; generation++) {
        assert_true(collect_in_slices(&f, generation) >= 1000000 / 16 / (SLICE + PIECE_UNITS));
    }
    assert_int_equal(young_at_once(&f), 0);
    assert_int_equal(release(&f, wide), HD_OK);
    fixture_down(&f);
}

static void so_many_young_are_done_at_once_and_no_more(void **state)
{
    struct fixture f;

    (void)state;
    open_roomy(&f);
    for (unsigned i = 0; i < HD_YOUNG_UNITS; i++) {
        (void)new_list(&f);
    }
    (void)collect_in_slices(&f, 0);
    assert_int_equal(young_at_once(&f), 1);
    for (unsigned i = 0; i < HD_YOUNG_UNITS + 1; i++) {
        (void)new_list(&f);
    }
    assert_true(collect_in_slices(&f, 0) > HD_YOUNG_UNITS / SLICE / 2);
    assert_int_equal(young_at_once(&f), 1);
    fixture_down(&f);
}

/* While a full collection is in progress those that are too many wait for it; fewer do not. */
static void too_many_young_wait_for_a_full_collection(void **state)
{
    struct fixture f;
    struct hd_op op;

    (void)state;
    open_roomy(&f);
    for (unsigned i = 0; i < 200000; i++) {
        (void)new_list(&f);
    }
    hd_op_init(&op, HD_OP_COLLECT, f.other);
    op.in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    hd_collector_set_enabled(f.heap->collector, true);
    hd_collector_set_thresholds(f.heap->collector, (uint32_t[]){1000, 1u << 30, 1u << 30});
    for (unsigned i = 0; i < 1001; i++) {
        (void)new_list(&f);
    }
    assert_int_equal(young_at_once(&f), 1);
    hd_collector_set_thresholds(f.heap->collector, (uint32_t[]){1u << 30, 1u << 30, 1u << 30});
    for (unsigned i = 0; i < HD_YOUNG_UNITS + 1; i++) {
        (void)new_list(&f);
    }
    hd_collector_set_thresholds(f.heap->collector, (uint32_t[]){1000, 1u << 30, 1u << 30});
    assert_true(hd_heap_has_work(f.heap));
    assert_int_equal(hd_collector_due(f.heap->collector), -1);
    while (hd_heap_work(f.heap, SLICE)) {
    }
    assert_int_equal(hd_collector_due(f.heap->collector), 0);
    assert_int_equal(young_at_once(&f), 1);
    fixture_down(&f);
}

/* A million lists, each in the other, die by count: in slices that do as many units as they
 * were given. */
static void a_cascade_of_a_million_takes_slices(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t turns = 0;

    (void)state;
    open_roomy(&f);
    list = new_list(&f);
    for (int i = 1; i < 1000000; i++) {
        uint64_t outer = new_of(&f, HD_KIND_LIST, &list, 1);

        assert_int_equal(release(&f, list), HD_OK);
        list = outer;
    }
    hd_op_init(&op, HD_OP_RELEASE, f.session);
    op.in.hold.objects = ids_of(&list, 1);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    while (hd_heap_has_work(f.heap)) {
        uint64_t done = hd_inspect_pauses(f.heap)->cascade_units;

        (void)hd_heap_work(f.heap, SLICE);
        assert_true(hd_inspect_pauses(f.heap)->cascade_units - done <= SLICE);
        turns++;
    }
    assert_in_range(turns, 2 * 1000000 / SLICE - 10, 2 * 1000000 / SLICE + 10);
    fixture_down(&f);
}

static void freezing_takes_slices(void **state)
{
    static const enum hd_op_code codes[] = {HD_OP_FREEZE, HD_OP_UNFREEZE};
    struct fixture f;

    (void)state;
    open_roomy(&f);
    for (int i = 0; i < 100000; i++) {
        (void)new_list(&f);
    }
    for (int i = 0; i < 2; i++) {
        unsigned turns = 0;
        struct hd_op op;

        hd_op_init(&op, codes[i], f.session);
        assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
        while (hd_heap_has_work(f.heap)) {
            (void)hd_heap_work(f.heap, SLICE);
            turns++;
        }
        assert_in_range(turns, 100000 / 64 / SLICE - 1, 100000 / 64 / SLICE + 2);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_container_among_the_young_takes_slices),
        cmocka_unit_test(so_many_young_are_done_at_once_and_no_more),
        cmocka_unit_test(too_many_young_wait_for_a_full_collection),
        cmocka_unit_test(a_cascade_of_a_million_takes_slices),
        cmocka_unit_test(freezing_takes_slices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
