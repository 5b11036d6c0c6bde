/* SPDX-License-Identifier: MIT */
/* test_rows.c: rows beyond one block: what an operation does at most, and that order and texts
 * survive it. */
#include "unit/heap/rows_fixture.h"

#include <stdio.h>

#include "heap/names.h"

static const struct hd_hash_key key = {3, 4};

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
        cmocka_unit_test(a_refusal_changes_nothing),
        cmocka_unit_test(rows_agree_with_a_list),
        cmocka_unit_test(names_keep_texts_and_order_beyond_the_boundary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
