/* SPDX-License-Identifier: MIT */
/* collector.c: the instance, its settings, freezing, and the check of what holds between
 * collections. */
#include "collector/collector.h"

#include "base/check.h"
#include "collector/internal.h"
#include "collector/policy.h"

enum hd_status hd_collector_new(struct hd_objects *objects, const struct hd_allocator *books,
                                struct hd_collector **ret_collector)
{
    struct hd_collector *collector = hd_alloc_zeroed(books, sizeof *collector);

    if (collector == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    collector->objects = objects;
    collector->slots = hd_objects_slots(objects);
    collector->books = books;
    collector->outside = collector->slots->scratch;
    hd_policy_init(&collector->state);
    *ret_collector = collector;
    return HD_OK;
}

void hd_collector_free(struct hd_collector *collector)
{
    if (collector != NULL) {
        hd_free(collector->books, collector, sizeof *collector);
    }
}

int hd_collector_due(const struct hd_collector *collector)
{
    return hd_policy_due(&collector->state, hd_objects_young_count(collector->objects));
}

void hd_collector_set_enabled(struct hd_collector *collector, bool enabled)
{
    collector->state.enabled = enabled;
}

bool hd_collector_is_enabled(const struct hd_collector *collector)
{
    return collector->state.enabled;
}

void hd_collector_set_thresholds(struct hd_collector *collector,
                                 const uint32_t thresholds[HD_GENERATIONS])
{
    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        collector->state.thresholds[i] = thresholds[i];
    }
}

/* CPython's gc.freeze zeroes the counts of the generations it empties. */
void hd_collector_freeze(struct hd_collector *collector)
{
    for (uint32_t slot = 0; hd_members_next(collector, 2, &slot);) {
        hd_slots_move(collector->slots, slot, 3);
    }
    hd_objects_reset_young_count(collector->objects);
    collector->state.counts[1] = 0;
    collector->state.counts[2] = 0;
}

void hd_collector_unfreeze(struct hd_collector *collector)
{
    struct hd_slots *slots = collector->slots;

    for (uint32_t slot = 1; slot < slots->containers.high; slot++) {
        if (hd_slots_is_tracked(slots, slot) && hd_slots_generation(slots, slot) == 3) {
            hd_slots_move(slots, slot, 2);
        }
    }
}

void hd_collector_book_duration(struct hd_collector *collector, unsigned generation,
                                uint64_t ns)
{
    collector->state.stats[generation].duration_ns += ns;
}

const struct hd_collector_state *hd_collector_state(struct hd_collector *collector)
{
    collector->state.counts[0] = hd_objects_young_count(collector->objects);
    return &collector->state;
}

bool hd_collector_check(const struct hd_collector *collector)
{
    const struct hd_slots *slots = collector->slots;
    uint64_t members[4] = {0};
    bool holds = true;

    for (uint32_t slot = 1; slot < slots->containers.high; slot++) {
        uint8_t age = slots->age[slot];
        bool tracked = (age & HD_AGE_TRACKED) != 0;
        unsigned generation = age & HD_AGE_GENERATION;

        holds = HD_HOLDS((age & HD_AGE_MARK) == 0) && holds; /* [collect.inv.idle] */
        members[generation] += tracked;
        for (unsigned young = 0; young < 2; young++) {
            holds = HD_HOLDS(hd_bitset_has(&slots->young[young], slot) ==
                             (tracked && generation == young)) &&
                    holds;
        }
    }
    for (unsigned generation = 0; generation < 4; generation++) {
        holds = HD_HOLDS(members[generation] == slots->members[generation]) && holds;
    }
    return holds;
}
