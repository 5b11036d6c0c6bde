/* SPDX-License-Identifier: MIT */
/* test_atomic.c: random atomic batches over random heaps: one that fails, wherever it does, has
 * changed nothing; one that does not has done what the same operations do without it. */
#include "property/atomic_draw.h"

#include "lib/heap_digest.h"

#define BATCHES 60
#define LENGTH  12

static void world_up(struct world *w, enum hd_collector_mode mode, enum hd_allocator_kind kind,
                     uint32_t slice_units)
{
    memset(w, 0, sizeof *w);
    fixture_options(&w->f);
    w->f.options.slice_units = slice_units;
    w->f.options.memory.kind = kind;
    fixture_open(&w->f);
    begin(&w->f, HD_OP_SET_MODE)->in.mode.mode = mode;
    assert_int_equal(finish(&w->f), HD_OK);
    new_queue(&w->f, "queue");
    new_queue(&w->f, "second");
    for (size_t i = 0; i < KNOWN / 2; i += 6) {
        w->known[i] = new_list(&w->f);
        w->known[i + 1] = new_dict(&w->f);
        w->known[i + 2] = new_of(&w->f, HD_KIND_SET, NULL, 0);
        w->known[i + 3] = new_instance(&w->f, "Thing");
        w->known[i + 4] = new_str(&w->f, "text");
        w->known[i + 5] = new_float(&w->f, (double)i);
    }
}

/* What an operation gave is known from now on. */
static void know(struct world *w, struct random *rng, uint64_t id)
{
    if (id != 0 && slot_of(&w->f, id) != 0) {
        w->known[random_below(rng, KNOWN)] = id;
    }
}

static bool gives_id(enum hd_op_code code)
{
    return code == HD_OP_CREATE || code == HD_OP_NEW_WEAKREF || code == HD_OP_POP;
}

/* The heap becomes another one. */
static void live_on(struct world *w, struct random *rng, int steps)
{
    for (int i = 0; i < steps; i++) {
        struct hd_op *op = draw(w, rng, NULL);

        if (op->code == HD_OP_ACKNOWLEDGE || op->code == HD_OP_CALL) {
            continue;
        }
        if (finish(&w->f) == HD_OK && gives_id(op->code)) {
            know(w, rng, op->out.id);
        }
    }
    (void)receive(&w->f, "queue", 2);
    (void)receive(&w->f, "second", 1);
    if (random_chance(rng, 20)) {
        (void)collect(&w->f);
    }
    while (hd_heap_work(w->f.heap, 64)) {
    }
}

static struct hd_batch *open_batch(struct world *w, bool atomic)
{
    begin(&w->f, HD_OP_BATCH_BEGIN)->in.batch.atomic = atomic;
    return finish(&w->f) == HD_OK ? w->f.op.batch : NULL;
}

static bool end_batch(struct world *w, struct hd_batch *batch)
{
    begin(&w->f, HD_OP_BATCH_END)->batch = batch;
    assert_int_equal(finish(&w->f), HD_OK);
    return w->f.op.out.undone;
}

/* The operations up to the first that is refused, or number `bad`, which is refused. */
static uint32_t run(struct world *w, struct random rng, struct hd_batch *batch, uint32_t bad)
{
    for (uint32_t i = 0; i < LENGTH; i++) {
        struct hd_op *op = draw(w, &rng, batch);

        if (i == bad) {
            op = begin(&w->f, HD_OP_LOOKUP);
            op->in.name.name = text_of("never bound");
            op->batch = batch;
        }
        if (hd_heap_do(w->f.heap, op) != HD_DONE || op->error.status != HD_OK) {
            return i;
        }
    }
    return LENGTH;
}

