/* SPDX-License-Identifier: MIT */
/* trial.c: trial deletion over a set, as CPython 3.11's deduce_unreachable.
 *
 * phase      afterwards, for every member
 * COPY       outside == count, and the mark is set
 * SUBTRACT   outside == number of references from outside the set; whether it refers to
 *            members is known
 * SPREAD     the mark is clear iff outside > 0 or it is reached from such a member
 *
 * Most of the young are held from outside and refer to no member: these are not looked at
 * again. A member's scratch is twice `outside`, and 1 if it refers to members.  What has
 * OUTSIDE_MAX references or more is taken for held from outside. */
#include "base/check.h"
#include "collector/mark.h"
#include "object/span.h"

#define OUTSIDE_MAX   (UINT32_C(1) << 30)
#define REFERS_INSIDE 1u

static void copy_counts(struct hd_collector *collector, const struct hd_members *members)
{
    const struct hd_slots *slots = collector->slots;

    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        uint32_t count = slots->containers.entries[slot].count;

        collector->scratch[slot] = 2 * (count < OUTSIDE_MAX ? count : OUTSIDE_MAX);
        collector->slots->age[slot] |= HD_AGE_MARK;
    }
}

/* The scratch of what is no member may mean something to others.  True: it is one. */
static inline bool subtract_one(const struct hd_collector *collector, uint32_t target)
{
    uint32_t *scratch = &collector->scratch[target];

    if (hd_slot_is_atom(target) || (collector->slots->age[target] & HD_AGE_MARK) == 0) {
        return false;
    }
    *scratch -= *scratch < 2 * OUTSIDE_MAX ? 2 : 0;
    return true;
}

static bool subtract_span(const struct hd_collector *collector, struct hd_span span)
{
    const uint32_t *at = span.first;
    bool inside = false;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        inside |= subtract_one(collector, *at); /* a hole is slot 0, which is never marked */
        if (span.pairs) {
            inside |= subtract_one(collector, at[1]);
        }
    }
    return inside;
}

static void subtract(struct hd_collector *collector, const struct hd_members *members)
{
    for (uint32_t slot = 0; hd_members_next(members, &slot);) {
        uint32_t part = 0;
        bool inside = false;

        do {
            inside |= subtract_span(
                collector, hd_object_span(&collector->slots->containers.entries[slot], &part));
        } while (part != 0);
        collector->scratch[slot] |= inside ? REFERS_INSIDE : 0;
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
        uint32_t scratch = collector->scratch[slot];

        if (scratch > REFERS_INSIDE && (scratch & REFERS_INSIDE) != 0) {
            hd_marker_shade(&marker, slot);
        } else if (scratch > REFERS_INSIDE) {
            collector->slots->age[slot] &= (uint8_t)~HD_AGE_MARK;
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
