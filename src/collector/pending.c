/* SPDX-License-Identifier: MIT */
/* pending.c: a pending set is looked at again by itself, when the last who was told of it
 * has acknowledged: a trial over what its members reach among the pending. */
#include "base/check.h"
#include "collector/ages.h"
#include "collector/mark.h"

/* Every pending object reached joins the candidates, once. */
static void gather_one(void *ctx, uint32_t slot)
{
    struct hd_collector *collector = ctx;

    struct hd_slots *slots = collector->slots;

    if (hd_slot_is_atom(slot) || !hd_slots_is_alive(slots, slot)) {
        return;
    }
    if (slots->condemned &&
        hd_slots_is_white(slots, slot)) { /* the sweep has not come so far */
        hd_make_pending(collector, slot);
    }
    if ((slots->age[slot] & HD_AGE_PENDING) != 0 && !hd_bitset_has(&collector->trial, slot)) {
        hd_bitset_add(&collector->gathered, slot);
    }
}

bool hd_collector_is_pending(const struct hd_collector *collector, uint32_t slot)
{
    return !hd_slot_is_atom(slot) && (collector->slots->age[slot] & HD_AGE_PENDING) != 0;
}

static void follow(struct hd_collector *collector)
{
    uint32_t at;

    while ((at = hd_bitset_next(&collector->gathered, 0)) != HD_BITSET_END) {
        hd_bitset_remove(&collector->gathered, at);
        hd_bitset_add(&collector->trial, at);
        collector->gathered_count++;
        hd_object_visit(collector->objects, at, gather_one, collector);
    }
}

void hd_collector_gather(struct hd_collector *collector, uint32_t slot)
{
    gather_one(collector, slot);
    follow(collector);
}

static void gather_all(struct hd_collector *collector, uint8_t mask)
{
    uint32_t high = collector->slots->containers.high;
    uint32_t slot = 1;

    while ((slot = hd_ages_next(collector->slots, slot, high, mask, mask)) < high) {
        gather_one(collector, slot++);
    }
    follow(collector);
}

void hd_collector_gather_rest(struct hd_collector *collector)
{
    if (collector->slots->condemned) {
        gather_all(collector, HD_AGE_KEPT);
    }
    if (collector->pending > collector->gathered_count) {
        gather_all(collector, HD_AGE_PENDING);
        collector->pending = collector->gathered_count;
    }
}

bool hd_collector_is_gathered(const struct hd_collector *collector, uint32_t slot)
{
    return !hd_slot_is_atom(slot) && hd_bitset_has(&collector->trial, slot);
}

/* What dies by count is told of and booked like all that does, and is no candidate. */
static void let_die(struct hd_collector *collector, struct hd_cascade *cascade)
{
    struct hd_slots *slots = collector->slots;
    uint64_t left = collector->pending;
    uint32_t units = UINT32_MAX;

    collector->pending -= left < collector->gathered_count ? left : collector->gathered_count;
    collector->gathered_count = 0;
    while (!hd_refs_work(collector->objects, cascade, &units)) {
        units = UINT32_MAX;
    }
    for (uint32_t slot = 0; (slot = hd_bitset_next(&collector->trial, slot)) != HD_BITSET_END;
         slot++) {
        if (hd_slots_is_alive(slots, slot)) {
            slots->age[slot] &= (uint8_t)~HD_AGE_PENDING;
        } else {
            hd_bitset_remove(&collector->trial, slot);
        }
    }
}

void hd_collector_look_again(struct hd_collector *collector, unsigned generation,
                             struct hd_cascade *cascade, struct hd_collection *ret_result)
{
    const struct hd_members members = {{&collector->trial}, 1};
    uint32_t at = 0;

    *ret_result = (struct hd_collection){0};
    let_die(collector, cascade);
    hd_trial_run(collector, &members);
    ret_result->kept = hd_doom(collector, &members);
    collector->pending += ret_result->kept;
    if ((collector->state.debug & HD_GC_DEBUG_SAVEALL) != 0) {
        ret_result->collected = hd_doom_save(collector, &members);
    }
    ret_result->collected += hd_trial_free(collector, &members, cascade);
    ret_result->collected += hd_objects_take_stranded_deaths(collector->objects);
    collector->state.stats[generation].collected += ret_result->collected;
    while ((at = hd_bitset_next(&collector->trial, at)) != HD_BITSET_END) {
        (void)hd_bitset_take_word(&collector->trial, at);
    }
}
