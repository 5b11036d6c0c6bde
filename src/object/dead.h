/* SPDX-License-Identifier: MIT */
/* dead.h: the end of a dead set: objects that only members of it refer to.
 *
 * Each member goes through three steps.  `begin` makes its id stale; `release` drops what
 * it refers to outside of the set, which may take more than one turn; it is a husk then:
 * a slot, and nothing else.  `finish` gives the slot back.
 *
 *   [object.inv.husk]  No slot of a member is given back before all members are released:
 *                      a reference inside of the set is known by what it refers to being dead.
 *
 * So references inside of the set are never counted down.  The cascade takes what dies by
 * those outside; it has no keeper. */
#ifndef HD_OBJECT_DEAD_H
#define HD_OBJECT_DEAD_H

#include <stdbool.h>
#include <stdint.h>

struct hd_cascade;
struct hd_objects;

void hd_object_dead_begin(struct hd_objects *objects, uint32_t slot);

/* How far the release of a member has got; all zero: at its beginning. */
struct hd_dead_release {
    uint32_t part;  /* of a big container */
    uint32_t index; /* in it */
    bool referred;  /* all references are released: its blocks are given back */
};

/* One unit is about 16 references, or some blocks.  True: it is a husk. */
bool hd_object_dead_release(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t slot, struct hd_dead_release *release, uint32_t *units);

/* begin and release at once, for one of the many that are small, and that nobody wants to hear
 * of; its age says that it is a husk.  False: it is none of them, and nothing has happened. */
bool hd_object_dead_reap(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot);

void hd_object_dead_finish(struct hd_objects *objects, uint32_t slot);

#endif
