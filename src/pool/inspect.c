/* SPDX-License-Identifier: MIT */
/* inspect.c: the face's questions about its memory, and the check that re-derives the answers.
 */
#include <string.h>

#include "base/check.h"
#include "pool/allocator.h"
#include "pool/memory.h"

const char *hd_allocator_kind_name(enum hd_allocator_kind kind)
{
    static const char *const names[] = {"pool", "malloc", "debug"};

    return names[kind];
}

size_t hd_memory_used_bytes(const struct hd_memory *memory, enum hd_memory_use use)
{
    HD_CHECK((unsigned)use < HD_MEMORY_USES);
    return memory->kind == HD_ALLOCATOR_DEBUG ? memory->debug.faces[use].used_bytes
                                              : memory->faces[use].used_bytes;
}

/* What a block of the users' is to the faces. */
static size_t face_size(const struct hd_memory *memory, size_t size)
{
    return memory->kind == HD_ALLOCATOR_DEBUG ? HD_DEBUG_HEAD + size + HD_DEBUG_TAIL : size;
}

size_t hd_memory_block_bytes(const struct hd_memory *memory, size_t size)
{
    size = face_size(memory, size);
    return size > memory->boundary ? size : hd_sizeclass_bytes(hd_sizeclass_of(size));
}

struct hd_place hd_memory_place(const struct hd_memory *memory, const void *block, size_t size)
{
    const struct hd_arenas *arenas = &memory->arenas;
    size_t offset = (size_t)((uintptr_t)block - (uintptr_t)arenas->base);
    const struct hd_pool *pool;
    size_t unit;

    if (memory->kind == HD_ALLOCATOR_DEBUG) {
        block = (const char *)block - HD_DEBUG_HEAD;
        offset -= HD_DEBUG_HEAD;
    }
    HD_CHECK((offset < arenas->size) == (face_size(memory, size) <= memory->boundary));
    if (offset >= arenas->size) {
        return (struct hd_place){.in_pool = false};
    }
    pool = hd_arenas_pool_of(arenas, offset);
    HD_CHECK_LOCAL(hd_pool_is_taken(pool, block));
    unit = (size_t)(pool - arenas->pools);
    return (struct hd_place){
        .in_pool = true,
        .arena = (uint32_t)(unit / HD_ARENA_UNITS),
        .pool = (uint32_t)(unit % HD_ARENA_UNITS),
        .block = (uint32_t)((const char *)block - pool->base) / pool->block_size,
        .block_size = pool->block_size,
    };
}

size_t hd_memory_trimmable_bytes(const struct hd_memory *memory)
{
    size_t bytes = memory->arenas.empty_units * HD_UNIT_BYTES;

    for (unsigned use = 0; use < HD_MEMORY_USES; use++) {
        for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
            bytes += hd_bin_spare_bytes(&memory->faces[use].bins[i]);
        }
    }
    return bytes;
}

struct waiting {
    const struct hd_memory *memory;
    uint64_t bytes;
};

static void add_waiting(void *ctx, size_t size)
{
    struct waiting *waiting = ctx;

    waiting->bytes += hd_memory_block_bytes(waiting->memory, size);
}

static uint64_t waiting_bytes(const struct hd_memory *memory)
{
    struct waiting waiting = {memory, 0};

    hd_debug_each_waiting(&memory->debug, add_waiting, &waiting);
    return waiting.bytes;
}

void hd_memory_stats(const struct hd_memory *memory, struct hd_memory_stats *ret_stats)
{
    const struct hd_arenas *arenas = &memory->arenas;
    struct hd_memory_stats stats = {
        .kind = memory->kind,
        .boundary = memory->boundary,
        .arena_bytes = HD_ARENA_BYTES,
        .unit_bytes = HD_UNIT_BYTES,
        .arenas_now = arenas->now,
        .arenas_highest = arenas->highest,
        .arenas_ever = arenas->ever,
        .arenas_returned = arenas->returned,
        .committed_bytes = arenas->committed_units * HD_UNIT_BYTES,
        .empty_bytes = arenas->empty_units * HD_UNIT_BYTES,
        .returned_bytes = arenas->returned_bytes,
        .large_count = memory->large_count,
        .large_bytes = memory->large_bytes,
        .evacuating_pools = hd_memory_evacuating_pools(memory),
        .chosen_pools = memory->evacuation.chosen_pools,
        .moved_blocks = memory->evacuation.moved.blocks,
        .moved_bytes = memory->evacuation.moved.bytes,
        .waiting_bytes = waiting_bytes(memory),
        .sparse_bytes = hd_memory_sparse_bytes(memory),
    };

    for (unsigned use = 0; use < HD_MEMORY_USES; use++) {
        const struct hd_face *face = &memory->faces[use];

        for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
            stats.pool_used_bytes +=
                hd_bin_use_of(&face->bins[i]).blocks * hd_sizeclass_bytes(i);
        }
        stats.used_bytes[use] = hd_memory_used_bytes(memory, (enum hd_memory_use)use);
    }
    *ret_stats = stats;
}

size_t hd_memory_class_count(const struct hd_memory *memory)
{
    return memory->boundary == 0 ? 0 : hd_sizeclass_of(memory->boundary) + 1;
}

void hd_memory_class_stats(const struct hd_memory *memory, size_t index,
                           struct hd_class_stats *ret_stats)
{
    uint32_t block_size = hd_sizeclass_bytes((unsigned)index);
    uint64_t capacity = hd_sizeclass_units((unsigned)index) * HD_UNIT_BYTES / block_size;
    struct hd_class_stats stats = {.block_size = block_size};

