/* SPDX-License-Identifier: MIT */
/* alloc.c: the one file of the daemon that calls malloc. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static void *libc_alloc(void *ctx, size_t size)
{
    (void)ctx;
    return malloc(size);
}

static void *libc_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    return realloc(block, new_size);
}

static void libc_free(void *ctx, void *block, size_t size)
{
    (void)ctx;
    (void)size;
    free(block);
}

const struct hd_allocator *hd_libc_allocator(void)
{
    static const struct hd_allocator libc = {libc_alloc, libc_resize, libc_free, NULL};

    return &libc;
}

void *hd_alloc(const struct hd_allocator *allocator, size_t size)
{
    HD_CHECK(size > 0);
    return allocator->alloc(allocator->ctx, size);
}

void *hd_alloc_zeroed(const struct hd_allocator *allocator, size_t size)
{
    void *block = hd_alloc(allocator, size);

    if (block != NULL) {
        memset(block, 0, size);
    }
    return block;
}

void *hd_resize(const struct hd_allocator *allocator, void *block, size_t old_size,
                size_t new_size)
{
    HD_CHECK(new_size > 0);
    if (block == NULL) {
        return hd_alloc(allocator, new_size);
    }
    return allocator->resize(allocator->ctx, block, old_size, new_size);
}

void hd_free(const struct hd_allocator *allocator, void *block, size_t size)
{
    if (block != NULL) {
        allocator->free(allocator->ctx, block, size);
    }
}

void *hd_grow(const struct hd_allocator *allocator, void *items, size_t *capacity,
              size_t needed, size_t item_size)
{
    size_t grown = *capacity;
    void *block;

    if (needed <= *capacity) {
        return items;
    }
    if (needed > SIZE_MAX / 4 / item_size) {
        return NULL;
    }
    grown = grown < 4 ? 4 : grown;
    while (grown < needed) {
        grown *= 2;
    }
    block = hd_resize(allocator, items, *capacity * item_size, grown * item_size);
    if (block != NULL) {
        *capacity = grown;
    }
    return block;
}
