/* SPDX-License-Identifier: MIT */
/* test_holds.c: holds and names keep their order, through holes, growth and want of memory. */
#include "lib/testlib.h"

#include <stdio.h>
#include <string.h>

#include "heap/holds.h"
#include "heap/names.h"
#include "lib/fault_alloc.h"
#include "lib/random.h"

static const struct hd_hash_key key = {3, 4};

/* The slot of the next that has one; 0: none has. */
static uint32_t taken_first(struct hd_names *names)
{
    uint32_t slot = 0;

    while (slot == 0 && hd_names_take_first(names, &slot)) {
        /* holes, or a name without a value */
    }
    return slot;
}

static void holds_come_out_oldest_first(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t slot;
    uint32_t count;

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_holds_init(&holds, &memory.iface);
    for (uint32_t i = 1; i <= 100; i++) {
        assert_int_equal(hd_holds_reserve(&holds), HD_OK);
        assert_true(hd_holds_add(&holds, i * 7, i));
    }
    for (uint32_t i = 2; i <= 100; i += 2) {
        hd_holds_remove(&holds, hd_holds_find(&holds, i * 7), i);
        assert_null(hd_holds_find(&holds, i * 7));
    }
    assert_int_equal(holds.rows.live, 50);
    assert_int_equal(memory.live_bytes, hd_holds_bytes(&holds));
    for (uint32_t i = 1; i <= 100; i += 2) {
        assert_true(hd_holds_take_first(&holds, &slot, &count));
        assert_int_equal(slot, i * 7);
        assert_int_equal(count, i);
    }
    assert_false(hd_holds_take_first(&holds, &slot, &count));
    hd_holds_fini(&holds);
    assert_int_equal(memory.live_blocks, 0);
}

static void holes_are_used_again(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_holds_init(&holds, &memory.iface);
    for (uint32_t i = 1; i < 10000; i++) {
        assert_int_equal(hd_holds_reserve(&holds), HD_OK);
        assert_true(hd_holds_add(&holds, i, 1));
        if (i > 2) {
            hd_holds_remove(&holds, hd_holds_find(&holds, i - 2), 1);
        }
    }
    assert_int_equal(holds.rows.room, 8);
    assert_int_equal(memory.requests, 1);
    hd_holds_fini(&holds);
}

/* However often they were there, chains have those that are there, and no more. */
static void holds_that_come_and_go_lengthen_no_chain(void **state)
{
    enum { SLOTS = 6 };
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t counts[SLOTS + 1] = {0};
    struct random random;

    (void)state;
    random_init(&random, 1);
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_holds_init(&holds, &memory.iface);
    assert_int_equal(hd_holds_reserve_many(&holds, 1000), HD_OK);
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t slot = (uint32_t)random_between(&random, 1, SLOTS);
        struct hd_hold *hold = hd_holds_find(&holds, slot);

        assert_int_equal(hold == NULL ? 0 : hold->count, counts[slot]);
        if (hold != NULL && random_chance(&random, 50)) {
            hd_holds_remove(&holds, hold, 1);
            counts[slot]--;
        } else {
            assert_true(hd_holds_add(&holds, slot, 1));
            counts[slot]++;
        }
        assert_true(hd_rows_check(&holds.rows, sizeof(struct hd_hold)));
    }
    assert_int_equal(holds.rows.remade, 1);
    hd_holds_fini(&holds);
}

static void nor_do_names_that_come_and_go(void **state)
{
    static const char letters[] = "abcdef";
    struct fault_alloc memory;
    struct hd_names names;
    struct random random;

    (void)state;
    random_init(&random, 1);
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_names_init(&names, &memory.iface, &key);
    names.rows.pins = 1; /* holes stay */
    for (unsigned i = 0; i < 1000; i++) {
        struct hd_bytes text = {&letters[random_below(&random, 6)], 1};
        struct hd_name *name = hd_names_find(&names, text);

        if (name != NULL) {
            assert_int_equal(name->slot, text.data[0]);
            assert_int_equal(hd_names_unset(&names, name), text.data[0]);
            assert_null(hd_names_find(&names, text));
        } else {
            name = hd_names_claim(&names, text);
            assert_non_null(name);
            assert_int_equal(hd_names_set(&names, name, (uint32_t)text.data[0]), 0);
        }
        assert_true(hd_rows_check(&names.rows, sizeof(struct hd_name)));
    }
    names.rows.pins = 0;
    hd_names_fini(&names);
    assert_int_equal(memory.live_blocks, 0);
}

