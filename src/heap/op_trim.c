/* SPDX-License-Identifier: MIT */
/* op_trim.c: moving bodies together, and giving empty memory back; all in slices.
 *
 * A pass: the sparse pools are chosen, bodies in them moved, the rest let go.  Ids,
 * counts, order and contents stand still; only places change. */
#include "heap/internal.h"
#include "pool/evacuate.h"

#define UNIT_BYTES      ((size_t)64 * 1024)
#define UNITS_PER_BLOCK 64u /* what the system takes to take so many bytes back */

static void begin_pass(struct hd_heap *heap)
{
    struct hd_compaction *compaction = &heap->compaction;

    hd_memory_evacuate_begin(heap->memory);
    compaction->sweep = (struct hd_sweep){0};
    compaction->begun++;
    compaction->stage = HD_COMPACTION_CHOOSE;
}

static void end_pass(struct hd_heap *heap)
{
    heap->compaction.ended++;
    heap->compaction.in_vain = hd_memory_sparse_bytes(heap->memory);
    heap->compaction.stage = HD_COMPACTION_NONE;
}

/* One stage of a pass, as far as it goes. */
static void advance(struct hd_heap *heap, uint32_t *units)
{
    struct hd_compaction *compaction = &heap->compaction;

    switch (compaction->stage) {
    case HD_COMPACTION_NONE:
        begin_pass(heap);
        break;
    case HD_COMPACTION_CHOOSE:
        if (hd_memory_evacuate_choose(heap->memory, units)) {
            compaction->stage = HD_COMPACTION_MOVE;
        }
        break;
    case HD_COMPACTION_MOVE:
        if (hd_memory_evacuating_pools(heap->memory) == 0 ||
            hd_objects_compact(heap->objects, heap->memory, &compaction->sweep, units)) {
            compaction->stage = HD_COMPACTION_END;
        }
        break;
    case HD_COMPACTION_END:
        if (hd_memory_evacuate_end(heap->memory, units)) {
            end_pass(heap);
        }
        break;
    }
}

/* What a pass could not free is not tried again until there is more. */
static bool is_worth(struct hd_heap *heap)
{
    const struct hd_compact_options *options = &heap->options.compact;
    size_t sparse = hd_memory_sparse_bytes(heap->memory);
    size_t pools = hd_memory_committed_bytes(heap->memory);
    struct hd_compaction *compaction = &heap->compaction;

    compaction->in_vain = sparse < compaction->in_vain ? sparse : compaction->in_vain;
    sparse -= compaction->in_vain;
    return options->enabled && sparse >= options->floor_bytes && sparse > 0 &&
           sparse >= pools / 100 * options->waste_percent;
}

enum hd_status hd_op_trim(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_compaction *compaction = &heap->compaction;

    switch (op->in.trim.compact) {
    case HD_COMPACT_NEVER:
        op->pass = 0;
        break;
    case HD_COMPACT_IF_WORTH: /* one that was begun is ended */
        op->pass =
            compaction->begun + (compaction->stage == HD_COMPACTION_NONE && is_worth(heap));
        break;
    case HD_COMPACT_NOW: /* what is running may have passed what has died since */
        op->pass = compaction->begun + 1;
        break;
    }
    return HD_OK;
}

static void compact(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_memory_moved before = hd_memory_moved(heap->memory);

    while (*units > 0 && heap->compaction.ended < op->pass) {
        advance(heap, units);
    }
    op->out.trim.moved_bytes += hd_memory_moved(heap->memory).bytes - before.bytes;
}

bool hd_trim_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    compact(heap, op, units);
    if (heap->compaction.ended < op->pass) {
        return false;
    }
    while (hd_memory_trimmable_bytes(heap->memory) > 0) {
        size_t blocks = *units < UNITS_PER_BLOCK ? 1 : *units / UNITS_PER_BLOCK;
        uint32_t cost;
        size_t bytes;

        if (*units == 0) {
            return false;
        }
        bytes = hd_memory_trim(heap->memory, blocks * UNIT_BYTES);
        if (bytes == 0) {
            break; /* the system would not take it */
        }
        op->out.trim.returned_bytes += bytes;
        cost = (uint32_t)(bytes / UNIT_BYTES) * UNITS_PER_BLOCK;
        *units -= cost < *units ? cost : *units;
    }
    return true;
}
