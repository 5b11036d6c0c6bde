/* SPDX-License-Identifier: MIT */
/* snapshot.c: a body is copied, and later changed for the copy. */
#include "object/snapshot.h"

#include <string.h>

#include "base/check.h"
#include "object/big_list.h"
#include "object/big_table.h"
#include "object/internal.h"

uint32_t hd_snapshot_cost(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    return hd_kind_is_table((enum hd_kind)entry->kind) ? hd_table_span(objects, slot) * 2
                                                       : hd_seq_length(objects, slot);
}

static enum hd_status copy_flat(struct hd_objects *objects, const struct hd_slot *entry,
                                void **ret_body, struct hd_error *error)
{
    size_t bytes = hd_object_own_bytes(entry);
    enum hd_status status = hd_body_take(objects, entry->account, bytes, ret_body, error);

    if (status == HD_OK) {
        memcpy(*ret_body, hd_slot_body(entry), bytes);
    }
    return status;
}

static enum hd_status copy_big_list(struct hd_objects *objects, const struct hd_slot *entry,
                                    void **ret_body, struct hd_error *error)
{
    const struct hd_big_list *list = hd_slot_body(entry);
    struct hd_big_list *copy;
    enum hd_status status =
        hd_big_list_new(objects, entry->account, list->leaves + 1, &copy, error);

    if (status != HD_OK) {
        return status;
    }
    status = hd_big_list_reserve(objects, entry->account, &copy, list->length, error);
    if (status != HD_OK) {
        hd_big_list_free(objects, entry->account, copy);
        return status;
    }
    for (uint32_t i = 0; i < list->leaves; i++) {
        hd_big_list_append(copy, list->leaf[i].items, list->leaf[i].length);
    }
    *ret_body = copy;
    return HD_OK;
}

static enum hd_status copy_big_table(struct hd_objects *objects, const struct hd_slot *entry,
                                     void **ret_body, struct hd_error *error)
{
    const struct hd_big_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_big_table *copy;
    enum hd_status status = hd_big_table_new(objects, entry->account, &copy, error);

    if (status != HD_OK) {
        return status;
    }
    copy->owner = table->owner;
    for (uint32_t i = 0; status == HD_OK && i < table->span; i++) {
        const uint32_t *words = hd_big_table_entry(table, kind, i);

        if (words[HD_ENTRY_KEY] == 0) {
            continue;
        }
        status = hd_big_table_reserve(objects, entry->account, kind, copy, words[HD_ENTRY_HASH],
                                      error);
        if (status == HD_OK) {
            hd_big_table_append(copy, kind, words);
        }
    }
    if (status != HD_OK) {
        hd_table_free_body(objects, entry, (struct hd_table *)copy);
        return status;
    }
    *ret_body = copy;
    return HD_OK;
}

enum hd_status hd_snapshot_take(struct hd_objects *objects, uint32_t slot,
                                struct hd_snapshot *ret_snapshot, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    bool is_weak = entry->kind == HD_KIND_SET || entry->kind == HD_KIND_INSTANCE;
    enum hd_status status = HD_OK;
    void *body = NULL;

    if (is_weak && (entry->flags & HD_SLOT_WEAK) == 0) {
        status = hd_table_give_weak_word(objects, entry, error);
    }
    if (status == HD_OK && hd_slot_body(entry) != NULL) {
        if (entry->kind == HD_KIND_LIST ? hd_list_is_big(entry) : hd_table_is_big(entry)) {
            status = entry->kind == HD_KIND_LIST ? copy_big_list(objects, entry, &body, error)
                                                 : copy_big_table(objects, entry, &body, error);
        } else {
            status = copy_flat(objects, entry, &body, error);
        }
    }
    if (status == HD_OK) {
        *ret_snapshot =
            (struct hd_snapshot){.slot = slot,
                                 .tracked = hd_slots_is_tracked(&objects->slots, slot),
                                 .entry = *entry};
        hd_slot_set_body(&ret_snapshot->entry, body);
    }
    return status;
}

void hd_snapshot_forget(struct hd_objects *objects, struct hd_snapshot *snapshot)
{
    struct hd_slot *entry = &snapshot->entry;
    void *body = hd_slot_body(entry);

    if (body == NULL) {
        return;
    }
    if (entry->kind != HD_KIND_LIST) {
        hd_table_free_body(objects, entry, body);
    } else if (hd_list_is_big(entry)) {
        hd_big_list_free(objects, entry->account, body);
    } else {
        hd_body_give(objects, entry->account, body, hd_object_own_bytes(entry));
    }
    hd_slot_set_body(entry, NULL);
}

struct change {
    struct hd_objects *objects;
    struct hd_keeper *keeper;
    struct hd_cascade *cascade;
};

static void each(const struct hd_slot *entry, const struct change *change,
                 void (*visit)(const struct change *change, uint32_t slot))
{
    uint32_t part = 0;

    do {
        struct hd_span span = hd_object_span(entry, &part);

        for (uint32_t i = 0; i < span.count; i++) {
            const uint32_t *word = span.first + (size_t)i * span.step;

            if (word[0] == 0) {
                continue;
            }
            visit(change, word[0]);
            if (span.pairs) {
                visit(change, word[1]);
            }
        }
    } while (part != 0);
}

/* Nothing dies of it yet: what is at 0 may be taken again. */
static void untake(const struct change *change, uint32_t slot)
{
    struct hd_objects *objects = change->objects;

    if (!hd_object_is_immortal(slot)) {
        hd_slot_at(&objects->slots, slot)->count--;
        if (objects->barrier.marking) {
            hd_barrier_shade(&objects->barrier, &objects->slots, slot);
        }
    }
}

static void take(const struct change *change, uint32_t slot)
{
    hd_refs_restore(change->objects, slot, !change->keeper->give_back(change->keeper, slot, 1));
}

static void bury(const struct change *change, uint32_t slot)
{
    if (hd_slots_is_alive(&change->objects->slots, slot)) {
        hd_object_discard(change->objects, change->cascade, slot);
    }
}

void hd_snapshot_restore(struct hd_objects *objects, struct hd_keeper *keeper,
                         struct hd_cascade *cascade, struct hd_snapshot *snapshot)
{
    struct change change = {objects, keeper, cascade};
    struct hd_slot *entry = hd_slot_at(&objects->slots, snapshot->slot);
    void *body = hd_slot_body(entry);

    HD_CHECK(entry->version == snapshot->entry.version && cascade->keeper == NULL);
    if ((snapshot->entry.flags & HD_SLOT_WEAK) != 0) {
        *hd_table_weak_word(&snapshot->entry) = *hd_table_weak_word(entry);
    }
    each(entry, &change, untake);
    each(&snapshot->entry, &change, take);
    hd_slot_set_body(entry, hd_slot_body(&snapshot->entry));
    hd_slot_set_body(&snapshot->entry, body);
    if (!snapshot->tracked && hd_slots_is_tracked(&objects->slots, snapshot->slot)) {
        hd_slots_untrack(&objects->slots, snapshot->slot);
    }
    each(&snapshot->entry, &change, bury);
    hd_snapshot_forget(objects, snapshot);
}
