/* SPDX-License-Identifier: MIT */
/* test_dry_run.c: what a dry run says, beside the collection that follows it; and with
 * operations between its slices. */
#include "unit/heap/death_fixture.h"

#include "heap/dry_report.h"
#include "lib/heap_digest.h"
#include "lib/random.h"

#define OBJECTS 60
#define ROUNDS  1500

struct world {
    struct fixture f;
    struct random rng;
    uint64_t ids[OBJECTS]; /* some dead */
    struct hd_dry_report report;
    struct hd_op op;
};

static bool is_there(struct world *w, uint64_t id)
{
    struct hd_error error;
    uint32_t slot;

    hd_error_clear(&error);
    return hd_slots_resolve(hd_objects_slots(w->f.heap->objects), id, &slot, &error) == HD_OK;
}

static void create(struct world *w, size_t at)
{
    uint64_t item = 0;

    switch (random_below(&w->rng, 5)) {
    case 0:
        w->ids[at] = new_str(&w->f, "some text that nobody else has");
        return;
    case 1:
        item = new_float(&w->f, 0.5);
        w->ids[at] = new_of(&w->f, HD_KIND_TUPLE, &item, 1);
        assert_int_equal(release(&w->f, item), HD_OK);
        return;
    case 2:
        w->ids[at] = new_list(&w->f);
        return;
    default:
        w->ids[at] = new_instance(&w->f, random_chance(&w->rng, 50) ? "Node" : "Leaf");
    }
}

static void refer(struct world *w, uint64_t from, uint64_t to)
{
    static const char *const names[] = {"a", "b", "c"};
    uint32_t slot;
    struct hd_error error;

    assert_int_equal(
        hd_slots_resolve(hd_objects_slots(w->f.heap->objects), from, &slot, &error), HD_OK);
    if (hd_object_kind(w->f.heap->objects, slot) == HD_KIND_LIST) {
        assert_int_equal(append(&w->f, from, to), HD_OK);
    } else if (hd_object_kind(w->f.heap->objects, slot) == HD_KIND_INSTANCE) {
        set_attr(&w->f, from, names[random_below(&w->rng, 3)], to);
    }
}

/* Two that nothing leads to from the beginning, and what one of them has. */
static void create_garbage(struct world *w, uint64_t tail)
{
    uint64_t first = new_list(&w->f);
    uint64_t second = new_list(&w->f);

    refer(w, first, second);
    refer(w, second, first);
    refer(w, second, tail);
    assert_int_equal(release(&w->f, first), HD_OK);
    assert_int_equal(release(&w->f, second), HD_OK);
}

static void step(struct world *w)
{
    size_t at = random_below(&w->rng, OBJECTS);
    size_t to = random_below(&w->rng, OBJECTS);

    if (!is_there(w, w->ids[at])) {
        create(w, at);
        return;
    }
    switch (random_below(&w->rng, 16)) {
    case 0:
        (void)set_finalizer(&w->f, w->ids[at], random_chance(&w->rng, 50) ? "q" : "");
        return;
    case 1:
        begin(&w->f, HD_OP_COLLECT)->in.collect.generation = (int64_t)random_below(&w->rng, 2);
        assert_int_equal(finish(&w->f), HD_OK);
        return;
    case 2:
    case 3:
    case 4:
    case 5:
        (void)release(&w->f, w->ids[at]);
        return;
    case 6:
        create_garbage(w, w->ids[at]);
        return;
    default:
        if (is_there(w, w->ids[to])) {
            refer(w, w->ids[at], w->ids[to]);
        }
    }
}

static void let_go_of_what_waits(struct world *w)
{
    struct told told;

    while ((told = receive(&w->f, "q", TOLD)).count > 0) {
        for (size_t i = 0; i < told.count; i++) {
            assert_int_equal(acknowledge(&w->f, told.of[i].delivery), HD_OK);
        }
    }
}

static struct hd_op *begin_dry_run(struct world *w, struct hd_session *session, int64_t gen)
{
    hd_op_init(&w->op, HD_OP_DRY_RUN, session);
    w->op.in.dry_run.generation = gen;
    w->op.in.dry_run.cycles = HD_DRY_LARGEST;
    w->op.in.dry_run.ret_report = &w->report;
    return &w->op;
}

