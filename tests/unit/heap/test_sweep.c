/* SPDX-License-Identifier: MIT */
/* From the commit of a full collection on its dead are nobody's, however far slices have come:
 * each test looks at a heap with a sweep outstanding, and proves it after every unit. */
#include "unit/heap/death_fixture.h"

static uint64_t dead_loop(struct fixture *f)
{
    uint64_t loop = new_loop(f);

    assert_int_equal(release(f, loop), HD_OK);
    return loop;
}

/* One that has so many others, side by side or each in the next. */
static uint64_t list_of_lists(struct fixture *f, int count, bool nested)
{
    uint64_t list = new_list(f);

    for (int i = 0; i < count; i++) {
        uint64_t other = new_list(f);
        uint64_t outer = nested ? other : list;
        uint64_t inner = nested ? list : other;

        assert_int_equal(append(f, outer, inner), HD_OK);
        assert_int_equal(release(f, inner), HD_OK);
        list = outer;
    }
    return list;
}

/* Gives it up with only a unit of what that entails done; *op is the heap's until it is. */
static void start_release(struct fixture *f, const uint64_t *id, struct hd_op *op)
{
    uint32_t units = f->heap->options.slice_units;

    f->heap->options.slice_units = 1;
    hd_op_init(op, HD_OP_RELEASE, f->session);
    op->in.hold.objects = ids_of(id, 1);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
    f->heap->options.slice_units = units;
}

/* Lists that only a dying one has are no garbage: they die by count when their turn comes. */
static void what_the_dying_have_is_not_condemned(void **state)
{
    enum { ITEMS = 1000 };
    struct hd_op releasing;
    struct hd_op collecting;
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = list_of_lists(&f, ITEMS, false);
    start_release(&f, &list, &releasing);
    start_collect(&f, &collecting);
    assert_sound(&f);
    while (hd_heap_work(f.heap, 100)) {
        assert_sound(&f);
    }
    assert_int_equal(collecting.out.collect.collected, 0);
    fixture_down(&f);
}

/* As many as a chain is long may be dying when a collection begins: it does not go through them
 * at once, and whoever is gone before it has come there is not looked for. */
static void the_dying_are_seen_in_slices(void **state)
{
    enum { LENGTH = 1000, LEFT = 300 };
    uint32_t some = LEFT / 2;
    struct hd_heap_info info;
    struct hd_op releasing;
    struct hd_op collecting;
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = list_of_lists(&f, LENGTH, true);
    start_release(&f, &list, &releasing);
    do { /* all of it is dying then, and what is on top goes next */
        assert_true(hd_heap_work(f.heap, 1));
        hd_inspect_heap(f.heap, &info);
    } while (info.kinds[HD_KIND_LIST] > LEFT);
    hd_collector_set_mode(f.heap->collector, HD_COLLECTOR_INCREMENTAL);
    f.heap->options.slice_units = 1;
    hd_op_init(&collecting, HD_OP_COLLECT, f.other);
    collecting.in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f.heap, &collecting), HD_MORE);
    assert_int_not_equal(releasing.cascade.unseen, 0);
    assert_true(hd_collector_stage(f.heap->collector) < HD_STAGE_MARK);
    assert_false(hd_refs_work(f.heap->objects, &releasing.cascade, &some));
    work_soundly(&f);
    assert_int_equal(releasing.cascade.unseen, 0);
    assert_int_equal(collecting.out.collect.collected, 0);
    fixture_down(&f);
}

static void the_dead_are_stale_at_the_commit(void **state)
{
    enum { LOOPS = 50 };
    uint64_t ids[LOOPS];
    struct hd_op collecting;
    struct fixture f;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < LOOPS; i++) {
        ids[i] = dead_loop(&f);
    }
    start_collect(&f, &collecting);
    assert_true(hd_session_is_busy(f.other));
    for (int i = 0; i < LOOPS; i++) {
        assert_false(is_alive(&f, ids[i]));
        assert_int_equal(hold(&f, ids[i]), HD_NOT_FOUND);
        assert_refused(&f, HD_NOT_FOUND, HD_REASON_STALE_ID, NULL);
    }
    work_soundly(&f);
    assert_false(hd_session_is_busy(f.other));
    fixture_down(&f);
}

