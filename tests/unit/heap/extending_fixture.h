/* SPDX-License-Identifier: MIT */
/* extending_fixture.h: Extend of a list, in slices and at once. */
#ifndef HD_TESTS_HEAP_EXTENDING_FIXTURE_H
#define HD_TESTS_HEAP_EXTENDING_FIXTURE_H

#include "unit/heap/copying_fixture.h"

#include "object/draft.h"

static inline void fill_extend(struct hd_op *op, uint64_t list, uint64_t from)
{
    op->in.extend.container = by_id(list);
    op->in.extend.from = by_id(from);
}

/* For the other session, so that this one goes on meanwhile. */
static inline void start_extend(struct fixture *f, struct hd_op *op, uint64_t list,
                                uint64_t from)
{
    hd_op_init(op, HD_OP_EXTEND, f->other);
    fill_extend(op, list, from);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
}

/* The same in one piece. */
static inline void extend_at_once(struct fixture *f, uint64_t list, uint64_t from)
{
    fill_extend(begin(f, HD_OP_EXTEND), list, from);
    finish_at_once(f);
}

#endif
