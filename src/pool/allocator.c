/* SPDX-License-Identifier: MIT */
/* allocator.c: requests, and where each of them goes. */
#include "pool/allocator.h"

#include <string.h>

#include "base/check.h"
#include "pool/guard.h"
#include "pool/memory.h"

/* The paths of few requests are kept out of line: inlined, they would have every request
 * save registers for them. */
#define HD_RARE __attribute__((noinline, cold))

HD_RARE static void *take_large(struct hd_face *face, size_t size)
{
    struct hd_memory *memory = face->memory;
    void *block = hd_alloc(memory->fallback, size);

    if (block == NULL) {
        return NULL;
    }
    memory->large_count++;
    memory->large_bytes += size;
    face->large_bytes += size;
    face->used_bytes += size;
    if (HD_GUARDED) {
        hd_guard_taken(block, size);
    }
    return block;
}

HD_RARE static void give_large(struct hd_face *face, void *block, size_t size)
{
    struct hd_memory *memory = face->memory;

    if (block == NULL) {
        return;
    }
    HD_CHECK(memory->large_count > 0 && memory->large_bytes >= size);
    memory->large_count--;
    memory->large_bytes -= size;
    face->large_bytes -= size;
    face->used_bytes -= size;
    if (HD_GUARDED) {
        hd_guard_given(block, size);
        hd_guard_permit(block, size); /* the fallback's own again */
    }
    hd_free(memory->fallback, block, size);
}

static void *account_taken(struct hd_face *face, void *block, size_t size)
{
    face->used_bytes += size;
    if (HD_GUARDED) {
        hd_guard_taken(block, size);
    }
    return block;
}

HD_RARE static void *take_slowly(struct hd_face *face, struct hd_bin *bin, size_t size)
{
    void *block = hd_bin_take_slowly(bin, &face->memory->arenas, size);

    return block == NULL ? NULL : account_taken(face, block, size);
}

static void *take(void *ctx, size_t size)
{
    struct hd_face *face = ctx;
    struct hd_memory *memory = face->memory;
    struct hd_bin *bin;
    void *block;

    if (size > memory->boundary) {
        return take_large(face, size);
    }
    bin = &face->bins[hd_sizeclass_of(size)];
    block = hd_pool_take(bin->current, size);
    if (block == NULL) {
        return take_slowly(face, bin, size);
    }
    return account_taken(face, block, size);
}

/* Where a block lies in the address space of the arenas; past its end: elsewhere. */
static size_t offset_of(const struct hd_memory *memory, const void *block)
{
    return (size_t)((uintptr_t)block - (uintptr_t)memory->arenas.base);
}

static void give(void *ctx, void *block, size_t size)
{
    struct hd_face *face = ctx;
    struct hd_memory *memory = face->memory;
    size_t offset = offset_of(memory, block);
    struct hd_pool *pool;

    if (offset >= memory->arenas.size) { /* NULL is there, too */
        give_large(face, block, size);
        return;
    }
    pool = hd_arenas_pool_of(&memory->arenas, offset);
    HD_CHECK(pool->sig == HD_POOL_SIG);
    HD_CHECK_LOCAL(&memory->faces[pool->use] == face);
    HD_CHECK_LOCAL(hd_sizeclass_of(size) == pool->sizeclass);
    HD_CHECK_LOCAL(hd_pool_is_taken(pool, block));
    face->used_bytes -= size;
    if (HD_GUARDED) {
        hd_guard_given(block, pool->block_size);
    }
    if (hd_pool_give(pool, block, size)) {
        hd_bin_settle(&face->bins[pool->sizeclass], pool, size, &memory->arenas);
    }
}

static void *resize_large(struct hd_face *face, void *block, size_t old_size, size_t new_size)
{
    struct hd_memory *memory = face->memory;
    void *moved = hd_resize(memory->fallback, block, old_size, new_size);

    if (moved == NULL) {
        return NULL;
    }
    memory->large_bytes += new_size - old_size;
    face->large_bytes += new_size - old_size;
    face->used_bytes += new_size - old_size;
    return moved;
}

static void *resize_by_copy(struct hd_face *face, void *block, size_t old_size, size_t new_size)
{
    void *moved = take(face, new_size);

    if (moved == NULL) {
        return NULL;
    }
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give(face, block, old_size);
    return moved;
}

