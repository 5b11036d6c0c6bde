/* SPDX-License-Identifier: MIT */
/* subscript.c: indices and slices as Python reads them (PySlice_AdjustIndices). */
#include "heap/internal.h"

static int64_t clamp(bool given, int64_t value, int64_t length, int64_t absent, int64_t low,
                     int64_t high)
{
    if (!given) {
        return absent;
    }
    if (value < 0) {
        value = value < -length ? low : value + length;
    }
    return value < low ? low : value > high ? high : value;
}

struct hd_range hd_slice_range(const struct hd_slice *slice, int64_t length)
{
    int64_t step = slice->step == 0 ? 1 : slice->step < -INT64_MAX ? -INT64_MAX : slice->step;
    bool back = step < 0;
    int64_t low = back ? -1 : 0;
    int64_t high = back ? length - 1 : length;
    int64_t start = clamp(slice->has_start, slice->start, length, back ? high : low, low, high);
    int64_t stop = clamp(slice->has_stop, slice->stop, length, back ? low : high, low, high);
    int64_t count = 0;

    if (!back && start < stop) {
        count = (stop - start - 1) / step + 1;
    } else if (back && stop < start) {
        count = (start - stop - 1) / -step + 1;
    }
    return (struct hd_range){start, step, count};
}

static enum hd_status refuse_index(const struct hd_heap *heap, uint32_t container, uint32_t key,
                                   struct hd_error *error)
{
    enum hd_kind kind =
        container == 0 ? HD_KIND_FREE : hd_object_kind(heap->objects, container);

    switch (kind) {
    case HD_KIND_LIST:
        return hd_refuse_type(heap, "list indices must be integers or slices, not ", key, "",
                              error);
    case HD_KIND_TUPLE:
        return hd_refuse_type(heap, "tuple indices must be integers or slices, not ", key, "",
                              error);
    case HD_KIND_STR:
        return hd_refuse_type(heap, "string indices must be integers, not '", key, "'", error);
    case HD_KIND_BYTES:
        return hd_refuse_type(heap, "byte indices must be integers or slices, not ", key, "",
                              error);
    default:
        return hd_refuse_type(heap, "'", key, "' object cannot be interpreted as an integer",
                              error);
    }
}

enum hd_status hd_subscript_number(const struct hd_heap *heap, struct hd_op *op,
                                   const struct hd_subscript *at, uint32_t container,
                                   int64_t *ret_number)
{
    uint32_t key;
    enum hd_kind kind;
    enum hd_status status;

    if (at->at == HD_AT_INDEX) {
        *ret_number = at->index;
        return HD_OK;
    }
    if (at->at != HD_AT_KEY) {
        return hd_refuse_argument(&op->error, "the place is no index");
    }
    status = hd_resolve(heap, op, &at->key, &key);
    if (status != HD_OK) {
        return status;
    }
    kind = hd_object_kind(heap->objects, key);
    if (kind != HD_KIND_INT && kind != HD_KIND_BOOL) {
        return refuse_index(heap, container, key, &op->error);
    }
    *ret_number = hd_object_integer(heap->objects, key);
    return HD_OK;
}

enum hd_status hd_index_judge(int64_t number, int64_t length, const char *sentence,
                              uint32_t *ret_index, struct hd_error *error)
{
    if (number < 0) {
        number += length;
    }
    if (number < 0 || number >= length) {
        return hd_fail(error, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR, "%s", sentence);
    }
    *ret_index = (uint32_t)number;
    return HD_OK;
}
