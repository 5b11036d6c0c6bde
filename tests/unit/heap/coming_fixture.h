/* SPDX-License-Identifier: MIT */
/* coming_fixture.h: a full collection in slices that has found whom to tell, and is not
 * committed. */
#ifndef HD_TESTS_HEAP_COMING_FIXTURE_H
#define HD_TESTS_HEAP_COMING_FIXTURE_H

#include "unit/heap/death_fixture.h"

static inline uint64_t coming(const struct fixture *f)
{
    uint64_t n = 0;

    HD_LIST_FOREACH (element, &f->heap->coming) {
        n += HD_CONTAINER_OF(element, struct hd_queue, of_coming)->coming_count;
    }
    return n;
}

/* A full collection for this session is in progress, has found so many to be told, and is not
 * committed. */
static inline void collect_until(struct fixture *f, struct hd_session *session, uint64_t count,
                                 struct hd_op *op)
{
    uint32_t units = f->heap->options.slice_units;

    f->heap->options.slice_units = 1;
    hd_op_init(op, HD_OP_COLLECT, session);
    op->in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
    while (coming(f) < count) {
        assert_true(hd_heap_work(f->heap, 1));
    }
    assert_int_equal(coming(f), count);
    assert_sound(f);
    f->heap->options.slice_units = units;
}

/* A dead loop with a weak reference to it that has a callback; the collection has found it. */
static inline uint64_t watch_loop(struct fixture *f, struct hd_op *collecting)
{
    uint64_t loop;
    uint64_t weakref;

    fixture_up(f);
    new_queue(f, "q");
    loop = new_loop(f);
    weakref = new_weakref(f, loop, "q");
    assert_int_equal(release(f, loop), HD_OK);
    collect_until(f, f->other, 1, collecting);
    return weakref;
}

#endif
