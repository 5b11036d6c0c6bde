/* SPDX-License-Identifier: MIT */
/* test_coming.c: a full collection in slices has found whom to tell, and is not committed: for
 * everybody they are still to be told if it ends, and what happens until the commit is what
 * counts [contract §5, Commit]. */
#include "unit/heap/coming_fixture.h"

static void one_with_something_coming_is_not_deleted(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t loop;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    loop = new_loop(&f);
    assert_int_equal(set_finalizer(&f, loop, "q"), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    collect_until(&f, f.other, 1, &collecting);
    assert_int_equal(queue_info(&f, "q").armed, 1); /* nothing is known of it yet */
    begin(&f, HD_OP_DELETE_QUEUE)->in.queue.name = text_of("q");
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    assert_refused(&f, HD_FAILED_PRECONDITION, HD_REASON_QUEUE_IN_USE,
                   "queue 'q' has 1 set, 0 waiting, 0 delivered, 0 dead");
    work_soundly(&f);
    assert_int_equal(queue_info(&f, "q").armed, 0);
    assert_int_equal(receive_one(&f, "q").object, loop);
    fixture_down(&f);
}

/* Nothing is coming on it any more, nor armed for it: it may be deleted before the commit,
 * which does not look for it. */
static void a_queue_deleted_before_the_commit_is_gone(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t loop;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    loop = new_loop(&f);
    assert_int_equal(set_finalizer(&f, loop, "q"), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    collect_until(&f, f.other, 1, &collecting);
    assert_int_equal(set_finalizer(&f, loop, ""), HD_OK);
    assert_int_equal(coming(&f), 0);
    assert_int_equal(delete_queue(&f, "q"), HD_OK);
    assert_int_equal(f.heap->queue_count, 0);
    work_soundly(&f);
    new_queue(&f, "q");
    (void)collect(&f);
    assert_false(is_alive(&f, loop));
    assert_int_equal(receive(&f, "q", TOLD).count, 0);
    fixture_down(&f);
}

/* The session ends with two objects dead and to be told of on its queue, the one by a finalizer
 * and the other by a weak reference's callback.  Nobody is: they die as if they had none.  What
 * the first leads to is told of on another queue. */
static void end_with_two(bool committed)
{
    struct hd_op collecting;
    struct hd_op ending;
    struct hd_session *own;
    struct hd_delivery delivery;
    struct fixture f;
    uint64_t loop;
    uint64_t next;
    uint64_t watched;
    uint64_t weakref;

    fixture_up(&f);
    new_queue(&f, "q");
    own = f.session;
    f.session = f.other;
    assert_int_equal(set_queue(&f, "s", 0, 0, true), HD_OK);
    f.session = own;
    loop = new_loop(&f);
    assert_int_equal(set_finalizer(&f, loop, "s"), HD_OK);
    next = new_loop(&f);
    assert_int_equal(set_finalizer(&f, next, "q"), HD_OK);
    set_attr(&f, loop, "next", next);
    watched = new_loop(&f);
    weakref = new_weakref(&f, watched, "s");
    assert_int_equal(release(&f, next), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    assert_int_equal(release(&f, watched), HD_OK);
    collect_until(&f, f.session, 3, &collecting);
    if (committed) {
        work_soundly(&f);
    }
    hd_op_init(&ending, HD_OP_SESSION_END, f.other);
    (void)hd_heap_do(f.heap, &ending);
    work_soundly(&f);
    assert_int_equal(hd_heap_open_session(f.heap, &f.other, NULL), HD_OK);
    assert_int_equal(hd_collector_is_pending(f.heap->collector, slot_of(&f, loop)), committed);
    if (!committed) { /* it was taken for living, and what it leads to */
        assert_int_equal(queue_info(&f, "q").waiting, 0);
        (void)collect(&f);
    }
    delivery = receive_one(&f, "q");
    assert_int_equal(delivery.object, next);
    assert_int_equal(acknowledge(&f, delivery.delivery), HD_OK);
    (void)collect(&f);
    assert_false(is_alive(&f, loop));
    assert_false(is_alive(&f, next));
    assert_false(is_alive(&f, watched));
    assert_int_equal(deref(&f, weakref), 0);
    assert_int_equal(refcount(&f, weakref), 1);
    assert_int_equal(f.heap->queue_count, 1);
    assert_int_equal(f.heap->notices.live, 0);
    assert_int_equal(f.heap->pending.sets, 0);
    fixture_down(&f);
}

static void what_is_coming_is_let_go_with_the_session(void **state)
{
    (void)state;
    end_with_two(false);
}

static void what_waits_is_let_go_with_the_session(void **state)
{
    (void)state;
    end_with_two(true);
}

/* What SAVEALL saved has not parted from its weak reference, which knows it no more however its
 * notice goes. */
static void what_was_saved_does_not_come_back_with_the_session(void **state)
{
    struct fixture f;
    struct hd_session *own;
    uint64_t loop;
    uint64_t weakref;

    (void)state;
    fixture_up(&f);
    own = f.session;
    f.session = f.other;
    assert_int_equal(set_queue(&f, "s", 0, 0, true), HD_OK);
    f.session = own;
    loop = new_loop(&f);
    weakref = new_weakref(&f, loop, "s");
    set_debug(&f, HD_GC_DEBUG_SAVEALL);
    assert_int_equal(release(&f, loop), HD_OK);
    (void)collect(&f);
    assert_int_equal(deref(&f, weakref), 0);
    assert_int_equal(queue_info(&f, "s").waiting, 1);
    end_session(&f, f.other);
    assert_int_equal(hd_heap_open_session(f.heap, &f.other, NULL), HD_OK);
    assert_true(is_alive(&f, loop));
    assert_int_equal(deref(&f, weakref), 0);
    assert_int_equal(refcount(&f, weakref), 1);
    set_debug(&f, 0);
    begin(&f, HD_OP_CLEAR_GARBAGE);
    assert_int_equal(finish(&f), HD_OK);
    (void)collect(&f);
    assert_false(is_alive(&f, loop));
    fixture_down(&f);
}

/* Whenever the session ends: of its queue nothing is left, and nobody is told. */
static void whenever_the_session_ends(void **state)
{
    bool done = false;

    (void)state;
    for (unsigned at = 0; !done; at++) {
        struct hd_op collecting;
        struct hd_op ending;
        struct hd_session *own;
        struct fixture f;
        uint64_t loop;
        uint64_t weakref;

        fixture_up(&f);
        own = f.session;
        f.session = f.other;
        assert_int_equal(set_queue(&f, "s", 0, 0, true), HD_OK);
        f.session = own;
        loop = new_loop(&f);
        weakref = new_weakref(&f, loop, "s");
        assert_int_equal(set_finalizer(&f, loop, "s"), HD_OK);
        assert_int_equal(release(&f, loop), HD_OK);
        collect_until(&f, f.session, 0, &collecting);
        for (unsigned i = 0; i < at; i++) {
            done = !hd_heap_work(f.heap, 1);
        }
        f.heap->options.slice_units = 1;
        hd_op_init(&ending, HD_OP_SESSION_END, f.other);
        (void)hd_heap_do(f.heap, &ending);
        work_soundly(&f);
        assert_int_equal(hd_heap_open_session(f.heap, &f.other, NULL), HD_OK);
        (void)collect(&f);
        assert_false(is_alive(&f, loop));
        assert_int_equal(refcount(&f, weakref), 1);
        assert_int_equal(f.heap->queue_count, 0);
        assert_int_equal(f.heap->notices.live, 0);
        fixture_down(&f);
    }
}

#define CHAIN 6

/* Each with a finalizer leads to the next, and they are found dead as one set.  Somebody names
 * one, so that it and those behind it leave the set; the others are told of, and when that has
 * been acknowledged their set is looked at. */
static void leave_chain_at(unsigned at)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t ids[CHAIN];
    struct told told;

    fixture_up(&f);
    new_queue(&f, "q");
    for (unsigned i = 0; i < CHAIN; i++) {
        ids[i] = new_loop(&f);
        assert_int_equal(set_finalizer(&f, ids[i], "q"), HD_OK);
    }
    for (unsigned i = 0; i + 1 < CHAIN; i++) {
        set_attr(&f, ids[i], "next", ids[i + 1]);
    }
    for (unsigned i = 0; i < CHAIN; i++) {
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    collect_until(&f, f.other, CHAIN, &collecting);
    assert_int_equal(f.heap->pending.sets, 1);
    assert_true(is_alive(&f, ids[at]));
    work_soundly(&f);
    told = receive(&f, "q", TOLD);
    assert_int_equal(told.count, at);
    assert_int_equal(f.heap->pending.sets, at > 0);
    for (unsigned i = 0; i < at; i++) {
        assert_true(is_alive(&f, ids[0]));
        assert_int_equal(acknowledge(&f, told.of[i].delivery), HD_OK);
    }
    assert_int_equal(f.heap->pending.sets, 0);
    for (unsigned i = 0; i < CHAIN; i++) {
        assert_int_equal(is_alive(&f, ids[i]), i >= at);
    }
    (void)collect(&f);
    assert_int_equal(receive(&f, "q", TOLD).count, CHAIN - at);
    fixture_down(&f);
}

static void what_is_named_leaves_its_set(void **state)
{
    (void)state;
    for (unsigned at = 0; at < CHAIN; at++) {
        leave_chain_at(at);
    }
}

/* Two sets of which one of the others leads to both: the head of the smaller one has been put
 * below that of the other, and still has members below it when it leaves.  One that is by
 * itself is found last. */
static void the_head_of_a_part_leaves_its_set(void **state)
{
    static const struct {
        unsigned from;
        unsigned to;
    } edges[] = {{1, 0}, {2, 0}, {3, 0}, {5, 4}, {6, 4}, {7, 0}, {7, 4}};
    struct hd_op collecting;
    struct fixture f;
    uint64_t ids[9];
    struct told told;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    for (unsigned i = 0; i < 9; i++) {
        ids[i] = new_loop(&f);
        assert_int_equal(set_finalizer(&f, ids[i], "q"), HD_OK);
    }
    for (unsigned i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        set_attr(&f, ids[edges[i].from], edges[i].to == 0 ? "one" : "other", ids[edges[i].to]);
    }
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    collect_until(&f, f.other, 9, &collecting);
    assert_int_equal(f.heap->pending.sets, 2);
    assert_true(is_alive(&f, ids[5]));
    work_soundly(&f);
    told = receive(&f, "q", TOLD);
    assert_int_equal(told.count, 7);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(f.heap->pending.sets, i < 6 ? 2 : 1); /* in slot order */
        assert_int_equal(acknowledge(&f, told.of[i].delivery), HD_OK);
    }
    assert_int_equal(f.heap->pending.sets, 0);
    for (unsigned i = 0; i < 9; i++) {
        assert_int_equal(is_alive(&f, ids[i]), i == 4 || i == 5);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_with_something_coming_is_not_deleted),
        cmocka_unit_test(a_queue_deleted_before_the_commit_is_gone),
        cmocka_unit_test(what_is_coming_is_let_go_with_the_session),
        cmocka_unit_test(what_waits_is_let_go_with_the_session),
        cmocka_unit_test(what_was_saved_does_not_come_back_with_the_session),
        cmocka_unit_test(whenever_the_session_ends),
        cmocka_unit_test(what_is_named_leaves_its_set),
        cmocka_unit_test(the_head_of_a_part_leaves_its_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
