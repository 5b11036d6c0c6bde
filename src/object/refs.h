/* SPDX-License-Identifier: MIT */
/* refs.h: counting references, and death by count.
 *
 * An object whose count reaches 0 is pushed on a cascade: a stack that lives in
 * fields of the dying objects, so that death allocates nothing, cannot fail
 * and never recurses.  The cascade works depth first, in CPython's order: items
 * of lists and tuples last to first, entries of dicts, sets and instances in
 * insertion order.  It can be stopped after any unit and continued later. */
#ifndef HD_OBJECT_REFS_H
#define HD_OBJECT_REFS_H

#include <stdbool.h>
#include <stdint.h>

struct hd_objects;

/* Dying objects, the one being worked on first; 0: none.  The slots they have
 * not released yet are references of the daemon's own work in progress. */
struct hd_cascade {
    uint32_t top;
    uint32_t unseen; /* from here on the collection in progress has not seen them; 0: it has */
    struct hd_keeper *keeper; /* who takes over what is given up; NULL: nobody, it goes */
};

/* Takes over references that are given up: an atomic batch puts deaths off.  Cannot fail: it
 * has made room before. */
struct hd_keeper {
    void (*keep)(struct hd_keeper *keeper, uint32_t slot, uint32_t n);
    /* Gives back n references that it has taken over.  False: it has not so many. */
    bool (*give_back)(struct hd_keeper *keeper, uint32_t slot, uint32_t n);
};

/* Counts one more (or n more) reference.  False: the count would overflow,
 * nothing has changed.  Immortals stand still. */
bool hd_refs_take(struct hd_objects *objects, uint32_t slot);
bool hd_refs_take_many(struct hd_objects *objects, uint32_t slot, uint32_t n);

/* One more, for which every count has room: that of a queue an object is put on when its
 * end has come.  An object has at most one such for each of its ends. */
void hd_refs_take_spare(struct hd_objects *objects, uint32_t slot);
/* The same of what a collection in progress has found dead: it is not reached for that. */
void hd_refs_take_spare_of_dead(struct hd_objects *objects, uint32_t slot);
/* One less, and it does not die with none: a trial that it is a candidate of is to decide. */
void hd_refs_forgo(struct hd_objects *objects, uint32_t slot);

/* As many more as there were before: an operation is undone.  Cannot fail. */
void hd_refs_restore(struct hd_objects *objects, uint32_t slot, uint32_t n);

/* Gives up one reference (or n <= count): an object at 0 is dead from here on,
 * its id stale, and it waits on the cascade; unless a keeper takes them over. */
void hd_refs_drop(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot);
void hd_refs_drop_many(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot,
                       uint32_t n);

/* One that had the object, and was found dead with it, is gone; it may be pending (contract
 * §6).  The deaths by count of such, and of what only they had, are counted: a collection
 * booked less by them. */
void hd_refs_strand(struct hd_objects *objects, uint32_t slot);
/* How many, since it was last asked. */
uint64_t hd_objects_take_stranded_deaths(struct hd_objects *objects);

/* Works the cascade off, at most *units of it, which go down.  True: it is empty. */
bool hd_refs_work(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t *units);

/* Calls visit for each reference that the objects on the cascade still have. */
void hd_refs_each_pending(const struct hd_objects *objects, const struct hd_cascade *cascade,
                          void (*visit)(void *ctx, uint32_t slot), void *ctx);

#endif
