/* SPDX-License-Identifier: MIT */
/* test_atomic.c: atomic batches: deaths are put off, a refusal undoes all, and their limits.
 * That every failure point is one is for tests/property/test_atomic.c to show. */
#include "unit/heap/death_fixture.h"

#include "lib/heap_digest.h"

static struct hd_batch *open_batch(struct fixture *f)
{
    begin(f, HD_OP_BATCH_BEGIN)->in.batch.atomic = true;
    assert_int_equal(finish(f), HD_OK);
    return f->op.batch;
}

static bool end_batch(struct fixture *f, struct hd_batch *batch, bool undo)
{
    struct hd_op *op = begin(f, HD_OP_BATCH_END);

    op->batch = batch;
    op->in.batch.undo = undo;
    assert_int_equal(finish(f), HD_OK);
    return op->out.undone;
}

static struct hd_op *begin_in(struct fixture *f, struct hd_batch *batch, enum hd_op_code code)
{
    struct hd_op *op = begin(f, code);

    op->batch = batch;
    return op;
}

static enum hd_status give(struct fixture *f, struct hd_batch *batch, enum hd_op_code code,
                           uint64_t id)
{
    struct hd_op *op = begin_in(f, batch, code);

    op->in.hold.objects = ids_of(&id, 1);
    return finish(f);
}

static uint64_t create_in(struct fixture *f, struct hd_batch *batch, enum hd_kind kind)
{
    begin_in(f, batch, HD_OP_CREATE)->in.create.object.kind = kind;
    return created(f);
}

static enum hd_status append_in(struct fixture *f, struct hd_batch *batch, uint64_t list,
                                uint64_t item)
{
    struct hd_op *op = begin_in(f, batch, HD_OP_APPEND);

    op->in.item.container = by_id(list);
    op->in.item.item = by_id(item);
    return finish(f);
}

static void at_0_an_object_lives_until_the_end(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t taken;
    uint64_t left;
    uint64_t weakref;

    (void)state;
    fixture_up(&f);
    taken = new_float(&f, 1.5);
    left = new_instance(&f, "Thing");
    weakref = new_weakref(&f, left, "");
    batch = open_batch(&f);
    assert_int_equal(give(&f, batch, HD_OP_RELEASE, taken), HD_OK);
    assert_int_equal(give(&f, batch, HD_OP_RELEASE, left), HD_OK);
    assert_int_equal(hd_inspect_refcount(f.heap, batch, slot_of(&f, taken)), 0);
    begin_in(&f, batch, HD_OP_DEREF)->in.item.item = by_id(weakref);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(f.op.out.id, left);
    assert_int_equal(give(&f, batch, HD_OP_HOLD, taken), HD_OK);
    assert_false(end_batch(&f, batch, false));
    assert_int_equal(refcount(&f, taken), 1);
    assert_false(is_alive(&f, left));
    assert_int_equal(deref(&f, weakref), 0);
    fixture_down(&f);
}

static void a_refusal_is_the_end_of_it(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    uint64_t list;
    uint64_t made;
    uint64_t again;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    before = heap_digest(f.heap);
    batch = open_batch(&f);
    made = create_in(&f, batch, HD_KIND_LIST);
    assert_int_equal(append_in(&f, batch, list, made), HD_OK);
    assert_int_equal(give(&f, batch, HD_OP_RELEASE, 12345), HD_NOT_FOUND);
    assert_int_equal(append_in(&f, batch, list, list), HD_FAILED_PRECONDITION);
    assert_refused(&f, HD_FAILED_PRECONDITION, HD_REASON_BATCH_FAILED, NULL);
    assert_true(end_batch(&f, batch, false));
    assert_true(before == heap_digest(f.heap));
    assert_false(is_alive(&f, made));
    again = new_list(&f);
    assert_int_equal((uint32_t)again, (uint32_t)made); /* the slot */
    assert_int_not_equal(again, made);                 /* and not the id */
    fixture_down(&f);
}

static void who_asks_can_undo_it(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    assert_int_equal(append(&f, list, list), HD_OK);
    before = heap_digest(f.heap);
    batch = open_batch(&f);
    begin_in(&f, batch, HD_OP_CLEAR)->in.item.container = by_id(list);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(hd_inspect_refcount(f.heap, batch, slot_of(&f, list)), 1);
    assert_true(end_batch(&f, batch, true));
    assert_true(before == heap_digest(f.heap));
    fixture_down(&f);
}

