/* SPDX-License-Identifier: MIT */
/* stats.h: the figures of a memory, by class, by arena and altogether.  Part of allocator.h. */
#ifndef HD_POOL_STATS_H
#define HD_POOL_STATS_H

#include "pool/allocator.h"

struct hd_class_stats {
    uint32_t block_size;  /* bytes */
    uint64_t pools;       /* now assigned to the class */
    uint64_t pool_bytes;  /* their units */
    uint64_t blocks_used; /* handed out */
    uint64_t blocks_free; /* in its pools and not handed out, touched or not */
    uint64_t asked_bytes; /* what the users of the used blocks asked for */
};

struct hd_memory_stats {
    enum hd_allocator_kind kind;
    size_t boundary;
    size_t arena_bytes;        /* size of one arena */
    size_t unit_bytes;         /* pools are whole numbers of units */
    uint64_t arenas_now;       /* with committed memory */
    uint64_t arenas_highest;   /* most at one time */
    uint64_t arenas_ever;      /* times an arena was taken into use */
    uint64_t arenas_returned;  /* times one was given back whole */
    uint64_t committed_bytes;  /* units of pools, and empty units not yet given back */
    uint64_t empty_bytes;      /* of these, in empty units */
    uint64_t returned_bytes;   /* given back to the system, ever */
    uint64_t pool_used_bytes;  /* blocks_used * block_size over all classes */
    uint64_t large_count;      /* blocks from the fallback, now */
    uint64_t large_bytes;      /* bytes of these */
    uint64_t waiting_bytes;    /* of the used and large ones: in the debug quarantine */
    uint64_t sparse_bytes;     /* about what moving bodies could make free (evacuate.h) */
    uint64_t evacuating_pools; /* being emptied now */
    uint64_t chosen_pools;     /* to be emptied, ever */
    uint64_t moved_blocks;     /* ever */
    uint64_t moved_bytes;
    uint64_t used_bytes[HD_MEMORY_USES];
};

void hd_memory_stats(const struct hd_memory *memory, struct hd_memory_stats *ret_stats);

/* Size classes are numbered from 0, by rising block size. */
size_t hd_memory_class_count(const struct hd_memory *memory);
void hd_memory_class_stats(const struct hd_memory *memory, size_t index,
                           struct hd_class_stats *ret_stats);

/* An arena; false: there is none of this number yet. */
struct hd_arena_stats {
    uint64_t committed_bytes;
    uint64_t pool_bytes; /* of these, in pools */
    uint64_t used_bytes; /* of these, in blocks handed out */
};

bool hd_memory_arena_stats(const struct hd_memory *memory, uint32_t number,
                           struct hd_arena_stats *ret_stats);

#endif
