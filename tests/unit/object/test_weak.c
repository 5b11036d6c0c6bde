/* SPDX-License-Identifier: MIT */
/* Weak references: shared, cleared before the slots of what dies are released. */
#include "lib/object_fixture.h"
#include "lib/testlib.h"
#include "object/weak.h"

static uint32_t make(struct object_fixture *f, enum hd_kind kind)
{
    uint32_t slot;

    assert_int_equal(kind == HD_KIND_INSTANCE
                         ? hd_object_new_instance(f->objects, hd_bytes_of("Node"), &slot, NULL)
                         : hd_object_new_table(f->objects, kind, &slot, NULL),
                     HD_OK);
    assert_true(hd_refs_take(f->objects, slot));
    return slot;
}

static uint32_t weak_of(struct object_fixture *f, uint32_t target)
{
    uint32_t slot;

    assert_int_equal(hd_weak_new(f->objects, target, &slot, NULL), HD_OK);
    assert_true(hd_refs_take(f->objects, slot));
    return slot;
}

static void check(struct object_fixture *f, uint32_t slot)
{
    assert_true(hd_object_check(f->objects, slot));
    assert_true(hd_weak_check(f->objects, slot));
}

static void it_is_shared_and_cleared(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_SET, HD_KIND_FROZENSET, HD_KIND_INSTANCE};
    struct object_fixture f;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    for (size_t i = 0; i < 3; i++) {
        uint32_t target = make(&f, kinds[i]);
        uint32_t weak;

        assert_int_equal(hd_weak_count(f.objects, target), 0);
        weak = weak_of(&f, target);
        assert_int_equal(weak_of(&f, target), weak);
        assert_int_equal(hd_weak_count(f.objects, target), 1);
        assert_int_equal(hd_weak_target(f.objects, weak), target);
        assert_true(hd_slots_is_tracked(hd_objects_slots(f.objects), weak));
        check(&f, target);
        check(&f, weak);
        object_fixture_drop(&f, target);
        assert_int_equal(hd_weak_target(f.objects, weak), 0);
        check(&f, weak);
        object_fixture_drop(&f, weak);
        object_fixture_drop(&f, weak);
        assert_int_equal(object_fixture_living(&f), 0);
    }
    object_fixture_fini(&f);
}

static void a_dead_one_is_replaced_by_a_new_one(void **state)
{
    struct object_fixture f;
    uint32_t target;
    uint64_t id;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    target = make(&f, HD_KIND_SET);
    id = hd_slots_id(hd_objects_slots(f.objects), weak_of(&f, target));
    object_fixture_drop(&f, (uint32_t)id);
    assert_int_equal(hd_weak_count(f.objects, target), 0);
    check(&f, target);
    assert_true(hd_slots_id(hd_objects_slots(f.objects), weak_of(&f, target)) != id);
    object_fixture_drop(&f, (uint32_t)id); /* the same slot, another version */
    object_fixture_drop(&f, target);
    object_fixture_fini(&f);
}

/* The word survives every change of form: growing, big, flat again, cleared. */
static void it_stays_through_all_forms_of_its_target(void **state)
{
    enum { ITEMS = 12000 };
    struct object_fixture f;
    uint32_t target;
    uint32_t weak;
    uint32_t units = UINT32_MAX;

    (void)state;
    object_fixture_init(&f, 0, ITEMS + 1000);
    target = make(&f, HD_KIND_SET);
    weak = weak_of(&f, target);
    for (int64_t i = 0; i < ITEMS; i++) {
        uint32_t item;

        assert_int_equal(hd_object_new_int(f.objects, 1000 + i, &item, NULL), HD_OK);
        assert_int_equal(hd_table_put(f.objects, &f.cascade, target, item, 0, NULL, NULL),
                         HD_OK);
        if (i < 20 || i % 1000 == 0) {
            check(&f, target);
            check(&f, weak);
        }
    }
    while (hd_table_length(f.objects, target) > 10) {
        hd_table_delete(f.objects, &f.cascade, target, hd_table_span(f.objects, target) - 1);
    }
    check(&f, target);
    assert_int_equal(hd_object_clear(f.objects, &f.cascade, target, NULL), HD_OK);
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    check(&f, target);
    assert_int_equal(hd_weak_target(f.objects, weak), target);
    object_fixture_drop(&f, target);
    assert_int_equal(hd_weak_target(f.objects, weak), 0);
    object_fixture_drop(&f, weak);
    object_fixture_fini(&f);
}

static void not_everything_can_be_referred_to(void **state)
{
    struct object_fixture f;
    struct hd_error error;
    uint32_t list;
    uint32_t slot;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    list = object_fixture_list(&f, NULL, 0);
    assert_int_equal(hd_weak_new(f.objects, list, &slot, &error), HD_INVALID_ARGUMENT);
    assert_int_equal(error.reason, HD_REASON_PY_TYPE_ERROR);
    assert_string_equal(error.text, "cannot create weak reference to 'list' object");
    object_fixture_drop(&f, list);
    object_fixture_fini(&f);
}

static bool equal(struct object_fixture *f, uint32_t left, uint32_t right)
{
    bool truth;

    assert_int_equal(hd_object_equal(f->objects, left, right, 1000000, &truth, NULL), HD_OK);
    return truth;
}

static void living_ones_are_equal_if_their_targets_are(void **state)
{
    struct object_fixture f;
    uint32_t left;
    uint32_t right;
    uint32_t a;
    uint32_t b;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    left = make(&f, HD_KIND_SET);
    right = make(&f, HD_KIND_SET);
    a = weak_of(&f, left);
    b = weak_of(&f, right);
    assert_true(equal(&f, a, b));
    assert_false(equal(&f, a, left));
    object_fixture_drop(&f, left);
    assert_false(equal(&f, a, b));
    assert_false(equal(&f, b, a));
    assert_true(equal(&f, a, a));
    object_fixture_drop(&f, right);
    assert_false(equal(&f, a, b));
    object_fixture_drop(&f, a);
    object_fixture_drop(&f, b);
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

static void each_request_may_fail(void **state)
{
    struct object_fixture f;
    uint32_t target;
    uint32_t weak;
    long at = 0;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    target = make(&f, HD_KIND_INSTANCE);
    for (;; at++) {
        enum hd_status status;

        fault_alloc_rearm(&f.alloc, at, false);
        status = hd_weak_new(f.objects, target, &weak, NULL);
        fault_alloc_rearm(&f.alloc, FAULT_NEVER, false);
        check(&f, target);
        if (status == HD_OK) {
            break;
        }
        assert_int_equal(hd_weak_count(f.objects, target), 0);
    }
    assert_int_equal(at, 1);
    hd_object_discard(f.objects, &f.cascade, weak);
    object_fixture_drop(&f, target);
    object_fixture_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_shared_and_cleared),
        cmocka_unit_test(a_dead_one_is_replaced_by_a_new_one),
        cmocka_unit_test(it_stays_through_all_forms_of_its_target),
        cmocka_unit_test(not_everything_can_be_referred_to),
        cmocka_unit_test(living_ones_are_equal_if_their_targets_are),
        cmocka_unit_test(each_request_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
