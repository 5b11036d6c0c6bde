/* SPDX-License-Identifier: MIT */
/* compact.h: moves bodies out of pools that are being emptied (pool/evacuate.h).
 *
 * An id names a slot, and only the slot knows where the body is: moving it changes
 * one address [object.inv.body].  The walk can be stopped after any object; what is
 * made or moved meanwhile never lies in such a pool. */
#ifndef HD_OBJECT_COMPACT_H
#define HD_OBJECT_COMPACT_H

#include <stdbool.h>
#include <stdint.h>

struct hd_memory;
struct hd_objects;

/* How far a walk over all slots has got; all zero: at its beginning. */
struct hd_sweep {
    uint32_t seen; /* slots of the range, whose numbers begin at 1 */
    uint32_t part; /* of a big container: its next block */
    bool atoms;    /* containers are done */
};

/* Goes on; a unit is 16 slots or one block of a big container looked at, or 256 bytes moved.
 * memory is where the bodies come from.  True: all slots have been looked at. */
bool hd_objects_compact(struct hd_objects *objects, struct hd_memory *memory,
                        struct hd_sweep *sweep, uint32_t *units);

#endif
