/* SPDX-License-Identifier: MIT */
/* test_arena.c: runs of units come from the fullest arena, and go back to the system when
 * asked. */
#include "lib/testlib.h"

#include <string.h>

#include "lib/fake_os.h"
#include "lib/random.h"
#include "pool/arena.h"

struct fixture {
    struct fake_os os;
    struct hd_arenas arenas;
};

static void set_up(struct fixture *f, size_t arenas)
{
    fake_os_init(&f->os, FAKE_OS_NEVER);
    assert_int_equal(hd_arenas_init(&f->arenas, &f->os.iface, arenas * HD_ARENA_BYTES), HD_OK);
}

static void tear_down(struct fixture *f)
{
    assert_true(hd_arenas_check(&f->arenas));
    hd_arenas_fini(&f->arenas);
    assert_int_equal(f->os.live_reservations, 0);
    assert_int_equal(f->os.committed_bytes, 0);
}

/* Number of the run's first unit, counted over all arenas; -1: there is none. */
static long take(struct fixture *f, unsigned units)
{
    struct hd_pool *pool = hd_arenas_take(&f->arenas, units);

    if (pool == NULL) {
        return -1;
    }
    memset(hd_arenas_address_of(&f->arenas, pool), 'x', units * HD_UNIT_BYTES);
    return pool - f->arenas.pools;
}

static void give(struct fixture *f, long unit, unsigned units)
{
    hd_arenas_give(&f->arenas, &f->arenas.pools[unit], units);
}

static void runs_come_from_the_lowest_place_that_fits(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 2);
    assert_int_equal(take(&f, 3), 0);
    assert_int_equal(take(&f, 1), 3);
    assert_int_equal(take(&f, 16), 4);
    give(&f, 0, 3);
    assert_int_equal(take(&f, 4), 20);
    assert_int_equal(take(&f, 2), 0);
    assert_int_equal(take(&f, 1), 2);
    give(&f, 0, 2);
    give(&f, 2, 1);
    give(&f, 3, 1);
    give(&f, 4, 16);
    give(&f, 20, 4);
    tear_down(&f);
}

static void the_fullest_arena_with_room_comes_first(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 3);
    for (long i = 0; i < 12; i++) {
        assert_int_equal(take(&f, 16), 16 * i);
    }
    assert_int_equal(take(&f, 1), -1);
    give(&f, 0, 16); /* arena 0 has 48 taken, arena 1 32, arena 2 63 */
    give(&f, 64, 16);
    give(&f, 80, 16);
    give(&f, 128 + 63, 1);
    assert_int_equal(take(&f, 1), 128 + 63);
    assert_int_equal(take(&f, 2), 0);
    assert_int_equal(take(&f, 16), 64); /* arena 0 is fuller but has no such run */
    assert_int_equal(take(&f, 14), 2);
    for (long i = 0; i < 12; i++) {
        if (i != 5) {
            give(&f, 16 * i, 16);
        }
    }
    tear_down(&f);
}

static void an_unused_arena_is_taken_last(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 3);
    for (long i = 0; i < 8; i++) {
        assert_int_equal(take(&f, 16), 16 * i);
    }
    for (long i = 0; i < 4; i++) {
        give(&f, 16 * i, 16);
    }
    (void)hd_arenas_trim(&f.arenas, SIZE_MAX); /* arena 0 is out of use */
    assert_int_equal(f.arenas.now, 1);
    give(&f, 64, 16);
    assert_int_equal(take(&f, 16), 64);
    assert_int_equal(take(&f, 16), 0); /* now there is no other */
    assert_int_equal(f.arenas.ever, 3);
    give(&f, 0, 16);
    for (long i = 4; i < 8; i++) {
        give(&f, 16 * i, 16);
    }
    tear_down(&f);
}

