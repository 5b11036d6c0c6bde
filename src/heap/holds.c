/* SPDX-License-Identifier: MIT */
/* holds.c: entries in order, an index beside them; holes go when the room is needed. */
#include "heap/holds.h"

#include <string.h>

#include "base/check.h"

#define SMALLEST 8

static size_t block_bytes(uint32_t capacity)
{
    return capacity * (sizeof(struct hd_hold) + 2 * sizeof(uint32_t));
}

void hd_holds_init(struct hd_holds *holds, const struct hd_allocator *allocator)
{
    *holds = (struct hd_holds){.allocator = allocator};
}

void hd_holds_fini(struct hd_holds *holds)
{
    if (holds->entries != NULL) {
        hd_free(holds->allocator, holds->entries, block_bytes(holds->capacity));
    }
    hd_holds_init(holds, holds->allocator);
}

size_t hd_holds_bytes(const struct hd_holds *holds)
{
    return block_bytes(holds->capacity);
}

static uint32_t home_of(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t hash = slot * UINT32_C(0x9E3779B1);

    return (hash ^ hash >> 15) & (holds->capacity * 2 - 1);
}

/* A place in the index that leads to a hole is used again: else the way to a slot that comes
 * and goes would be longer each time. */
static void index_put(struct hd_holds *holds, uint32_t position)
{
    uint32_t mask = holds->capacity * 2 - 1;
    uint32_t i = home_of(holds, holds->entries[position].slot);

    while (holds->index[i] != 0 && holds->entries[holds->index[i] - 1].slot != 0) {
        i = (i + 1) & mask;
    }
    holds->index[i] = position + 1;
}

/* The living entries of `from` become the first of this block, which may be the same; with
 * pins all of them do. */
static void fill(struct hd_holds *holds, const struct hd_hold *from, uint32_t used)
{
    memset(holds->index, 0, (size_t)holds->capacity * 2 * sizeof *holds->index);
    holds->used = 0;
    holds->head = 0;
    holds->remade++;
    for (uint32_t i = 0; i < used; i++) {
        if (from[i].slot != 0 || holds->pins > 0) {
            holds->entries[holds->used] = from[i];
            if (from[i].slot != 0) {
                index_put(holds, holds->used);
            }
            holds->used++;
        }
    }
}

enum hd_status hd_holds_reserve(struct hd_holds *holds)
{
    return hd_holds_reserve_many(holds, 1);
}

/* The holes go, or the block grows. */
static enum hd_status make_room(struct hd_holds *holds, uint32_t n)
{
    struct hd_holds old = *holds;
    uint64_t needed = (uint64_t)(old.pins > 0 ? old.used : old.live) + n;
    uint64_t capacity = old.capacity == 0 ? SMALLEST : (uint64_t)old.capacity * 2;

    if (old.pins == 0 && needed <= old.capacity / 2 + 1 && needed <= old.capacity) {
        fill(holds, holds->entries, holds->used);
        return HD_OK;
    }
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > UINT32_C(1) << 29) {
        return HD_RESOURCE_EXHAUSTED;
    }
    holds->capacity = (uint32_t)capacity;
    holds->entries = hd_alloc(holds->allocator, block_bytes(holds->capacity));
    if (holds->entries == NULL) {
        *holds = old;
        return HD_RESOURCE_EXHAUSTED;
    }
    holds->index = (uint32_t *)(void *)(holds->entries + holds->capacity);
    fill(holds, old.entries, old.used);
    hd_holds_fini(&old);
    return HD_OK;
}

enum hd_status hd_holds_reserve_many(struct hd_holds *holds, uint32_t n)
{
    return n <= holds->capacity - holds->used ? HD_OK : make_room(holds, n);
}

struct hd_hold *hd_holds_find(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t mask = holds->capacity * 2 - 1;

    if (holds->live == 0) {
        return NULL;
    }
    for (uint32_t i = home_of(holds, slot); holds->index[i] != 0; i = (i + 1) & mask) {
        struct hd_hold *hold = &holds->entries[holds->index[i] - 1];

        if (hold->slot == slot) {
            return hold;
        }
    }
    return NULL;
}

void hd_holds_fetch(const struct hd_holds *holds, uint32_t slot)
{
    if (holds->live > 0) {
        __builtin_prefetch(&holds->index[home_of(holds, slot)]);
    }
}

void hd_holds_fetch_entry(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t position = holds->live == 0 ? 0 : holds->index[home_of(holds, slot)];

    if (position != 0) {
        __builtin_prefetch(&holds->entries[position - 1]);
    }
}

bool hd_holds_add(struct hd_holds *holds, uint32_t slot, uint32_t n)
{
    struct hd_hold *hold = hd_holds_find(holds, slot);

    if (hold != NULL) {
        if (n > UINT32_MAX - hold->count) {
            return false;
        }
        hold->count += n;
        return true;
    }
    HD_CHECK(holds->used < holds->capacity && slot != 0);
    holds->entries[holds->used] = (struct hd_hold){.slot = slot, .count = n};
    index_put(holds, holds->used);
    holds->used++;
    holds->live++;
    return true;
}

/* Where the index leads to an entry, or a place where it leads nowhere. */
static uint32_t index_of(const struct hd_holds *holds, uint32_t position)
{
    uint32_t mask = holds->capacity * 2 - 1;
    uint32_t i = home_of(holds, holds->entries[position].slot);

    while (holds->index[i] != 0 && holds->index[i] != position + 1) {
        i = (i + 1) & mask;
    }
    return i;
}

void hd_holds_remove(struct hd_holds *holds, struct hd_hold *hold, uint32_t n)
{
    uint32_t mask = holds->capacity * 2 - 1;
    uint32_t i;

    HD_CHECK(hold->slot != 0 && n <= hold->count);
    hold->count -= n;
    hold->leaving = 0;
    if (hold->count > 0) {
        return;
    }
    i = index_of(holds, hd_holds_number(holds, hold));
    if (holds->index[(i + 1) & mask] == 0) {
        holds->index[i] = 0; /* no search passes here; else it passes over the hole */
    }
    hold->slot = 0;
    holds->live--;
}

uint32_t hd_holds_number(const struct hd_holds *holds, const struct hd_hold *hold)
{
    return (uint32_t)(hold - holds->entries);
}

void hd_holds_put_back(struct hd_holds *holds, uint32_t number, uint32_t slot, uint32_t n)
{
    struct hd_hold *hold = &holds->entries[number];

    HD_CHECK(number < holds->used && (hold->slot == 0 || hold->slot == slot));
    if (hold->slot == 0) {
        *hold = (struct hd_hold){.slot = slot};
        if (holds->index[index_of(holds, number)] == 0) {
            index_put(holds, number);
        }
        holds->live++;
        holds->head = number < holds->head ? number : holds->head;
    }
    hold->count += n;
}

bool hd_holds_take_first(struct hd_holds *holds, uint32_t *ret_slot, uint32_t *ret_count)
{
    struct hd_hold *hold;

    if (holds->live == 0) {
        return false;
    }
    while (holds->entries[holds->head].slot == 0) {
        holds->head++;
    }
    hold = &holds->entries[holds->head];
    *ret_slot = hold->slot;
    *ret_count = hold->count;
    *hold = (struct hd_hold){0}; /* the index stays as it is: it goes with the frame */
    holds->live--;
    return true;
}
