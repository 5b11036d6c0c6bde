/* SPDX-License-Identifier: MIT */
/* pressure.c: at a limit.  What nobody holds goes before anything is refused: first what is
 * dying already, so that the outcome does not depend on how far slices have come; then,
 * now and then, what only a collection finds. */
#include "heap/internal.h"

/* [heap.inv.paced] A collection is tried again after so much of the heap has changed: 1/16. */
#define SHARE_OF_CHANGE 16

static uint64_t session_of(const struct hd_op *op)
{
    return op->session == NULL ? 0 : op->session->number;
}

static uint64_t fallen(uint64_t before, uint64_t now)
{
    return before > now ? before - now : 0;
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
    hd_collection_finish(heap);
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
    if (!may_collect(heap)) {
        return false;
    }
    hd_collection_begin(heap, op, HD_GENERATIONS - 1, HD_EVENT_BY_LIMIT);
    hd_collection_finish(heap);
    heap->reliefs++;
    work_off_cascade(heap, hd_op_cascade(op));
    heap->relief_change =
        heap->quota.change; /* what it freed itself is no reason for another */
    return hd_collector_last(heap->collector)->collected > 0;
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

static void tell_met(struct hd_heap *heap, const struct hd_op *op)
{
    const struct hd_refusal *refusal = &heap->quota.refusal;

    hd_events_publish(&heap->events, &(struct hd_event){.kind = HD_EVENT_LIMIT_MET,
                                                        .limit = (uint8_t)refusal->reason,
                                                        .session = session_of(op),
                                                        .count = refusal->asked,
                                                        .bytes = refusal->allowed});
}

static void tell_relief(struct hd_heap *heap, const struct hd_op *op, struct hd_amount before)
{
    const struct hd_amount *used = &heap->quota.heap.used;

    hd_events_publish(&heap->events,
                      &(struct hd_event){.kind = HD_EVENT_LIMIT_RELIEF,
                                         .limit = (uint8_t)heap->quota.refusal.reason,
                                         .session = session_of(op),
                                         .count = fallen(before.objects, used->objects),
                                         .bytes = fallen(before.bytes, used->bytes)});
}

static bool relieve(struct hd_heap *heap, struct hd_op *op, struct hd_relief *relief)
{
    if (relief->done == HD_RELIEF_NONE) {
        tell_met(heap, op);
    }
    if (hd_op_undo(op) != NULL) { /* nothing runs in between, and nothing dies */
        (void)hd_quota_explain(&heap->quota, &op->error);
        return false;
    }
    work_off_all(heap, op);
    if (has_freed(heap, relief) && relief->done == HD_RELIEF_NONE) {
        tell_relief(heap, op, relief->used);
        relief->done = HD_RELIEF_WORK;
        return true;
    }
    if (relief->done != HD_RELIEF_ALL) {
        struct hd_amount before = heap->quota.heap.used;
        bool collected = collect(heap, op);

        *relief = hd_relief_before(heap);
        relief->done = HD_RELIEF_ALL;
        if (collected) {
            tell_relief(heap, op, before);
            return true;
        }
    }
    (void)hd_quota_explain(&heap->quota, &op->error);
    return false;
}

bool hd_relieve(struct hd_heap *heap, struct hd_op *op, struct hd_relief *relief)
{
    struct hd_pause pause = {.kind = HD_PAUSE_RELIEF};
    uint64_t before = heap->pauses.slice_units;
    struct hd_pause_start start;
    bool relieved;

    if (op->error.reason != HD_REASON_LIMIT_MEMORY ||
        heap->quota.refusal.reason == HD_REASON_NONE) {
        return false;
    }
    start = hd_pause_begin(heap);
    heap->pauses.within++;
    relieved = relieve(heap, op, relief);
    heap->pauses.within--;
    pause.units = heap->pauses.slice_units - before;
    (void)hd_pause_end(heap, start, &pause);
    return relieved;
}
