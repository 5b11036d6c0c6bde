/* SPDX-License-Identifier: MIT */
/* test_queues.c: a queue that its session has left behind goes with the last who is armed for
 * it, whether that dies, moves to another queue, or is not to be told of any more. */
#include "unit/heap/death_fixture.h"

/* An instance with a finalizer on queue "s" of the other session, which has ended. */
static uint64_t left_behind(struct fixture *f)
{
    uint64_t id = new_instance(f, "Node");

    assert_int_equal(set_finalizer(f, id, "s"), HD_OK);
    return id;
}

static void open_queues(struct fixture *f)
{
    struct hd_session *session = f->session;

    new_queue(f, "q");
    f->session = f->other;
    assert_int_equal(set_queue(f, "s", 0, 0, true), HD_OK);
    f->session = session;
}

static void end_other(struct fixture *f)
{
    end_session(f, f->other);
    assert_int_equal(hd_heap_open_session(f->heap, &f->other, NULL), HD_OK);
}

static enum hd_status set_in(struct fixture *f, struct hd_batch *batch, uint64_t id,
                             const char *queue)
{
    struct hd_op *op = begin(f, HD_OP_SET_FINALIZER);

    op->batch = batch;
    op->in.finalizer.object = by_id(id);
    op->in.finalizer.queue = text_of(queue);
    return finish(f);
}

/* To another queue, or to none. */
static void leave_for(const char *queue)
{
    struct fixture f;
    uint64_t ids[2];

    fixture_up(&f);
    open_queues(&f);
    ids[0] = left_behind(&f);
    ids[1] = left_behind(&f);
    end_other(&f);
    assert_int_equal(set_finalizer(&f, ids[0], queue), HD_OK);
    assert_int_equal(f.heap->queue_count, 2);
    assert_int_equal(set_finalizer(&f, ids[1], queue), HD_OK);
    assert_int_equal(f.heap->queue_count, 1);
    fixture_down(&f);
}

static void one_left_behind_goes_when_the_last_moves(void **state)
{
    (void)state;
    leave_for("q");
}

static void one_left_behind_goes_when_the_last_is_removed(void **state)
{
    (void)state;
    leave_for("");
}

/* Two move, one is removed, and the last may die; then all of it stands, or none. */
static void leave_in_batch(size_t count, bool undo)
{
    static const char *const to[] = {"q", "q", ""};
    struct hd_batch *batch;
    struct fixture f;
    uint64_t ids[4];

    fixture_up(&f);
    open_queues(&f);
    for (size_t i = 0; i < count; i++) {
        ids[i] = left_behind(&f);
    }
    end_other(&f);
    begin(&f, HD_OP_BATCH_BEGIN)->in.batch.atomic = true;
    assert_int_equal(finish(&f), HD_OK);
    batch = f.op.batch;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(set_in(&f, batch, ids[i], to[i]), HD_OK);
    }
    for (size_t i = 3; i < count; i++) {
        begin(&f, HD_OP_RELEASE)->in.hold.objects = ids_of(&ids[i], 1);
        f.op.batch = batch;
        assert_int_equal(finish(&f), HD_OK);
    }
    assert_int_equal(f.heap->queue_count, 2);
    begin(&f, HD_OP_BATCH_END)->in.batch.undo = undo;
    f.op.batch = batch;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(f.heap->queue_count, undo ? 2 : 1);
    for (size_t i = 0; i < count; i++) {
        (void)release(&f, ids[i]);
    }
    assert_int_equal(f.heap->queue_count, 1);
    assert_int_equal(queue_info(&f, "q").waiting, undo ? 0 : 2);
    fixture_down(&f);
}

static void one_left_behind_goes_when_the_batch_is_confirmed(void **state)
{
    (void)state;
    leave_in_batch(3, false);
    leave_in_batch(4, false);
}

static void one_left_behind_stays_when_the_batch_is_undone(void **state)
{
    (void)state;
    leave_in_batch(3, true);
    leave_in_batch(4, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_left_behind_goes_when_the_last_moves),
        cmocka_unit_test(one_left_behind_goes_when_the_last_is_removed),
        cmocka_unit_test(one_left_behind_goes_when_the_batch_is_confirmed),
        cmocka_unit_test(one_left_behind_stays_when_the_batch_is_undone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
