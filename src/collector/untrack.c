/* SPDX-License-Identifier: MIT */
/* untrack.c: CPython's untrack_tuples and untrack_dicts, of one object. */
#include "collector/internal.h"

struct inert {
    const struct hd_objects *objects;
    bool all;
};

static void note_inert(void *ctx, uint32_t slot)
{
    struct inert *inert = ctx;

    inert->all = inert->all && hd_object_is_inert(inert->objects, slot);
}

bool hd_untrack_if_inert(struct hd_collector *collector, uint32_t slot)
{
    struct inert inert = {collector->objects, true};

    hd_object_visit(collector->objects, slot, note_inert, &inert);
    if (inert.all) {
        hd_slots_untrack(collector->slots, slot);
    }
    return inert.all;
}
