/* SPDX-License-Identifier: MIT */
/* heap_digest.h: all that clients can see of a heap, as one number.
 *
 * Equal before and after an operation: it has changed nothing.  Room that tables have
 * grown and not used is no part of it, nor are the numbers of free slots. */
#ifndef HD_TESTS_HEAP_DIGEST_H
#define HD_TESTS_HEAP_DIGEST_H

#include <stdint.h>

struct hd_heap;

uint64_t heap_digest(const struct hd_heap *heap);

/* The same without ages: a collection in progress notes in them what was named. */
uint64_t heap_digest_ageless(const struct hd_heap *heap);

#endif
