/* SPDX-License-Identifier: MIT */
/* collector.c: the instance, its settings, freezing, and the check of what holds between
 * collections. */
#include "collector/collector.h"

#include "base/check.h"
#include "collector/ages.h"
#include "collector/internal.h"
#include "collector/policy.h"
#include "object/span.h"

static bool init_sets(struct hd_collector *collector)
{
    const struct hd_os *os = collector->slots->os;
    uint32_t max = collector->slots->containers.max;

    return hd_bitset_init(&collector->grey, os, max) == HD_OK &&
           hd_bitset_init(&collector->trial, os, max) == HD_OK &&
           hd_bitset_init(&collector->gathered, os, max) == HD_OK;
}

enum hd_status hd_collector_new(struct hd_objects *objects, const struct hd_allocator *books,
                                const struct hd_collector_host *host,
                                struct hd_collector **ret_collector)
{
    struct hd_collector *collector = hd_alloc_zeroed(books, sizeof *collector);

    if (collector == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    collector->objects = objects;
    collector->slots = hd_objects_slots(objects);
    collector->books = books;
    collector->host = host;
    collector->scratch = collector->slots->scratch;
    hd_policy_init(&collector->state);
    if (!init_sets(collector)) {
        hd_collector_free(collector);
        return HD_RESOURCE_EXHAUSTED;
    }
    *ret_collector = collector;
    return HD_OK;
}

void hd_collector_free(struct hd_collector *collector)
{
    if (collector != NULL) {
        hd_bitset_fini(&collector->gathered);
        hd_bitset_fini(&collector->trial);
        hd_bitset_fini(&collector->grey);
        hd_free(collector->books, collector, sizeof *collector);
    }
}

bool hd_collector_is_long(const struct hd_collector *collector, unsigned generation)
{
    return generation == HD_GENERATIONS - 1 ||
           (collector->state.mode == HD_COLLECTOR_INCREMENTAL &&
            hd_young_units(collector, generation) > HD_YOUNG_UNITS);
}

static bool takes_slices(const struct hd_collector *collector, unsigned generation)
{
    return !hd_collector_has_work(collector) && hd_collector_is_long(collector, generation);
}

static void book(struct hd_collector *collector, unsigned generation,
                 const struct hd_collection *result)
{
    struct hd_collector_stats *stats = &collector->state.stats[generation];

    stats->collections++;
    stats->collected += result->collected;
    stats->candidates += result->candidates;
    collector->last = *result;
    collector->bytes_at_last = collector->host->bytes(collector->host->ctx);
    hd_collector_ask_anew(collector);
}

void hd_collector_book(struct hd_collector *collector)
{
    const struct hd_full *full = &collector->full;
    const struct hd_collection *result = &full->result;
    uint64_t left = result->candidates - result->collected - result->kept;

    if (full->generation < HD_GENERATIONS) {
        hd_policy_survivors(&collector->state, full->generation,
                            left > full->untracked ? left - full->untracked : 0);
    }
    book(collector, full->generation, result);
    if (full->generation == HD_GENERATIONS - 1) {
        collector->bytes_after_full = collector->bytes_at_last;
    }
}

void hd_collector_begin(struct hd_collector *collector, unsigned generation,
                        struct hd_cascade *cascade)
{
    struct hd_collection result = {0};

