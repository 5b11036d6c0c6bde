/* SPDX-License-Identifier: MIT */
/* scratch.c: a list of chunks, each at least twice the one before, the first of a fixed size. */
#include "wire/scratch.h"

#include <stdint.h>
#include <string.h>

#define FIRST_CHUNK_BYTES ((size_t)8 * 1024)
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
    scratch->total -= chunk->size;
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
    scratch->cap = cap < FIRST_CHUNK_BYTES ? FIRST_CHUNK_BYTES : cap;
}

/* A chunk with room for size bytes; size is a multiple of ALIGN_BYTES. */
static struct hd_scratch_chunk *add_chunk(struct hd_scratch *scratch, size_t size)
{
    size_t room = scratch->cap - scratch->total;
    size_t wished = scratch->chunk == NULL ? FIRST_CHUNK_BYTES : 2 * scratch->chunk->size;
    size_t needed = size + sizeof(struct hd_scratch_chunk);
    struct hd_scratch_chunk *chunk;

    if (scratch->total > scratch->cap || needed > room) {
        return NULL;
    }
    wished = wished < needed ? needed : wished;
    wished = wished > room ? room & ~(ALIGN_BYTES - 1) : wished;
    wished = wished < needed ? needed : wished;
    chunk = hd_alloc(scratch->allocator, wished);
    if (chunk == NULL) {
        return NULL;
    }
    *chunk = (struct hd_scratch_chunk){.older = scratch->chunk, .size = wished};
    scratch->chunk = chunk;
    scratch->total += wished;
    scratch->used = sizeof *chunk;
    return chunk;
}

void *hd_scratch_take(struct hd_scratch *scratch, size_t size)
{
    void *block;

    if (size > scratch->cap) {
        return NULL;
    }
    size = (size + ALIGN_BYTES - 1) & ~(ALIGN_BYTES - 1);
    if ((scratch->chunk == NULL || size > scratch->chunk->size - scratch->used) &&
        add_chunk(scratch, size) == NULL) {
        return NULL;
    }
    block = (char *)scratch->chunk + scratch->used;
    scratch->used += size;
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

void hd_scratch_reset(struct hd_scratch *scratch)
{
    while (scratch->chunk != NULL &&
           (scratch->chunk->older != NULL || scratch->chunk->size > FIRST_CHUNK_BYTES)) {
        free_newest(scratch);
    }
    scratch->used = sizeof(struct hd_scratch_chunk);
}
