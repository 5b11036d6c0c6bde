/* SPDX-License-Identifier: MIT */
/* test_batch.c: results are kept and named by number, and not counted for the reader. */
#include "unit/heap/fixture.h"

static struct hd_batch *open_batch(struct fixture *f)
{
    struct hd_op *op = begin(f, HD_OP_BATCH_BEGIN);

    assert_int_equal(finish(f), HD_OK);
    assert_non_null(op->batch);
    return op->batch;
}

static void end_batch(struct fixture *f, struct hd_batch *batch)
{
    struct hd_op *op = begin(f, HD_OP_BATCH_END);

    op->batch = batch;
    assert_int_equal(finish(f), HD_OK);
}

static struct hd_op *begin_in(struct fixture *f, struct hd_batch *batch, enum hd_op_code code)
{
    struct hd_op *op = begin(f, code);

    op->batch = batch;
    return op;
}

static uint64_t create_in(struct fixture *f, struct hd_batch *batch, enum hd_kind kind)
{
    struct hd_op *op = begin_in(f, batch, HD_OP_CREATE);

    op->in.create.object.kind = kind;
    op->in.create.keep = HD_KEEP_BATCH;
    return created(f);
}

static void results_live_until_the_batch_ends(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t list;
    uint64_t item;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    batch = open_batch(&f);
    list = create_in(&f, batch, HD_KIND_LIST);
    item = create_in(&f, batch, HD_KIND_FLOAT);
    op = begin_in(&f, batch, HD_OP_APPEND);
    op->in.item.container = by_result(0);
    op->in.item.item = by_result(1);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, item), 2);
    assert_int_equal(hd_inspect_refcount(f.heap, batch, slot_of(&f, item)), 1);
    assert_int_equal(hd_inspect_refcount(f.heap, batch, slot_of(&f, list)), 0);
    op = begin_in(&f, batch, HD_OP_BIND);
    op->in.name.name = text_of("kept");
    op->in.name.object = by_result(1);
    assert_int_equal(finish(&f), HD_OK);
    assert_sound(&f);
    end_batch(&f, batch);
    assert_false(is_alive(&f, list));
    assert_int_equal(refcount(&f, item), 1);
    fixture_down(&f);
}

static void wrong_results_are_refused(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_error error;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    op = begin(&f, HD_OP_BIND);
    op->in.name.name = text_of("x");
    op->in.name.object = by_result(0);
    (void)finish(&f);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND, NULL);
    batch = open_batch(&f);
    assert_int_equal(hd_batch_note_read(batch, &error), HD_OK); /* number 0: a read */
    (void)create_in(&f, batch, HD_KIND_LIST);                   /* number 1 */
    for (uint32_t i = 0; i < 6; i++) { /* numbers 2 to 7; those before i gave something */
        op = begin_in(&f, batch, HD_OP_BIND);
        op->in.name.name = text_of("x");
        op->in.name.object = by_result(i == 5 ? 99 : i);
        assert_int_equal(finish(&f), i == 1 || i == 3 ? HD_OK : HD_INVALID_ARGUMENT);
    }
    end_batch(&f, batch);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_LIST;
    op->in.create.keep = HD_KEEP_BATCH;
    (void)finish(&f);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, NULL);
    fixture_down(&f);
}

static void a_batch_has_a_most_of_operations(void **state)
{
    struct fixture f;
    struct hd_batch *batch;

    (void)state;
    fixture_options(&f);
    f.options.limits.batch_operations = 2;
    fixture_open(&f);
    batch = open_batch(&f);
    (void)create_in(&f, batch, HD_KIND_LIST);
    (void)create_in(&f, batch, HD_KIND_LIST);
    f.op = *begin_in(&f, batch, HD_OP_ENABLE);
    (void)finish(&f);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_BATCH, NULL);
    end_batch(&f, batch);
    fixture_down(&f);
}

static void release_work_waits_for_the_end(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_heap_info info;
    struct hd_op *op;
    struct hd_op other;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 2;
    fixture_open(&f);
    batch = open_batch(&f);
    for (int i = 0; i < 50; i++) {
        op = begin_in(&f, batch, HD_OP_CREATE);
        op->in.create.object.kind = HD_KIND_LIST;
        assert_int_equal(hd_heap_do(f.heap, op), HD_DONE);
    }
    op = begin_in(&f, batch, HD_OP_CALL);
    assert_int_equal(hd_heap_do(f.heap, op), HD_DONE);
    for (int i = 0; i < 20; i++) {
        op = begin_in(&f, batch, HD_OP_CREATE);
        op->in.create.object.kind = HD_KIND_FLOAT;
        assert_int_equal(hd_heap_do(f.heap, op), HD_DONE);
    }
    op = begin_in(&f, batch, HD_OP_RETURN);
    assert_int_equal(hd_heap_do(f.heap, op), HD_DONE); /* never more */
    assert_sound(&f);
    hd_op_init(&other, HD_OP_BATCH_END, f.session);
    other.batch = batch;
    assert_int_equal(hd_heap_do(f.heap, &other), HD_MORE);
    while (hd_heap_work(f.heap, 1)) {
        assert_sound(&f);
    }
    hd_inspect_heap(f.heap, &info);
    assert_int_equal(info.objects, 50);
    fixture_down(&f);
}

static void a_failed_operation_leaves_the_rest(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t list;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    batch = open_batch(&f);
    (void)create_in(&f, batch, HD_KIND_FLOAT);
    op = begin_in(&f, batch, HD_OP_APPEND);
    op->in.item.container = by_id(list);
    op->in.item.item = by_result(0);
    assert_int_equal(finish(&f), HD_OK);
    op = begin_in(&f, batch, HD_OP_APPEND);
    op->in.item.container = by_result(0);
    op->in.item.item = by_result(0);
    assert_int_equal(finish(&f), HD_INVALID_ARGUMENT);
    end_batch(&f, batch);
    assert_int_equal(length(&f, list), 1);
    fixture_down(&f);
}

static void what_could_not_be_stored_is_no_result(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_heap_info info;
    uint64_t list;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    batch = open_batch(&f);
    op = begin_in(&f, batch, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_FLOAT;
    op->in.create.keep = HD_KEEP_STORE;
    op->in.create.store.container = by_id(list);
    op->in.create.store.to = HD_STORE_INDEX;
    op->in.create.store.index = 3;
    (void)finish(&f);
    assert_refused(&f, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR,
                   "list assignment index out of range");
    op = begin_in(&f, batch, HD_OP_APPEND);
    op->in.item.container = by_id(list);
    op->in.item.item = by_result(0);
    (void)finish(&f);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND, NULL);
    assert_sound(&f);
    end_batch(&f, batch);
    hd_inspect_heap(f.heap, &info);
    assert_int_equal(info.objects, 1);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_live_until_the_batch_ends),
        cmocka_unit_test(wrong_results_are_refused),
        cmocka_unit_test(a_batch_has_a_most_of_operations),
        cmocka_unit_test(release_work_waits_for_the_end),
        cmocka_unit_test(a_failed_operation_leaves_the_rest),
        cmocka_unit_test(what_could_not_be_stored_is_no_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
