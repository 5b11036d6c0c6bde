/* SPDX-License-Identifier: MIT */
/* Pauses are timed and sorted, and what is owed and floats is told.  The clock moves on with
 * each reading, and never otherwise: so a pause takes as long as it was told to. */
#include "unit/heap/death_fixture.h"

#define STEP_NS UINT64_C(5000) /* bucket 3: from 4096 ns on */

static struct hd_work_info work_info(struct fixture *f)
{
    struct hd_work_info info;

    hd_inspect_work(f->heap, &info);
    return info;
}

static const struct hd_pause_series *series(struct fixture *f, enum hd_pause_kind kind,
                                            unsigned generation)
{
    const struct hd_pauses *pauses = hd_inspect_pauses(f->heap);

    for (unsigned i = 0; i < HD_PAUSE_SERIES; i++) {
        if (pauses->series[i].kind == kind && pauses->series[i].generation == generation) {
            return &pauses->series[i];
        }
    }
    fail_msg("no such series");
    return NULL;
}

static void begin_collect(struct fixture *f, struct hd_op *op, int generation)
{
    hd_op_init(op, HD_OP_COLLECT, f->other);
    op->in.collect.generation = generation;
}

static void drop_loops(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        assert_int_equal(release(f, new_loop(f)), HD_OK);
    }
}

/* A list in a list in a list, and so on: nothing but its death takes time. */
static uint64_t new_chain(struct fixture *f, int length)
{
    uint64_t list = new_list(f);

    while (--length > 0) {
        uint64_t outer = new_of(f, HD_KIND_LIST, &list, 1);

        assert_int_equal(release(f, list), HD_OK);
        list = outer;
    }
    return list;
}

static void kinds_and_lengths_are_told_apart(void **state)
{
    const struct hd_pauses *pauses;
    struct fixture f;
    struct hd_op op;
    uint64_t chain;

    (void)state;
    fixture_up(&f);
    pauses = hd_inspect_pauses(f.heap);
    assert_int_equal(pauses->longest.kind, 0);
    drop_loops(&f, 100);
    chain = new_chain(&f, 500);
    assert_int_equal(series(&f, HD_PAUSE_CASCADE, 0)->count, 0); /* short ones */
    f.clock.step_ns = STEP_NS;
    begin_collect(&f, &op, 1);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_DONE);
    assert_int_equal(op.out.collect.collected, 100);
    assert_int_equal(series(&f, HD_PAUSE_YOUNG, 1)->count, 1);
    assert_int_equal(series(&f, HD_PAUSE_YOUNG, 1)->buckets[3], 1);
    assert_int_equal(series(&f, HD_PAUSE_YOUNG, 1)->total_ns, STEP_NS);
    assert_int_equal(pauses->longest.kind, HD_PAUSE_YOUNG);
    assert_int_equal(pauses->longest.generation, 1);
    assert_int_equal(pauses->longest.objects, 600);
    f.clock.step_ns = 2 * STEP_NS;
    assert_int_equal(release(&f, chain), HD_OK);
    assert_int_equal(series(&f, HD_PAUSE_CASCADE, 0)->count, 1);
    assert_int_equal(series(&f, HD_PAUSE_CASCADE, 0)->buckets[4], 1);
    assert_int_equal(pauses->longest.kind, HD_PAUSE_CASCADE);
    assert_int_equal(pauses->longest.units, pauses->cascade_units);
    assert_true(pauses->cascade_units > 500);
    assert_int_equal(series(&f, HD_PAUSE_YOUNG, 1)->count, 1);
    f.clock.step_ns = 0;
    fixture_down(&f);
}

/* Of a full collection: every slice is one, and the commit is known. */
static void slices_say_what_they_were(void **state)
{
    const struct hd_pauses *pauses;
    struct fixture f;
    struct hd_op op;
    unsigned commits = 0;
    uint64_t slices = 0;

    (void)state;
    fixture_up(&f);
    pauses = hd_inspect_pauses(f.heap);
    drop_loops(&f, 400);
    f.heap->options.slice_units = 1;
    f.clock.step_ns = 1;
    begin_collect(&f, &op, 2);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    while (hd_heap_has_work(f.heap)) {
        uint64_t before = series(&f, HD_PAUSE_SLICE, 2)->count;

        assert_true(op.collect.stage != HD_COLLECT_RUNS || work_info(&f).owed_units > 0);
        f.clock.step_ns += 2; /* the longest is always the last */
        (void)hd_heap_work(f.heap, 1);
        slices += series(&f, HD_PAUSE_SLICE, 2)->count - before;
        commits += series(&f, HD_PAUSE_SLICE, 2)->count > before &&
                   pauses->longest.stage == HD_PAUSE_COMMIT;
    }
    assert_int_equal(commits, 1);
    assert_int_equal(pauses->longest.stage, HD_STAGE_FINISH);
    assert_true(slices > 400);
    assert_int_equal(series(&f, HD_PAUSE_SLICE, 0)->count, 0);
    assert_int_equal(work_info(&f).owed_units, 0);
    assert_int_equal(work_info(&f).slice_units, pauses->slice_units);
    f.clock.step_ns = 0;
    fixture_down(&f);
}

