/* SPDX-License-Identifier: MIT */
/* list.c: lists: one block of items while they are short, leaves (big_list.h) beyond. */
#include <string.h>

#include "base/check.h"
#include "object/big_list.h"
#include "object/internal.h"

/* A big list that has become as short as this is one block again. */
#define FLAT_AGAIN (HD_LIST_FLAT_MAX / 4)

static size_t flat_bytes(size_t capacity)
{
    return sizeof(struct hd_list_body) + capacity * sizeof(uint32_t);
}

static struct hd_list_body *flat_of(const struct hd_slot *entry)
{
    return hd_slot_body(entry);
}

static struct hd_big_list *big_of(const struct hd_slot *entry)
{
    return hd_slot_body(entry);
}

size_t hd_list_bytes(const struct hd_slot *entry)
{
    const struct hd_list_body *list = flat_of(entry);

    if (list == NULL) {
        return 0;
    }
    return hd_list_is_big(entry) ? hd_big_list_bytes(big_of(entry))
                                 : flat_bytes(list->capacity);
}

uint32_t *hd_list_place(const struct hd_slot *entry, uint32_t index)
{
    return hd_list_is_big(entry) ? hd_big_list_at(big_of(entry), index)
                                 : &flat_of(entry)->items[index];
}

enum hd_status hd_list_make_big(struct hd_objects *objects, struct hd_slot *entry, size_t more,
                                uint32_t leaves, struct hd_error *error)
{
    struct hd_list_body *flat = flat_of(entry);
    size_t length = flat == NULL ? 0 : flat->length;
    uint32_t room = (uint32_t)((length + more) / HD_LEAF_ITEMS) + leaves + 8;
    struct hd_big_list *big;
    enum hd_status status = hd_big_list_new(objects, entry->account, room, &big, error);

    if (status != HD_OK) {
        return status;
    }
    status = hd_big_list_reserve(objects, entry->account, &big, length + more, error);
    if (status != HD_OK) {
        hd_big_list_free(objects, entry->account, big);
        return status;
    }
    if (flat != NULL) {
        hd_big_list_append(big, flat->items, length);
        hd_body_give(objects, entry->account, flat, flat_bytes(flat->capacity));
    }
    hd_slot_set_body(entry, big);
    return HD_OK;
}

static enum hd_status set_capacity(struct hd_objects *objects, struct hd_slot *entry,
                                   size_t capacity, struct hd_error *error)
{
    struct hd_list_body *list = flat_of(entry);
    uint32_t length = list == NULL ? 0 : list->length;
    enum hd_status status =
        list == NULL ? hd_body_take(objects, entry->account, flat_bytes(capacity), &list, error)
                     : hd_body_resize(objects, entry->account, list, flat_bytes(list->capacity),
                                      flat_bytes(capacity), &list, error);

    if (status == HD_OK) {
        list->length = length;
        list->capacity = (uint32_t)capacity;
        hd_slot_set_body(entry, list);
    }
    return status;
}

/* A block grows by an eighth, as CPython's lists do; a list made with its items has just their
 * size. */
enum hd_status hd_list_reserve(struct hd_objects *objects, struct hd_slot *entry, size_t more,
                               struct hd_error *error)
{
    const struct hd_list_body *list = flat_of(entry);
    size_t length = list == NULL ? 0 : list->length;
    size_t needed = length + more;
    enum hd_status status = hd_seq_judge_length(needed, error);

    if (status != HD_OK) {
        return status;
    }
    if (hd_list_is_big(entry)) {
        struct hd_big_list *big = big_of(entry);

        status = hd_big_list_reserve(objects, entry->account, &big, more, error);
        hd_slot_set_body(entry, big);
        return status;
    }
    if (list != NULL && needed <= list->capacity) {
        return HD_OK;
    }
    if (needed > HD_LIST_FLAT_MAX) {
        return hd_list_make_big(objects, entry, more, 0, error);
    }
    return set_capacity(
        objects, entry,
        length == 0 && more > 1 ? needed : needed + needed / 8 + (more > 1 ? 0 : 2), error);
}

static inline void push(struct hd_slot *entry, const uint32_t *items, size_t count)
{
    struct hd_list_body *list = flat_of(entry);

    if (hd_list_is_big(entry)) {
        hd_big_list_append(big_of(entry), items, count);
    } else {
        memcpy(list->items + list->length, items, count * sizeof *items);
        list->length += (uint32_t)count;
    }
}

