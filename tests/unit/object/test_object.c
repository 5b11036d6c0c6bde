/* SPDX-License-Identifier: MIT */
#include "lib/object_fixture.h"
#include "lib/testlib.h"

#include <stdio.h>

static uint32_t str_of(struct object_fixture *f, const char *text, bool interned)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_str(f->objects, hd_bytes_of(text), interned, &slot, NULL),
                     HD_OK);
    return slot;
}

static uint32_t int_of(struct object_fixture *f, int64_t value)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_int(f->objects, value, &slot, NULL), HD_OK);
    return slot;
}

static void small_values_are_singletons(void **state)
{
    struct object_fixture f;
    uint32_t tuple;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    assert_int_equal(int_of(&f, 256), int_of(&f, 256));
    assert_int_equal(int_of(&f, -5), int_of(&f, -5));
    assert_int_equal(hd_object_integer(f.objects, int_of(&f, -5)), -5);
    assert_int_equal(str_of(&f, "", false), str_of(&f, "", true));
    assert_int_equal(str_of(&f, "x", false), str_of(&f, "x", false));
    assert_int_equal(str_of(&f, "\xC3\xA9", false), str_of(&f, "\xC3\xA9", false));
    assert_int_equal(hd_object_new_tuple(f.objects, NULL, 0, &tuple, NULL), HD_OK);
    assert_true(hd_slot_is_atom(tuple));
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void larger_values_are_not(void **state)
{
    struct object_fixture f;
    uint32_t a;
    uint32_t b;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    a = int_of(&f, 257);
    b = int_of(&f, 257);
    assert_int_not_equal(a, b);
    hd_object_discard(f.objects, &f.cascade, a);
    hd_object_discard(f.objects, &f.cascade, b);
    a = str_of(&f, "very good morning", false);
    b = str_of(&f, "very good morning", false);
    assert_int_not_equal(a, b);
    hd_object_discard(f.objects, &f.cascade, a);
    hd_object_discard(f.objects, &f.cascade, b);
    uint32_t units = UINT32_MAX;
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    object_fixture_fini(&f);
}

static void interned_strs_are_one_and_mortal(void **state)
{
    struct object_fixture f;
    uint32_t a;
    uint32_t plain;
    uint32_t found;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    a = str_of(&f, "spam", true);
    assert_true(hd_refs_take(f.objects, a));
    assert_int_equal(str_of(&f, "spam", true), a);
    plain = str_of(&f, "spam", false);
    assert_true(hd_refs_take(f.objects, plain));
    assert_int_equal(hd_object_intern(f.objects, plain, &found, NULL), HD_OK);
    assert_int_equal(found, a);
    object_fixture_drop(&f, a);
    assert_int_equal(hd_object_find_interned(f.objects, hd_bytes_of("spam")), 0);
    assert_int_equal(hd_object_intern(f.objects, plain, &found, NULL), HD_OK);
    assert_int_equal(found, plain); /* now it is the one */
    object_fixture_drop(&f, plain);
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void many_interned_strs_come_and_go(void **state)
{
    enum { STRS = 3000 };
    static uint32_t slots[STRS];
    struct object_fixture f;
    char text[16];

    (void)state;
    object_fixture_init(&f, 0, 10000);
    for (int i = 0; i < STRS; i++) {
        (void)snprintf(text, sizeof text, "name%d", i);
        slots[i] = str_of(&f, text, true);
        assert_true(hd_refs_take(f.objects, slots[i]));
    }
    for (int i = 0; i < STRS; i += 2) {
        object_fixture_drop(&f, slots[i]);
    }
    for (int i = 0; i < STRS; i++) {
        (void)snprintf(text, sizeof text, "name%d", i);
        assert_int_equal(hd_object_find_interned(f.objects, hd_bytes_of(text)),
                         i % 2 == 0 ? 0 : slots[i]);
    }
    for (int i = 1; i < STRS; i += 2) {
        object_fixture_drop(&f, slots[i]);
    }
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        const struct hd_object_options options = {.max_slots = 1000, .compare_work = 1000};
        struct fault_alloc fault;
        struct hd_objects *objects;

        fault_alloc_init(&fault, n);
        if (hd_objects_new(&options, hd_os_system(), &fault.iface, &fault.iface, &objects) ==
            HD_OK) {
            hd_objects_free(objects);
            assert_int_equal(fault.live_bytes, 0);
            break;
        }
        assert_int_equal(fault.live_bytes, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_are_singletons),
        cmocka_unit_test(larger_values_are_not),
        cmocka_unit_test(interned_strs_are_one_and_mortal),
        cmocka_unit_test(many_interned_strs_come_and_go),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
