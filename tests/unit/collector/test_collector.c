/* SPDX-License-Identifier: MIT */
/* What collect() returns and leaves: scenarios 1, 2, 4 and 5 of CPython's behaviour. */
#include <stdlib.h>

#include "lib/object_fixture.h"
#include "lib/testlib.h"

#include "collector/collector.h"

struct fixture {
    struct object_fixture o;
    struct hd_collector *collector;
    struct hd_collector_host host;
};

static void count_edge(void *ctx, uint32_t slot)
{
    uint32_t *edges = ctx;

    if (!hd_slot_is_atom(slot)) {
        edges[slot]++;
    }
}

/* Who has more references than containers have is held by the test. */
static bool roots(void *ctx, hd_visit_cb visit, void *visit_ctx, uint32_t *units)
{
    const struct fixture *f = ctx;
    const struct hd_slots *slots = hd_objects_slots(f->o.objects);
    uint32_t high = slots->containers.high;
    uint32_t *edges = calloc(high, sizeof *edges);

    assert_non_null(edges);
    for (uint32_t slot = 1; slot < high; slot++) {
        if (hd_slots_is_alive(slots, slot)) {
            hd_object_visit(f->o.objects, slot, count_edge, edges);
        }
    }
    for (uint32_t slot = 1; slot < high; slot++) {
        if (hd_slots_is_alive(slots, slot) && hd_slot_at(slots, slot)->count > edges[slot]) {
            visit(visit_ctx, slot);
        }
    }
    free(edges);
    *units -= *units > 0;
    return true;
}

static void begin(void *ctx)
{
    (void)ctx;
}

static bool nobody_dies(void *ctx, struct hd_bitset *grey, uint32_t *units)
{
    (void)ctx;
    (void)grey;
    (void)units;
    return true;
}

static void commit(void *ctx)
{
    (void)ctx;
}

static uint64_t bytes(void *ctx)
{
    (void)ctx;
    return 0;
}

static bool nobody_expects(void *ctx)
{
    (void)ctx;
    return false;
}

static void setup(struct fixture *f)
{
    object_fixture_init(&f->o, 3, 100000);
    f->host = (struct hd_collector_host){.begin = begin,
                                         .dying = nobody_dies,
                                         .roots = roots,
                                         .expects = nobody_expects,
                                         .commit = commit,
                                         .bytes = bytes,
                                         .ctx = f};
    assert_int_equal(hd_collector_new(f->o.objects, &f->o.alloc.iface, &f->host, &f->collector),
                     HD_OK);
}

static void teardown(struct fixture *f)
{
    assert_true(hd_collector_check(f->collector));
    assert_int_equal(object_fixture_living(&f->o), 0);
    hd_collector_free(f->collector);
    object_fixture_fini(&f->o);
}

static uint64_t collect(struct fixture *f, unsigned generation)
{
    uint32_t units = UINT32_MAX;

    hd_collector_begin(f->collector, generation, &f->o.cascade);
    assert_true(hd_refs_work(f->o.objects, &f->o.cascade, &units));
    do {
        units = 1; /* in the smallest slices there are */
        assert_true(hd_collector_check(f->collector));
    } while (!hd_collector_work(f->collector, &units));
    assert_true(hd_collector_check(f->collector));
    return hd_collector_last(f->collector)->collected;
}

static void freeze(struct fixture *f,
                   bool (*move)(struct hd_collector *, uint32_t *, uint32_t *))
{
    uint32_t cursor = 0;
    uint32_t units = 1;

    while (!move(f->collector, &cursor, &units)) {
        units = 1;
    }
}

/* l = []; l.append(l), held once from outside */
static uint32_t self_loop(struct fixture *f)
{
    uint32_t list = object_fixture_list(&f->o, NULL, 0);

    assert_int_equal(hd_list_extend(f->o.objects, list, &list, 1, NULL), HD_OK);
    return list;
}

static void a_dropped_self_loop_is_one(void **state)
{
    struct fixture f;
    uint32_t list;

    (void)state;
    setup(&f);
    list = self_loop(&f);
    assert_int_equal(collect(&f, 2), 0);
    object_fixture_drop(&f.o, list);
    assert_int_equal(object_fixture_living(&f.o), 1);
    assert_int_equal(collect(&f, 2), 1);
    assert_int_equal(collect(&f, 2), 0);
    teardown(&f);
}

