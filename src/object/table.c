/* SPDX-License-Identifier: MIT */
/* table.c: dicts, sets and attributes: finding, storing and taking out, in whichever of
 * the two forms a table has: one block (flat_table.h), or chunks and pages
 * (big_table.h) beyond some thousands of entries. */
#include <string.h>

#include "base/check.h"
#include "object/big_table.h"
#include "object/flat_table.h"
#include "object/internal.h"

/* A big table with no more entries than these is one block again. */
#define FLAT_AGAIN (HD_TABLE_FLAT_MAX / 8)

/* Both begin with the same words; the mark says which it is. */
static struct hd_big_table *big_of(const struct hd_table *table)
{
    union {
        const struct hd_table *flat;
        struct hd_big_table *big;
    } body = {table};

    return body.big;
}

/* Bytes of a body in one block, with the word behind it if there is to be one. */
static size_t body_bytes(const struct hd_slot *entry, uint32_t capacity)
{
    return hd_flat_bytes((enum hd_kind)entry->kind, capacity) +
           ((entry->flags & HD_SLOT_WEAK) != 0 ? sizeof(uint32_t) : 0);
}

static uint32_t *word_of(const struct hd_table *table, enum hd_kind kind)
{
    return hd_table_body_is_big(table) ? &big_of(table)->weak : hd_flat_end(table, kind);
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
    return hd_table_body_is_big(table) ? hd_big_table_bytes(big_of(table), kind)
                                       : body_bytes(entry, table->capacity);
}

uint32_t *hd_table_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    return hd_table_body_is_big(table) ? hd_big_table_entry(big_of(table), kind, position)
                                       : hd_flat_entry(table, kind, position);
}

static const struct hd_table *table_of(const struct hd_objects *objects, uint32_t slot)
{
    return hd_slot_body(hd_slot_at(&objects->slots, slot));
}

uint32_t hd_table_length(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_table *table = table_of(objects, slot);

    return table == NULL ? 0 : table->live;
}

uint32_t hd_table_span(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_table *table = table_of(objects, slot);

    return table == NULL ? 0 : table->span;
}

uint32_t hd_table_key(const struct hd_objects *objects, uint32_t slot, uint32_t position)
{
    return hd_table_entry(table_of(objects, slot), hd_object_kind(objects, slot),
                          position)[HD_ENTRY_KEY];
}

uint32_t hd_table_value(const struct hd_objects *objects, uint32_t slot, uint32_t position)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    return hd_table_entry_words(kind) == 2
               ? 0
               : hd_table_entry(table_of(objects, slot), kind, position)[HD_ENTRY_VALUE];
}

struct hd_bytes hd_object_class_name(const struct hd_objects *objects, uint32_t slot)
{
    return hd_classes_name(&objects->classes, table_of(objects, slot)->owner);
}

enum hd_status hd_object_new_table(struct hd_objects *objects, enum hd_kind kind,
                                   uint32_t *ret_slot, struct hd_error *error)
{
    enum hd_status status = hd_object_make(objects, kind, false, ret_slot, error);

    if (status == HD_OK && kind != HD_KIND_DICT) {
        hd_slots_track(&objects->slots, *ret_slot); /* a dict waits for its first trackable */
    }
    return status;
}

