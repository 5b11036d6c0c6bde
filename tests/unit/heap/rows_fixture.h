/* SPDX-License-Identifier: MIT */
/* rows_fixture.h: tables of holds, filled, emptied and gone through. */
#ifndef HD_TESTS_HEAP_ROWS_FIXTURE_H
#define HD_TESTS_HEAP_ROWS_FIXTURE_H

#include "lib/testlib.h"

#include <stdlib.h>

#include "heap/holds.h"
#include "lib/fault_alloc.h"
#include "lib/random.h"

#define STRIDE sizeof(struct hd_hold)
#define MANY   UINT32_C(30000)

static inline void add(struct hd_holds *holds, uint32_t slot)
{
    assert_int_equal(hd_holds_reserve(holds), HD_OK);
    assert_true(hd_holds_add(holds, slot, 1));
}

static inline void drop(struct hd_holds *holds, uint32_t slot)
{
    hd_holds_remove(holds, hd_holds_find(holds, slot), 1);
}

static inline void fill(struct hd_holds *holds, struct fault_alloc *memory, uint32_t n)
{
    fault_alloc_init(memory, FAULT_NEVER);
    hd_holds_init(holds, &memory->iface);
    for (uint32_t i = 1; i <= n; i++) {
        add(holds, i);
    }
}

static inline void finish(struct hd_holds *holds, struct fault_alloc *memory)
{
    assert_true(hd_rows_check(&holds->rows, STRIDE));
    assert_int_equal(memory->live_bytes, hd_holds_bytes(holds));
    hd_holds_fini(holds);
    assert_int_equal(memory->live_blocks, 0);
}

/* Slots first..last, each step-th of them, and nothing else, in this order. */
static inline void check_order(const struct hd_holds *holds, uint32_t first, uint32_t step,
                               uint32_t last)
{
    uint32_t expected = first;

    for (uint32_t i = 0; i < holds->rows.used; i++) {
        if (hd_holds_at(holds, i)->slot != 0) {
            assert_int_equal(hd_holds_at(holds, i)->slot, expected);
            expected += step;
        }
    }
    assert_int_equal(expected, last + step);
}

#endif
