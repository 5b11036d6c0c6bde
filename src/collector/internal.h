/* SPDX-License-Identifier: MIT */
/* internal.h: the collector's instance, shared by its modules. */
#ifndef HD_COLLECTOR_INTERNAL_H
#define HD_COLLECTOR_INTERNAL_H

#include "collector/collector.h"

struct hd_collector {
    struct hd_objects *objects;
    struct hd_slots *slots;
    const struct hd_allocator *books;
    struct hd_collector_state state;
    /* The slots' column of scratch: the references from outside the set; then,
     * for what is reached, the next to look at. */
    uint32_t *outside;
};

/* Walks the members of generations 0..generation in slot order: *slot starts at
 * 0 and is the next member afterwards.  False: there are no more.  The member
 * given may be untracked or moved before the next call. */
bool hd_members_next(const struct hd_collector *collector, unsigned generation, uint32_t *slot);

#endif
