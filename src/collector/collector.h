/* SPDX-License-Identifier: MIT */
/* collector.h: finds and frees cycles that nothing outside holds.  Mode `classic`:
 * CPython 3.11.
 *
 * When (policy.h) and how (classic.c) are apart.  A collection of generation g
 * looks at the set of all tracked objects of generations 0..g:
 *
 * phase      afterwards, for every object of the set
 * COPY       outside == count, and the mark is set
 * SUBTRACT   outside == number of references from outside the set
 * SPREAD     the mark is clear iff outside > 0 or it is reached from such an object
 *
 * [collect.inv.closed]  After SPREAD no unmarked object refers to a marked one,
 *                       and each marked object's count is the number of
 *                       references it has from marked ones.  This is what
 *                       makes freeing safe.
 * [collect.inv.idle]    Outside a collection the mark is clear everywhere and
 *                       `outside` means nothing.
 *
 * Survivors move to generation g + 1.  It knows neither sessions nor time.
 * Design note: docs/design/collector.md. */
#ifndef HD_COLLECTOR_COLLECTOR_H
#define HD_COLLECTOR_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"
#include "object/object.h"

#define HD_GENERATIONS 3

struct hd_collector;

struct hd_collection {
    uint64_t collected; /* tracked objects freed: what gc.collect() returns */
    uint64_t uncollectable;
    uint64_t candidates; /* objects looked at */
};

struct hd_collector_stats {
    uint64_t collections;
    uint64_t collected;
    uint64_t uncollectable;
    uint64_t candidates;
    uint64_t duration_ns;
};

/* For reading; the collector's own. */
struct hd_collector_state {
    bool enabled;
    uint32_t thresholds[HD_GENERATIONS];
    uint64_t counts[HD_GENERATIONS]; /* [0] is re-read by hd_collector_state */
    uint64_t long_lived_total;
    uint64_t long_lived_pending;
    struct hd_collector_stats stats[HD_GENERATIONS];
};

enum hd_status hd_collector_new(struct hd_objects *objects, const struct hd_allocator *books,
                                struct hd_collector **ret_collector);
void hd_collector_free(struct hd_collector *collector);

/* Collects generation (0 to 2) and all younger ones, whole, now.  What the dead
 * set referred to outside of itself is dropped onto the cascade.  Needs no
 * memory [collect.inv.memory]. */
void hd_collector_run(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result);

/* The generation that automatic collection owes now, or -1. */
int hd_collector_due(const struct hd_collector *collector);

void hd_collector_set_enabled(struct hd_collector *collector, bool enabled);
bool hd_collector_is_enabled(const struct hd_collector *collector);
void hd_collector_set_thresholds(struct hd_collector *collector,
                                 const uint32_t thresholds[HD_GENERATIONS]);

/* Takes all tracked objects out of the generations; puts them into generation 2. */
void hd_collector_freeze(struct hd_collector *collector);
void hd_collector_unfreeze(struct hd_collector *collector);

/* Books the time that the last collection of a generation took. */
void hd_collector_book_duration(struct hd_collector *collector, unsigned generation,
                                uint64_t ns);

const struct hd_collector_state *hd_collector_state(struct hd_collector *collector);

/* [collect.inv.idle], and that the sets of the young and the sums of members
 * agree with the ages.  Reports on stderr what does not hold. */
bool hd_collector_check(const struct hd_collector *collector);

#endif
