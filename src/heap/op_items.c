/* SPDX-License-Identifier: MIT */
/* op_items.c: container[place]: get, set, delete; and pop, which is get and delete. */
#include "base/check.h"
#include "base/utf8.h"
#include "heap/copying.h"

/* From so many places on a deletion of a slice with a step takes slices. */
#define WIDE_SLICE 65536

static enum hd_status resolve_key(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_key)
{
    if (op->in.item.at.at != HD_AT_KEY) {
        return hd_refuse_argument(&op->error, "a dict is subscripted by a key object");
    }
    return hd_resolve(heap, op, &op->in.item.at.key, ret_key);
}

/* The position of the key; PY_KEY_ERROR, unless a missing one is all right. */
static enum hd_status find_key(struct hd_heap *heap, struct hd_op *op, uint32_t dict,
                               bool missing_ok, uint32_t *ret_position)
{
    uint32_t key;
    enum hd_status status = resolve_key(heap, op, &key);

    if (status == HD_OK) {
        status = hd_table_find(heap->objects, dict, key, ret_position, &op->error);
    }
    if (status == HD_OK && *ret_position == HD_TABLE_MISSING && !missing_ok) {
        return hd_refuse_key(heap, key, &op->error);
    }
    return status;
}

enum hd_status hd_op_set_item(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_cascade *cascade = hd_op_cascade(op);
    uint32_t container;
    uint32_t item;
    uint32_t key;
    int64_t number;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, &container);

    if (status == HD_OK) {
        status = hd_resolve(heap, op, &op->in.item.item, &item);
    }
    if (status != HD_OK) {
        return status;
    }
    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
        status = hd_subscript_number(heap, op, &op->in.item.at, container, &number);
        if (status == HD_OK) {
            status = hd_undo_change(heap, op, container, 0);
        }
        return status != HD_OK
                   ? status
                   : hd_items_set_index(heap, cascade, container, number, item, &op->error);
    case HD_KIND_DICT:
        status = resolve_key(heap, op, &key);
        if (status == HD_OK) {
            status = hd_undo_change(heap, op, container, 0);
        }
        return status != HD_OK
                   ? status
                   : hd_items_put(heap, cascade, container, key, item, NULL, &op->error);
    default:
        return hd_refuse_type(heap, "'", container, "' object does not support item assignment",
                              &op->error);
    }
}

/* The character or byte at an index, as an object that may be new. */
static enum hd_status text_item(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                                int64_t number, uint32_t *ret_slot)
{
    struct hd_bytes text = hd_object_bytes(heap->objects, container);
    bool is_str = hd_object_kind(heap->objects, container) == HD_KIND_STR;
    size_t length = is_str ? hd_utf8_length(text.data, text.size) : text.size;
    uint32_t index;
    size_t from;
    enum hd_status status = hd_index_judge(
        number, (int64_t)length, is_str ? "string index out of range" : "index out of range",
        &index, &op->error);

    if (status != HD_OK) {
        return status;
    }
    if (!is_str) {
        return hd_object_new_int(heap->objects, (unsigned char)text.data[index], ret_slot,
                                 &op->error);
    }
    from = hd_utf8_offset(text.data, text.size, index);
    text.data += from;
    text.size = hd_utf8_offset(text.data, text.size - from, 1);
    return hd_object_new_str(heap->objects, text, false, ret_slot, &op->error);
}

static enum hd_status get_by_number(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                                    uint32_t *ret_slot)
{
    enum hd_kind kind = hd_object_kind(heap->objects, container);
    int64_t number;
    uint32_t index;
    enum hd_status status = hd_subscript_number(heap, op, &op->in.item.at, container, &number);

    if (status != HD_OK) {
        return status;
    }
    if (kind == HD_KIND_STR || kind == HD_KIND_BYTES) {
        return text_item(heap, op, container, number, ret_slot);
    }
    status = hd_index_judge(number, hd_seq_length(heap->objects, container),
                            kind == HD_KIND_LIST ? "list index out of range"
                                                 : "tuple index out of range",
                            &index, &op->error);
    if (status == HD_OK) {
        *ret_slot = hd_seq_item(heap->objects, container, index);
    }
    return status;
}

