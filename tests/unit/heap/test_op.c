/* SPDX-License-Identifier: MIT */
/* test_op.c: the increments and decrements, holds, slices of release work, want of memory. */
#include "unit/heap/fixture.h"

static void creating_counts_once_wherever_it_is_kept(void **state)
{
    struct fixture f;
    uint64_t list;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    assert_int_equal(refcount(&f, new_float(&f, 3.14)), 1);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_FLOAT;
    op->in.create.keep = HD_KEEP_BIND;
    op->in.create.bind.name = text_of("x");
    assert_int_equal(refcount(&f, created(&f)), 1);
    list = new_list(&f);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_FLOAT;
    op->in.create.keep = HD_KEEP_STORE;
    op->in.create.store.container = by_id(list);
    assert_int_equal(refcount(&f, created(&f)), 1);
    assert_int_equal(length(&f, list), 1);
    fixture_down(&f);
}

static void the_four_increments_and_five_decrements(void **state)
{
    struct fixture f;
    uint64_t x;
    uint64_t list;
    struct hd_argument argument = {.name = text_of("n")};
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 3.14); /* created */
    assert_int_equal(bind(&f, "x", x), HD_OK);
    assert_int_equal(release(&f, x), HD_OK);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(bind(&f, "y", x), HD_OK); /* aliased */
    assert_int_equal(refcount(&f, x), 2);
    argument.object = by_name("x"); /* passed */
    op = begin(&f, HD_OP_CALL);
    op->in.call.arguments = &argument;
    op->in.call.count = 1;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, x), 3);
    (void)begin(&f, HD_OP_RETURN); /* leaves its scope */
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, x), 2);
    list = new_list(&f);
    assert_int_equal(append(&f, list, x), HD_OK); /* an element */
    assert_int_equal(append(&f, list, x), HD_OK);
    assert_int_equal(refcount(&f, x), 4);
    assert_int_equal(item_op(&f, HD_OP_REMOVE, list, x), HD_OK); /* removed */
    assert_int_equal(refcount(&f, x), 3);
    assert_int_equal(release(&f, list), HD_OK); /* the container dies */
    assert_false(is_alive(&f, list));
    assert_int_equal(refcount(&f, x), 2);
    assert_int_equal(bind(&f, "y", new_int(&f, 123)), HD_OK); /* rebound */
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(unbind(&f, "x"), HD_OK); /* deleted */
    assert_false(is_alive(&f, x));
    fixture_down(&f);
}

static void what_is_not_held_cannot_be_released(void **state)
{
    struct fixture f;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    f.op.session = f.other;
    hd_op_init(&f.op, HD_OP_RELEASE, f.other);
    f.op.in.hold.objects = ids_of(&x, 1);
    assert_int_equal(finish(&f), HD_FAILED_PRECONDITION);
    assert_refused(&f, HD_FAILED_PRECONDITION, HD_REASON_NOT_HELD, NULL);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(release(&f, x), HD_OK);
    (void)release(&f, x);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_STALE_ID, NULL);
    fixture_down(&f);
}

static void holds_are_all_or_nothing(void **state)
{
    struct fixture f;
    uint64_t ids[4];
    uint64_t got[4];
    uint32_t counts[4] = {1, 2, 1, 3};
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    ids[0] = new_float(&f, 1);
    ids[1] = new_float(&f, 2);
    ids[2] = ids[0];
    ids[3] = 12345;
    op = begin(&f, HD_OP_HOLD);
    op->in.hold.objects = ids_of(ids, 4);
    op->in.hold.counts = counts;
    assert_int_equal(finish(&f), HD_NOT_FOUND);
    assert_int_equal(refcount(&f, ids[0]), 1);
    assert_int_equal(refcount(&f, ids[1]), 1);
    ids[3] = new_int(&f, 7); /* immortal */
    op = begin(&f, HD_OP_HOLD);
    op->in.hold.objects = ids_of(ids, 4);
    op->in.hold.counts = counts;
    op->in.hold.ret_ids = got;
    assert_int_equal(finish(&f), HD_OK);
    assert_memory_equal(got, ids, sizeof ids);
    assert_int_equal(refcount(&f, ids[0]), 3);
    assert_int_equal(refcount(&f, ids[1]), 3);
    assert_int_equal(refcount(&f, ids[3]), HD_REFCOUNT_IMMORTAL);
    counts[1] = 4; /* one too many */
    op = begin(&f, HD_OP_RELEASE);
    op->in.hold.objects = ids_of(ids, 4);
    op->in.hold.counts = counts;
    assert_int_equal(finish(&f), HD_FAILED_PRECONDITION);
    assert_int_equal(refcount(&f, ids[0]), 3);
    counts[0] = 2;
    counts[1] = 3;
    op = begin(&f, HD_OP_RELEASE);
    op->in.hold.objects = ids_of(ids, 3);
    op->in.hold.counts = counts;
    assert_int_equal(finish(&f), HD_OK);
    assert_false(is_alive(&f, ids[0]));
    assert_false(is_alive(&f, ids[1]));
    fixture_down(&f);
}

