/* SPDX-License-Identifier: MIT */
/* op_collector.c: the gc module. */
#include <inttypes.h>

#include "heap/internal.h"

enum hd_status hd_op_collect(struct hd_heap *heap, struct hd_op *op)
{
    int64_t generation = op->in.collect.generation;
    struct hd_collection collection;

    if (generation < 0 || generation >= HD_GENERATIONS) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "invalid generation");
    }
    hd_collect(heap, op, (unsigned)generation, HD_EVENT_BY_REQUEST, &collection);
    op->out.collect.collected = collection.collected;
    op->out.collect.uncollectable = collection.uncollectable;
    op->out.collect.candidates = collection.candidates;
    return HD_OK;
}

/* Whoever asked waits until it is complete. */
bool hd_collect_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    (void)op;
    return hd_collection_work(heap, units);
}

enum hd_status hd_op_enable(struct hd_heap *heap, struct hd_op *op)
{
    (void)op;
    hd_collector_set_enabled(heap->collector, true);
    return HD_OK;
}

enum hd_status hd_op_disable(struct hd_heap *heap, struct hd_op *op)
{
    (void)op;
    hd_collector_set_enabled(heap->collector, false);
    return HD_OK;
}

enum hd_status hd_op_set_threshold(struct hd_heap *heap, struct hd_op *op)
{
    const struct hd_collector_state *state = hd_collector_state(heap->collector);
    size_t count = op->in.threshold.count;
    uint32_t thresholds[HD_GENERATIONS];

    if (count < 1 || count > HD_GENERATIONS) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "%zu thresholds are not one to three", count);
    }
    for (size_t i = 0; i < HD_GENERATIONS; i++) {
        int64_t value = i < count ? op->in.threshold.values[i] : state->thresholds[i];

        if (value < 0 || value > INT32_MAX) {
            return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                           "threshold %" PRId64 " is not between 0 and %d", value, INT32_MAX);
        }
        thresholds[i] = (uint32_t)value;
    }
    hd_collector_set_thresholds(heap->collector, thresholds);
    return HD_OK;
}

enum hd_status hd_op_freeze(struct hd_heap *heap, struct hd_op *op)
{
    (void)op;
    hd_collector_freeze(heap->collector);
    return HD_OK;
}

enum hd_status hd_op_unfreeze(struct hd_heap *heap, struct hd_op *op)
{
    (void)op;
    hd_collector_unfreeze(heap->collector);
    return HD_OK;
}
