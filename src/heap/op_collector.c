/* SPDX-License-Identifier: MIT */
/* op_collector.c: the gc module. */
#include <inttypes.h>

#include "heap/internal.h"

enum hd_status hd_judge_generation(const struct hd_heap *heap, struct hd_op *op,
                                   int64_t generation)
{
    (void)heap;
    if (generation < 0 || generation >= HD_GENERATIONS) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "invalid generation");
    }
    return HD_OK;
}

enum hd_status hd_op_collect(struct hd_heap *heap, struct hd_op *op)
{
    int64_t generation = op->in.collect.generation;

    if (hd_judge_generation(heap, op, generation) == HD_OK) {
        hd_collector_await(heap->collector, (unsigned)generation);
        op->collect.stage = HD_COLLECT_WAITS;
    }
    return op->error.status;
}

/* If one is in progress, a fresh one follows it.  Whoever asked waits until it is complete. */
bool hd_collect_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    if (op->collect.stage == HD_COLLECT_WAITS) {
        if (!hd_collection_work(heap, units)) {
            return false;
        }
        op->collect.stage = HD_COLLECT_RUNS;
        hd_collection_begin(heap, op, (unsigned)op->in.collect.generation, HD_EVENT_BY_REQUEST);
        *units -= *units > 0;
        return false;
    }
    if (op->collect.stage == HD_COLLECT_RUNS) {
        (void)hd_collection_work(heap, units);
    }
    return op->collect.stage == HD_COLLECT_DONE;
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

static enum hd_status judge_pace_bytes(const char *what, uint64_t bytes, struct hd_error *error)
{
    if (bytes != 0 && (bytes < HD_PACE_BYTES_MIN || bytes > HD_PACE_BYTES_MAX)) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "%s %" PRIu64 " is not between %" PRIu64 " and %" PRIu64, what, bytes,
                       HD_PACE_BYTES_MIN, HD_PACE_BYTES_MAX);
    }
    return HD_OK;
}

static enum hd_status judge_mode(struct hd_op *op)
{
    if (op->in.mode.mode > HD_COLLECTOR_INCREMENTAL) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "mode %" PRIu32 " of the collector is not 1 or 2", op->in.mode.mode);
    }
    if (op->in.mode.growth_percent > HD_GROWTH_PERCENT_MAX) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "growth_percent %" PRIu32 " is more than %u", op->in.mode.growth_percent,
                       HD_GROWTH_PERCENT_MAX);
    }
    if (judge_pace_bytes("floor_bytes", op->in.mode.floor_bytes, &op->error) != HD_OK) {
        return op->error.status;
    }
    return judge_pace_bytes("young_bytes", op->in.mode.young_bytes, &op->error);
}

enum hd_status hd_op_set_mode(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_collector_pace pace = hd_collector_state(heap->collector)->pace;

    if (judge_mode(op) != HD_OK) {
        return op->error.status;
    }
    if (op->in.mode.mode != 0) {
        hd_collector_set_mode(heap->collector, (enum hd_collector_mode)op->in.mode.mode);
    }
    pace.growth_percent =
        op->in.mode.growth_percent != 0 ? op->in.mode.growth_percent : pace.growth_percent;
    pace.floor_bytes =
        op->in.mode.floor_bytes != 0 ? op->in.mode.floor_bytes : pace.floor_bytes;
    pace.young_bytes =
        op->in.mode.young_bytes != 0 ? op->in.mode.young_bytes : pace.young_bytes;
    hd_collector_set_pace(heap->collector, &pace);
    return HD_OK;
}

enum hd_status hd_op_freeze(struct hd_heap *heap, struct hd_op *op)
{
    (void)heap;
    op->cursor = 0;
    return HD_OK;
}

enum hd_status hd_op_unfreeze(struct hd_heap *heap, struct hd_op *op)
{
    return hd_op_freeze(heap, op);
}

/* A collection that is in progress comes to its end before. */
bool hd_freeze_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    if (!hd_collection_work(heap, units)) {
        return false;
    }
    return op->code == HD_OP_FREEZE
               ? hd_collector_freeze(heap->collector, &op->cursor, units)
               : hd_collector_unfreeze(heap->collector, &op->cursor, units);
}