static void a_weak_reference_to_the_condemned_gives_nothing(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t first;
    uint64_t second;
    uint64_t weak[2];

    (void)state;
    fixture_up(&f);
    (void)dead_loop(&f); /* the sweep stands at it */
    first = new_loop(&f);
    second = new_loop(&f);
    weak[0] = new_weakref(&f, first, "");
    weak[1] = new_weakref(&f, second, "");
    assert_int_equal(release(&f, first), HD_OK);
    start_collect(&f, &collecting);
    assert_int_equal(deref(&f, weak[0]), 0);
    assert_int_equal(deref(&f, weak[1]), second);
    work_soundly(&f);
    assert_int_equal(deref(&f, weak[0]), 0);
    assert_int_equal(deref(&f, weak[1]), second);
    fixture_down(&f);
}

/* The plain weak reference to a living object is dead itself: it is not given to anybody. */
static void a_condemned_weak_reference_is_not_shared(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t target;
    uint64_t loop;
    uint64_t weak[3];

    (void)state;
    fixture_up(&f);
    new_queue(&f, "queue");
    target = new_instance(&f, "Target");
    (void)dead_loop(&f);
    loop = new_loop(&f);
    weak[0] = new_weakref(&f, target, "");
    weak[1] = new_weakref(&f, target, "queue");
    set_attr(&f, loop, "plain", weak[0]);
    set_attr(&f, loop, "callback", weak[1]);
    assert_int_equal(release(&f, weak[0]), HD_OK);
    assert_int_equal(release(&f, weak[1]), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    start_collect(&f, &collecting);
    assert_int_equal(hd_inspect_weakrefs(f.heap, slot_of(&f, target)), 0);
    weak[2] = new_weakref(&f, target, "");
    assert_true(weak[2] != weak[0]);
    assert_int_equal(hd_inspect_weakrefs(f.heap, slot_of(&f, target)), 1);
    assert_int_equal(deref(&f, weak[2]), target);
    work_soundly(&f);
    assert_int_equal(deref(&f, weak[2]), target);
    assert_int_equal(new_weakref(&f, target, ""), weak[2]);
    assert_int_equal(queue_info(&f, "queue").armed, 0);
    assert_int_equal(release(&f, target), HD_OK);
    assert_int_equal(receive(&f, "queue", 1).count, 0);
    fixture_down(&f);
}

/* Its target dies first: nobody is called back, and nothing is forgotten. */
static void a_condemned_callback_is_not_called(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t target;
    uint64_t weak;
    uint64_t loop;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "queue");
    target = new_instance(&f, "Target");
    (void)dead_loop(&f);
    loop = new_loop(&f);
    weak = new_weakref(&f, target, "queue");
    set_attr(&f, loop, "callback", weak);
    assert_int_equal(release(&f, weak), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    start_collect(&f, &collecting);
    assert_int_equal(release(&f, target), HD_OK);
    assert_int_equal(queue_info(&f, "queue").waiting, 0);
    work_soundly(&f);
    assert_int_equal(queue_info(&f, "queue").waiting, 0);
    assert_int_equal(queue_info(&f, "queue").armed, 0);
    fixture_down(&f);
}

static uint64_t big_list(struct fixture *f, uint64_t item, uint32_t count)
{
    struct hd_copy_part part = {.source = by_id(new_of(f, HD_KIND_LIST, &item, 1))};
    struct hd_op *op = begin(f, HD_OP_COPY);
    uint64_t list;

    op->in.copy.parts = &part;
    op->in.copy.count = 1;
    op->in.copy.repeat = count;
    op->in.copy.hold = true;
    list = created(f);
    assert_int_equal(release(f, part.source.id), HD_OK);
    return list;
}

static uint64_t big_table(struct fixture *f, enum hd_kind kind, uint64_t item, int count)
{
    uint64_t table = kind == HD_KIND_DICT ? new_dict(f) : new_of(f, kind, NULL, 0);

    for (int i = 0; i < count; i++) {
        uint64_t key = new_int(f, 1000000 + i);

        assert_int_equal(kind == HD_KIND_DICT
                             ? place_op(f, HD_OP_SET_ITEM, table, at_key(key), item)
                             : item_op(f, HD_OP_ADD, table, key),
                         HD_OK);
        assert_int_equal(release(f, key), HD_OK);
    }
    return table;
}

/* A loop with big containers, and a weak reference with a callback. */
static uint64_t new_big(struct fixture *f, uint64_t kept)
{
    uint64_t loop = new_loop(f);
    uint64_t parts[5];

    parts[0] = big_list(f, kept, 40000);
    parts[1] = big_table(f, HD_KIND_DICT, kept, 9000);
    parts[2] = big_table(f, HD_KIND_SET, 0, 9000);
    parts[3] = new_weakref(f, loop, "queue");
    parts[4] = new_of(f, HD_KIND_TUPLE, parts, 4);
    for (int i = 0; i < 5; i++) {
        char name[2] = {(char)('a' + i), 0};

        set_attr(f, loop, name, parts[i]);
        assert_int_equal(release(f, parts[i]), HD_OK);
    }
    assert_int_equal(append(f, parts[0], parts[0]), HD_OK);
    return loop;
}

static uint64_t dead_big(struct fixture *f)
{
    uint64_t kept = new_list(f);

    assert_int_equal(release(f, new_big(f, kept)), HD_OK);
    return kept;
}

static unsigned work_now_and_then_soundly(struct fixture *f)
{
    unsigned slices = 0;

    do {
        if (slices++ % 53 == 0) {
            assert_sound(f);
        }
    } while (hd_heap_work(f->heap, 1));
    assert_sound(f);
    return slices;
}

static void big_containers_go_in_slices(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t kept;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "queue");
    kept = dead_big(&f);
    start_collect(&f, &collecting);
    assert_true(work_now_and_then_soundly(&f) > 1000);
    assert_int_equal(refcount(&f, kept), 1);
    assert_int_equal(queue_info(&f, "queue").armed, 0);
    fixture_down(&f);
}

