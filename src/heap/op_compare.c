/* SPDX-License-Identifier: MIT */
/* op_compare.c: Contains, Equals, and Remove by value.
 *
 * What a slice does not suffice for goes on in slices, from its beginning (compare.h); in a
 * batch, which takes none, it is done in one piece or refused.  Up to their end all three
 * change nothing. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "heap/internal.h"
#include "object/compare.h"

#define TRIES        3
#define UNIT_PAIRS   8    /* compared for a unit of work */
#define TIMES_SLICED 1000 /* limits.compare_work, of what takes slices */

static uint64_t piece_of(const struct hd_heap *heap, const struct hd_op *op)
{
    uint64_t most = heap->options.limits.compare_work;
    uint64_t slice = (uint64_t)heap->options.slice_units * UNIT_PAIRS;

    return op->batch != NULL || most < slice ? most : slice;
}

/* What came out in one piece, or the begin of more. */
static enum hd_status go_on(struct hd_heap *heap, struct hd_op *op, uint32_t left,
                            uint32_t right, bool seeks)
{
    const struct hd_slots *slots = hd_objects_slots(heap->objects);

    if (op->batch != NULL || op->error.reason != HD_REASON_LIMIT_WORK) {
        return op->error.status;
    }
    hd_error_clear(&op->error);
    op->comparison.left = hd_slots_id(slots, left);
    op->comparison.right = hd_slots_id(slots, right);
    op->searching = hd_comparison_new(heap->objects, left, right, seeks,
                                      heap->options.limits.compare_work * TIMES_SLICED,
                                      &op->comparison.of, &op->error) == HD_OK;
    return op->error.status;
}

static enum hd_status search(struct hd_heap *heap, struct hd_op *op, uint32_t seq,
                             uint32_t item, uint32_t *ret_index)
{
    enum hd_status status =
        hd_object_search(heap->objects, seq, item, piece_of(heap, op), ret_index, &op->error);

    return status == HD_OK ? status : go_on(heap, op, seq, item, true);
}

static bool has_part(struct hd_bytes whole, struct hd_bytes part)
{
    return part.size == 0 || memmem(whole.data, whole.size, part.data, part.size) != NULL;
}

static enum hd_status bytes_contain(const struct hd_heap *heap, struct hd_op *op,
                                    uint32_t container, uint32_t item)
{
    struct hd_bytes whole = hd_object_bytes(heap->objects, container);
    enum hd_kind kind = hd_object_kind(heap->objects, item);
    int64_t byte;

    if (kind == HD_KIND_BYTES) {
        op->out.truth = has_part(whole, hd_object_bytes(heap->objects, item));
        return HD_OK;
    }
    if (kind != HD_KIND_INT && kind != HD_KIND_BOOL) {
        return hd_refuse_type(heap, "a bytes-like object is required, not '", item, "'",
                              &op->error);
    }
    byte = hd_object_integer(heap->objects, item);
    if (byte < 0 || byte > 255) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "byte must be in range(0, 256)");
    }
    op->out.truth = memchr(whole.data, (int)byte, whole.size) != NULL;
    return HD_OK;
}

static enum hd_status contains(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                               uint32_t item)
{
    enum hd_status status;
    uint32_t place = UINT32_MAX;

    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
    case HD_KIND_TUPLE:
        status = search(heap, op, container, item, &place);
        op->out.truth = place != UINT32_MAX;
        return status;
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
        status = hd_table_find(heap->objects, container, item, &place, &op->error);
        op->out.truth = place != HD_TABLE_MISSING;
        return status;
    case HD_KIND_STR:
        if (hd_object_kind(heap->objects, item) != HD_KIND_STR) {
            return hd_refuse_type(heap, "'in <string>' requires string as left operand, not ",
                                  item, "", &op->error);
        }
        op->out.truth = has_part(hd_object_bytes(heap->objects, container),
                                 hd_object_bytes(heap->objects, item));
        return HD_OK;
    case HD_KIND_BYTES:
        return bytes_contain(heap, op, container, item);
    default:
        return hd_refuse_type(heap, "argument of type '", container, "' is not iterable",
                              &op->error);
    }
}

enum hd_status hd_op_contains(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t container;
    uint32_t item;
    enum hd_status status = hd_resolve_both(heap, op, &container, &item);

    return status != HD_OK ? status : contains(heap, op, container, item);
}