static void what_floats_is_known(void **state)
{
    struct hd_work_info before;
    struct fixture f;
    struct hd_op op;
    uint64_t chain;

    (void)state;
    fixture_up(&f);
    assert_int_equal(work_info(&f).dying_objects, 0);
    assert_int_equal(work_info(&f).grown_objects, 0);
    drop_loops(&f, 100);
    before = work_info(&f);
    assert_int_equal(before.grown_objects, 100);
    assert_true(before.grown_bytes > 100 * 64);
    begin_collect(&f, &op, 2);
    assert_int_equal(carry_out(&f, &op), HD_OK);
    assert_int_equal(work_info(&f).found_objects, 100);
    assert_true(work_info(&f).found_bytes > 100 * 16);
    assert_int_equal(work_info(&f).grown_objects, 0);
    chain = new_chain(&f, 300);
    f.heap->options.slice_units = 10;
    hd_op_init(&op, HD_OP_RELEASE, f.session);
    op.in.hold.objects = ids_of(&chain, 1);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    assert_in_range(work_info(&f).dying_objects, 5, 15);
    assert_int_equal(work_info(&f).operations, 1);
    work_soundly(&f);
    assert_int_equal(work_info(&f).dying_objects, 0);
    assert_int_equal(work_info(&f).operations, 0);
    fixture_down(&f);
}

static void pending_sets_are_counted(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t loop;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    loop = new_loop(&f);
    assert_int_equal(set_finalizer(&f, loop, "q"), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    begin_collect(&f, &op, 2);
    assert_int_equal(carry_out(&f, &op), HD_OK);
    assert_int_equal(work_info(&f).pending_sets, 1);
    assert_int_equal(work_info(&f).found_objects, 0);
    fixture_down(&f);
}

static unsigned pause_events(struct fixture *f, struct hd_event *ret_last)
{
    struct hd_event_reader reader = {.filter = {.kinds = 1u << HD_EVENT_PAUSE}};
    unsigned count = 0;

    while (hd_events_next(hd_heap_events(f->heap), &reader, ret_last)) {
        count++;
    }
    return count;
}

static void only_what_is_above_the_budget_is_an_event(void **state)
{
    struct hd_event event;
    struct fixture f;
    struct hd_op op;

    (void)state;
    fixture_options(&f);
    f.options.pause_ns = STEP_NS;
    fixture_open(&f);
    drop_loops(&f, 3);
    f.clock.step_ns = STEP_NS;
    begin_collect(&f, &op, 0);
    assert_int_equal(carry_out(&f, &op), HD_OK);
    assert_int_equal(pause_events(&f, &event), 0);
    drop_loops(&f, 3);
    f.clock.step_ns = STEP_NS + 1;
    begin_collect(&f, &op, 0);
    assert_int_equal(carry_out(&f, &op), HD_OK);
    assert_int_equal(pause_events(&f, &event), 1);
    assert_int_equal(event.duration_ns, STEP_NS + 1);
    assert_int_equal(event.pause, HD_PAUSE_YOUNG);
    assert_int_equal(event.generation, 0);
    assert_int_equal(event.candidates, 3);
    f.clock.step_ns = 0;
    fixture_down(&f);
}

/* All that is done to make room is one pause, however many slices it has. */
static void relief_is_one_pause(void **state)
{
    const struct hd_new_limit limit = {.has_objects = true, .objects = 50};
    struct fixture f;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    f.clock.step_ns = 1;
    drop_loops(&f, 50);
    op = begin(&f, HD_OP_CONFIGURE);
    op->in.configure.limits = &limit;
    op->in.configure.count = 1;
    assert_int_equal(finish(&f), HD_OK);
    (void)new_list(&f);
    assert_int_equal(series(&f, HD_PAUSE_RELIEF, 0)->count, 1);
    assert_int_equal(series(&f, HD_PAUSE_SLICE, 2)->count, 0);
    assert_true(hd_inspect_pauses(f.heap)->slice_units > 50);
    f.clock.step_ns = 0;
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_lengths_are_told_apart),
        cmocka_unit_test(slices_say_what_they_were),
        cmocka_unit_test(what_floats_is_known),
        cmocka_unit_test(pending_sets_are_counted),
        cmocka_unit_test(only_what_is_above_the_budget_is_an_event),
        cmocka_unit_test(relief_is_one_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
