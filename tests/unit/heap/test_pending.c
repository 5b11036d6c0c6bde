/* SPDX-License-Identifier: MIT */
/* test_pending.c: what a collection keeps for those who are told, until the last of them has
 * acknowledged, and what becomes of it then [contract §6, Death]: each the same whole, in
 * slices, and by a collection of the young. */
#include "unit/heap/death_fixture.h"

#include "collector/internal.h"

static const struct way {
    const char *name;
    enum hd_collector_mode mode;
    unsigned generation;
    uint32_t slice_units; /* 0: as ever */
} ways[] = {
    {"classic", HD_COLLECTOR_CLASSIC, 2, 0},
    {"classic, young", HD_COLLECTOR_CLASSIC, 0, 0},
    {"incremental", HD_COLLECTOR_INCREMENTAL, 2, 0},
    {"incremental, young", HD_COLLECTOR_INCREMENTAL, 1, 0},
    {"in slices", HD_COLLECTOR_INCREMENTAL, 2, 1},
};

typedef void test_fn(struct fixture *f, const struct way *way);

static void each_way(test_fn *test)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct fixture f;

        print_message("%s\n", ways[i].name);
        fixture_options(&f);
        f.options.slice_units =
            ways[i].slice_units != 0 ? ways[i].slice_units : f.options.slice_units;
        fixture_open(&f);
        hd_collector_set_mode(f.heap->collector, ways[i].mode);
        new_queue(&f, "q");
        new_queue(&f, "callbacks");
        test(&f, &ways[i]);
        fixture_down(&f);
    }
}

/* Without any memory: that it cannot be refused is [collect.inv.memory].  What its commit
 * freed. */
static uint64_t collect_so(struct fixture *f, const struct way *way)
{
    struct hd_op *op = begin(f, HD_OP_COLLECT);

    op->in.collect.generation = way->generation;
    fault_alloc_rearm(&f->memory, 0, true);
    assert_int_equal(finish(f), HD_OK);
    fault_alloc_rearm(&f->memory, FAULT_NEVER, false);
    assert_sound(f);
    return op->out.collect.collected;
}

/* What is booked to the collections of the generation so far: with what their sets freed. */
static uint64_t booked(struct fixture *f, const struct way *way)
{
    return hd_collector_state(f->heap->collector)->stats[way->generation].collected;
}

static uint64_t new_with_finalizer(struct fixture *f)
{
    uint64_t id = new_instance(f, "Node");

    assert_int_equal(set_finalizer(f, id, "q"), HD_OK);
    return id;
}

/* A list that has the object, and itself; nobody else has either any more. */
static void drop_in_loop(struct fixture *f, uint64_t id)
{
    uint64_t list = new_list(f);

    assert_int_equal(append(f, list, list), HD_OK);
    assert_int_equal(append(f, list, id), HD_OK);
    assert_int_equal(release(f, list), HD_OK);
    assert_int_equal(release(f, id), HD_OK);
}

static void acknowledge_of(struct fixture *f, const struct told *told, uint64_t id)
{
    for (size_t i = 0; i < told->count; i++) {
        if (told->of[i].object == id) {
            fault_alloc_rearm(&f->memory, 0, true);
            assert_int_equal(acknowledge(f, told->of[i].delivery), HD_OK);
            fault_alloc_rearm(&f->memory, FAULT_NEVER, false);
            assert_sound(f);
            return;
        }
    }
    fail_msg("nobody was told of it");
}

static void del_attr(struct fixture *f, uint64_t instance, const char *name)
{
    struct hd_op *op = begin(f, HD_OP_DEL_ATTR);

    op->in.attr.object = by_id(instance);
    op->in.attr.name = text_of(name);
    assert_int_equal(finish(f), HD_OK);
}

/* ------------------------------------------------------------ one set */

/* The one leads to the other: neither goes before both are acknowledged, whichever of them
 * has the lower slot, and whichever is acknowledged first. */
