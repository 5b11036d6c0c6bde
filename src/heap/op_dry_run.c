/* SPDX-License-Identifier: MIT */
/* op_dry_run.c: DRY_RUN: what a collection would free, and why nothing else does. */
#include "base/check.h"
#include "heap/dry_run.h"

#define TRIES        3
#define FREE_AT_ONCE (UINT64_C(1) << 16) /* steps */

enum hd_status hd_op_dry_run(struct hd_heap *heap, struct hd_op *op)
{
    HD_CHECK(op->batch == NULL && op->in.dry_run.ret_report != NULL);
    op->dry_run = NULL;
    return hd_judge_generation(heap, op, op->in.dry_run.generation);
}

size_t hd_dry_run_bytes(const struct hd_dry_run *run)
{
    return run == NULL ? 0
                       : sizeof *run + hd_pages_bytes(&run->numbers) +
                             hd_pages_bytes(&run->nodes) + hd_pages_bytes(&run->others[0]) +
                             hd_pages_bytes(&run->others[1]) + hd_trail_bytes(&run->living) +
                             hd_trail_bytes(&run->dead) + hd_trail_bytes(&run->kept) +
                             hd_trail_bytes(&run->tail) + hd_trail_bytes(&run->search.trail);
}

static bool free_all(struct hd_dry_run *run, uint64_t *steps)
{
    return hd_pages_give(&run->numbers, steps) && hd_pages_give(&run->nodes, steps) &&
           hd_pages_give(&run->others[0], steps) && hd_pages_give(&run->others[1], steps) &&
           hd_trail_fini(&run->living, steps) && hd_trail_fini(&run->dead, steps) &&
           hd_trail_fini(&run->kept, steps) && hd_trail_fini(&run->tail, steps) &&
           hd_trail_fini(&run->search.trail, steps);
}

static bool (*const stages[HD_DRY_STAGES])(struct hd_dry_run *run, uint64_t *steps) = {
    [HD_DRY_COUNT] = hd_dry_count,   [HD_DRY_HELD] = hd_dry_held,
    [HD_DRY_SPREAD] = hd_dry_spread, [HD_DRY_DEAD] = hd_dry_dead,
    [HD_DRY_KEEP] = hd_dry_keep,     [HD_DRY_WALK] = hd_dry_walk,
    [HD_DRY_CYCLES] = hd_dry_cycles, [HD_DRY_TALLY] = hd_dry_tally,
};

static void enter(struct hd_dry_run *run, enum hd_dry_stage stage)
{
    run->stage = stage;
    run->end = UINT32_MAX;
    run->next = stage == HD_DRY_COUNT || stage == HD_DRY_HELD || stage == HD_DRY_DEAD;
}

static void begin_try(struct hd_heap *heap, const struct hd_op *op, struct hd_dry_run *run)
{
    const struct hd_allocator *books = &heap->books.iface;
    unsigned tries = run->tries;

    *run = (struct hd_dry_run){
        .heap = heap,
        .tries = tries,
        .generation = (unsigned)op->in.dry_run.generation,
        .wanted =
            op->in.dry_run.cycles < HD_DRY_LARGEST ? op->in.dry_run.cycles : HD_DRY_LARGEST,
        .changes = heap->changes,
        .limit = hd_objects_slots(heap->objects)->containers.high,
        .report = op->in.dry_run.ret_report,
    };
    *run->report = (struct hd_dry_report){0};
    hd_pages_init(&run->numbers, books, sizeof(uint32_t));
    hd_pages_init(&run->nodes, books, sizeof(struct hd_dry_node));
    hd_pages_init(&run->others[0], books, sizeof(uint32_t));
    hd_pages_init(&run->others[1], books, sizeof(uint32_t));
    run->refused = hd_trail_init(&run->living, books, run->limit) != HD_OK ||
                   hd_trail_init(&run->dead, books, run->limit) != HD_OK ||
                   hd_trail_init(&run->kept, books, run->limit) != HD_OK ||
                   hd_trail_init(&run->tail, books, run->limit) != HD_OK;
    enter(run, run->refused ? HD_DRY_FREE : HD_DRY_COUNT);
}

/* A try is over.  True: so is the run. */
static bool conclude(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_dry_run *run = op->dry_run;

    if (op->error.status != HD_OK) {
        return true;
    }
    if (run->answered && run->tallied == heap->changes) {
        op->out.dry_run.exact = run->changes == heap->changes;
        return true;
    }
    run->stage = HD_DRY_BEGIN;
    if (++run->tries < TRIES) {
        return false;
    }
    (void)hd_fail(&op->error, HD_ABORTED, HD_REASON_CHANGED,
                  "the heap changed %d times while it was searched for garbage", TRIES);
    return true;
}

/* What was found is so at this moment: if it can be, nothing comes in between.  True: the run
 * is over. */
static bool give_back(struct hd_heap *heap, struct hd_op *op, uint64_t *steps)
{
    uint64_t own = *steps < FREE_AT_ONCE ? FREE_AT_ONCE : *steps;
    uint64_t before = own;
    bool done = free_all(op->dry_run, op->dry_run->answered ? &own : steps);

    hd_pay_steps(steps, before - own);
    return done && conclude(heap, op);
}

/* True: the run is over. */
static bool advance(struct hd_heap *heap, struct hd_op *op, uint64_t *steps)
{
    struct hd_dry_run *run = op->dry_run;

    if (run->stage == HD_DRY_BEGIN) {
        begin_try(heap, op, run);
    } else if (run->stage == HD_DRY_FREE) {
        return give_back(heap, op, steps);
    } else if (stages[run->stage](run, steps)) {
        enter(run, hd_dry_stops(run) ? HD_DRY_FREE : run->stage + 1);
        if (run->answered) {
            return give_back(heap, op, steps);
        }
    }
    if (run->refused && op->error.status == HD_OK) {
        hd_search_refuse(heap, op);
    }
    return false;
}

bool hd_dry_run_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint64_t steps = (uint64_t)*units * HD_UNIT_STEPS;
    bool done = false;

    hd_quota_begin(&heap->quota, false);
    if (op->dry_run == NULL) {
        op->dry_run = hd_alloc_zeroed(&heap->books.iface, sizeof *op->dry_run);
    }
    if (op->dry_run == NULL) {
        hd_search_refuse(heap, op);
        return true;
    }
    while (!done && steps > 0) {
        done = advance(heap, op, &steps);
    }
    *units = (uint32_t)(steps / HD_UNIT_STEPS);
    if (done) {
        hd_free(&heap->books.iface, op->dry_run, sizeof *op->dry_run);
        op->dry_run = NULL;
    }
    return done;
}
