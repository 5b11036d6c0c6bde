/* SPDX-License-Identifier: MIT */
/* internal.h: the collector's instance, shared by its modules. */
#ifndef HD_COLLECTOR_INTERNAL_H
#define HD_COLLECTOR_INTERNAL_H

#include "collector/collector.h"
#include "collector/policy.h"
#include "object/barrier.h"
#include "object/dead.h"
#include "object/reader.h"

/* A look at an object is a unit, and so many of its references are another; so many are looked
 * at without a pause. */
#define HD_REFERENCES_PER_UNIT 16u
#define HD_PIECE               2048u

static inline void hd_pay_look(uint32_t *units, uint32_t references)
{
    uint32_t cost = 1 + references / HD_REFERENCES_PER_UNIT;

    *units -= cost < *units ? cost : *units;
}

/* What a mark says of an age: whether the object is still to be reached, and how it
 * becomes one that was. */
struct hd_mark {
    uint8_t mask; /* to be reached: age & mask == value */
    uint8_t value;
    uint8_t flip;
    uint8_t set;
    uint8_t clear;
};

static inline bool hd_mark_is_left(struct hd_mark mark, uint8_t age)
{
    return (age & mark.mask) == mark.value;
}

static inline uint8_t hd_mark_apply(struct hd_mark mark, uint8_t age)
{
    return (uint8_t)(((age ^ mark.flip) | mark.set) & (uint8_t)~mark.clear);
}

/* What is being looked at. */
struct hd_look {
    struct hd_mark mark;
    uint32_t from;
    bool joins;
};

/* mark.h says how it works. */
struct hd_marker {
    struct hd_collector *collector;
    struct hd_barrier *barrier; /* knows the container that is looked at in pieces */
    struct hd_bitset *grey;
    struct hd_mark live;
    struct hd_mark keep;
    bool has_kept;    /* keep differs from live */
    bool joins;       /* what is reached is told of its pending set */
    bool notes_inert; /* what may be untracked is noted */
    /* Told of what lives after all; may be NULL. */
    void (*reached)(struct hd_collector *collector, uint32_t slot);
    struct hd_look partial;
    uint32_t cursor; /* in the bit set */
};

static inline bool hd_mark_was_kept(const struct hd_marker *marker, uint8_t age)
{
    return marker->has_kept &&
           (age & (marker->live.mask | HD_AGE_KEPT)) == (marker->live.value | HD_AGE_KEPT);
}

/* A look at a tuple or dict that may be inert, a piece at a time. */
struct hd_inert_look {
    struct hd_reader reader; /* slot 0: there is none */
    uint32_t end;            /* its references from here on have been looked at */
};

struct hd_full {
    enum hd_stage stage;
    unsigned generation; /* that is collected, with all younger ones */
    unsigned staying;    /* generations below it: the next collection is to find them there */
    uint32_t cursor;     /* slots below it are done in this stage */
    struct hd_marker marker;
    uint32_t releasing; /* is being released, or 0 */
    struct hd_dead_release release;
    struct hd_inert_look inert;
    struct hd_cascade cascade;   /* what the dead referred to outside of their set */
    struct hd_collection result; /* so far */
    uint64_t untracked;
};

struct hd_collector {
    struct hd_objects *objects;
    struct hd_slots *slots;
    const struct hd_allocator *books;
    const struct hd_collector_host *host;
    struct hd_collector_state state;
    struct hd_full full;
    struct hd_collection last; /* result of the last collection that is complete */
    uint64_t made_at_full;     /* containers made when the last full collection began */
    uint64_t died_at_full;     /* and those that had died by count */
    uint64_t bytes_after_full; /* the heap's, when it was complete */
    uint64_t bytes_at_last;    /* when any collection was last complete */
    /* Nothing is due while the containers made and the heap's bytes are not beyond these. */
    struct hd_room quiet;
    struct hd_bitset grey;     /* reached, and not yet looked at; empty outside a collection */
    struct hd_bitset trial;    /* candidates of a look at a pending set; empty outside of it */
    struct hd_bitset gathered; /* of these, whose references are still to be followed; and the
                                  grey of a trial */
    uint64_t gathered_count;   /* of these candidates */
    uint64_t pending;          /* objects that became so, and were not looked at: at most */
    struct hd_barrier no_barrier; /* of a trial, in which nothing changes */
    /* The slots' column of scratch: in a trial the references from outside the set; for
     * what is kept for somebody to be told, the mark of its pending set. */
    uint32_t *scratch;
};

