/* SPDX-License-Identifier: MIT */
/* geometry.h: the sizes everything in this layer is made of.
 *
 * An arena is a naturally aligned piece of address space; its 64 units fit one
 * mask.  A pool is a run of units, of which it may have up to 16. */
#ifndef HD_POOL_GEOMETRY_H
#define HD_POOL_GEOMETRY_H

#include <stddef.h>

#define HD_UNIT_SHIFT  16
#define HD_ARENA_SHIFT 22

#define HD_UNIT_BYTES  ((size_t)1 << HD_UNIT_SHIFT)
#define HD_ARENA_BYTES ((size_t)1 << HD_ARENA_SHIFT)

#define HD_ARENA_UNITS    64u
#define HD_POOL_UNITS_MAX 16u

#endif
