/* SPDX-License-Identifier: MIT */
/* test_incremental.c: collections in slices of any size, with random operations between them,
 * against a graph; and, with none between them, beside a heap in mode classic (contract §5). */
#include "property/graph_steps.h"

static void set_thresholds(struct world *world, int64_t first)
{
    const int64_t values[] = {first, 3, 3};
    struct hd_op *op;

    world->f.session = world->sessions[SESSIONS];
    op = begin(&world->f, HD_OP_SET_THRESHOLD);
    op->in.threshold.values = values;
    op->in.threshold.count = 3;
    assert_int_equal(finish(&world->f), HD_OK);
}

/* Asks, and leaves it after a unit or two. */
static void ask(struct world *world, unsigned session, struct hd_op *op, unsigned generation,
                uint32_t units)
{
    uint32_t before = world->f.heap->options.slice_units;

    world->f.heap->options.slice_units = units;
    hd_op_init(op, HD_OP_COLLECT, world->sessions[session]);
    op->in.collect.generation = generation;
    (void)hd_heap_do(world->f.heap, op);
    assert_int_equal(op->error.status, HD_OK);
    world->f.heap->options.slice_units = before;
}

static bool is_answered(const struct world *world)
{
    return !hd_session_is_busy(world->sessions[SESSIONS]);
}

static void look(struct graph *g, unsigned percent)
{
    graph_observe(g);
    for (unsigned w = 0; w < g->world_count && random_chance(&g->rng, percent); w++) {
        assert_sound(&g->worlds[w].f);
    }
    if (g->request.active && is_answered(&g->worlds[0])) {
        graph_answered(g);
    }
}

static void request(struct graph *g)
{
    unsigned generation = (unsigned)random_below(&g->rng, 3);
    struct world *world = &g->worlds[0];

    if (random_chance(&g->rng, 30) && !hd_session_is_busy(world->sessions[SESSIONS + 1])) {
        ask(world, SESSIONS + 1, &g->request.before, 2, 1);
        graph_observe(g);
    } else if (!g->request.active) {
        graph_accept(g, generation);
        ask(world, SESSIONS, &g->request.op, generation,
            1 + (uint32_t)random_below(&g->rng, 3));
    }
}

/* Some are dead already, and it is not committed. */
static bool is_near_commit(const struct graph *g)
{
    enum hd_stage stage = hd_collector_stage(g->worlds[0].f.heap->collector);

    return stage >= HD_STAGE_MARK && stage < HD_STAGE_RELEASE;
}

static void slice(struct graph *g)
{
    uint32_t units = is_near_commit(g) ? 1 : 1 + (uint32_t)random_below(&g->rng, 24);

    (void)hd_heap_work(g->worlds[0].f.heap, units);
    while (is_near_commit(g) && random_chance(&g->rng, 50)) {
        graph_disturb(g);
    }
}

/* Two full collections, the second of which leaves nothing that floats. */
static void collect_all(struct graph *g)
{
    node_set kept = {false};

    graph_settle(g);
    for (int i = 0; i < 2; i++) {
        g->worlds[0].f.session = g->worlds[0].sessions[SESSIONS];
        (void)collect(&g->worlds[0].f);
        graph_observe(g);
    }
    graph_settle(g);
    graph_reach_owned(g, kept);
    for (int i = 0; i < NODES; i++) {
        bool frozen = g->nodes[i].kind > NODE_FLOAT &&
                      hd_slots_generation(hd_objects_slots_const(g->worlds[0].f.heap->objects),
                                          graph_slot(&g->worlds[0], i)) == HD_GENERATIONS;

        graph_reach(g, frozen || g->nodes[i].waits ? i : -1, kept);
    }
    for (int i = 0; i < NODES; i++) {
        assert_true(g->nodes[i].kind == NODE_FREE || kept[i]);
    }
}

static void switch_mode(struct graph *g)
{
    bool classic = random_chance(&g->rng, 30);

    hd_collector_set_mode(g->worlds[0].f.heap->collector,
                          classic ? HD_COLLECTOR_CLASSIC : HD_COLLECTOR_INCREMENTAL);
}

static void run_between(uint64_t seed, unsigned long steps, int64_t threshold, bool switches)
{
    static struct graph g;

    graph_init(&g, seed, 1);
    graph_open_world(&g, 0, HD_COLLECTOR_INCREMENTAL);
    set_thresholds(&g.worlds[0], threshold);
    for (unsigned long i = 0; i < steps; i++) {
        graph_step(&g);
        look(&g, 5);
        if (random_chance(&g.rng, 10)) {
            request(&g);
            look(&g, 20);
        }
        if (random_chance(&g.rng, 70)) {
            slice(&g);
            look(&g, 20);
        }
        if (switches && random_chance(&g.rng, 2)) {
            switch_mode(&g);
        }
        if (random_chance(&g.rng, 1)) {
            collect_all(&g);
            look(&g, 100);
        }
    }
    collect_all(&g);
    look(&g, 100);
    graph_fini(&g);
}

static void what_is_found_in_slices_was_garbage_and_all_of_it(void **state)
{
    struct random rng;
    uint64_t seed = random_init(&rng, 20261127);

    (void)state;
    run_between(seed, 12000, 0, false);
    run_between(seed + 1, 12000, 20, false);
    run_between(seed + 2, 8000, 5, true);
}

/* No operation comes between request and reply: nothing at all differs. */
static void collect_in_both(struct graph *g)
{
    unsigned generation = (unsigned)random_below(&g->rng, 3);
    struct hd_op ops[WORLDS];

    for (unsigned w = 0; w < WORLDS; w++) {
        ask(&g->worlds[w], SESSIONS, &ops[w], generation, 1);
        while (!is_answered(&g->worlds[w])) {
            if (random_chance(&g->rng, 30)) {
                assert_sound(&g->worlds[w].f);
            }
            (void)hd_heap_work(g->worlds[w].f.heap, 1 + (uint32_t)random_below(&g->rng, 9));
        }
    }
    assert_int_equal(ops[0].out.collect.collected, ops[1].out.collect.collected);
    assert_int_equal(ops[0].out.collect.uncollectable, ops[1].out.collect.uncollectable);
    assert_int_equal(ops[0].out.collect.candidates, ops[1].out.collect.candidates);
    graph_observe(g);
}

static void both_modes_give_the_same_answers(void **state)
{
    static struct graph g;
    struct random rng;
    uint64_t seed = random_init(&rng, 20261128);

    (void)state;
    graph_init(&g, seed, 2);
    graph_open_world(&g, 0, HD_COLLECTOR_INCREMENTAL);
    graph_open_world(&g, 1, HD_COLLECTOR_CLASSIC);
    for (unsigned w = 0; w < WORLDS; w++) {
        set_thresholds(&g.worlds[w], 0);
    }
    for (unsigned long i = 0; i < 20000; i++) {
        graph_step(&g);
        if (random_chance(&g.rng, 4)) {
            collect_in_both(&g);
            graph_settle(&g);
        }
        if (i % 256 == 0) {
            graph_settle(&g);
            assert_sound(&g.worlds[0].f);
            assert_sound(&g.worlds[1].f);
        }
    }
    graph_settle(&g);
    graph_fini(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_modes_give_the_same_answers),
        cmocka_unit_test(what_is_found_in_slices_was_garbage_and_all_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
