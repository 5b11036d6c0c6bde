/* SPDX-License-Identifier: MIT */
/* test_why_changes.c: Why in slices: who is served between them, and what changes. */
#include "unit/heap/why_fixture.h"

#define LISTS 200

/* Two ways to x, both long, of a heap whose slices are short: the names "a" and "b" of lists of
 * lists.  f->session asks, f->other acts. */
struct world {
    struct fixture f;
    struct why why;
    uint64_t x;
    uint64_t inner[2]; /* the lists that have it */
};

static void set_up(struct world *w)
{
    static const char *const names[] = {"a", "b"};

    fixture_options(&w->f);
    w->f.options.slice_units = 1;
    fixture_open(&w->f);
    w->x = new_list(&w->f);
    for (int i = 0; i < 2; i++) {
        uint64_t lists[LISTS];

        for (int k = 0; k < LISTS; k++) {
            lists[k] = new_list(&w->f);
        }
        w->inner[i] = lists[LISTS / 2];
        assert_int_equal(append(&w->f, w->inner[i], w->x), HD_OK);
        assert_int_equal(
            bind_globally(&w->f, names[i], new_of(&w->f, HD_KIND_LIST, lists, LISTS)), HD_OK);
    }
    end_session(&w->f, w->f.session); /* all its holds */
    assert_int_equal(hd_heap_open_session(w->f.heap, &w->f.session, NULL), HD_OK);
    assert_int_equal(hd_heap_do(w->f.heap, begin_why(&w->f, &w->why, w->x)), HD_MORE);
    w->f.heap->options.slice_units = 100000; /* what others do is done at once */
}

/* f acts in the name of the other session. */
static void swap_sessions(struct fixture *f)
{
    struct hd_session *session = f->session;

    f->session = f->other;
    f->other = session;
}

/* Goes on to a stage, or past one that is short; a unit at a time. */
static void go_on_to(struct world *w, enum hd_search_stage stage)
{
    assert_non_null(w->why.op.search);
    while (w->why.op.search->stage < stage) {
        assert_true(hd_heap_work(w->f.heap, 1));
        assert_non_null(w->why.op.search);
    }
}

static void go_on_to_the_end(struct world *w)
{
    while (hd_heap_work(w->f.heap, 1)) {
        assert_sound(&w->f); /* its memory is accounted for at each moment */
    }
    assert_null(w->why.op.search);
}

static void others_are_served_and_nothing_is_changed(void **state)
{
    struct world w;
    struct hd_session *asking;
    unsigned slices = 0;

    (void)state;
    set_up(&w);
    asking = w.f.session;
    assert_true(hd_session_is_busy(asking));
    swap_sessions(&w.f);
    while (hd_heap_work(w.f.heap, 1)) {
        if (slices++ % 16 == 0) {
            assert_int_equal(release(&w.f, new_float(&w.f, 1)), HD_OK);
        }
        assert_sound(&w.f);
    }
    assert_true(slices > 50);
    assert_false(hd_session_is_busy(asking));
    assert_int_equal(w.why.op.error.status, HD_OK);
    assert_int_equal(w.why.op.out.why.paths, 1);
    assert_false(w.why.op.out.why.exact);
    walk_all(&w.f, &w.why);
    assert_int_equal(w.why.paths[0].length, 2);
    fixture_down(&w.f);
}

/* Whatever the stage in which the way that was found is cut: the other one is given. */
static void a_way_that_is_cut_is_not_given(void **state)
{
    static const enum hd_search_stage stages[] = {HD_SEARCH_PLACES, HD_SEARCH_OWNER,
                                                  HD_SEARCH_FREE};

    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        for (int how = 0; how < 3; how++) {
            struct world w;
            int first;

            set_up(&w);
            go_on_to(&w, HD_SEARCH_PLACES);
            first = w.why.paths[0].steps[1].slot == slot_of(&w.f, w.inner[0]) ? 0 : 1;
            go_on_to(&w, stages[i]);
            swap_sessions(&w.f);
            if (how == 0) { /* the name goes, and with it all */
                assert_int_equal(unbind_globally(&w.f, first == 0 ? "a" : "b"), HD_OK);
            } else if (how == 1) { /* the last reference */
                assert_int_equal(item_op(&w.f, HD_OP_CLEAR, w.inner[first], 0), HD_OK);
            } else { /* one in the middle */
                begin(&w.f, HD_OP_DEL_ITEM)->in.item.container =
                    by_name(first == 0 ? "a" : "b");
                w.f.op.in.item.at = at_index(LISTS / 2);
                assert_int_equal(finish(&w.f), HD_OK);
            }
            go_on_to_the_end(&w);
            assert_int_equal(w.why.op.error.status, HD_OK);
            assert_int_equal(w.why.op.out.why.paths, 1);
            walk_all(&w.f, &w.why);
            assert_int_equal(w.why.paths[0].steps[1].id, w.inner[1 - first]);
            fixture_down(&w.f);
        }
    }
}

/* That a way is longer than it was is no reason to begin again. */
static void a_way_that_is_there_is_given(void **state)
{
    struct world w;

    (void)state;
    set_up(&w);
    go_on_to(&w, HD_SEARCH_FREE);
    swap_sessions(&w.f);
    assert_int_equal(bind_globally(&w.f, "new", w.x), HD_OK);
    go_on_to_the_end(&w);
    assert_int_equal(w.why.op.out.why.paths, 1);
    assert_int_equal(w.why.paths[0].length, 2);
    assert_false(w.why.op.out.why.exact);
    walk_all(&w.f, &w.why);
    fixture_down(&w.f);
}