/* How often slots have been given back: something has died if that rises. */
static uint64_t deaths(const struct world *w)
{
    const struct hd_slots *slots = hd_objects_slots_const(w->f.heap->objects);
    uint64_t sum = 0;

    for (uint32_t i = 1; i < slots->containers.high; i++) {
        sum += slots->containers.entries[i].version - w->f.options.version_seed;
    }
    for (uint32_t i = 1; i < slots->atoms.high; i++) {
        sum += slots->atoms.entries[i].version - w->f.options.version_seed;
    }
    return sum;
}

/* What is seen of a heap; and how far its collections have come, which go on between batches.
 */
struct seen {
    uint64_t digest;
    uint64_t collections;
};

static struct seen look(const struct world *w, bool ageless)
{
    const struct hd_collector_state *state = hd_collector_state(w->f.heap->collector);
    struct seen seen = {.collections = hd_objects_slots(w->f.heap->objects)->condemned};

    seen.digest = ageless ? heap_digest_ageless(w->f.heap) : heap_digest(w->f.heap);
    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        seen.collections = seen.collections * 4096 + state->stats[i].collections;
    }
    return seen;
}

/* Returns whether it could be compared. */
static bool check_undone(struct world *w, struct seen before, bool ageless)
{
    struct seen after = look(w, ageless);

    assert_sound(&w->f);
    assert_true(before.digest == after.digest || before.collections != after.collections);
    return before.collections == after.collections;
}

/* Every operation in turn is one that is refused. */
static unsigned refuse_each(struct world *w, struct random rng, bool ageless)
{
    unsigned compared = 0;

    for (uint32_t bad = 0; bad < LENGTH; bad++) {
        struct seen before = look(w, ageless);
        struct hd_batch *batch = open_batch(w, true);

        if (run(w, rng, batch, bad) < bad) {
            bad = LENGTH; /* it ends earlier by itself */
        }
        assert_true(end_batch(w, batch));
        compared += check_undone(w, before, ageless);
    }
    return compared;
}

/* Every request for memory in turn is refused: it, or all from there on.  False: the batch is
 * carried out. */
static bool starve_each(struct world *w, struct random rng, bool for_ever)
{
    struct seen before = look(w, false);

    for (long n = 0;; n++) {
        long refused = w->f.memory.refused;
        struct hd_batch *batch;
        bool undone = true;

        fault_alloc_rearm(&w->f.memory, n, for_ever);
        batch = open_batch(w, true);
        if (batch != NULL) {
            bool all = run(w, rng, batch, LENGTH) == LENGTH;

            if (w->f.memory.refused == refused || (all && !for_ever)) { /* enough of it */
                begin(&w->f, HD_OP_BATCH_END)->batch = batch;
                w->f.op.in.batch.undo = true;
                assert_int_equal(finish(&w->f), HD_OK);
                n = -2;
            } else {
                undone = end_batch(w, batch);
            }
        }
        fault_alloc_rearm(&w->f.memory, FAULT_NEVER, false);
        if (!undone) {
            return false;
        }
        assert_true(check_undone(w, before, false));
        if (n == -2) {
            return true;
        }
        assert_true(n < 1000);
    }
}

static void batches_fail_everywhere(enum hd_collector_mode mode, uint64_t seed)
{
    struct world w;
    struct random rng;
    unsigned done = 0;

    (void)random_init(&rng, seed);
    world_up(&w, mode, HD_ALLOCATOR_MALLOC, 256);
    for (int i = 0; i < BATCHES; i++) {
        struct random batch_rng;
        struct hd_batch *batch;

        live_on(&w, &rng, 40);
        random_init_fixed(&batch_rng, random_next(&rng));
        (void)refuse_each(&w, batch_rng, false);
        (void)starve_each(&w, batch_rng, true);
        (void)starve_each(&w, batch_rng, false);
        batch = open_batch(&w, true);
        (void)run(&w, batch_rng, batch, LENGTH);
        done += !end_batch(&w, batch);
        assert_sound(&w.f);
    }
    print_message("%u of %d batches were carried out in the end\n", done, BATCHES);
    assert_true(done >= BATCHES / 10);
    fixture_down(&w.f);
}

