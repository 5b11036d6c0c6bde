/* SPDX-License-Identifier: MIT */
/* barrier.h: what a collection in slices needs to know of changes between its slices.
 *
 * While it is marking, whatever gains or loses a reference is reached, at once: what was
 * reachable when the marking began is then found although references move, and what is
 * named, though nothing led to it any more, is taken out of the dead with all it reaches.
 * (Snapshot at the beginning, Yuasa 1990, and a barrier on the way in.)
 *
 * A container that starts to die while it is still to be looked at stays grey: what is left
 * in it is looked at before it counts as gone. */
#ifndef HD_OBJECT_BARRIER_H
#define HD_OBJECT_BARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "object/slot.h"

struct hd_barrier {
    bool marking;
    struct hd_bitset *grey; /* the collector's */
    uint32_t partial;       /* container that is looked at in parts, or 0 */
    uint32_t partial_end;   /* its references from here on have been looked at */
};

/* The slot's object is reached, if it was white. */
static inline void hd_barrier_shade(const struct hd_barrier *barrier, struct hd_slots *slots,
                                    uint32_t slot)
{
    if (hd_slots_is_white(slots, slot)) {
        slots->age[slot] = (uint8_t)((slots->age[slot] ^ HD_AGE_COLOR) & ~HD_AGE_HUSK);
        hd_bitset_add(barrier->grey, slot);
    }
}

/* A container starts to die; a shell has what another one gave up. */
static inline void hd_barrier_bury(const struct hd_barrier *barrier,
                                   const struct hd_slots *slots, uint32_t slot)
{
    if (!hd_slot_is_atom(slot) &&
        (hd_slots_is_white(slots, slot) ||
         (slots->containers.entries[slot].flags & HD_SLOT_SHELL) != 0)) {
        hd_bitset_add(barrier->grey, slot);
    }
}

#endif
