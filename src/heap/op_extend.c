/* SPDX-License-Identifier: MIT */
/* op_extend.c: many items at once, all or none.  Those of another object, for a list, are
 * copied in slices if they are very many (copying.h), outside of batches.
 *
 * [extend.inv.order]  Entries are in insertion order and nothing else comes
 *                     between: what was added is what stands behind the first
 *                     `before` entries, and can be taken out again. */
#include "base/check.h"
#include "heap/copying.h"
#include "object/draft.h"

static void take_back(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t table,
                      uint32_t before)
{
    while (hd_table_length(heap->objects, table) > before) {
        /* No holes at the end: the last position is an entry. */
        hd_table_delete(heap->objects, cascade, table, hd_table_span(heap->objects, table) - 1);
    }
}

static enum hd_status extend_set(struct hd_heap *heap, struct hd_op *op, uint32_t set,
                                 const uint32_t *items, size_t count)
{
    uint32_t before = hd_table_length(heap->objects, set);
    enum hd_status status = HD_OK;

    for (size_t i = 0; status == HD_OK && i < count; i++) {
        status = hd_items_put(heap, hd_op_cascade(op), set, items[i], 0, NULL, &op->error);
    }
    if (status != HD_OK) {
        take_back(heap, hd_op_cascade(op), set, before);
    }
    return status;
}

/* Which keys are there already; a reference to each value that will replace
 * another is taken, so that the replacing cannot fail. */
static enum hd_status prepare_update(struct hd_heap *heap, struct hd_op *op, uint32_t dict,
                                     uint32_t from, uint32_t *ret_known)
{
    struct hd_objects *objects = heap->objects;
    uint32_t span = hd_table_span(objects, from);
    enum hd_status status = HD_OK;
    uint32_t i;

    for (i = 0; i < span; i++) {
        uint32_t key = hd_table_key(objects, from, i);
        uint32_t position = HD_TABLE_MISSING;

        ret_known[i] = 0;
        if (key != 0) {
            status = hd_table_find(objects, dict, key, &position, &op->error);
        }
        if (status == HD_OK && position != HD_TABLE_MISSING) {
            uint32_t value = hd_table_value(objects, from, i);

            if (hd_refs_take(objects, value)) {
                ret_known[i] = value;
            } else {
                status = hd_refuse_count(heap, value, &op->error);
            }
        }
        if (status != HD_OK) {
            break;
        }
    }
    while (status != HD_OK && i > 0) {
        i--;
        if (ret_known[i] != 0) {
            hd_refs_drop(objects, hd_op_cascade(op), ret_known[i]);
        }
    }
    return status;
}

static enum hd_status carry_out_update(struct hd_heap *heap, struct hd_op *op, uint32_t dict,
                                       uint32_t from, const uint32_t *known)
{
    struct hd_objects *objects = heap->objects;
    struct hd_cascade *cascade = hd_op_cascade(op);
    uint32_t before = hd_table_length(objects, dict);
    uint32_t span = hd_table_span(objects, from);
    enum hd_status status = HD_OK;

    for (uint32_t i = 0; status == HD_OK && i < span; i++) {
        uint32_t key = hd_table_key(objects, from, i);

        if (key != 0 && known[i] == 0) {
            status = hd_items_put(heap, cascade, dict, key, hd_table_value(objects, from, i),
                                  NULL, &op->error);
        }
    }
    if (status != HD_OK) {
        take_back(heap, cascade, dict, before);
    }
    for (uint32_t i = 0; i < span; i++) {
        if (known[i] != 0) {
            hd_refs_drop(objects, cascade, known[i]);
            if (status == HD_OK) {
                status = hd_table_put(objects, cascade, dict, hd_table_key(objects, from, i),
                                      known[i], NULL, &op->error);
            }
        }
    }
    return status;
}

/* CPython copies a dict without holes into an empty one as a whole, tracked or not: what has
 * been put into the one since the last full collection need not be there any more. */
static bool is_copied(const struct hd_heap *heap, uint32_t dict, uint32_t from)
{
    return hd_table_length(heap->objects, dict) == 0 &&
           hd_table_length(heap->objects, from) == hd_table_span(heap->objects, from);
}

