/* SPDX-License-Identifier: MIT */
/* seq.c: tuples and lists: arrays of slot numbers. */
#include <string.h>

#include "base/check.h"
#include "object/internal.h"

static enum hd_status take_all(struct hd_objects *objects, const uint32_t *items, size_t count,
                               struct hd_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!hd_refs_take(objects, items[i])) {
            struct hd_cascade none = {0};

            while (i > 0) {
                i--;
                hd_refs_drop(objects, &none, items[i]);
            }
            HD_CHECK(none.top == 0); /* each of them was referred to before */
            return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                           "an item cannot be referred to once more");
        }
    }
    return HD_OK;
}

static enum hd_status check_count(size_t count, struct hd_error *error)
{
    if (count > HD_OBJECT_ITEMS_MAX) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "%zu items are more than %u", count, HD_OBJECT_ITEMS_MAX);
    }
    return HD_OK;
}

static size_t tuple_bytes(uint32_t length)
{
    return sizeof(struct hd_tuple) + (size_t)length * sizeof(uint32_t);
}

static size_t list_bytes(uint32_t capacity)
{
    return sizeof(struct hd_list_body) + (size_t)capacity * sizeof(uint32_t);
}

/* Slot, body, then the references: whatever fails, nothing stays. */
static enum hd_status new_seq(struct hd_objects *objects, enum hd_kind kind,
                              const uint32_t *items, size_t count, uint32_t *ret_slot,
                              struct hd_error *error)
{
    bool is_list = kind == HD_KIND_LIST;
    uint32_t length = (uint32_t)count;
    void *body = NULL;
    uint32_t slot;
    enum hd_status status = check_count(count, error);

    if (status == HD_OK) {
        status = take_all(objects, items, count, error);
    }
    if (status != HD_OK) {
        return status;
    }
    status = hd_object_make(objects, kind, false, &slot, error);
    if (status == HD_OK && (count > 0 || !is_list)) {
        size_t bytes = is_list ? list_bytes(length) : tuple_bytes(length);

        status = hd_object_give_body(objects, slot, bytes, &body, error);
    }
    if (status != HD_OK) {
        struct hd_cascade none = {0};

        for (size_t i = 0; i < count; i++) {
            hd_refs_drop(objects, &none, items[i]);
        }
        HD_CHECK(none.top == 0);
        return status;
    }
    if (body != NULL && is_list) {
        struct hd_list_body *list = body;

        list->length = length;
        list->capacity = length;
        memcpy(list->items, items, count * sizeof *items);
    } else if (body != NULL) {
        struct hd_tuple *tuple = body;

        tuple->length = length;
        memcpy(tuple->items, items, count * sizeof *items);
    }
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

enum hd_status hd_object_new_tuple(struct hd_objects *objects, const uint32_t *items,
                                   size_t count, uint32_t *ret_slot, struct hd_error *error)
{
    if (count == 0) {
        *ret_slot = HD_ATOM_BASE + ATOM_EMPTY_TUPLE;
        return HD_OK;
    }
    return new_seq(objects, HD_KIND_TUPLE, items, count, ret_slot, error);
}

enum hd_status hd_object_new_list(struct hd_objects *objects, const uint32_t *items,
                                  size_t count, uint32_t *ret_slot, struct hd_error *error)
{
    return new_seq(objects, HD_KIND_LIST, items, count, ret_slot, error);
}

uint32_t hd_seq_length(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    const uint32_t *length = hd_slot_body(entry); /* first in both bodies */

    return length == NULL ? 0 : *length;
}

uint32_t hd_seq_item(const struct hd_objects *objects, uint32_t slot, uint32_t index)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if (entry->kind == HD_KIND_LIST) {
        return ((const struct hd_list_body *)hd_slot_body(entry))->items[index];
    }
    return ((const struct hd_tuple *)hd_slot_body(entry))->items[index];
}