enum hd_status hd_op_get_item(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t container;
    uint32_t position;
    uint32_t slot = 0;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, &container);

    if (status != HD_OK) {
        return status;
    }
    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
    case HD_KIND_TUPLE:
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        status = get_by_number(heap, op, container, &slot);
        break;
    case HD_KIND_DICT:
        status = find_key(heap, op, container, op->in.item.missing_ok, &position);
        if (status == HD_OK && position != HD_TABLE_MISSING) {
            slot = hd_table_value(heap->objects, container, position);
        }
        break;
    default:
        return hd_refuse_type(heap, "'", container, "' object is not subscriptable",
                              &op->error);
    }
    if (status != HD_OK || slot == 0) {
        return status;
    }
    status = hd_result_keep(heap, op, hd_result_frame(op, op->in.item.hold), slot);
    hd_object_discard(heap->objects, hd_op_cascade(op), slot); /* new, and not kept */
    return status;
}

/* What is left of the list is copied in slices, and takes its place.  Without room for a copy
 * it is done in one piece. */
static bool delete_in_slices(struct hd_heap *heap, struct hd_op *op, uint32_t list,
                             struct hd_range range)
{
    const struct hd_copy_part all = {.source = op->in.item.container};
    const struct hd_copy_order order = {.parts = &all,
                                        .count = 1,
                                        .kind = HD_KIND_LIST,
                                        .length = hd_seq_length(heap->objects, list) -
                                                  (uint64_t)range.count,
                                        .list = list,
                                        .left_out = range};
    bool wide = range.step > 1 && (range.count - 1) * range.step >= WIDE_SLICE;

    return wide && hd_copying_is_due(heap, op, order.length) &&
           hd_copying_begin(heap, op, &order) == HD_OK;
}

static enum hd_status delete_slice(struct hd_heap *heap, struct hd_op *op, uint32_t list)
{
    struct hd_range range =
        hd_slice_range(&op->in.item.at.slice, hd_seq_length(heap->objects, list));

    if (range.step < 0) {
        range.start += (range.count - 1) * range.step;
        range.step = -range.step;
    }
    if (range.count == 0 || delete_in_slices(heap, op, list, range)) {
        return HD_OK;
    }
    hd_error_clear(&op->error);
    if (hd_undo_change(heap, op, list, (uint64_t)range.count) != HD_OK) {
        return op->error.status;
    }
    return hd_list_delete(heap->objects, hd_op_cascade(op), list, (uint32_t)range.start,
                          range.count == 1 ? 1 : (uint32_t)range.step, (uint32_t)range.count,
                          &op->error);
}

static enum hd_status delete_from_list(struct hd_heap *heap, struct hd_op *op, uint32_t list)
{
    int64_t length = hd_seq_length(heap->objects, list);
    int64_t number;
    uint32_t index;
    enum hd_status status;

    if (op->in.item.at.at == HD_AT_SLICE) {
        return delete_slice(heap, op, list);
    }
    status = hd_subscript_number(heap, op, &op->in.item.at, list, &number);
    if (status == HD_OK) {
        status = hd_index_judge(number, length, "list assignment index out of range", &index,
                                &op->error);
    }
    if (status == HD_OK) {
        status = hd_undo_change(heap, op, list, 0);
    }
    return status != HD_OK ? status
                           : hd_list_delete(heap->objects, hd_op_cascade(op), list, index, 1, 1,
                                            &op->error);
}

/* CPython has two sentences: one of numbers of what it takes for a sequence, sets and instances
 * included, and one of all else. */
static enum hd_status refuse_deletion(struct hd_heap *heap, struct hd_op *op,
                                      uint32_t container)
{
    enum hd_kind kind = hd_object_kind(heap->objects, container);
    bool is_number = op->in.item.at.at == HD_AT_INDEX;
    uint32_t key;

    if (op->in.item.at.at == HD_AT_KEY) {
        enum hd_status status = hd_resolve(heap, op, &op->in.item.at.key, &key);

        if (status != HD_OK) {
            return status;
        }
        is_number = hd_object_kind(heap->objects, key) == HD_KIND_INT ||
                    hd_object_kind(heap->objects, key) == HD_KIND_BOOL;
    }
    return hd_refuse_type(heap, "'", container,
                          is_number && kind >= HD_KIND_STR && kind <= HD_KIND_INSTANCE
                              ? "' object doesn't support item deletion"
                              : "' object does not support item deletion",
                          &op->error);
}