enum hd_status hd_object_new_instance(struct hd_objects *objects, struct hd_bytes class_name,
                                      uint32_t *ret_slot, struct hd_error *error)
{
    void *body;
    uint32_t owner;
    uint32_t slot;
    enum hd_status status;

    if (hd_classes_take(&objects->classes, class_name, &owner) != HD_OK) {
        return hd_fail_memory(error, class_name.size);
    }
    status = hd_object_make(objects, HD_KIND_INSTANCE, false, &slot, error);
    if (status == HD_OK) {
        status = hd_object_give_body(objects, slot, hd_flat_bytes(HD_KIND_INSTANCE, 0), &body,
                                     error);
    }
    if (status != HD_OK) {
        hd_classes_drop(&objects->classes, owner);
        return status;
    }
    hd_flat_init(body, HD_KIND_INSTANCE, 0, owner);
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

void hd_table_free_body(struct hd_objects *objects, const struct hd_slot *entry,
                        struct hd_table *table)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    uint32_t all = UINT32_MAX;

    if (hd_table_body_is_big(table)) {
        (void)hd_big_table_shed(objects, entry->account, kind, big_of(table), &all);
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

/* Room for one entry of this hash behind the last. */
static enum hd_status reserve(struct hd_objects *objects, struct hd_slot *entry, uint32_t hash,
                              struct hd_error *error)
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
                                      big_of(hd_slot_body(entry)), hash, error);
    }
    return status;
}

/* Where a search for a hash has got, in either form. */
struct search {
    const struct hd_table *table;
    enum hd_kind kind;
    uint32_t hash;
    uint32_t at;
    struct hd_index_search big;
};

static struct search search_for(const struct hd_table *table, enum hd_kind kind, uint32_t hash)
{
    struct search search = {.table = table, .kind = kind, .hash = hash};

    if (hd_table_body_is_big(table)) {
        search.big = hd_index_search(&big_of(table)->index, hash);
    }
    return search;
}

static uint32_t next_position(struct search *search)
{
    if (search->table == NULL) {
        return HD_TABLE_MISSING;
    }
    return hd_table_body_is_big(search->table)
               ? hd_big_table_next(big_of(search->table), &search->big)
               : hd_flat_next(search->table, search->kind, search->hash, &search->at);
}

uint32_t hd_table_nth(const struct hd_table *table, enum hd_kind kind, uint32_t hash,
                      uint32_t nth)
{
    struct search search = search_for(table, kind, hash);
    uint32_t position = next_position(&search);

    while (nth-- > 0 && position != HD_TABLE_MISSING) {
        position = next_position(&search);
    }
    return position;
}

enum hd_status hd_table_find_hashed(struct hd_objects *objects, const struct hd_table *table,
                                    enum hd_kind kind, uint32_t key, uint32_t hash,
                                    unsigned depth, uint64_t *work, uint32_t *ret_position,
                                    struct hd_error *error)
{
    struct search search = search_for(table, kind, hash);
    enum hd_status status = HD_OK;
    bool match = false;

    *ret_position = HD_TABLE_MISSING;
    while (status == HD_OK && !match) {
        uint32_t position = next_position(&search);

        if (position == HD_TABLE_MISSING) {
            break;
        }
        status = hd_equal_at(objects, hd_table_entry(table, kind, position)[HD_ENTRY_KEY], key,
                             depth, work, &match, error);
        *ret_position = match ? position : HD_TABLE_MISSING;
    }
    return status;
}

enum hd_status hd_table_find(struct hd_objects *objects, uint32_t slot, uint32_t key,
                             uint32_t *ret_position, struct hd_error *error)
{
    uint64_t work = objects->compare_work;
    uint32_t hash;
    enum hd_kind kind = hd_object_kind(objects, slot);
    enum hd_status status = kind == HD_KIND_DICT || kind == HD_KIND_INSTANCE
                                ? hd_object_hash(objects, key, &hash, error)
                                : hd_object_hash_sought(objects, key, &hash, error);

    if (status != HD_OK) {
        return status;
    }
    return hd_table_find_hashed(objects, table_of(objects, slot), kind, key, hash, 0, &work,
                                ret_position, error);
}

static enum hd_status refuse_count(struct hd_error *error)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                   "a key or value cannot be referred to once more");
}

static enum hd_status replace_value(struct hd_objects *objects, struct hd_cascade *cascade,
                                    uint32_t *entry, uint32_t value, struct hd_error *error)
{
    uint32_t old = entry[HD_ENTRY_VALUE];

    if (!hd_refs_take(objects, value)) {
        return refuse_count(error);
    }
    entry[HD_ENTRY_VALUE] = value;
    hd_refs_drop(objects, cascade, old);
    return HD_OK;
}

