/* SPDX-License-Identifier: MIT */
/* test_timers.c: whatever is added and removed, the first is the earliest of those there. */
#include "lib/testlib.h"

#include "base/timers.h"
#include "lib/random.h"

#define COUNT 500

static void of_none_there_is_no_first(void **state)
{
    struct hd_timers timers;
    struct hd_timer timer;

    (void)state;
    hd_timers_init(&timers);
    hd_timer_init(&timer);
    assert_null(hd_timers_first(&timers));
    assert_false(hd_timer_is_set(&timer));
    hd_timers_remove(&timers, &timer); /* is nothing */
    assert_null(hd_timers_first(&timers));
}

static void they_come_by_their_time(void **state)
{
    static const uint64_t times[] = {5, 3, UINT64_MAX, 9, 3, 0, 7};
    static const uint64_t sorted[] = {0, 3, 3, 5, 7, 9, UINT64_MAX};
    struct hd_timer all[7];
    struct hd_timers timers;

    (void)state;
    hd_timers_init(&timers);
    for (size_t i = 0; i < 7; i++) {
        hd_timer_init(&all[i]);
        hd_timers_add(&timers, &all[i], times[i]);
        assert_true(hd_timer_is_set(&all[i]));
    }
    for (size_t i = 0; i < 7; i++) {
        struct hd_timer *first = hd_timers_first(&timers);

        assert_true(first->at_ns == sorted[i]);
        hd_timers_remove(&timers, first);
        assert_false(hd_timer_is_set(first));
    }
    assert_null(hd_timers_first(&timers));
}

static uint64_t earliest(const struct hd_timer *all)
{
    uint64_t at = UINT64_MAX;

    for (size_t i = 0; i < COUNT; i++) {
        if (hd_timer_is_set(&all[i]) && all[i].at_ns < at) {
            at = all[i].at_ns;
        }
    }
    return at;
}

static void any_of_them_can_be_removed(void **state)
{
    struct hd_timer all[COUNT];
    struct hd_timers timers;
    struct random random;

    (void)state;
    random_init(&random, 7);
    hd_timers_init(&timers);
    for (size_t i = 0; i < COUNT; i++) {
        hd_timer_init(&all[i]);
    }
    for (unsigned step = 0; step < 20000; step++) {
        struct hd_timer *timer = &all[random_below(&random, COUNT)];
        bool filling = step % 4000 < 2000;

        if (!hd_timer_is_set(timer) && (filling || random_below(&random, 4) == 0)) {
            hd_timers_add(&timers, timer, random_below(&random, 1000));
        } else {
            hd_timers_remove(&timers, timer);
        }
        if (hd_timers_first(&timers) != NULL) {
            assert_true(hd_timers_first(&timers)->at_ns == earliest(all));
        } else {
            assert_true(earliest(all) == UINT64_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_none_there_is_no_first),
        cmocka_unit_test(they_come_by_their_time),
        cmocka_unit_test(any_of_them_can_be_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
