/* SPDX-License-Identifier: MIT */
/* test_names.c: scopes, expectations, listing, and what is no name. */
#include "unit/heap/fixture.h"

static enum hd_status bind_in(struct fixture *f, const char *name, uint64_t id,
                              enum hd_scope scope)
{
    struct hd_op *op = begin(f, HD_OP_BIND);

    op->in.name.name = text_of(name);
    op->in.name.object = by_id(id);
    op->in.name.scope = scope;
    return finish(f);
}

static uint64_t lookup(struct fixture *f, const char *name, enum hd_scope scope)
{
    struct hd_op *op = begin(f, HD_OP_LOOKUP);

    op->in.name.name = text_of(name);
    op->in.name.scope = scope;
    (void)finish(f);
    return op->out.lookup.id;
}

static void enter(struct fixture *f)
{
    (void)begin(f, HD_OP_CALL);
    assert_int_equal(finish(f), HD_OK);
}

static void names_are_looked_up_from_the_frame_outward(void **state)
{
    struct fixture f;
    uint64_t ids[3];

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 3; i++) {
        ids[i] = new_float(&f, i);
    }
    assert_int_equal(bind_in(&f, "x", ids[0], HD_SCOPE_HEAP), HD_OK);
    assert_int_equal(lookup(&f, "x", HD_SCOPE_DEFAULT), ids[0]);
    assert_int_equal(f.op.out.lookup.scope, HD_SCOPE_HEAP);
    assert_int_equal(f.op.out.lookup.kind, HD_KIND_FLOAT);
    assert_int_equal(bind_in(&f, "x", ids[1], HD_SCOPE_MODULE), HD_OK);
    enter(&f);
    assert_int_equal(lookup(&f, "x", HD_SCOPE_DEFAULT), ids[1]);
    assert_int_equal(f.op.out.lookup.scope, HD_SCOPE_MODULE);
    assert_int_equal(bind_in(&f, "x", ids[2], HD_SCOPE_DEFAULT), HD_OK);
    assert_int_equal(lookup(&f, "x", HD_SCOPE_DEFAULT), ids[2]);
    assert_int_equal(f.op.out.lookup.scope, HD_SCOPE_FRAME);
    assert_int_equal(lookup(&f, "x", HD_SCOPE_HEAP), ids[0]);
    assert_int_equal(lookup(&f, "y", HD_SCOPE_DEFAULT), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_NO_SUCH_NAME, "name 'y' is not defined");
    (void)begin(&f, HD_OP_RETURN);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, ids[2]), 1);
    assert_int_equal(lookup(&f, "x", HD_SCOPE_FRAME), ids[1]);
    assert_int_equal(unbind(&f, "x"), HD_OK);
    assert_int_equal(unbind(&f, "x"), HD_NOT_FOUND);
    fixture_down(&f);
}

static void expectations_are_kept(void **state)
{
    struct fixture f;
    uint64_t x;
    uint64_t y;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    y = new_float(&f, 2);
    for (int i = 0; i < 2; i++) {
        op = begin(&f, HD_OP_BIND);
        op->in.name.name = text_of("lock");
        op->in.name.object = by_id(i == 0 ? x : y);
        op->in.name.expect.what = HD_EXPECT_ABSENT;
        (void)finish(&f);
    }
    assert_refused(&f, HD_FAILED_PRECONDITION, HD_REASON_EXPECTATION, NULL);
    assert_int_equal(lookup(&f, "lock", HD_SCOPE_DEFAULT), x);
    op = begin(&f, HD_OP_DELETE);
    op->in.name.name = text_of("lock");
    op->in.name.expect = (struct hd_expectation){HD_EXPECT_ID, y};
    assert_int_equal(finish(&f), HD_FAILED_PRECONDITION);
    op = begin(&f, HD_OP_BIND);
    op->in.name.name = text_of("lock");
    op->in.name.object = by_id(y);
    op->in.name.expect = (struct hd_expectation){HD_EXPECT_ID, x};
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(refcount(&f, y), 2);
    fixture_down(&f);
}

