/* SPDX-License-Identifier: MIT */
/* collector.h: finds and frees cycles that nothing outside holds.
 *
 * Generations 0 and 1 are collected by trial deletion among themselves (trial.c),
 * whole and at once: they are small.  A full collection reaches all that the
 * owners of the heap lead to (mark.c, full.c); what has been reached has the color
 * of the living, everything else that is tracked is dead.  It works in slices;
 * between them a barrier tells it what changes (object/barrier.h).  Either way the
 * dead set is announced to who wants to know.
 *
 * The dead of a full collection are condemned at one moment, its commit: nobody
 * finds them any more, however many they are.  What they have is given back later,
 * in slices as well (sweep.c).
 *
 * When what is collected is policy.h: in mode `classic` CPython 3.11's cadence, and
 * full collections run up to their commit at once; in mode `incremental` bytes count
 * as well as objects, and they take as many slices as they are given.
 *
 * Why that is right: all owners of references can be listed, so what they do not lead to
 * is garbage.  What was reachable when a full collection began is found, for until its
 * commit whatever gains or loses a reference is reached (snapshot at the beginning); what
 * is made meanwhile lives; what somebody names lives, with all it leads to.  What becomes
 * garbage meanwhile floats until the next one, which is bounded as whoever makes objects or
 * moves bytes pays for slices.  The choice: docs/adr/0008-marking-from-the-owners.md.
 *
 * [collect.inv.closed]  No living object refers to a condemned one; each one's
 *                       count is the number of references it has from condemned
 *                       ones.  This is what makes freeing safe.
 * [collect.inv.idle]    Between collections nothing is grey, and outside a call no
 *                       mark is set.
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

enum hd_collector_mode {
    HD_COLLECTOR_CLASSIC = 1,
    HD_COLLECTOR_INCREMENTAL = 2,
};

/* How one that takes slices has got on.  full.c says what is done up to the commit, and
 * sweep.c what after it. */
enum hd_stage {
    HD_STAGE_IDLE,
    HD_STAGE_FROZEN,
    HD_STAGE_ROOTS,
    HD_STAGE_MARK,
    HD_STAGE_CALLBACKS,
    HD_STAGE_FINALIZERS,
    HD_STAGE_SAVE,
    HD_STAGE_RELEASE,
    HD_STAGE_PROMOTE,
    HD_STAGE_FINISH,
};

/* What incremental collections are started by, beside counts. */
struct hd_collector_pace {
    uint32_t
        growth_percent;   /* bytes beyond what the last full collection left: then the next */
    uint64_t floor_bytes; /* but not for less than this */
    uint64_t young_bytes; /* made since the last collection: then the young are collected */
};

/* For reading; the collector's own. */
struct hd_collector_state {
    enum hd_collector_mode mode;
    struct hd_collector_pace pace;
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
    /* A full collection begins. */
    void (*begin)(void *ctx);
    /* Containers that were dying then, and still are, are put into grey, from where the last
     * call stopped.  True: that was all of them. */
    bool (*dying)(void *ctx, struct hd_bitset *grey, uint32_t *units);
    /* Calls visit for each reference of an owner that is no container, from where the last call
     * stopped; what changes meanwhile needs no visit.  True: that was all of them. */
    bool (*roots)(void *ctx, hd_visit_cb visit, void *visit_ctx, uint32_t *units);
    /* False: nobody wants to be told of any object. */
    bool (*expects)(void *ctx);
    /* A full collection found this object, or the target of this weak reference, dead: who
     * wants to know is told when it is committed.  True: it is kept by one more reference,
     * and was not yet.  untell: it lives after all. */
    bool (*tell)(void *ctx, uint32_t slot);
    void (*untell)(void *ctx, uint32_t slot, struct hd_cascade *cascade);
    /* After the commit: whether the callback of this weak reference was told of. */
    bool (*told)(void *ctx, uint32_t slot);
    void (*commit)(void *ctx);
    /* The mark, not 0, of an object that was just told of and is kept; and that two marks
     * belong to one pending set.  A mark may be one that was never given. */
    uint32_t (*mark_of)(void *ctx, uint32_t slot);
    void (*join)(void *ctx, uint32_t mark, uint32_t other);
    /* SAVEALL: one reference to a dead object is the owner's. */
    void (*save)(void *ctx, uint32_t slot);
    /* What the heap uses. */
    uint64_t (*bytes)(void *ctx);
    void *ctx;
};

