/* SPDX-License-Identifier: MIT */
/* copying_fixture.h: what is copied some items at a time, and what it becomes. */
#ifndef HD_TESTS_HEAP_COPYING_FIXTURE_H
#define HD_TESTS_HEAP_COPYING_FIXTURE_H

#include "unit/heap/fixture.h"

#include "heap/internal.h"

#define LONG 60

static inline void open_with(struct fixture *f, uint32_t slice_units)
{
    fixture_options(f);
    f->options.slice_units = slice_units;
    fixture_open(f);
}

/* A container of so many empty lists, or (as keys) floats, which nothing else has. */
static inline uint64_t source_of(struct fixture *f, enum hd_kind kind, size_t count)
{
    uint64_t items[LONG];
    uint64_t made = kind == HD_KIND_DICT ? new_dict(f) : 0;

    for (size_t i = 0; i < count; i++) {
        items[i] = hd_kind_is_table(kind) ? new_float(f, (double)i) : new_list(f);
        if (kind == HD_KIND_DICT) {
            assert_int_equal(place_op(f, HD_OP_SET_ITEM, made, at_key(items[i]), items[0]),
                             HD_OK);
        }
    }
    made = kind == HD_KIND_DICT ? made : new_of(f, kind, items, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(release(f, items[i]), HD_OK);
    }
    return made;
}

static inline struct hd_copy_part all_of(uint64_t id)
{
    return (struct hd_copy_part){.source = by_id(id)};
}

/* 0: repeated not at all, -1: without any. */
static inline void fill_copy(struct hd_op *op, const struct hd_copy_part *parts, size_t count,
                             enum hd_kind kind, int64_t repeat)
{
    op->in.copy.parts = parts;
    op->in.copy.count = count;
    op->in.copy.kind = kind;
    op->in.copy.repeat = repeat;
    op->in.copy.hold = true;
}

/* Begins a copy of the other session, so that this one goes on meanwhile. */
static inline void start_copy(struct fixture *f, struct hd_op *op,
                              const struct hd_copy_part *part, enum hd_kind kind)
{
    hd_op_init(op, HD_OP_COPY, f->other);
    fill_copy(op, part, 1, kind, 0);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
}

/* What has been begun is carried out in one piece. */
static inline void finish_at_once(struct fixture *f)
{
    uint32_t units = f->heap->options.slice_units;

    f->heap->options.slice_units = UINT32_MAX;
    assert_int_equal(hd_heap_do(f->heap, &f->op), HD_DONE);
    assert_int_equal(f->op.error.status, HD_OK);
    f->heap->options.slice_units = units;
}

/* So many of the slices that are left, which are more. */
static inline void work_slices(struct fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_true(hd_heap_work(f->heap, 1));
    }
}

static inline void go_on(struct fixture *f)
{
    while (hd_heap_work(f->heap, 1)) {
        assert_sound(f);
    }
}

static inline void assert_same_items(struct fixture *f, uint64_t one, uint64_t other)
{
    assert_int_equal(length(f, one), length(f, other));
    for (uint32_t i = 0; i < length(f, one); i++) {
        assert_int_equal(hd_seq_item(f->heap->objects, slot_of(f, one), i),
                         hd_seq_item(f->heap->objects, slot_of(f, other), i));
    }
}

/* A list of so many times one item. */
static inline uint64_t list_of(struct fixture *f, uint64_t item, int64_t length)
{
    const uint64_t list = new_of(f, HD_KIND_LIST, &item, 1);
    const struct hd_copy_part part = all_of(list);
    uint64_t repeated;

    fill_copy(begin(f, HD_OP_COPY), &part, 1, HD_KIND_LIST, length == 0 ? -1 : length);
    repeated = created(f);
    assert_int_equal(release(f, list), HD_OK);
    return repeated;
}

#endif
