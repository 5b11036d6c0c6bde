/* SPDX-License-Identifier: MIT */
/* trail.h: the containers a search has met, in order, and from which each was reached.
 *
 * A set of slots, and a list of them.  Both grow by blocks of a fixed size, and
 * are emptied and given back some blocks at a time. */
#ifndef HD_HEAP_TRAIL_H
#define HD_HEAP_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

#define HD_TRAIL_NONE UINT32_MAX

struct hd_met {
    uint32_t slot;
    uint32_t from; /* number of the one it was reached from; HD_TRAIL_NONE: of none */
};

struct hd_trail {
    const struct hd_allocator *allocator;
    uint32_t limit;        /* slots below it can be met */
    uint32_t count;        /* met */
    uint64_t **pages;      /* owned, and each of them: bits of slots; NULL: none of these */
    struct hd_met **lists; /* owned, and each of them: the met, by number */
    uint32_t cleared;      /* pages that a clear has come past */
    uint32_t given;        /* pages and lists that fini has */
};

/* HD_RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_trail_init(struct hd_trail *trail, const struct hd_allocator *allocator,
                             uint32_t limit);

/* Both go on from where they stopped, for so many steps.  True: done.  A trail of zeros may be
 * ended, too. */
bool hd_trail_clear(struct hd_trail *trail, uint64_t *steps);
bool hd_trail_fini(struct hd_trail *trail, uint64_t *steps);

/* A slot at or above the limit counts as met. */
bool hd_trail_has(const struct hd_trail *trail, uint32_t slot);

/* One that was not met.  HD_RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_trail_add(struct hd_trail *trail, uint32_t slot, uint32_t from);

/* The number-th, of count. */
struct hd_met hd_trail_at(const struct hd_trail *trail, uint32_t number);

/* Bytes asked for. */
size_t hd_trail_bytes(const struct hd_trail *trail);

#endif
