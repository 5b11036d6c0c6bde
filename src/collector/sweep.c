/* SPDX-License-Identifier: MIT */
/* sweep.c: after the commit of a full collection, in slot order:
 *
 * stage     what is done with each slot
 * RELEASE   a condemned object becomes a husk; one that is kept lives, pending, and
 *           parts with its callbacks; a tuple that is inert is untracked
 * PROMOTE   survivors among the held move to the next generation, or are young as before if a
 *           collection of their generation waits for this one
 * FINISH    a husk's slot is given back; a dict that is inert is untracked, if all is collected
 */
#include "base/check.h"
#include "base/fetch.h"
#include "collector/ages.h"
#include "collector/internal.h"
#include "object/weak.h"

#define SLOTS_PER_UNIT 256u
#define AHEAD          8u

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

static void untrack(struct hd_collector *collector, uint32_t slot, enum hd_kind kind)
{
    if (hd_object_kind(collector->objects, slot) != kind) {
        return;
    }
    if (kind == HD_KIND_TUPLE || collector->full.generation == HD_GENERATIONS - 1) {
        hd_untrack_begin(collector, slot);
    } else {
        collector->slots->age[slot] &= (uint8_t)~HD_AGE_INERT;
    }
}

/* The first of the next slots with this bit, or else of this age; the cursor is behind it.
 * 0: there was none among so many. */
static uint32_t next_of(struct hd_collector *collector, uint8_t bit, uint8_t mask,
                        uint8_t value)
{
    const struct hd_slots *slots = collector->slots;
    struct hd_full *full = &collector->full;
    uint32_t left = slots->containers.high - full->cursor;
    uint32_t end = full->cursor + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);
    uint32_t at = hd_ages_next(slots, full->cursor, end, mask, value);

    at = hd_ages_next(slots, full->cursor, at, bit, bit);
    full->cursor = at < end ? at + 1 : end;
    return at < end ? at : 0;
}

/* The callbacks of what is kept have been told of, or never will be, for their weak references
 * were dead with it: neither know it any more.  One made since the commit still does. */
static void part_callbacks(struct hd_collector *collector, uint32_t target)
{
    const struct hd_collector_host *host = collector->host;
    uint32_t weakref = hd_weak_first_callback(collector->objects, target);

    while (weakref != 0) {
        uint32_t older = hd_weak_older_callback(collector->objects, weakref);

        if (hd_slots_is_white(collector->slots, weakref) ||
            (collector->slots->age[weakref] & HD_AGE_PENDING) != 0 ||
            host->told(host->ctx, weakref)) {
            hd_weak_part(collector->objects, weakref);
        }
        weakref = older;
    }
}

/* The bodies of what is released soon are fetched. */
static void fetch_ahead(const struct hd_slots *slots, uint32_t slot)
{
    if (slots->containers.high - slot > AHEAD) {
        hd_fetch(hd_slot_body(&slots->containers.entries[slot + AHEAD]));
    }
}

static void release_or_keep(struct hd_collector *collector, uint32_t slot)
{
    uint8_t age = collector->slots->age[slot];

    if (!hd_slots_is_white(collector->slots, slot)) {
        untrack(collector, slot, HD_KIND_TUPLE);
    } else if ((age & HD_AGE_KEPT) != 0) {
        if ((collector->slots->containers.entries[slot].flags & HD_SLOT_WEAK) != 0) {
            part_callbacks(collector, slot);
        }
        hd_make_pending(collector, slot);
        collector->full.result.kept++;
    } else {
        fetch_ahead(collector->slots, slot);
        hd_object_dead_begin(collector->objects, slot);
        collector->full.releasing = slot;
        collector->full.result.collected++;
    }
}

/* Of the dead most are small, and lie together. */
static void reap(struct hd_collector *collector, uint32_t *units)
{
    const struct hd_slots *slots = collector->slots;
    struct hd_full *full = &collector->full;
    uint8_t mask = HD_AGE_TRACKED | HD_AGE_COLOR | HD_AGE_KEPT;
    uint8_t condemned = HD_AGE_TRACKED | (slots->color ^ HD_AGE_COLOR);
    uint32_t high = slots->containers.high;
    uint32_t slot = full->cursor;
    uint32_t left = *units;

    while (left > 0 && slot < high && (slots->age[slot] & mask) == condemned &&
           full->cascade.top == 0 &&
           hd_object_dead_reap(collector->objects, &full->cascade, slot)) {
        fetch_ahead(slots, slot);
        slot++;
        left--;
    }
    full->result.collected += slot - full->cursor;
    full->cursor = slot;
    *units = left;
}

