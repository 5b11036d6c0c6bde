/* SPDX-License-Identifier: MIT */
/* dry_run.c: which objects nothing outside of them holds, and which of these would be kept. */
#include "heap/dry_run.h"

#define STEPS_INTO   24 /* to look into a container at all */
#define STEPS_MEET   4  /* a reference to a container */
#define STEPS_MEMBER 16 /* one that is put on a trail */

bool hd_dry_stops(const struct hd_dry_run *run)
{
    return run->refused || run->lost;
}

bool hd_dry_is_candidate(const struct hd_dry_run *run, uint32_t slot)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);

    return slot < run->limit && (slots->age[slot] & HD_AGE_TRACKED) != 0 &&
           hd_slots_generation(slots, slot) <= run->generation &&
           hd_slots_is_alive(slots, slot);
}

bool hd_dry_is_in(const struct hd_dry_run *run, const struct hd_trail *trail, uint32_t slot)
{
    return slot < run->limit && hd_trail_has(trail, slot);
}

void hd_dry_add(struct hd_dry_run *run, struct hd_trail *trail, uint32_t slot, uint32_t from)
{
    run->refused = hd_trail_add(trail, slot, from) != HD_OK || run->refused;
}

static uint32_t *number_of(const struct hd_dry_run *run, uint32_t slot)
{
    return hd_pages_at(&run->numbers, slot);
}

struct hd_dry_node *hd_dry_node_of(const struct hd_dry_run *run, uint32_t slot)
{
    return hd_pages_at(&run->nodes, *number_of(run, slot));
}

bool hd_dry_has_finalizer(const struct hd_dry_run *run, uint32_t slot)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);
    const struct hd_notice *notice;

    if ((hd_slot_at(slots, slot)->flags & HD_SLOT_FINALIZER) == 0) {
        return false;
    }
    notice = hd_notices_armed(&run->heap->notices, slot);
    return notice != NULL && !notice->queue->closed;
}

/* The first candidate from run->next on.  0: there is none, or the steps are used up. */
static uint32_t next_candidate(struct hd_dry_run *run, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);

    while (run->next<run->limit && * steps> 0) {
        uint32_t next = run->generation < 2 ? run->limit : run->next;

        /* the young are walked at the cost of their members */
        for (unsigned i = 0; run->generation < 2 && i <= run->generation; i++) {
            uint32_t young = hd_bitset_next(&slots->young[i], run->next);
            uint32_t held = hd_bitset_next(&slots->held[i], run->next);

            next = young < next ? young : next;
            next = held < next ? held : next;
        }
        if (next != run->next) {
            run->next = next;
            run->end = UINT32_MAX;
        }
        (*steps)--;
        if (hd_dry_is_candidate(run, run->next)) {
            return run->next;
        }
        run->next += run->next < run->limit;
        run->end = UINT32_MAX;
    }
    return 0;
}

static bool each_candidate(struct hd_dry_run *run, hd_dry_visit visit, uint64_t *steps)
{
    uint32_t slot;

    while ((slot = next_candidate(run, steps)) != 0) {
        if (!visit(run, slot, steps)) {
            return false;
        }
        if (hd_dry_stops(run)) {
            return true;
        }
        run->next = slot + 1;
        run->end = UINT32_MAX;
    }
    return run->next >= run->limit;
}

bool hd_dry_each_met(struct hd_dry_run *run, const struct hd_trail *trail, hd_dry_visit visit,
                     uint64_t *steps)
{
    while (run->next < trail->count) {
        if (*steps == 0 || !visit(run, hd_trail_at(trail, run->next).slot, steps)) {
            return false;
        }
        if (hd_dry_stops(run) || run->search.reached) {
            return true;
        }
        run->next++;
        run->end = UINT32_MAX;
    }
    return true;
}

