/* SPDX-License-Identifier: MIT */
/* budget_fixture.h: a heap with room for what is wide, and its slices counted. */
#ifndef HD_TESTS_HEAP_BUDGET_FIXTURE_H
#define HD_TESTS_HEAP_BUDGET_FIXTURE_H

#include "unit/heap/death_fixture.h"

#include <stdlib.h>

#include "collector/internal.h"

#define SLICE 256u

static inline void open_roomy(struct fixture *f)
{
    fixture_options(f);
    f->options.max_slots = 1u << 21;
    f->options.memory.reserve_bytes = (size_t)1 << 30;
    f->options.slice_units = SLICE;
    fixture_open(f);
    begin(f, HD_OP_DISABLE);
    assert_int_equal(finish(f), HD_OK);
}

static inline uint64_t wide_list(struct fixture *f, uint64_t item, uint32_t length)
{
    uint64_t list = new_list(f);

    for (uint32_t i = 0; i < length; i++) {
        assert_int_equal(append(f, list, item), HD_OK);
    }
    return list;
}

static inline uint64_t slices(const struct fixture *f)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < HD_PAUSE_SERIES; i++) {
        const struct hd_pause_series *series = &hd_inspect_pauses(f->heap)->series[i];

        count += series->kind == HD_PAUSE_SLICE ? series->count : 0;
    }
    return count;
}

/* A collection to its end; gives how many slices it took, none of which does more units than it
 * may. */
static inline uint64_t collect_in_slices(struct fixture *f, int generation)
{
    uint64_t before = slices(f);
    struct hd_op op;

    hd_op_init(&op, HD_OP_COLLECT, f->other);
    op.in.collect.generation = generation;
    if (hd_heap_do(f->heap, &op) == HD_MORE) {
        uint64_t done;

        do {
            done = hd_inspect_pauses(f->heap)->slice_units;
            (void)hd_heap_work(f->heap, SLICE);
            assert_true(hd_inspect_pauses(f->heap)->slice_units - done <= 2 * SLICE);
        } while (hd_heap_has_work(f->heap));
    }
    assert_int_equal(op.error.status, HD_OK);
    return slices(f) - before;
}

/* A container of so many times the same item. */
static inline uint64_t new_wide(struct fixture *f, enum hd_kind kind, uint64_t item,
                                size_t length)
{
    uint64_t *items = malloc(length * sizeof *items);
    uint64_t wide;

    assert_non_null(items);
    for (size_t i = 0; i < length; i++) {
        items[i] = item;
    }
    wide = new_of(f, kind, items, length);
    free(items);
    return wide;
}

#endif
