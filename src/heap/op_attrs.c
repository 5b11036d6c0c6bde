/* SPDX-License-Identifier: MIT */
/* op_attrs.c: attributes of instances; their names are interned strs. */
#include "heap/internal.h"

/* Resolves and judges: an instance, and a name. */
static enum hd_status judge(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_instance)
{
    enum hd_status status = hd_resolve(heap, op, &op->in.attr.object, ret_instance);

    if (status == HD_OK) {
        status = hd_judge_name(heap, "attribute name", op->in.attr.name, &op->error);
    }
    if (status == HD_OK && hd_object_kind(heap->objects, *ret_instance) != HD_KIND_INSTANCE) {
        status = hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, *ret_instance, op->in.attr.name,
                                     &op->error);
    }
    return status;
}

static enum hd_status find(struct hd_heap *heap, struct hd_op *op, uint32_t instance,
                           uint32_t *ret_position)
{
    uint32_t key = hd_object_find_interned(heap->objects, op->in.attr.name);
    enum hd_status status = HD_OK;

    *ret_position = HD_TABLE_MISSING;
    if (key != 0) {
        status = hd_table_find(heap->objects, instance, key, ret_position, &op->error);
    }
    if (status == HD_OK && *ret_position == HD_TABLE_MISSING) {
        status =
            hd_refuse_attribute(heap, HD_NOT_FOUND, instance, op->in.attr.name, &op->error);
    }
    return status;
}

enum hd_status hd_attr_put(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t instance,
                           struct hd_bytes name, uint32_t value, bool *ret_added,
                           struct hd_error *error)
{
    uint32_t key;
    enum hd_status status = hd_object_new_str(heap->objects, name, true, &key, error);

    if (status == HD_OK) {
        status = hd_items_put(heap, cascade, instance, key, value, ret_added, error);
        hd_object_discard(heap->objects, cascade, key); /* new, and not put */
    }
    return status;
}

enum hd_status hd_op_set_attr(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t instance;
    uint32_t value;
    enum hd_status status = judge(heap, op, &instance);

    if (status == HD_OK) {
        status = hd_resolve(heap, op, &op->in.attr.value, &value);
    }
    if (status != HD_OK) {
        return status;
    }
    if (hd_undo_change(heap, op, instance, 0) != HD_OK) {
        return op->error.status;
    }
    return hd_attr_put(heap, hd_op_cascade(op), instance, op->in.attr.name, value, NULL,
                       &op->error);
}

enum hd_status hd_op_get_attr(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t instance;
    uint32_t position;
    enum hd_status status = judge(heap, op, &instance);

    if (status == HD_OK) {
        status = find(heap, op, instance, &position);
    }
    if (status != HD_OK) {
        return status;
    }
    return hd_result_keep(heap, op, hd_result_frame(op, op->in.attr.hold),
                          hd_table_value(heap->objects, instance, position));
}

enum hd_status hd_op_del_attr(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t instance;
    uint32_t position;
    enum hd_status status = judge(heap, op, &instance);

    if (status == HD_OK) {
        status = find(heap, op, instance, &position);
    }
    if (status == HD_OK) {
        status = hd_undo_change(heap, op, instance, 0);
    }
    if (status == HD_OK) {
        hd_table_delete(heap->objects, hd_op_cascade(op), instance, position);
    }
    return status;
}
