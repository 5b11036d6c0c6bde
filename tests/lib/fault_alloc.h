/* SPDX-License-Identifier: MIT */
/* fault_alloc.h: an allocator that keeps count, does not trust its users, and fails on request.
 *
 * It checks the size told at free and resize, and finds foreign pointers and
 * double frees.  A resize always moves the block, so that nobody keeps the old
 * address.  A test ends by asserting that live_blocks and live_bytes are 0. */
#ifndef HD_TESTS_FAULT_ALLOC_H
#define HD_TESTS_FAULT_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"

#define FAULT_NEVER (-1L)

struct fault_alloc {
    struct hd_allocator iface; /* give &fault.iface to what is tested */
    size_t live_blocks;
    size_t live_bytes;
    size_t highest_bytes;
    long requests; /* alloc and resize calls so far */
    long refused;
    long fail_at;  /* number of the request that fails, from 0; FAULT_NEVER */
    bool for_ever; /* all later ones fail too */
};

/* The fail_at-th request from now on fails, once. */
void fault_alloc_init(struct fault_alloc *fault, long fail_at);

/* Counts requests from 0 again and sets which fails. */
void fault_alloc_rearm(struct fault_alloc *fault, long fail_at, bool for_ever);

#endif
