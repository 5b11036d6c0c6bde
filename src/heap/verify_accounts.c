/* SPDX-License-Identifier: MIT */
/* verify_accounts.c: what the heap and its accounts use, summed up anew. */
#include <inttypes.h>

#include "heap/verify_internal.h"

static void add_slot(struct hd_verify *verify, uint32_t slot, struct hd_amount *sums)
{
    const struct hd_quota *quota = &verify->heap->quota;
    const struct hd_slot *entry = hd_slot_at(verify->slots, slot);

    if (entry->kind == HD_KIND_FREE || hd_slots_is_husk(verify->slots, slot)) {
        return;
    }
    if (entry->account >= quota->count) {
        hd_verify_tell(verify, "%s %" PRIu64 " is of account %u, which there is not",
                       hd_kind_name((enum hd_kind)entry->kind),
                       hd_slots_id(verify->slots, slot), entry->account);
        return;
    }
    sums[entry->account].bytes += hd_object_block_bytes(verify->heap->objects, slot);
    if (!hd_object_is_immortal(slot)) {
        sums[entry->account].objects++;
        sums[entry->account].bytes += hd_slot_share(slot);
    }
}

static void compare_account(struct hd_verify *verify, uint16_t account,
                            const struct hd_amount *sum)
{
    const struct hd_amount *used = &hd_quota_account_const(&verify->heap->quota, account)->used;

    if (used->bytes != sum->bytes || used->objects != sum->objects) {
        hd_verify_tell(verify,
                       "account %u is booked %" PRIu64 " bytes and %" PRIu64
                       " objects, and has %" PRIu64 " and %" PRIu64,
                       account, used->bytes, used->objects, sum->bytes, sum->objects);
    }
}

/* The pools' own sums, and the slot tables. */
static void compare_heap(struct hd_verify *verify, uint64_t objects)
{
    const struct hd_amount *used = &verify->heap->quota.heap.used;
    struct hd_memory_stats stats;
    uint64_t bytes;

    hd_memory_stats(verify->heap->memory, &stats);
    bytes = stats.pool_used_bytes + stats.large_bytes - stats.waiting_bytes +
            hd_slots_bytes(verify->slots);
    if (used->bytes != bytes) {
        hd_verify_tell(verify, "the heap is booked %" PRIu64 " bytes, and has %" PRIu64,
                       used->bytes, bytes);
    }
    if (used->objects != objects) {
        hd_verify_tell(verify, "the heap is booked %" PRIu64 " objects, and has %" PRIu64,
                       used->objects, objects);
    }
}

enum hd_status hd_verify_accounts(struct hd_verify *verify)
{
    const struct hd_slots *slots = verify->slots;
    const struct hd_allocator *allocator = verify->heap->world.allocator;
    uint32_t count = verify->heap->quota.count;
    struct hd_amount *sums = hd_alloc_zeroed(allocator, count * sizeof *sums);
    uint64_t objects = 0;

    if (sums == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    for (uint32_t i = 1; i < slots->containers.high; i++) {
        add_slot(verify, i, sums);
    }
    for (uint32_t i = 1; i < slots->atoms.high; i++) {
        add_slot(verify, HD_ATOM_BASE + i, sums);
    }
    for (uint32_t i = 0; i < count; i++) {
        compare_account(verify, (uint16_t)i, &sums[i]);
        objects += sums[i].objects;
    }
    compare_heap(verify, objects);
    hd_free(allocator, sums, count * sizeof *sums);
    return HD_OK;
}
