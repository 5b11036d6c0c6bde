/* SPDX-License-Identifier: MIT */
#include "workspace.h"

#include <stdint.h>
#include <stdlib.h>

#define ALIGN 16
#define PIECE ((size_t)2048 - sizeof(struct hdc_workspace_piece))
#define LARGE ((size_t)262144)

struct hdc_workspace_piece {
    struct hdc_workspace_piece *next;
    size_t capacity;
    _Alignas(ALIGN) uint8_t data[];
};

/* With a NUL behind: so the bytes fields of decoded messages end in one. */
static void *alloc_for_message(void *ctx, size_t size)
{
    char *block = size < SIZE_MAX ? hdc_workspace_take(ctx, size + 1) : NULL;

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

void hdc_workspace_init(struct hdc_workspace *space, size_t limit)
{
    *space = (struct hdc_workspace){
        .limit = limit,
        .allocator = {alloc_for_message, free_for_message, space},
    };
}

void hdc_workspace_fini(struct hdc_workspace *space)
{
    while (space->pieces != NULL) {
        struct hdc_workspace_piece *next = space->pieces->next;

        free(space->pieces);
        space->pieces = next;
    }
    space->used = 0;
    space->total = 0;
}

static struct hdc_workspace_piece *add_piece(struct hdc_workspace *space, size_t size)
{
    struct hdc_workspace_piece *piece;
    size_t capacity = PIECE;

    if (space->pieces != NULL) {
        capacity = space->pieces->capacity < LARGE ? space->pieces->capacity * 2 : LARGE;
    }
    if (capacity < size) {
        capacity = size;
    }
    if (capacity > space->limit - space->total) {
        capacity = size;
    }
    piece = malloc(sizeof(*piece) + capacity);
    if (piece == NULL) {
        space->starved = true;
        return NULL;
    }
    piece->next = space->pieces;
    piece->capacity = capacity;
    space->pieces = piece;
    space->total += capacity;
    space->used = 0;
    return piece;
}

void *hdc_workspace_take(struct hdc_workspace *space, size_t size)
{
    struct hdc_workspace_piece *piece = space->pieces;
    void *block;

    if (size > space->limit) {
        return NULL;
    }
    size = (size + (size == 0) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (piece == NULL || piece->capacity - space->used < size) {
        if (size > space->limit - space->total || add_piece(space, size) == NULL) {
            return NULL;
        }
        piece = space->pieces;
    }
    block = piece->data + space->used;
    space->used += size;
    return block;
}

void *hdc_workspace_array(struct hdc_workspace *space, size_t count, size_t size)
{
    if (count > SIZE_MAX / size) {
        return NULL;
    }
    return hdc_workspace_take(space, count * size);
}

bool hdc_workspace_prepare(struct hdc_workspace *space)
{
    return space->pieces != NULL || add_piece(space, PIECE) != NULL;
}

void hdc_workspace_reset(struct hdc_workspace *space)
{
    struct hdc_workspace_piece *kept = space->pieces;

    space->starved = false;
    if (kept == NULL) {
        return;
    }
    if (kept->capacity > LARGE) {
        hdc_workspace_fini(space);
        return;
    }
    space->pieces = kept->next;
    hdc_workspace_fini(space);
    kept->next = NULL;
    space->pieces = kept;
    space->total = kept->capacity;
}
