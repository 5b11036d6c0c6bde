/* SPDX-License-Identifier: MIT */
/* table_form.c: the two forms of a table: one block (flat_table.h), or chunks and pages
 * (big_table.h) beyond some thousands of entries; and how one becomes the other. */
#include "object/big_table.h"
#include "object/flat_table.h"
#include "object/internal.h"

/* A big table with no more entries than these is one block again. */
#define FLAT_AGAIN (HD_TABLE_FLAT_MAX / 8)

/* Bytes of a body in one block, with the word behind it if there is to be one. */
static size_t body_bytes(const struct hd_slot *entry, uint32_t capacity)
{
    return hd_flat_bytes((enum hd_kind)entry->kind, capacity) +
           ((entry->flags & HD_SLOT_WEAK) != 0 ? sizeof(uint32_t) : 0);
}

static uint32_t *word_of(const struct hd_table *table, enum hd_kind kind)
{
    return hd_table_body_is_big(table) ? &hd_big_table_of(table)->weak
                                       : hd_flat_end(table, kind);
}

uint32_t *hd_table_weak_word(const struct hd_slot *entry)
{
    return word_of(hd_slot_body(entry), (enum hd_kind)entry->kind);
}

size_t hd_table_bytes(const struct hd_slot *entry)
{
    const struct hd_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (table == NULL) {
        return 0;
    }
    return hd_table_body_is_big(table) ? hd_big_table_bytes(hd_big_table_of(table), kind)
                                       : body_bytes(entry, table->capacity);
}

uint32_t *hd_table_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    return hd_table_body_is_big(table)
               ? hd_big_table_entry(hd_big_table_of(table), kind, position)
               : hd_flat_entry(table, kind, position);
}

void hd_table_free_body(struct hd_objects *objects, const struct hd_slot *entry,
                        struct hd_table *table)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    uint32_t all = UINT32_MAX;

    if (hd_table_body_is_big(table)) {
        (void)hd_big_table_shed(objects, entry->account, kind, hd_big_table_of(table), &all);
        hd_body_give(objects, entry->account, table, sizeof(struct hd_big_table));
    } else if (table != NULL) {
        hd_body_give(objects, entry->account, table, body_bytes(entry, table->capacity));
    }
}

/* A new body in one block with the same entries, without holes. */
static enum hd_status make_flat(struct hd_objects *objects, struct hd_slot *entry,
                                uint32_t capacity, struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *old = hd_slot_body(entry);
    struct hd_table *table;
    enum hd_status status =
        hd_body_take(objects, entry->account, body_bytes(entry, capacity), &table, error);

    if (status != HD_OK) {
        return status;
    }
    hd_flat_init(table, kind, capacity, old == NULL ? 0 : old->owner);
    if ((entry->flags & HD_SLOT_WEAK) != 0) {
        *word_of(table, kind) = *word_of(old, kind);
    }
    for (uint32_t i = 0; old != NULL && i < old->span; i++) {
        const uint32_t *from = hd_table_entry(old, kind, i);

        if (from[HD_ENTRY_KEY] != 0) {
            hd_flat_append(table, kind, from);
        }
    }
    hd_table_free_body(objects, entry, old);
    hd_slot_set_body(entry, table);
    return HD_OK;
}

/* The same entries in chunks. */
static enum hd_status make_big(struct hd_objects *objects, struct hd_slot *entry,
                               struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *old = hd_slot_body(entry);
    struct hd_big_table *big;
    enum hd_status status = hd_big_table_new(objects, entry->account, &big, error);

    if (status != HD_OK) {
        return status;
    }
    big->owner = old->owner;
    big->weak = (entry->flags & HD_SLOT_WEAK) != 0 ? *word_of(old, kind) : 0;
    for (uint32_t i = 0; status == HD_OK && i < old->span; i++) {
        const uint32_t *from = hd_flat_entry(old, kind, i);

        if (from[HD_ENTRY_KEY] == 0) {
            continue;
        }
        status = hd_big_table_reserve(objects, entry->account, kind, big, from[HD_ENTRY_HASH],
                                      error);
        if (status == HD_OK) {
            hd_big_table_append(big, kind, from);
        }
    }
    if (status != HD_OK) {
        hd_table_free_body(objects, entry, (struct hd_table *)big);
        return status;
    }
    hd_table_free_body(objects, entry, old);
    hd_slot_set_body(entry, big);
    return HD_OK;
}

