/* SPDX-License-Identifier: MIT */
/* names.c: an array in order of binding, and an index from texts into it. */
#include "heap/names.h"

#include <string.h>

#include "base/check.h"

struct wanted {
    struct hd_bytes text;
    uint32_t hash;
};

static struct wanted want(const struct hd_names *names, struct hd_bytes text)
{
    return (struct wanted){text, (uint32_t)hd_hash_bytes(names->key, text.data, text.size)};
}

static bool is_wanted(const void *owner, uint32_t number, const void *key)
{
    const struct hd_name *name = &((const struct hd_names *)owner)->entries[number];
    const struct wanted *wanted = key;

    return name->hash == wanted->hash &&
           hd_bytes_equal((struct hd_bytes){name->text, name->size}, wanted->text);
}

static uint32_t hash_entry(const void *owner, uint32_t number)
{
    return ((const struct hd_names *)owner)->entries[number].hash;
}

static uint32_t find(const struct hd_names *names, const struct wanted *wanted)
{
    return hd_index_find(&names->index, wanted->hash, is_wanted, names, wanted);
}

void hd_names_init(struct hd_names *names, const struct hd_allocator *allocator,
                   const struct hd_hash_key *key)
{
    *names = (struct hd_names){.allocator = allocator, .key = key};
}

void hd_names_fini(struct hd_names *names)
{
    for (uint32_t i = 0; i < names->span; i++) {
        hd_free(names->allocator, names->entries[i].text, names->entries[i].size);
    }
    hd_free(names->allocator, names->entries, names->capacity * sizeof *names->entries);
    hd_index_fini(&names->index, names->allocator);
    *names = (struct hd_names){0};
}

uint32_t hd_names_find(const struct hd_names *names, struct hd_bytes text)
{
    struct wanted wanted = want(names, text);
    uint32_t number = find(names, &wanted);

    return number == HD_INDEX_MISSING ? 0 : names->entries[number].slot;
}

static void compact(struct hd_names *names, struct hd_name *to)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < names->span; i++) {
        if (names->entries[i].text != NULL) {
            to[n] = names->entries[i];
            hd_index_put(&names->index, to[n].hash, n);
            n++;
        }
    }
    names->span = n;
}

static enum hd_status reserve(struct hd_names *names)
{
    uint32_t capacity = names->live * 2 < 4 ? 4 : names->live * 2;
    struct hd_name *entries;

    if (names->span < names->capacity) {
        return HD_OK;
    }
    if (names->live < names->capacity / 2) {
        hd_index_clear(&names->index);
        compact(names, names->entries);
        return HD_OK;
    }
    entries = hd_alloc(names->allocator, capacity * sizeof *entries);
    if (entries == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (hd_index_reset(&names->index, names->allocator, capacity) != HD_OK) {
        hd_free(names->allocator, entries, capacity * sizeof *entries);
        return HD_RESOURCE_EXHAUSTED;
    }
    compact(names, entries);
    hd_free(names->allocator, names->entries, names->capacity * sizeof *entries);
    names->entries = entries;
    names->capacity = capacity;
    return HD_OK;
}

static enum hd_status add(struct hd_names *names, const struct wanted *wanted, uint32_t slot,
                          bool declared)
{
    char *text;

    if (reserve(names) != HD_OK) {
        return HD_RESOURCE_EXHAUSTED;
    }
    text = hd_alloc(names->allocator, wanted->text.size);
    if (text == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    memcpy(text, wanted->text.data, wanted->text.size);
    names->entries[names->span] = (struct hd_name){text, (uint32_t)wanted->text.size,
                                                   wanted->hash, slot, declared};
    hd_index_put(&names->index, wanted->hash, names->span);
    names->span++;
    names->live++;
    names->bound += slot != 0;
    return HD_OK;
}

enum hd_status hd_names_bind(struct hd_names *names, struct hd_bytes text, uint32_t slot,
                             uint32_t *ret_old)
{
    struct wanted wanted = want(names, text);
    uint32_t number = find(names, &wanted);

    HD_CHECK(slot != 0 && text.size > 0);
    if (number == HD_INDEX_MISSING) {
        *ret_old = 0;
        return add(names, &wanted, slot, false);
    }
    *ret_old = names->entries[number].slot;
    names->bound += *ret_old == 0;
    names->entries[number].slot = slot;
    return HD_OK;
}

enum hd_status hd_names_declare(struct hd_names *names, struct hd_bytes text, uint32_t slot)
{
    struct wanted wanted = want(names, text);

    HD_CHECK(find(names, &wanted) == HD_INDEX_MISSING);
    return add(names, &wanted, slot, true);
}

static uint32_t unbind(struct hd_names *names, uint32_t number)
{
    struct hd_name *name = &names->entries[number];
    uint32_t slot = name->slot;

    names->bound -= slot != 0;
    name->slot = 0;
    if (!name->declared) {
        hd_index_remove(&names->index, name->hash, number, hash_entry, names);
        hd_free(names->allocator, name->text, name->size);
        *name = (struct hd_name){0};
        names->live--;
        while (names->span > 0 && names->entries[names->span - 1].text == NULL) {
            names->span--;
        }
    }
    return slot;
}

uint32_t hd_names_unbind(struct hd_names *names, struct hd_bytes text)
{
    struct wanted wanted = want(names, text);
    uint32_t number = find(names, &wanted);

    return number == HD_INDEX_MISSING || names->entries[number].slot == 0
               ? 0
               : unbind(names, number);
}

uint32_t hd_names_take_first(struct hd_names *names)
{
    while (names->taken < names->span) {
        uint32_t number = names->taken++;
        uint32_t slot = names->entries[number].slot;

        if (slot != 0) {
            names->entries[number].slot = 0;
            names->bound--;
            return slot;
        }
    }
    return 0;
}
