/* SPDX-License-Identifier: MIT */
/* intern.c: a hash table that never holds a dead str. */
#include "object/intern.h"

#include "base/check.h"

void hd_intern_init(struct hd_intern *intern, const struct hd_allocator *allocator)
{
    *intern = (struct hd_intern){.allocator = allocator};
}

void hd_intern_fini(struct hd_intern *intern)
{
    hd_free(intern->allocator, intern->entries, intern->capacity * sizeof *intern->entries);
    *intern = (struct hd_intern){0};
}

uint32_t hd_intern_next(const struct hd_intern *intern, uint32_t hash, uint32_t *at)
{
    uint32_t mask = intern->capacity - 1;

    if (intern->capacity == 0) {
        return 0;
    }
    for (;;) {
        const struct hd_intern_entry *entry = &intern->entries[(hash + *at) & mask];

        (*at)++;
        if (entry->slot == 0 || entry->hash == hash) {
            return entry->slot;
        }
    }
}

static void put(struct hd_intern *intern, uint32_t hash, uint32_t slot)
{
    uint32_t mask = intern->capacity - 1;
    uint32_t i = hash & mask;

    while (intern->entries[i].slot != 0) {
        i = (i + 1) & mask;
    }
    intern->entries[i].hash = hash;
    intern->entries[i].slot = slot;
}

enum hd_status hd_intern_reserve(struct hd_intern *intern)
{
    struct hd_intern old = *intern;

    if (((uint64_t)old.count + 1) * 2 <= old.capacity) {
        return HD_OK;
    }
    intern->capacity = old.capacity == 0 ? 16 : old.capacity * 2;
    intern->entries =
        hd_alloc_zeroed(intern->allocator, intern->capacity * sizeof *intern->entries);
    if (intern->entries == NULL) {
        *intern = old;
        return HD_RESOURCE_EXHAUSTED;
    }
    for (uint32_t i = 0; i < old.capacity; i++) {
        if (old.entries[i].slot != 0) {
            put(intern, old.entries[i].hash, old.entries[i].slot);
        }
    }
    hd_intern_fini(&old);
    return HD_OK;
}

void hd_intern_add(struct hd_intern *intern, uint32_t hash, uint32_t slot)
{
    put(intern, hash, slot);
    intern->count++;
}

void hd_intern_remove(struct hd_intern *intern, uint32_t hash, uint32_t slot)
{
    uint32_t mask = intern->capacity - 1;
    uint32_t hole = hash & mask;

    while (intern->entries[hole].slot != slot) {
        HD_CHECK(intern->entries[hole].slot != 0);
        hole = (hole + 1) & mask;
    }
    for (uint32_t i = (hole + 1) & mask; intern->entries[i].slot != 0; i = (i + 1) & mask) {
        uint32_t home = intern->entries[i].hash & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            intern->entries[hole] = intern->entries[i];
            hole = i;
        }
    }
    intern->entries[hole].slot = 0;
    intern->count--;
}
