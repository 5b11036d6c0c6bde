/* SPDX-License-Identifier: MIT */
/* op_create.c: making an object and putting it where it is kept, or neither.
 *
 * While it is made and placed, the operation holds it with a reference of its own. */
#include "base/check.h"
#include "base/utf8.h"
#include "heap/internal.h"

/* Where it goes, judged and reserved. */
struct place {
    struct hd_frame *frame; /* HD_KEEP_HOLD */
    struct hd_names *names; /* HD_KEEP_BIND */
    struct hd_name *name;
    uint32_t container; /* HD_KEEP_STORE */
    uint32_t key;
};

static enum hd_status judge_bind(struct hd_heap *heap, struct hd_op *op, struct place *place)
{
    const struct hd_name_target *bind = &op->in.create.bind;
    uint32_t max = heap->options.limits.names;
    enum hd_status status = hd_judge_name(heap, "name", bind->name, &op->error);

    if (status != HD_OK) {
        return status;
    }
    place->names = hd_scope_names(heap, op->session, bind->scope);
    place->name = hd_names_find(place->names, bind->name);
    if (place->name == NULL && place->names->rows.live >= max) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_NAMES,
                       "the scope has %u names, and may not have more", max);
    }
    place->name = hd_names_claim(place->names, bind->name);
    return place->name == NULL ? hd_refuse_memory(&op->error, "a name") : HD_OK;
}

/* A container of the kind the slot is of. */
static enum hd_status judge_store(struct hd_heap *heap, struct hd_op *op, struct place *place)
{
    const struct hd_store *store = &op->in.create.store;
    enum hd_status status = hd_resolve(heap, op, &store->container, &place->container);
    enum hd_kind kind;

    if (status == HD_OK && store->to == HD_STORE_KEY) {
        status = hd_resolve(heap, op, &store->key, &place->key);
    }
    if (status != HD_OK) {
        return status;
    }
    kind = hd_object_kind(heap->objects, place->container);
    if (store->to == HD_STORE_APPEND && kind != HD_KIND_LIST) {
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, place->container,
                                   hd_bytes_of("append"), &op->error);
    }
    if (store->to == HD_STORE_ADD && kind != HD_KIND_SET) {
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, place->container,
                                   hd_bytes_of("add"), &op->error);
    }
    if ((store->to == HD_STORE_INDEX && kind != HD_KIND_LIST) ||
        (store->to == HD_STORE_KEY && kind != HD_KIND_DICT)) {
        return hd_refuse_type(heap, "'", place->container,
                              "' object does not support item assignment", &op->error);
    }
    if (store->to == HD_STORE_ATTRIBUTE) {
        status = hd_judge_name(heap, "attribute name", store->attribute, &op->error);
        if (status == HD_OK && kind != HD_KIND_INSTANCE) {
            status = hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, place->container,
                                         store->attribute, &op->error);
        }
    }
    return status;
}

static enum hd_status judge_place(struct hd_heap *heap, struct hd_op *op, struct place *place)
{
    switch (op->in.create.keep) {
    case HD_KEEP_HOLD:
        place->frame = op->session->top;
        return HD_OK;
    case HD_KEEP_BATCH:
        return op->batch != NULL
                   ? HD_OK
                   : hd_refuse_argument(&op->error, "outside a batch nothing would keep it");
    case HD_KEEP_BIND:
        return judge_bind(heap, op, place);
    default:
        return judge_store(heap, op, place);
    }
}

/* References that a new object may take and give up again while it is filled. */
static uint64_t most_given_up(const struct hd_new *object)
{
    switch (object->kind) {
    case HD_KIND_DICT:
        return 2 * (uint64_t)object->pairs.keys.count;
    case HD_KIND_INSTANCE:
        return 2 * (uint64_t)object->instance.name_count;
    default:
        return hd_kind_is_table(object->kind) ? object->items.count : 0;
    }
}

