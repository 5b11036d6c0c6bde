/* SPDX-License-Identifier: MIT */
/* allocator.h: the face of the pool layer: one heap's memory behind the hd_allocator interface.
 *
 * Requests up to the boundary (256 KiB) come from pools: arenas of address
 * space from hd_os, divided into pools, each of blocks of one size class.
 * Larger ones go straight to the fallback allocator (malloc).  The whole heap
 * can also run on the fallback alone (HD_ALLOCATOR_MALLOC), behind the same
 * face and with the same accounting.
 *
 * It knows sizes, not objects.  Not thread-safe: a heap belongs to one loop.
 * Design note: docs/design/pool.md. */
#ifndef HD_POOL_ALLOCATOR_H
#define HD_POOL_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"
#include "pool/debug.h"
#include "pool/os.h"

enum hd_allocator_kind {
    HD_ALLOCATOR_POOL,
    HD_ALLOCATOR_MALLOC,
    HD_ALLOCATOR_DEBUG, /* pools, with what finds wrong use of them in front (debug.h) */
};

/* "pool".  Static storage. */
const char *hd_allocator_kind_name(enum hd_allocator_kind kind);

/* Largest boundary, in bytes: what lies above always goes to the fallback. */
#define HD_POOL_BOUNDARY_MAX ((size_t)256 * 1024)

struct hd_memory_options {
    enum hd_allocator_kind kind;
    size_t boundary;      /* bytes; largest request served from pools; at most BOUNDARY_MAX */
    size_t reserve_bytes; /* address space for arenas; rounded up to whole arenas */
};

/* POOL, 256 KiB, 64 GiB of address space. */
struct hd_memory_options hd_memory_options_default(void);

/* What an allocation is for.  Verify checks the two sums apart (contract §9.4). */
enum hd_memory_use {
    HD_MEMORY_OBJECTS, /* bodies of objects */
    HD_MEMORY_BOOKS,   /* everything else the heap keeps: names, holds, tables */
    HD_MEMORY_USES
};

struct hd_memory;

/* Reserves address space; touches no memory beyond its own tables.  os and
 * fallback are borrowed until hd_memory_free; its own memory comes from both.
 * HD_INVALID_ARGUMENT: options out of range.  HD_RESOURCE_EXHAUSTED: no memory
 * or address space. */
enum hd_status hd_memory_new(const struct hd_memory_options *options, const struct hd_os *os,
                             const struct hd_allocator *fallback,
                             struct hd_memory **ret_memory);

/* Everything allocated from it must have been freed; NULL is nothing. */
void hd_memory_free(struct hd_memory *memory);

/* The allocator to draw on for a use; lives as long as memory does. */
const struct hd_allocator *hd_memory_allocator(struct hd_memory *memory,
                                               enum hd_memory_use use);

/* Bytes asked for and not yet freed, by use. */
size_t hd_memory_used_bytes(const struct hd_memory *memory, enum hd_memory_use use);

/* Bytes of the block that a request of size bytes is given: its size class, or
 * size itself above the boundary and with HD_ALLOCATOR_MALLOC.  size > 0. */
size_t hd_memory_block_bytes(const struct hd_memory *memory, size_t size);

/* Where a block lives.  in_pool is false for what came from the fallback. */
struct hd_place {
    bool in_pool;
    uint32_t arena;      /* numbers from 0, by address */
    uint32_t pool;       /* within the arena: number of its first unit */
    uint32_t block;      /* within the pool */
    uint32_t block_size; /* bytes, the size class */
};

struct hd_place hd_memory_place(const struct hd_memory *memory, const void *block, size_t size);

/* Gives empty pools and units back to the system, whole units from the highest
 * address down, at most max_bytes of them.  Returns the bytes given back; 0
 * when nothing is left to give, or max_bytes is less than a unit. */
size_t hd_memory_trim(struct hd_memory *memory, size_t max_bytes);

/* Bytes that hd_memory_trim could give back now. */
size_t hd_memory_trimmable_bytes(const struct hd_memory *memory);

/* Who is told what HD_ALLOCATOR_DEBUG finds; from the giving back of a block, or a check. */
void hd_memory_set_report(struct hd_memory *memory, hd_debug_cb report, void *ctx);

/* Re-derives the layer's invariants from nothing: every free list, every count
 * and sum.  Reports what does not hold on stderr and returns the truth. */
bool hd_memory_check(const struct hd_memory *memory);

#include "pool/stats.h"

#endif
