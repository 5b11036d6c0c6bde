/* SPDX-License-Identifier: MIT */
#include "scratch.h"

#include <stdint.h>
#include <stdlib.h>

#define ALIGN 16
#define PIECE ((size_t)2048 - sizeof(struct hdc_scratch_piece))
#define LARGE ((size_t)262144)

struct hdc_scratch_piece {
    struct hdc_scratch_piece *next;
    size_t capacity;
    _Alignas(ALIGN) uint8_t data[];
};

/* With a NUL behind: so the bytes fields of decoded messages end in one. */
static void *alloc_for_message(void *ctx, size_t size)
{
    char *block = size < SIZE_MAX ? hdc_scratch_take(ctx, size + 1) : NULL;

    if (block != NULL) {
        block[size] = '\0';
    }
    return block;
}

static void free_for_message(void *ctx, void *block)
{
    (void)ctx;
    (void)block;
}

void hdc_scratch_init(struct hdc_scratch *scratch, size_t limit)
{
    *scratch = (struct hdc_scratch){
        .limit = limit,
        .allocator = {alloc_for_message, free_for_message, scratch},
    };
}

void hdc_scratch_fini(struct hdc_scratch *scratch)
{
    while (scratch->pieces != NULL) {
        struct hdc_scratch_piece *next = scratch->pieces->next;

        free(scratch->pieces);
        scratch->pieces = next;
    }
    scratch->used = 0;
    scratch->total = 0;
}

static struct hdc_scratch_piece *add_piece(struct hdc_scratch *scratch, size_t size)
{
    struct hdc_scratch_piece *piece;
    size_t capacity = PIECE;

    if (scratch->pieces != NULL) {
        capacity = scratch->pieces->capacity < LARGE ? scratch->pieces->capacity * 2 : LARGE;
    }
    if (capacity < size) {
        capacity = size;
    }
    if (capacity > scratch->limit - scratch->total) {
        capacity = size;
    }
    piece = malloc(sizeof(*piece) + capacity);
    if (piece == NULL) {
        return NULL;
    }
    piece->next = scratch->pieces;
    piece->capacity = capacity;
    scratch->pieces = piece;
    scratch->total += capacity;
    scratch->used = 0;
    return piece;
}

void *hdc_scratch_take(struct hdc_scratch *scratch, size_t size)
{
    struct hdc_scratch_piece *piece = scratch->pieces;
    void *block;

    if (size > scratch->limit) {
        return NULL;
    }
    size = (size + (size == 0) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (piece == NULL || piece->capacity - scratch->used < size) {
        if (size > scratch->limit - scratch->total || add_piece(scratch, size) == NULL) {
            return NULL;
        }
        piece = scratch->pieces;
    }
    block = piece->data + scratch->used;
    scratch->used += size;
    return block;
}

void *hdc_scratch_array(struct hdc_scratch *scratch, size_t count, size_t size)
{
    if (count > SIZE_MAX / size) {
        return NULL;
    }
    return hdc_scratch_take(scratch, count * size);
}

void hdc_scratch_reset(struct hdc_scratch *scratch)
{
    struct hdc_scratch_piece *kept = scratch->pieces;

    if (kept == NULL) {
        return;
    }
    if (kept->capacity > LARGE) {
        hdc_scratch_fini(scratch);
        return;
    }
    scratch->pieces = kept->next;
    hdc_scratch_fini(scratch);
    kept->next = NULL;
    scratch->pieces = kept;
    scratch->total = kept->capacity;
}