static enum hd_status store(struct hd_heap *heap, struct hd_op *op, const struct place *place,
                            uint32_t slot)
{
    const struct hd_store *to = &op->in.create.store;
    struct hd_cascade *cascade = hd_op_cascade(op);

    if (hd_undo_change(heap, op, place->container, 0) != HD_OK) {
        return op->error.status;
    }
    switch (to->to) {
    case HD_STORE_APPEND:
        return hd_items_append(heap, place->container, slot, &op->error);
    case HD_STORE_ADD:
        return hd_items_put(heap, cascade, place->container, slot, 0, NULL, &op->error);
    case HD_STORE_INDEX:
        return hd_items_set_index(heap, cascade, place->container, to->index, slot, &op->error);
    case HD_STORE_KEY:
        return hd_items_put(heap, cascade, place->container, place->key, slot, NULL,
                            &op->error);
    default:
        return hd_attr_put(heap, cascade, place->container, to->attribute, slot, NULL,
                           &op->error);
    }
}

static enum hd_status put_in_place(struct hd_heap *heap, struct hd_op *op,
                                   const struct place *place, uint32_t slot)
{
    uint32_t old;

    if (op->in.create.keep == HD_KEEP_STORE) {
        return store(heap, op, place, slot);
    }
    if (op->in.create.keep == HD_KEEP_BIND) {
        if (!hd_refs_take(heap->objects, slot)) {
            return hd_refuse_count(heap, slot, &op->error);
        }
        old = hd_names_set(place->names, place->name, slot);
        hd_undo_note_bound(op, place->names, place->name, old);
        if (old != 0) {
            hd_refs_drop(heap->objects, hd_op_cascade(op), old);
        }
    }
    return HD_OK;
}

static enum hd_status fill_table(struct hd_heap *heap, struct hd_op *op, uint32_t slot,
                                 const uint32_t *keys, const uint32_t *values, size_t count)
{
    enum hd_status status = HD_OK;

    for (size_t i = 0; status == HD_OK && i < count; i++) {
        status = hd_table_put(heap->objects, hd_op_cascade(op), slot, keys[i],
                              values == NULL ? 0 : values[i], NULL, &op->error);
    }
    return status;
}

static enum hd_status make_container(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_slot)
{
    const struct hd_new *object = &op->in.create.object;
    size_t count = object->items.count;
    uint32_t *items;
    enum hd_status status = hd_resolve_all(heap, op, &object->items, &items);

    if (status != HD_OK) {
        return status;
    }
    if (object->kind == HD_KIND_TUPLE) {
        status = hd_object_new_tuple(heap->objects, items, count, ret_slot, &op->error);
    } else if (object->kind == HD_KIND_LIST) {
        status = hd_object_new_list(heap->objects, items, count, ret_slot, &op->error);
    } else {
        status = hd_object_new_table(heap->objects, object->kind, ret_slot, &op->error);
        if (status == HD_OK) {
            status = fill_table(heap, op, *ret_slot, items, NULL, count);
            if (status != HD_OK) {
                hd_object_discard(heap->objects, hd_op_cascade(op), *ret_slot);
            }
        }
    }
    hd_array_free(heap, items, count);
    return status;
}

static enum hd_status make_dict(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_slot)
{
    const struct hd_operands *keys = &op->in.create.object.pairs.keys;
    const struct hd_operands *values = &op->in.create.object.pairs.values;
    uint32_t *key_slots;
    uint32_t *value_slots;
    enum hd_status status;

    if (keys->count != values->count) {
        return hd_refuse_argument(&op->error, "there are not as many values as keys");
    }
    status = hd_resolve_all(heap, op, keys, &key_slots);
    if (status != HD_OK) {
        return status;
    }
    status = hd_resolve_all(heap, op, values, &value_slots);
    if (status == HD_OK) {
        status = hd_object_new_table(heap->objects, HD_KIND_DICT, ret_slot, &op->error);
        if (status == HD_OK) {
            status = fill_table(heap, op, *ret_slot, key_slots, value_slots, keys->count);
            if (status != HD_OK) {
                hd_object_discard(heap->objects, hd_op_cascade(op), *ret_slot);
            }
        }
        hd_array_free(heap, value_slots, values->count);
    }
    hd_array_free(heap, key_slots, keys->count);
    return status;
}