/* One that nobody is told of is small, and still its target must forget it. */
static void a_plain_weak_reference_that_is_swept_parts(void **state)
{
    struct fixture f;
    uint64_t target;
    uint64_t loop;
    uint64_t weak;

    (void)state;
    fixture_up(&f);
    target = new_instance(&f, "Target");
    loop = new_loop(&f);
    weak = new_weakref(&f, target, "");
    set_attr(&f, loop, "plain", weak);
    assert_int_equal(release(&f, weak), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    hd_collector_set_mode(f.heap->collector, HD_COLLECTOR_CLASSIC);
    assert_int_equal(collect(&f), 2);
    work_soundly(&f);
    assert_int_equal(hd_inspect_weakrefs(f.heap, slot_of(&f, target)), 0);
    weak = new_weakref(&f, target, "");
    assert_int_equal(deref(&f, weak), target);
    fixture_down(&f);
}

/* All but a few items of its first leaf are gone: it looks small, and has leaves still. */
static void a_big_list_with_few_items_goes_whole(void **state)
{
    enum { ITEMS = 40000, LEAF = 4096, LEFT = 10 };
    struct hd_op collecting;
    uint64_t bytes;
    struct fixture f;
    uint64_t loop;
    uint64_t list;
    uint64_t item;

    (void)state;
    fixture_up(&f);
    item = new_list(&f);
    bytes = f.heap->quota.heap.used.bytes;
    list = big_list(&f, item, ITEMS);
    for (int i = 0; i < LEAF - LEFT; i++) {
        assert_int_equal(place_op(&f, HD_OP_POP, list, at_index(0), 0), HD_OK);
    }
    loop = new_loop(&f); /* in the slot before the list's: they go in one run */
    assert_true((uint32_t)loop + 1 == (uint32_t)list);
    set_attr(&f, loop, "list", list);
    assert_int_equal(release(&f, list), HD_OK);
    assert_int_equal(release(&f, loop), HD_OK);
    start_collect(&f, &collecting);
    work_soundly(&f);
    assert_int_equal(refcount(&f, item), 1);
    assert_true(f.heap->quota.heap.used.bytes < bytes + LEAF); /* no leaf is left */
    fixture_down(&f);
}

static void bodies_move_between_slices(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t kept;
    uint64_t ids[2000];
    bool more = true;

    (void)state;
    fixture_up(&f);
    new_queue(&f, "queue");
    for (int i = 0; i < 2000; i++) {
        ids[i] = new_bytes(&f, "some bytes that take a block, and not the smallest");
    }
    kept = dead_big(&f);
    for (int i = 0; i < 2000; i++) {
        if (i % 16 != 0) { /* pools become sparse */
            assert_int_equal(release(&f, ids[i]), HD_OK);
        }
    }
    start_collect(&f, &collecting);
    for (unsigned slices = 0; more; slices++) {
        struct hd_op trim;

        hd_op_init(&trim, HD_OP_TRIM, NULL);
        trim.in.trim.compact = HD_COMPACT_NOW;
        trim.in.trim.units = 20;
        assert_int_equal(hd_heap_do(f.heap, &trim), HD_DONE);
        if (slices % 53 == 0) {
            assert_sound(&f);
        }
        more = hd_heap_work(f.heap, 1);
    }
    assert_int_equal(refcount(&f, kept), 1);
    fixture_down(&f);
}

/* Whatever needs the sweep to be done does it. */
static void collections_and_freezing_do_the_rest_first(void **state)
{
    static const enum hd_op_code codes[] = {HD_OP_FREEZE, HD_OP_UNFREEZE, HD_OP_COLLECT,
                                            HD_OP_COLLECT, HD_OP_COLLECT};
    struct hd_collector_info info;
    struct fixture f;

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct hd_op collecting;
        uint64_t kept;
        struct hd_op *op;

        fixture_up(&f);
        new_queue(&f, "queue");
        kept = dead_big(&f);
        work_soundly(&f); /* a collection that began while it was made */
        start_collect(&f, &collecting);
        op = begin(&f, codes[i]);
        op->in.collect.generation = i - 2;
        (void)hd_heap_do(f.heap, op); /* it may have to wait for that */
        assert_int_equal(op->error.status, HD_OK);
        (void)work_now_and_then_soundly(&f);
        hd_inspect_collector(f.heap, &info);
        assert_int_equal(info.frozen, i == 0);
        assert_int_equal(refcount(&f, kept), 1);
        fixture_down(&f);
    }
}

