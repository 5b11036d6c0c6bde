/* SPDX-License-Identifier: MIT */
/* sweep.c: after the commit of a full collection, in slot order:
 *
 * stage     what is done with each slot
 * RELEASE   a condemned object becomes a husk; a tuple that is inert is untracked
 * PROMOTE   survivors among the held move to generation 2
 * FINISH    a husk's slot is given back; a dict that is inert is untracked */
#include "base/check.h"
#include "collector/ages.h"
#include "collector/internal.h"

#define SLOTS_PER_UNIT 256u

static void spend(uint32_t *units, uint32_t used)
{
    *units -= used < *units ? used : *units;
}

void hd_sweep_begin(struct hd_collector *collector)
{
    collector->slots->condemned = true;
    collector->full.stage = HD_STAGE_RELEASE;
    collector->full.cursor = 1;
}

/* CPython's count of what a full collection left does not have it. */
static void untrack(struct hd_collector *collector, uint32_t slot, enum hd_kind kind)
{
    if (hd_object_kind(collector->objects, slot) == kind) {
        collector->slots->age[slot] &= (uint8_t)~HD_AGE_INERT;
        if (hd_untrack_if_inert(collector, slot)) {
            collector->state.long_lived_total -= collector->state.long_lived_total > 0;
        }
    }
}

/* The first of the next slots with this bit, or else of this color; the cursor is behind it.
 * 0: there was none among so many. */
static uint32_t next_of(struct hd_collector *collector, uint8_t bit, struct hd_mark mark)
{
    const struct hd_slots *slots = collector->slots;
    struct hd_full *full = &collector->full;
    uint32_t left = slots->containers.high - full->cursor;
    uint32_t end = full->cursor + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);
    uint32_t at = hd_ages_next(slots, full->cursor, end, mark.mask, mark.value);

    at = hd_ages_next(slots, full->cursor, at, bit, bit);
    full->cursor = at < end ? at + 1 : end;
    return at < end ? at : 0;
}

static void release_next(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;
    uint8_t white = HD_AGE_TRACKED | (collector->slots->color ^ HD_AGE_COLOR);
    uint32_t slot;

    if (full->releasing == 0) {
        slot = next_of(collector, HD_AGE_INERT,
                       (struct hd_mark){HD_AGE_TRACKED | HD_AGE_COLOR, white, 0});
        spend(units, 1);
        if (slot == 0) {
            return;
        }
        if (!hd_slots_is_white(collector->slots, slot)) {
            untrack(collector, slot, HD_KIND_TUPLE);
            return;
        }
        hd_object_dead_begin(collector->objects, slot);
        full->releasing = slot;
    }
    if (hd_object_dead_release(collector->objects, &full->cascade, full->releasing,
                               &full->release, units)) {
        collector->slots->age[full->releasing] = HD_AGE_HUSK;
        full->releasing = 0;
    }
}

static void promote_next(struct hd_collector *collector, uint32_t *units)
{
    const struct hd_members held = {{&collector->slots->held[0], &collector->slots->held[1]},
                                    2};
    uint32_t slot = collector->full.cursor - 1;

    spend(units, 1);
    if (!hd_members_next(&held, &slot)) {
        collector->full.cursor = collector->slots->containers.high;
        return;
    }
    hd_slots_move(collector->slots, slot, HD_GENERATIONS - 1);
    collector->full.cursor = slot + 1;
}

static void finish_next(struct hd_collector *collector, uint32_t *units)
{
    uint32_t slot =
        next_of(collector, HD_AGE_INERT, (struct hd_mark){HD_AGE_HUSK, HD_AGE_HUSK, 0});

    spend(units, 1);
    if (slot == 0) {
        return;
    }
    if ((collector->slots->age[slot] & HD_AGE_HUSK) != 0) {
        collector->slots->age[slot] = 0;
        hd_object_dead_finish(collector->objects, slot);
    } else {
        untrack(collector, slot, HD_KIND_DICT);
    }
}

static void do_next(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;

    if (full->cursor >= collector->slots->containers.high && full->releasing == 0) {
        full->cursor = 1;
        full->stage = full->stage == HD_STAGE_FINISH ? HD_STAGE_IDLE : full->stage + 1;
        collector->slots->condemned = full->stage == HD_STAGE_RELEASE;
        return;
    }
    switch (full->stage) {
    case HD_STAGE_RELEASE:
        release_next(collector, units);
        return;
    case HD_STAGE_PROMOTE:
        promote_next(collector, units);
        return;
    default:
        finish_next(collector, units);
    }
}

/* What is given back here is no reason to count less of what has been made since. */
bool hd_sweep_work(struct hd_collector *collector, uint32_t *units)
{
    uint64_t young = hd_objects_young_count(collector->objects);

    while (*units > 0 && collector->full.stage != HD_STAGE_IDLE) {
        if (collector->full.cascade.top == 0 ||
            hd_refs_work(collector->objects, &collector->full.cascade, units)) {
            do_next(collector, units);
        }
    }
    hd_objects_keep_young_count(collector->objects, young);
    return collector->full.stage == HD_STAGE_IDLE && collector->full.cascade.top == 0;
}
