/* SPDX-License-Identifier: MIT */
/* memory.h: what hd_memory is made of; for allocator.c and inspect.c only. */
#ifndef HD_POOL_MEMORY_H
#define HD_POOL_MEMORY_H

#include <stdint.h>

#include "base/alloc.h"
#include "pool/allocator.h"
#include "pool/arena.h"
#include "pool/bin.h"
#include "pool/debug.h"
#include "pool/evacuate.h"
#include "pool/sizeclass.h"

/* One use of the memory: the context of the allocator its users get.  Each has pools of its
 * own: books, which cannot move, never pin a pool of bodies, which can. */
struct hd_face {
    struct hd_allocator iface;
    struct hd_memory *memory;
    size_t used_bytes;
    size_t large_bytes; /* of these, from the fallback */
    struct hd_bin bins[HD_SIZECLASS_COUNT];
};

struct hd_memory {
    size_t boundary; /* 0 with HD_ALLOCATOR_MALLOC: everything lies above */
    struct hd_arenas arenas;
    struct hd_face faces[HD_MEMORY_USES];
    const struct hd_allocator *fallback; /* borrowed */
    uint64_t large_count;
    uint64_t large_bytes;
    enum hd_allocator_kind kind;
    struct hd_pool none;
    struct hd_evacuation evacuation;
    struct hd_debug debug; /* with HD_ALLOCATOR_DEBUG in front of the faces */
    uint32_t sig;
};

#define HD_MEMORY_SIG UINT32_C(0x4D656D6F)

#endif