enum hd_status hd_table_empty_body(struct hd_objects *objects, const struct hd_slot *entry,
                                   struct hd_table **ret_table, struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *old = hd_slot_body(entry);
    enum hd_status status;

    *ret_table = NULL;
    if ((entry->flags & HD_SLOT_WEAK) == 0) {
        return HD_OK;
    }
    status = hd_body_take(objects, entry->account, body_bytes(entry, 0), ret_table, error);
    if (status == HD_OK) {
        hd_flat_init(*ret_table, kind, 0, old->owner);
        *word_of(*ret_table, kind) = *word_of(old, kind);
    }
    return status;
}

enum hd_status hd_table_give_weak_word(struct hd_objects *objects, struct hd_slot *entry,
                                       struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *table = hd_slot_body(entry);
    size_t bytes = hd_flat_bytes(kind, table == NULL ? 0 : table->capacity);
    enum hd_status status = HD_OK;

    if (hd_table_body_is_big(table)) {
        /* It has the word. */
    } else if (table == NULL) {
        status = hd_body_take(objects, entry->account, bytes + sizeof(uint32_t), &table, error);
        if (status == HD_OK) {
            hd_flat_init(table, kind, 0, 0);
        }
    } else {
        status = hd_body_resize(objects, entry->account, table, bytes, bytes + sizeof(uint32_t),
                                &table, error);
    }
    if (status == HD_OK) {
        *word_of(table, kind) = 0;
        hd_slot_set_body(entry, table);
        entry->flags |= HD_SLOT_WEAK;
    }
    return status;
}

enum hd_status hd_table_reserve(struct hd_objects *objects, struct hd_slot *entry,
                                uint32_t hash, struct hd_error *error)
{
    const struct hd_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    uint32_t live = table == NULL ? 0 : table->live;
    enum hd_status status = HD_OK;

    if (live >= HD_OBJECT_ITEMS_MAX) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "a %s cannot have more than %u entries", hd_kind_name(kind),
                       HD_OBJECT_ITEMS_MAX);
    }
    if (!hd_table_body_is_big(table) && table != NULL && table->span < table->capacity) {
        return HD_OK;
    }
    if (!hd_table_body_is_big(table) && live <= HD_TABLE_FLAT_MAX / 2) {
        return make_flat(objects, entry,
                         live < 2   ? 2
                         : live < 5 ? 5
                         : live < 8 ? 8
                                    : live * 2,
                         error);
    }
    if (!hd_table_body_is_big(table)) {
        status = make_big(objects, entry, error);
    }
    if (status == HD_OK) {
        status = hd_big_table_reserve(objects, entry->account, kind,
                                      hd_big_table_of(hd_slot_body(entry)), hash, error);
    }
    return status;
}

void hd_table_append(struct hd_slot *entry, const uint32_t fresh[3])
{
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (hd_table_is_big(entry)) {
        hd_big_table_append(hd_slot_body(entry), kind, fresh);
    } else {
        hd_flat_append(hd_slot_body(entry), kind, fresh);
    }
}

void hd_table_take_out(struct hd_objects *objects, struct hd_slot *entry, uint32_t position)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *table = hd_slot_body(entry);

    if (!hd_table_is_big(entry)) {
        hd_flat_delete(table, kind, position);
        return;
    }
    hd_big_table_delete(objects, entry->account, kind, hd_big_table_of(table), position);
    if (table->live <= FLAT_AGAIN) { /* if there is no memory for it, later */
        (void)make_flat(objects, entry, table->live * 2, NULL);
    }
}
