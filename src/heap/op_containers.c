/* SPDX-License-Identifier: MIT */
/* op_containers.c: the methods of list, dict and set. */
#include "base/check.h"
#include "heap/internal.h"

static enum hd_status refuse_method(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                                    const char *method)
{
    return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, container, hd_bytes_of(method),
                               &op->error);
}

enum hd_status hd_op_append(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t list;
    uint32_t item;
    enum hd_status status = hd_resolve_both(heap, op, &list, &item);

    if (status == HD_OK && hd_object_kind(heap->objects, list) == HD_KIND_LIST) {
        status = hd_undo_change(heap, op, list, 0);
    }
    return status != HD_OK ? status : hd_items_append(heap, list, item, &op->error);
}

enum hd_status hd_op_insert(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t list;
    uint32_t item;
    int64_t number;
    int64_t length;
    enum hd_status status = hd_resolve_both(heap, op, &list, &item);

    if (status != HD_OK) {
        return status;
    }
    if (hd_object_kind(heap->objects, list) != HD_KIND_LIST) {
        return refuse_method(heap, op, list, "insert");
    }
    length = hd_seq_length(heap->objects, list);
    status = hd_subscript_number(heap, op, &op->in.item.at, 0, &number);
    if (status == HD_OK) {
        status = hd_judge_growth(heap, (uint64_t)length, 1, &op->error);
    }
    if (status == HD_OK) {
        status = hd_undo_change(heap, op, list, 0);
    }
    if (status != HD_OK) {
        return status;
    }
    number = number < -length ? 0 : number < 0 ? number + length : number;
    number = number > length ? length : number;
    status = hd_list_insert_at(heap->objects, list, (uint32_t)number, item, &op->error);
    if (status == HD_OK) {
        hd_scans_note_insert(heap, list);
    }
    return status;
}

enum hd_status hd_op_clear(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t container;
    enum hd_kind kind;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, &container);

    if (status != HD_OK) {
        return status;
    }
    kind = hd_object_kind(heap->objects, container);
    if (kind != HD_KIND_LIST && kind != HD_KIND_DICT && kind != HD_KIND_SET) {
        return refuse_method(heap, op, container, "clear");
    }
    if (hd_undo_change(heap, op, container, hd_snapshot_cost(heap->objects, container)) !=
        HD_OK) {
        return op->error.status;
    }
    return hd_object_clear(heap->objects, hd_op_cascade(op), container, &op->error);
}

enum hd_status hd_op_add(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t set;
    uint32_t item;
    enum hd_status status = hd_resolve_both(heap, op, &set, &item);

    if (status != HD_OK) {
        return status;
    }
    if (hd_object_kind(heap->objects, set) != HD_KIND_SET) {
        return refuse_method(heap, op, set, "add");
    }
    if (hd_undo_change(heap, op, set, 0) != HD_OK) {
        return op->error.status;
    }
    return hd_items_put(heap, hd_op_cascade(op), set, item, 0, &op->out.changed, &op->error);
}

enum hd_status hd_op_discard(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t set;
    uint32_t item;
    uint32_t position;
    enum hd_status status = hd_resolve_both(heap, op, &set, &item);

    if (status != HD_OK) {
        return status;
    }
    if (hd_object_kind(heap->objects, set) != HD_KIND_SET) {
        return refuse_method(heap, op, set, "discard");
    }
    status = hd_table_find(heap->objects, set, item, &position, &op->error);
    if (status != HD_OK || position == HD_TABLE_MISSING) {
        return status;
    }
    status = hd_undo_change(heap, op, set, 0);
    if (status == HD_OK) {
        hd_table_delete(heap->objects, hd_op_cascade(op), set, position);
        op->out.changed = true;
    }
    return status;
}

enum hd_status hd_op_intern(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t text;
    uint32_t slot;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.item, &text);

    if (status != HD_OK) {
        return status;
    }
    if (hd_object_kind(heap->objects, text) != HD_KIND_STR) {
        return hd_refuse_type(heap, "intern() argument must be str, not ", text, "",
                              &op->error);
    }
    slot = hd_object_find_interned(heap->objects, hd_object_bytes(heap->objects, text));
    if (slot != 0) {
        return hd_result_keep(heap, op, hd_result_frame(op, op->in.item.hold), slot);
    }
    status = hd_result_keep(heap, op, hd_result_frame(op, op->in.item.hold), text);
    if (status == HD_OK) {
        status = hd_object_intern(heap->objects, text, &slot, &op->error);
        if (status != HD_OK) {
            hd_result_undo(heap, op, hd_result_frame(op, op->in.item.hold), text);
        } else {
            hd_undo_note_interned(op, text);
        }
    }
    return status;
}