static enum hd_status update_dict(struct hd_heap *heap, struct hd_op *op, uint32_t dict,
                                  uint32_t from)
{
    struct hd_slots *slots = hd_objects_slots(heap->objects);
    size_t span = hd_table_span(heap->objects, from);
    bool is_copy = is_copied(heap, dict, from);
    bool was_tracked = hd_slots_is_tracked(slots, dict);
    uint32_t *known;
    enum hd_status status;

    if (from == dict || span == 0) {
        return HD_OK;
    }
    if (hd_undo_change(heap, op, dict, 2 * (uint64_t)span) != HD_OK) {
        return op->error.status;
    }
    known = hd_array_new(heap, span, &op->error);
    if (known == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    status = prepare_update(heap, op, dict, from, known);
    if (status == HD_OK) {
        status = carry_out_update(heap, op, dict, from, known);
    }
    hd_array_free(heap, known, span);
    if (status != HD_OK && !was_tracked) { /* by what has been taken out again */
        hd_slots_untrack(slots, dict);
    }
    if (status == HD_OK && is_copy && hd_slots_is_tracked(slots, from) &&
        !hd_slots_is_tracked(slots, dict)) {
        hd_slots_track(slots, dict);
    }
    return status;
}

/* The items in an array to be freed, from an object or from the operands. */
static enum hd_status gather(struct hd_heap *heap, struct hd_op *op, uint32_t from,
                             uint32_t **ret_items, size_t *ret_count)
{
    if (from == 0) {
        *ret_count = op->in.extend.items.count;
        return hd_resolve_all(heap, op, &op->in.extend.items, ret_items);
    }
    if (!hd_items_iterable(heap, from)) {
        return hd_refuse_type(heap, "'", from, "' object is not iterable", &op->error);
    }
    *ret_count = hd_items_count(heap, from);
    *ret_items = hd_array_new(heap, *ret_count, &op->error);
    if (*ret_items == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hd_items_list(heap, from, *ret_items);
    return HD_OK;
}

static bool takes_slices(const struct hd_heap *heap, const struct hd_op *op, uint32_t container,
                         uint32_t from)
{
    return from != 0 && hd_object_kind(heap->objects, container) == HD_KIND_LIST &&
           hd_items_iterable(heap, from) &&
           hd_copying_is_due(heap, op, hd_items_count(heap, from));
}

static enum hd_status begin_slices(struct hd_heap *heap, struct hd_op *op, uint32_t list,
                                   uint32_t from)
{
    const struct hd_copy_part all = {.source = op->in.extend.from};
    const struct hd_copy_order order = {&all, 1,  HD_KIND_LIST, hd_items_count(heap, from),
                                        list, {0}};
    enum hd_status status =
        hd_judge_growth(heap, hd_seq_length(heap->objects, list), order.length, &op->error);

    if (status == HD_OK) {
        status = hd_copying_begin(heap, op, &order);
    }
    if (status == HD_OK) {
        op->in.extend.from = hd_copying_part(op, 0)->source;
    }
    return status;
}

enum hd_status hd_extend_give(struct hd_heap *heap, struct hd_op *op,
                              const struct hd_cascade *draft)
{
    uint32_t list;
    enum hd_status status = hd_resolve(heap, op, &op->in.extend.container, &list);

    if (status == HD_OK) {
        status = hd_judge_growth(heap, hd_seq_length(heap->objects, list),
                                 hd_draft_length(heap->objects, draft), &op->error);
    }
    return status != HD_OK ? status : hd_draft_append(heap->objects, draft, list, &op->error);
}

static enum hd_status extend_by_items(struct hd_heap *heap, struct hd_op *op,
                                      uint32_t container, uint32_t from)
{
    bool is_list = hd_object_kind(heap->objects, container) == HD_KIND_LIST;
    uint32_t *items;
    size_t count;
    enum hd_status status = gather(heap, op, from, &items, &count);

    if (status != HD_OK) {
        return status;
    }
    status = hd_undo_change(heap, op, container, count);
    if (status != HD_OK) {
        hd_array_free(heap, items, count);
        return status;
    }
    if (is_list) {
        status =
            hd_judge_growth(heap, hd_seq_length(heap->objects, container), count, &op->error);
        if (status == HD_OK) {
            status = hd_list_extend(heap->objects, container, items, count, &op->error);
        }
    } else {
        status = extend_set(heap, op, container, items, count);
    }
    hd_array_free(heap, items, count);
    return status;
}

enum hd_status hd_op_extend(struct hd_heap *heap, struct hd_op *op)
{
    bool by_object = op->in.extend.from.by != HD_BY_NOTHING;
    uint32_t container;
    uint32_t from = 0;
    enum hd_status status = hd_resolve(heap, op, &op->in.extend.container, &container);

    if (status == HD_OK && by_object) {
        status = hd_resolve(heap, op, &op->in.extend.from, &from);
    }
    if (status != HD_OK) {
        return status;
    }
    if (by_object && op->in.extend.items.count > 0) {
        return hd_refuse_argument(&op->error,
                                  "items and an object to take them from are given");
    }
    switch (hd_object_kind(heap->objects, container)) {
    case HD_KIND_LIST:
    case HD_KIND_SET:
        return takes_slices(heap, op, container, from)
                   ? begin_slices(heap, op, container, from)
                   : extend_by_items(heap, op, container, from);
    case HD_KIND_DICT:
        if (from == 0) {
            return hd_refuse_argument(&op->error,
                                      "a dict is updated from a dict, not by items");
        }
        if (hd_object_kind(heap->objects, from) != HD_KIND_DICT) {
            return hd_refuse_type(heap, "a dict is updated from a dict, not '", from, "'",
                                  &op->error);
        }
        return update_dict(heap, op, container, from);
    default:
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, container, hd_bytes_of("extend"),
                                   &op->error);
    }
}
