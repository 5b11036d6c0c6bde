/* SPDX-License-Identifier: MIT */
/* op_garbage.c: gc.set_debug and gc.garbage. */
#include "heap/internal.h"

#define FLAGS                                                                                  \
    (HD_GC_DEBUG_STATS | HD_GC_DEBUG_COLLECTABLE | HD_GC_DEBUG_UNCOLLECTABLE |                 \
     HD_GC_DEBUG_SAVEALL)

enum hd_status hd_op_set_debug(struct hd_heap *heap, struct hd_op *op)
{
    if ((op->in.debug.flags & ~(uint32_t)FLAGS) != 0) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "debug flags %u have bits other than 1, 2, 4 and 32",
                       (unsigned)op->in.debug.flags);
    }
    hd_collector_set_debug(heap->collector, op->in.debug.flags);
    return HD_OK;
}

enum hd_status hd_op_clear_garbage(struct hd_heap *heap, struct hd_op *op)
{
    op->out.count = heap->garbage_count;
    return HD_OK;
}

bool hd_clear_garbage_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint32_t slot = hd_bitset_next(&heap->garbage, 0);

    if (slot == HD_BITSET_END) {
        return true;
    }
    hd_bitset_remove(&heap->garbage, slot);
    heap->garbage_count--;
    (*units)--;
    hd_refs_drop(heap->objects, hd_op_cascade(op), slot);
    return false;
}
