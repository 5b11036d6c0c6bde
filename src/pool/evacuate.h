/* SPDX-License-Identifier: MIT */
/* evacuate.h: pools of bodies that are to be emptied, so that whole runs of units come free.
 *
 * A pass has three parts, each in slices.  `choose` counts the pools of each class
 * and marks the sparsest: as many as the class could do without if the others were
 * full.  Whoever knows the holders of the blocks then moves those of marked pools
 * elsewhere.  `end` lets what could not be emptied hand out again.
 *
 * What the rest of the class has no room for stays where it is: a pass needs no
 * memory, and one that is left in the middle costs none [pool.inv.evacuating].
 * Design note: docs/design/pool.md. */
#ifndef HD_POOL_EVACUATE_H
#define HD_POOL_EVACUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/sizeclass.h"

#define HD_EVACUATE_STEPS 16u

/* The pools of a class, by how full they are; then which of them are to go. */
struct hd_tally {
    uint32_t pools;
    uint32_t by_step[HD_EVACUATE_STEPS]; /* with room: in sixteenths of their capacity */
    uint64_t used;
    uint32_t below; /* pools of lower steps go */
    uint32_t at;    /* and so many of this step */
};

/* Moved so far, ever. */
struct hd_memory_moved {
    uint64_t blocks;
    uint64_t bytes;
};

struct hd_evacuation {
    enum { HD_EVACUATE_SURVEY, HD_EVACUATE_MARK, HD_EVACUATE_CHOSEN } stage;
    size_t next_unit;
    unsigned end_class;
    uint64_t chosen_pools; /* ever, as all below */
    struct hd_memory_moved moved;
    struct hd_tally tallies[HD_SIZECLASS_COUNT];
};

struct hd_memory;

void hd_memory_evacuate_begin(struct hd_memory *memory);

/* Both cost a unit for each pool; true: done. */
bool hd_memory_evacuate_choose(struct hd_memory *memory, uint32_t *units);
bool hd_memory_evacuate_end(struct hd_memory *memory, uint32_t *units);

/* Pools still to be emptied. */
uint64_t hd_memory_evacuating_pools(const struct hd_memory *memory);

/* Whether the block, from the allocator for objects, lies in such a pool. */
bool hd_memory_is_evacuating(const struct hd_memory *memory, const void *block);

/* Moves such a block to another place, asked bytes of it.  NULL: there is none. */
void *hd_memory_move(struct hd_memory *memory, void *block, size_t asked);

/* Moved so far. */
struct hd_memory_moved hd_memory_moved(const struct hd_memory *memory);

/* Bytes of all pools, and of empty units not yet given back. */
size_t hd_memory_committed_bytes(const struct hd_memory *memory);

/* About how many bytes of pools of bodies a pass would make free; no walk. */
size_t hd_memory_sparse_bytes(const struct hd_memory *memory);

#endif
