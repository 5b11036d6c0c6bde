/* SPDX-License-Identifier: MIT */
/* draft.c: a shell that is filled instead of emptied [object.inv.draft]. */
#include "object/draft.h"

#include <string.h>

#include "base/check.h"
#include "object/big_list.h"
#include "object/internal.h"

/* A directory for all leaves, which come with their items; now they are asked for only. */
static enum hd_status open_big_list(struct hd_objects *objects, struct hd_slot *entry,
                                    size_t length, struct hd_error *error)
{
    uint32_t leaves = (uint32_t)((length + HD_LEAF_ITEMS - 1) / HD_LEAF_ITEMS);
    struct hd_big_list *list;
    enum hd_status status = hd_big_list_new(objects, entry->account, leaves, &list, error);

    if (status == HD_OK) {
        hd_slot_set_body(entry, list);
        if (!hd_quota_has_room(objects->quota, entry->account, HD_LEAF_BYTES, leaves)) {
            status = hd_fail_memory(error, leaves * HD_LEAF_BYTES);
        }
    }
    return status;
}

static enum hd_status give_body(struct hd_objects *objects, struct hd_slot *entry,
                                size_t length, struct hd_error *error)
{
    struct hd_tuple *tuple;
    enum hd_status status = hd_seq_judge_length(length, error);

    if (status != HD_OK) {
        return status;
    }
    if (entry->kind == HD_KIND_LIST) {
        return length > HD_LIST_FLAT_MAX ? open_big_list(objects, entry, length, error)
                                         : hd_list_reserve(objects, entry, length, error);
    }
    status = hd_body_take(objects, entry->account,
                          sizeof *tuple + length * sizeof tuple->items[0], &tuple, error);
    if (status == HD_OK) {
        tuple->length = (uint32_t)length;
        tuple->items[length - 1] = 0; /* so many are there, as in a dying one */
        entry->flags |= HD_SLOT_STARTED;
        hd_slot_set_body(entry, tuple);
    }
    return status;
}

/* The slot is a shell. */
static enum hd_status open_draft(struct hd_objects *objects, uint32_t slot, size_t length,
                                 struct hd_cascade *draft, struct hd_error *error)
{
    enum hd_status status;

    HD_CHECK(length > 0 && draft->top == 0);
    status = give_body(objects, hd_slot_at(&objects->slots, slot), length, error);
    if (status != HD_OK) {
        hd_slots_kill(&objects->slots, slot);
        hd_object_unmake(objects, slot);
        return status;
    }
    hd_slots_hide(&objects->slots, slot);
    draft->top = slot;
    return HD_OK;
}

enum hd_status hd_draft_begin(struct hd_objects *objects, enum hd_kind kind, size_t length,
                              struct hd_cascade *draft, struct hd_error *error)
{
    uint32_t slot;
    enum hd_status status = hd_object_make_slot(objects, kind, false, &slot, error);

    if (status != HD_OK) {
        return status;
    }
    hd_slot_at(&objects->slots, slot)->flags |= HD_SLOT_SHELL;
    return open_draft(objects, slot, length, draft, error);
}

enum hd_status hd_draft_begin_beside(struct hd_objects *objects, uint32_t list, size_t length,
                                     struct hd_cascade *draft, struct hd_error *error)
{
    uint32_t slot;
    enum hd_status status =
        hd_object_make_shell(objects, hd_slot_at(&objects->slots, list), &slot, error);

    return status != HD_OK ? status : open_draft(objects, slot, length, draft, error);
}

static enum hd_status add_to_tuple(struct hd_objects *objects, struct hd_slot *entry,
                                   const uint32_t *items, size_t count, struct hd_error *error)
{
    struct hd_tuple *tuple = hd_slot_body(entry);
    uint32_t *last = &tuple->items[tuple->length - 1];
    uint32_t have = *last;
    enum hd_status status = hd_refs_take_all(objects, items, count, error);

    if (status != HD_OK) {
        return status;
    }
    HD_CHECK((entry->flags & HD_SLOT_STARTED) != 0 && count <= tuple->length - have);
    memcpy(tuple->items + have, items, count * sizeof *items);
    if (have + count == tuple->length) {
        entry->flags &= (uint8_t)~HD_SLOT_STARTED;
    } else {
        *last = have + (uint32_t)count;
    }
    return HD_OK;
}

