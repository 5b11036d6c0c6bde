/* SPDX-License-Identifier: MIT */
/* copying.h: many items copied in slices: into a new object (COPY), to the end of a list
 * (EXTEND), or into the place of those it had (DEL_ITEM of a slice).
 *
 * What it has so far is a draft (object/draft.h), which nobody sees.  If what it copies changes
 * meanwhile it begins again, the third time it is refused.
 *
 *   [copying.inv.reached]  What a draft has is in the living sources, which have not changed
 * and are named in each slice: a collection that is marking reaches it, whoever has it in the
 * end. */
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

/* What is copied in slices. */
struct hd_copy_order {
    const struct hd_copy_part *parts;
    size_t count;
    enum hd_kind kind;
    uint64_t length;          /* of the copy, 1 or more */
    uint32_t list;            /* whose items they will be; 0: a new object's */
    struct hd_range left_out; /* of the only part; rising, within it */
};

/* copying.c: the part as it was named when the copy began. */
const struct hd_copy_part *hd_copying_part(const struct hd_op *op, size_t index);
/* Whether so many items are more than are copied at once. */
bool hd_copying_is_due(const struct hd_heap *heap, const struct hd_op *op, uint64_t length);
/* For the first time, or again with the same parts. */
enum hd_status hd_copying_begin(struct hd_heap *heap, struct hd_op *op,
                                const struct hd_copy_order *order);

/* op_copy.c */
struct hd_range hd_copy_range(const struct hd_heap *heap, const struct hd_copy_part *part,
                              uint32_t slot);
/* The new object is the result, or is not kept. */
enum hd_status hd_copy_give(struct hd_heap *heap, struct hd_op *op, uint32_t slot);

/* op_extend.c: the items of the draft are the list's. */
enum hd_status hd_extend_give(struct hd_heap *heap, struct hd_op *op,
                              const struct hd_cascade *draft);

#endif
