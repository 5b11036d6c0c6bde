/* SPDX-License-Identifier: MIT */
/* bin.h: the pools of one use and size class, and which of them serves the next request.
 *
 * Pools with room are on a list; the current one is its first.  A pool found
 * full leaves the list and comes back, to its end, with the first block given
 * back.  A pool that becomes empty gives its units back, except that one may
 * stay, the spare, so that a count swinging around a pool's edge costs nothing.
 * Pools that are to be emptied stand on a list of their own and are asked last.
 * Design note: docs/design/pool.md. */
#ifndef HD_POOL_BIN_H
#define HD_POOL_BIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "pool/arena.h"
#include "pool/pool.h"

struct hd_bin {
    struct hd_pool *current; /* first with room, or just filled, or none */
    struct hd_pool *spare;   /* was empty last; NULL */
    struct hd_pool *none;    /* borrowed: the pool without memory */
    struct hd_list with_room;
    struct hd_list evacuating;
    uint64_t full_asked; /* bytes asked for in the pools found full */
    uint32_t full_pools; /* those on neither list */
    uint32_t pools;
    uint32_t evacuating_pools;
    uint8_t sizeclass;
    uint8_t units;
    uint8_t use;
};

void hd_bin_init(struct hd_bin *bin, unsigned use, unsigned sizeclass, struct hd_pool *none);

/* A block when the current pool has none left: from the next with room, else from
 * one that was to be emptied, else from a new one.  NULL: no memory, nothing changed. */
void *hd_bin_take_slowly(struct hd_bin *bin, struct hd_arenas *arenas, size_t asked);

/* The holder of a block in the pool asks for another number of bytes. */
void hd_bin_ask_anew(struct hd_bin *bin, struct hd_pool *pool, size_t asked_old,
                     size_t asked_new);

/* What is to be done when hd_pool_give of a block with so many bytes asked for
 * reports: the pool is empty, or was full. */
void hd_bin_settle(struct hd_bin *bin, struct hd_pool *pool, size_t asked,
                   struct hd_arenas *arenas);

/* Blocks handed out, and the bytes asked for in them.  Walks the pools with
 * room: requests do not pay for what is seldom asked. */
struct hd_bin_use {
    uint64_t blocks;
    uint64_t asked_bytes;
};

struct hd_bin_use hd_bin_use_of(const struct hd_bin *bin);

/* A pool with room and blocks in use is to be emptied: it hands nothing out any more,
 * and goes with its last block. */
void hd_bin_evacuate(struct hd_bin *bin, struct hd_pool *pool);

/* One of the pools that are still to be emptied may hand out again.  False: there was none. */
bool hd_bin_resume(struct hd_bin *bin);

/* Bytes of the spare pool if it is empty, else 0. */
size_t hd_bin_spare_bytes(const struct hd_bin *bin);

/* Gives the spare pool's units back if it is empty. */
void hd_bin_drop_spare(struct hd_bin *bin, struct hd_arenas *arenas);

/* What a pool of the bin, wherever it is, must be like. */
bool hd_bin_check_pool(const struct hd_bin *bin, const struct hd_pool *pool);

/* The lists, against the numbers of pools that say they are on them. */
bool hd_bin_check(const struct hd_bin *bin, uint64_t with_room, uint64_t evacuating);

#endif
