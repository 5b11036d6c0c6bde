/* SPDX-License-Identifier: MIT */
/* test_rows.c: rows beyond one block: what an operation does at most, and that order, numbers
 * and walks survive it. */
#include "lib/testlib.h"

#include <stdio.h>
#include <stdlib.h>

#include "heap/holds.h"
#include "heap/names.h"
#include "lib/fault_alloc.h"
#include "lib/random.h"

#define STRIDE sizeof(struct hd_hold)
#define MANY   UINT32_C(30000)

static const struct hd_hash_key key = {3, 4};

static void add(struct hd_holds *holds, uint32_t slot)
{
    assert_int_equal(hd_holds_reserve(holds), HD_OK);
    assert_true(hd_holds_add(holds, slot, 1));
}

static void drop(struct hd_holds *holds, uint32_t slot)
{
    hd_holds_remove(holds, hd_holds_find(holds, slot), 1);
}

static void fill(struct hd_holds *holds, struct fault_alloc *memory, uint32_t n)
{
    fault_alloc_init(memory, FAULT_NEVER);
    hd_holds_init(holds, &memory->iface);
    for (uint32_t i = 1; i <= n; i++) {
        add(holds, i);
    }
}

static void finish(struct hd_holds *holds, struct fault_alloc *memory)
{
    assert_true(hd_rows_check(&holds->rows, STRIDE));
    assert_int_equal(memory->live_bytes, hd_holds_bytes(holds));
    hd_holds_fini(holds);
    assert_int_equal(memory->live_blocks, 0);
}

/* Slots first..last, each step-th of them, and nothing else, in this order. */
static void check_order(const struct hd_holds *holds, uint32_t first, uint32_t step,
                        uint32_t last)
{
    uint32_t expected = first;

    for (uint32_t i = 0; i < holds->rows.used; i++) {
        if (hd_holds_at(holds, i)->slot != 0) {
            assert_int_equal(hd_holds_at(holds, i)->slot, expected);
            expected += step;
        }
    }
    assert_int_equal(expected, last + step);
}

/* Beyond the first block: one bucket, a chunk and the directory at most, and no row moves. */
static void one_more_row_moves_no_other(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;

    (void)state;
    fill(&holds, &memory, HD_ROWS_FLAT);
    assert_int_equal(holds.rows.remade, 11); /* 8, 16, to 8192 */
    assert_null(holds.rows.far);
    for (uint32_t i = HD_ROWS_FLAT + 1; i <= MANY; i++) {
        size_t bytes = memory.live_bytes;
        long requests = memory.requests;
        uint32_t buckets = holds.rows.far == NULL ? HD_ROWS_FLAT : holds.rows.far->buckets;

        add(&holds, i);
        assert_in_range(memory.live_bytes - bytes, 0, HD_ROWS_CHUNK * (STRIDE + 4) + 512);
        assert_in_range(memory.requests - requests, 0, 3);
        assert_in_range(holds.rows.far->buckets - buckets, 0, 1);
    }
    assert_int_equal(holds.rows.remade, 11);
    check_order(&holds, 1, 1, MANY);
    for (uint32_t i = 1; i <= MANY; i++) {
        assert_int_equal(hd_holds_find(&holds, i)->slot, i);
    }
    assert_null(hd_holds_find(&holds, MANY + 1));
    finish(&holds, &memory);
}

/* For each row that comes a few are looked at. */
static void holes_are_closed_in_steps(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    uint32_t last = MANY;
    uint32_t steps = 0;

    (void)state;
    fill(&holds, &memory, MANY);
    for (uint32_t i = 1; i <= MANY; i++) {
        if (i % 10 != 0) {
            drop(&holds, i);
        }
    }
    do {
        uint32_t from = holds.rows.far->from;

        last += 10;
        add(&holds, last);
        if (holds.rows.far->from != from && holds.rows.far->from != 0) {
            assert_in_range(holds.rows.far->from - from, 1, HD_ROWS_STEP);
            steps++;
            assert_int_equal(holds.rows.remade, 12); /* walks begin again when this begins */
        }
        if (steps % 100 == 1) {
            assert_true(hd_rows_check(&holds.rows, STRIDE));
        }
    } while (steps == 0 || holds.rows.far->from != 0);
    assert_in_range(steps, MANY / HD_ROWS_STEP, 2 * MANY / HD_ROWS_STEP);
    assert_int_equal(holds.rows.remade, 13);
    assert_int_equal(holds.rows.used, holds.rows.live);
    check_order(&holds, 10, 10, last);
    finish(&holds, &memory);
}

