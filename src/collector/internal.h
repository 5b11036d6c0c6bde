/* SPDX-License-Identifier: MIT */
/* internal.h: the collector's instance, shared by its modules. */
#ifndef HD_COLLECTOR_INTERNAL_H
#define HD_COLLECTOR_INTERNAL_H

#include "collector/collector.h"
#include "object/dead.h"

/* How a full collection has got on.  sweep.c says what is done in which stage. */
enum hd_stage {
    HD_STAGE_IDLE,
    HD_STAGE_RELEASE,
    HD_STAGE_PROMOTE,
    HD_STAGE_FINISH,
};

struct hd_full {
    enum hd_stage stage;
    uint32_t cursor;    /* slots below it are done in this stage */
    uint32_t releasing; /* is being released, or 0 */
    struct hd_dead_release release;
    struct hd_cascade cascade; /* what the dead referred to outside of their set */
};

struct hd_collector {
    struct hd_objects *objects;
    struct hd_slots *slots;
    const struct hd_allocator *books;
    const struct hd_collector_host *host;
    struct hd_collector_state state;
    struct hd_full full;
    struct hd_bitset grey;  /* reached, and not yet looked at; empty outside a collection */
    struct hd_bitset trial; /* candidates of a look at a pending set; empty outside of it */
    /* The slots' column of scratch: in a trial the references from outside the set; for
     * what is kept for somebody to be told, the mark of its pending set. */
    uint32_t *scratch;
};

/* Some sets of slots, walked as one in slot order. */
struct hd_members {
    const struct hd_bitset *sets[2];
    unsigned count;
};

/* *slot starts at 0 and is the next member afterwards.  False: there are no more.  The
 * member given may leave its set before the next call. */
bool hd_members_next(const struct hd_members *members, uint32_t *slot);

/* What a mark says of an age: whether the object is still to be reached, and how it
 * becomes one that was. */
struct hd_mark {
    uint8_t mask; /* to be reached: age & mask == value */
    uint8_t value;
    uint8_t flip;
};

static inline bool hd_mark_is_left(struct hd_mark mark, uint8_t age)
{
    return (age & mark.mask) == mark.value;
}

/* trial.c: of the members, exactly those have HD_AGE_MARK afterwards that nothing outside
 * of the set holds or reaches. */
void hd_trial_run(struct hd_collector *collector, const struct hd_members *members);
/* Frees the members that have the mark.  Gives how many. */
uint64_t hd_trial_free(struct hd_collector *collector, const struct hd_members *members,
                       struct hd_cascade *cascade);

/* doom.c: what is marked, or of the color of the dead, is a dead set: those who want to be
 * told of it are, and what is kept for them is marked as living and pending.  Gives how
 * many are kept. */
struct hd_doom {
    struct hd_mark mark;
    const struct hd_members *members; /* NULL: all containers */
};

uint64_t hd_doom(struct hd_collector *collector, const struct hd_doom *doom);
/* With SAVEALL: the others are not freed either, but saved.  Gives how many. */
uint64_t hd_doom_save(struct hd_collector *collector, const struct hd_doom *doom);

/* young.c: a collection of generation 0 or 1, at once. */
void hd_young_collect(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result);

/* full.c: a collection of all, up to its commit. */
void hd_full_collect(struct hd_collector *collector, struct hd_collection *ret_result);

/* sweep.c: what is condemned goes.  begin is the commit; work goes on and says true when
 * nothing is left. */
void hd_sweep_begin(struct hd_collector *collector);
bool hd_sweep_work(struct hd_collector *collector, uint32_t *units);

/* untrack.c: a tuple or dict that can be part of no cycle is not tracked any more. */
bool hd_untrack_if_inert(struct hd_collector *collector, uint32_t slot);

#endif
