/* SPDX-License-Identifier: MIT */
/* table.c: dicts, sets and attributes: entries in insertion order, and an index beside
 * them once there are more than eight (the compact dict of CPython 3.6, in one block). */
#include <string.h>

#include "base/check.h"
#include "object/internal.h"

#define SMALL       8 /* entries searched without an index */
#define INDEX_EMPTY 0

enum { ENTRY_HASH, ENTRY_KEY, ENTRY_VALUE };

static size_t entry_words(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET ? 2 : 3;
}

/* Words of the index: a power of two, at least 3/2 of the capacity. */
static uint32_t index_size(uint32_t capacity)
{
    uint32_t size = 16;

    if (capacity <= SMALL) {
        return 0;
    }
    while (size < capacity + capacity / 2) {
        size *= 2;
    }
    return size;
}

size_t hd_table_bytes(enum hd_kind kind, uint32_t capacity)
{
    return sizeof(struct hd_table) +
           (capacity * entry_words(kind) + index_size(capacity)) * sizeof(uint32_t);
}

uint32_t *hd_table_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    union {
        const uint32_t *in;
        uint32_t *out;
    } words = {table->words};

    return words.out + position * entry_words(kind);
}

static uint32_t *index_of(struct hd_table *table, enum hd_kind kind)
{
    return table->words + table->capacity * entry_words(kind);
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
                          position)[ENTRY_KEY];
}

uint32_t hd_table_value(const struct hd_objects *objects, uint32_t slot, uint32_t position)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    return entry_words(kind) == 2
               ? 0
               : hd_table_entry(table_of(objects, slot), kind, position)[ENTRY_VALUE];
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
    struct hd_table *table;
    uint32_t owner;
    uint32_t slot;
    enum hd_status status;
    void *body;

    if (hd_classes_take(&objects->classes, class_name, &owner) != HD_OK) {
        return hd_fail_memory(error, class_name.size);
    }
    status = hd_object_make(objects, HD_KIND_INSTANCE, false, &slot, error);
    if (status == HD_OK) {
        status = hd_object_give_body(objects, slot, hd_table_bytes(HD_KIND_INSTANCE, 0), &body,
                                     error);
    }
    if (status != HD_OK) {
        hd_classes_drop(&objects->classes, owner);
        return status;
    }
    table = body;
    *table = (struct hd_table){.owner = owner};
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

static void index_put(struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    uint32_t *index = index_of(table, kind);
    uint32_t mask = index_size(table->capacity) - 1;
    uint32_t i = hd_table_entry(table, kind, position)[ENTRY_HASH] & mask;

    while (index[i] != INDEX_EMPTY) {
        i = (i + 1) & mask;
    }
    index[i] = position + 1;
}

/* A new body of this capacity with the same entries, without holes. */
static enum hd_status rebuild(struct hd_objects *objects, const struct hd_slot *entry,
                              uint32_t capacity, struct hd_table **ret_table,
                              struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;
    const struct hd_table *old = hd_slot_body(entry);
    size_t words = entry_words(kind);
    struct hd_table *table;
    enum hd_status status =
        hd_body_take(objects, entry->account, hd_table_bytes(kind, capacity), &table, error);

    if (status != HD_OK) {
        return status;
    }
    *table = (struct hd_table){.capacity = capacity, .owner = old == NULL ? 0 : old->owner};
    memset(index_of(table, kind), 0, index_size(capacity) * sizeof(uint32_t));
    for (uint32_t i = 0; old != NULL && i < old->span; i++) {
        const uint32_t *from = hd_table_entry(old, kind, i);

        if (from[ENTRY_KEY] != 0) {
            memcpy(hd_table_entry(table, kind, table->span), from, words * sizeof *from);
            if (capacity > SMALL) {
                index_put(table, kind, table->span);
            }
            table->span++;
        }
    }
    table->live = table->span;
    *ret_table = table;
    return HD_OK;
}

/* Room for one entry behind the last. */
static enum hd_status table_reserve(struct hd_objects *objects, uint32_t slot,
                                    struct hd_table **ret_table, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_table *old = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    uint32_t live = old == NULL ? 0 : old->live;
    uint32_t capacity;
    struct hd_table *table;
    enum hd_status status;

    if (old != NULL && old->span < old->capacity) {
        *ret_table = old;
        return HD_OK;
    }
    if (live >= HD_OBJECT_ITEMS_MAX) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "a %s cannot have more than %u entries", hd_kind_name(kind),
                       HD_OBJECT_ITEMS_MAX);
    }
    capacity = live < 2 ? 2 : live < 5 ? 5 : live < SMALL ? SMALL : live * 2;
    status = rebuild(objects, entry, capacity, &table, error);
    if (status != HD_OK) {
        return status;
    }
    if (old != NULL) {
        hd_body_give(objects, entry->account, old, hd_table_bytes(kind, old->capacity));
    }
    hd_slot_set_body(entry, table);
    *ret_table = table;
    return HD_OK;
}

/* Is the entry's key equal to key?  Identity first, then hashes, then values. */
static enum hd_status matches(struct hd_objects *objects, const uint32_t *entry, uint32_t key,
                              uint32_t hash, unsigned depth, uint64_t *work, bool *ret_match,
                              struct hd_error *error)
{
    *ret_match = entry[ENTRY_KEY] == key && key != 0;
    if (*ret_match || entry[ENTRY_KEY] == 0 || entry[ENTRY_HASH] != hash) {
        return HD_OK;
    }
    return hd_equal_at(objects, entry[ENTRY_KEY], key, depth, work, ret_match, error);
}

