/* SPDX-License-Identifier: MIT */
/* seq.c: tuples, and what tuples and lists have in common. */
#include <string.h>

#include "base/check.h"
#include "object/internal.h"

enum hd_status hd_refs_take_all(struct hd_objects *objects, const uint32_t *items, size_t count,
                                struct hd_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (!hd_refs_take(objects, items[i])) {
            hd_refs_untake_all(objects, items, i);
            return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                           "an item cannot be referred to once more");
        }
    }
    return HD_OK;
}

void hd_refs_untake_all(struct hd_objects *objects, const uint32_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct hd_slot *entry = hd_slot_at(&objects->slots, items[i]);

        entry->count -= entry->count != HD_COUNT_IMMORTAL;
    }
}

enum hd_status hd_seq_judge_length(size_t length, struct hd_error *error)
{
    if (length > HD_OBJECT_ITEMS_MAX) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "%zu items are more than %u", length, HD_OBJECT_ITEMS_MAX);
    }
    return HD_OK;
}

enum hd_status hd_object_new_tuple(struct hd_objects *objects, const uint32_t *items,
                                   size_t count, uint32_t *ret_slot, struct hd_error *error)
{
    struct hd_tuple *tuple;
    void *body;
    uint32_t slot;
    enum hd_status status = hd_seq_judge_length(count, error);

    if (status == HD_OK && count == 0) {
        *ret_slot = HD_ATOM_BASE + ATOM_EMPTY_TUPLE;
        return HD_OK;
    }
    if (status == HD_OK) {
        status = hd_refs_take_all(objects, items, count, error);
    }
    if (status != HD_OK) {
        return status;
    }
    status = hd_object_make(objects, HD_KIND_TUPLE, false, &slot, error);
    if (status == HD_OK) {
        status = hd_object_give_body(objects, slot, sizeof *tuple + count * sizeof *items,
                                     &body, error);
    }
    if (status != HD_OK) {
        hd_refs_untake_all(objects, items, count);
        return status;
    }
    tuple = body;
    tuple->length = (uint32_t)count;
    memcpy(tuple->items, items, count * sizeof *items);
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

uint32_t hd_seq_length(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    const uint32_t *length = hd_slot_body(entry); /* first in all their bodies */

    return length == NULL ? 0 : *length;
}

uint32_t hd_seq_item(const struct hd_objects *objects, uint32_t slot, uint32_t index)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    return entry->kind == HD_KIND_LIST ? *hd_list_place(entry, index)
                                       : ((struct hd_tuple *)hd_slot_body(entry))->items[index];
}
