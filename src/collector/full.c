/* SPDX-License-Identifier: MIT */
/* full.c: a collection of all generations: everything the owners reach gets the color of
 * the living; what has not is dead. */
#include "base/check.h"
#include "collector/ages.h"
#include "collector/mark.h"
#include "collector/policy.h"

static void shade_root(void *ctx, uint32_t slot)
{
    hd_marker_shade(ctx, slot);
}

/* What a frozen object refers to is held, as in CPython. */
static void shade_frozen(struct hd_marker *marker)
{
    const struct hd_slots *slots = marker->collector->slots;
    uint32_t high = slots->containers.high;
    uint8_t frozen = HD_AGE_TRACKED | HD_AGE_GENERATION;

    if (slots->members[3] == 0) {
        return;
    }
    for (uint32_t slot = hd_ages_next(slots, 1, high, frozen, frozen); slot < high;
         slot = hd_ages_next(slots, slot + 1, high, frozen, frozen)) {
        hd_marker_shade(marker, slot);
    }
}

/* Gives how many were reached. */
static uint64_t mark(struct hd_collector *collector, struct hd_mark mark)
{
    struct hd_marker marker;
    uint32_t units = UINT32_MAX;

    hd_marker_init(&marker, collector, mark);
    marker.notes_inert = true;
    shade_frozen(&marker);
    collector->host->roots(collector->host->ctx, shade_root, &marker);
    while (!hd_marker_run(&marker, &units)) {
        units = UINT32_MAX;
    }
    return marker.reached;
}

void hd_full_collect(struct hd_collector *collector, struct hd_collection *ret_result)
{
    struct hd_slots *slots = collector->slots;
    uint64_t there = slots->members[0] + slots->members[1] + slots->members[2];
    struct hd_doom doom = {.members = NULL};
    uint64_t reached;

    HD_CHECK(collector->full.stage == HD_STAGE_IDLE);
    doom.mark = (struct hd_mark){HD_AGE_TRACKED | HD_AGE_COLOR, HD_AGE_TRACKED | slots->color,
                                 HD_AGE_COLOR};
    slots->color ^= HD_AGE_COLOR;
    hd_slots_hold_young(slots);
    reached = mark(collector, doom.mark);
    ret_result->kept = hd_doom(collector, &doom);
    ret_result->collected = there - reached - ret_result->kept;
    if ((collector->state.debug & HD_GC_DEBUG_SAVEALL) != 0) {
        (void)hd_doom_save(collector, &doom);
    }
    hd_policy_survivors(&collector->state, HD_GENERATIONS - 1, reached);
    hd_sweep_begin(collector);
}