/* Finalizers and callbacks: told at the end, or not at all. */
static void ends_are_told_at_the_end(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    uint64_t thing;
    uint64_t delivery;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "queue");
    thing = new_instance(&f, "Thing");
    assert_int_equal(set_finalizer(&f, thing, "queue"), HD_OK);
    before = heap_digest(f.heap);
    for (int undo = 1; undo >= 0; undo--) {
        batch = open_batch(&f);
        assert_int_equal(give(&f, batch, HD_OP_RELEASE, thing), HD_OK);
        assert_int_equal(end_batch(&f, batch, undo), undo);
        assert_true(undo == 0 || before == heap_digest(f.heap));
    }
    delivery = receive_one(&f, "queue").delivery;
    before = heap_digest(f.heap);
    for (int undo = 1; undo >= 0; undo--) {
        batch = open_batch(&f);
        begin_in(&f, batch, HD_OP_ACKNOWLEDGE)->in.deliveries.ids = &delivery;
        f.op.in.deliveries.count = 1;
        assert_int_equal(finish(&f), HD_OK);
        assert_true(is_alive(&f, thing));
        if (undo) { /* it may not be named again */
            begin_in(&f, batch, HD_OP_ACKNOWLEDGE)->in.deliveries.ids = &delivery;
            f.op.in.deliveries.count = 1;
            assert_int_equal(finish(&f), HD_NOT_FOUND);
        }
        assert_int_equal(end_batch(&f, batch, false), undo);
        assert_true(undo == 0 || before == heap_digest(f.heap));
    }
    assert_false(is_alive(&f, thing));
    fixture_down(&f);
}

static void no_collection_runs_inside(void **state)
{
    const int64_t thresholds[] = {1, 1, 1};
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    op = begin(&f, HD_OP_SET_THRESHOLD);
    op->in.threshold.values = thresholds;
    op->in.threshold.count = 3;
    assert_int_equal(finish(&f), HD_OK);
    before = hd_collector_state(f.heap->collector)->stats[0].collections;
    batch = open_batch(&f);
    for (int i = 0; i < 8; i++) {
        (void)create_in(&f, batch, HD_KIND_LIST);
    }
    assert_int_equal(hd_collector_state(f.heap->collector)->stats[0].collections, before);
    assert_false(end_batch(&f, batch, false));
    assert_int_equal(hd_collector_state(f.heap->collector)->stats[0].collections, before + 1);
    fixture_down(&f);
}

static void more_than_can_be_remembered_is_refused(void **state)
{
    static uint64_t items[HD_UNDO_REFERENCES + 1];
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    uint64_t item;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    (void)begin(&f, HD_OP_DISABLE); /* the collector may run when a batch has ended */
    assert_int_equal(finish(&f), HD_OK);
    item = new_float(&f, 2.5);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        items[i] = item;
    }
    list = new_of(&f, HD_KIND_LIST, items, HD_UNDO_REFERENCES + 1);
    before = heap_digest(f.heap);
    batch = open_batch(&f);
    assert_int_equal(append_in(&f, batch, list, item), HD_RESOURCE_EXHAUSTED);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_BATCH, NULL);
    assert_true(end_batch(&f, batch, false));
    assert_true(before == heap_digest(f.heap));
    list = new_of(&f, HD_KIND_LIST, items, HD_UNDO_REFERENCES / 2);
    before = heap_digest(f.heap);
    for (int undo = 1; undo >= 0; undo--) {
        batch = open_batch(&f);
        begin_in(&f, batch, HD_OP_CLEAR)->in.item.container = by_id(list);
        assert_int_equal(finish(&f), HD_OK);
        assert_int_equal(end_batch(&f, batch, undo), undo);
        assert_true(undo == 0 || before == heap_digest(f.heap));
    }
    assert_int_equal(length(&f, list), 0);
    fixture_down(&f);
}

/* Big tables are copied in another way than small ones. */
static void a_big_dict_is_as_before(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t before;
    uint64_t dict;
    uint64_t first;

    (void)state;
    fixture_up(&f);
    dict = new_dict(&f);
    first = new_int(&f, 1000);
    for (int i = 0; i < 10000; i++) {
        uint64_t key = i == 0 ? first : new_int(&f, 1000 + i);

        assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(key), key), HD_OK);
    }
    for (int undo = 1; undo >= 0; undo--) {
        struct hd_op *op;

        before = heap_digest(f.heap);
        batch = open_batch(&f);
        op = begin_in(&f, batch, HD_OP_DEL_ITEM);
        op->in.item.container = by_id(dict);
        op->in.item.at = at_key(first);
        assert_int_equal(finish(&f), HD_OK);
        assert_int_equal(end_batch(&f, batch, undo), undo);
        assert_true((undo != 0) == (before == heap_digest(f.heap)));
        assert_sound(&f);
    }
    assert_int_equal(length(&f, dict), 9999);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_0_an_object_lives_until_the_end),
        cmocka_unit_test(a_refusal_is_the_end_of_it),
        cmocka_unit_test(who_asks_can_undo_it),
        cmocka_unit_test(ends_are_told_at_the_end),
        cmocka_unit_test(no_collection_runs_inside),
        cmocka_unit_test(more_than_can_be_remembered_is_refused),
        cmocka_unit_test(a_big_dict_is_as_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
