/* SPDX-License-Identifier: MIT */
/* test_clock.c: the real clock does not go back; the fake one goes when told. */
#include "lib/testlib.h"

#include "base/clock.h"
#include "lib/fake_clock.h"

static void the_monotonic_clock_never_goes_back(void **state)
{
    uint64_t last = hd_clock_now_ns(hd_monotonic_clock());

    (void)state;
    for (int i = 0; i < 10000; i++) {
        uint64_t now = hd_clock_now_ns(hd_monotonic_clock());

        assert_true(now >= last);
        last = now;
    }
}

static void a_fake_day_passes_at_once(void **state)
{
    struct fake_clock clock;

    (void)state;
    fake_clock_init(&clock, 5);
    assert_true(hd_clock_now_ns(&clock.iface) == 5);
    assert_true(hd_clock_now_ns(&clock.iface) == 5);
    fake_clock_advance(&clock, 86400 * SECOND);
    assert_true(hd_clock_now_ns(&clock.iface) == 86400 * SECOND + 5);
}

static void a_stepping_clock_moves_with_each_reading(void **state)
{
    struct fake_clock clock;

    (void)state;
    fake_clock_init(&clock, 0);
    clock.step_ns = MILLISECOND;
    assert_true(hd_clock_now_ns(&clock.iface) == 0);
    assert_true(hd_clock_now_ns(&clock.iface) == MILLISECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_monotonic_clock_never_goes_back),
        cmocka_unit_test(a_fake_day_passes_at_once),
        cmocka_unit_test(a_stepping_clock_moves_with_each_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
