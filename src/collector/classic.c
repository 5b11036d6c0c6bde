/* SPDX-License-Identifier: MIT */
/* classic.c: one collection, as CPython 3.11's deduce_unreachable and what follows it.
 *
 * The counts from outside live in an array beside the slots; what is reached is
 * chained through the same array, so that no mark stack can overflow. */
#include "base/check.h"
#include "collector/internal.h"
#include "collector/policy.h"

#define CHAIN_END UINT32_MAX

struct pass {
    struct hd_collector *collector;
    uint32_t chain; /* reached and not yet looked at */
};

static void copy_counts(struct hd_collector *collector, unsigned generation, uint64_t *ret_n)
{
    const struct hd_slots *slots = collector->slots;
    uint64_t n = 0;

    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot); n++) {
        collector->outside[slot] = slots->containers.entries[slot].count;
        collector->slots->age[slot] |= HD_AGE_MARK;
    }
    *ret_n = n;
}

/* What is not in the set has no meaning in the column: no need to ask. */
static void subtract_one(uint32_t *outside, uint32_t target)
{
    if (!hd_slot_is_atom(target)) {
        outside[target]--;
    }
}

static void subtract_span(uint32_t *outside, struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        subtract_one(outside, *at); /* a hole is slot 0, which nobody is */
        if (span.pairs) {
            subtract_one(outside, at[1]);
        }
    }
}

static void subtract(struct hd_collector *collector, unsigned generation)
{
    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot);) {
        uint32_t part = 0;

        do {
            subtract_span(collector->outside,
                          hd_object_span(&collector->slots->containers.entries[slot], &part));
        } while (part != 0);
    }
}

static void reach(struct pass *pass, uint32_t target)
{
    struct hd_collector *collector = pass->collector;

    if (!hd_slot_is_atom(target) && (collector->slots->age[target] & HD_AGE_MARK) != 0) {
        collector->slots->age[target] &= (uint8_t)~HD_AGE_MARK;
        collector->outside[target] = pass->chain;
        pass->chain = target;
    }
}

static void reach_span(struct pass *pass, struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        reach(pass, *at);
        if (span.pairs) {
            reach(pass, at[1]);
        }
    }
}

static void reach_all(struct pass *pass, uint32_t slot)
{
    uint32_t part = 0;

    do {
        reach_span(pass,
                   hd_object_span(&pass->collector->slots->containers.entries[slot], &part));
    } while (part != 0);
}

/* A member whose mark is clear was reached: its word is a link, not a count. */
static void spread(struct hd_collector *collector, unsigned generation)
{
    struct pass pass = {collector, CHAIN_END};

    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot);) {
        if ((collector->slots->age[slot] & HD_AGE_MARK) == 0 || collector->outside[slot] == 0) {
            continue;
        }
        reach(&pass, slot);
        while (pass.chain != CHAIN_END) {
            uint32_t next = pass.chain;

            pass.chain = collector->outside[next];
            reach_all(&pass, next);
        }
    }
}

struct inert {
    const struct hd_objects *objects;
    bool all;
};

static void note_inert(void *ctx, uint32_t slot)
{
    struct inert *inert = ctx;

    inert->all = inert->all && hd_object_is_inert(inert->objects, slot);
}

/* CPython's untrack_tuples and untrack_dicts. */
static void untrack_inert(struct hd_collector *collector, unsigned generation,
                          enum hd_kind kind)
{
    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot);) {
        struct inert inert = {collector->objects, true};

        if (hd_object_kind(collector->objects, slot) == kind &&
            (collector->slots->age[slot] & HD_AGE_MARK) == 0) {
            hd_object_visit(collector->objects, slot, note_inert, &inert);
            if (inert.all) {
                hd_slots_untrack(collector->slots, slot);
            }
        }
    }
}

static uint64_t promote(struct hd_collector *collector, unsigned generation)
{
    unsigned to = generation < 2 ? generation + 1 : 2;
    uint64_t survivors = 0;

    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot);) {
        if ((collector->slots->age[slot] & HD_AGE_MARK) == 0) {
            hd_slots_move(collector->slots, slot, to);
            survivors++;
        }
    }
    return survivors;
}

/* The dead keep their marks and their places in the generations until here.
 * They are chained through the column, in slot order. */
static uint64_t free_dead(struct hd_collector *collector, unsigned generation,
                          struct hd_cascade *cascade)
{
    uint32_t first = CHAIN_END;
    uint32_t *link = &first;
    uint64_t n = 0;

    for (uint32_t slot = 0; hd_members_next(collector, generation, &slot);) {
        if ((collector->slots->age[slot] & HD_AGE_MARK) != 0) {
            *link = slot;
            link = &collector->outside[slot];
            hd_object_dead_begin(collector->objects, slot);
            n++;
        }
    }
    *link = CHAIN_END;
    for (uint32_t slot = first; slot != CHAIN_END; slot = collector->outside[slot]) {
        hd_object_dead_release(collector->objects, cascade, slot);
    }
    for (uint32_t slot = first; slot != CHAIN_END; slot = collector->outside[slot]) {
        hd_object_dead_finish(collector->objects, slot);
    }
    return n;
}

void hd_collector_run(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result)
{
    struct hd_collector_stats *stats = &collector->state.stats[generation];
    struct hd_collection result = {0};

    HD_CHECK(generation < HD_GENERATIONS);
    hd_policy_begin(&collector->state, generation);
    hd_objects_reset_young_count(collector->objects);
    copy_counts(collector, generation, &result.candidates);
    subtract(collector, generation);
    spread(collector, generation);
    untrack_inert(collector, generation, HD_KIND_TUPLE);
    if (generation == 2) {
        untrack_inert(collector, generation, HD_KIND_DICT);
    }
    hd_policy_survivors(&collector->state, generation, promote(collector, generation));
    result.collected = free_dead(collector, generation, cascade);
    stats->collections++;
    stats->collected += result.collected;
    stats->candidates += result.candidates;
    *ret_result = result;
}
