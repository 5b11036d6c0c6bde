/* SPDX-License-Identifier: MIT */
/* object.c: an instance of the layer, its immortals, and the making and unmaking of slots. */
#include "object/object.h"

#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "object/internal.h"

enum hd_status hd_fail_memory(struct hd_error *error, size_t bytes)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                   "no memory for %zu bytes", bytes);
}

enum hd_status hd_object_make_slot(struct hd_objects *objects, enum hd_kind kind, bool atom,
                                   uint32_t *ret_slot, struct hd_error *error)
{
    uint32_t share = hd_slot_share(atom ? HD_ATOM_BASE : 0);
    enum hd_status status;

    if (!hd_quota_take_object(objects->quota, objects->account, share)) {
        return hd_fail_memory(error, share);
    }
    status = hd_slots_take(&objects->slots, kind, atom, ret_slot, error);
    if (status != HD_OK) {
        hd_quota_give_object(objects->quota, objects->account, share, 0);
        return status;
    }
    hd_slot_at(&objects->slots, *ret_slot)->account = objects->account;
    objects->kinds[kind]++;
    return HD_OK;
}

void hd_object_count_made(struct hd_objects *objects)
{
    objects->young_count++;
    objects->made++;
}

enum hd_status hd_object_make(struct hd_objects *objects, enum hd_kind kind, bool atom,
                              uint32_t *ret_slot, struct hd_error *error)
{
    enum hd_status status = hd_object_make_slot(objects, kind, atom, ret_slot, error);

    if (status == HD_OK && !atom) {
        hd_object_count_made(objects);
    }
    return status;
}

enum hd_status hd_object_give_body(struct hd_objects *objects, uint32_t slot, size_t bytes,
                                   void **ret_body, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    void *body;
    enum hd_status status = hd_body_take(objects, entry->account, bytes, &body, error);

    if (status != HD_OK) {
        hd_slots_kill(&objects->slots, slot);
        hd_object_unmake(objects, slot);
        return status;
    }
    hd_slot_set_body(entry, body);
    *ret_body = body;
    return HD_OK;
}

/* Before the body goes: an instance's class has one less. */
static void leave_class(struct hd_objects *objects, const struct hd_slot *entry)
{
    if (entry->kind == HD_KIND_INSTANCE && hd_slot_body(entry) != NULL) {
        const struct hd_table *table = hd_slot_body(entry);

        hd_classes_drop(&objects->classes, table->owner);
    }
}

void hd_object_strip_flat(struct hd_objects *objects, const struct hd_slot *entry,
                          uint32_t slot)
{
    size_t bytes;

    HD_CHECK(entry->count != HD_COUNT_IMMORTAL);
    leave_class(objects, entry);
    bytes = hd_object_own_bytes(entry);
    hd_quota_give_object(objects->quota, entry->account, hd_slot_share(slot), bytes);
    if (bytes > 0) {
        hd_free(objects->bodies, hd_slot_body(entry), bytes);
    }
    objects->kinds[entry->kind]--;
    if (!hd_slot_is_atom(slot) && (entry->flags & HD_SLOT_SHELL) == 0 &&
        objects->young_count > 0) {
        objects->young_count--;
    }
}

void hd_object_strip(struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    uint32_t all = UINT32_MAX;

    (void)hd_object_shed(objects, entry, &all);
    hd_object_strip_flat(objects, entry, slot);
}

void hd_object_unmake(struct hd_objects *objects, uint32_t slot)
{
    hd_object_strip(objects, slot);
    hd_slots_give(&objects->slots, slot);
    if (objects->barrier.partial == slot) {
        objects->barrier.partial = 0;
    }
}

void hd_object_discard(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot)
{
    if (hd_slot_at(&objects->slots, slot)->count == 0) {
        bool taken = hd_refs_take(objects, slot);

        HD_CHECK(taken);
        hd_refs_drop(objects, cascade, slot);
    }
}

static enum hd_status make_immortal(struct hd_objects *objects, enum hd_kind kind,
                                    uint32_t expected, const void *payload, size_t size)
{
    uint32_t slot;
    struct hd_slot *entry;

    if (hd_slots_take(&objects->slots, kind, true, &slot, NULL) != HD_OK) {
        return HD_RESOURCE_EXHAUSTED;
    }
    HD_CHECK(slot == HD_ATOM_BASE + expected);
    entry = hd_slot_at(&objects->slots, slot);
    entry->count = HD_COUNT_IMMORTAL;
    if (kind == HD_KIND_STR || kind == HD_KIND_BYTES) {
        struct hd_text *text;
        size_t bytes = sizeof *text + (size > 0 ? size : 1);

        if (hd_body_take(objects, 0, bytes, &text, NULL) != HD_OK) {
            return HD_RESOURCE_EXHAUSTED;
        }
        text->size = (uint32_t)size;
        text->hash = hd_text_hash(objects, (struct hd_bytes){payload, size});
        memcpy(text->data, payload, size);
        hd_slot_set_body(entry, text);
    } else if (size > 0) {
        memcpy(entry->payload, payload, size);
    }
    return HD_OK;
}

static enum hd_status make_immortals(struct hd_objects *objects)
{
    static const struct {
        enum hd_kind kind;
        uint32_t atom;
        int64_t value;
        size_t size;
    } singles[] = {
        {HD_KIND_NONE, ATOM_NONE, 0, 0},
        {HD_KIND_BOOL, ATOM_FALSE, 0, sizeof(int64_t)},
        {HD_KIND_BOOL, ATOM_TRUE, 1, sizeof(int64_t)},
        {HD_KIND_TUPLE, ATOM_EMPTY_TUPLE, 0, 0},
        {HD_KIND_STR, ATOM_EMPTY_STR, 0, 0},
        {HD_KIND_BYTES, ATOM_EMPTY_BYTES, 0, 0},
    };
    enum hd_status status = HD_OK;

