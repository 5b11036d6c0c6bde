/* SPDX-License-Identifier: MIT */
/* trial.c: trial deletion over a set, as CPython 3.11's deduce_unreachable.
 *
 * phase      afterwards, for every member
 * COPY       scratch == count, and the mark is set
 * SUBTRACT   scratch == number of references from outside the set
 * SPREAD     the mark is clear iff scratch > 0 or it is reached from such a member */
#include "base/check.h"
#include "collector/mark.h"

static void copy_counts(struct hd_collector *collector, const struct hd_members *members)
{
    const struct hd_slots *slots = collector->slots;

    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        collector->scratch[slot] = slots->containers.entries[slot].count;
        collector->slots->age[slot] |= HD_AGE_MARK;
    }
}

/* The scratch of what is no member may mean something to others. */
static void subtract_one(struct hd_collector *collector, uint32_t target)
{
    if (!hd_slot_is_atom(target) && (collector->slots->age[target] & HD_AGE_MARK) != 0) {
        collector->scratch[target]--;
    }
}

static void subtract_span(struct hd_collector *collector, struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        subtract_one(collector, *at); /* a hole is slot 0, which is never marked */
        if (span.pairs) {
            subtract_one(collector, at[1]);
        }
    }
}

static void subtract(struct hd_collector *collector, const struct hd_members *members)
{
    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        uint32_t part = 0;

        do {
            subtract_span(collector,
                          hd_object_span(&collector->slots->containers.entries[slot], &part));
        } while (part != 0);
    }
}

static void spread(struct hd_collector *collector, const struct hd_members *members)
{
    struct hd_marker marker = {
        .collector = collector,
        .barrier = &collector->no_barrier,
        .grey = &collector->gathered,
        .live = {.mask = HD_AGE_MARK, .value = HD_AGE_MARK, .flip = HD_AGE_MARK}};
    uint32_t units;
    bool done;

    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        if (collector->scratch[slot] > 0) {
            hd_marker_shade(&marker, slot);
        }
    }
    do {
        units = UINT32_MAX;
        done = hd_marker_run(&marker, &units);
    } while (!done);
}

void hd_trial_run(struct hd_collector *collector, const struct hd_members *members)
{
    copy_counts(collector, members);
    subtract(collector, members);
    spread(collector, members);
}

/* In three walks, so that references inside the set are known [object.inv.husk]. */
uint64_t hd_trial_free(struct hd_collector *collector, const struct hd_members *members,
                       struct hd_cascade *cascade)
{
    uint32_t first = 0;
    uint32_t *link = &first;
    uint64_t freed = 0;

    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        if ((collector->slots->age[slot] & HD_AGE_MARK) != 0) {
            *link = slot;
            link = &collector->scratch[slot];
            hd_object_dead_begin(collector->objects, slot);
            freed++;
        }
    }
    *link = 0;
    for (uint32_t slot = first; slot != 0; slot = collector->scratch[slot]) {
        struct hd_dead_release release = {0};
        uint32_t units = UINT32_MAX;

        while (!hd_object_dead_release(collector->objects, cascade, slot, &release, &units)) {
            units = UINT32_MAX;
        }
    }
    for (uint32_t slot = first; slot != 0; slot = collector->scratch[slot]) {
        hd_object_dead_finish(collector->objects, slot);
    }
    return freed;
}