enum hd_status hd_op_equals(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t left;
    uint32_t right;
    enum hd_status status = hd_resolve_both(heap, op, &left, &right);

    if (status != HD_OK) {
        return status;
    }
    /* Identity comes first for items of containers only: a nan does not equal itself. */
    if (left == right && hd_object_kind(heap->objects, left) == HD_KIND_FLOAT) {
        op->out.truth = !isnan(hd_object_real(heap->objects, left));
        return HD_OK;
    }
    status = hd_object_equal(heap->objects, left, right, piece_of(heap, op), &op->out.truth,
                             &op->error);
    return status == HD_OK ? status : go_on(heap, op, left, right, false);
}

static enum hd_status remove_found(struct hd_heap *heap, struct hd_op *op, uint32_t list,
                                   uint32_t index)
{
    if (index == UINT32_MAX) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "list.remove(x): x not in list");
    }
    if (hd_undo_change(heap, op, list, 0) != HD_OK) {
        return op->error.status;
    }
    return hd_list_delete(heap->objects, hd_op_cascade(op), list, index, 1, 1, &op->error);
}

enum hd_status hd_op_remove(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t container;
    uint32_t item;
    uint32_t place;
    enum hd_status status = hd_resolve_both(heap, op, &container, &item);

    if (status != HD_OK) {
        return status;
    }
    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
        status = search(heap, op, container, item, &place);
        return status != HD_OK || op->searching ? status
                                                : remove_found(heap, op, container, place);
    case HD_KIND_SET:
        status = hd_table_find(heap->objects, container, item, &place, &op->error);
        if (status == HD_OK && place == HD_TABLE_MISSING) {
            return hd_refuse_key(heap, item, &op->error);
        }
        if (status == HD_OK) {
            status = hd_undo_change(heap, op, container, 0);
        }
        if (status == HD_OK) {
            hd_table_delete(heap->objects, hd_op_cascade(op), container, place);
        }
        return status;
    default:
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, container, hd_bytes_of("remove"),
                                   &op->error);
    }
}

static void give_answer(struct hd_heap *heap, struct hd_op *op)
{
    const struct hd_comparison *of = op->comparison.of;

    if (op->code == HD_OP_REMOVE) {
        op->searching = remove_found(heap, op, of->left, of->equal ? of->index : UINT32_MAX) !=
                        HD_OK; /* and so it changed nothing */
    } else {
        op->out.truth = of->equal;
    }
}

/* True: the search is over. */
static bool advance(struct hd_heap *heap, struct hd_op *op, uint64_t *steps)
{
    switch (hd_comparison_work(op->comparison.of, steps, &op->error)) {
    case HD_COMPARED_MORE:
        return false;
    case HD_COMPARED_CHANGED:
        if (++op->comparison.tries < TRIES) {
            return false;
        }
        (void)hd_fail(&op->error, HD_ABORTED, HD_REASON_CHANGED,
                      "object %" PRIu64 " changed %d times while it was compared",
                      op->comparison.left, TRIES);
        return true;
    case HD_COMPARED_DONE:
        give_answer(heap, op);
        return true;
    default:
        if (heap->quota.refusal.reason != HD_REASON_NONE &&
            op->error.reason == HD_REASON_LIMIT_MEMORY) {
            (void)hd_quota_explain(&heap->quota, &op->error);
        }
        return true;
    }
}

/* True: both live; the operation names them anew with each slice. */
static bool are_alive(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t slot;

    return hd_object_resolve(heap->objects, op->comparison.left, &slot, &op->error) == HD_OK &&
           hd_object_resolve(heap->objects, op->comparison.right, &slot, &op->error) == HD_OK;
}

bool hd_compare_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint64_t steps = (uint64_t)*units * UNIT_PAIRS;
    bool over = false;

    if (op->comparison.of == NULL) {
        return true;
    }
    hd_quota_begin(&heap->quota, (hd_op_table[op->code].is & HD_OP_GIVES) != 0);
    over = !are_alive(heap, op);
    while (!over && steps > 0) {
        over = advance(heap, op, &steps);
    }
    *units = (uint32_t)(steps / UNIT_PAIRS);
    if (over) {
        hd_comparison_free(op->comparison.of);
        op->comparison.of = NULL;
    }
    return over && hd_op_cascade(op)->top == 0;
}
