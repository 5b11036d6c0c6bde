/* SPDX-License-Identifier: MIT */
/* verify.h: the proof.  Re-derives from nothing what must always hold (contract §9: 1, 2, 4).
 *
 *   [heap.inv.counts]    every count is the number of references its owners hold
 *   [heap.inv.slots]     no slot refers to a dead object
 *   [heap.inv.tracked]   every tracked object is in exactly one generation, and the sums agree
 *   [heap.inv.bytes]     what the pools say is in use is what objects and books say they use
 *   [heap.inv.rows]      every table of holds and names finds what it has (rows.h)
 *   [heap.inv.accounts]  what heap and accounts are booked is what their objects have */
#ifndef HD_HEAP_VERIFY_H
#define HD_HEAP_VERIFY_H

#include <stdint.h>

#include "base/status.h"

struct hd_heap;

/* sentence is borrowed for the call. */
typedef void (*hd_defect_cb)(void *ctx, const char *sentence);

struct hd_verify_result {
    uint64_t objects;
    uint64_t references;
    uint64_t defects; /* 0: everything holds */
};

/* Needs four bytes for each slot in use, from the heap's own allocator;
 * HD_RESOURCE_EXHAUSTED without them.  Calls defect for each of the first 100. */
enum hd_status hd_heap_verify(struct hd_heap *heap, hd_defect_cb defect, void *ctx,
                              struct hd_verify_result *ret_result);

#endif