    HD_CHECK(index < hd_memory_class_count(memory));
    for (unsigned use = 0; use < HD_MEMORY_USES; use++) {
        const struct hd_bin *bin = &memory->faces[use].bins[index];
        struct hd_bin_use sum = hd_bin_use_of(bin);

        stats.pools += bin->pools;
        stats.blocks_used += sum.blocks;
        stats.blocks_free += bin->pools * capacity - sum.blocks;
        stats.asked_bytes += sum.asked_bytes;
    }
    stats.pool_bytes = stats.pools * hd_sizeclass_units((unsigned)index) * HD_UNIT_BYTES;
    *ret_stats = stats;
}

bool hd_memory_arena_stats(const struct hd_memory *memory, uint32_t number,
                           struct hd_arena_stats *ret_stats)
{
    const struct hd_arenas *arenas = &memory->arenas;
    size_t end = ((size_t)number + 1) * HD_ARENA_UNITS;
    const struct hd_pool *pool;
    struct hd_arena_stats stats = {0};

    if (number >= arenas->top) {
        return false;
    }
    stats.committed_bytes =
        (unsigned)__builtin_popcountll(arenas->arenas[number].committed) * HD_UNIT_BYTES;
    for (size_t unit = end - HD_ARENA_UNITS; unit < end; unit += pool->units) {
        pool = hd_arenas_pool_from(arenas, unit);
        if (pool == NULL || (size_t)(pool - arenas->pools) >= end) {
            break;
        }
        unit = (size_t)(pool - arenas->pools);
        stats.pool_bytes += pool->units * HD_UNIT_BYTES;
        stats.used_bytes += (uint64_t)pool->used * pool->block_size;
    }
    *ret_stats = stats;
    return true;
}

/* What the pools say of their class, added up. */
struct derived {
    uint64_t pools;
    uint64_t with_room;
    uint64_t evacuating;
    struct hd_bin_use use;
};

/* The descriptor stands at the first unit of its run, and the run is taken. */
static bool is_pool_in_place(const struct hd_arenas *arenas, const struct hd_pool *pool)
{
    size_t unit = (size_t)(pool - arenas->pools) % HD_ARENA_UNITS;
    uint64_t taken = arenas->arenas[(size_t)(pool - arenas->pools) / HD_ARENA_UNITS].taken;
    uint64_t run = (UINT64_C(1) << pool->units) - 1;

    return HD_HOLDS(pool->base == hd_arenas_address_of(arenas, pool)) &&
           HD_HOLDS(unit + pool->units <= HD_ARENA_UNITS) &&
           HD_HOLDS((taken >> unit & run) == run); /* [pool.inv.masks] */
}

static bool derive(const struct hd_memory *memory,
                   struct derived sums[HD_MEMORY_USES][HD_SIZECLASS_COUNT])
{
    const struct hd_arenas *arenas = &memory->arenas;
    const struct hd_pool *pool = NULL;

    while ((pool = hd_arenas_next_pool(arenas, pool)) != NULL) {
        struct derived *sum;

        if (!hd_pool_check(pool) || !is_pool_in_place(arenas, pool) ||
            !HD_HOLDS(pool->use < HD_MEMORY_USES) ||
            !hd_bin_check_pool(&memory->faces[pool->use].bins[pool->sizeclass], pool)) {
            return false;
        }
        sum = &sums[pool->use][pool->sizeclass];
        sum->pools++;
        sum->use.blocks += pool->used;
        sum->use.asked_bytes += pool->asked;
        sum->evacuating += pool->evacuating;
        sum->with_room += !pool->evacuating && !hd_list_is_empty(&pool->link);
    }
    return true;
}

static bool check_bin(const struct hd_bin *bin, const struct derived *sum)
{
    struct hd_bin_use use;

    if (!HD_HOLDS(bin->pools == sum->pools) ||
        !hd_bin_check(bin, sum->with_room, sum->evacuating)) {
        return false;
    }
    use = hd_bin_use_of(bin); /* only now: the list is one [pool.inv.accounted] */
    return HD_HOLDS(use.blocks == sum->use.blocks) &&
           HD_HOLDS(use.asked_bytes == sum->use.asked_bytes);
}

/* One use: its bins, and that what was asked for lies in them or is large. */
static bool check_face(const struct hd_face *face, const struct derived *sums)
{
    uint64_t given = face->large_bytes;

    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        if (!check_bin(&face->bins[i], &sums[i])) {
            return false;
        }
        given += sums[i].use.asked_bytes;
    }
    return HD_HOLDS(face->used_bytes == given); /* [pool.inv.uses] */
}

bool hd_memory_check(const struct hd_memory *memory)
{
    struct derived sums[HD_MEMORY_USES][HD_SIZECLASS_COUNT];
    uint64_t large = 0;

    memset(sums, 0, sizeof sums);
    if (!HD_HOLDS(memory->sig == HD_MEMORY_SIG)) {
        return false;
    }
    if (memory->kind != HD_ALLOCATOR_MALLOC &&
        (!hd_arenas_check(&memory->arenas) || !derive(memory, sums))) {
        return false;
    }
    for (unsigned use = 0; use < HD_MEMORY_USES; use++) {
        if (!check_face(&memory->faces[use], sums[use])) {
            return false;
        }
        large += memory->faces[use].large_bytes;
    }
    return HD_HOLDS(hd_debug_check(&memory->debug)) && HD_HOLDS(large == memory->large_bytes) &&
           HD_HOLDS(memory->large_count <= memory->large_bytes) &&
           HD_HOLDS(!hd_pool_has_room(&memory->none) && memory->none.used == 0);
}
