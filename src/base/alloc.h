/* SPDX-License-Identifier: MIT */
/* alloc.h: memory is an argument.
 *
 * An hd_allocator is borrowed by everything built from it and must outlive it.
 * Freeing and resizing tell the size that was asked for: allocators need no
 * header before a block.  Results are aligned for the size: to 16 from 16
 * bytes on where the size is a multiple of 16, to 8 where it is a multiple of
 * 8, else to 4. */
#ifndef HD_BASE_ALLOC_H
#define HD_BASE_ALLOC_H

#include <stddef.h>

struct hd_allocator {
    /* size > 0.  NULL when there is none; contents undefined. */
    void *(*alloc)(void *ctx, size_t size);
    /* Keeps the first min(old, new) bytes.  NULL leaves the old block as it was. */
    void *(*resize)(void *ctx, void *block, size_t old_size, size_t new_size);
    /* block may be NULL. */
    void (*free)(void *ctx, void *block, size_t size);
    void *ctx;
};

void *hd_alloc(const struct hd_allocator *allocator, size_t size);
void *hd_alloc_zeroed(const struct hd_allocator *allocator, size_t size);
void *hd_resize(const struct hd_allocator *allocator, void *block, size_t old_size,
                size_t new_size);
void hd_free(const struct hd_allocator *allocator, void *block, size_t size);

/* Makes room for `needed` items of item_size bytes in a growing array, at least
 * doubling it.  Returns the array, with *capacity updated, or NULL with nothing changed. */
void *hd_grow(const struct hd_allocator *allocator, void *items, size_t *capacity,
              size_t needed, size_t item_size);

/* The C library's malloc.  Immutable and stateless: safe to share by all. */
const struct hd_allocator *hd_libc_allocator(void);

#endif
