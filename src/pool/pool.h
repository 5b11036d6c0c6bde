/* SPDX-License-Identifier: MIT */
/* pool.h: a run of units cut into blocks of one size.
 *
 * The descriptor lies outside the memory it describes, in a table of one per
 * unit; it is that of the run's first unit, and the others point back to it.
 * Blocks are carved from the front as they are first needed; those that came
 * back form a list through their first four bytes, each the offset of the
 * next.  A pool does not know who holds its blocks, nor its neighbours.
 * Design note: docs/design/pool.md. */
#ifndef HD_POOL_POOL_H
#define HD_POOL_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/list.h"
#include "pool/guard.h"

#define HD_POOL_NO_BLOCK UINT32_MAX

/* When giving a block back is worth a report to the pool's bin. */
enum hd_pool_watch {
    HD_POOL_WATCH_NEVER = 0,         /* it is the one that may stay empty */
    HD_POOL_WATCH_EMPTY = 1,         /* when no block is left in use */
    HD_POOL_WATCH_FULL = 0xFFFFFFFF, /* always: it was full and on no list */
};

struct hd_pool {
    char *base;
    uint32_t free;       /* offset of the first block that came back */
    uint32_t carved;     /* offset of the first block never handed out */
    uint32_t limit;      /* offset behind the last block */
    uint32_t used;       /* blocks handed out */
    uint32_t watch;      /* giving reports when used falls below this */
    uint32_t block_size; /* bytes */
    struct hd_list link; /* in the bin's list of pools with room */
    uint32_t capacity;   /* blocks */
    uint32_t asked;      /* bytes the holders of the used blocks asked for */
    uint8_t back;        /* units to the first of the run, whose descriptor counts */
    uint8_t units;
    uint8_t sizeclass;
    uint8_t use : 7;        /* whose bin it belongs to */
    uint8_t evacuating : 1; /* hands out nothing: what is left is to move elsewhere */
    uint32_t sig;
};

#define HD_POOL_SIG UINT32_C(0x506F6F6C)

/* pool is an array of one descriptor per unit of the run. */
void hd_pool_init(struct hd_pool *pool, char *base, unsigned sizeclass, unsigned use);

/* The pool is empty and on no list. */
void hd_pool_fini(struct hd_pool *pool);

/* A pool without memory, which has never room: what a bin has when it has none. */
void hd_pool_init_none(struct hd_pool *pool);

/* An empty pool hands its blocks out from the front again. */
void hd_pool_restart(struct hd_pool *pool);

HD_UNCHECKED_ACCESS static inline uint32_t hd_pool_next_of(const void *block)
{
    uint32_t next;

    __builtin_memcpy(&next, block, sizeof next);
    return next;
}

HD_UNCHECKED_ACCESS static inline void hd_pool_set_next(void *block, uint32_t next)
{
    __builtin_memcpy(block, &next, sizeof next);
}

/* A block for a request of so many bytes, or NULL if the pool is full.  Inline:
 * the path of every request. */
static inline void *hd_pool_take(struct hd_pool *pool, size_t asked)
{
    uint32_t at = pool->free;

    if (at != HD_POOL_NO_BLOCK) {
        pool->free = hd_pool_next_of(pool->base + at);
    } else {
        at = pool->carved;
        if (at >= pool->limit) {
            return NULL;
        }
        pool->carved = at + pool->block_size;
    }
    pool->used++;
    pool->asked += (uint32_t)asked;
    return pool->base + at;
}

/* True if the pool's bin has to look at it now.  Inline: as above. */
static inline bool hd_pool_give(struct hd_pool *pool, void *block, size_t asked)
{
    hd_pool_set_next(block, pool->free);
    pool->free = (uint32_t)((char *)block - pool->base);
    pool->asked -= (uint32_t)asked;
    pool->used--;
    return pool->used < pool->watch;
}

bool hd_pool_has_room(const struct hd_pool *pool);

/* Whether block is one of the pool's and, as far as can be seen, handed out. */
bool hd_pool_is_taken(const struct hd_pool *pool, const void *block);

bool hd_pool_check(const struct hd_pool *pool);

#endif