static void a_count_of_nought_is_refused(void **state)
{
    struct fixture f;
    uint64_t x;
    uint32_t nought = 0;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    op = begin(&f, HD_OP_HOLD);
    op->in.hold.objects = ids_of(&x, 1);
    op->in.hold.counts = &nought;
    assert_int_equal(finish(&f), HD_INVALID_ARGUMENT);
    op = begin(&f, HD_OP_RELEASE);
    op->in.hold.objects = ids_of(&x, 1);
    op->in.hold.counts = &nought;
    assert_int_equal(finish(&f), HD_INVALID_ARGUMENT);
    assert_int_equal(refcount(&f, x), 1);
    fixture_down(&f);
}

static void counts_do_not_overflow(void **state)
{
    struct fixture f;
    uint64_t x;
    uint64_t list;
    uint32_t many = UINT32_MAX - 4;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    list = new_list(&f);
    op = begin(&f, HD_OP_HOLD);
    op->in.hold.objects = ids_of(&x, 1);
    op->in.hold.counts = &many;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, x), UINT32_MAX - 3);
    (void)hold(&f, x);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT, NULL);
    (void)append(&f, list, x);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT, NULL);
    (void)bind(&f, "x", x);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT, NULL);
    assert_int_equal(refcount(&f, x), UINT32_MAX - 3);
    assert_int_equal(length(&f, list), 0);
    fixture_down(&f);
}

static void chain(struct fixture *f, unsigned n)
{
    uint64_t list = new_list(f);

    for (unsigned i = 1; i < n; i++) {
        uint64_t outer = new_list(f);

        assert_int_equal(append(f, outer, list), HD_OK);
        assert_int_equal(release(f, list), HD_OK);
        list = outer;
    }
    assert_int_equal(bind(f, "chain", list), HD_OK);
    assert_int_equal(release(f, list), HD_OK);
}

static void note_finished(struct hd_op *op, void *ctx)
{
    (void)op;
    *(bool *)ctx = true;
}

/* All but what stands in the text of the error behind its end. */
static void an_initialised_operation_has_nothing_in_it(void **state)
{
    struct hd_op used;
    struct hd_op clean;

    (void)state;
    memset(&used, 0xa5, sizeof used);
    memset(&clean, 0, sizeof clean);
    hd_op_init(&used, HD_OP_DELETE, NULL);
    clean.code = HD_OP_DELETE;
    assert_string_equal(used.error.text, "");
    assert_ptr_equal(used.running.next, &used.running);
    memset(used.error.text, 0, sizeof used.error.text);
    memcpy(&clean.running, &used.running, sizeof clean.running);
    assert_memory_equal(&used, &clean, sizeof clean);
}

static void a_long_death_is_worked_off_in_slices(void **state)
{
    struct fixture f;
    struct hd_heap_info info;
    struct hd_op op;
    bool finished = false;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 10;
    fixture_open(&f);
    chain(&f, 300);
    hd_op_init(&op, HD_OP_DELETE, f.session);
    op.in.name.name = text_of("chain");
    op.finished = note_finished;
    op.ctx = &finished;
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    assert_true(hd_session_is_busy(f.session));
    assert_true(hd_heap_has_work(f.heap));
    assert_sound(&f);
    f.session = f.other; /* others go on meanwhile */
    assert_int_equal(refcount(&f, new_float(&f, 1)), 1);
    f.session = op.session;
    while (hd_heap_work(f.heap, 10)) {
        assert_false(finished);
        assert_sound(&f);
    }
    assert_true(finished);
    assert_false(hd_session_is_busy(f.session));
    hd_inspect_heap(f.heap, &info);
    assert_int_equal(info.objects, 1);
    fixture_down(&f);
}