static void in_the_classic_mode(void **state)
{
    (void)state;
    batches_fail_everywhere(HD_COLLECTOR_CLASSIC, 1);
}

static void in_the_incremental_mode(void **state)
{
    (void)state;
    batches_fail_everywhere(HD_COLLECTOR_INCREMENTAL, 2);
}

/* A full collection of the other session's is between two slices. */
static void between_slices_of_a_collection(void **state)
{
    struct world w;
    struct random rng;
    unsigned between = 0;
    unsigned compared = 0;

    (void)state;
    (void)random_init(&rng, 3);
    world_up(&w, HD_COLLECTOR_INCREMENTAL, HD_ALLOCATOR_POOL, 4);
    for (int i = 0; i < BATCHES; i++) {
        struct random batch_rng;
        struct hd_batch *batch;
        struct hd_op op;

        live_on(&w, &rng, 40);
        hd_op_init(&op, HD_OP_COLLECT, w.f.other);
        op.in.collect.generation = 2;
        if (hd_heap_do(w.f.heap, &op) == HD_MORE) {
            (void)hd_heap_work(w.f.heap, (uint32_t)random_below(&rng, 12));
        }
        between += hd_session_is_busy(w.f.other);
        random_init_fixed(&batch_rng, random_next(&rng));
        compared += refuse_each(&w, batch_rng, true);
        batch = open_batch(&w, true);
        (void)run(&w, batch_rng, batch, LENGTH);
        (void)end_batch(&w, batch);
        assert_sound(&w.f);
        while (hd_heap_work(w.f.heap, 3)) {
        }
        assert_sound(&w.f);
    }
    print_message("%u between slices, %u times compared\n", between, compared);
    assert_true(compared >= BATCHES);
    assert_true(between >= BATCHES / 4);
    fixture_down(&w.f);
}

/* At once, or at the end of an atomic batch: what is armed later has another number. */
static bool frees_notices(enum hd_op_code code)
{
    return code == HD_OP_SET_FINALIZER || code == HD_OP_ACKNOWLEDGE;
}

/* The same on a heap with an atomic batch, and on one with another. */
static void what_is_carried_out_is_the_same(void **state)
{
    static struct world worlds[2];
    unsigned same = 0;

    (void)state;
    for (uint64_t seed = 100; seed < 160; seed++) {
        bool died = false;
        bool done[2];

        for (int a = 0; a < 2; a++) {
            struct world *w = &worlds[a];
            struct random rng;
            struct hd_batch *batch;
            uint64_t before;

            random_init_fixed(&rng, seed);
            world_up(w, HD_COLLECTOR_INCREMENTAL, HD_ALLOCATOR_POOL, 256);
            live_on(w, &rng, 120);
            batch = open_batch(w, a == 1);
            done[a] = true;
            for (uint32_t i = 0; i < LENGTH && done[a]; i++) {
                before = deaths(w);
                done[a] = hd_heap_do(w->f.heap, draw(w, &rng, batch)) == HD_DONE &&
                          w->f.op.error.status == HD_OK;
                died = died || deaths(w) != before || frees_notices(w->f.op.code);
            }
            (void)end_batch(w, batch);
        }
        if (done[0] && done[1] && !died) {
            assert_true(heap_digest(worlds[0].f.heap) == heap_digest(worlds[1].f.heap));
            same++;
        }
        assert_true(died || done[0] == done[1]);
        fixture_down(&worlds[0].f);
        fixture_down(&worlds[1].f);
    }
    print_message("%u batches in which nothing died gave the same\n", same);
    assert_true(same >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_classic_mode),
        cmocka_unit_test(in_the_incremental_mode),
        cmocka_unit_test(between_slices_of_a_collection),
        cmocka_unit_test(what_is_carried_out_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
