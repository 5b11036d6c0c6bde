/* SPDX-License-Identifier: MIT */
/* test_why.c: Why: each kind of owner, each kind of step, the shortest of several. */
#include "unit/heap/why_fixture.h"

static void nobody_is_named_who_does_not_hold(void **state)
{
    struct fixture f;
    struct why why;
    uint64_t x;
    const struct hd_path *path;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    ask(&f, &why, x);
    assert_int_equal(why.op.out.why.paths, 1);
    path = path_of(&why, HD_OWNER_HOLD);
    assert_non_null(path);
    assert_int_equal(path->length, 0);
    assert_int_equal(path->owner.session, hd_session_number(f.session));
    assert_int_equal(path->owner.depth, 1);
    assert_int_equal(carry_out(&f, begin_why(&f, &why, 12345)), HD_NOT_FOUND);
    assert_int_equal(why.op.error.reason, HD_REASON_STALE_ID);
    fixture_down(&f);
}

static void each_kind_of_owner_is_named(void **state)
{
    struct hd_argument argument = {.name = text_of("n")};
    struct fixture f;
    struct why why;
    struct hd_op *op;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    x = new_list(&f);
    assert_int_equal(bind(&f, "local", x), HD_OK);
    assert_int_equal(bind_globally(&f, "global", x), HD_OK);
    assert_int_equal(release(&f, x), HD_OK);
    argument.object = by_id(x);
    op = begin(&f, HD_OP_CALL);
    op->in.call.arguments = &argument;
    op->in.call.count = 1;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(hold(&f, x), HD_OK);
    {
        struct hd_session *session =
            f.session; /* another's batch gets it from the global name */

        f.session = f.other;
        (void)begin(&f, HD_OP_BATCH_BEGIN);
        assert_int_equal(finish(&f), HD_OK);
        op = begin(&f, HD_OP_LOOKUP);
        op->batch = f.other->batch;
        op->in.name.name = text_of("global");
        assert_int_equal(finish(&f), HD_OK);
        f.session = session;
    }
    ask(&f, &why, x);
    assert_int_equal(why.op.out.why.paths, 4);
    assert_true(
        hd_bytes_equal(path_of(&why, HD_OWNER_GLOBAL_NAME)->owner.name, hd_bytes_of("global")));
    assert_int_equal(path_of(&why, HD_OWNER_NAME)->owner.depth, 2); /* the top frame's first */
    assert_int_equal(path_of(&why, HD_OWNER_HOLD)->owner.depth, 2);
    assert_int_equal(path_of(&why, HD_OWNER_BATCH)->owner.session, hd_session_number(f.other));
    {
        struct hd_op end;

        hd_op_init(&end, HD_OP_BATCH_END, f.other);
        end.batch = f.other->batch;
        assert_int_equal(carry_out(&f, &end), HD_OK);
    }
    fixture_down(&f);
}

static void put(struct fixture *f, uint64_t dict, uint64_t key, uint64_t value)
{
    assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(key), value), HD_OK);
}

/* The only step of the only path to an object that a global name leads to. */
static struct hd_step only_step(struct fixture *f, uint64_t id)
{
    struct why why;
    const struct hd_path *path;

    ask(f, &why, id);
    path = path_of(&why, HD_OWNER_GLOBAL_NAME);
    assert_non_null(path);
    assert_int_equal(path->length, 1);
    return path->steps[0];
}

