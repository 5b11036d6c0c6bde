/* SPDX-License-Identifier: MIT */
/* test_session.c: frames hand over and release in order; a session ends step by step. */
#include "unit/heap/fixture.h"

static uint64_t new_keyed(struct fixture *f, int64_t key)
{
    uint64_t list = new_list(f);

    assert_int_equal(append(f, list, new_int(f, key)), HD_OK);
    return list;
}

static enum hd_status call(struct fixture *f, const struct hd_argument *arguments, size_t count)
{
    struct hd_op *op = begin(f, HD_OP_CALL);

    op->in.call.arguments = arguments;
    op->in.call.count = count;
    return finish(f);
}

static void return_hands_over(void **state)
{
    struct fixture f;
    uint64_t x;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    (void)begin(&f, HD_OP_RETURN);
    (void)finish(&f);
    assert_refused(&f, HD_FAILED_PRECONDITION, HD_REASON_NO_FRAME, NULL);
    assert_int_equal(call(&f, NULL, 0), HD_OK);
    x = new_float(&f, 1);
    assert_int_equal(bind(&f, "x", x), HD_OK);
    op = begin(&f, HD_OP_RETURN);
    op->in.item.item = by_name("x");
    assert_int_equal(created(&f), x);
    assert_int_equal(hd_session_depth(f.session), 1);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(release(&f, x), HD_OK);
    assert_false(is_alive(&f, x));
    fixture_down(&f);
}

static void a_refused_call_pushes_nothing(void **state)
{
    struct fixture f;
    uint64_t x;
    struct hd_argument arguments[2] = {{.name = text_of("a")}, {.name = text_of("a")}};

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    arguments[0].object = by_id(x);
    (void)call(&f, arguments, 2);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, NULL);
    arguments[1].name = text_of("b");
    arguments[1].object = by_name("nobody");
    (void)call(&f, arguments, 2);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_NO_SUCH_NAME, NULL);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(hd_session_depth(f.session), 1);
    fixture_down(&f);
}

static void holds_of_lower_frames_can_be_released_from_above(void **state)
{
    struct fixture f;
    uint64_t x;
    uint32_t two = 2;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    assert_int_equal(call(&f, NULL, 0), HD_OK);
    assert_int_equal(hold(&f, x), HD_OK);
    assert_int_equal(release(&f, x), HD_OK); /* the top frame's */
    (void)begin(&f, HD_OP_RETURN);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(call(&f, NULL, 0), HD_OK);
    assert_int_equal(hold(&f, x), HD_OK);
    op = begin(&f, HD_OP_RELEASE);
    op->in.hold.objects = ids_of(&x, 1);
    op->in.hold.counts = &two;
    assert_int_equal(finish(&f), HD_OK);
    assert_false(is_alive(&f, x));
    fixture_down(&f);
}

/* Each object is a list that nobody else has: which are dead tells the order. */
static void a_frame_releases_in_order(void **state)
{
    struct fixture f;
    uint64_t ids[5];
    struct hd_argument arguments[2] = {{.name = text_of("first")}, {.name = text_of("second")}};
    struct hd_op op;
    unsigned dead = 0;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    fixture_open(&f);
    assert_int_equal(call(&f, arguments, 2), HD_OK);
    for (int i = 0; i < 5; i++) {
        ids[i] = new_keyed(&f, i);
    }
    assert_int_equal(bind(&f, "later", ids[2]), HD_OK);
    assert_int_equal(bind(&f, "second", ids[1]), HD_OK);
    assert_int_equal(bind(&f, "first", ids[0]), HD_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    hd_op_init(&op, HD_OP_RETURN, f.session);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    do {
        unsigned now = 0;

        for (int i = 0; i < 5; i++) {
            now += !is_alive(&f, ids[i]);
            assert_true(is_alive(&f, ids[i]) || now == (unsigned)i + 1);
        }
        assert_true(now >= dead);
        dead = now;
        assert_sound(&f);
    } while (hd_heap_work(f.heap, 1));
    assert_false(is_alive(&f, ids[4]));
    fixture_down(&f);
}

static void a_session_ends_from_the_top_down(void **state)
{
    struct fixture f;
    uint64_t ids[3];
    struct hd_op op;
    struct hd_session *session;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    fixture_open(&f);
    for (int i = 2; i >= 0; i--) {
        ids[i] = new_keyed(&f, i);
        assert_int_equal(call(&f, NULL, 0), HD_OK);
    }
    hd_op_init(&op, HD_OP_SESSION_END, f.session);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    session = f.session;
    f.session = f.other;
    assert_true(hd_session_is_busy(session));
    while (hd_heap_work(f.heap, 1)) {
        assert_true(!is_alive(&f, ids[0]) || is_alive(&f, ids[1]));
        assert_true(!is_alive(&f, ids[1]) || is_alive(&f, ids[2]));
        assert_sound(&f);
    }
    assert_false(is_alive(&f, ids[2]));
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    assert_int_equal(hd_session_number(f.session), 3);
    fixture_down(&f);
}

static void a_session_frees_only_what_nobody_else_holds(void **state)
{
    struct fixture f;
    struct hd_session *first;
    uint64_t shared;
    uint64_t own;

    (void)state;
    fixture_up(&f);
    shared = new_float(&f, 1);
    own = new_float(&f, 2);
    first = f.session;
    f.session = f.other;
    assert_int_equal(hold(&f, shared), HD_OK);
    assert_int_equal(refcount(&f, shared), 2);
    end_session(&f, first);
    assert_int_equal(refcount(&f, shared), 1);
    assert_false(is_alive(&f, own));
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(return_hands_over),
        cmocka_unit_test(a_refused_call_pushes_nothing),
        cmocka_unit_test(holds_of_lower_frames_can_be_released_from_above),
        cmocka_unit_test(a_frame_releases_in_order),
        cmocka_unit_test(a_session_ends_from_the_top_down),
        cmocka_unit_test(a_session_frees_only_what_nobody_else_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
