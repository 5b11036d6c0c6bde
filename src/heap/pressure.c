/* SPDX-License-Identifier: MIT */
/* pressure.c: at a limit.  What nobody holds goes before anything is refused: first what is
 * dying already, so that the outcome does not depend on how far slices have come; then,
 * now and then, what only a collection finds. */
#include "heap/internal.h"

/* [heap.inv.paced] A collection is tried again after so much of the heap has changed: 1/16. */
#define SHARE_OF_CHANGE 16

void hd_collect(struct hd_heap *heap, unsigned generation, struct hd_cascade *cascade,
                struct hd_collection *ret_result)
{
    uint64_t start = hd_clock_now_ns(heap->world.clock);

    hd_collector_run(heap->collector, generation, cascade, ret_result);
    hd_collector_book_duration(heap->collector, generation,
                               hd_clock_now_ns(heap->world.clock) - start);
    if (generation == HD_GENERATIONS - 1) {
        heap->relief_change = heap->quota.change;
    }
}

static void work_off(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t units;

    do {
        units = heap->options.slice_units;
    } while (!hd_op_release_work(heap, op, &units));
}

static void work_off_cascade(struct hd_heap *heap, struct hd_cascade *cascade)
{
    uint32_t units;

    do {
        units = heap->options.slice_units;
    } while (!hd_refs_work(heap->objects, cascade, &units));
}

/* Those that run stay in their list, with nothing left to release: hd_heap_work concludes
 * them, or goes on with what else they do. */
static void work_off_all(struct hd_heap *heap, struct hd_op *op)
{
    work_off_cascade(heap, hd_op_cascade(op));
    HD_LIST_FOREACH (element, &heap->running) {
        work_off(heap, HD_CONTAINER_OF(element, struct hd_op, running));
    }
}

static bool may_collect(const struct hd_heap *heap)
{
    return hd_collector_is_enabled(heap->collector) &&
           heap->quota.change - heap->relief_change >=
               heap->quota.heap.used.bytes / SHARE_OF_CHANGE;
}

static bool collect(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_collection collection;

    if (!may_collect(heap)) {
        return false;
    }
    hd_collect(heap, HD_GENERATIONS - 1, hd_op_cascade(op), &collection);
    heap->reliefs++;
    work_off_cascade(heap, hd_op_cascade(op));
    heap->relief_change =
        heap->quota.change; /* what it freed itself is no reason for another */
    return collection.collected > 0;
}

struct hd_relief hd_relief_before(const struct hd_heap *heap)
{
    return (struct hd_relief){.used = heap->quota.heap.used, .change = heap->quota.change};
}

/* What the refused operation took and gave back itself is no change. */
static bool has_freed(struct hd_heap *heap, const struct hd_relief *relief)
{
    const struct hd_amount *used = &heap->quota.heap.used;

    heap->quota.change =
        relief->change +
        (used->bytes < relief->used.bytes ? relief->used.bytes - used->bytes : 0);
    return used->bytes < relief->used.bytes || used->objects < relief->used.objects;
}

bool hd_relieve(struct hd_heap *heap, struct hd_op *op, struct hd_relief *relief)
{
    if (op->error.reason != HD_REASON_LIMIT_MEMORY ||
        heap->quota.refusal.reason == HD_REASON_NONE) {
        return false;
    }
    work_off_all(heap, op);
    if (has_freed(heap, relief) && relief->done == HD_RELIEF_NONE) {
        relief->done = HD_RELIEF_WORK;
        return true;
    }
    if (relief->done != HD_RELIEF_ALL) {
        bool collected = collect(heap, op);

        *relief = hd_relief_before(heap);
        relief->done = HD_RELIEF_ALL;
        if (collected) {
            return true;
        }
    }
    (void)hd_quota_explain(&heap->quota, &op->error);
    return false;
}