/* The condemned, which is kept, lives, pending.  What was found dead stays tracked, as in
 * CPython: it is counted if it goes after all. */
static inline void hd_make_pending(struct hd_collector *collector, uint32_t slot)
{
    uint8_t *age = &collector->slots->age[slot];

    *age = (uint8_t)(((*age ^ HD_AGE_COLOR) & ~(HD_AGE_KEPT | HD_AGE_INERT)) | HD_AGE_PENDING);
    collector->pending++;
}

/* Some sets of slots, walked as one in slot order. */
struct hd_members {
    const struct hd_bitset *sets[2];
    unsigned count;
};

/* The same, where the next 64 numbers have no member. */
bool hd_members_seek(const struct hd_members *members, uint32_t *slot);

/* *slot starts at 0 and is the next member afterwards.  False: there are no more.  The
 * member given may leave its set before the next call. */
static inline bool hd_members_next(const struct hd_members *members, uint32_t *slot)
{
    uint32_t next = *slot + 1;
    uint64_t rest = hd_bitset_rest(members->sets[0], next);

    if (members->count > 1) {
        rest |= hd_bitset_rest(members->sets[1], next);
    }
    if (rest == 0) {
        return hd_members_seek(members, slot);
    }
    *slot = next + (uint32_t)__builtin_ctzll(rest);
    return true;
}

/* trial.c: of the members, exactly those have HD_AGE_MARK afterwards that nothing outside
 * of the set holds or reaches. */
void hd_trial_run(struct hd_collector *collector, const struct hd_members *members);
/* Frees the members that have the mark.  Gives how many. */
uint64_t hd_trial_free(struct hd_collector *collector, const struct hd_members *members,
                       struct hd_cascade *cascade);

/* doom.c: of the members, those with HD_AGE_MARK are a dead set: those who want to be told of
 * it are, and what is kept for them is unmarked and pending.  Gives how many are kept; and
 * of the others, with SAVEALL, how many are saved. */
uint64_t hd_doom(struct hd_collector *collector, const struct hd_members *members);
uint64_t hd_doom_save(struct hd_collector *collector, const struct hd_members *members);
/* What a collection of them is in units, or more than HD_YOUNG_UNITS: an object is one, 16 of
 * its references are another. */
#define HD_YOUNG_UNITS 4000u
uint64_t hd_young_units(const struct hd_collector *collector, unsigned generation);

/* young.c: a collection of generation 0 or 1, at once. */
void hd_young_collect(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result);

/* full.c: a collection up to its commit.  True: it has been committed, and swept. */
void hd_full_begin(struct hd_collector *collector, unsigned generation);
bool hd_full_work(struct hd_collector *collector, uint32_t *units);
/* Up to the commit, at once. */
void hd_full_rush(struct hd_collector *collector);

/* sweep.c: what is condemned goes.  begin is the commit; work does what is next. */
void hd_sweep_begin(struct hd_collector *collector);
void hd_sweep_work(struct hd_collector *collector, uint32_t *units);

/* due.c: containers that died by count: what was made, is not there, and was not collected.
 * Means nothing while a full collection is in progress; what SAVEALL keeps makes it too small.
 */
uint64_t hd_collector_died(const struct hd_collector *collector);

/* A collection is complete, or a setting is another one: something else may be due. */
static inline void hd_collector_ask_anew(struct hd_collector *collector)
{
    collector->quiet = (struct hd_room){0};
}

/* collector.c: a full collection is complete. */
void hd_collector_book(struct hd_collector *collector);

/* untrack.c: a tuple or dict that can be part of no cycle is not tracked any more: at once; or
 * by a look of the full collection in progress, which goes on until full.inert has no slot. */
bool hd_untrack_if_inert(struct hd_collector *collector, uint32_t slot);
void hd_untrack_begin(struct hd_collector *collector, uint32_t slot);
void hd_untrack_work(struct hd_collector *collector, uint32_t *units);

#endif
