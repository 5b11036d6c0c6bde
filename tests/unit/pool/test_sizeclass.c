/* SPDX-License-Identifier: MIT */
/* test_sizeclass.c: every size has the smallest class that holds it, and every class a good
 * run. */
#include "lib/testlib.h"

#include "pool/allocator.h"
#include "pool/geometry.h"
#include "pool/sizeclass.h"

static void the_classes_are_those_documented(void **state)
{
    static const uint32_t first[] = {8,  12,  16,  20,  24,  28,  32,  40,  48,  56,  64,  80,
                                     96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288};

    (void)state;
    for (unsigned i = 0; i < sizeof first / sizeof first[0]; i++) {
        assert_int_equal(hd_sizeclass_bytes(i), first[i]);
    }
    for (unsigned i = 22; i + 8 < HD_SIZECLASS_COUNT; i += 8) {
        assert_int_equal(hd_sizeclass_bytes(i + 8), 2 * hd_sizeclass_bytes(i));
    }
    assert_int_equal(hd_sizeclass_bytes(HD_SIZECLASS_COUNT - 1), HD_POOL_BOUNDARY_MAX);
}

static void every_size_has_the_smallest_class_that_holds_it(void **state)
{
    unsigned model = 0;

    (void)state;
    for (size_t size = 1; size <= HD_POOL_BOUNDARY_MAX; size++) {
        while (hd_sizeclass_bytes(model) < size) {
            model++;
        }
        assert_true(hd_sizeclass_of(size) == model);
    }
    assert_int_equal(model, HD_SIZECLASS_COUNT - 1);
}

static void above_128_bytes_at_most_an_eighth_is_wasted(void **state)
{
    (void)state;
    for (size_t size = 129; size <= HD_POOL_BOUNDARY_MAX; size++) {
        assert_true(hd_sizeclass_bytes(hd_sizeclass_of(size)) - size <= size / 8);
    }
}

static void blocks_keep_the_alignment_that_their_size_promises(void **state)
{
    (void)state;
    for (size_t size = 1; size <= HD_POOL_BOUNDARY_MAX; size++) {
        uint32_t block = hd_sizeclass_bytes(hd_sizeclass_of(size));
        size_t promised = size % 16 == 0 ? 16 : size % 8 == 0 ? 8 : 4;

        assert_true(block % promised == 0);
    }
}

static void every_class_has_the_shortest_run_with_little_waste(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        size_t block = hd_sizeclass_bytes(i);
        unsigned units = hd_sizeclass_units(i);

        assert_in_range(units, 1, HD_POOL_UNITS_MAX);
        assert_true(units * HD_UNIT_BYTES >= block);
        assert_true(units * HD_UNIT_BYTES % block <= units * HD_UNIT_BYTES / 16);
        for (unsigned shorter = 1; shorter < units; shorter++) {
            assert_true(shorter * HD_UNIT_BYTES % block > shorter * HD_UNIT_BYTES / 16);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_classes_are_those_documented),
        cmocka_unit_test(every_size_has_the_smallest_class_that_holds_it),
        cmocka_unit_test(above_128_bytes_at_most_an_eighth_is_wasted),
        cmocka_unit_test(blocks_keep_the_alignment_that_their_size_promises),
        cmocka_unit_test(every_class_has_the_shortest_run_with_little_waste),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