/* Room for `more` items behind the last; grows by an eighth, as CPython's lists do. */
static enum hd_status list_reserve(struct hd_objects *objects, uint32_t slot, size_t more,
                                   struct hd_list_body **ret_list, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_list_body *list = hd_slot_body(entry);
    size_t length = list == NULL ? 0 : list->length;
    size_t needed = length + more;
    size_t capacity;
    enum hd_status status;

    if (list != NULL && needed <= list->capacity) {
        *ret_list = list;
        return HD_OK;
    }
    status = check_count(needed, error);
    if (status != HD_OK) {
        return status;
    }
    capacity = needed + needed / 8 + (more > 1 ? 0 : 2);
    status = list == NULL
                 ? hd_body_take(objects, entry->account, list_bytes((uint32_t)capacity), &list,
                                error)
                 : hd_body_resize(objects, entry->account, list, list_bytes(list->capacity),
                                  list_bytes((uint32_t)capacity), &list, error);
    if (status != HD_OK) {
        return status;
    }
    list->length = (uint32_t)length;
    list->capacity = (uint32_t)capacity;
    hd_slot_set_body(entry, list);
    *ret_list = list;
    return HD_OK;
}

enum hd_status hd_list_extend(struct hd_objects *objects, uint32_t slot, const uint32_t *items,
                              size_t count, struct hd_error *error)
{
    struct hd_list_body *list;
    enum hd_status status;

    if (count == 0) {
        return HD_OK;
    }
    status = check_count(count, error);
    if (status == HD_OK) {
        status = list_reserve(objects, slot, count, &list, error);
    }
    if (status == HD_OK) {
        status = take_all(objects, items, count, error);
    }
    if (status == HD_OK) {
        memcpy(list->items + list->length, items, count * sizeof *items);
        list->length += (uint32_t)count;
    }
    return status;
}

enum hd_status hd_list_insert_at(struct hd_objects *objects, uint32_t slot, uint32_t index,
                                 uint32_t item, struct hd_error *error)
{
    struct hd_list_body *list;
    enum hd_status status = list_reserve(objects, slot, 1, &list, error);

    if (status == HD_OK) {
        status = take_all(objects, &item, 1, error);
    }
    if (status == HD_OK) {
        HD_CHECK(index <= list->length);
        memmove(list->items + index + 1, list->items + index,
                (list->length - index) * sizeof item);
        list->items[index] = item;
        list->length++;
    }
    return status;
}

enum hd_status hd_list_set(struct hd_objects *objects, struct hd_cascade *cascade,
                           uint32_t slot, uint32_t index, uint32_t item, struct hd_error *error)
{
    struct hd_list_body *list = hd_slot_body(hd_slot_at(&objects->slots, slot));
    enum hd_status status = take_all(objects, &item, 1, error);

    if (status == HD_OK) {
        uint32_t old = list->items[index];

        HD_CHECK(index < list->length);
        list->items[index] = item;
        hd_refs_drop(objects, cascade, old);
    }
    return status;
}

static void list_take_out(struct hd_list_body *list, uint32_t start, uint32_t step,
                          uint32_t count, uint32_t *ret_items)
{
    uint32_t to = start;
    uint32_t removed = 0;

    for (uint32_t i = start; i < list->length; i++) {
        if (removed < count && i == start + removed * step) {
            ret_items[removed++] = list->items[i];
        } else {
            list->items[to++] = list->items[i];
        }
    }
    list->length = to;
}

enum hd_status hd_list_delete(struct hd_objects *objects, struct hd_cascade *cascade,
                              uint32_t slot, uint32_t start, uint32_t step, uint32_t count,
                              struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_list_body *list = hd_slot_body(entry);
    struct hd_list_body *removed;
    uint32_t item;
    enum hd_status status;

    if (count == 0) {
        return HD_OK;
    }
    HD_CHECK(step >= 1 && start + (uint64_t)(count - 1) * step < list->length);
    if (count == 1) {
        list_take_out(list, start, step, 1, &item);
        hd_refs_drop(objects, cascade, item);
        return HD_OK;
    }
    status = hd_body_take(objects, entry->account, list_bytes(count), &removed, error);
    if (status != HD_OK) {
        return status;
    }
    removed->length = count;
    removed->capacity = count;
    status = hd_object_bury(objects, cascade, entry, removed, error);
    if (status != HD_OK) {
        hd_body_give(objects, entry->account, removed, list_bytes(count));
        return status;
    }
    list_take_out(list, start, step, count, removed->items);
    return HD_OK;
}