enum hd_status hd_draft_add(struct hd_objects *objects, const struct hd_cascade *draft,
                            const uint32_t *items, size_t count, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, draft->top);

    if (count == 0) {
        return HD_OK;
    }
    return entry->kind == HD_KIND_LIST
               ? hd_list_extend(objects, draft->top, items, count, error)
               : add_to_tuple(objects, entry, items, count, error);
}

uint32_t hd_draft_length(const struct hd_objects *objects, const struct hd_cascade *draft)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, draft->top);
    uint32_t length = hd_seq_length(objects, draft->top);

    return (entry->flags & HD_SLOT_STARTED) != 0
               ? ((const struct hd_tuple *)hd_slot_body(entry))->items[length - 1]
               : length;
}

/* The collection in progress has not looked at it: it is to do so wherever it is then. */
static uint32_t leave(const struct hd_objects *objects, struct hd_cascade *draft)
{
    uint32_t slot = draft->top;

    if (draft->unseen != 0) {
        hd_bitset_add(objects->barrier.grey, slot);
    }
    draft->top = 0;
    draft->unseen = 0;
    return slot;
}

uint32_t hd_draft_finish(struct hd_objects *objects, struct hd_cascade *draft)
{
    uint32_t slot = leave(objects, draft);
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    HD_CHECK((entry->flags & HD_SLOT_STARTED) == 0 && entry->count == 0);
    entry->flags &= (uint8_t)~HD_SLOT_SHELL;
    hd_slots_show(&objects->slots, slot);
    hd_object_count_made(objects);
    hd_slots_track(&objects->slots, slot);
    return slot;
}

void hd_draft_drop(struct hd_objects *objects, struct hd_cascade *draft,
                   struct hd_cascade *cascade)
{
    uint32_t slot = leave(objects, draft);

    if (slot == 0) {
        return;
    }
    hd_slots_show(&objects->slots, slot);
    hd_refs_kill(objects, cascade, slot);
}

static enum hd_status append_items(struct hd_objects *objects, struct hd_slot *entry,
                                   struct hd_list_body *from, struct hd_error *error)
{
    enum hd_status status = hd_list_reserve(objects, entry, from->length, error);

    if (status == HD_OK) {
        hd_list_push(entry, from->items, from->length);
        from->length = 0;
    }
    return status;
}

static enum hd_status append_leaves(struct hd_objects *objects, struct hd_slot *entry,
                                    struct hd_big_list *from, struct hd_error *error)
{
    size_t length = hd_slot_body(entry) == NULL ? 0 : *(uint32_t *)hd_slot_body(entry);
    enum hd_status status = hd_seq_judge_length(length + from->length, error);
    struct hd_big_list *list;

    if (status == HD_OK && !hd_list_is_big(entry)) {
        status = hd_list_make_big(objects, entry, 0, from->leaves, error);
    }
    if (status != HD_OK) {
        return status;
    }
    list = hd_slot_body(entry);
    status = hd_big_list_reserve_leaves(objects, entry->account, &list, from->leaves, error);
    hd_slot_set_body(entry, list);
    if (status == HD_OK) {
        hd_big_list_splice(list, from);
    }
    return status;
}

enum hd_status hd_draft_append(struct hd_objects *objects, const struct hd_cascade *draft,
                               uint32_t list, struct hd_error *error)
{
    const struct hd_slot *from = hd_slot_at(&objects->slots, draft->top);
    struct hd_slot *entry = hd_slot_at(&objects->slots, list);
    enum hd_status status = hd_list_is_big(from)
                                ? append_leaves(objects, entry, hd_slot_body(from), error)
                                : append_items(objects, entry, hd_slot_body(from), error);

    if (status == HD_OK) {
        hd_objects_note_change(objects, list);
    }
    return status;
}

void hd_draft_exchange(struct hd_objects *objects, const struct hd_cascade *draft,
                       uint32_t list)
{
    struct hd_slot *from = hd_slot_at(&objects->slots, draft->top);
    struct hd_slot *entry = hd_slot_at(&objects->slots, list);
    void *body = hd_slot_body(entry);

    hd_slot_set_body(entry, hd_slot_body(from));
    hd_slot_set_body(from, body);
    if (objects->barrier.marking) {
        hd_barrier_bury(&objects->barrier, &objects->slots, draft->top);
    }
    hd_objects_note_change(objects, list);
}
