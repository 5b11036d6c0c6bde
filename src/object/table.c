/* SPDX-License-Identifier: MIT */
/* table.c: dicts, sets and attributes: finding, storing and taking out, in whichever of
 * the two forms a table has (table_form.c). */
#include "base/check.h"
#include "object/big_table.h"
#include "object/flat_table.h"
#include "object/internal.h"

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
        search.big = hd_index_search(&hd_big_table_of(table)->index, hash);
    }
    return search;
}

static uint32_t next_position(struct search *search)
{
    if (search->table == NULL) {
        return HD_TABLE_MISSING;
    }
    return hd_table_body_is_big(search->table)
               ? hd_big_table_next(hd_big_table_of(search->table), &search->big)
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
    size_t references = fresh[HD_ENTRY_VALUE] == 0 ? 1 : 2;
    enum hd_status status;

    if (hd_refs_take_all(objects, fresh + HD_ENTRY_KEY, references, NULL) != HD_OK) {
        return refuse_count(error);
    }
    status = hd_table_reserve(objects, entry, fresh[HD_ENTRY_HASH], error);
    if (status != HD_OK) {
        hd_refs_untake_all(objects, fresh + HD_ENTRY_KEY, references);
    } else {
        hd_table_append(entry, fresh);
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
    const uint32_t *words = hd_table_entry(hd_slot_body(entry), kind, position);
    uint32_t key = words[HD_ENTRY_KEY];
    uint32_t value = hd_table_entry_words(kind) == 3 ? words[HD_ENTRY_VALUE] : 0;

    HD_CHECK(key != 0);
    hd_objects_note_change(objects, slot);
    hd_table_take_out(objects, entry, position);
    if (value != 0) {
        hd_refs_drop(objects, cascade, value);
    }
    hd_refs_drop(objects, cascade, key); /* above the value on the cascade: it dies first */
}
