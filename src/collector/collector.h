/* SPDX-License-Identifier: MIT */
/* collector.h: finds and frees cycles that nothing outside holds.
 *
 * Who is looked at when is policy.h, CPython 3.11's.  Generations 0 and 1 are
 * collected by trial deletion among themselves (trial.c), whole and at once.  A
 * full collection reaches all that the owners of the heap lead to (mark.c); what
 * has been reached has the color of the living, everything else that is tracked
 * is dead.  Either way the dead set is announced to who wants to know (doom.c).
 *
 * The dead of a full collection are condemned at one moment, its commit: nobody
 * finds them any more, however many they are.  What they have is given back later,
 * in slices (sweep.c).
 *
 * [collect.inv.closed]  No living object refers to a condemned one; each one's
 *                       count is the number of references it has from condemned
 *                       ones.  This is what makes freeing safe.
 * [collect.inv.idle]    Outside a call the marks are clear, and nothing is grey.
 * [collect.inv.memory]  A collection takes no memory.
 *
 * Survivors move to the next generation.  It knows neither sessions nor time.
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
    uint64_t collected; /* tracked objects freed, or saved: what gc.collect() returns */
    uint64_t uncollectable;
    uint64_t kept;       /* found dead, and kept for somebody to be told first */
    uint64_t candidates; /* objects looked at */
};

struct hd_collector_stats {
    uint64_t collections;
    uint64_t collected;
    uint64_t uncollectable;
    uint64_t candidates;
    uint64_t duration_ns;
};

/* Python's gc.DEBUG_* numbers. */
enum hd_gc_debug {
    HD_GC_DEBUG_STATS = 1,
    HD_GC_DEBUG_COLLECTABLE = 2,
    HD_GC_DEBUG_UNCOLLECTABLE = 4,
    HD_GC_DEBUG_SAVEALL = 32,
    HD_GC_DEBUG_LEAK = 38,
};

/* For reading; the collector's own. */
struct hd_collector_state {
    bool enabled;
    uint32_t debug; /* of hd_gc_debug */
    uint32_t thresholds[HD_GENERATIONS];
    uint64_t counts[HD_GENERATIONS]; /* [0] is re-read by hd_collector_state */
    uint64_t long_lived_total;
    uint64_t long_lived_pending;
    struct hd_collector_stats stats[HD_GENERATIONS];
};

/* What the collector needs of who owns it; borrowed, and never in need of memory. */
struct hd_collector_host {
    /* Calls visit for each reference that is not one of a living container: those of names,
     * frames, queues, batches, and of work in progress.  Untracked ones may be left out. */
    void (*roots)(void *ctx, hd_visit_cb visit, void *visit_ctx);
    /* False: nobody wants to be told of any object. */
    bool (*expects)(void *ctx);
    /* The mark, not 0, of an object that was just finalized and is kept; and that two marks
     * belong to one pending set.  A mark may be one that was never given. */
    uint32_t (*mark_of)(void *ctx, uint32_t slot);
    void (*join)(void *ctx, uint32_t mark, uint32_t other);
    /* SAVEALL: one reference to a dead object is the owner's. */
    void (*save)(void *ctx, uint32_t slot);
    void *ctx;
};

enum hd_status hd_collector_new(struct hd_objects *objects, const struct hd_allocator *books,
                                const struct hd_collector_host *host,
                                struct hd_collector **ret_collector);
void hd_collector_free(struct hd_collector *collector);

/* Collects generation (0 to 2) and all younger ones, up to the commit; what else is to be
 * done is hd_collector_work's.  What the dead of a young collection referred to outside of
 * their set is dropped onto the cascade.  Work that an earlier one left is done first. */
void hd_collector_run(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result);

/* Goes on with what the last full collection left to do, at most *units, which go down.
 * True: nothing is left. */
bool hd_collector_work(struct hd_collector *collector, uint32_t *units);
bool hd_collector_has_work(const struct hd_collector *collector);

/* The references of this work in progress: a cascade; and those of condemned objects to
 * living ones that have not been dropped yet. */
const struct hd_cascade *hd_collector_cascade(const struct hd_collector *collector);
void hd_collector_each_condemned(const struct hd_collector *collector, hd_visit_cb visit,
                                 void *ctx);
/* It is the one of them that is dying just now. */
bool hd_collector_is_releasing(const struct hd_collector *collector, uint32_t slot);

/* A pending set is looked at again: first its members that somebody was told of are
 * gathered, those that are still alive, each by a call; then what nothing else holds is
 * freed, and booked to the generation whose collection found the set.  Nothing may come in
 * between. */
void hd_collector_gather(struct hd_collector *collector, uint32_t slot);
void hd_collector_look_again(struct hd_collector *collector, unsigned generation,
                             struct hd_cascade *cascade, struct hd_collection *ret_result);

/* The generation that automatic collection owes now, or -1. */
int hd_collector_due(const struct hd_collector *collector);

void hd_collector_set_enabled(struct hd_collector *collector, bool enabled);
bool hd_collector_is_enabled(const struct hd_collector *collector);
void hd_collector_set_thresholds(struct hd_collector *collector,
                                 const uint32_t thresholds[HD_GENERATIONS]);

void hd_collector_set_debug(struct hd_collector *collector, uint32_t flags);

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
