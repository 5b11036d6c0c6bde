/* SPDX-License-Identifier: MIT */
/* blocks.c: what an object's blocks take of the heap: each as large as its size class. */
#include "object/big_list.h"
#include "object/big_table.h"
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
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct sum sum = {objects->quota, 0};
    size_t own = hd_object_own_bytes(entry);
    uint32_t part = 0;

    if (own > 0) {
        sum.bytes = hd_quota_block(sum.quota, own);
    }
    if (kind == HD_KIND_LIST && hd_list_is_big(entry)) {
        while (hd_big_list_relocate(hd_slot_body(entry), part, add, &sum)) {
            part++;
        }
    } else if (kind >= HD_KIND_DICT && kind <= HD_KIND_INSTANCE && hd_table_is_big(entry)) {
        while (hd_big_table_relocate(hd_slot_body(entry), kind, part, add, &sum)) {
            part++;
        }
    }
    return sum.bytes;
}