enum hd_status hd_list_extend(struct hd_objects *objects, uint32_t slot, const uint32_t *items,
                              size_t count, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    enum hd_status status;

    if (count == 0) {
        return HD_OK;
    }
    status = hd_list_reserve(objects, entry, count, error);
    if (status == HD_OK) {
        status = hd_refs_take_all(objects, items, count, error);
    }
    if (status != HD_OK) {
        return status;
    }
    push(entry, items, count);
    hd_objects_note_change(objects, slot);
    return HD_OK;
}

void hd_list_push(struct hd_slot *entry, const uint32_t *items, size_t count)
{
    push(entry, items, count);
}

enum hd_status hd_object_new_list(struct hd_objects *objects, const uint32_t *items,
                                  size_t count, uint32_t *ret_slot, struct hd_error *error)
{
    uint32_t slot;
    enum hd_status status = hd_object_make(objects, HD_KIND_LIST, false, &slot, error);

    if (status != HD_OK) {
        return status;
    }
    status = hd_list_extend(objects, slot, items, count, error);
    if (status != HD_OK) {
        hd_slots_kill(&objects->slots, slot);
        hd_object_unmake(objects, slot);
        return status;
    }
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

static enum hd_status insert_into_big(struct hd_objects *objects, struct hd_slot *entry,
                                      uint32_t index, uint32_t item, struct hd_error *error)
{
    struct hd_big_list *list = big_of(entry);
    enum hd_status status = hd_seq_judge_length((size_t)list->length + 1, error);

    if (status == HD_OK) {
        status = hd_big_list_reserve_at(objects, entry->account, &list, index, error);
        hd_slot_set_body(entry, list);
    }
    if (status == HD_OK) {
        status = hd_refs_take_all(objects, &item, 1, error);
    }
    if (status == HD_OK) {
        hd_big_list_insert(list, index, item);
    }
    return status;
}

static enum hd_status insert_at(struct hd_objects *objects, uint32_t slot, uint32_t index,
                                uint32_t item, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_list_body *list;
    enum hd_status status =
        hd_list_is_big(entry) ? HD_OK : hd_list_reserve(objects, entry, 1, error);

    HD_CHECK(index <= hd_seq_length(objects, slot));
    if (status == HD_OK && hd_list_is_big(entry)) {
        return insert_into_big(objects, entry, index, item, error);
    }
    if (status == HD_OK) {
        status = hd_refs_take_all(objects, &item, 1, error);
    }
    if (status == HD_OK) {
        list = flat_of(entry);
        memmove(list->items + index + 1, list->items + index,
                (list->length - index) * sizeof item);
        list->items[index] = item;
        list->length++;
    }
    return status;
}

enum hd_status hd_list_insert_at(struct hd_objects *objects, uint32_t slot, uint32_t index,
                                 uint32_t item, struct hd_error *error)
{
    enum hd_status status = insert_at(objects, slot, index, item, error);

    if (status == HD_OK) {
        hd_objects_note_change(objects, slot);
        hd_objects_note_insert(objects, slot, index);
    }
    return status;
}

enum hd_status hd_list_set(struct hd_objects *objects, struct hd_cascade *cascade,
                           uint32_t slot, uint32_t index, uint32_t item, struct hd_error *error)
{
    uint32_t *place = hd_list_place(hd_slot_at(&objects->slots, slot), index);
    enum hd_status status = hd_refs_take_all(objects, &item, 1, error);

    HD_CHECK(index < hd_seq_length(objects, slot));
    if (status == HD_OK) {
        uint32_t old = *place;

        *place = item;
        hd_objects_note_change(objects, slot);
        hd_refs_drop(objects, cascade, old);
    }
    return status;
}

static void move_out_of_flat(struct hd_list_body *list, uint32_t start, uint32_t step,
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

/* Memory that a list has no use for any more.  If it cannot be had smaller, it stays. */
static void shrink(struct hd_objects *objects, struct hd_slot *entry)
{
    struct hd_list_body *list = flat_of(entry);
    struct hd_list_body *flat;

    if (!hd_list_is_big(entry)) {
        if (list->capacity > 16 && list->length < list->capacity / 2) {
            (void)set_capacity(objects, entry, list->length + list->length / 8 + 2, NULL);
        }
        return;
    }
    if (list->length > FLAT_AGAIN ||
        hd_body_take(objects, entry->account, flat_bytes(FLAT_AGAIN), &flat, NULL) != HD_OK) {
        return;
    }
    flat->length = list->length;
    flat->capacity = FLAT_AGAIN;
    for (uint32_t i = 0; i < list->length; i++) {
        flat->items[i] = *hd_big_list_at(big_of(entry), i);
    }
    hd_big_list_free(objects, entry->account, big_of(entry));
    hd_slot_set_body(entry, flat);
}

static void delete_one(struct hd_objects *objects, struct hd_cascade *cascade,
                       struct hd_slot *entry, uint32_t index)
{
    uint32_t item;

    if (hd_list_is_big(entry)) {
        item = hd_big_list_remove(objects, entry->account, big_of(entry), index);
    } else {
        move_out_of_flat(flat_of(entry), index, 1, 1, &item);
    }
    shrink(objects, entry);
    hd_refs_drop(objects, cascade, item);
}

/* Many items of a big list go to a big shell, which releases them in order. */
static enum hd_status delete_from_big(struct hd_objects *objects, struct hd_cascade *cascade,
                                      struct hd_slot *entry, uint32_t start, uint32_t step,
                                      uint32_t count, struct hd_error *error)
{
    struct hd_big_list *list = big_of(entry);
    struct hd_big_list *removed;
    size_t copied = step == 1 && count > 2 * HD_LEAF_ITEMS ? 2 * HD_LEAF_ITEMS : count;
    uint32_t room = (step == 1 ? list->leaves : count / HD_LEAF_ITEMS) + 4;
    enum hd_status status = hd_big_list_new(objects, entry->account, room, &removed, error);

    if (status != HD_OK) {
        return status;
    }
    status = hd_big_list_reserve(objects, entry->account, &removed, copied, error);
    if (status == HD_OK) {
        status = hd_object_bury(objects, cascade, entry, removed, error);
    }
    if (status != HD_OK) {
        hd_big_list_free(objects, entry->account, removed);
        return status;
    }
    hd_big_list_move_out(objects, entry->account, list, start, step, count, removed);
    return HD_OK;
}

static enum hd_status delete_from_flat(struct hd_objects *objects, struct hd_cascade *cascade,
                                       struct hd_slot *entry, uint32_t start, uint32_t step,
                                       uint32_t count, struct hd_error *error)
{
    struct hd_list_body *removed;
    enum hd_status status =
        hd_body_take(objects, entry->account, flat_bytes(count), &removed, error);

    if (status != HD_OK) {
        return status;
    }
    removed->length = 0;
    removed->capacity = count;
    status = hd_object_bury(objects, cascade, entry, removed, error);
    if (status != HD_OK) {
        hd_body_give(objects, entry->account, removed, flat_bytes(count));
        return status;
    }
    move_out_of_flat(flat_of(entry), start, step, count, removed->items);
    removed->length = count;
    return HD_OK;
}

enum hd_status hd_list_delete(struct hd_objects *objects, struct hd_cascade *cascade,
                              uint32_t slot, uint32_t start, uint32_t step, uint32_t count,
                              struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    enum hd_status status;

    if (count == 0) {
        return HD_OK;
    }
    HD_CHECK(step >= 1 && start + (uint64_t)(count - 1) * step < hd_seq_length(objects, slot));
    if (count == 1) {
        hd_objects_note_change(objects, slot);
        delete_one(objects, cascade, entry, start);
        return HD_OK;
    }
    status = hd_list_is_big(entry)
                 ? delete_from_big(objects, cascade, entry, start, step, count, error)
                 : delete_from_flat(objects, cascade, entry, start, step, count, error);
    if (status == HD_OK) {
        hd_objects_note_change(objects, slot);
        shrink(objects, entry);
    }
    return status;
}

uint32_t hd_list_pop_dying(struct hd_objects *objects, struct hd_slot *entry)
{
    struct hd_list_body *list = flat_of(entry);

    if (list == NULL || list->length == 0) {
        return 0;
    }
    if (hd_list_is_big(entry)) {
        return hd_big_list_pop(objects, entry->account, big_of(entry));
    }
    list->length--;
    return list->items[list->length];
}
