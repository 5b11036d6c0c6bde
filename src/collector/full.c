/* SPDX-License-Identifier: MIT */
/* full.c: a collection that reaches everything from the owners, up to its commit.
 *
 * stage        what is done
 * FROZEN       what is not collected is reached: frozen objects, and those of older generations
 * ROOTS        so is what owners have that are no containers
 * MARK         and what all of these lead to
 * CALLBACKS    of what is left: callbacks of dead targets are to be told of
 * FINALIZERS   so are objects with finalizers; they are kept, and what they lead to
 * SAVE         with SAVEALL the others are saved
 *
 * Between slices the barrier reaches what gains or loses a reference.  From CALLBACKS on
 * that takes an object out of the dead again, and what was to be told of it is not.  With
 * nothing grey and the last stage done the dead are condemned: that is the commit. */
#include "base/check.h"
#include "collector/ages.h"
#include "collector/mark.h"
#include "collector/policy.h"
#include "object/weak.h"

#define SLOTS_PER_UNIT 256u

static bool is_white(const struct hd_collector *collector, uint32_t slot)
{
    return hd_slots_is_white(collector->slots, slot);
}

/* A weak reference lives whose target is dead. */
static void tell_of(struct hd_collector *collector, uint32_t weakref)
{
    collector->host->tell(collector->host->ctx, weakref);
}

static void tell_callbacks_of(struct hd_collector *collector, uint32_t target)
{
    for (uint32_t weakref = hd_weak_first_callback(collector->objects, target); weakref != 0;
         weakref = hd_weak_older_callback(collector->objects, weakref)) {
        if (!is_white(collector, weakref)) {
            tell_of(collector, weakref);
        }
    }
}

static void untell_callbacks_of(struct hd_collector *collector, uint32_t target)
{
    for (uint32_t weakref = hd_weak_first_callback(collector->objects, target); weakref != 0;
         weakref = hd_weak_older_callback(collector->objects, weakref)) {
        collector->host->untell(collector->host->ctx, weakref, &collector->full.cascade);
    }
}

/* It was found dead, and lives after all. */
static void take_out(struct hd_collector *collector, uint32_t slot)
{
    const struct hd_slot *entry = &collector->slots->containers.entries[slot];
    uint32_t target;

    if ((entry->flags & HD_SLOT_DYING) != 0) {
        return;
    }
    if ((entry->flags & HD_SLOT_FINALIZED) != 0) {
        collector->host->untell(collector->host->ctx, slot, &collector->full.cascade);
    }
    if ((entry->flags & HD_SLOT_WEAK) != 0) {
        untell_callbacks_of(collector, slot);
    }
    if ((entry->flags & HD_SLOT_CALLBACK) != 0) {
        target = hd_weak_target(collector->objects, slot);
        if (target != 0 && is_white(collector, target)) {
            tell_of(collector, slot);
        }
    }
}

void hd_full_begin(struct hd_collector *collector, unsigned generation)
{
    struct hd_slots *slots = collector->slots;
    struct hd_full *full = &collector->full;
    uint8_t white = HD_AGE_TRACKED | slots->color;

    HD_CHECK(full->stage == HD_STAGE_IDLE && full->cascade.top == 0);
    *full = (struct hd_full){.stage = HD_STAGE_FROZEN, .generation = generation, .cursor = 1};
    full->marker =
        (struct hd_marker){.collector = collector,
                           .barrier = hd_objects_barrier(collector->objects),
                           .grey = &collector->grey,
                           .live = {.mask = HD_AGE_TRACKED | HD_AGE_COLOR,
                                    .value = white,
                                    .flip = HD_AGE_COLOR,
                                    .clear = HD_AGE_KEPT},
                           .keep = {.mask = HD_AGE_TRACKED | HD_AGE_COLOR | HD_AGE_KEPT,
                                    .value = white,
                                    .flip = HD_AGE_KEPT},
                           .has_kept = true,
                           .notes_inert = true};
    slots->color ^= HD_AGE_COLOR;
    hd_slots_hold_young(slots, generation);
    full->marker.barrier->marking = true;
    full->marker.barrier->grey = &collector->grey;
    collector->host->begin(collector->host->ctx);
}

static void spend(uint32_t *units, uint32_t used)
{
    *units -= used < *units ? used : *units;
}

/* The next white object that is not kept, among the next slots; the cursor is behind it. */
static uint32_t next_white(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;
    uint32_t left = collector->slots->containers.high - full->cursor;
    uint32_t end = full->cursor + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);
    uint32_t at = hd_ages_next(collector->slots, full->cursor, end, full->marker.keep.mask,
                               full->marker.keep.value);

    spend(units, 1);
    full->cursor = at < end ? at + 1 : end;
    return at < end ? at : 0;
}

static void enter(struct hd_collector *collector, enum hd_stage stage)
{
    collector->full.stage = stage;
    collector->full.cursor = 1;
}

static bool is_at_end(const struct hd_collector *collector)
{
    return collector->full.cursor >= collector->slots->containers.high;
}

