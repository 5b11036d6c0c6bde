/* SPDX-License-Identifier: MIT */
/* sizeclass.h: which block size serves a request, and how many units its pools have.
 *
 * 8 to 32 in steps of 4, to 64 in steps of 8, to 128 in steps of 16, then
 * eight classes per doubling up to 256 KiB: above 128 bytes a block is at most
 * one eighth larger than the request.  Classes are numbered from 0 by size. */
#ifndef HD_POOL_SIZECLASS_H
#define HD_POOL_SIZECLASS_H

#include <stddef.h>
#include <stdint.h>

#define HD_SIZECLASS_COUNT     103u
#define HD_SIZECLASS_TABLE_MAX ((size_t)1024)

/* Class of requests of 4i - 3 to 4i bytes. */
extern const uint8_t hd_sizeclass_table[HD_SIZECLASS_TABLE_MAX / 4 + 1];

/* size <= HD_POOL_BOUNDARY_MAX.  Inline: it is on the path of every request. */
static inline unsigned hd_sizeclass_of(size_t size)
{
    if (size <= HD_SIZECLASS_TABLE_MAX) {
        return hd_sizeclass_table[(size + 3) / 4];
    }
    unsigned top = 63u - (unsigned)__builtin_clzll(size - 1); /* 2^top < size <= 2^(top+1) */

    return 15 + (top - 7) * 8 + (unsigned)((size - 1) >> (top - 3)) - 8;
}

/* Block size of a class, in bytes. */
uint32_t hd_sizeclass_bytes(unsigned index);

/* Units of a pool of the class: the fewest that leave at most 1/16 unused at the end. */
unsigned hd_sizeclass_units(unsigned index);

#endif
