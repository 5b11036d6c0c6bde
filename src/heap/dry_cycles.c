/* SPDX-License-Identifier: MIT */
/* dry_cycles.c: in each of the largest components, a shortest way from its first object back to
 * it: breadth first, as WHY. */
#include "heap/dry_run.h"

#define STEPS_MEET 16

/* Whether it belongs to the component at hand. */
static bool is_member(const struct hd_dry_run *run, uint32_t slot)
{
    return hd_dry_is_in(run, &run->dead, slot) &&
           hd_dry_node_of(run, slot)->low == run->walk.largest[run->cycle].number;
}

static void join(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    struct hd_search *search = &run->search;

    (void)from;
    if (search->reached || run->refused || !is_member(run, to)) {
        return;
    }
    if (to == search->target) {
        search->reached = true;
        search->next = run->next;
    } else if (!hd_trail_has(&search->trail, to)) {
        hd_dry_add(run, &search->trail, to, run->next);
    }
}

static bool join_all(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    hd_pay_steps(steps, STEPS_MEET);
    return hd_dry_look(run, slot, join, steps);
}

static void begin(struct hd_dry_run *run)
{
    const struct hd_dry_component *component = &run->walk.largest[run->cycle];
    struct hd_dry_cycle *cycle = &run->report->cycle[run->cycle];
    struct hd_search *search = &run->search;

    *cycle = (struct hd_dry_cycle){.objects = component->objects,
                                   .kept = hd_dry_is_in(run, &run->kept, component->first),
                                   .path.owner.what = HD_OWNER_CONTAINER};
    *search = (struct hd_search){
        .heap = run->heap, .target = component->first, .paths = &cycle->path};
    run->refused = hd_trail_init(&search->trail, &run->heap->books.iface, run->limit) != HD_OK;
    if (!run->refused) {
        hd_dry_add(run, &search->trail, component->first, HD_TRAIL_NONE);
    }
    run->next = 0;
    run->end = UINT32_MAX;
}

/* True: the next part comes. */
static bool go_on(struct hd_dry_run *run, uint64_t *steps)
{
    struct hd_search *search = &run->search;

    switch (run->at) {
    case HD_CYCLE_BEGIN:
        begin(run);
        return true;
    case HD_CYCLE_SPREAD:
        if (!hd_dry_each_met(run, &search->trail, join_all, steps)) {
            return false;
        }
        run->lost = run->lost || !search->reached;
        return true;
    case HD_CYCLE_TRACE:
        if (!hd_path_trace(search, steps)) {
            return false;
        }
        search->next = 0;
        search->end = UINT32_MAX;
        return true;
    case HD_CYCLE_PLACES:
        if (!hd_path_places(search, steps)) {
            return false;
        }
        run->lost = run->lost || search->lost;
        return true;
    default:
        search->reached = false;
        return hd_trail_fini(&search->trail, steps);
    }
}

bool hd_dry_cycles(struct hd_dry_run *run, uint64_t *steps)
{
    while (run->cycle<run->walk.count && * steps> 0 && !hd_dry_stops(run)) {
        hd_pay_steps(steps, 1);
        if (!go_on(run, steps)) {
            return false;
        }
        run->cycle += run->at == HD_CYCLE_FREE;
        run->at = run->at == HD_CYCLE_FREE ? HD_CYCLE_BEGIN : run->at + 1;
    }
    return run->cycle == run->walk.count || hd_dry_stops(run);
}