static void a_trim_gives_back_the_highest_units_first_and_no_more_than_asked(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 2);
    for (long i = 0; i < 8; i++) {
        (void)take(&f, 16);
    }
    give(&f, 0, 16);
    give(&f, 64, 16);
    give(&f, 112, 16);
    f.os.decommits = 0;
    assert_int_equal(hd_arenas_trim(&f.arenas, HD_UNIT_BYTES - 1), 0);
    assert_int_equal(hd_arenas_trim(&f.arenas, 10 * HD_UNIT_BYTES + 5), 10 * HD_UNIT_BYTES);
    assert_int_equal(f.os.decommits, 1);
    assert_true(f.arenas.arenas[1].committed == UINT64_MAX >> 10);
    assert_int_equal(hd_arenas_trim(&f.arenas, 20 * HD_UNIT_BYTES), 20 * HD_UNIT_BYTES);
    assert_true(f.arenas.arenas[1].committed == (UINT64_MAX >> 16 & ~UINT64_C(0xFFFC)));
    assert_int_equal(f.arenas.empty_units, 18);
    assert_int_equal(f.os.decommitted_bytes, f.arenas.returned_bytes);
    assert_int_equal(take(&f, 2), 0);
    give(&f, 0, 2);
    assert_int_equal(hd_arenas_trim(&f.arenas, SIZE_MAX), 18 * HD_UNIT_BYTES);
    assert_int_equal(hd_arenas_trim(&f.arenas, SIZE_MAX), 0);
    give(&f, 16, 16);
    give(&f, 32, 16);
    give(&f, 48, 16);
    give(&f, 80, 16);
    give(&f, 96, 16);
    assert_int_equal(hd_arenas_trim(&f.arenas, SIZE_MAX), 80 * HD_UNIT_BYTES);
    assert_int_equal(f.arenas.now, 0);
    assert_int_equal(f.arenas.returned, 2);
    assert_int_equal(f.arenas.highest, 2);
    tear_down(&f);
}

static void a_refused_commit_changes_nothing(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 2);
    for (long n = 0; n < 2; n++) { /* the descriptors' and the units' */
        fake_os_rearm(&f.os, n, true);
        assert_int_equal(take(&f, 4), -1);
        assert_true(hd_arenas_check(&f.arenas));
        assert_int_equal(f.arenas.now, 0);
        assert_int_equal(f.arenas.committed_units, 0);
        fake_os_rearm(&f.os, FAKE_OS_NEVER, false);
    }
    assert_int_equal(take(&f, 4), 0);
    give(&f, 0, 4);
    tear_down(&f);
}

static void a_refused_decommit_leaves_the_units_where_they_are(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 1);
    give(&f, take(&f, 5), 5);
    fake_os_rearm(&f.os, 0, false);
    assert_int_equal(hd_arenas_trim(&f.arenas, SIZE_MAX), 0);
    assert_int_equal(f.arenas.empty_units, 5);
    assert_int_equal(hd_arenas_trim(&f.arenas, SIZE_MAX), 5 * HD_UNIT_BYTES);
    tear_down(&f);
}

static void every_call_of_the_system_may_fail_while_starting(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct fixture f;

        fake_os_init(&f.os, n);
        if (hd_arenas_init(&f.arenas, &f.os.iface, 1) == HD_OK) {
            assert_int_equal(f.arenas.count, 1); /* rounded up to a whole arena */
            tear_down(&f);
            assert_int_equal(n, 3);
            break;
        }
        assert_int_equal(f.os.live_reservations, 0);
    }
}

static void nothing_is_touched_before_it_is_needed(void **state)
{
    struct fixture f;
    size_t tables;

    (void)state;
    set_up(&f, 16384); /* 64 GiB */
    tables = f.os.committed_bytes;
    assert_true(tables < (size_t)1 << 20);
    give(&f, take(&f, 1), 1);
    assert_true(f.os.committed_bytes - tables <= HD_UNIT_BYTES + 256 * 1024);
    tear_down(&f);
}

static void the_pools_are_walked_in_order_of_address(void **state)
{
    static const unsigned units[] = {1, 16, 3, 7, 16, 16, 5, 2, 16, 1};
    struct fixture f;
    struct hd_pool *pool = NULL;
    size_t n = 0;

    (void)state;
    set_up(&f, 3);
    assert_null(hd_arenas_next_pool(&f.arenas, NULL));
    for (size_t i = 0; i < 10; i++) {
        pool = hd_arenas_take(&f.arenas, units[i]);
        pool->units = (uint8_t)units[i];
    }
    pool = NULL;
    while ((pool = hd_arenas_next_pool(&f.arenas, pool)) != NULL) {
        struct hd_pool *next = hd_arenas_next_pool(&f.arenas, pool);

        assert_true(next == NULL || next >= pool + pool->units);
        n++;
    }
    assert_int_equal(n, 10);
    while ((pool = hd_arenas_next_pool(&f.arenas, NULL)) != NULL) {
        hd_arenas_give(&f.arenas, pool, pool->units);
    }
    tear_down(&f);
}