static void each_kind_of_reference_is_named(void **state)
{
    struct fixture f;
    struct hd_step step;
    uint64_t x[6];
    uint64_t container;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 6; i++) {
        x[i] = new_float(&f, i);
    }
    container = new_of(&f, HD_KIND_LIST, x, 6);
    assert_int_equal(bind_globally(&f, "it", container), HD_OK);
    step = only_step(&f, x[3]);
    assert_int_equal(step.where, HD_STEP_ITEM);
    assert_int_equal(step.position, 3);
    assert_int_equal(step.id, container);
    container = new_of(&f, HD_KIND_TUPLE, x, 6);
    assert_int_equal(bind_globally(&f, "it", container), HD_OK);
    step = only_step(&f, x[5]);
    assert_int_equal(step.where, HD_STEP_ITEM);
    assert_int_equal(step.position, 5);
    container = new_of(&f, HD_KIND_SET, x, 6);
    assert_int_equal(bind_globally(&f, "it", container), HD_OK);
    assert_int_equal(only_step(&f, x[2]).where, HD_STEP_KEY);
    container = new_dict(&f);
    assert_int_equal(bind_globally(&f, "it", container), HD_OK);
    put(&f, container, x[0], x[1]);
    assert_int_equal(only_step(&f, x[0]).where, HD_STEP_KEY);
    step = only_step(&f, x[1]);
    assert_int_equal(step.where, HD_STEP_VALUE);
    assert_int_equal(hd_inspect_id(f.heap, step.key), x[0]);
    container = new_instance(&f, "Node");
    assert_int_equal(bind_globally(&f, "it", container), HD_OK);
    op = begin(&f, HD_OP_SET_ATTR);
    op->in.attr.object = by_id(container);
    op->in.attr.name = text_of("next");
    op->in.attr.value = by_id(x[4]);
    assert_int_equal(finish(&f), HD_OK);
    step = only_step(&f, x[4]);
    assert_int_equal(step.where, HD_STEP_VALUE);
    assert_int_equal(hd_object_bytes(f.heap->objects, step.key).size, 4);
    assert_int_equal(only_step(&f, hd_inspect_id(f.heap, step.key)).where, HD_STEP_KEY);
    fixture_down(&f);
}

static uint64_t wrap(struct fixture *f, uint64_t item, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        uint64_t list = new_of(f, HD_KIND_LIST, &item, 1);

        assert_int_equal(release(f, item), HD_OK);
        item = list;
    }
    return item;
}

/* As long as it may be: all of it is shown, or its two ends. */
static void a_path_is_as_long_as_it_is(void **state)
{
    (void)state;
    for (unsigned length = 0; length < 2 * HD_PATH_STEPS; length++) {
        struct fixture f;
        struct why why;
        uint64_t x;
        uint64_t outermost;

        fixture_options(&f);
        f.options.slice_units = 1 + length % 7;
        fixture_open(&f);
        x = new_float(&f, 1);
        outermost = wrap(&f, x, length);
        ask(&f, &why, x);
        assert_int_equal(why.op.out.why.paths, 1);
        assert_int_equal(why.paths[0].length, length);
        if (length > 0) {
            assert_int_equal(why.paths[0].steps[0].id, outermost);
        }
        if (length > HD_PATH_STEPS) {
            assert_int_equal(why.paths[0].gap, HD_PATH_END);
        }
        fixture_down(&f);
    }
}

static void the_shortest_is_given(void **state)
{
    struct fixture f;
    struct why why;
    uint64_t x;
    uint64_t near;
    uint64_t pair[2];

    (void)state;
    fixture_up(&f);
    x = new_list(&f);
    near = new_of(&f, HD_KIND_LIST, &x, 1);
    pair[0] = wrap(&f, new_of(&f, HD_KIND_LIST, &x, 1), 5);
    pair[1] = wrap(&f, near, 2);
    near = new_of(&f, HD_KIND_LIST, pair, 2);
    assert_int_equal(append(&f, x, near), HD_OK); /* round in a circle */
    assert_int_equal(bind_globally(&f, "it", near), HD_OK);
    assert_int_equal(release(&f, x), HD_OK);
    assert_int_equal(release(&f, near), HD_OK);
    assert_int_equal(release(&f, pair[0]), HD_OK);
    assert_int_equal(release(&f, pair[1]), HD_OK);
    ask(&f, &why, x);
    assert_int_equal(why.op.out.why.paths, 1);
    assert_int_equal(why.paths[0].length, 4);
    assert_int_equal(why.paths[0].steps[0].position, 1);
    fixture_down(&f);
}

static void garbage_is_said_to_be_garbage(void **state)
{
    struct fixture f;
    struct why why;
    uint64_t a;
    uint64_t b;

    (void)state;
    fixture_up(&f);
    a = new_list(&f);
    b = new_of(&f, HD_KIND_LIST, &a, 1);
    assert_int_equal(append(&f, a, b), HD_OK);
    assert_int_equal(append(&f, a, new_float(&f, 1)), HD_OK);
    assert_int_equal(bind(&f, "tail", new_list(&f)), HD_OK);
    assert_int_equal(release(&f, a), HD_OK);
    ask(&f, &why, a);
    assert_int_equal(why.op.out.why.paths, 1); /* through b */
    assert_int_equal(why.paths[0].length, 1);
    assert_int_equal(release(&f, b), HD_OK);
    ask(&f, &why, a);
    assert_int_equal(why.op.out.why.paths, 0);
    assert_false(why.op.out.why.immortal);
    ask(&f, &why, b);
    assert_int_equal(why.op.out.why.paths, 0);
    assert_int_equal(collect(&f), 2);
    fixture_down(&f);
}