/* The steps lead around; the rows add up. */
static void check_report(struct world *w)
{
    uint64_t objects = 0;
    uint64_t kept = 0;

    for (uint32_t i = 0; i < w->report.row_count; i++) {
        objects += w->report.rows[i].objects;
        kept += w->report.rows[i].kept;
    }
    assert_int_equal(objects, w->report.objects);
    assert_int_equal(kept, w->report.kept);
    assert_true(w->report.cycles >= w->report.cycle_count);
    for (uint32_t i = 0; i < w->report.cycle_count; i++) {
        const struct hd_path *path = &w->report.cycle[i].path;

        assert_true(path->length > 0 && path->length <= w->report.cycle[i].objects);
        for (uint32_t k = 0; k < path->shown; k++) {
            const struct hd_step *s = &path->steps[k];
            const struct hd_slot *entry =
                hd_slot_at(hd_objects_slots(w->f.heap->objects), s->slot);

            assert_true(hd_has_reference(entry, s->position, s->target));
            assert_int_equal(s->target, path->steps[(k + 1) % path->shown].slot);
        }
    }
}

static uint64_t objects_of(struct world *w)
{
    struct hd_heap_info info;

    hd_inspect_heap(w->f.heap, &info);
    return info.objects;
}

/* The collection that was asked about.  Gives what the queue got. */
static uint64_t collect_now(struct world *w, int64_t generation)
{
    uint64_t before = queue_info(&w->f, "q").waiting;

    begin(&w->f, HD_OP_COLLECT)->in.collect.generation = generation;
    assert_int_equal(finish(&w->f), HD_OK);
    while (hd_heap_work(w->f.heap, 1000)) {
    }
    return queue_info(&w->f, "q").waiting - before;
}

static void up(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    (void)random_init(&w->rng, seed);
    fixture_options(&w->f);
    w->f.options.slice_units = 2;
    fixture_open(&w->f);
    new_queue(&w->f, "q");
}

static void it_says_what_a_collection_does(void **state)
{
    static struct world w;
    uint64_t found = 0;

    (void)state;
    up(&w, 20261127);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t generation = (int64_t)random_below(&w.rng, 3);
        uint64_t before;
        uint64_t digest;

        for (int i = 0; i < 30; i++) {
            step(&w);
        }
        let_go_of_what_waits(&w);
        while (hd_heap_work(w.f.heap, 1000)) {
        }
        digest = heap_digest(w.f.heap);
        assert_int_equal(carry_out(&w.f, begin_dry_run(&w, w.f.session, generation)), HD_OK);
        assert_true(w.op.out.dry_run.exact);
        assert_int_equal(heap_digest(w.f.heap), digest);
        check_report(&w);
        assert_int_equal(w.report.cycles > 0, w.report.collected + w.report.kept > 0);
        before = objects_of(&w);
        /* what is older may die by count, and be told of */
        assert_true(collect_now(&w, generation) > 0 || w.report.kept == 0);
        assert_int_equal(w.f.op.out.collect.collected, w.report.collected);
        assert_int_equal(w.f.op.out.collect.candidates, w.report.candidates);
        /* older containers that only these hold die by count with them, and are not foretold */
        assert_true(before - objects_of(&w) >= w.report.objects);
        if (generation == HD_GENERATIONS - 1) {
            assert_int_equal(before - objects_of(&w), w.report.objects);
        }
        found += w.report.collected;
        assert_sound(&w.f);
    }
    assert_true(found > ROUNDS / 10);
    let_go_of_what_waits(&w);
    fixture_down(&w.f);
}

/* Asked by the one session, while the other goes on. */
static void it_is_so_when_it_is_said(void **state)
{
    static struct world w;
    unsigned given = 0;
    unsigned aborted = 0;

    (void)state;
    up(&w, 20261128);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t generation = (int64_t)random_below(&w.rng, 3);
        uint64_t rate = random_below(&w.rng, 30);

        for (int i = 0; i < 30; i++) {
            step(&w);
        }
        w.f.heap->options.slice_units = 1;
        if (hd_heap_do(w.f.heap, begin_dry_run(&w, w.f.other, generation)) == HD_MORE) {
            w.f.heap->options.slice_units = 1000;
            do {
                if (random_chance(&w.rng, (unsigned)rate)) {
                    step(&w);
                }
            } while (hd_heap_work(w.f.heap, 1 + (uint32_t)random_below(&w.rng, 3)) &&
                     hd_session_is_busy(w.f.other));
        }
        w.f.heap->options.slice_units = 1000;
        if (w.op.error.status != HD_OK) {
            assert_int_equal(w.op.error.reason, HD_REASON_CHANGED);
            aborted++;
            continue;
        }
        check_report(&w);
        given += w.report.collected > 0;
        if (!hd_heap_has_work(w.f.heap)) {
            (void)collect_now(&w, generation);
            assert_true(w.f.op.out.collect.collected >= w.report.collected);
        }
        let_go_of_what_waits(&w);
    }
    print_message("%u with garbage, %u aborted\n", given, aborted);
    assert_true(given > 20 && aborted > 0);
    let_go_of_what_waits(&w);
    fixture_down(&w.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_a_collection_does),
        cmocka_unit_test(it_is_so_when_it_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