static void any_order_of_taking_giving_and_trimming_keeps_the_books(void **state)
{
    struct {
        long unit;
        unsigned units;
    } runs[400];
    struct fixture f;
    struct random rng;
    size_t n = 0, tables;

    (void)state;
    (void)random_init(&rng, 7);
    set_up(&f, 16);
    tables = f.os.committed_bytes + 64 * 1024;
    for (int round = 0; round < 6000; round++) {
        if (n < 400 && random_chance(&rng, round % 1000 < 500 ? 70 : 30)) {
            runs[n].units = 1 + (unsigned)random_below(&rng, 16);
            runs[n].unit = take(&f, runs[n].units);
            n += runs[n].unit >= 0;
        } else if (n > 0) {
            size_t victim = random_below(&rng, n);

            give(&f, runs[victim].unit, runs[victim].units);
            runs[victim] = runs[--n];
        }
        if (random_chance(&rng, 3)) {
            (void)hd_arenas_trim(&f.arenas, random_below(&rng, 4 * HD_ARENA_BYTES));
            assert_true(hd_arenas_check(&f.arenas));
        }
        assert_true(round < 10 ||
                    f.os.committed_bytes == tables + f.arenas.committed_units * HD_UNIT_BYTES);
    }
    while (n-- > 0) {
        give(&f, runs[n].unit, runs[n].units);
    }
    (void)hd_arenas_trim(&f.arenas, SIZE_MAX);
    assert_int_equal(f.os.committed_bytes, tables);
    assert_int_equal(f.arenas.returned, f.arenas.ever);
    tear_down(&f);
}

static void the_check_notices_broken_books(void **state)
{
    struct fixture f;
    struct hd_arenas whole;

    (void)state;
    set_up(&f, 4);
    (void)take(&f, 5);
    give(&f, take(&f, 5), 5);
    whole = f.arenas;
#define ASSERT_NOTICED(change, undo)                                                           \
    do {                                                                                       \
        change;                                                                                \
        assert_false(hd_arenas_check(&f.arenas));                                              \
        undo;                                                                                  \
        f.arenas = whole;                                                                      \
        assert_true(hd_arenas_check(&f.arenas));                                               \
    } while (0)
    ASSERT_NOTICED(f.arenas.sig++, (void)0);
    ASSERT_NOTICED(f.arenas.now++, (void)0);
    ASSERT_NOTICED(f.arenas.ever++, (void)0);
    ASSERT_NOTICED(f.arenas.committed_units--, (void)0);
    ASSERT_NOTICED(f.arenas.empty_units--, (void)0);
    ASSERT_NOTICED(f.arenas.trim_from = 0, (void)0);
    ASSERT_NOTICED(f.arenas.arenas[0].taken |= 1u << 5, f.arenas.arenas[0].taken &= ~32ull);
    ASSERT_NOTICED(f.arenas.arenas[0].taken |= 1u << 20, f.arenas.arenas[0].taken &= 0xFFFFF);
    ASSERT_NOTICED(f.arenas.arenas[0].committed = 31, f.arenas.arenas[0].committed = 1023);
#undef ASSERT_NOTICED
    give(&f, 0, 5);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_come_from_the_lowest_place_that_fits),
        cmocka_unit_test(the_fullest_arena_with_room_comes_first),
        cmocka_unit_test(an_unused_arena_is_taken_last),
        cmocka_unit_test(a_trim_gives_back_the_highest_units_first_and_no_more_than_asked),
        cmocka_unit_test(a_refused_commit_changes_nothing),
        cmocka_unit_test(a_refused_decommit_leaves_the_units_where_they_are),
        cmocka_unit_test(every_call_of_the_system_may_fail_while_starting),
        cmocka_unit_test(nothing_is_touched_before_it_is_needed),
        cmocka_unit_test(the_pools_are_walked_in_order_of_address),
        cmocka_unit_test(any_order_of_taking_giving_and_trimming_keeps_the_books),
        cmocka_unit_test(the_check_notices_broken_books),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
