/* SPDX-License-Identifier: MIT */
/* names.c: entries in order, an index beside them; holes go when the room is needed. */
#include "heap/names.h"

#include <string.h>

#include "base/check.h"

#define SMALLEST 8

static size_t block_bytes(uint32_t capacity)
{
    return capacity * (sizeof(struct hd_name) + 2 * sizeof(uint32_t));
}

void hd_names_init(struct hd_names *names, const struct hd_allocator *allocator,
                   const struct hd_hash_key *key)
{
    *names = (struct hd_names){.allocator = allocator, .key = key};
}

static void remove_entry(struct hd_names *names, struct hd_name *name)
{
    hd_free(names->allocator, name->text, name->size);
    name->text = NULL; /* what the index has of it is the caller's to drop */
    names->live--;
}

void hd_names_fini(struct hd_names *names)
{
    for (uint32_t i = 0; i < names->used; i++) {
        if (names->entries[i].text != NULL) {
            remove_entry(names, &names->entries[i]);
        }
    }
    if (names->entries != NULL) {
        hd_free(names->allocator, names->entries, block_bytes(names->capacity));
    }
    hd_names_init(names, names->allocator, names->key);
}

size_t hd_names_bytes(const struct hd_names *names)
{
    size_t bytes = block_bytes(names->capacity);

    for (uint32_t i = 0; i < names->used; i++) {
        bytes += names->entries[i].text != NULL ? names->entries[i].size : 0;
    }
    return bytes;
}

/* As of holds: a place that leads to a hole is used again. */
static void index_put(struct hd_names *names, uint32_t position)
{
    uint32_t mask = names->capacity * 2 - 1;
    uint32_t i = (uint32_t)names->entries[position].hash & mask;

    while (names->index[i] != 0 && names->entries[names->index[i] - 1].text != NULL) {
        i = (i + 1) & mask;
    }
    names->index[i] = position + 1;
}

/* Where the index leads to an entry, or a place where it leads nowhere. */
static uint32_t index_of(const struct hd_names *names, uint32_t position)
{
    uint32_t mask = names->capacity * 2 - 1;
    uint32_t i = (uint32_t)names->entries[position].hash & mask;

    while (names->index[i] != 0 && names->index[i] != position + 1) {
        i = (i + 1) & mask;
    }
    return i;
}

/* An entry is a hole from here on: no search passes its place in the index, or passes over it.
 */
static void index_drop(struct hd_names *names, const struct hd_name *name)
{
    uint32_t i = index_of(names, hd_names_number(names, name));

    if (names->index[(i + 1) & (names->capacity * 2 - 1)] == 0) {
        names->index[i] = 0;
    }
}

/* The living entries of `from` become the first of this block, which may be the same; with
 * pins all of them do. */
static void fill(struct hd_names *names, const struct hd_name *from, uint32_t used)
{
    memset(names->index, 0, (size_t)names->capacity * 2 * sizeof *names->index);
    names->used = 0;
    names->head = 0;
    names->remade++;
    for (uint32_t i = 0; i < used; i++) {
        if (from[i].text != NULL || names->pins > 0) {
            names->entries[names->used] = from[i];
            if (from[i].text != NULL) {
                index_put(names, names->used);
            }
            names->used++;
        }
    }
}

static enum hd_status reserve(struct hd_names *names)
{
    struct hd_names old = *names;

    if (names->used < names->capacity) {
        return HD_OK;
    }
    if (names->capacity > 0 && names->pins == 0 && names->live <= names->capacity / 2) {
        fill(names, names->entries, names->used);
        return HD_OK;
    }
    if (old.capacity >= UINT32_C(1) << 28) {
        return HD_RESOURCE_EXHAUSTED;
    }
    names->capacity = old.capacity == 0 ? SMALLEST : old.capacity * 2;
    names->entries = hd_alloc(names->allocator, block_bytes(names->capacity));
    if (names->entries == NULL) {
        *names = old;
        return HD_RESOURCE_EXHAUSTED;
    }
    names->index = (uint32_t *)(void *)(names->entries + names->capacity);
    fill(names, old.entries, old.used);
    if (old.entries != NULL) {
        hd_free(names->allocator, old.entries, block_bytes(old.capacity));
    }
    return HD_OK;
}

