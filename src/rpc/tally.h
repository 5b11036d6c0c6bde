/* SPDX-License-Identifier: MIT */
/* tally.h: a count that one thread keeps and any may read.
 *
 * A relaxed load and store instead of an atomic addition: there is one writer, and readers take
 * what they find.  It costs what a plain count costs. */
#ifndef HD_RPC_TALLY_H
#define HD_RPC_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t hd_tally;

static inline uint64_t hd_tally_get(const hd_tally *tally)
{
    return atomic_load_explicit(tally, memory_order_relaxed);
}

/* By its owner only; change may be negative. */
static inline void hd_tally_add(hd_tally *tally, int64_t change)
{
    atomic_store_explicit(tally, hd_tally_get(tally) + (uint64_t)change, memory_order_relaxed);
}

#endif