static void immortals_need_nobody(void **state)
{
    struct fixture f;
    struct why why;

    (void)state;
    fixture_up(&f);
    ask(&f, &why, new_int(&f, 7));
    assert_true(why.op.out.why.immortal);
    assert_int_equal(why.op.out.why.paths, 0);
    fixture_down(&f);
}

/* What a dead list has not released yet is held by the daemon's own work. */
static void work_in_progress_is_an_owner(void **state)
{
    struct fixture f;
    struct why why;
    struct hd_op op;
    uint64_t x;
    uint64_t items[100];
    const struct hd_path *path;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 4;
    fixture_open(&f);
    x = new_list(&f);
    items[0] = wrap(&f, x, 2);
    for (int i = 1; i < 100; i++) {
        items[i] = new_list(&f);
    }
    assert_int_equal(bind(&f, "list", new_of(&f, HD_KIND_LIST, items, 100)), HD_OK);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(release(&f, items[i]), HD_OK);
    }
    begin(&f, HD_OP_LOOKUP)->in.name.name = text_of("list");
    assert_int_equal(release(&f, created(&f)), HD_OK);
    ask(&f, &why, x);
    assert_int_equal(path_of(&why, HD_OWNER_NAME)->length, 3);
    hd_op_init(&op, HD_OP_DELETE, f.session);
    op.in.name.name = text_of("list");
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    {
        struct hd_session *asking = f.session;

        f.session = f.other;
        (void)begin_why(&f, &why, x);
        f.heap->options.slice_units = 100000; /* at once, for the other goes on meanwhile */
        assert_int_equal(hd_heap_do(f.heap, &why.op), HD_DONE);
        assert_int_equal(why.op.error.status, HD_OK);
        walk_all(&f, &why);
        assert_int_equal(why.op.out.why.paths, 1);
        path = path_of(&why, HD_OWNER_WORK);
        assert_int_equal(path->length, 3);
        assert_int_equal(path->steps[0].id, 0);
        assert_int_equal(path->steps[0].position, 0);
        f.session = asking;
    }
    while (hd_heap_work(f.heap, 100)) {
    }
    assert_false(is_alive(&f, x));
    fixture_down(&f);
}

/* So are the frames of a session that ends. */
static void a_frame_that_is_left_is_work_in_progress(void **state)
{
    struct fixture f;
    struct why why;
    struct hd_op op;
    uint64_t ids[50];

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 4;
    fixture_open(&f);
    for (int i = 0; i < 50; i++) {
        ids[i] = new_list(&f);
    }
    assert_int_equal(bind(&f, "x", ids[49]), HD_OK);
    hd_op_init(&op, HD_OP_SESSION_END, f.session);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    f.session = f.other;
    (void)begin_why(&f, &why, ids[49]);
    f.heap->options.slice_units = 100000;
    assert_int_equal(hd_heap_do(f.heap, &why.op), HD_DONE);
    assert_int_equal(why.op.out.why.paths, 1);
    walk_all(&f, &why);
    assert_true(why.paths[0].owner.leaving);
    assert_int_equal(why.paths[0].owner.what, HD_OWNER_HOLD);
    while (hd_heap_work(f.heap, 100)) {
    }
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_named_who_does_not_hold),
        cmocka_unit_test(each_kind_of_owner_is_named),
        cmocka_unit_test(each_kind_of_reference_is_named),
        cmocka_unit_test(a_path_is_as_long_as_it_is),
        cmocka_unit_test(the_shortest_is_given),
        cmocka_unit_test(garbage_is_said_to_be_garbage),
        cmocka_unit_test(immortals_need_nobody),
        cmocka_unit_test(work_in_progress_is_an_owner),
        cmocka_unit_test(a_frame_that_is_left_is_work_in_progress),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