static struct hd_name *find_hashed(const struct hd_names *names, struct hd_bytes text,
                                   uint64_t hash)
{
    uint32_t mask = names->capacity * 2 - 1;

    if (names->live == 0) {
        return NULL;
    }
    for (uint32_t i = (uint32_t)hash & mask; names->index[i] != 0; i = (i + 1) & mask) {
        struct hd_name *name = &names->entries[names->index[i] - 1];

        if (name->text != NULL && name->hash == hash && name->size == text.size &&
            memcmp(name->text, text.data, text.size) == 0) {
            return name;
        }
    }
    return NULL;
}

struct hd_name *hd_names_find(const struct hd_names *names, struct hd_bytes text)
{
    return find_hashed(names, text, hd_hash_bytes(names->key, text.data, text.size));
}

struct hd_name *hd_names_claim(struct hd_names *names, struct hd_bytes text)
{
    uint64_t hash = hd_hash_bytes(names->key, text.data, text.size);
    struct hd_name *name = find_hashed(names, text, hash);
    char *copy;

    if (name != NULL) {
        return name;
    }
    HD_CHECK(text.size > 0 && text.size <= UINT32_MAX);
    copy = hd_alloc(names->allocator, text.size);
    if (copy == NULL || reserve(names) != HD_OK) {
        hd_free(names->allocator, copy, text.size);
        return NULL;
    }
    memcpy(copy, text.data, text.size);
    name = &names->entries[names->used];
    *name = (struct hd_name){.text = copy, .hash = hash, .size = (uint32_t)text.size};
    index_put(names, names->used);
    names->used++;
    names->live++;
    return name;
}

void hd_names_unclaim(struct hd_names *names, struct hd_name *name)
{
    if (name->slot == 0 && !name->listed) {
        index_drop(names, name);
        remove_entry(names, name);
    }
}

uint32_t hd_names_set(struct hd_names *names, struct hd_name *name, uint32_t slot)
{
    uint32_t old = name->slot;

    HD_CHECK(slot != 0 && name->text != NULL);
    names->bound += old == 0;
    name->slot = slot;
    return old;
}

uint32_t hd_names_unset(struct hd_names *names, struct hd_name *name)
{
    uint32_t old = name->slot;

    names->bound -= old != 0;
    name->slot = 0;
    hd_names_unclaim(names, name);
    return old;
}

uint32_t hd_names_number(const struct hd_names *names, const struct hd_name *name)
{
    return (uint32_t)(name - names->entries);
}

struct hd_name hd_names_set_aside(struct hd_names *names, struct hd_name *name)
{
    struct hd_name aside = *name;

    names->bound -= name->slot != 0;
    name->slot = 0;
    if (!name->listed) {
        index_drop(names, name);
        name->text = NULL; /* as remove_entry, but for the text */
        names->live--;
    }
    return aside;
}

void hd_names_put_back(struct hd_names *names, uint32_t number, const struct hd_name *name)
{
    bool was_gone = names->entries[number].text == NULL;

    HD_CHECK(number < names->used && was_gone == !name->listed);
    names->entries[number] = *name;
    names->bound += name->slot != 0;
    if (was_gone) {
        names->live++;
        names->head = number < names->head ? number : names->head;
        if (names->index[index_of(names, number)] == 0) {
            index_put(names, number);
        }
    }
}

void hd_names_forget(struct hd_names *names, const struct hd_name *name)
{
    if (!name->listed) {
        hd_free(names->allocator, name->text, name->size);
    }
}

uint32_t hd_names_take_first(struct hd_names *names)
{
    if (names->bound == 0) {
        return 0;
    }
    for (;;) {
        struct hd_name *name = &names->entries[names->head];

        names->head++;
        if (name->text != NULL) {
            name->listed = false;
            if (name->slot != 0) {
                return hd_names_unset(names, name);
            }
            remove_entry(names, name);
        }
    }
}
