/* SPDX-License-Identifier: MIT */
#include "wire/ttrpc.h"

#include <string.h>

#include "lib/testlib.h"

/* A request of three bytes on stream 5. */
static const char whole[] = "\x00\x00\x00\x03\x00\x00\x00\x05\x01\x02"
                            "abc";

static void a_frame_is_a_view_of_its_bytes(void **state)
{
    struct hd_bytes bytes = {whole, sizeof whole - 1};
    struct hd_ttrpc_frame frame;
    size_t wanted;

    (void)state;
    assert_int_equal(hd_ttrpc_parse(bytes, &frame, &wanted), HD_FRAME_READY);
    assert_int_equal(frame.size, 3);
    assert_int_equal(frame.stream, 5);
    assert_int_equal(frame.type, HD_TTRPC_REQUEST);
    assert_int_equal(frame.flags, 2);
    assert_ptr_equal(frame.data.data, whole + 10);
    assert_int_equal(frame.data.size, 3);
}

static void what_is_missing_is_said_at_every_byte(void **state)
{
    struct hd_ttrpc_frame frame;
    size_t wanted;

    (void)state;
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        assert_int_equal(hd_ttrpc_parse((struct hd_bytes){whole, i}, &frame, &wanted),
                         HD_FRAME_NEED_MORE);
        assert_int_equal(wanted, i < 10 ? 10 - i : 13 - i);
    }
}

static void the_largest_frame_is_4_mib(void **state)
{
    struct hd_ttrpc_frame frame;
    size_t wanted;

    (void)state;
    assert_int_equal(
        hd_ttrpc_parse((struct hd_bytes){"\x00\x40\x00\x00\x00\x00\x00\x01\x01\x00", 10},
                       &frame, &wanted),
        HD_FRAME_NEED_MORE);
    assert_int_equal(wanted, HD_TTRPC_DATA_BYTES);
    assert_int_equal(
        hd_ttrpc_parse((struct hd_bytes){"\x00\x40\x00\x01\x00\x00\x00\x07\x01\x00", 10},
                       &frame, &wanted),
        HD_FRAME_TOO_BIG);
    assert_int_equal(frame.size, HD_TTRPC_DATA_BYTES + 1);
    assert_int_equal(frame.stream, 7);
}

static void a_first_byte_that_is_not_0_is_garbage(void **state)
{
    struct hd_ttrpc_frame frame;
    size_t wanted;

    (void)state;
    assert_int_equal(hd_ttrpc_parse((struct hd_bytes){"GET / HTTP/1.1", 14}, &frame, &wanted),
                     HD_FRAME_GARBAGE);
}

static void a_header_is_read_as_it_was_written(void **state)
{
    uint8_t header[HD_TTRPC_HEADER_BYTES];
    struct hd_ttrpc_frame frame;
    size_t wanted;

    (void)state;
    hd_ttrpc_put_header(header, 0, 0x01020305, HD_TTRPC_DATA,
                        HD_TTRPC_REMOTE_CLOSED | HD_TTRPC_NO_DATA);
    assert_int_equal(
        hd_ttrpc_parse((struct hd_bytes){(const char *)header, sizeof header}, &frame, &wanted),
        HD_FRAME_READY);
    assert_int_equal(frame.stream, 0x01020305);
    assert_int_equal(frame.type, HD_TTRPC_DATA);
    assert_int_equal(frame.flags, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_view_of_its_bytes),
        cmocka_unit_test(what_is_missing_is_said_at_every_byte),
        cmocka_unit_test(the_largest_frame_is_4_mib),
        cmocka_unit_test(a_first_byte_that_is_not_0_is_garbage),
        cmocka_unit_test(a_header_is_read_as_it_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
