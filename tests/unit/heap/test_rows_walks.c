/* SPDX-License-Identifier: MIT */
/* test_rows_walks.c: rows beyond one block: numbers that are pinned stay, walks miss nothing,
 * and the end takes steps. */
#include "unit/heap/rows_fixture.h"

/* Numbers stay while there are pins, also in the middle of closing; what went comes back. */
static void pins_keep_every_number(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t *numbers = calloc(MANY + 1, sizeof *numbers);
    uint32_t last = MANY;

    (void)state;
    fill(&holds, &memory, MANY);
    for (uint32_t i = 1; i <= MANY; i++) {
        if (i % 3 != 0) {
            drop(&holds, i);
        }
    }
    while (holds.rows.far->from < MANY / 2) {
        add(&holds, ++last);
        assert_true(last < 2 * MANY);
    }
    holds.rows.pins = 1;
    for (uint32_t i = 3; i <= MANY; i += 3) {
        numbers[i] = hd_holds_number(&holds, hd_holds_find(&holds, i));
    }
    for (uint32_t i = 3; i <= MANY; i += 6) {
        drop(&holds, i);
    }
    for (uint32_t i = 0; i < 10000; i++) {
        add(&holds, ++last);
        drop(&holds, last);
    }
    for (uint32_t i = 3; i <= MANY; i += 6) {
        assert_null(hd_holds_find(&holds, i));
        hd_holds_put_back(&holds, numbers[i], i, 1);
    }
    for (uint32_t i = 3; i <= MANY; i += 3) {
        assert_ptr_equal(hd_holds_find(&holds, i), hd_holds_at(&holds, numbers[i]));
    }
    assert_true(hd_rows_check(&holds.rows, STRIDE));
    holds.rows.pins = 0;
    for (uint32_t i = 0; holds.rows.far->from != 0; i++) {
        add(&holds, ++last);
        drop(&holds, last);
        assert_true(i < MANY);
    }
    assert_int_equal(hd_holds_find(&holds, MANY)->slot, MANY);
    free(numbers);
    finish(&holds, &memory);
}

/* In the first block as well. */
static void pins_keep_the_numbers_of_a_block_that_grows(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t number;

    (void)state;
    fill(&holds, &memory, 8);
    number = hd_holds_number(&holds, hd_holds_find(&holds, 6));
    holds.rows.pins = 1;
    for (uint32_t i = 1; i <= 6; i++) {
        drop(&holds, i);
    }
    for (uint32_t i = 9; i <= 40; i++) {
        add(&holds, i);
    }
    hd_holds_put_back(&holds, number, 6, 1);
    check_order(&holds, 6, 1, 40);
    finish(&holds, &memory);
}

/* Walks in slices, as roots.c has them, while holes are closed: slower than these, and faster.
 */
static void a_walk_misses_nothing_that_stays(void **state)
{
    bool *seen = calloc(MANY + 1, sizeof *seen);
    struct random random;

    (void)state;
    random_init(&random, 5);
    for (unsigned round = 0; round < 12; round++) {
        struct fault_alloc memory;
        struct hd_holds holds;
        uint32_t last = MANY;
        uint32_t index = 0;

        fill(&holds, &memory, MANY);
        for (uint32_t i = 1; i <= MANY; i++) {
            seen[i] = i % 3 != 0;
            if (seen[i]) {
                drop(&holds, i);
            }
        }
        for (unsigned slices = 0;; slices++) {
            uint32_t slice = (uint32_t)random_between(&random, 1, round % 2 == 0 ? 1000 : 9000);
            uint32_t adds = (uint32_t)random_between(&random, 0, round % 2 == 0 ? 300 : 1000);
            uint32_t remade = holds.rows.remade;
            uint32_t floor;

            assert_true(slices < 1000);
            for (; slice > 0 && index < holds.rows.used; slice--, index++) {
                uint32_t slot = hd_holds_at(&holds, index)->slot;

                seen[slot <= MANY ? slot : 0] = true;
            }
            if (index == holds.rows.used) {
                break;
            }
            floor = hd_rows_floor(&holds.rows, index);
            for (; adds > 0; adds--) {
                add(&holds, ++last);
                drop(&holds, last);
            }
            index = remade != holds.rows.remade ? 0 : hd_rows_resume(&holds.rows, index, floor);
        }
        for (uint32_t i = 1; i <= MANY; i++) {
            assert_true(seen[i]);
        }
        finish(&holds, &memory);
    }
    free(seen);
}

/* Each look at holes, and each chunk that goes back, is a step. */
static void the_end_takes_steps(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t slot;
    uint32_t count;
    uint32_t empty = 0;
    uint32_t chunks = 0;

    (void)state;
    fill(&holds, &memory, MANY);
    for (uint32_t i = 1; i < MANY; i++) {
        drop(&holds, i);
    }
    while (hd_holds_take_first(&holds, &slot, &count)) {
        assert_true(slot == MANY ? count == 1 : slot == 0 && count == 0);
        empty += slot == 0;
    }
    assert_int_equal(empty, (MANY - 1) / HD_ROWS_STEP);
    while (hd_holds_shed(&holds)) {
        chunks++;
        assert_int_equal(memory.live_bytes, hd_holds_bytes(&holds));
    }
    assert_int_equal(chunks, (MANY - HD_ROWS_FLAT + HD_ROWS_CHUNK - 1) / HD_ROWS_CHUNK);
    finish(&holds, &memory);
}

/* A gap is passed over at once. */
static void nor_does_the_gap_hold_it_up(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t last = MANY;
    uint32_t slot;
    uint32_t count;
    uint32_t taken = 0;

    (void)state;
    fill(&holds, &memory, MANY);
    for (uint32_t i = 1; i <= MANY - 10; i++) {
        drop(&holds, i);
    }
    while (holds.rows.far->from < MANY - 2 * HD_ROWS_STEP) {
        add(&holds, ++last);
    }
    for (; hd_holds_take_first(&holds, &slot, &count); taken++) {
        assert_true(slot > MANY - 10 || slot == 0);
    }
    assert_in_range(taken, last - MANY + 10, last - MANY + 13);
    finish(&holds, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pins_keep_every_number),
        cmocka_unit_test(pins_keep_the_numbers_of_a_block_that_grows),
        cmocka_unit_test(a_walk_misses_nothing_that_stays),
        cmocka_unit_test(the_end_takes_steps),
        cmocka_unit_test(nor_does_the_gap_hold_it_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
