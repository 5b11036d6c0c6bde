/* SPDX-License-Identifier: MIT */
/* scratch.c: a list of chunks, each twice the one before up to a limit. */
#include "wire/scratch.h"

#include <stdint.h>
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)8 * 1024)
#define LARGE_CHUNK_BYTES ((size_t)1024 * 1024)
#define KEPT_BYTES        ((size_t)256 * 1024)

struct hd_scratch_chunk {
    struct hd_scratch_chunk *older;
    size_t size; /* this head included */
};

_Static_assert(sizeof(struct hd_scratch_chunk) % HD_SCRATCH_ALIGN == 0,
               "what follows is aligned");

void hd_scratch_init(struct hd_scratch *scratch, const struct hd_allocator *allocator)
{
    *scratch = (struct hd_scratch){.allocator = allocator, .cap = SIZE_MAX};
}

size_t hd_scratch_taken(const struct hd_scratch *scratch)
{
    return scratch->taken + (size_t)(scratch->next - scratch->counted);
}

/* [wire.inv.cap] The end is no further than the cap lets it be. */
static void go_on_at(struct hd_scratch *scratch, char *next, size_t taken)
{
    struct hd_scratch_chunk *chunk = scratch->chunk;
    size_t left = chunk == NULL ? 0 : chunk->size - (size_t)(next - (char *)chunk);
    size_t room = scratch->cap - (taken < scratch->cap ? taken : scratch->cap);

    room &= ~(HD_SCRATCH_ALIGN - 1);
    scratch->next = next;
    scratch->counted = next;
    scratch->taken = taken;
    scratch->end = next == NULL ? NULL : next + (left < room ? left : room);
}

static void free_newest(struct hd_scratch *scratch)
{
    struct hd_scratch_chunk *chunk = scratch->chunk;

    scratch->chunk = chunk->older;
    hd_free(scratch->allocator, chunk, chunk->size);
}

void hd_scratch_fini(struct hd_scratch *scratch)
{
    while (scratch->chunk != NULL) {
        free_newest(scratch);
    }
}

void hd_scratch_set_cap(struct hd_scratch *scratch, size_t cap)
{
    scratch->cap = cap;
    go_on_at(scratch, scratch->next, hd_scratch_taken(scratch));
}

/* A chunk with room for size bytes. */
static struct hd_scratch_chunk *add_chunk(struct hd_scratch *scratch, size_t size)
{
    size_t wished = scratch->chunk == NULL ? FIRST_CHUNK_BYTES : 2 * scratch->chunk->size;
    size_t needed = size + sizeof(struct hd_scratch_chunk);
    struct hd_scratch_chunk *chunk;

    wished = wished > LARGE_CHUNK_BYTES ? LARGE_CHUNK_BYTES : wished;
    wished = wished < needed ? needed : wished;
    chunk = hd_alloc(scratch->allocator, wished);
    if (chunk == NULL) {
        return NULL;
    }
    *chunk = (struct hd_scratch_chunk){.older = scratch->chunk, .size = wished};
    scratch->chunk = chunk;
    go_on_at(scratch, (char *)(chunk + 1), hd_scratch_taken(scratch));
    return chunk;
}

void *hd_scratch_take_more(struct hd_scratch *scratch, size_t size)
{
    size_t taken = hd_scratch_taken(scratch);
    size_t room = scratch->cap - (taken < scratch->cap ? taken : scratch->cap);
    size_t whole = (size + HD_SCRATCH_ALIGN - 1) & ~(HD_SCRATCH_ALIGN - 1);
    char *block;

    if (size > SIZE_MAX / 4 || whole > room || add_chunk(scratch, whole) == NULL) {
        scratch->exhausted = true;
        return NULL;
    }
    block = scratch->next;
    scratch->next = block + whole;
    return block;
}

void *hd_scratch_take_array(struct hd_scratch *scratch, size_t count, size_t item_size)
{
    size_t size;
    void *items;

    if (__builtin_mul_overflow(count, item_size, &size)) {
        return NULL;
    }
    items = hd_scratch_take(scratch, size == 0 ? 1 : size);
    if (items != NULL) {
        memset(items, 0, size);
    }
    return items;
}

char *hd_scratch_copy_text(struct hd_scratch *scratch, const char *data, size_t size)
{
    char *copy = size == SIZE_MAX ? NULL : hd_scratch_take(scratch, size + 1);

    if (copy != NULL) {
        if (size > 0) {
            memcpy(copy, data, size);
        }
        copy[size] = '\0';
    }
    return copy;
}

bool hd_scratch_is_exhausted(const struct hd_scratch *scratch)
{
    return scratch->exhausted;
}

/* Frees what is older than the newest chunk. */
static void free_older(struct hd_scratch *scratch)
{
    struct hd_scratch_chunk *newest = scratch->chunk;

    scratch->chunk = newest->older;
    while (scratch->chunk != NULL) {
        free_newest(scratch);
    }
    newest->older = NULL;
    scratch->chunk = newest;
}

struct hd_scratch_mark hd_scratch_mark(const struct hd_scratch *scratch)
{
    return (struct hd_scratch_mark){scratch->chunk, scratch->next, hd_scratch_taken(scratch)};
}

void hd_scratch_rewind(struct hd_scratch *scratch, struct hd_scratch_mark mark)
{
    while (scratch->chunk != mark.chunk) {
        free_newest(scratch);
    }
    go_on_at(scratch, mark.next, mark.taken);
    scratch->exhausted = false;
}

void hd_scratch_reset(struct hd_scratch *scratch)
{
    while (scratch->chunk != NULL && scratch->chunk->size > KEPT_BYTES) {
        free_newest(scratch);
    }
    if (scratch->chunk != NULL) {
        free_older(scratch);
    }
    go_on_at(scratch, scratch->chunk == NULL ? NULL : (char *)(scratch->chunk + 1), 0);
    scratch->exhausted = false;
}
