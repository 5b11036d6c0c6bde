/* SPDX-License-Identifier: MIT */
/* holds.c: an array in order of age, and an index from slots into it. */
#include "heap/holds.h"

#include <string.h>

#include "base/check.h"

static uint32_t hash_slot(uint32_t slot)
{
    return (slot * UINT32_C(2654435761)) >> 7; /* slot numbers are the heap's choice, not a peer's */
}

static bool is_slot(const void *owner, uint32_t number, const void *key)
{
    const struct hd_holds *holds = owner;

    return holds->entries[number].slot == *(const uint32_t *)key;
}

static uint32_t hash_entry(const void *owner, uint32_t number)
{
    const struct hd_holds *holds = owner;

    return hash_slot(holds->entries[number].slot);
}

void hd_holds_init(struct hd_holds *holds, const struct hd_allocator *allocator)
{
    *holds = (struct hd_holds){.allocator = allocator};
}

void hd_holds_fini(struct hd_holds *holds)
{
    hd_free(holds->allocator, holds->entries, holds->capacity * sizeof *holds->entries);
    hd_index_fini(&holds->index, holds->allocator);
    *holds = (struct hd_holds){0};
}

static uint32_t find(const struct hd_holds *holds, uint32_t slot)
{
    return hd_index_find(&holds->index, hash_slot(slot), is_slot, holds, &slot);
}

uint32_t hd_holds_count(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t number = find(holds, slot);

    return number == HD_INDEX_MISSING ? 0 : holds->entries[number].count;
}

/* Closes the holes, where there are. */
static void compact(struct hd_holds *holds, struct hd_hold *to)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < holds->span; i++) {
        if (holds->entries[i].slot != 0) {
            to[n] = holds->entries[i];
            hd_index_put(&holds->index, hash_slot(to[n].slot), n);
            n++;
        }
    }
    holds->span = n;
}

enum hd_status hd_holds_reserve(struct hd_holds *holds, uint32_t more)
{
    uint64_t capacity = holds->capacity < 4 ? 4 : holds->capacity;
    struct hd_hold *entries;

    if (more <= holds->capacity - holds->span) {
        return HD_OK;
    }
    if ((uint64_t)holds->live + more <= holds->capacity / 2) {
        hd_index_clear(&holds->index);
        compact(holds, holds->entries);
        return HD_OK;
    }
    while (capacity < ((uint64_t)holds->live + more) * 2) {
        capacity *= 2;
    }
    if (capacity > UINT32_MAX / 4) {
        return HD_RESOURCE_EXHAUSTED;
    }
    entries = hd_alloc(holds->allocator, capacity * sizeof *entries);
    if (entries == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (hd_index_reset(&holds->index, holds->allocator, (uint32_t)capacity) != HD_OK) {
        hd_free(holds->allocator, entries, capacity * sizeof *entries);
        return HD_RESOURCE_EXHAUSTED;
    }
    compact(holds, entries);
    hd_free(holds->allocator, holds->entries, holds->capacity * sizeof *entries);
    holds->entries = entries;
    holds->capacity = (uint32_t)capacity;
    return HD_OK;
}

bool hd_holds_add(struct hd_holds *holds, uint32_t slot, uint32_t n)
{
    uint32_t number = find(holds, slot);

    if (number != HD_INDEX_MISSING) {
        if (n > UINT32_MAX - holds->entries[number].count) {
            return false;
        }
        holds->entries[number].count += n;
        return true;
    }
    HD_CHECK(holds->span < holds->capacity);
    holds->entries[holds->span] = (struct hd_hold){slot, n};
    hd_index_put(&holds->index, hash_slot(slot), holds->span);
    holds->span++;
    holds->live++;
    return true;
}

static void remove_entry(struct hd_holds *holds, uint32_t number)
{
    hd_index_remove(&holds->index, hash_entry(holds, number), number, hash_entry, holds);
    holds->entries[number] = (struct hd_hold){0};
    holds->live--;
    while (holds->span > 0 && holds->entries[holds->span - 1].slot == 0) {
        holds->span--;
    }
}

void hd_holds_remove(struct hd_holds *holds, uint32_t slot, uint32_t n)
{
    uint32_t number = find(holds, slot);

    HD_CHECK(number != HD_INDEX_MISSING && holds->entries[number].count >= n);
    holds->entries[number].count -= n;
    if (holds->entries[number].count == 0) {
        remove_entry(holds, number);
    }
}

bool hd_holds_take_first(struct hd_holds *holds, struct hd_hold *ret_hold)
{
    while (holds->taken < holds->span) {
        struct hd_hold *hold = &holds->entries[holds->taken++];

        if (hold->slot != 0) {
            *ret_hold = *hold;
            *hold = (struct hd_hold){0};
            holds->live--;
            return true;
        }
    }
    return false;
}
