/* SPDX-License-Identifier: MIT */
/* test_coming_deaths.c: what dies by count, or with a young cycle, between a full collection's
 * finding it and the commit. */
#include "unit/heap/coming_fixture.h"

/* Nobody has the weak reference any more: as in CPython its callback is not called. */
static void a_weak_reference_that_goes_first_does_not_call_back(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t weakref;

    (void)state;
    weakref = watch_loop(&f, &collecting);
    assert_int_equal(release(&f, weakref), HD_OK);
    assert_false(is_alive(&f, weakref));
    assert_int_equal(queue_info(&f, "q").armed, 0);
    work_soundly(&f);
    assert_int_equal(collecting.out.collect.collected, 1);
    assert_int_equal(receive(&f, "q", TOLD).count, 0);
    assert_int_equal(f.heap->notices.live, 0);
    fixture_down(&f);
}

/* The same of one that goes with the list that has it. */
static void nor_does_one_that_dies_with_its_list(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t weakref;
    uint64_t list;

    (void)state;
    weakref = watch_loop(&f, &collecting);
    list = new_list(&f);
    assert_int_equal(append(&f, list, weakref), HD_OK);
    assert_int_equal(release(&f, weakref), HD_OK);
    assert_true(is_alive(&f, weakref));
    assert_int_equal(release(&f, list), HD_OK);
    assert_false(is_alive(&f, weakref));
    work_soundly(&f);
    assert_int_equal(receive(&f, "q", TOLD).count, 0);
    fixture_down(&f);
}

/* The same if the list is a cycle that a collection of the young finds meanwhile: the weak
 * reference goes with it, before the commit. */
static void nor_does_one_that_goes_with_a_young_cycle(void **state)
{
    const int64_t thresholds[] = {4, 0, 0};
    struct hd_op collecting;
    struct fixture f;
    uint64_t weakref;
    uint64_t list;

    (void)state;
    weakref = watch_loop(&f, &collecting);
    list = new_list(&f);
    assert_int_equal(append(&f, list, weakref), HD_OK);
    assert_int_equal(append(&f, list, list), HD_OK);
    assert_int_equal(release(&f, weakref), HD_OK);
    assert_int_equal(release(&f, list), HD_OK);
    begin(&f, HD_OP_SET_THRESHOLD)->in.threshold.values = thresholds;
    f.op.in.threshold.count = 3;
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    for (int i = 0; i < 8 && is_alive(&f, list); i++) {
        begin(&f, HD_OP_CREATE)->in.create.object.kind = HD_KIND_LIST;
        f.op.in.create.keep = HD_KEEP_HOLD;
        assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    }
    assert_false(is_alive(&f, list));
    assert_true(hd_collector_stage(f.heap->collector) < HD_STAGE_RELEASE);
    assert_false(is_alive(&f, weakref));
    assert_int_equal(coming(&f), 0);
    assert_int_equal(queue_info(&f, "q").waiting, 0);
    work_soundly(&f);
    assert_int_equal(receive(&f, "q", TOLD).count, 0);
    fixture_down(&f);
}

static void one_that_somebody_still_has_does(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t weakref;

    (void)state;
    weakref = watch_loop(&f, &collecting);
    assert_int_equal(hold(&f, weakref), HD_OK);
    assert_int_equal(release(&f, weakref), HD_OK);
    work_soundly(&f);
    assert_int_equal(receive_one(&f, "q").object, weakref);
    fixture_down(&f);
}

/* From the commit on the queue holds it. */
static void one_that_goes_after_the_commit_does(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t weakref;

    (void)state;
    weakref = watch_loop(&f, &collecting);
    while (queue_info(&f, "q").waiting == 0) {
        assert_true(hd_heap_work(f.heap, 1));
    }
    assert_int_equal(release(&f, weakref), HD_OK);
    assert_true(is_alive(&f, weakref));
    work_soundly(&f);
    assert_int_equal(receive_one(&f, "q").object, weakref);
    fixture_down(&f);
}

static void del_attr(struct fixture *f, uint64_t instance, const char *name)
{
    struct hd_op *op = begin(f, HD_OP_DEL_ATTR);

    op->in.attr.object = by_id(instance);
    op->in.attr.name = text_of(name);
    assert_int_equal(hd_heap_do(f->heap, op), HD_DONE);
    assert_int_equal(op->error.status, HD_OK);
}

/* The target loses its last reference before the commit: it died by count, which is told of at
 * once, and the queue holds the weak reference. */