static enum hd_status fill_instance(struct hd_heap *heap, struct hd_op *op, uint32_t slot,
                                    const uint32_t *values)
{
    const struct hd_new *object = &op->in.create.object;
    enum hd_status status = HD_OK;

    for (size_t i = 0; status == HD_OK && i < object->instance.name_count; i++) {
        bool added = false;

        status = hd_judge_name(heap, "attribute name", object->instance.names[i], &op->error);
        if (status == HD_OK) {
            status = hd_attr_put(heap, hd_op_cascade(op), slot, object->instance.names[i],
                                 values[i], &added, &op->error);
        }
        if (status == HD_OK && !added) {
            status = hd_refuse_argument(&op->error, "an attribute name is given twice");
        }
    }
    return status;
}

static enum hd_status make_instance(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_slot)
{
    const struct hd_new *object = &op->in.create.object;
    uint32_t *values;
    enum hd_status status =
        hd_judge_name(heap, "class name", object->instance.class_name, &op->error);

    if (status == HD_OK && object->instance.name_count != object->instance.values.count) {
        status = hd_refuse_argument(&op->error, "there are not as many values as names");
    }
    if (status == HD_OK) {
        status = hd_resolve_all(heap, op, &object->instance.values, &values);
    }
    if (status != HD_OK) {
        return status;
    }
    status = hd_object_new_instance(heap->objects, object->instance.class_name, ret_slot,
                                    &op->error);
    if (status == HD_OK) {
        status = fill_instance(heap, op, *ret_slot, values);
        if (status != HD_OK) {
            hd_object_discard(heap->objects, hd_op_cascade(op), *ret_slot);
        }
    }
    hd_array_free(heap, values, object->instance.values.count);
    return status;
}

static enum hd_status make_text(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_slot)
{
    const struct hd_new *object = &op->in.create.object;
    struct hd_bytes bytes = object->bytes;

    if (bytes.size > heap->options.limits.value_bytes) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "a %s of %zu bytes is too long", hd_kind_name(object->kind), bytes.size);
    }
    if (object->kind == HD_KIND_BYTES) {
        return hd_object_new_bytes(heap->objects, bytes, ret_slot, &op->error);
    }
    if (!hd_utf8_is_valid(bytes.data, bytes.size)) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_UTF8,
                       "the text is not UTF-8 from byte %zu on",
                       hd_utf8_prefix(bytes.data, bytes.size));
    }
    return hd_object_new_str(heap->objects, bytes, object->interned, ret_slot, &op->error);
}

static enum hd_status make(struct hd_heap *heap, struct hd_op *op, uint32_t *ret_slot)
{
    const struct hd_new *object = &op->in.create.object;

    switch (object->kind) {
    case HD_KIND_NONE:
        *ret_slot = hd_object_none();
        return HD_OK;
    case HD_KIND_BOOL:
        *ret_slot = hd_object_bool(object->flag);
        return HD_OK;
    case HD_KIND_INT:
        return hd_object_new_int(heap->objects, object->integer, ret_slot, &op->error);
    case HD_KIND_FLOAT:
        return hd_object_new_float(heap->objects, object->real, ret_slot, &op->error);
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        return make_text(heap, op, ret_slot);
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
        return make_container(heap, op, ret_slot);
    case HD_KIND_DICT:
        return make_dict(heap, op, ret_slot);
    case HD_KIND_INSTANCE:
        return make_instance(heap, op, ret_slot);
    default:
        return hd_refuse_argument(&op->error, "there is no value to make an object of");
    }
}

enum hd_status hd_op_create(struct hd_heap *heap, struct hd_op *op)
{
    struct place place = {0};
    uint32_t slot;
    enum hd_status status = judge_place(heap, op, &place);

    if (status != HD_OK) {
        return status;
    }
    status = hd_undo_reserve(op, most_given_up(&op->in.create.object));
    if (status == HD_OK) {
        status = make(heap, op, &slot);
    }
    if (status == HD_OK && !hd_refs_take(heap->objects, slot)) {
        status = hd_refuse_count(heap, slot, &op->error); /* an interned str */
    } else if (status == HD_OK) {
        status = hd_result_keep(heap, op, place.frame, slot);
        if (status == HD_OK) {
            status = put_in_place(heap, op, &place, slot);
            if (status != HD_OK) {
                hd_result_undo(heap, op, place.frame, slot);
            }
        }
        hd_refs_drop(heap->objects, hd_op_cascade(op), slot);
    }
    if (status != HD_OK && place.name != NULL) {
        hd_names_unclaim(place.names, place.name);
    }
    return status;
}
