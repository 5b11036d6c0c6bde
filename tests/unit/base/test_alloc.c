/* SPDX-License-Identifier: MIT */
/* test_alloc.c: the allocator's wrappers, the growing array, and the tester of all the others.
 */
#include "lib/testlib.h"

#include <string.h>

#include "base/alloc.h"
#include "lib/death.h"
#include "lib/fault_alloc.h"

static void the_c_library_serves_all_sizes(void **state)
{
    const struct hd_allocator *libc = hd_libc_allocator();

    (void)state;
    for (size_t size = 1; size < 100000; size = size * 3 + 1) {
        char *block = hd_alloc(libc, size);

        assert_non_null(block);
        assert_true((uintptr_t)block % 16 == 0);
        memset(block, 1, size);
        block = hd_resize(libc, block, size, 2 * size);
        assert_non_null(block);
        assert_int_equal(block[size - 1], 1);
        hd_free(libc, block, 2 * size);
    }
}

static void a_zeroed_block_is_zero(void **state)
{
    struct fault_alloc fault;
    char *block;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    block = hd_alloc_zeroed(&fault.iface, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(block[i], 0);
    }
    hd_free(&fault.iface, block, 100);
    fault_alloc_rearm(&fault, 0, false);
    assert_null(hd_alloc_zeroed(&fault.iface, 100));
    assert_int_equal(fault.live_bytes, 0);
}

static void resizing_nothing_allocates_and_freeing_nothing_is_nothing(void **state)
{
    struct fault_alloc fault;
    void *block;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    block = hd_resize(&fault.iface, NULL, 0, 10);
    assert_non_null(block);
    hd_free(&fault.iface, NULL, 0);
    hd_free(&fault.iface, block, 10);
    assert_int_equal(fault.live_blocks, 0);
}

static void an_array_grows_at_least_twofold_and_keeps_its_items(void **state)
{
    struct fault_alloc fault;
    uint32_t *items = NULL;
    size_t capacity = 0;
    long grown;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    for (size_t n = 0; n < 1000; n++) {
        items = hd_grow(&fault.iface, items, &capacity, n + 1, sizeof *items);
        assert_non_null(items);
        items[n] = (uint32_t)n;
    }
    grown = fault.requests;
    assert_true(grown <= 9);
    for (size_t n = 0; n < 1000; n++) {
        assert_int_equal(items[n], n);
    }
    assert_ptr_equal(hd_grow(&fault.iface, items, &capacity, capacity, sizeof *items), items);
    assert_int_equal(fault.requests, grown);
    hd_free(&fault.iface, items, capacity * sizeof *items);
    assert_int_equal(fault.live_bytes, 0);
}

static void an_array_that_cannot_grow_stays_as_it_was(void **state)
{
    struct fault_alloc fault;
    uint64_t *items;
    size_t capacity = 0;

    (void)state;
    fault_alloc_init(&fault, 1);
    items = hd_grow(&fault.iface, NULL, &capacity, 3, sizeof *items);
    assert_non_null(items);
    assert_int_equal(capacity, 4);
    items[2] = 33;
    assert_null(hd_grow(&fault.iface, items, &capacity, 5, sizeof *items));
    assert_null(hd_grow(&fault.iface, items, &capacity, SIZE_MAX / 16, sizeof *items));
    assert_int_equal(capacity, 4);
    assert_int_equal(items[2], 33);
    hd_free(&fault.iface, items, capacity * sizeof *items);
    assert_int_equal(fault.live_bytes, 0);
}

static void the_chosen_request_fails_once_or_for_ever(void **state)
{
    struct fault_alloc fault;

    (void)state;
    fault_alloc_init(&fault, 1);
    for (int round = 0; round < 2; round++) {
        void *first = hd_alloc(&fault.iface, 8);
        void *second = hd_alloc(&fault.iface, 8);
        void *third = hd_alloc(&fault.iface, 8);

        assert_non_null(first);
        assert_null(second);
        assert_true((third == NULL) == (round == 1));
        hd_free(&fault.iface, first, 8);
        hd_free(&fault.iface, third, 8);
        fault_alloc_rearm(&fault, 1, true);
    }
    assert_int_equal(fault.refused, 3);
    assert_int_equal(fault.live_blocks, 0);
}

static void free_with_another_size(void *ctx)
{
    struct fault_alloc *fault = ctx;

    hd_free(&fault->iface, hd_alloc(&fault->iface, 8), 9);
}

static void resize_from_another_size(void *ctx)
{
    struct fault_alloc *fault = ctx;

    (void)hd_resize(&fault->iface, hd_alloc(&fault->iface, 8), 7, 20);
}

static void the_tester_notices_wrong_sizes_and_leaks(void **state)
{
    struct fault_alloc fault;
    void *leak;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    assert_true(aborts(free_with_another_size, &fault));
    assert_true(aborts(resize_from_another_size, &fault));
    leak = hd_alloc(&fault.iface, 5);
    assert_int_equal(fault.live_blocks, 1);
    assert_int_equal(fault.live_bytes, 5);
    hd_free(&fault.iface, leak, 5);
    assert_int_equal(fault.live_blocks, 0);
    assert_int_equal(fault.highest_bytes, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_c_library_serves_all_sizes),
        cmocka_unit_test(a_zeroed_block_is_zero),
        cmocka_unit_test(resizing_nothing_allocates_and_freeing_nothing_is_nothing),
        cmocka_unit_test(an_array_grows_at_least_twofold_and_keeps_its_items),
        cmocka_unit_test(an_array_that_cannot_grow_stays_as_it_was),
        cmocka_unit_test(the_chosen_request_fails_once_or_for_ever),
        cmocka_unit_test(the_tester_notices_wrong_sizes_and_leaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