/* Then the buckets and chunks go back, a few at a time. */
static void memory_goes_back(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    size_t before;

    (void)state;
    fill(&holds, &memory, MANY);
    before = hd_holds_bytes(&holds);
    for (uint32_t i = 1; i <= MANY; i++) {
        if (i % 10 != 0) {
            drop(&holds, i);
        }
    }
    for (uint32_t i = 0; i < MANY; i++) {
        size_t bytes = memory.live_bytes;
        uint32_t buckets = holds.rows.far->buckets;

        add(&holds, MANY + 1);
        drop(&holds, MANY + 1);
        assert_true(holds.rows.far->buckets + HD_ROWS_STEP >= buckets);
        assert_true(memory.live_bytes + HD_ROWS_CHUNK * (STRIDE + 4) >= bytes);
    }
    check_order(&holds, 10, 10, MANY);
    assert_true(hd_holds_bytes(&holds) < before / 2);
    for (uint32_t i = 10; i <= MANY; i += 10) {
        drop(&holds, i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        add(&holds, i + 1);
        drop(&holds, i + 1);
    }
    assert_true(hd_holds_bytes(&holds) <=
                (HD_ROWS_FLAT + 2 * HD_ROWS_CHUNK) * (STRIDE + 4) + 1024);
    finish(&holds, &memory);
}

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

/* Whichever request is refused: what was there is there, and the next try succeeds. */
static void a_refusal_changes_nothing(void **state)
{
    (void)state;
    for (long fail_at = 0; fail_at < 20; fail_at++) {
        struct fault_alloc memory;
        struct hd_holds holds;
        bool refused = false;

        fault_alloc_init(&memory, fail_at);
        hd_holds_init(&holds, &memory.iface);
        for (uint32_t i = 1; i <= HD_ROWS_FLAT + 4 * HD_ROWS_CHUNK; i++) {
            if (hd_holds_reserve(&holds) != HD_OK) {
                assert_false(refused);
                refused = true;
                check_order(&holds, 1, 1, i - 1);
                assert_true(hd_rows_check(&holds.rows, STRIDE));
                assert_int_equal(memory.live_bytes, hd_holds_bytes(&holds));
            }
            add(&holds, i);
        }
        assert_int_equal(refused, fail_at < memory.requests - 1);
        finish(&holds, &memory);
    }
}

/* Comes and goes at random, through the boundary and back, beside a plain list. */
static void rows_agree_with_a_list(void **state)
{
    struct fault_alloc memory;
    struct hd_holds holds;
    struct random random;
    bool *lives = calloc(MANY * 8, sizeof *lives);
    uint32_t n = 0;

    (void)state;
    random_init(&random, 6);
    fill(&holds, &memory, 0);
    for (unsigned phase = 0; phase < 10; phase++) {
        for (uint32_t i = 0; i < MANY / 2; i++) {
            if (random_chance(&random, phase % 2 == 0 ? 80 : 15)) {
                lives[n] = true;
                add(&holds, ++n);
            } else if (n > 0) {
                uint32_t at = (uint32_t)random_below(&random, n);

                while (at < n && !lives[at]) {
                    at++;
                }
                if (at < n) {
                    lives[at] = false;
                    drop(&holds, at + 1);
                }
            }
        }
        assert_true(hd_rows_check(&holds.rows, STRIDE));
        for (uint32_t i = 0, at = 0; i < holds.rows.used; i++) {
            if (hd_holds_at(&holds, i)->slot != 0) {
                while (!lives[at]) {
                    at++;
                }
                assert_int_equal(hd_holds_at(&holds, i)->slot, ++at);
            }
        }
    }
    free(lives);
    finish(&holds, &memory);
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

static struct hd_bytes text_of(char *text, size_t room, uint32_t i)
{
    (void)snprintf(text, room, "name%u", i);
    return hd_bytes_of(text);
}

static void names_keep_texts_and_order_beyond_the_boundary(void **state)
{
    struct fault_alloc memory;
    struct hd_names names;
    struct hd_name aside;
    uint32_t number;
    uint32_t slot;
    uint32_t expected = 7;
    char text[16];

    (void)state;
    fault_alloc_init(&memory, FAULT_NEVER);
    hd_names_init(&names, &memory.iface, &key);
    for (uint32_t i = 1; i <= MANY / 2; i++) {
        struct hd_name *name = hd_names_claim(&names, text_of(text, sizeof text, i));

        assert_int_equal(hd_names_set(&names, name, i), 0);
    }
    for (uint32_t i = 1; i <= MANY / 2; i++) {
        struct hd_name *name = hd_names_find(&names, text_of(text, sizeof text, i));

        assert_int_equal(name->slot, i);
        if (i % 7 != 0) {
            (void)hd_names_unset(&names, name);
        }
    }
    for (uint32_t i = 0; i < MANY / 4; i++) {
        struct hd_name *name = hd_names_claim(&names, hd_bytes_of("passing"));

        (void)hd_names_set(&names, name, 1);
        (void)hd_names_unset(&names, name);
    }
    assert_true(hd_rows_check(&names.rows, sizeof(struct hd_name)));
    assert_int_equal(memory.live_bytes, hd_names_bytes(&names));
    names.rows.pins = 1;
    number = hd_names_number(&names, hd_names_find(&names, hd_bytes_of("name700")));
    aside = hd_names_set_aside(&names, hd_names_at(&names, number));
    assert_null(hd_names_find(&names, hd_bytes_of("name700")));
    hd_names_put_back(&names, number, &aside);
    assert_int_equal(hd_names_find(&names, hd_bytes_of("name700"))->slot, 700);
    names.rows.pins = 0;
    while (hd_names_take_first(&names, &slot)) {
        assert_true(slot == 0 || slot == expected);
        expected += slot == 0 ? 0 : 7;
    }
    assert_in_range(expected, MANY / 2 + 1, MANY / 2 + 7);
    hd_names_fini(&names);
    assert_int_equal(memory.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_more_row_moves_no_other),
        cmocka_unit_test(holes_are_closed_in_steps),
        cmocka_unit_test(memory_goes_back),
        cmocka_unit_test(pins_keep_every_number),
        cmocka_unit_test(a_walk_misses_nothing_that_stays),
        cmocka_unit_test(a_refusal_changes_nothing),
        cmocka_unit_test(rows_agree_with_a_list),
        cmocka_unit_test(the_end_takes_steps),
        cmocka_unit_test(nor_does_the_gap_hold_it_up),
        cmocka_unit_test(pins_keep_the_numbers_of_a_block_that_grows),
        cmocka_unit_test(names_keep_texts_and_order_beyond_the_boundary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