static void what_is_no_name_is_refused(void **state)
{
    struct fixture f;
    const struct hd_bytes bad[] = {{"", 0}, {"a\0b", 3}, {"\xff", 1}};
    char longest[257];
    uint64_t x;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        op = begin(&f, HD_OP_BIND);
        op->in.name.name = bad[i];
        op->in.name.object = by_id(x);
        (void)finish(&f);
        assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME, NULL);
    }
    memset(longest, 'a', sizeof longest);
    longest[256] = '\0';
    assert_int_equal(bind(&f, longest, x), HD_INVALID_ARGUMENT);
    longest[255] = '\0';
    assert_int_equal(bind(&f, longest, x), HD_OK);
    assert_int_equal(refcount(&f, x), 2);
    fixture_down(&f);
}

static void too_many_names_are_refused(void **state)
{
    struct fixture f;
    uint64_t x;

    (void)state;
    fixture_options(&f);
    f.options.limits.names = 2;
    fixture_open(&f);
    x = new_float(&f, 1);
    assert_int_equal(bind(&f, "a", x), HD_OK);
    assert_int_equal(bind(&f, "b", x), HD_OK);
    (void)bind(&f, "c", x);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_NAMES, NULL);
    assert_int_equal(bind(&f, "b", x), HD_OK);
    fixture_down(&f);
}

static void too_many_holds_or_frames_are_refused(void **state)
{
    struct fixture f;
    struct hd_heap_info info;
    struct hd_op *op;

    (void)state;
    fixture_options(&f);
    f.options.limits.holds = 2;
    f.options.limits.frames = 2;
    fixture_open(&f);
    (void)new_float(&f, 1);
    (void)new_float(&f, 2);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_LIST;
    (void)finish(&f);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_HOLDS, NULL);
    hd_inspect_heap(f.heap, &info);
    assert_int_equal(info.objects, 2);
    enter(&f);
    (void)begin(&f, HD_OP_CALL);
    (void)finish(&f);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_DEPTH, NULL);
    assert_int_equal(hd_session_depth(f.session), 2);
    fixture_down(&f);
}

static void names_are_listed_in_order_by_pages(void **state)
{
    struct fixture f;
    struct hd_named page[2];
    uint64_t cursor = 0;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    assert_int_equal(bind(&f, "b", x), HD_OK);
    assert_int_equal(bind(&f, "gone", x), HD_OK);
    assert_int_equal(bind(&f, "a", x), HD_OK);
    assert_int_equal(bind(&f, "c", x), HD_OK);
    assert_int_equal(unbind(&f, "gone"), HD_OK);
    assert_int_equal(hd_inspect_names(f.heap, f.session, HD_SCOPE_DEFAULT, &cursor, 2, page),
                     2);
    assert_memory_equal(page[0].name.data, "b", 1);
    assert_memory_equal(page[1].name.data, "a", 1);
    assert_int_not_equal(cursor, 0);
    assert_int_equal(hd_inspect_names(f.heap, f.session, HD_SCOPE_DEFAULT, &cursor, 2, page),
                     1);
    assert_memory_equal(page[0].name.data, "c", 1);
    assert_int_equal(page[0].id, x);
    assert_int_equal(cursor, 0);
    fixture_down(&f);
}

static void a_refused_name_takes_no_place(void **state)
{
    struct fixture f;
    uint64_t x;
    uint32_t many = UINT32_MAX - 4;
    struct hd_op *op;

    (void)state;
    fixture_options(&f);
    f.options.limits.names = 1;
    fixture_open(&f);
    x = new_float(&f, 1);
    op = begin(&f, HD_OP_HOLD);
    op->in.hold.objects = ids_of(&x, 1);
    op->in.hold.counts = &many;
    assert_int_equal(finish(&f), HD_OK);
    (void)bind(&f, "x", x);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT, NULL);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.keep = HD_KEEP_BIND;
    op->in.create.bind.name = text_of("y");
    (void)finish(&f); /* of no kind */
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, NULL);
    assert_int_equal(bind(&f, "z", new_int(&f, 1)), HD_OK);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_looked_up_from_the_frame_outward),
        cmocka_unit_test(expectations_are_kept),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(too_many_names_are_refused),
        cmocka_unit_test(too_many_holds_or_frames_are_refused),
        cmocka_unit_test(names_are_listed_in_order_by_pages),
        cmocka_unit_test(a_refused_name_takes_no_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
