/* SPDX-License-Identifier: MIT */
/* snapshot.h: what a container refers to, in its order, remembered so that it can be so again.
 *
 * The memory of a snapshot is booked to the container's account until it is restored or
 * forgotten.  It counts no references: restoring does.  The chain of weak references is no
 * part of it; a set or an instance gets its place for one with the first snapshot. */
#ifndef HD_OBJECT_SNAPSHOT_H
#define HD_OBJECT_SNAPSHOT_H

#include "object/object.h"

struct hd_snapshot {
    uint32_t slot;
    bool tracked;
    struct hd_slot entry; /* with a body that is a copy */
};

/* References that a snapshot of a list, dict, set or instance would have to copy, holes
 * included. */
uint32_t hd_snapshot_cost(const struct hd_objects *objects, uint32_t slot);

/* LIMIT_MEMORY: nothing has changed. */
enum hd_status hd_snapshot_take(struct hd_objects *objects, uint32_t slot,
                                struct hd_snapshot *ret_snapshot, struct hd_error *error);

void hd_snapshot_forget(struct hd_objects *objects, struct hd_snapshot *snapshot);

/* Cannot fail.  What the container has given up since is taken back from the keeper, if that
 * has it; what it alone refers to now goes onto the cascade. */
void hd_snapshot_restore(struct hd_objects *objects, struct hd_keeper *keeper,
                         struct hd_cascade *cascade, struct hd_snapshot *snapshot);

#endif