enum hd_status hd_table_find_hashed(struct hd_objects *objects, const struct hd_table *table,
                                    enum hd_kind kind, uint32_t key, uint32_t hash,
                                    unsigned depth, uint64_t *work, uint32_t *ret_position,
                                    struct hd_error *error)
{
    uint32_t mask = table == NULL ? 0 : index_size(table->capacity) - 1;
    bool match = false;
    enum hd_status status = HD_OK;

    *ret_position = HD_TABLE_MISSING;
    if (table == NULL) {
        return HD_OK;
    }
    if (table->capacity <= SMALL) {
        for (uint32_t i = 0; i < table->span && status == HD_OK && !match; i++) {
            status = matches(objects, hd_table_entry(table, kind, i), key, hash, depth, work,
                             &match, error);
            *ret_position = match ? i : HD_TABLE_MISSING;
        }
        return status;
    }
    for (uint32_t i = hash & mask; status == HD_OK && !match; i = (i + 1) & mask) {
        uint32_t at = (table->words + table->capacity * entry_words(kind))[i];

        if (at == INDEX_EMPTY) {
            return HD_OK;
        }
        status = matches(objects, hd_table_entry(table, kind, at - 1), key, hash, depth, work,
                         &match, error);
        *ret_position = match ? at - 1 : HD_TABLE_MISSING;
    }
    return status;
}

enum hd_status hd_table_find(struct hd_objects *objects, uint32_t slot, uint32_t key,
                             uint32_t *ret_position, struct hd_error *error)
{
    uint64_t work = objects->compare_work;
    uint32_t hash;
    enum hd_status status = hd_object_hash(objects, key, &hash, error);

    if (status != HD_OK) {
        return status;
    }
    return hd_table_find_hashed(objects, table_of(objects, slot), hd_object_kind(objects, slot),
                                key, hash, 0, &work, ret_position, error);
}

static enum hd_status refuse_count(struct hd_error *error)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                   "a key or value cannot be referred to once more");
}

static enum hd_status replace_value(struct hd_objects *objects, struct hd_cascade *cascade,
                                    uint32_t *entry, uint32_t value, struct hd_error *error)
{
    uint32_t old = entry[ENTRY_VALUE];

    if (!hd_refs_take(objects, value)) {
        return refuse_count(error);
    }
    entry[ENTRY_VALUE] = value;
    hd_refs_drop(objects, cascade, old);
    return HD_OK;
}

static enum hd_status append_entry(struct hd_objects *objects, struct hd_cascade *cascade,
                                   uint32_t slot, const uint32_t fresh[3],
                                   struct hd_error *error)
{
    enum hd_kind kind = hd_object_kind(objects, slot);
    struct hd_table *table;
    enum hd_status status = table_reserve(objects, slot, &table, error);

    if (status != HD_OK) {
        return status;
    }
    if (!hd_refs_take(objects, fresh[ENTRY_KEY])) {
        return refuse_count(error);
    }
    if (fresh[ENTRY_VALUE] != 0 && !hd_refs_take(objects, fresh[ENTRY_VALUE])) {
        hd_refs_drop(objects, cascade, fresh[ENTRY_KEY]);
        return refuse_count(error);
    }
    memcpy(hd_table_entry(table, kind, table->span), fresh,
           entry_words(kind) * sizeof fresh[0]);
    if (table->capacity > SMALL) {
        index_put(table, kind, table->span);
    }
    table->span++;
    table->live++;
    return HD_OK;
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

        status = append_entry(objects, cascade, slot, fresh, error);
    } else if (entry_words(kind) == 3) {
        status = replace_value(objects, cascade,
                               hd_table_entry(table_of(objects, slot), kind, position), value,
                               error);
    }
    if (status == HD_OK && kind == HD_KIND_DICT) {
        maintain_tracking(objects, slot, key, value);
    }
    return status;
}

/* [object.inv.index] Those behind it that a search would no longer reach move up. */
static void index_remove(struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    uint32_t *index = index_of(table, kind);
    uint32_t mask = index_size(table->capacity) - 1;
    uint32_t hole = hd_table_entry(table, kind, position)[ENTRY_HASH] & mask;

    while (index[hole] != position + 1) {
        hole = (hole + 1) & mask;
    }
    for (uint32_t i = (hole + 1) & mask; index[i] != INDEX_EMPTY; i = (i + 1) & mask) {
        uint32_t home = hd_table_entry(table, kind, index[i] - 1)[ENTRY_HASH] & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            index[hole] = index[i];
            hole = i;
        }
    }
    index[hole] = INDEX_EMPTY;
}

void hd_table_delete(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot,
                     uint32_t position)
{
    enum hd_kind kind = hd_object_kind(objects, slot);
    struct hd_table *table = hd_slot_body(hd_slot_at(&objects->slots, slot));
    uint32_t *entry = hd_table_entry(table, kind, position);
    uint32_t key = entry[ENTRY_KEY];
    uint32_t value = entry_words(kind) == 3 ? entry[ENTRY_VALUE] : 0;

    HD_CHECK(key != 0);
    if (table->capacity > SMALL) {
        index_remove(table, kind, position);
    }
    memset(entry, 0, entry_words(kind) * sizeof *entry);
    table->live--;
    while (table->span > 0 && hd_table_entry(table, kind, table->span - 1)[ENTRY_KEY] == 0) {
        table->span--; /* holes at the end need no place */
    }
    if (value != 0) {
        hd_refs_drop(objects, cascade, value);
    }
    hd_refs_drop(objects, cascade, key); /* above the value on the cascade: it dies first */
}