static void *resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    struct hd_face *face = ctx;
    struct hd_memory *memory = face->memory;
    size_t boundary = memory->boundary;
    struct hd_pool *pool;

    if (old_size > boundary && new_size > boundary) {
        return resize_large(face, block, old_size, new_size);
    }
    if (old_size > boundary || new_size > boundary ||
        hd_sizeclass_of(old_size) != hd_sizeclass_of(new_size)) {
        return resize_by_copy(face, block, old_size, new_size);
    }
    pool = hd_arenas_pool_of(&memory->arenas, offset_of(memory, block));
    HD_CHECK(pool->sig == HD_POOL_SIG && pool->sizeclass == hd_sizeclass_of(old_size));
    hd_bin_ask_anew(&face->bins[pool->sizeclass], pool, old_size, new_size);
    face->used_bytes += new_size - old_size;
    if (HD_GUARDED) {
        hd_guard_resized(block, old_size, new_size);
    }
    return block;
}

struct hd_memory_options hd_memory_options_default(void)
{
    return (struct hd_memory_options){
        .kind = HD_ALLOCATOR_POOL,
        .boundary = HD_POOL_BOUNDARY_MAX,
        .reserve_bytes = (size_t)64 << 30,
    };
}

static void init_face(struct hd_memory *memory, unsigned use)
{
    struct hd_face *face = &memory->faces[use];

    face->iface = (struct hd_allocator){take, resize, give, face};
    face->memory = memory;
    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        hd_bin_init(&face->bins[i], use, i, &memory->none);
    }
}

enum hd_status hd_memory_new(const struct hd_memory_options *options, const struct hd_os *os,
                             const struct hd_allocator *fallback, struct hd_memory **ret_memory)
{
    bool pooled = options->kind != HD_ALLOCATOR_MALLOC;
    struct hd_memory *memory;
    enum hd_status status;

    if (options->boundary > HD_POOL_BOUNDARY_MAX) {
        return HD_INVALID_ARGUMENT;
    }
    memory = hd_alloc_zeroed(fallback, sizeof *memory);
    if (memory == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (pooled) {
        status = hd_arenas_init(&memory->arenas, os, options->reserve_bytes);
        if (status != HD_OK) {
            hd_free(fallback, memory, sizeof *memory);
            return status;
        }
    }
    memory->kind = options->kind;
    memory->boundary = pooled ? options->boundary : 0;
    memory->fallback = fallback;
    hd_pool_init_none(&memory->none);
    for (unsigned i = 0; i < HD_MEMORY_USES; i++) {
        init_face(memory, i);
    }
    hd_debug_init(&memory->debug, &memory->faces[0].iface, &memory->faces[1].iface);
    memory->sig = HD_MEMORY_SIG;
    *ret_memory = memory;
    return HD_OK;
}

static void drop_spares(struct hd_memory *memory)
{
    for (unsigned use = 0; use < HD_MEMORY_USES; use++) {
        for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
            hd_bin_drop_spare(&memory->faces[use].bins[i], &memory->arenas);
        }
    }
}

void hd_memory_free(struct hd_memory *memory)
{
    if (memory == NULL) {
        return;
    }
    HD_CHECK(memory->sig == HD_MEMORY_SIG);
    HD_CHECK_LOCAL(hd_memory_check(memory));
    hd_debug_fini(&memory->debug);
    for (unsigned i = 0; i < HD_MEMORY_USES; i++) {
        HD_CHECK(memory->faces[i].used_bytes == 0);
    }
    if (memory->kind != HD_ALLOCATOR_MALLOC) {
        drop_spares(memory);
        hd_arenas_fini(&memory->arenas);
    }
    memory->sig = 0;
    hd_free(memory->fallback, memory, sizeof *memory);
}

const struct hd_allocator *hd_memory_allocator(struct hd_memory *memory, enum hd_memory_use use)
{
    HD_CHECK((unsigned)use < HD_MEMORY_USES);
    return memory->kind == HD_ALLOCATOR_DEBUG ? &memory->debug.faces[use].iface
                                              : &memory->faces[use].iface;
}

void hd_memory_set_report(struct hd_memory *memory, hd_debug_cb report, void *ctx)
{
    memory->debug.report = report;
    memory->debug.ctx = ctx;
}

size_t hd_memory_trim(struct hd_memory *memory, size_t max_bytes)
{
    drop_spares(memory);
    return hd_arenas_trim(&memory->arenas, max_bytes);
}
