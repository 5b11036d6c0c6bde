/* SPDX-License-Identifier: MIT */
/* frame.h: a call frame: names, and holds.
 *
 * [frame.inv.order]  It releases its names in their order, then its holds,
 *                    oldest first; and it can be stopped after each. */
#ifndef HD_HEAP_FRAME_H
#define HD_HEAP_FRAME_H

#include "heap/holds.h"
#include "heap/names.h"
#include "object/object.h"

struct hd_frame {
    struct hd_frame *next; /* below it; once it leaves: behind it in the queue */
    struct hd_names names;
    struct hd_holds holds;
    const struct hd_allocator *allocator;
    uint32_t depth; /* 1: the module scope */
    uint32_t function_size;
    char function[]; /* what Call named it */
};

/* NULL: no memory. */
struct hd_frame *hd_frame_new(const struct hd_allocator *allocator,
                              const struct hd_hash_key *key, struct hd_bytes function,
                              uint32_t depth);

/* Names and holds are forgotten, not released. */
void hd_frame_free(struct hd_frame *frame);

size_t hd_frame_bytes(const struct hd_frame *frame);

/* Releases the next name or hold, or gives back a piece of their tables.  False: there is none
 * left. */
bool hd_frame_release_next(struct hd_frame *frame, struct hd_objects *objects,
                           struct hd_cascade *cascade);

/* Calls visit for what each name and each hold has. */
void hd_frame_each(const struct hd_frame *frame,
                   void (*visit)(void *ctx, uint32_t slot, uint32_t n), void *ctx);

#endif
