/* SPDX-License-Identifier: MIT */
/* scan_fixture.h: pages of GetObjects and GetReferrers, as short calls. */
#ifndef HD_TESTS_HEAP_SCAN_FIXTURE_H
#define HD_TESTS_HEAP_SCAN_FIXTURE_H

#include "unit/heap/fixture.h"

#include "heap/internal.h"

#define IDS 64

struct page {
    uint64_t ids[IDS];
    size_t max;
    struct hd_op op;
};

static inline struct page all(void)
{
    return (struct page){.max = IDS};
}

static inline struct hd_op *begin_page(struct fixture *f, struct page *page,
                                       enum hd_op_code code, uint64_t id, uint64_t cursor)
{
    hd_op_init(&page->op, code, f->session);
    page->op.in.ids.object = by_id(id);
    page->op.in.ids.cursor = cursor;
    page->op.in.ids.ret_ids = page->ids;
    page->op.in.ids.max = page->max;
    return &page->op;
}

static inline void objects_of(struct fixture *f, struct page *page, int64_t generation,
                              uint64_t cursor)
{
    struct hd_op *op = begin_page(f, page, HD_OP_GET_OBJECTS, 0, cursor);

    op->in.ids.has_generation = generation >= 0;
    op->in.ids.generation = generation;
    assert_int_equal(carry_out(f, op), HD_OK);
}

static inline void referrers_of(struct fixture *f, struct page *page, uint64_t id)
{
    assert_int_equal(carry_out(f, begin_page(f, page, HD_OP_GET_REFERRERS, id, 0)), HD_OK);
}

static inline bool has(const struct page *page, uint64_t id)
{
    unsigned n = 0;

    for (size_t i = 0; i < page->op.out.ids.count; i++) {
        n += page->ids[i] == id;
    }
    assert_true(n <= 1);
    return n == 1;
}

static inline void collect_one(struct fixture *f, int64_t generation)
{
    struct hd_op *op = begin(f, HD_OP_COLLECT);

    op->in.collect.generation = generation;
    assert_int_equal(finish(f), HD_OK);
}

#endif
