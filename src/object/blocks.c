/* SPDX-License-Identifier: MIT */
/* blocks.c: what an object's blocks take of the heap: each as large as its size class. */
#include "object/internal.h"

struct sum {
    const struct hd_quota *quota;
    uint64_t bytes;
};

/* Stays where it is. */
static void *add(void *ctx, void *block, size_t bytes)
{
    struct sum *sum = ctx;

    sum->bytes += hd_quota_block(sum->quota, bytes);
    return block;
}

uint64_t hd_object_block_bytes(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct sum sum = {objects->quota, 0};
    size_t own = hd_object_own_bytes(entry);
    uint32_t part = 0;

    if (own > 0) {
        sum.bytes = hd_quota_block(sum.quota, own);
    }
    while (hd_object_relocate_part(entry, part, add, &sum)) {
        part++;
    }
    return sum.bytes;
}
