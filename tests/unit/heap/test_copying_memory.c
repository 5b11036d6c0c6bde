/* SPDX-License-Identifier: MIT */
/* test_copying_memory.c: a copy of very many items into a list takes the memory for them as it
 * comes to them, and is refused at once if there is no room for all. */
#include "unit/heap/budget_fixture.h"
#include "unit/heap/copying_fixture.h"

#include "object/big_list.h"

#define WIDE   1000000u
#define LEAVES (WIDE / HD_LEAF_ITEMS + 1)
#define BLOCK  (HD_LEAF_BYTES + 512) /* as large as its size class, at most */

static uint64_t used_bytes(const struct fixture *f)
{
    return f->heap->quota.heap.used.bytes;
}

/* Of a list of so many, list(list); *part is the request's. */
static enum hd_progress start(struct fixture *f, struct hd_op *op, struct hd_copy_part *part)
{
    hd_op_init(op, HD_OP_COPY, f->other);
    fill_copy(op, part, 1, HD_KIND_LIST, 0);
    return hd_heap_do(f->heap, op);
}

static struct hd_copy_part wide_source(struct fixture *f)
{
    uint64_t item;

    open_roomy(f);
    item = new_list(f);
    return all_of(new_wide(f, HD_KIND_LIST, item, WIDE));
}

static void no_step_takes_more_than_its_leaves(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t before;

    (void)state;
    part = wide_source(&f);
    before = used_bytes(&f);
    assert_int_equal(start(&f, &op, &part), HD_MORE);
    while (hd_session_is_busy(f.other)) {
        uint64_t more = used_bytes(&f) - before;

        assert_true(more <= LEAVES * sizeof(struct hd_leaf) + BLOCK);
        before = used_bytes(&f);
        (void)hd_heap_work(f.heap, SLICE);
    }
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, op.out.id), WIDE);
    assert_true(hd_big_list_check(
        hd_slot_body(hd_slot_at(hd_objects_slots(f.heap->objects), slot_of(&f, op.out.id)))));
    fixture_down(&f);
}

static void without_room_for_all_it_is_refused_at_once(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t used;

    (void)state;
    part = wide_source(&f);
    used = used_bytes(&f);
    f.heap->quota.heap.limit.bytes = used + (LEAVES - 1) * HD_LEAF_BYTES;
    assert_int_equal(start(&f, &op, &part), HD_DONE);
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_HEAP_BYTES);
    assert_int_equal(used_bytes(&f), used);
    f.heap->quota.heap.limit.bytes = HD_UNLIMITED;
    fixture_down(&f);
}

/* What only a collection finds goes before that. */
static void room_is_made_for_it(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t loop;

    (void)state;
    part = wide_source(&f);
    loop = new_list(&f);
    loop = new_wide(&f, HD_KIND_LIST, loop, WIDE);
    assert_int_equal(append(&f, loop, loop), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    hd_collector_set_enabled(f.heap->collector, true);
    f.heap->quota.heap.limit.bytes = used_bytes(&f) + 100000;
    assert_int_equal(start(&f, &op, &part), HD_MORE);
    while (hd_heap_work(f.heap, SLICE)) {
    }
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, op.out.id), WIDE);
    assert_false(is_alive(&f, loop));
    f.heap->quota.heap.limit.bytes = HD_UNLIMITED;
    fixture_down(&f);
}

/* It is given to somebody else first. */
static void room_may_be_gone_when_it_comes_to_it(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t used;

    (void)state;
    part = wide_source(&f);
    used = used_bytes(&f);
    assert_int_equal(start(&f, &op, &part), HD_MORE);
    for (unsigned i = 0; i < LEAVES; i++) {
        (void)hd_heap_work(f.heap, SLICE);
    }
    assert_true(used_bytes(&f) > used);
    f.heap->quota.heap.limit.bytes = used_bytes(&f);
    while (hd_heap_work(f.heap, SLICE)) {
    }
    assert_int_equal(op.error.status, HD_RESOURCE_EXHAUSTED);
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_HEAP_BYTES);
    assert_int_equal(op.out.id, 0);
    assert_int_equal(used_bytes(&f), used);
    f.heap->quota.heap.limit.bytes = HD_UNLIMITED;
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_step_takes_more_than_its_leaves),
        cmocka_unit_test(without_room_for_all_it_is_refused_at_once),
        cmocka_unit_test(room_is_made_for_it),
        cmocka_unit_test(room_may_be_gone_when_it_comes_to_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