    for (size_t i = 0; status == HD_OK && i < sizeof singles / sizeof singles[0]; i++) {
        status = make_immortal(objects, singles[i].kind, singles[i].atom, &singles[i].value,
                               singles[i].size);
    }
    for (int64_t i = INT_CACHE_FROM; status == HD_OK && i <= INT_CACHE_TO; i++) {
        status = make_immortal(objects, HD_KIND_INT, (uint32_t)(ATOM_INT + i - INT_CACHE_FROM),
                               &i, sizeof i);
    }
    for (uint32_t i = 0; status == HD_OK && i < 256; i++) {
        char text[4];

        status =
            make_immortal(objects, HD_KIND_STR, ATOM_CHAR + i, text, hd_utf8_encode(i, text));
    }
    for (uint32_t i = 0; status == HD_OK && i < 256; i++) {
        char byte = (char)i;

        status = make_immortal(objects, HD_KIND_BYTES, ATOM_BYTE + i, &byte, 1);
    }
    return status;
}

void hd_object_name(struct hd_objects *objects, uint32_t slot)
{
    if (!objects->barrier.marking) {
        return;
    }
    hd_barrier_shade(&objects->barrier, &objects->slots, slot);
    if ((hd_slot_at(&objects->slots, slot)->flags & HD_SLOT_FINALIZED) != 0) {
        objects->mourner->name(objects->mourner->ctx, slot);
    }
}

enum hd_status hd_object_resolve(struct hd_objects *objects, uint64_t id, uint32_t *ret_slot,
                                 struct hd_error *error)
{
    enum hd_status status = hd_slots_resolve(&objects->slots, id, ret_slot, error);

    if (status == HD_OK) {
        hd_object_name(objects, *ret_slot);
    }
    return status;
}

struct hd_barrier *hd_objects_barrier(struct hd_objects *objects)
{
    return &objects->barrier;
}

/* What had not been looked at moved up. */
void hd_objects_note_insert(struct hd_objects *objects, uint32_t list, uint32_t index)
{
    struct hd_barrier *barrier = &objects->barrier;

    if (barrier->partial == list && index < barrier->partial_end &&
        barrier->partial_end != UINT32_MAX) {
        barrier->partial_end++;
    }
}

bool hd_object_is_immortal(uint32_t slot)
{
    return slot > HD_ATOM_BASE && slot < HD_ATOM_BASE + ATOM_MORTAL;
}

enum hd_status hd_objects_new(const struct hd_object_options *options, const struct hd_os *os,
                              const struct hd_allocator *bodies,
                              const struct hd_allocator *books, struct hd_objects **ret_objects)
{
    struct hd_objects *objects = hd_alloc_zeroed(books, sizeof *objects);

    if (objects == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    objects->bodies = bodies;
    objects->books = books;
    objects->hash_key = options->hash_key;
    hd_list_init(&objects->comparisons);
    hd_list_init(&objects->readers);
    objects->compare_work = options->compare_work;
    hd_quota_init(&objects->unlimited);
    objects->quota = options->quota != NULL ? options->quota : &objects->unlimited;
    hd_intern_init(&objects->intern, books);
    hd_classes_init(&objects->classes, books, &options->hash_key);
    if (hd_slots_init(&objects->slots, os, options->version_seed, options->max_slots) !=
        HD_OK) {
        hd_free(books, objects, sizeof *objects);
        return HD_RESOURCE_EXHAUSTED;
    }
    objects->slots.quota = objects->quota;
    if (make_immortals(objects) != HD_OK) {
        hd_objects_free(objects);
        return HD_RESOURCE_EXHAUSTED;
    }
    *ret_objects = objects;
    return HD_OK;
}

static void free_bodies(struct hd_objects *objects, const struct hd_slot_range *range)
{
    for (uint32_t i = 1; i < range->high; i++) {
        if (range->entries[i].kind != HD_KIND_FREE) {
            struct hd_slot *entry = &range->entries[i];
            uint32_t all = UINT32_MAX;

            (void)hd_object_shed(objects, entry, &all);
            hd_body_give(objects, entry->account,
                         hd_object_own_bytes(entry) > 0 ? hd_slot_body(entry) : NULL,
                         hd_object_own_bytes(entry));
        }
    }
}

void hd_objects_free(struct hd_objects *objects)
{
    if (objects == NULL) {
        return;
    }
    free_bodies(objects, &objects->slots.containers);
    free_bodies(objects, &objects->slots.atoms);
    hd_classes_fini(&objects->classes);
    hd_intern_fini(&objects->intern);
    hd_slots_fini(&objects->slots);
    hd_free(objects->books, objects, sizeof *objects);
}

void hd_objects_set_account(struct hd_objects *objects, uint16_t account)
{
    objects->account = account;
}

uint64_t hd_objects_count(const struct hd_objects *objects, enum hd_kind kind)
{
    return objects->kinds[kind];
}

struct hd_slots *hd_objects_slots(struct hd_objects *objects)
{
    return &objects->slots;
}

const struct hd_slots *hd_objects_slots_const(const struct hd_objects *objects)
{
    return &objects->slots;
}

uint64_t hd_objects_young_count(const struct hd_objects *objects)
{
    return objects->young_count;
}

void hd_objects_reset_young_count(struct hd_objects *objects)
{
    objects->young_count = 0;
}

uint64_t hd_objects_made(const struct hd_objects *objects)
{
    return objects->made;
}

void hd_objects_keep_young_count(struct hd_objects *objects, uint64_t count)
{
    if (objects->young_count < count) {
        objects->young_count = count;
    }
}