static void release_next(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;
    uint8_t white = HD_AGE_TRACKED | (collector->slots->color ^ HD_AGE_COLOR);
    uint32_t slot;

    if (full->releasing == 0) {
        reap(collector, units);
        if (*units == 0 || full->cascade.top != 0 ||
            full->cursor >= collector->slots->containers.high) {
            return;
        }
        slot = next_of(collector, HD_AGE_INERT, HD_AGE_TRACKED | HD_AGE_COLOR, white);
        spend(units, 1);
        if (slot != 0) {
            release_or_keep(collector, slot);
        }
    }
    if (full->releasing != 0 &&
        hd_object_dead_release(collector->objects, &full->cascade, full->releasing,
                               &full->release, units)) {
        collector->slots->age[full->releasing] = HD_AGE_HUSK;
        full->releasing = 0;
    }
}

static void promote_next(struct hd_collector *collector, uint32_t *units)
{
    const struct hd_members held = {{&collector->slots->held[0], &collector->slots->held[1]},
                                    2};
    unsigned next = collector->full.generation < HD_GENERATIONS - 1
                        ? collector->full.generation + 1
                        : HD_GENERATIONS - 1;
    uint32_t slot = collector->full.cursor - 1;
    unsigned from;

    spend(units, 1);
    if (!hd_members_next(&held, &slot)) {
        collector->full.cursor = collector->slots->containers.high;
        return;
    }
    from = hd_slots_generation(collector->slots, slot);
    hd_slots_move(collector->slots, slot, from < collector->full.staying ? from : next);
    collector->full.cursor = slot + 1;
}

/* Husks lie together as the dead did. */
static void finish_run(struct hd_collector *collector, uint32_t *units)
{
    const struct hd_slots *slots = collector->slots;
    uint32_t high = slots->containers.high;
    uint32_t slot = collector->full.cursor;
    uint32_t left = *units;

    while (left > 0 && slot < high && slots->age[slot] == HD_AGE_HUSK) {
        slots->age[slot] = 0;
        hd_object_dead_finish(collector->objects, slot);
        slot++;
        left--;
    }
    collector->full.cursor = slot;
    *units = left;
}

static void finish_next(struct hd_collector *collector, uint32_t *units)
{
    uint32_t slot;

    finish_run(collector, units);
    if (*units == 0 || collector->full.cursor >= collector->slots->containers.high) {
        return;
    }
    slot = next_of(collector, HD_AGE_INERT, HD_AGE_TRACKED | HD_AGE_HUSK, HD_AGE_HUSK);
    spend(units, 1);
    if (slot == 0) {
        return;
    }
    if (hd_slots_is_husk(collector->slots, slot)) {
        collector->slots->age[slot] = 0;
        hd_object_dead_finish(collector->objects, slot);
    } else {
        untrack(collector, slot, HD_KIND_DICT);
    }
}

static void end_stage(struct hd_collector *collector)
{
    struct hd_full *full = &collector->full;

    full->cursor = 1;
    if (full->stage == HD_STAGE_FINISH) {
        full->stage = HD_STAGE_IDLE;
        hd_collector_book(collector);
        return;
    }
    full->stage++;
    collector->slots->condemned = full->stage == HD_STAGE_RELEASE;
}

static void work_on_stage(struct hd_collector *collector, uint32_t *units)
{
    if (collector->full.inert.reader.slot != 0) {
        hd_untrack_work(collector, units);
        return;
    }
    switch (collector->full.stage) {
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

/* What is given back here is no reason to count less of what has been made since.  What dies
 * by it goes first. */
void hd_sweep_work(struct hd_collector *collector, uint32_t *units)
{
    uint64_t young = hd_objects_young_count(collector->objects);
    struct hd_full *full = &collector->full;

    while (*units > 0 && full->cascade.top == 0 &&
           (full->cursor < collector->slots->containers.high || full->releasing != 0 ||
            full->inert.reader.slot != 0)) {
        work_on_stage(collector, units);
    }
    if (*units > 0 && full->cascade.top == 0) {
        end_stage(collector);
    }
    hd_objects_keep_young_count(collector->objects, young);
}