    HD_CHECK(generation < HD_GENERATIONS);
    for (unsigned i = 0; i <= generation; i++) {
        result.candidates +=
            i < 2 ? hd_slots_young(collector->slots, i) : collector->slots->members[i];
    }
    hd_policy_begin(&collector->state, generation);
    hd_objects_reset_young_count(collector->objects);
    if (!takes_slices(collector, generation)) {
        hd_young_collect(collector, generation, cascade, &result);
        book(collector, generation, &result);
        return;
    }
    if (generation == HD_GENERATIONS - 1) {
        collector->made_at_full = hd_objects_made(collector->objects);
        collector->died_at_full = hd_collector_died(collector);
    }
    hd_full_begin(collector, generation);
    collector->full.result = result;
}

bool hd_collector_work(struct hd_collector *collector, uint32_t *units)
{
    if (collector->state.mode == HD_COLLECTOR_CLASSIC) {
        hd_full_rush(collector);
    }
    return hd_full_work(collector, units);
}

enum hd_stage hd_collector_stage(const struct hd_collector *collector)
{
    return collector->full.stage;
}

void hd_collector_await(struct hd_collector *collector, unsigned generation)
{
    struct hd_full *full = &collector->full;

    if (generation < HD_GENERATIONS - 1 && full->staying < generation + 1) {
        full->staying = generation + 1;
    }
}

const struct hd_collection *hd_collector_last(const struct hd_collector *collector)
{
    return &collector->last;
}

void hd_collector_set_mode(struct hd_collector *collector, enum hd_collector_mode mode)
{
    collector->state.mode = mode;
    hd_collector_ask_anew(collector);
}

void hd_collector_set_pace(struct hd_collector *collector, const struct hd_collector_pace *pace)
{
    collector->state.pace = *pace;
    hd_collector_ask_anew(collector);
}

struct visiting {
    const struct hd_slots *slots;
    hd_visit_cb visit;
    void *ctx;
};

static void visit_living(void *ctx, uint32_t slot)
{
    struct visiting *visiting = ctx;

    if (hd_slots_is_alive(visiting->slots, slot)) {
        visiting->visit(visiting->ctx, slot);
    }
}

/* What is left of the member that is just being released. */
static void visit_rest(const struct hd_collector *collector, struct visiting *visiting)
{
    const struct hd_slot *entry = hd_slot_at(collector->slots, collector->full.releasing);
    uint32_t part = collector->full.release.part;
    uint32_t index = collector->full.release.index;

    if (collector->full.releasing == 0 || collector->full.release.referred) {
        return;
    }
    do {
        struct hd_span span = hd_object_span(entry, &part);
        const uint32_t *at = span.first;

        for (uint32_t i = 0; i < span.count; i++, at += span.step) {
            if (i >= index && *at != 0) {
                visit_living(visiting, *at);
                if (span.pairs) {
                    visit_living(visiting, at[1]);
                }
            }
        }
        index = 0;
    } while (part != 0);
}

void hd_collector_each_condemned(const struct hd_collector *collector, hd_visit_cb visit,
                                 void *ctx)
{
    const struct hd_slots *slots = collector->slots;
    uint32_t high = slots->containers.high;
    struct visiting visiting = {slots, visit, ctx};

    visit_rest(collector, &visiting);
    for (uint32_t slot = slots->condemned ? 1 : high; slot < high; slot++) {
        if (hd_slots_is_condemned(slots, slot)) {
            hd_object_visit(collector->objects, slot, visit_living, &visiting);
        }
    }
}

struct hd_cascade *hd_collector_cascade(struct hd_collector *collector)
{
    return &collector->full.cascade;
}

bool hd_collector_is_releasing(const struct hd_collector *collector, uint32_t slot)
{
    return slot != 0 && collector->full.releasing == slot;
}

bool hd_collector_has_work(const struct hd_collector *collector)
{
    return collector->full.stage != HD_STAGE_IDLE || collector->full.cascade.top != 0;
}

void hd_collector_set_enabled(struct hd_collector *collector, bool enabled)
{
    collector->state.enabled = enabled;
    hd_collector_ask_anew(collector);
}

bool hd_collector_is_enabled(const struct hd_collector *collector)
{
    return collector->state.enabled;
}

void hd_collector_set_debug(struct hd_collector *collector, uint32_t flags)
{
    collector->state.debug = flags;
}

void hd_collector_set_thresholds(struct hd_collector *collector,
                                 const uint32_t thresholds[HD_GENERATIONS])
{
    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        collector->state.thresholds[i] = thresholds[i];
    }
    hd_collector_ask_anew(collector);
}

#define SLOTS_PER_UNIT 64u

/* Those with this age, some at a time.  True: all are done. */
static bool move_on(struct hd_collector *collector, uint8_t mask, uint8_t value, unsigned to,
                    uint32_t *cursor, uint32_t *units)
{
    struct hd_slots *slots = collector->slots;
    uint32_t high = slots->containers.high;

    *cursor += *cursor == 0;
    while (*cursor < high) {
        uint32_t left = high - *cursor;
        uint32_t end = *cursor + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);

        if (*units == 0) {
            return false;
        }
        (*units)--;
        while ((*cursor = hd_ages_next(slots, *cursor, end, mask, value)) < end) {
            hd_slots_move(slots, *cursor, to);
            (*cursor)++;
        }
    }
    return true;
}

/* CPython's gc.freeze zeroes the counts of the generations it empties. */
bool hd_collector_freeze(struct hd_collector *collector, uint32_t *cursor, uint32_t *units)
{
    if (!move_on(collector, HD_AGE_TRACKED, HD_AGE_TRACKED, 3, cursor, units)) {
        return false;
    }
    hd_objects_reset_young_count(collector->objects);
    collector->state.counts[1] = 0;
    collector->state.counts[2] = 0;
    return true;
}

bool hd_collector_unfreeze(struct hd_collector *collector, uint32_t *cursor, uint32_t *units)
{
    uint8_t frozen = HD_AGE_TRACKED | HD_AGE_GENERATION;

    return move_on(collector, frozen, frozen, 2, cursor, units);
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
    uint64_t held[2] = {0};
    bool holds = true;

    for (uint32_t slot = 1; slot < slots->containers.high; slot++) {
        uint8_t age = slots->age[slot];
        bool tracked = (age & HD_AGE_TRACKED) != 0;
        unsigned generation = age & HD_AGE_GENERATION;

        holds = HD_HOLDS((age & HD_AGE_MARK) == 0) && holds; /* [collect.inv.idle] */
        members[generation] += tracked;
        for (unsigned young = 0; young < 2; young++) {
            held[young] += hd_bitset_has(&slots->held[young], slot);
            holds = HD_HOLDS(hd_bitset_has(&slots->young[young], slot) +
                                 hd_bitset_has(&slots->held[young], slot) ==
                             (tracked && generation == young)) &&
                    holds;
        }
    }
    for (unsigned generation = 0; generation < 4; generation++) {
        holds = HD_HOLDS(members[generation] == slots->members[generation]) && holds;
        holds =
            HD_HOLDS(generation > 1 || held[generation] == slots->held_members[generation]) &&
            holds;
    }
    return holds;
}