static void an_object_that_dies_meanwhile_is_stale(void **state)
{
    static const enum hd_search_stage stages[] = {HD_SEARCH_CLEAR,  HD_SEARCH_ROOTS,
                                                  HD_SEARCH_SPREAD, HD_SEARCH_PLACES,
                                                  HD_SEARCH_FREE,   HD_SEARCH_CHECK};

    (void)state;
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        struct world w;

        set_up(&w);
        go_on_to(&w, stages[i]);
        swap_sessions(&w.f);
        assert_int_equal(unbind_globally(&w.f, "a"), HD_OK);
        assert_int_equal(unbind_globally(&w.f, "b"), HD_OK);
        assert_false(is_alive(&w.f, w.x));
        go_on_to_the_end(&w);
        assert_int_equal(w.why.op.error.status, HD_NOT_FOUND);
        assert_int_equal(w.why.op.error.reason, HD_REASON_STALE_ID);
        assert_int_equal(w.why.op.out.why.paths, 0);
        fixture_down(&w.f);
    }
}

/* Garbage is said to be garbage only if nothing has changed while it was looked for. */
static void a_heap_that_never_stands_still_is_given_up(void **state)
{
    struct world w;
    char sentence[128];

    (void)state;
    set_up(&w);
    swap_sessions(&w.f);
    assert_int_equal(append(&w.f, w.x, w.x), HD_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(item_op(&w.f, HD_OP_CLEAR, w.inner[i], 0), HD_OK);
    }
    for (unsigned tries = 1; tries <= 3; tries++) {
        go_on_to(&w, HD_SEARCH_FREE);
        assert_int_equal(release(&w.f, new_float(&w.f, 1)), HD_OK);
        assert_int_equal(w.why.op.search->tries, tries - 1);
        while (hd_heap_work(w.f.heap, 1) && w.why.op.search->tries < tries) {
        }
    }
    assert_int_equal(w.why.op.error.status, HD_ABORTED);
    assert_int_equal(w.why.op.error.reason, HD_REASON_CHANGED);
    (void)snprintf(
        sentence, sizeof sentence,
        "the heap changed 3 times while it was searched for what holds object %" PRIu64, w.x);
    assert_string_equal(w.why.op.error.text, sentence);
    swap_sessions(&w.f);
    ask(&w.f, &w.why, w.x);
    assert_int_equal(w.why.op.out.why.paths, 0);
    assert_int_equal(collect(&w.f), 1);
    fixture_down(&w.f);
}

/* The search stands in the holds of a session that ends. */
static void a_session_that_ends_is_left(void **state)
{
    (void)state;
    for (unsigned units = 0; units < 60; units++) {
        struct world w;
        struct hd_session *held;

        set_up(&w);
        assert_int_equal(hd_heap_open_session(w.f.heap, &held, NULL), HD_OK);
        swap_sessions(&w.f);
        {
            struct hd_session *session = w.f.session;

            w.f.session = held;
            for (int i = 0; i < 20; i++) {
                (void)new_list(&w.f);
            }
            assert_int_equal(hold(&w.f, w.x), HD_OK);
            w.f.session = session;
        }
        while (w.why.op.search->kind < HD_OWNER_HOLD) {
            assert_true(hd_heap_work(w.f.heap, 1));
        }
        for (unsigned i = 0; i < units && hd_heap_work(w.f.heap, 1); i++) {
        }
        end_session(&w.f, held);
        while (hd_heap_work(w.f.heap, 1)) {
        }
        assert_int_equal(w.why.op.error.status, HD_OK);
        assert_non_null(path_of(&w.why, HD_OWNER_GLOBAL_NAME));
        fixture_down(&w.f);
    }
}

static void a_search_without_memory_is_refused(void **state)
{
    struct world w;
    struct hd_amount used;

    (void)state;
    set_up(&w);
    go_on_to_the_end(&w);
    assert_int_equal(w.why.op.error.status, HD_OK);
    used = w.f.heap->quota.heap.used;
    w.f.heap->quota.heap.limit.bytes = used.bytes + 10000;
    assert_int_equal(carry_out(&w.f, begin_why(&w.f, &w.why, w.x)), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(w.why.op.error.reason, HD_REASON_LIMIT_HEAP_BYTES);
    assert_int_equal(w.f.heap->quota.heap.used.bytes, used.bytes);
    assert_int_equal(w.f.heap->reliefs, 0); /* asking frees nothing */
    w.f.heap->quota.heap.limit.bytes = HD_UNLIMITED;
    assert_int_equal(carry_out(&w.f, begin_why(&w.f, &w.why, w.x)), HD_OK);
    fixture_down(&w.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_are_served_and_nothing_is_changed),
        cmocka_unit_test(a_way_that_is_cut_is_not_given),
        cmocka_unit_test(a_way_that_is_there_is_given),
        cmocka_unit_test(an_object_that_dies_meanwhile_is_stale),
        cmocka_unit_test(a_heap_that_never_stands_still_is_given_up),
        cmocka_unit_test(a_session_that_ends_is_left),
        cmocka_unit_test(a_search_without_memory_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