static void a_cycle_is_collected_and_only_it(void **state)
{
    struct fixture f;
    uint64_t a;
    uint64_t b;

    (void)state;
    fixture_up(&f);
    a = new_list(&f);
    b = new_list(&f);
    assert_int_equal(append(&f, a, a), HD_OK);
    assert_int_equal(append(&f, a, b), HD_OK);
    assert_int_equal(collect(&f), 0);
    assert_int_equal(release(&f, a), HD_OK);
    assert_true(is_alive(&f, a));
    assert_int_equal(refcount(&f, b), 2);
    assert_int_equal(collect(&f), 1);
    assert_false(is_alive(&f, a));
    assert_int_equal(refcount(&f, b), 1);
    fixture_down(&f);
}

static void collection_is_automatic_and_can_be_turned_off(void **state)
{
    struct fixture f;
    struct hd_collector_info info;
    const int64_t low[1] = {10};
    const int64_t bad[1] = {-1};
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    op = begin(&f, HD_OP_SET_THRESHOLD);
    op->in.threshold.values = bad;
    op->in.threshold.count = 1;
    assert_int_equal(finish(&f), HD_INVALID_ARGUMENT);
    op = begin(&f, HD_OP_SET_THRESHOLD);
    op->in.threshold.values = low;
    op->in.threshold.count = 1;
    assert_int_equal(finish(&f), HD_OK);
    for (int round = 0; round < 2; round++) {
        (void)begin(&f, round == 0 ? HD_OP_DISABLE : HD_OP_ENABLE);
        assert_int_equal(finish(&f), HD_OK);
        for (int i = 0; i < 30; i++) {
            uint64_t list = new_list(&f);

            assert_int_equal(append(&f, list, list), HD_OK);
            assert_int_equal(release(&f, list), HD_OK);
        }
        hd_inspect_collector(f.heap, &info);
        assert_int_equal(info.thresholds[0], 10);
        assert_int_equal(info.enabled, round != 0);
        assert_true((info.generations[0].collections > 0) == (round != 0));
    }
    op = begin(&f, HD_OP_COLLECT);
    op->in.collect.generation = 3;
    (void)finish(&f);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR, "invalid generation");
    fixture_down(&f);
}

static void frozen_garbage_stays(void **state)
{
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    assert_int_equal(append(&f, list, list), HD_OK);
    assert_int_equal(release(&f, list), HD_OK);
    (void)begin(&f, HD_OP_FREEZE);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(collect(&f), 0);
    (void)begin(&f, HD_OP_UNFREEZE);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(collect(&f), 1);
    fixture_down(&f);
}

static void every_operation_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < HD_OP_COUNT; i++) {
        assert_non_null(hd_op_name((enum hd_op_code)i));
    }
    assert_string_equal(hd_op_name(HD_OP_SET_THRESHOLD), "SET_THRESHOLD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(creating_counts_once_wherever_it_is_kept),
        cmocka_unit_test(the_four_increments_and_five_decrements),
        cmocka_unit_test(what_is_not_held_cannot_be_released),
        cmocka_unit_test(holds_are_all_or_nothing),
        cmocka_unit_test(a_count_of_nought_is_refused),
        cmocka_unit_test(counts_do_not_overflow),
        cmocka_unit_test(a_long_death_is_worked_off_in_slices),
        cmocka_unit_test(a_cycle_is_collected_and_only_it),
        cmocka_unit_test(collection_is_automatic_and_can_be_turned_off),
        cmocka_unit_test(frozen_garbage_stays),
        cmocka_unit_test(an_initialised_operation_has_nothing_in_it),
        cmocka_unit_test(every_operation_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
