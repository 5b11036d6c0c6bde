/* SPDX-License-Identifier: MIT */
/* scratch.c: a list of chunks, each twice the one before up to a limit. */
#include "wire/scratch.h"

#include <stdint.h>
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)8 * 1024)
#define LARGE_CHUNK_BYTES ((size_t)1024 * 1024)
#define KEPT_BYTES        ((size_t)256 * 1024)
#define ALIGN_BYTES       ((size_t)16)

struct hd_scratch_chunk {
    struct hd_scratch_chunk *older;
    size_t size; /* this head included */
};

_Static_assert(sizeof(struct hd_scratch_chunk) % ALIGN_BYTES == 0, "what follows is aligned");

static void *take_for_protobuf(void *ctx, size_t size)
{
    return hd_scratch_take(ctx, size);
}

/* Everything goes at once, in hd_scratch_reset. */
static void give_nothing_back(void *ctx, void *block)
{
    (void)ctx;
    (void)block;
}

void hd_scratch_init(struct hd_scratch *scratch, const struct hd_allocator *allocator)
{
    *scratch = (struct hd_scratch){
        .allocator = allocator,
        .cap = SIZE_MAX,
        .protobuf = {take_for_protobuf, give_nothing_back, scratch},
    };
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
    scratch->used = sizeof *chunk;
    return chunk;
}

/* [wire.inv.cap] */
void *hd_scratch_take(struct hd_scratch *scratch, size_t size)
{
    size_t room =
        scratch->cap - (scratch->taken < scratch->cap ? scratch->taken : scratch->cap);
    size_t whole = (size + ALIGN_BYTES - 1) & ~(ALIGN_BYTES - 1);
    void *block;

    if (size > room || size > SIZE_MAX / 4 ||
        ((scratch->chunk == NULL || whole > scratch->chunk->size - scratch->used) &&
         add_chunk(scratch, whole) == NULL)) {
        scratch->exhausted = true;
        return NULL;
    }
    block = (char *)scratch->chunk + scratch->used;
    scratch->used += whole;
    scratch->taken += whole;
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
    return (struct hd_scratch_mark){scratch->chunk, scratch->used, scratch->taken};
}

void hd_scratch_rewind(struct hd_scratch *scratch, struct hd_scratch_mark mark)
{
    while (scratch->chunk != mark.chunk) {
        free_newest(scratch);
    }
    scratch->used = mark.used;
    scratch->taken = mark.taken;
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
    scratch->used = sizeof(struct hd_scratch_chunk);
    scratch->taken = 0;
    scratch->exhausted = false;
}
