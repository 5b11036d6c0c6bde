/* SPDX-License-Identifier: MIT */
#include "lib/object_fixture.h"
#include "lib/testlib.h"

#define CHAIN 5000000

/* makes one more link of a chain that holds `tail`, giving the reference over */
static uint32_t link_in_list(struct object_fixture *f, uint32_t tail)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_list(f->objects, &tail, 1, &slot, NULL), HD_OK);
    return slot;
}

static uint32_t link_in_tuple(struct object_fixture *f, uint32_t tail)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_tuple(f->objects, &tail, 1, &slot, NULL), HD_OK);
    return slot;
}

static uint32_t link_in_dict_value(struct object_fixture *f, uint32_t tail)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_table(f->objects, HD_KIND_DICT, &slot, NULL), HD_OK);
    assert_int_equal(
        hd_table_put(f->objects, &f->cascade, slot, hd_object_none(), tail, NULL, NULL), HD_OK);
    return slot;
}

static uint32_t link_in_attribute(struct object_fixture *f, uint32_t tail)
{
    uint32_t slot;
    uint32_t name;

    assert_int_equal(hd_object_new_instance(f->objects, hd_bytes_of("Node"), &slot, NULL),
                     HD_OK);
    assert_int_equal(hd_object_new_str(f->objects, hd_bytes_of("next"), true, &name, NULL),
                     HD_OK);
    assert_int_equal(hd_table_put(f->objects, &f->cascade, slot, name, tail, NULL, NULL),
                     HD_OK);
    return slot;
}

static void a_long_chain_dies_in_constant_stack(uint32_t length,
                                                uint32_t (*make_link)(struct object_fixture *,
                                                                      uint32_t))
{
    struct object_fixture f;
    uint32_t units = 1000;
    uint32_t head = hd_object_none();
    size_t requests;

    object_fixture_init(&f, 0, (uint32_t)1 << 23);
    for (uint32_t i = 0; i < length; i++) {
        head = make_link(&f, head);
    }
    assert_true(hd_refs_take(f.objects, head));
    requests = (size_t)f.alloc.requests;
    hd_refs_drop(f.objects, &f.cascade, head);
    assert_false(hd_refs_work(f.objects, &f.cascade, &units)); /* a slice, and no more */
    assert_int_equal(units, 0);
    while (!hd_refs_work(f.objects, &f.cascade, &units)) {
        units = 100000;
    }
    assert_int_equal((size_t)f.alloc.requests, requests); /* death allocates nothing */
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void five_million_lists_die_in_slices(void **state)
{
    (void)state;
    a_long_chain_dies_in_constant_stack(CHAIN, link_in_list);
}

static void chains_through_every_slot_die_in_slices(void **state)
{
    (void)state;
    a_long_chain_dies_in_constant_stack(CHAIN / 10, link_in_tuple);
    a_long_chain_dies_in_constant_stack(CHAIN / 10, link_in_dict_value);
    a_long_chain_dies_in_constant_stack(CHAIN / 10, link_in_attribute);
}

static uint64_t order_of_death(struct object_fixture *f, uint32_t container,
                               const uint32_t *items, size_t count)
{
    uint64_t order = 0;
    uint32_t units;
    uint64_t ids[8];
    const struct hd_slots *slots = hd_objects_slots_const(f->objects);

    for (size_t i = 0; i < count; i++) {
        uint32_t units_none = UINT32_MAX;

        ids[i] = hd_slots_id(slots, items[i]);
        hd_refs_drop(f->objects, &f->cascade, items[i]); /* the container has its own */
        assert_true(hd_refs_work(f->objects, &f->cascade, &units_none));
    }
    hd_refs_drop(f->objects, &f->cascade, container);
    for (bool done = false; !done;) {
        units = 1;
        done = hd_refs_work(f->objects, &f->cascade, &units);
        for (size_t i = 0; i < count; i++) {
            uint32_t slot;

            if (ids[i] != 0 && hd_slots_resolve(slots, ids[i], &slot, NULL) != HD_OK) {
                order = order * 10 + i + 1;
                ids[i] = 0;
            }
        }
    }
    return order;
}

static void items_die_last_to_first_and_entries_in_order(void **state)
{
    struct object_fixture f;
    uint32_t items[4];
    uint32_t container;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    for (int i = 0; i < 4; i++) {
        items[i] = object_fixture_int(&f, 1000 + i);
    }
    container = object_fixture_list(&f, items, 4);
    assert_int_equal(order_of_death(&f, container, items, 4), 4321);

    for (int i = 0; i < 4; i++) {
        items[i] = object_fixture_int(&f, 1000 + i);
    }
    assert_int_equal(hd_object_new_tuple(f.objects, items, 4, &container, NULL), HD_OK);
    assert_true(hd_refs_take(f.objects, container));
    assert_int_equal(order_of_death(&f, container, items, 4), 4321);

    for (int i = 0; i < 4; i++) {
        items[i] = object_fixture_int(&f, 1000 + i);
    }
    assert_int_equal(hd_object_new_table(f.objects, HD_KIND_DICT, &container, NULL), HD_OK);
    assert_true(hd_refs_take(f.objects, container));
    for (int i = 0; i < 4; i += 2) {
        assert_int_equal(
            hd_table_put(f.objects, &f.cascade, container, items[i], items[i + 1], NULL, NULL),
            HD_OK);
    }
    assert_int_equal(order_of_death(&f, container, items, 4), 1234);
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void a_count_never_wraps(void **state)
{
    struct object_fixture f;
    uint32_t slot;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    slot = object_fixture_int(&f, 1000);
    assert_true(hd_refs_take_many(f.objects, slot, HD_COUNT_MAX - 1));
    assert_false(hd_refs_take(f.objects, slot));
    assert_int_equal(hd_slot_at(hd_objects_slots(f.objects), slot)->count, HD_COUNT_MAX);
    hd_refs_drop_many(f.objects, &f.cascade, slot, HD_COUNT_MAX - 1);
    object_fixture_drop(&f, slot);
    object_fixture_fini(&f);
}

static void clearing_and_slicing_release_in_order(void **state)
{
    struct object_fixture f;
    uint32_t items[5];
    uint32_t list;
    uint32_t units = UINT32_MAX;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    for (int i = 0; i < 5; i++) {
        items[i] = object_fixture_int(&f, 1000 + i);
    }
    list = object_fixture_list(&f, items, 5);
    for (int i = 0; i < 5; i++) {
        object_fixture_drop(&f, items[i]);
    }
    assert_int_equal(hd_list_delete(f.objects, &f.cascade, list, 1, 2, 2, NULL), HD_OK);
    assert_int_equal(hd_seq_length(f.objects, list), 3);
    assert_int_equal(hd_seq_item(f.objects, list, 1), items[2]);
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    assert_int_equal(hd_objects_count(f.objects, HD_KIND_INT), 3);
    assert_int_equal(hd_object_clear(f.objects, &f.cascade, list, NULL), HD_OK);
    assert_int_equal(hd_seq_length(f.objects, list), 0);
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    assert_int_equal(hd_objects_young_count(f.objects), 1); /* the shells do not count */
    object_fixture_drop(&f, list);
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_million_lists_die_in_slices),
        cmocka_unit_test(chains_through_every_slot_die_in_slices),
        cmocka_unit_test(items_die_last_to_first_and_entries_in_order),
        cmocka_unit_test(a_count_never_wraps),
        cmocka_unit_test(clearing_and_slicing_release_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