static void a_target_that_dies_first_is_told_of_at_once(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t loop;
    uint64_t weakref;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    loop = new_loop(&f);
    weakref = new_weakref(&f, loop, "q");
    assert_int_equal(release(&f, loop), HD_OK);
    collect_until(&f, f.other, 1, &collecting);
    del_attr(&f, loop, "self");
    assert_false(is_alive(&f, loop));
    assert_int_equal(queue_info(&f, "q").waiting, 1);
    assert_int_equal(release(&f, weakref), HD_OK);
    assert_true(is_alive(&f, weakref));
    assert_sound(&f);
    assert_int_equal(receive_one(&f, "q").object, weakref);
    work_soundly(&f);
    fixture_down(&f);
}

/* So it is of an object with a finalizer, which is told of once. */
static void so_is_an_object_with_a_finalizer(void **state)
{
    struct hd_op collecting;
    struct hd_delivery delivery;
    struct fixture f;
    uint64_t loop;
    uint64_t member;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    loop = new_loop(&f);
    member = new_instance(&f, "Node");
    assert_int_equal(set_finalizer(&f, member, "q"), HD_OK);
    set_attr(&f, loop, "member", member);
    assert_int_equal(release(&f, member), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    collect_until(&f, f.other, 1, &collecting);
    del_attr(&f, loop, "member");
    assert_int_equal(coming(&f), 0);
    assert_int_equal(queue_info(&f, "q").waiting, 1);
    assert_sound(&f);
    assert_int_equal(hold(&f, member), HD_OK);
    work_soundly(&f);
    delivery = receive_one(&f, "q");
    assert_int_equal(delivery.object, member);
    assert_int_equal(acknowledge(&f, delivery.delivery), HD_OK);
    assert_int_equal(release(&f, member), HD_OK);
    assert_false(is_alive(&f, member));
    assert_int_equal(receive(&f, "q", TOLD).count, 0);
    fixture_down(&f);
}

/* Whenever it goes: it calls back if, and only if, that was after the commit. */
static void the_commit_decides(void **state)
{
    unsigned told = 0;
    bool done = false;

    (void)state;
    for (unsigned at = 0; !done; at++) {
        struct hd_op collecting;
        struct fixture f;
        uint64_t loop;
        uint64_t weakref;
        uint64_t waiting;

        fixture_up(&f);
        new_queue(&f, "q");
        loop = new_loop(&f);
        weakref = new_weakref(&f, loop, "q");
        assert_int_equal(release(&f, loop), HD_OK);
        collect_until(&f, f.other, 0, &collecting);
        for (unsigned i = 0; i < at; i++) {
            done = !hd_heap_work(f.heap, 1);
        }
        waiting = queue_info(&f, "q").waiting;
        assert_int_equal(release(&f, weakref), HD_OK);
        assert_int_equal(is_alive(&f, weakref), waiting > 0);
        work_soundly(&f);
        assert_int_equal(receive(&f, "q", TOLD).count, waiting);
        assert_false(is_alive(&f, loop));
        told += waiting > 0;
        fixture_down(&f);
    }
    assert_true(told > 1);
}

/* What an atomic batch gives up is there until it ends, and again if it is undone. */
static void in_an_atomic_batch_it_goes_at_the_end(bool undo)
{
    struct hd_op collecting;
    struct hd_batch *batch;
    struct fixture f;
    uint64_t weakref;

    weakref = watch_loop(&f, &collecting);
    begin(&f, HD_OP_BATCH_BEGIN)->in.batch.atomic = true;
    assert_int_equal(finish(&f), HD_OK);
    batch = f.op.batch;
    begin(&f, HD_OP_RELEASE)->in.hold.objects = ids_of(&weakref, 1);
    f.op.batch = batch;
    assert_int_equal(finish(&f), HD_OK);
    assert_true(is_alive(&f, weakref));
    begin(&f, HD_OP_BATCH_END)->in.batch.undo = undo;
    f.op.batch = batch;
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    assert_int_equal(is_alive(&f, weakref), undo);
    work_soundly(&f);
    assert_int_equal(receive(&f, "q", TOLD).count, undo ? 1 : 0);
    fixture_down(&f);
}

static void in_an_atomic_batch(void **state)
{
    (void)state;
    in_an_atomic_batch_it_goes_at_the_end(false);
    in_an_atomic_batch_it_goes_at_the_end(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weak_reference_that_goes_first_does_not_call_back),
        cmocka_unit_test(nor_does_one_that_dies_with_its_list),
        cmocka_unit_test(nor_does_one_that_goes_with_a_young_cycle),
        cmocka_unit_test(one_that_somebody_still_has_does),
        cmocka_unit_test(one_that_goes_after_the_commit_does),
        cmocka_unit_test(a_target_that_dies_first_is_told_of_at_once),
        cmocka_unit_test(so_is_an_object_with_a_finalizer),
        cmocka_unit_test(the_commit_decides),
        cmocka_unit_test(in_an_atomic_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
