/* SPDX-License-Identifier: MIT */
/* search.c: forward from what owners hold, breadth first. */
#include "heap/search.h"

#include "base/fetch.h"

#define STEPS_ROOT 4  /* one that is there */
#define STEPS_INTO 56 /* to look into a container at all */
#define STEPS_MEET 16
#define AHEAD      12

enum hd_presence hd_search_presence(const struct hd_search *search, uint32_t slot)
{
    const struct hd_slots *slots = hd_objects_slots_const(search->heap->objects);

    if (hd_slot_at(slots, slot)->kind == HD_KIND_FREE || hd_slots_is_husk(slots, slot)) {
        return HD_NOWHERE;
    }
    if (hd_slots_is_alive(slots, slot)) {
        return HD_ALIVE;
    }
    return hd_collector_is_releasing(search->heap->collector, slot) ? HD_NOWHERE : HD_DEAD;
}

bool hd_search_may_pass(const struct hd_search *search, uint32_t slot, bool first)
{
    enum hd_presence presence = hd_search_presence(search, slot);

    return presence == HD_ALIVE ||
           (presence == HD_DEAD && first && search->kind == HD_OWNER_WORK);
}

/* True: this kind's search is over: the target is reached, or there was no memory. */
static bool meet(struct hd_search *search, uint32_t slot, uint32_t from, uint64_t *steps)
{
    if (slot == search->target) {
        search->reached = true;
        search->next = from;
        return true;
    }
    if (hd_slot_is_atom(slot) || hd_trail_has(&search->trail, slot)) {
        return false;
    }
    hd_pay_steps(steps, STEPS_MEET);
    search->refused = hd_trail_add(&search->trail, slot, from) != HD_OK;
    return search->refused;
}

bool hd_search_clear(struct hd_search *search, uint64_t *steps)
{
    return hd_trail_clear(&search->trail, steps);
}

bool hd_search_free(struct hd_search *search, uint64_t *steps)
{
    return hd_trail_fini(&search->trail, steps);
}

bool hd_search_roots(struct hd_search *search, uint64_t *steps)
{
    struct hd_owner owner;
    uint32_t slot;
    uint32_t n;

    hd_roots_resume(&search->roots);
    while (hd_roots_next(&search->roots, steps, &owner, &slot, &n)) {
        hd_pay_steps(steps, STEPS_ROOT);
        if (meet(search, slot, HD_TRAIL_NONE, steps)) {
            return true;
        }
    }
    return search->roots.stage == HD_ROOTS_END;
}

bool hd_search_dying(struct hd_search *search, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(search->heap->objects);

    for (; search->next < slots->containers.high; search->next++) {
        if (*steps == 0) {
            return false;
        }
        (*steps)--;
        if (hd_search_presence(search, search->next) == HD_DEAD &&
            meet(search, search->next, HD_TRAIL_NONE, steps)) {
            return true;
        }
    }
    return true;
}

static bool meet_all(struct hd_search *search, const struct hd_span *span, uint64_t *steps)
{
    const uint32_t *at = span->first;

    for (uint32_t i = 0; i < span->count; i++, at += span->step) {
        if (*at != 0 && (meet(search, *at, search->next, steps) ||
                         (span->pairs && meet(search, at[1], search->next, steps)))) {
            return true;
        }
    }
    return false;
}

bool hd_search_spread(struct hd_search *search, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(search->heap->objects);

    for (; search->next < search->trail.count; search->next++) {
        const struct hd_met met = hd_trail_at(&search->trail, search->next);
        const struct hd_slot *entry = hd_slot_at(slots, met.slot);

        if (search->end == UINT32_MAX) { /* paid for once, whatever a slice can pay */
            uint32_t ahead = search->next + AHEAD;

            search->end--;
            hd_pay_steps(steps, STEPS_INTO);
            if (ahead < search->trail.count) { /* entries lie anywhere, and so do bodies */
                uint32_t soon = hd_trail_at(&search->trail, ahead - AHEAD / 2).slot;

                hd_fetch(hd_slot_at(slots, hd_trail_at(&search->trail, ahead).slot));
                hd_fetch(hd_slot_body(hd_slot_at(slots, soon)));
            }
        }
        if (!hd_search_may_pass(search, met.slot, met.from == HD_TRAIL_NONE)) {
            search->end = 0;
        }
        while (search->end > 0) {
            struct hd_span span;

            if (*steps == 0) {
                return false;
            }
            span = hd_next_span(entry, &search->end, steps);
            if (meet_all(search, &span, steps)) {
                return true;
            }
        }
        search->end = UINT32_MAX;
        if (*steps == 0) {
            search->next++;
            return false;
        }
    }
    return true;
}
