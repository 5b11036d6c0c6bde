/* SPDX-License-Identifier: MIT */
#include "histogram.h"

#include <stdlib.h>

#include "lib/testlib.h"

static int make(void **state)
{
    *state = calloc(1, sizeof(struct bench_histogram));
    return *state == NULL ? -1 : 0;
}

static int drop(void **state)
{
    free(*state);
    return 0;
}

static void buckets_follow_each_other(void **state)
{
    size_t last = bench_histogram_bucket(0);

    (void)state;
    assert_int_equal(last, 0);
    for (uint64_t value = 1; value < 300000; value++) {
        size_t bucket = bench_histogram_bucket(value);

        assert_in_range(bucket, last, last + 1);
        last = bucket;
    }
    for (unsigned power = 12; power < 40; power++) {
        uint64_t edge = UINT64_C(1) << power;

        assert_int_equal(bench_histogram_bucket(edge), bench_histogram_bucket(edge - 1) + 1);
    }
    assert_int_equal(bench_histogram_bucket(BENCH_HISTOGRAM_MAX), BENCH_HISTOGRAM_BUCKETS - 1);
}

static void small_values_are_exact(void **state)
{
    struct bench_histogram *h = *state;

    for (uint64_t value = 1; value <= 1000; value++) {
        bench_histogram_add(h, value);
    }
    assert_int_equal(bench_histogram_quantile(h, 0.5), 500);
    assert_int_equal(bench_histogram_quantile(h, 0.99), 990);
    assert_int_equal(bench_histogram_quantile(h, 0.999), 999);
    assert_int_equal(bench_histogram_quantile(h, 1), 1000);
    assert_int_equal(bench_histogram_quantile(h, 0), 1);
    assert_true(bench_histogram_mean(h) == 500.5);
}

static void others_to_three_digits(void **state)
{
    struct bench_histogram *h = *state;

    for (uint64_t value = 3000; value < BENCH_HISTOGRAM_MAX; value = value * 17 / 9 + 7) {
        uint64_t told;

        bench_histogram_clear(h);
        bench_histogram_add(h, value);
        bench_histogram_add(h, value * 2);
        told = bench_histogram_quantile(h, 0.5);
        assert_in_range(told, value, value + value / 1000);
    }
}

static void the_maximum_is_exact_and_what_is_beyond_counts(void **state)
{
    struct bench_histogram *h = *state;

    bench_histogram_clear(h);
    assert_int_equal(bench_histogram_quantile(h, 0.5), 0);
    bench_histogram_add(h, 1234567);
    assert_int_equal(bench_histogram_quantile(h, 0.5), 1234567);
    bench_histogram_add(h, UINT64_MAX / 2);
    assert_int_equal(h->max, UINT64_MAX / 2);
    assert_int_equal(h->count, 2);
    assert_int_equal(bench_histogram_quantile(h, 1), BENCH_HISTOGRAM_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_follow_each_other),
        cmocka_unit_test_setup_teardown(small_values_are_exact, make, drop),
        cmocka_unit_test_setup_teardown(others_to_three_digits, make, drop),
        cmocka_unit_test_setup_teardown(the_maximum_is_exact_and_what_is_beyond_counts, make,
                                        drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