static void tails_count_and_atoms_do_not(void **state)
{
    struct fixture f;
    uint32_t loop;
    uint32_t inner[2];
    uint32_t tail;
    uint32_t number;

    (void)state;
    setup(&f);
    loop = self_loop(&f);
    inner[0] = object_fixture_list(&f.o, NULL, 0);
    inner[1] = object_fixture_list(&f.o, NULL, 0);
    tail = object_fixture_list(&f.o, inner, 2);
    number = object_fixture_int(&f.o, 123456);
    assert_int_equal(hd_list_extend(f.o.objects, loop, &tail, 1, NULL), HD_OK);
    assert_int_equal(hd_list_extend(f.o.objects, loop, &number, 1, NULL), HD_OK);
    object_fixture_drop(&f.o, inner[0]);
    object_fixture_drop(&f.o, inner[1]);
    object_fixture_drop(&f.o, tail);
    object_fixture_drop(&f.o, number);
    object_fixture_drop(&f.o, loop);
    assert_int_equal(collect(&f, 2), 4);
    teardown(&f);
}

static void an_older_cycle_waits_for_its_generation(void **state)
{
    struct fixture f;
    uint32_t list;

    (void)state;
    setup(&f);
    list = self_loop(&f);
    assert_int_equal(hd_slots_generation(hd_objects_slots(f.o.objects), list), 0);
    assert_int_equal(collect(&f, 0), 0);
    assert_int_equal(hd_slots_generation(hd_objects_slots(f.o.objects), list), 1);
    object_fixture_drop(&f.o, list);
    assert_int_equal(collect(&f, 0), 0);
    assert_int_equal(collect(&f, 1), 1);

    list = self_loop(&f);
    assert_int_equal(collect(&f, 1), 0);
    assert_int_equal(hd_slots_generation(hd_objects_slots(f.o.objects), list), 2);
    object_fixture_drop(&f.o, list);
    assert_int_equal(collect(&f, 1), 0);
    assert_int_equal(collect(&f, 2), 1);
    teardown(&f);
}

static void a_dead_old_object_keeps_young_garbage(void **state)
{
    struct fixture f;
    uint32_t old;
    uint32_t young;

    (void)state;
    setup(&f);
    old = self_loop(&f);
    assert_int_equal(collect(&f, 2), 0);
    young = self_loop(&f);
    assert_int_equal(hd_list_extend(f.o.objects, old, &young, 1, NULL), HD_OK);
    object_fixture_drop(&f.o, young);
    object_fixture_drop(&f.o, old);
    assert_int_equal(collect(&f, 0), 0); /* nepotism */
    assert_int_equal(collect(&f, 2), 2);
    teardown(&f);
}

static void tuples_and_dicts_of_atoms_are_untracked(void **state)
{
    struct fixture f;
    struct hd_slots *slots;
    uint32_t number;
    uint32_t tuple;
    uint32_t dict;

    (void)state;
    setup(&f);
    slots = hd_objects_slots(f.o.objects);
    number = object_fixture_int(&f.o, 1000);
    assert_int_equal(hd_object_new_tuple(f.o.objects, &number, 1, &tuple, NULL), HD_OK);
    assert_true(hd_refs_take(f.o.objects, tuple));
    assert_int_equal(hd_object_new_table(f.o.objects, HD_KIND_DICT, &dict, NULL), HD_OK);
    assert_true(hd_refs_take(f.o.objects, dict));
    assert_int_equal(hd_table_put(f.o.objects, &f.o.cascade, dict, number, tuple, NULL, NULL),
                     HD_OK);
    assert_true(hd_slots_is_tracked(slots, tuple));
    assert_true(hd_slots_is_tracked(slots, dict)); /* the tuple was tracked then */
    assert_int_equal(collect(&f, 0), 0);
    assert_false(hd_slots_is_tracked(slots, tuple));
    assert_true(hd_slots_is_tracked(slots, dict));
    assert_int_equal(collect(&f, 2), 0); /* dicts in full collections only */
    assert_false(hd_slots_is_tracked(slots, dict));
    object_fixture_drop(&f.o, dict);
    object_fixture_drop(&f.o, tuple);
    object_fixture_drop(&f.o, number);
    teardown(&f);
}

static void frozen_garbage_is_not_found(void **state)
{
    struct fixture f;
    uint32_t list;

    (void)state;
    setup(&f);
    list = self_loop(&f);
    freeze(&f, hd_collector_freeze);
    object_fixture_drop(&f.o, list);
    assert_int_equal(collect(&f, 2), 0);
    freeze(&f, hd_collector_unfreeze);
    assert_int_equal(collect(&f, 1), 0);
    assert_int_equal(collect(&f, 2), 1);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dropped_self_loop_is_one),
        cmocka_unit_test(tails_count_and_atoms_do_not),
        cmocka_unit_test(an_older_cycle_waits_for_its_generation),
        cmocka_unit_test(a_dead_old_object_keeps_young_garbage),
        cmocka_unit_test(tuples_and_dicts_of_atoms_are_untracked),
        cmocka_unit_test(frozen_garbage_is_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
