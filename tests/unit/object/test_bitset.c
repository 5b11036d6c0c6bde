/* SPDX-License-Identifier: MIT */
#include "lib/testlib.h"

#include <stdbool.h>
#include <stdlib.h>

#include "object/bitset.h"
#include "pool/os.h"

#define CAPACITY 70000

static void members_are_walked_in_order(void **state)
{
    struct hd_bitset set;
    bool *model = calloc(CAPACITY, sizeof *model);
    uint64_t x = 12345;

    (void)state;
    assert_non_null(model);
    assert_int_equal(hd_bitset_init(&set, hd_os_system(), CAPACITY), HD_OK);
    for (int round = 0; round < 20000; round++) {
        uint32_t n;

        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        n = (uint32_t)(x >> 33) % CAPACITY;
        if (x >> 63 != 0 || round < 100) {
            hd_bitset_add(&set, n);
            model[n] = true;
        } else {
            hd_bitset_remove(&set, n);
            model[n] = false;
        }
    }
    uint32_t at = hd_bitset_next(&set, 0);
    for (uint32_t n = 0; n < CAPACITY; n++) {
        assert_int_equal(hd_bitset_has(&set, n), model[n]);
        if (model[n]) {
            assert_int_equal(at, n);
            at = hd_bitset_next(&set, n + 1);
        }
    }
    assert_int_equal(at, HD_BITSET_END);
    hd_bitset_fini(&set);
    free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(members_are_walked_in_order)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
