/* SPDX-License-Identifier: MIT */
/* copying.h: a copy of many items, made in slices.
 *
 * What it has so far is a draft (object/draft.h), which nobody sees.  If what it copies changes
 * meanwhile it begins again, the third time it is refused. */
#ifndef HD_HEAP_COPYING_H
#define HD_HEAP_COPYING_H

#include "heap/internal.h"

/* What was learned of the parts together. */
struct hd_copy_plan {
    enum hd_kind kind;
    bool any_iterable; /* a kind was given: list(x), tuple(x) */
    uint64_t units;    /* items, or bytes at most, of all parts once */
    uint64_t repeat;
    size_t filled;  /* parts that are not empty */
    uint32_t whole; /* the last of these, if all of it is taken; else 0 */
};

/* copying.c: the part as it was named when the copy began. */
const struct hd_copy_part *hd_copying_part(const struct hd_op *op, size_t index);
/* Whether it is more than is done at once. */
bool hd_copying_is_due(const struct hd_heap *heap, const struct hd_op *op,
                       const struct hd_copy_plan *plan);
/* For the first time, or again. */
enum hd_status hd_copying_begin(struct hd_heap *heap, struct hd_op *op,
                                const struct hd_copy_plan *plan);

/* op_copy.c */
struct hd_range hd_copy_range(const struct hd_heap *heap, const struct hd_copy_part *part,
                              uint32_t slot);
/* The new object is the result, or is not kept. */
enum hd_status hd_copy_give(struct hd_heap *heap, struct hd_op *op, uint32_t slot);

#endif