static void join_of(struct fixture *f, const struct way *way, bool low_leads, bool low_first)
{
    uint64_t low = new_with_finalizer(f);
    uint64_t high = new_with_finalizer(f);
    uint64_t from = low_leads ? low : high;
    struct told told;

    set_attr(f, low, "self", low);
    set_attr(f, high, "self", high);
    set_attr(f, from, "next", low_leads ? high : low);
    assert_int_equal(release(f, low), HD_OK);
    assert_int_equal(release(f, high), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    assert_int_equal(f->heap->pending.sets, 1);
    told = receive(f, "q", TOLD);
    assert_int_equal(told.count, 2);
    acknowledge_of(f, &told, low_first ? low : high);
    assert_true(is_alive(f, low));
    assert_true(is_alive(f, high));
    acknowledge_of(f, &told, low_first ? high : low);
    assert_false(is_alive(f, low));
    assert_false(is_alive(f, high));
    assert_int_equal(f->heap->pending.sets, 0);
}

static void test_join(struct fixture *f, const struct way *way)
{
    for (int i = 0; i < 4; i++) {
        uint64_t before = booked(f, way);

        join_of(f, way, (i & 1) != 0, (i & 2) != 0);
        assert_int_equal(booked(f, way), before + 2);
    }
}

static void sets_of_which_one_leads_to_the_other_are_one(void **state)
{
    (void)state;
    each_way(test_join);
}

/* ------------------------------------------------------------ callbacks */

/* Kept for its own finalizer, or for that of what has it: it is told of once, and when it dies
 * after all nobody is told again. */
static void callback_of_kept(struct fixture *f, const struct way *way, bool own)
{
    uint64_t target = own ? new_with_finalizer(f) : new_instance(f, "Node");
    uint64_t from = own ? target : new_with_finalizer(f);
    uint64_t weakref = new_weakref(f, target, "callbacks");
    struct told told;

    set_attr(f, from, "self", from);
    if (!own) {
        set_attr(f, from, "child", target);
        assert_int_equal(release(f, target), HD_OK);
    }
    assert_int_equal(release(f, from), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    assert_int_equal(acknowledge(f, receive_one(f, "callbacks").delivery), HD_OK);
    told = receive(f, "q", TOLD);
    assert_int_equal(hold(f, target), HD_OK);
    assert_int_equal(deref(f, weakref), 0); /* it has been told, and knows it no more */
    acknowledge_of(f, &told, from);
    assert_true(is_alive(f, target));
    if (own) {
        del_attr(f, target, "self");
    }
    assert_int_equal(release(f, target), HD_OK);
    assert_false(is_alive(f, target));
    assert_int_equal(receive(f, "callbacks", TOLD).count, 0);
    assert_int_equal(release(f, weakref), HD_OK);
}

static void test_callbacks(struct fixture *f, const struct way *way)
{
    callback_of_kept(f, way, true);
    callback_of_kept(f, way, false);
}

static void callbacks_of_what_is_kept_are_told_once(void **state)
{
    (void)state;
    each_way(test_callbacks);
}

/* The weak reference is kept with its target: dead itself, it never calls back. */
static void test_dead_callback(struct fixture *f, const struct way *way)
{
    uint64_t target = new_with_finalizer(f);
    uint64_t weakref = new_weakref(f, target, "callbacks");
    struct told told;

    set_attr(f, target, "self", target);
    set_attr(f, target, "weak", weakref);
    assert_int_equal(release(f, weakref), HD_OK);
    assert_int_equal(release(f, target), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    told = receive(f, "q", TOLD);
    assert_int_equal(hold(f, weakref), HD_OK);
    acknowledge_of(f, &told, target);
    assert_false(is_alive(f, target));
    assert_int_equal(receive(f, "callbacks", TOLD).count, 0);
    assert_int_equal(release(f, weakref), HD_OK);
}

static void a_weak_reference_that_was_dead_does_not_call_back(void **state)
{
    (void)state;
    each_way(test_dead_callback);
}

/* Made when the target was kept already: it calls back when the target goes. */
static void test_new_callback(struct fixture *f, const struct way *way)
{
    uint64_t target = new_with_finalizer(f);
    uint64_t weakref;
    struct told told;

    set_attr(f, target, "self", target);
    assert_int_equal(release(f, target), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    told = receive(f, "q", TOLD);
    weakref = new_weakref(f, target, "callbacks");
    acknowledge_of(f, &told, target);
    assert_false(is_alive(f, target));
    assert_int_equal(receive_one(f, "callbacks").object, weakref);
    assert_int_equal(release(f, weakref), HD_OK);
}

static void one_made_meanwhile_does(void **state)
{
    (void)state;
    each_way(test_new_callback);
}

/* Likewise between the commit and the slice of the sweep that comes to the target. */
static void one_made_before_the_sweep_does(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t target;
    uint64_t weakref;
    struct told told;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "q");
    new_queue(&f, "callbacks");
    assert_int_equal(release(&f, new_loop(&f)), HD_OK); /* the sweep stands at it */
    target = new_with_finalizer(&f);
    set_attr(&f, target, "self", target);
    assert_int_equal(release(&f, target), HD_OK);
    start_collect(&f, &collecting);
    told = receive(&f, "q", TOLD);
    weakref = new_weakref(&f, target, "callbacks");
    work_soundly(&f);
    acknowledge_of(&f, &told, target);
    assert_false(is_alive(&f, target));
    assert_int_equal(receive_one(&f, "callbacks").object, weakref);
    fixture_down(&f);
}

/* ------------------------------------------------------------ SAVEALL */

/* What a set would free is saved instead; cleared, it is found again, and told of no more. */
static void test_save(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    struct told told;

    set_attr(f, id, "self", id);
    set_debug(f, HD_GC_DEBUG_SAVEALL);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    assert_int_equal(f->heap->garbage_count, 0);
    told = receive(f, "q", TOLD);
    acknowledge_of(f, &told, id);
    assert_int_equal(f->heap->garbage_count, 1);
    assert_int_equal(booked(f, way), before + 1);
    assert_int_equal(refcount(f, id), 2); /* its own, and that of the saved */
    set_debug(f, 0);
    (void)begin(f, HD_OP_CLEAR_GARBAGE);
    assert_int_equal(finish(f), HD_OK);
    assert_int_equal(collect(f), 1);
    assert_int_equal(receive(f, "q", TOLD).count, 0);
}

static void what_a_set_leaves_is_saved(void **state)
{
    (void)state;
    each_way(test_save);
}

/* ------------------------------------------------------------ what is booked */

/* What had it was freed at the commit: nobody but the queue has it any more; it goes with its
 * set, and is booked as what the set freed. */
static void test_stranded(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    uint64_t next = new_with_finalizer(f);
    uint64_t list = new_list(f);
    struct told told;

    set_attr(f, id, "next", next);
    set_attr(f, next, "list", list);
    assert_int_equal(release(f, list), HD_OK);
    assert_int_equal(release(f, next), HD_OK);
    drop_in_loop(f, id);
    assert_int_equal(collect_so(f, way), 1);
    told = receive(f, "q", TOLD);
    assert_int_equal(told.count, 2);
    acknowledge_of(f, &told, id);
    assert_true(is_alive(f, id));
    acknowledge_of(f, &told, next);
    assert_false(is_alive(f, id));
    assert_false(is_alive(f, next));
    assert_int_equal(booked(f, way), before + 4);
}

static void what_goes_by_count_for_it_is_booked(void **state)
{
    (void)state;
    each_way(test_stranded);
}

/* Each of two leads to a cycle that nothing else leads to, and only the dead had both: with the
 * last acknowledgement both cycles are found, whichever it is, though another set is still to
 * be acknowledged [contract §6]. */
static void cycles_behind(struct fixture *f, const struct way *way, bool in_order)
{
    uint64_t before = booked(f, way);
    uint64_t id[2] = {new_with_finalizer(f), new_with_finalizer(f)};
    uint64_t loop[2] = {new_loop(f), new_loop(f)};
    uint64_t other = new_with_finalizer(f);
    struct told told;

    drop_in_loop(f, other);
    set_attr(f, id[0], "next", id[1]);
    for (int i = 0; i < 2; i++) {
        set_attr(f, id[i], "loop", loop[i]);
        assert_int_equal(release(f, loop[i]), HD_OK);
    }
    assert_int_equal(release(f, id[1]), HD_OK);
    drop_in_loop(f, id[0]);
    assert_int_equal(collect_so(f, way), 2);
    told = receive(f, "q", TOLD);
    acknowledge_of(f, &told, id[in_order ? 0 : 1]);
    assert_true(is_alive(f, loop[0]));
    acknowledge_of(f, &told, id[in_order ? 1 : 0]);
    for (int i = 0; i < 2; i++) {
        assert_false(is_alive(f, id[i]));
        assert_false(is_alive(f, loop[i]));
    }
    assert_int_equal(booked(f, way), before + 6);
    acknowledge_of(f, &told, other);
    assert_false(is_alive(f, other));
}

static void test_cycles_behind(struct fixture *f, const struct way *way)
{
    cycles_behind(f, way, true);
    cycles_behind(f, way, false);
}

static void what_only_the_last_led_to_is_found(void **state)
{
    (void)state;
    each_way(test_cycles_behind);
}

/* Its own finalizer cut it off: it is not booked, but the cycle it led to is. */
static void test_cycle_behind_cut_off(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    uint64_t loop = new_loop(f);
    struct told told;

    set_attr(f, id, "self", id);
    set_attr(f, id, "loop", loop);
    assert_int_equal(release(f, loop), HD_OK);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    told = receive(f, "q", TOLD);
    del_attr(f, id, "self");
    acknowledge_of(f, &told, id);
    assert_false(is_alive(f, id));
    assert_false(is_alive(f, loop));
    assert_int_equal(booked(f, way), before + 1);
}

static void what_one_cut_off_led_to_is_found(void **state)
{
    (void)state;
    each_way(test_cycle_behind_cut_off);
}

/* A finalizer cuts off what leads to a cycle: no member leads to that any more. */
static void test_cut_off(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    uint64_t list = new_list(f);
    uint64_t loop = new_loop(f);
    struct told told;

    assert_int_equal(append(f, list, loop), HD_OK);
    set_attr(f, id, "self", id);
    set_attr(f, id, "list", list);
    assert_int_equal(release(f, list), HD_OK);
    assert_int_equal(release(f, loop), HD_OK);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    told = receive(f, "q", TOLD);
    del_attr(f, id, "list");
    assert_false(is_alive(f, list));
    assert_true(is_alive(f, loop));
    acknowledge_of(f, &told, id);
    assert_false(is_alive(f, id));
    assert_false(is_alive(f, loop));
    assert_int_equal(booked(f, way), before + 2);
}

static void what_a_finalizer_cut_off_is_found(void **state)
{
    (void)state;
    each_way(test_cut_off);
}

/* A silent subscriber pins what it was told of; what has been acknowledged goes with the next
 * full collection, and its slot is another's when the set is complete at last. */
static void test_silent(struct fixture *f, const struct way *way)
{
    uint64_t low = new_with_finalizer(f);
    uint64_t high = new_with_finalizer(f);
    struct told told;

    set_attr(f, low, "next", high);
    assert_int_equal(release(f, high), HD_OK);
    drop_in_loop(f, low);
    assert_int_equal(collect_so(f, way), 1);
    told = receive(f, "q", TOLD);
    acknowledge_of(f, &told, low);
    assert_true(is_alive(f, low));
    assert_int_equal(collect(f), 1);
    assert_false(is_alive(f, low));
    low = new_list(f);
    acknowledge_of(f, &told, high);
    assert_false(is_alive(f, high));
    assert_true(is_alive(f, low));
    assert_int_equal(release(f, low), HD_OK);
}

static void what_was_acknowledged_does_not_wait_for_the_silent(void **state)
{
    (void)state;
    each_way(test_silent);
}

/* It was held when the set was looked at, or its own finalizer took the last reference away. */
static void test_not_stranded(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    struct told told;

    drop_in_loop(f, id);
    assert_int_equal(collect_so(f, way), 1);
    told = receive(f, "q", TOLD);
    assert_int_equal(hold(f, id), HD_OK);
    acknowledge_of(f, &told, id);
    assert_int_equal(release(f, id), HD_OK);
    assert_false(is_alive(f, id));
    id = new_with_finalizer(f);
    set_attr(f, id, "self", id);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    told = receive(f, "q", TOLD);
    del_attr(f, id, "self");
    acknowledge_of(f, &told, id);
    assert_false(is_alive(f, id));
    assert_int_equal(booked(f, way), before + 1);
}

static void what_goes_for_another_reason_is_not(void **state)
{
    (void)state;
    each_way(test_not_stranded);
}

/* A dict of nothing but a number, which a full collection untracks if it lives. */
static void test_tracked(struct fixture *f, const struct way *way)
{
    uint64_t before = booked(f, way);
    uint64_t id = new_with_finalizer(f);
    uint64_t dict = new_dict(f);
    uint64_t one = new_int(f, 1);
    struct told told;

    assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(one), id), HD_OK);
    assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(one), one), HD_OK);
    assert_true(hd_slots_is_tracked(hd_objects_slots(f->heap->objects), slot_of(f, dict)));
    set_attr(f, id, "dict", dict);
    set_attr(f, id, "self", id);
    assert_int_equal(release(f, dict), HD_OK);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect_so(f, way), 0);
    assert_true(hd_slots_is_tracked(hd_objects_slots(f->heap->objects), slot_of(f, dict)));
    told = receive(f, "q", TOLD);
    acknowledge_of(f, &told, id);
    assert_int_equal(booked(f, way), before + 2);
}

static void what_is_kept_stays_tracked(void **state)
{
    (void)state;
    each_way(test_tracked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_of_which_one_leads_to_the_other_are_one),
        cmocka_unit_test(callbacks_of_what_is_kept_are_told_once),
        cmocka_unit_test(a_weak_reference_that_was_dead_does_not_call_back),
        cmocka_unit_test(one_made_meanwhile_does),
        cmocka_unit_test(one_made_before_the_sweep_does),
        cmocka_unit_test(what_a_set_leaves_is_saved),
        cmocka_unit_test(what_goes_by_count_for_it_is_booked),
        cmocka_unit_test(what_only_the_last_led_to_is_found),
        cmocka_unit_test(what_one_cut_off_led_to_is_found),
        cmocka_unit_test(what_a_finalizer_cut_off_is_found),
        cmocka_unit_test(what_was_acknowledged_does_not_wait_for_the_silent),
        cmocka_unit_test(what_goes_for_another_reason_is_not),
        cmocka_unit_test(what_is_kept_stays_tracked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
