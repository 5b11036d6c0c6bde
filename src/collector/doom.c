/* SPDX-License-Identifier: MIT */
/* doom.c: what a dead set owes those who want to be told of its end (contract §6), in the
 * order of CPython 3.15: callbacks of weak references, then finalizers in slot order; and
 * what SAVEALL keeps. */
#include "base/check.h"
#include "collector/ages.h"
#include "collector/mark.h"
#include "object/weak.h"

struct walk {
    struct hd_collector *collector;
    const struct hd_doom *doom;
};

/* The next one that is dead and not kept. */
static bool next_dead(const struct walk *walk, uint32_t *slot)
{
    const struct hd_slots *slots = walk->collector->slots;
    struct hd_mark mark = walk->doom->mark;

    if (walk->doom->members == NULL) {
        *slot = hd_ages_next(slots, *slot + 1, slots->containers.high, mark.mask, mark.value);
        return *slot < slots->containers.high;
    }
    while (hd_members_next(walk->doom->members, slot)) {
        if (hd_mark_is_left(mark, slots->age[*slot])) {
            return true;
        }
    }
    return false;
}

/* A weak reference that is dead itself makes no callback. */
static void tell_callbacks_of(const struct walk *walk, uint32_t target)
{
    struct hd_objects *objects = walk->collector->objects;
    uint32_t weakref = hd_weak_first_callback(objects, target);

    while (weakref != 0) {
        uint32_t older = hd_weak_older_callback(objects, weakref);

        if (hd_mark_is_left(walk->doom->mark, walk->collector->slots->age[weakref])) {
            hd_weak_part(objects, weakref);
        } else {
            hd_weak_call_back(objects, weakref);
        }
        weakref = older;
    }
}

static void tell_callbacks(const struct walk *walk)
{
    const struct hd_slot *entries = walk->collector->slots->containers.entries;

    for (uint32_t slot = 0; next_dead(walk, &slot);) {
        if ((entries[slot].flags & HD_SLOT_WEAK) != 0) {
            tell_callbacks_of(walk, slot);
        }
    }
}

/* All who have a finalizer are found before what they reach is kept. */
static uint64_t tell_finalizers(const struct walk *walk)
{
    struct hd_collector *collector = walk->collector;
    struct hd_marker marker;
    uint32_t units = UINT32_MAX;

    hd_marker_init(&marker, collector, walk->doom->mark);
    marker.extra = HD_AGE_PENDING;
    marker.joins = true;
    for (uint32_t slot = 0; next_dead(walk, &slot);) {
        if (hd_object_finalize(collector->objects, slot)) {
            collector->scratch[slot] = collector->host->mark_of(collector->host->ctx, slot);
            hd_marker_shade(&marker, slot);
        }
    }
    while (!hd_marker_run(&marker, &units)) {
        units = UINT32_MAX;
    }
    return marker.reached;
}

uint64_t hd_doom(struct hd_collector *collector, const struct hd_doom *doom)
{
    const struct walk walk = {collector, doom};

    if (!collector->host->expects(collector->host->ctx)) {
        return 0;
    }
    tell_callbacks(&walk);
    return tell_finalizers(&walk);
}

uint64_t hd_doom_save(struct hd_collector *collector, const struct hd_doom *doom)
{
    const struct walk walk = {collector, doom};
    uint64_t saved = 0;

    for (uint32_t slot = 0; next_dead(&walk, &slot); saved++) {
        collector->slots->age[slot] ^= doom->mark.flip;
        collector->host->save(collector->host->ctx, slot);
    }
    return saved;
}
