/* SPDX-License-Identifier: MIT */
#include "lib/testlib.h"

#include "object/slot.h"

static void an_id_never_names_a_second_object(void **state)
{
    struct hd_slots slots;
    struct hd_error error;
    uint32_t slot;
    uint32_t again;
    uint64_t id;

    (void)state;
    assert_int_equal(hd_slots_init(&slots, hd_os_system(), 7, 1000), HD_OK);
    assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &slot, NULL), HD_OK);
    id = hd_slots_id(&slots, slot);
    assert_int_equal(id >> 32, 7);
    assert_int_equal(hd_slots_resolve(&slots, id, &again, NULL), HD_OK);
    assert_int_equal(again, slot);
    hd_slots_kill(&slots, slot);
    assert_int_equal(hd_slots_resolve(&slots, id, &again, &error), HD_NOT_FOUND);
    assert_int_equal(error.reason, HD_REASON_STALE_ID);
    assert_int_equal(hd_slots_resolve(&slots, hd_slots_id(&slots, slot), &again, NULL),
                     HD_NOT_FOUND); /* the next version is not out yet */
    hd_slots_give(&slots, slot);
    assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &again, NULL), HD_OK);
    assert_int_equal(again, slot);
    assert_int_not_equal(hd_slots_id(&slots, again), id);
    assert_int_equal(hd_slots_resolve(&slots, id, &again, NULL), HD_NOT_FOUND);
    hd_slots_fini(&slots);
}

static void a_slot_retires_when_its_version_comes_back(void **state)
{
    struct hd_slots slots;
    uint32_t slot;
    uint32_t other;

    (void)state;
    assert_int_equal(hd_slots_init(&slots, hd_os_system(), 7, 1000), HD_OK);
    assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &slot, NULL), HD_OK);
    hd_slot_at(&slots, slot)->version = 6; /* 2^32 - 1 deaths later */
    hd_slots_kill(&slots, slot);
    hd_slots_give(&slots, slot);
    assert_int_equal(slots.containers.retired, 1);
    assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &other, NULL), HD_OK);
    assert_int_not_equal(other, slot);
    hd_slots_fini(&slots);
}

static void invented_ids_name_nothing(void **state)
{
    static const uint64_t ids[] = {
        0,
        1,
        UINT64_C(7) << 32,
        UINT64_C(7) << 32 | 1,
        UINT64_MAX,
        UINT64_C(7) << 32 | HD_ATOM_BASE,
    };
    struct hd_slots slots;
    uint32_t slot;

    (void)state;
    assert_int_equal(hd_slots_init(&slots, hd_os_system(), 7, 1000), HD_OK);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(hd_slots_resolve(&slots, ids[i], &slot, NULL), HD_NOT_FOUND);
    }
    hd_slots_fini(&slots);
}

static void the_last_slot_number_is_the_end(void **state)
{
    struct hd_slots slots;
    struct hd_error error;
    uint32_t slot;

    (void)state;
    assert_int_equal(hd_slots_init(&slots, hd_os_system(), 0, 10), HD_OK);
    for (uint32_t i = 1; i < slots.containers.max; i++) {
        assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &slot, NULL), HD_OK);
    }
    assert_int_equal(hd_slots_take(&slots, HD_KIND_LIST, false, &slot, &error),
                     HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_SLOTS);
    hd_slots_fini(&slots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_never_names_a_second_object),
        cmocka_unit_test(a_slot_retires_when_its_version_comes_back),
        cmocka_unit_test(invented_ids_name_nothing),
        cmocka_unit_test(the_last_slot_number_is_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
