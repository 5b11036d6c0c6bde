/* SPDX-License-Identifier: MIT */
#include "framing.h"

#include <string.h>

#include "fake_peer.h"

static void a_frame_is_ready_with_its_last_byte(void **state)
{
    static const uint8_t bytes[] = {0, 0, 0, 3, 0, 0, 1, 2, 2, 0, 'a', 'b', 'c', 0};
    struct hdc_frame frame;

    (void)state;
    for (size_t size = 0; size < 13; size++) {
        assert_int_equal(hdc_frame_parse(bytes, size, &frame), HDC_FRAME_NEED_MORE);
    }
    assert_int_equal(hdc_frame_parse(bytes, 13, &frame), HDC_FRAME_READY);
    assert_int_equal(frame.size, 3);
    assert_int_equal(frame.stream, 0x102);
    assert_int_equal(frame.type, HDC_TYPE_RESPONSE);
    assert_memory_equal(frame.data, "abc", 3);
    assert_int_equal(hdc_frame_parse(bytes, 14, &frame), HDC_FRAME_READY);
    assert_int_equal(frame.size, 3);
}

static void a_frame_without_data_is_one(void **state)
{
    static const uint8_t bytes[] = {0, 0, 0, 0, 0, 0, 0, 1, 2, 0};
    struct hdc_frame frame;

    (void)state;
    assert_int_equal(hdc_frame_parse(bytes, sizeof(bytes), &frame), HDC_FRAME_READY);
    assert_int_equal(frame.size, 0);
}

static void four_mebibytes_are_the_most(void **state)
{
    uint8_t bytes[] = {0, 0x40, 0, 0, 0, 0, 0, 1, 2, 0};
    struct hdc_frame frame;

    (void)state;
    assert_int_equal(hdc_frame_parse(bytes, sizeof(bytes), &frame), HDC_FRAME_NEED_MORE);
    bytes[3] = 1;
    assert_int_equal(hdc_frame_parse(bytes, sizeof(bytes), &frame), HDC_FRAME_TOO_BIG);
    assert_int_equal(frame.size, 4194305);
    assert_int_equal(frame.stream, 1);
    assert_int_equal(hdc_frame_parse(bytes, 9, &frame), HDC_FRAME_NEED_MORE);
}

static void another_protocol_is_known_by_its_first_byte(void **state)
{
    struct hdc_frame frame;

    (void)state;
    assert_int_equal(hdc_frame_parse((const uint8_t *)"H", 1, &frame), HDC_FRAME_GARBAGE);
    assert_int_equal(hdc_frame_parse((const uint8_t *)"HTTP/1.1 400 Bad", 16, &frame),
                     HDC_FRAME_GARBAGE);
}

static void a_header_is_ten_bytes_big_endian(void **state)
{
    static const uint8_t expected[] = {0, 1, 2, 3, 0x80, 0, 0, 5, 1, 2};
    uint8_t bytes[HDC_FRAME_HEADER];

    (void)state;
    hdc_frame_header(bytes, 0x10203, 0x80000005, HDC_TYPE_REQUEST, HDC_FLAG_REMOTE_OPEN);
    assert_memory_equal(bytes, expected, sizeof(expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_ready_with_its_last_byte),
        cmocka_unit_test(a_frame_without_data_is_one),
        cmocka_unit_test(four_mebibytes_are_the_most),
        cmocka_unit_test(another_protocol_is_known_by_its_first_byte),
        cmocka_unit_test(a_header_is_ten_bytes_big_endian),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