/* What is not collected, among the next slots. */
static void shade_uncollected(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;
    const struct hd_slots *slots = collector->slots;
    uint64_t others = 0;

    for (unsigned i = full->generation + 1; i <= HD_GENERATIONS; i++) {
        others += slots->members[i];
    }
    if (others == 0) {
        full->cursor = slots->containers.high;
        return;
    }
    for (unsigned i = 0; i < SLOTS_PER_UNIT && !is_at_end(collector); i++, full->cursor++) {
        if ((slots->age[full->cursor] & HD_AGE_GENERATION) > full->generation) {
            hd_marker_shade(&full->marker, full->cursor);
        }
    }
    spend(units, 4);
}

static void shade_root(void *ctx, uint32_t slot)
{
    hd_marker_shade(ctx, slot);
}

static void tell_callbacks(struct hd_collector *collector, uint32_t *units)
{
    uint32_t slot = next_white(collector, units);

    if (slot != 0 && (collector->slots->containers.entries[slot].flags & HD_SLOT_WEAK) != 0) {
        tell_callbacks_of(collector, slot);
    }
}

static void tell_finalizers(struct hd_collector *collector, uint32_t *units)
{
    const struct hd_collector_host *host = collector->host;
    uint32_t left = collector->slots->containers.high - collector->full.cursor;
    uint32_t end = collector->full.cursor + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);
    uint32_t slot =
        hd_ages_next(collector->slots, collector->full.cursor, end,
                     collector->full.marker.live.mask, collector->full.marker.live.value);
    uint32_t mark;

    /* those that are kept for others, too */
    spend(units, 1);
    collector->full.cursor = slot < end ? slot + 1 : end;
    if (slot < end &&
        (collector->slots->containers.entries[slot].flags & HD_SLOT_FINALIZER) != 0 &&
        host->tell(host->ctx, slot)) {
        mark = host->mark_of(host->ctx, slot);
        if ((collector->slots->age[slot] & HD_AGE_KEPT) != 0) {
            host->join(host->ctx, collector->scratch[slot], mark); /* one told of reaches it */
        }
        collector->scratch[slot] = mark;
        hd_marker_keep(&collector->full.marker, slot);
    }
}

static void save(struct hd_collector *collector, uint32_t *units)
{
    uint32_t slot = next_white(collector, units);

    if (slot != 0) {
        collector->slots->age[slot] ^= HD_AGE_COLOR;
        collector->host->save(collector->host->ctx, slot);
        collector->full.result.collected++;
    }
}

static void commit(struct hd_collector *collector)
{
    collector->full.marker.barrier->marking = false;
    collector->host->commit(collector->host->ctx);
    hd_sweep_begin(collector);
}

/* Nothing is grey: the next stage, or step of one. */
static void do_next(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;
    const struct hd_collector_host *host = collector->host;
    bool expected = host->expects(host->ctx);
    bool saves = (collector->state.debug & HD_GC_DEBUG_SAVEALL) != 0;

    switch (full->stage) {
    case HD_STAGE_FROZEN:
        shade_uncollected(collector, units);
        if (is_at_end(collector)) {
            enter(collector, HD_STAGE_ROOTS);
        }
        return;
    case HD_STAGE_ROOTS:
        if (host->dying(host->ctx, &collector->grey, units) &&
            host->roots(host->ctx, shade_root, &full->marker, units)) {
            enter(collector, HD_STAGE_MARK);
        }
        return;
    case HD_STAGE_MARK:
        full->marker.reached = take_out;
        enter(collector, expected ? HD_STAGE_CALLBACKS
                         : saves  ? HD_STAGE_SAVE
                                  : HD_STAGE_RELEASE);
        break;
    case HD_STAGE_CALLBACKS:
        tell_callbacks(collector, units);
        if (is_at_end(collector)) {
            enter(collector, HD_STAGE_FINALIZERS);
        }
        return;
    case HD_STAGE_FINALIZERS:
        if (!is_at_end(collector)) {
            tell_finalizers(collector, units);
            return;
        }
        enter(collector, saves ? HD_STAGE_SAVE : HD_STAGE_RELEASE);
        break;
    default:
        save(collector, units);
        if (is_at_end(collector)) {
            enter(collector, HD_STAGE_RELEASE);
        }
    }
    if (full->stage == HD_STAGE_RELEASE) {
        commit(collector);
    }
}

static bool is_before_commit(const struct hd_collector *collector)
{
    return collector->full.stage > HD_STAGE_IDLE && collector->full.stage < HD_STAGE_RELEASE;
}

bool hd_full_work(struct hd_collector *collector, uint32_t *units)
{
    struct hd_full *full = &collector->full;

    while (*units > 0 && (full->stage != HD_STAGE_IDLE || full->cascade.top != 0)) {
        if (full->cascade.top != 0) {
            (void)hd_refs_work(collector->objects, &full->cascade, units);
        } else if (!is_before_commit(collector)) {
            hd_sweep_work(collector, units);
        } else if (hd_marker_run(&full->marker, units)) {
            do_next(collector, units);
        }
    }
    return full->stage == HD_STAGE_IDLE && full->cascade.top == 0;
}

void hd_full_rush(struct hd_collector *collector)
{
    while (is_before_commit(collector)) {
        uint32_t units = UINT32_MAX;

        if (hd_marker_run(&collector->full.marker, &units)) {
            do_next(collector, &units);
        }
    }
}