enum hd_status hd_op_del_item(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t container;
    uint32_t position;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, &container);

    if (status != HD_OK) {
        return status;
    }
    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
        return delete_from_list(heap, op, container);
    case HD_KIND_DICT:
        status = find_key(heap, op, container, false, &position);
        if (status == HD_OK) {
            status = hd_undo_change(heap, op, container, 0);
        }
        if (status == HD_OK) {
            hd_table_delete(heap->objects, hd_op_cascade(op), container, position);
        }
        return status;
    default:
        return refuse_deletion(heap, op, container);
    }
}

static enum hd_status pop_place_of_list(struct hd_heap *heap, struct hd_op *op, uint32_t list,
                                        uint32_t *ret_index)
{
    uint32_t length = hd_seq_length(heap->objects, list);
    int64_t number = -1;
    enum hd_status status = HD_OK;

    if (op->in.item.at.at != HD_AT_NOTHING) {
        status = hd_subscript_number(heap, op, &op->in.item.at, 0, &number);
    }
    if (status != HD_OK) {
        return status;
    }
    return hd_index_judge(number, length,
                          length == 0 ? "pop from empty list" : "pop index out of range",
                          ret_index, &op->error);
}

static enum hd_status pop_place_of_set(struct hd_heap *heap, struct hd_op *op, uint32_t set,
                                       uint32_t *ret_position)
{
    if (op->in.item.at.at != HD_AT_NOTHING) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "set.pop() takes no arguments (1 given)");
    }
    if (hd_table_length(heap->objects, set) == 0) {
        return hd_fail(&op->error, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR,
                       "'pop from an empty set'");
    }
    /* Which one is not defined: the last, for there are no holes behind it. */
    *ret_position = hd_table_span(heap->objects, set) - 1;
    return HD_OK;
}

static enum hd_status pop_place_of_dict(struct hd_heap *heap, struct hd_op *op, uint32_t dict,
                                        uint32_t *ret_position)
{
    if (op->in.item.at.at == HD_AT_NOTHING) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "pop expected at least 1 argument, got 0");
    }
    if (hd_table_length(heap->objects, dict) ==
        0) { /* unhashable or not: Python does not ask */
        uint32_t key;
        enum hd_status status = resolve_key(heap, op, &key);

        return status != HD_OK ? status : hd_refuse_key(heap, key, &op->error);
    }
    return find_key(heap, op, dict, false, ret_position);
}

enum hd_status hd_op_pop(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_objects *objects = heap->objects;
    uint32_t container;
    uint32_t place = 0;
    uint32_t slot;
    enum hd_kind kind;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, &container);

    if (status != HD_OK) {
        return status;
    }
    kind = hd_object_kind(objects, container);
    if (kind == HD_KIND_LIST) {
        status = pop_place_of_list(heap, op, container, &place);
    } else if (kind == HD_KIND_DICT) {
        status = pop_place_of_dict(heap, op, container, &place);
    } else if (kind == HD_KIND_SET) {
        status = pop_place_of_set(heap, op, container, &place);
    } else {
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, container, hd_bytes_of("pop"),
                                   &op->error);
    }
    if (status != HD_OK) {
        return status;
    }
    if (hd_undo_change(heap, op, container, 0) != HD_OK) {
        return op->error.status;
    }
    slot = kind == HD_KIND_LIST   ? hd_seq_item(objects, container, place)
           : kind == HD_KIND_DICT ? hd_table_value(objects, container, place)
                                  : hd_table_key(objects, container, place);
    status = hd_result_keep(heap, op, hd_result_frame(op, op->in.item.hold), slot);
    if (status != HD_OK) {
        return status;
    }
    if (kind == HD_KIND_LIST) {
        status = hd_list_delete(objects, hd_op_cascade(op), container, place, 1, 1, &op->error);
        HD_CHECK(status == HD_OK);
    } else {
        hd_table_delete(objects, hd_op_cascade(op), container, place);
    }
    return HD_OK;
}