/* One that nobody waits for. */
static void collect_by_threshold(struct fixture *f)
{
    const int64_t low[] = {1, 0, 0};
    const int64_t never = 0;
    struct hd_op *op = begin(f, HD_OP_SET_THRESHOLD);

    hd_collector_set_mode(f->heap->collector, HD_COLLECTOR_CLASSIC);
    op->in.threshold.values = low;
    op->in.threshold.count = 3;
    assert_int_equal(hd_heap_do(f->heap, op), HD_DONE);
    while (!hd_heap_has_work(f->heap)) {
        op = begin(f, HD_OP_CREATE);
        op->in.create.object.kind = HD_KIND_LIST;
        assert_int_equal(hd_heap_do(f->heap, op), HD_DONE);
    }
    op = begin(f, HD_OP_SET_THRESHOLD);
    op->in.threshold.values = &never;
    op->in.threshold.count = 1;
    assert_int_equal(hd_heap_do(f->heap, op), HD_DONE);
    assert_true(hd_heap_has_work(f->heap));
}

static void a_heap_may_end_with_a_sweep_outstanding(void **state)
{
    struct fixture f;
    bool more = true;

    (void)state;
    for (uint32_t units = 1; more; units += 371) {
        uint64_t loop;
        struct hd_op ending;

        fixture_options(&f);
        f.options.slice_units = 1000000;
        fixture_open(&f);
        new_queue(&f, "queue");
        loop = new_big(&f, new_list(&f));
        (void)collect(&f);
        assert_int_equal(release(&f, loop), HD_OK);
        collect_by_threshold(&f);
        (void)hd_heap_work(f.heap, units);
        assert_sound(&f);
        hd_op_init(&ending, HD_OP_SESSION_END, f.session);
        assert_int_equal(hd_heap_do(f.heap, &ending), HD_DONE);
        hd_op_init(&ending, HD_OP_SESSION_END, f.other);
        assert_int_equal(hd_heap_do(f.heap, &ending), HD_DONE);
        more = hd_heap_has_work(f.heap);
        assert_true(more || units > 1000);
        assert_sound(&f);
        hd_heap_free(f.heap);
        assert_int_equal(f.memory.live_blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_dying_have_is_not_condemned),
        cmocka_unit_test(the_dying_are_seen_in_slices),
        cmocka_unit_test(the_dead_are_stale_at_the_commit),
        cmocka_unit_test(a_weak_reference_to_the_condemned_gives_nothing),
        cmocka_unit_test(a_condemned_weak_reference_is_not_shared),
        cmocka_unit_test(a_condemned_callback_is_not_called),
        cmocka_unit_test(big_containers_go_in_slices),
        cmocka_unit_test(a_plain_weak_reference_that_is_swept_parts),
        cmocka_unit_test(a_big_list_with_few_items_goes_whole),
        cmocka_unit_test(bodies_move_between_slices),
        cmocka_unit_test(collections_and_freezing_do_the_rest_first),
        cmocka_unit_test(a_heap_may_end_with_a_sweep_outstanding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
