/* SPDX-License-Identifier: MIT */
/* test_random.c: the kernel fills the whole buffer, and nothing beside it. */
#include "lib/testlib.h"

#include <string.h>

#include "base/random.h"
#include "lib/random.h"

static void the_whole_buffer_is_filled_and_no_more(void **state)
{
    static const size_t sizes[] = {0, 1, 7, 16, 256, 257, 1000, 70000};
    static unsigned char buffer[70000 + 1];

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i], changed = 0;

        memset(buffer, 0xEE, sizeof buffer);
        assert_int_equal(hd_random_fill(buffer, size), HD_OK);
        for (size_t at = 0; at < size; at++) {
            changed += buffer[at] != 0xEE;
        }
        assert_true(changed >= size / 2); /* 255 of 256 are to be expected */
        assert_int_equal(buffer[size], 0xEE);
    }
}

static void two_draws_differ(void **state)
{
    unsigned char a[16], b[16];

    (void)state;
    assert_int_equal(hd_random_fill(a, sizeof a), HD_OK);
    assert_int_equal(hd_random_fill(b, sizeof b), HD_OK);
    assert_memory_not_equal(a, b, sizeof a);
}

static void the_tests_own_generator_repeats_itself(void **state)
{
    struct random a, b;

    (void)state;
    random_init_fixed(&a, 1234567);
    random_init_fixed(&b, 1234567);
    /* the first values of the reference implementation for this seed */
    assert_true(random_next(&a) == UINT64_C(6457827717110365317));
    assert_true(random_next(&a) == UINT64_C(3203168211198807973));
    assert_true(random_next(&b) == UINT64_C(6457827717110365317));
    for (int i = 0; i < 1000; i++) {
        uint64_t value = random_between(&a, 5, 9);

        assert_true(value >= 5 && value <= 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_buffer_is_filled_and_no_more),
        cmocka_unit_test(two_draws_differ),
        cmocka_unit_test(the_tests_own_generator_repeats_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
