/* SPDX-License-Identifier: MIT */
/* debug.h: an allocator in front of another that finds wrong use of its blocks.
 *
 * Before and behind a block lie pads; new and freed bytes have patterns; freed blocks
 * wait in quarantine, so that late writes to them are found; every allocation has a
 * number.  It looks when a block is given back, when it leaves quarantine, and when
 * asked.  What it finds is reported, once for each block and life, and the daemon goes on.
 * Design note: docs/design/pool.md.
 *
 *   [pool.inv.pads]        the pads of a block in use are as they were made
 *   [pool.inv.quarantine]  a block in quarantine has the freed pattern throughout */
#ifndef HD_POOL_DEBUG_H
#define HD_POOL_DEBUG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/list.h"

#define HD_DEBUG_USES       2u
#define HD_DEBUG_NEW        0xCD
#define HD_DEBUG_FREED      0xDD
#define HD_DEBUG_PAD        0xFD
#define HD_DEBUG_HEAD       64u /* in front of a block: what is known of it, then a pad */
#define HD_DEBUG_TAIL       16u
#define HD_DEBUG_QUARANTINE ((size_t)16 << 20) /* bytes of freed blocks that wait */

enum hd_debug_defect {
    HD_DEBUG_WRITTEN_BEFORE, /* the pad in front is damaged */
    HD_DEBUG_WRITTEN_BEHIND,
    HD_DEBUG_WRITTEN_AFTER_FREE,
    HD_DEBUG_FREED_TWICE,
    HD_DEBUG_WRONG_SIZE, /* given back with another size than it was asked for */
};

/* A block that something is wrong with.  Borrowed for the call. */
struct hd_debug_finding {
    enum hd_debug_defect defect;
    const void *block;
    size_t size;     /* as asked for */
    uint64_t serial; /* of its allocation, from 1 */
    bool in_use;
};

typedef void (*hd_debug_cb)(void *ctx, const struct hd_debug_finding *finding);

struct hd_debug;

/* One use of it. */
struct hd_debug_face {
    struct hd_allocator iface;
    struct hd_debug *debug;
    const struct hd_allocator *under; /* borrowed */
    size_t used_bytes;
};

struct hd_debug {
    struct hd_debug_face faces[HD_DEBUG_USES];
    struct hd_list live;
    struct hd_list quarantine; /* the oldest first */
    size_t waiting_bytes;
    uint64_t serial;
    hd_debug_cb report; /* may be NULL */
    void *ctx;
};

/* In front of an allocator for each use.  It stays where it is from here on. */
void hd_debug_init(struct hd_debug *debug, const struct hd_allocator *first,
                   const struct hd_allocator *second);

/* Ends quarantine for all.  No block is in use. */
void hd_debug_fini(struct hd_debug *debug);

/* Looks at all blocks; true: nothing is wrong with any. */
bool hd_debug_check(const struct hd_debug *debug);

/* Calls visit with the size, as asked for, of each block in quarantine. */
void hd_debug_each_waiting(const struct hd_debug *debug, void (*visit)(void *ctx, size_t size),
                           void *ctx);

/* "was written to behind its end".  Static storage. */
const char *hd_debug_defect_text(enum hd_debug_defect defect);

#endif