bool hd_dry_look(struct hd_dry_run *run, uint32_t slot, hd_dry_meet meet, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);

    if (!hd_slots_is_alive(slots, slot)) {
        run->lost = true;
        return true;
    }
    if (run->end == UINT32_MAX) { /* paid for once, whatever a slice can pay */
        run->end--;
        hd_pay_steps(steps, STEPS_INTO);
    }
    while (run->end > 0) {
        struct hd_span span;
        const uint32_t *at;

        if (*steps == 0) {
            return false;
        }
        span = hd_next_span(hd_slot_at(slots, slot), &run->end, steps);
        at = span.first;
        for (uint32_t i = 0; i < span.count; i++, at += span.step) {
            if (*at != 0) {
                meet(run, slot, *at);
                if (span.pairs) {
                    meet(run, slot, at[1]);
                }
            }
        }
        hd_pay_steps(steps, (uint64_t)span.count * STEPS_MEET);
        if (hd_dry_stops(run)) {
            return true;
        }
    }
    run->end = UINT32_MAX;
    return true;
}

static void count_one(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    uint32_t *count;

    (void)from;
    if (!hd_slot_is_atom(to) && hd_dry_is_candidate(run, to)) {
        count = hd_pages_reach(&run->numbers, to);
        run->refused = count == NULL || run->refused;
        if (count != NULL) {
            ++*count;
        }
    }
}

static bool count_all(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    run->report->candidates += run->end == UINT32_MAX;
    return hd_dry_look(run, slot, count_one, steps);
}

bool hd_dry_count(struct hd_dry_run *run, uint64_t *steps)
{
    return each_candidate(run, count_all, steps);
}

static bool judge(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);
    const uint32_t *inside = number_of(run, slot);

    if (hd_slot_at(slots, slot)->count > (inside == NULL ? 0 : *inside)) {
        hd_pay_steps(steps, STEPS_MEMBER);
        hd_dry_add(run, &run->living, slot, HD_TRAIL_NONE);
    }
    return true;
}

bool hd_dry_held(struct hd_dry_run *run, uint64_t *steps)
{
    return each_candidate(run, judge, steps);
}

static void reach(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    (void)from;
    if (!hd_slot_is_atom(to) && hd_dry_is_candidate(run, to) &&
        !hd_trail_has(&run->living, to) && !run->refused) {
        hd_dry_add(run, &run->living, to, HD_TRAIL_NONE);
    }
}

/* What died since it was met leads nowhere. */
static bool reach_all(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    return !hd_dry_is_candidate(run, slot) || hd_dry_look(run, slot, reach, steps);
}

bool hd_dry_spread(struct hd_dry_run *run, uint64_t *steps)
{
    return hd_dry_each_met(run, &run->living, reach_all, steps);
}

static bool bury(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    uint32_t *number;

    if (hd_trail_has(&run->living, slot)) {
        return true;
    }
    hd_pay_steps(steps, STEPS_MEMBER);
    hd_dry_add(run, &run->dead, slot, HD_TRAIL_NONE);
    number = hd_pages_reach(&run->numbers, slot);
    if (run->refused || number == NULL ||
        hd_pages_reach(&run->nodes, run->dead.count) == NULL) {
        run->refused = true;
        return true;
    }
    *number = run->dead.count;
    if (hd_dry_has_finalizer(run, slot)) {
        hd_dry_add(run, &run->kept, slot, HD_TRAIL_NONE);
    }
    return true;
}

bool hd_dry_dead(struct hd_dry_run *run, uint64_t *steps)
{
    return each_candidate(run, bury, steps);
}

static void keep(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    (void)from;
    if (hd_dry_is_in(run, &run->dead, to) && !hd_trail_has(&run->kept, to) && !run->refused) {
        hd_dry_add(run, &run->kept, to, HD_TRAIL_NONE);
    }
}

static bool keep_all(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    return hd_dry_look(run, slot, keep, steps);
}

bool hd_dry_keep(struct hd_dry_run *run, uint64_t *steps)
{
    return hd_dry_each_met(run, &run->kept, keep_all, steps);
}