/* The references first: what is reserved in a big table must be used. */
static enum hd_status append_entry(struct hd_objects *objects, uint32_t slot,
                                   const uint32_t fresh[3], struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    size_t references = fresh[HD_ENTRY_VALUE] == 0 ? 1 : 2;
    enum hd_status status;

    if (hd_refs_take_all(objects, fresh + HD_ENTRY_KEY, references, NULL) != HD_OK) {
        return refuse_count(error);
    }
    status = reserve(objects, entry, fresh[HD_ENTRY_HASH], error);
    if (status != HD_OK) {
        hd_refs_untake_all(objects, fresh + HD_ENTRY_KEY, references);
    } else if (hd_table_is_big(entry)) {
        hd_big_table_append(hd_slot_body(entry), kind, fresh);
    } else {
        hd_flat_append(hd_slot_body(entry), kind, fresh);
    }
    return status;
}

/* CPython's MAINTAIN_TRACKING: a dict is tracked from its first trackable key or value on. */
static void maintain_tracking(struct hd_objects *objects, uint32_t slot, uint32_t key,
                              uint32_t value)
{
    if (hd_object_kind(objects, slot) == HD_KIND_DICT &&
        !hd_slots_is_tracked(&objects->slots, slot) &&
        (!hd_object_is_inert(objects, key) || !hd_object_is_inert(objects, value))) {
        hd_slots_track(&objects->slots, slot);
    }
}

enum hd_status hd_table_put(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t slot, uint32_t key, uint32_t value, bool *ret_added,
                            struct hd_error *error)
{
    enum hd_kind kind = hd_object_kind(objects, slot);
    uint64_t work = objects->compare_work;
    uint32_t position;
    uint32_t hash;
    enum hd_status status = hd_object_hash(objects, key, &hash, error);

    if (status == HD_OK) {
        status = hd_table_find_hashed(objects, table_of(objects, slot), kind, key, hash, 0,
                                      &work, &position, error);
    }
    if (status != HD_OK) {
        return status;
    }
    if (ret_added != NULL) {
        *ret_added = position == HD_TABLE_MISSING;
    }
    if (position == HD_TABLE_MISSING) {
        const uint32_t fresh[3] = {hash, key, value};

        status = append_entry(objects, slot, fresh, error);
    } else if (hd_table_entry_words(kind) == 3) {
        status = replace_value(objects, cascade,
                               hd_table_entry(table_of(objects, slot), kind, position), value,
                               error);
    }
    if (status == HD_OK) {
        hd_objects_note_change(objects, slot);
    }
    if (status == HD_OK && kind == HD_KIND_DICT) {
        maintain_tracking(objects, slot, key, value);
    }
    return status;
}

void hd_table_delete(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot,
                     uint32_t position)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    struct hd_table *table = hd_slot_body(entry);
    const uint32_t *words = hd_table_entry(table, kind, position);
    uint32_t key = words[HD_ENTRY_KEY];
    uint32_t value = hd_table_entry_words(kind) == 3 ? words[HD_ENTRY_VALUE] : 0;

    HD_CHECK(key != 0);
    hd_objects_note_change(objects, slot);
    if (!hd_table_body_is_big(table)) {
        hd_flat_delete(table, kind, position);
    } else {
        hd_big_table_delete(objects, entry->account, kind, big_of(table), position);
        if (table->live <= FLAT_AGAIN) { /* if there is no memory for it, later */
            (void)make_flat(objects, entry, table->live * 2, NULL);
        }
    }
    if (value != 0) {
        hd_refs_drop(objects, cascade, value);
    }
    hd_refs_drop(objects, cascade, key); /* above the value on the cascade: it dies first */
}
