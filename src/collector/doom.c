/* SPDX-License-Identifier: MIT */
/* doom.c: what a dead set found by a trial owes those who want to be told of its end (contract
 * §6), in the order of CPython 3.15: callbacks of weak references, then finalizers in slot
 * order; and what SAVEALL keeps. */
#include "base/check.h"
#include "collector/mark.h"
#include "object/weak.h"

static bool next_dead(const struct hd_collector *collector, const struct hd_members *members,
                      uint32_t *slot)
{
    while (hd_members_next(members, slot)) {
        if ((collector->slots->age[*slot] & HD_AGE_MARK) != 0) {
            return true;
        }
    }
    return false;
}

/* A weak reference that is dead itself makes no callback. */
static void call_back(struct hd_collector *collector, uint32_t target)
{
    struct hd_objects *objects = collector->objects;
    uint32_t weakref = hd_weak_first_callback(objects, target);

    while (weakref != 0) {
        uint32_t older = hd_weak_older_callback(objects, weakref);

        if ((collector->slots->age[weakref] & HD_AGE_MARK) != 0) {
            hd_weak_part(objects, weakref);
        } else {
            hd_weak_call_back(objects, weakref);
        }
        weakref = older;
    }
}

static void call_back_all(struct hd_collector *collector, const struct hd_members *members)
{
    const struct hd_slot *entries = collector->slots->containers.entries;

    for (uint32_t slot = 0; next_dead(collector, members, &slot);) {
        if ((entries[slot].flags & HD_SLOT_WEAK) != 0) {
            call_back(collector, slot);
        }
    }
}

/* All who have a finalizer are found before what they reach is kept. */
static void finalize_all(struct hd_collector *collector, const struct hd_members *members)
{
    const struct hd_mark keep = {
        .mask = HD_AGE_MARK, .value = HD_AGE_MARK, .flip = HD_AGE_MARK, .set = HD_AGE_PENDING};
    struct hd_marker marker = {.collector = collector,
                               .barrier = &collector->no_barrier,
                               .grey = &collector->gathered,
                               .live = keep,
                               .keep = keep,
                               .joins = true};
    uint32_t units = UINT32_MAX;

    for (uint32_t slot = 0; next_dead(collector, members, &slot);) {
        if (hd_object_finalize(collector->objects, slot)) {
            collector->scratch[slot] = collector->host->mark_of(collector->host->ctx, slot);
            hd_marker_keep(&marker, slot);
        }
    }
    while (!hd_marker_run(&marker, &units)) {
        units = UINT32_MAX;
    }
}

uint64_t hd_doom(struct hd_collector *collector, const struct hd_members *members)
{
    uint64_t before = 0;
    uint64_t after = 0;

    if (!collector->host->expects(collector->host->ctx)) {
        return 0;
    }
    for (uint32_t slot = 0; next_dead(collector, members, &slot);) {
        before++;
    }
    call_back_all(collector, members);
    finalize_all(collector, members);
    for (uint32_t slot = 0; next_dead(collector, members, &slot);) {
        after++;
    }
    return before - after;
}

uint64_t hd_doom_save(struct hd_collector *collector, const struct hd_members *members)
{
    uint64_t saved = 0;

    for (uint32_t slot = 0; next_dead(collector, members, &slot); saved++) {
        collector->slots->age[slot] &= (uint8_t)~HD_AGE_MARK;
        collector->host->save(collector->host->ctx, slot);
    }
    return saved;
}
