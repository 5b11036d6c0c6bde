/* SPDX-License-Identifier: MIT */
/* test_buf.c: what goes in at the back comes out at the front, whatever memory does. */
#include "lib/testlib.h"

#include <string.h>

#include "base/buf.h"
#include "lib/fault_alloc.h"
#include "lib/random.h"

static void a_new_buffer_is_empty_and_has_no_memory(void **state)
{
    struct fault_alloc fault;
    struct hd_buf buf;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    hd_buf_init(&buf, &fault.iface);
    assert_int_equal(hd_buf_size(&buf), 0);
    assert_int_equal(hd_buf_append(&buf, NULL, 0), HD_OK);
    assert_int_equal(fault.requests, 0);
    hd_buf_fini(&buf);
}

static void bytes_come_out_as_they_went_in(void **state)
{
    struct fault_alloc fault;
    struct random rng;
    struct hd_buf buf;
    uint8_t written = 0, read = 0;

    (void)state;
    (void)random_init(&rng, 3);
    fault_alloc_init(&fault, FAULT_NEVER);
    hd_buf_init(&buf, &fault.iface);
    for (int round = 0; round < 20000; round++) {
        size_t size = random_below(&rng, 300);

        if (random_chance(&rng, 50)) {
            uint8_t *room = hd_buf_reserve(&buf, size + 10);

            for (size_t i = 0; i < size; i++) {
                room[i] = written++;
            }
            hd_buf_commit(&buf, size);
        } else {
            size = size < hd_buf_size(&buf) ? size : hd_buf_size(&buf);
            for (size_t i = 0; i < size; i++) {
                assert_true(hd_buf_front(&buf)[i] == read++);
            }
            hd_buf_consume(&buf, size);
        }
        assert_true((uint8_t)(written - read) == (uint8_t)hd_buf_size(&buf));
    }
    hd_buf_fini(&buf);
    assert_int_equal(fault.live_bytes, 0);
}

static void a_steady_stream_does_not_grow_the_buffer(void **state)
{
    struct fault_alloc fault;
    struct hd_buf buf;

    (void)state;
    fault_alloc_init(&fault, FAULT_NEVER);
    hd_buf_init(&buf, &fault.iface);
    assert_int_equal(hd_buf_append(&buf, "0123456789", 10), HD_OK);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(hd_buf_append(&buf, "abcdefghij", 10), HD_OK);
        hd_buf_consume(&buf, 10);
    }
    assert_int_equal(fault.requests, 1);
    assert_memory_equal(hd_buf_front(&buf), "abcdefghij", 10);
    hd_buf_fini(&buf);
    assert_int_equal(fault.live_bytes, 0);
}

static void without_memory_nothing_is_appended_and_nothing_lost(void **state)
{
    struct fault_alloc fault;
    struct hd_buf buf;
    char many[5000];

    (void)state;
    memset(many, 'm', sizeof many);
    fault_alloc_init(&fault, FAULT_NEVER);
    hd_buf_init(&buf, &fault.iface);
    assert_int_equal(hd_buf_append(&buf, "xabc", 4), HD_OK);
    hd_buf_consume(&buf, 1);
    fault_alloc_rearm(&fault, 0, true);
    assert_int_equal(hd_buf_append(&buf, many, sizeof many), HD_RESOURCE_EXHAUSTED);
    assert_null(hd_buf_reserve(&buf, SIZE_MAX));
    assert_int_equal(hd_buf_size(&buf), 3);
    assert_memory_equal(hd_buf_front(&buf), "abc", 3);
    hd_buf_fini(&buf);
    assert_int_equal(fault.live_bytes, 0);
}

static void trimming_gives_back_only_what_is_empty_and_large(void **state)
{
    struct fault_alloc fault;
    struct hd_buf buf;
    char many[5000];

    (void)state;
    memset(many, 'm', sizeof many);
    fault_alloc_init(&fault, FAULT_NEVER);
    hd_buf_init(&buf, &fault.iface);
    assert_int_equal(hd_buf_append(&buf, many, sizeof many), HD_OK);
    hd_buf_trim(&buf, 100);
    assert_int_equal(hd_buf_size(&buf), sizeof many);
    hd_buf_consume(&buf, sizeof many);
    hd_buf_trim(&buf, 1 << 20);
    assert_true(fault.live_bytes >= sizeof many);
    hd_buf_trim(&buf, 100);
    assert_int_equal(fault.live_bytes, 0);
    assert_int_equal(hd_buf_append(&buf, "again", 5), HD_OK);
    hd_buf_fini(&buf);
    assert_int_equal(fault.live_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_buffer_is_empty_and_has_no_memory),
        cmocka_unit_test(bytes_come_out_as_they_went_in),
        cmocka_unit_test(a_steady_stream_does_not_grow_the_buffer),
        cmocka_unit_test(without_memory_nothing_is_appended_and_nothing_lost),
        cmocka_unit_test(trimming_gives_back_only_what_is_empty_and_large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