static void a_hold_does_not_overflow(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_holds_init(&holds, &memory.iface);
    assert_int_equal(hd_holds_reserve(&holds), HD_OK);
    assert_true(hd_holds_add(&holds, 5, UINT32_MAX));
    assert_false(hd_holds_add(&holds, 5, 1));
    assert_int_equal(hd_holds_find(&holds, 5)->count, UINT32_MAX);
    hd_holds_fini(&holds);
}

static void without_memory_nothing_changes(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_holds_init(&holds, &memory.iface);
    for (uint32_t i = 1; i <= 8; i++) {
        assert_int_equal(hd_holds_reserve(&holds), HD_OK);
        assert_true(hd_holds_add(&holds, i, 1));
    }
    fault_alloc_rearm(&memory, 0, true);
    assert_int_equal(hd_holds_reserve(&holds), HD_RESOURCE_EXHAUSTED);
    for (uint32_t i = 1; i <= 8; i++) {
        assert_non_null(hd_holds_find(&holds, i));
    }
    hd_holds_fini(&holds);
    assert_int_equal(memory.live_blocks, 0);
}

static void names_keep_their_order(void **state)
{
    struct fault_alloc memory;
    struct hd_names names;
    char text[16];

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_names_init(&names, &memory.iface, &key);
    for (uint32_t i = 1; i <= 50; i++) {
        (void)snprintf(text, sizeof text, "n%u", i);
        assert_int_equal(hd_names_set(&names, hd_names_claim(&names, hd_bytes_of(text)), i), 0);
    }
    assert_int_equal(hd_names_unset(&names, hd_names_find(&names, hd_bytes_of("n3"))), 3);
    assert_null(hd_names_find(&names, hd_bytes_of("n3")));
    assert_int_equal(names.bound, 49);
    assert_int_equal(memory.live_bytes, hd_names_bytes(&names));
    for (uint32_t i = 1; i <= 50; i++) {
        if (i != 3) {
            assert_int_equal(taken_first(&names), i);
        }
    }
    assert_int_equal(taken_first(&names), 0);
    hd_names_fini(&names);
    assert_int_equal(memory.live_blocks, 0);
}

static void a_listed_name_keeps_its_place(void **state)
{
    struct fault_alloc memory;
    struct hd_names names;
    struct hd_name *name;

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_names_init(&names, &memory.iface, &key);
    hd_names_claim(&names, hd_bytes_of("local"))->listed = true;
    (void)hd_names_set(&names, hd_names_claim(&names, hd_bytes_of("later")), 2);
    name = hd_names_find(&names, hd_bytes_of("local"));
    (void)hd_names_set(&names, name, 9);
    assert_int_equal(hd_names_unset(&names, name), 9);
    assert_non_null(hd_names_find(&names, hd_bytes_of("local")));
    (void)hd_names_set(&names, name, 1);
    assert_int_equal(taken_first(&names), 1);
    assert_int_equal(taken_first(&names), 2);
    hd_names_fini(&names);
    assert_int_equal(memory.live_blocks, 0);
}

static void a_claim_without_memory_leaves_nothing(void **state)
{
    (void)state;
    for (long fail_at = 0; fail_at < 2; fail_at++) {
        struct fault_alloc memory;
        struct hd_names names;

        fault_alloc_init(&memory, fail_at);
        hd_names_init(&names, &memory.iface, &key);
        assert_null(hd_names_claim(&names, hd_bytes_of("x")));
        assert_int_equal(memory.live_blocks, 0);
        hd_names_unclaim(&names, hd_names_claim(&names, hd_bytes_of("x")));
        assert_null(hd_names_find(&names, hd_bytes_of("x")));
        hd_names_fini(&names);
        assert_int_equal(memory.live_blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_come_out_oldest_first),
        cmocka_unit_test(holes_are_used_again),
        cmocka_unit_test(holds_that_come_and_go_lengthen_no_chain),
        cmocka_unit_test(nor_do_names_that_come_and_go),
        cmocka_unit_test(a_hold_does_not_overflow),
        cmocka_unit_test(without_memory_nothing_changes),
        cmocka_unit_test(names_keep_their_order),
        cmocka_unit_test(a_listed_name_keeps_its_place),
        cmocka_unit_test(a_claim_without_memory_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
