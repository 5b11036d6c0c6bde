/* SPDX-License-Identifier: MIT */
/* frame.c: made whole or not at all; released one reference at a time. */
#include "heap/frame.h"

#include <string.h>

struct hd_frame *hd_frame_new(const struct hd_allocator *allocator,
                              const struct hd_hash_key *key, struct hd_bytes function,
                              uint32_t depth)
{
    struct hd_frame *frame = hd_alloc(allocator, sizeof *frame + function.size);

    if (frame == NULL) {
        return NULL;
    }
    *frame = (struct hd_frame){
        .allocator = allocator,
        .depth = depth,
        .function_size = (uint32_t)function.size,
    };
    if (function.size > 0) {
        memcpy(frame->function, function.data, function.size);
    }
    hd_names_init(&frame->names, allocator, key);
    hd_holds_init(&frame->holds, allocator);
    return frame;
}

void hd_frame_free(struct hd_frame *frame)
{
    hd_names_fini(&frame->names);
    hd_holds_fini(&frame->holds);
    hd_free(frame->allocator, frame, sizeof *frame + frame->function_size);
}

size_t hd_frame_bytes(const struct hd_frame *frame)
{
    return sizeof *frame + frame->function_size + hd_names_bytes(&frame->names) +
           hd_holds_bytes(&frame->holds);
}

bool hd_frame_release_next(struct hd_frame *frame, struct hd_objects *objects,
                           struct hd_cascade *cascade)
{
    uint32_t slot = 0;
    uint32_t count = 1;

    if (!hd_names_take_first(&frame->names, &slot) &&
        !hd_holds_take_first(&frame->holds, &slot, &count)) {
        return hd_names_shed(&frame->names) || hd_holds_shed(&frame->holds);
    }
    if (slot != 0) {
        hd_refs_drop_many(objects, cascade, slot, count);
    }
    return true;
}

void hd_frame_each(const struct hd_frame *frame,
                   void (*visit)(void *ctx, uint32_t slot, uint32_t n), void *ctx)
{
    for (uint32_t i = 0; i < frame->names.rows.used; i++) {
        const struct hd_name *name = hd_names_at(&frame->names, i);

        if (name->text != NULL && name->slot != 0) {
            visit(ctx, name->slot, 1);
        }
    }
    for (uint32_t i = 0; i < frame->holds.rows.used; i++) {
        const struct hd_hold *hold = hd_holds_at(&frame->holds, i);

        if (hold->slot != 0) {
            visit(ctx, hold->slot, hold->count);
        }
    }
}