enum hd_status hd_collector_new(struct hd_objects *objects, const struct hd_allocator *books,
                                const struct hd_collector_host *host,
                                struct hd_collector **ret_collector);
void hd_collector_free(struct hd_collector *collector);

/* Begins a collection of a generation (0 to 2) and all younger ones; none may be in
 * progress.  Young ones are complete at once, as far as the cascade goes, onto which is
 * dropped what their dead referred to; but for many young ones in mode incremental. */
void hd_collector_begin(struct hd_collector *collector, unsigned generation,
                        struct hd_cascade *cascade);

/* That collection would take longer than a slice may, so that it is carried out in slices. */
bool hd_collector_is_long(const struct hd_collector *collector, unsigned generation);

/* Goes on, at most *units, which go down.  True: no collection is in progress.  In mode
 * classic the first call comes up to the commit, whatever the units. */
bool hd_collector_work(struct hd_collector *collector, uint32_t *units);
bool hd_collector_has_work(const struct hd_collector *collector);

/* Of the one in progress; IDLE: there is none, but what it dropped may still be dying. */
enum hd_stage hd_collector_stage(const struct hd_collector *collector);

/* One of this generation has been asked for, and waits for the one in progress: that leaves
 * what it does not free where the other will find it. */
void hd_collector_await(struct hd_collector *collector, unsigned generation);

/* Of the last collection that is complete. */
const struct hd_collection *hd_collector_last(const struct hd_collector *collector);

/* One in progress goes on in the new mode. */
void hd_collector_set_mode(struct hd_collector *collector, enum hd_collector_mode mode);
void hd_collector_set_pace(struct hd_collector *collector,
                           const struct hd_collector_pace *pace);

/* The references of this work in progress: a cascade; and those of condemned objects to
 * living ones that have not been dropped yet. */
struct hd_cascade *hd_collector_cascade(struct hd_collector *collector);
void hd_collector_each_condemned(const struct hd_collector *collector, hd_visit_cb visit,
                                 void *ctx);
/* It is the one of them that is dying just now. */
bool hd_collector_is_releasing(const struct hd_collector *collector, uint32_t slot);

/* It was found dead, and kept for somebody who is told. */
bool hd_collector_is_pending(const struct hd_collector *collector, uint32_t slot);
/* A pending set is looked at again: first its members that somebody was told of are
 * gathered, those that are still alive, each by a call; then their references that the set
 * kept are dropped, or forgone (hd_refs_forgo) by those gathered; then what nothing else
 * holds is freed, and booked to the generation whose collection found the set.  Nothing may
 * come in between. */
void hd_collector_gather(struct hd_collector *collector, uint32_t slot);
/* No set is left but this one: what is pending and not gathered has been cut off by a
 * finalizer, and is looked at with it.  Reads the ages of all containers if there may be such.
 */
void hd_collector_gather_rest(struct hd_collector *collector);
bool hd_collector_is_gathered(const struct hd_collector *collector, uint32_t slot);
void hd_collector_look_again(struct hd_collector *collector, unsigned generation,
                             struct hd_cascade *cascade, struct hd_collection *ret_result);

/* The generation that automatic collection owes now, or -1. */
int hd_collector_due(struct hd_collector *collector);

void hd_collector_set_enabled(struct hd_collector *collector, bool enabled);
bool hd_collector_is_enabled(const struct hd_collector *collector);
void hd_collector_set_thresholds(struct hd_collector *collector,
                                 const uint32_t thresholds[HD_GENERATIONS]);

void hd_collector_set_debug(struct hd_collector *collector, uint32_t flags);

/* Takes all tracked objects out of the generations; puts them into generation 2.  *cursor is
 * 0 at first; no collection may be in progress.  True: all are done. */
bool hd_collector_freeze(struct hd_collector *collector, uint32_t *cursor, uint32_t *units);
bool hd_collector_unfreeze(struct hd_collector *collector, uint32_t *cursor, uint32_t *units);

/* Books the time that the last collection of a generation took. */
void hd_collector_book_duration(struct hd_collector *collector, unsigned generation,
                                uint64_t ns);

const struct hd_collector_state *hd_collector_state(struct hd_collector *collector);

/* [collect.inv.idle], and that the sets of the young and the sums of members
 * agree with the ages.  Reports on stderr what does not hold. */
bool hd_collector_check(const struct hd_collector *collector);

#endif
