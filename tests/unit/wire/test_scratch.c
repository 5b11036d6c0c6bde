/* SPDX-License-Identifier: MIT */
#include "wire/scratch.h"

#include <string.h>

#include "lib/fault_alloc.h"
#include "lib/testlib.h"

static void what_is_taken_is_aligned_and_apart(void **state)
{
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    char *last = NULL;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    hd_scratch_init(&scratch, &alloc.iface);
    for (size_t size = 1; size < 5000; size += 37) {
        char *block = hd_scratch_take(&scratch, size);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        memset(block, (int)(size & 0xff), size);
        if (last != NULL) {
            assert_int_equal((unsigned char)last[0], (size - 37) & 0xff);
        }
        last = block;
    }
    hd_scratch_fini(&scratch);
    assert_int_equal(alloc.live_bytes, 0);
}

static void a_steady_state_allocates_nothing(void **state)
{
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    long before = 0;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    hd_scratch_init(&scratch, &alloc.iface);
    for (int i = 0; i < 100; i++) {
        if (i == 10) {
            before = alloc.requests;
        }
        for (int j = 0; j < 50; j++) {
            assert_non_null(hd_scratch_take(&scratch, 1000));
        }
        hd_scratch_reset(&scratch);
    }
    assert_int_equal(alloc.requests, before);
    hd_scratch_fini(&scratch);
    assert_int_equal(alloc.live_bytes, 0);
}

static void the_cap_holds(void **state)
{
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    size_t taken = 0;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    hd_scratch_init(&scratch, &alloc.iface);
    hd_scratch_set_cap(&scratch, 100000);
    assert_null(hd_scratch_take(&scratch, 100001));
    assert_true(hd_scratch_is_exhausted(&scratch));
    hd_scratch_reset(&scratch);
    while (hd_scratch_take(&scratch, 160) != NULL) {
        taken += 160;
    }
    assert_in_range(taken, 100000 - 160, 100000);
    assert_in_range(alloc.highest_bytes, 100000, 400000);
    hd_scratch_fini(&scratch);
    assert_int_equal(alloc.live_bytes, 0);
}

static void no_memory_is_told(void **state)
{
    struct fault_alloc alloc;
    struct hd_scratch scratch;

    (void)state;
    fault_alloc_init(&alloc, 0);
    hd_scratch_init(&scratch, &alloc.iface);
    assert_null(hd_scratch_take(&scratch, 1));
    assert_true(hd_scratch_is_exhausted(&scratch));
    assert_null(hd_scratch_take_array(&scratch, SIZE_MAX / 2, 3));
    assert_non_null(hd_scratch_take_array(&scratch, 0, 8));
    assert_string_equal(hd_scratch_copy_text(&scratch, "abcdef", 3), "abc");
    hd_scratch_fini(&scratch);
    assert_int_equal(alloc.live_bytes, 0);
}

static void going_back_to_a_mark_keeps_what_was_before_it(void **state)
{
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    struct hd_scratch_mark mark;
    char *before;
    size_t live;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    hd_scratch_init(&scratch, &alloc.iface);
    hd_scratch_set_cap(&scratch, 50000);
    before = hd_scratch_copy_text(&scratch, "before", 6);
    mark = hd_scratch_mark(&scratch);
    live = alloc.live_bytes;
    for (int i = 0; i < 100; i++) {
        while (hd_scratch_take(&scratch, 1000) != NULL) {
        }
        assert_true(hd_scratch_is_exhausted(&scratch));
        hd_scratch_rewind(&scratch, mark);
        assert_false(hd_scratch_is_exhausted(&scratch));
        assert_int_equal(alloc.live_bytes, live);
    }
    assert_string_equal(before, "before");
    hd_scratch_fini(&scratch);
    assert_int_equal(alloc.live_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_is_aligned_and_apart),
        cmocka_unit_test(a_steady_state_allocates_nothing),
        cmocka_unit_test(the_cap_holds),
        cmocka_unit_test(no_memory_is_told),
        cmocka_unit_test(going_back_to_a_mark_keeps_what_was_before_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
