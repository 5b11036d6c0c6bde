/* SPDX-License-Identifier: MIT */
/* pool.c: life of a pool, and what must hold of it. */
#include "pool/pool.h"

#include "base/check.h"
#include "pool/geometry.h"
#include "pool/sizeclass.h"

_Static_assert(sizeof(struct hd_pool) == 64, "a unit's number becomes a descriptor by a shift");

void hd_pool_init(struct hd_pool *pool, char *base, unsigned sizeclass, unsigned use)
{
    uint32_t block_size = hd_sizeclass_bytes(sizeclass);
    unsigned units = hd_sizeclass_units(sizeclass);
    uint32_t capacity = (uint32_t)(units * HD_UNIT_BYTES / block_size);

    *pool = (struct hd_pool){
        .base = base,
        .free = HD_POOL_NO_BLOCK,
        .limit = capacity * block_size,
        .watch = HD_POOL_WATCH_EMPTY,
        .block_size = block_size,
        .capacity = capacity,
        .units = (uint8_t)units,
        .sizeclass = (uint8_t)sizeclass,
        .use = (uint8_t)(use & 0x7F),
    };
    hd_list_init(&pool->link);
    for (unsigned i = 1; i < units; i++) {
        pool[i].back = (uint8_t)i;
        pool[i].sig = 0;
    }
    if (HD_GUARDED) {
        hd_guard_forbid(base, units * HD_UNIT_BYTES);
    }
    pool->sig = HD_POOL_SIG; /* last: the pool is whole from here on */
}

void hd_pool_init_none(struct hd_pool *pool)
{
    *pool = (struct hd_pool){.free = HD_POOL_NO_BLOCK};
    hd_list_init(&pool->link);
}

void hd_pool_fini(struct hd_pool *pool)
{
    HD_CHECK(pool->sig == HD_POOL_SIG && pool->used == 0 && hd_list_is_empty(&pool->link));
    pool->sig = 0;
}

void hd_pool_restart(struct hd_pool *pool)
{
    HD_CHECK(pool->used == 0);
    HD_CHECK_LOCAL(hd_pool_check(pool));
    pool->free = HD_POOL_NO_BLOCK;
    pool->carved = 0;
}

bool hd_pool_has_room(const struct hd_pool *pool)
{
    return pool->free != HD_POOL_NO_BLOCK || pool->carved < pool->limit;
}

static bool is_on_free_list(const struct hd_pool *pool, uint32_t offset)
{
    uint32_t left = pool->capacity;

    for (uint32_t at = pool->free; at != HD_POOL_NO_BLOCK && left > 0; left--) {
        if (at == offset) {
            return true;
        }
        at = at < pool->carved ? hd_pool_next_of(pool->base + at) : HD_POOL_NO_BLOCK;
    }
    return false;
}

bool hd_pool_is_taken(const struct hd_pool *pool, const void *block)
{
    size_t offset = (size_t)((const char *)block - pool->base);

    if (pool->used == 0 || offset >= pool->carved || offset % pool->block_size != 0) {
        return false;
    }
    /* Walk the list only where the bytes behind the link look freed. */
    if (HD_CHECK_LEVEL >= 2 && hd_guard_is_freed((const char *)block + 4, 4)) {
        return !is_on_free_list(pool, (uint32_t)offset);
    }
    return true;
}

static bool is_free_block_clean(const struct hd_pool *pool, uint32_t at)
{
    return HD_CHECK_LEVEL < 2 ||
           hd_guard_is_freed(pool->base + at + sizeof at, pool->block_size - sizeof at);
}

static bool is_free_list_whole(const struct hd_pool *pool)
{
    uint32_t carved = pool->carved / pool->block_size;
    uint32_t n = 0;

    for (uint32_t at = pool->free; at != HD_POOL_NO_BLOCK; n++) {
        /* A loop or a stray: walking on would be worse [pool.inv.list]. */
        if (!HD_HOLDS(n < carved) || !HD_HOLDS(at < pool->carved) ||
            !HD_HOLDS(at % pool->block_size == 0)) {
            return false;
        }
        if (!HD_HOLDS(is_free_block_clean(pool, at))) { /* written after it was freed */
            return false;
        }
        at = hd_pool_next_of(pool->base + at);
    }
    /* [pool.inv.accounted] */
    return HD_HOLDS(n + pool->used == carved) && HD_HOLDS(pool->asked >= pool->used) &&
           HD_HOLDS(pool->asked <= pool->used * pool->block_size);
}

bool hd_pool_check(const struct hd_pool *pool)
{
    if (!HD_HOLDS(pool->sig == HD_POOL_SIG) || !HD_HOLDS(pool->back == 0) ||
        !HD_HOLDS(pool->sizeclass < HD_SIZECLASS_COUNT)) {
        return false;
    }
    /* [pool.inv.shape] */
    if (!HD_HOLDS(pool->block_size == hd_sizeclass_bytes(pool->sizeclass)) ||
        !HD_HOLDS(pool->units == hd_sizeclass_units(pool->sizeclass)) ||
        !HD_HOLDS(pool->capacity == pool->units * HD_UNIT_BYTES / pool->block_size) ||
        !HD_HOLDS(pool->limit == pool->capacity * pool->block_size) ||
        !HD_HOLDS(pool->carved <= pool->limit && pool->carved % pool->block_size == 0)) {
        return false;
    }
    for (unsigned i = 1; i < pool->units; i++) {
        if (!HD_HOLDS(pool[i].back == i && pool[i].sig == 0)) {
            return false;
        }
    }
    return is_free_list_whole(pool);
}
