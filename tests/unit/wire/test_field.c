/* SPDX-License-Identifier: MIT */
#include "wire/field.h"

#include "lib/testlib.h"
#include "lib/wire_bytes.h"

static void fields_come_off_the_front(void **state)
{
    struct wire_bytes bytes = {0};
    struct hd_bytes rest;
    struct hd_field field;

    (void)state;
    wire_put_number(&bytes, 1, UINT64_MAX);
    wire_put_fixed64(&bytes, 2, 7);
    wire_put_text(&bytes, 536870911, "text"); /* the highest number there is */
    rest = (struct hd_bytes){(const char *)bytes.data, bytes.size};
    assert_true(hd_field_next(&rest, &field));
    assert_int_equal(field.number, 1);
    assert_true(field.value == UINT64_MAX);
    assert_true(hd_field_next(&rest, &field));
    assert_int_equal(field.type, HD_WIRE_FIXED64);
    assert_true(hd_field_next(&rest, &field));
    assert_int_equal(field.number, 536870911);
    assert_true(hd_bytes_equal(field.bytes, hd_bytes_of("text")));
    assert_int_equal(rest.size, 0);
    wire_bytes_free(&bytes);
}

/* Those with a byte for the tag and a byte for what follows, and those that are one byte
 * longer. */
static void short_heads_are_as_good_as_long_ones(void **state)
{
    static const size_t sizes[] = {0, 1, 127, 128, 300};
    static const char run[300] = {0};

    (void)state;
    for (uint32_t number = 1; number <= 17; number += 14) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            struct wire_bytes bytes = {0};
            struct hd_bytes rest;
            struct hd_field field;

            wire_put_bytes(&bytes, number, run, sizes[i]);
            wire_put_number(&bytes, number, sizes[i]);
            wire_put_fixed64(&bytes, number, UINT64_MAX - sizes[i]);
            rest = (struct hd_bytes){(const char *)bytes.data, bytes.size};
            assert_true(hd_field_next(&rest, &field));
            assert_int_equal(field.number, number);
            assert_int_equal(field.type, HD_WIRE_BYTES);
            assert_int_equal(field.bytes.size, sizes[i]);
            assert_true(hd_field_next(&rest, &field));
            assert_int_equal(field.number, number);
            assert_int_equal(field.type, HD_WIRE_VARINT);
            assert_int_equal(field.value, sizes[i]);
            assert_true(hd_field_next(&rest, &field));
            assert_int_equal(field.number, number);
            assert_int_equal(field.type, HD_WIRE_FIXED64);
            assert_true(field.value == UINT64_MAX - sizes[i]);
            assert_int_equal(rest.size, 0);
            wire_bytes_free(&bytes);
        }
    }
}

static void what_is_no_field_is_refused(void **state)
{
    static const struct hd_bytes bad[] = {
        {"\x08", 1},                                              /* no value */
        {"\x08\x80", 2},                                          /* half a varint */
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, /* 11 bytes of varint */
        {"\x00\x01", 2},                                          /* number 0 */
        {"\x80\x80\x80\x80\x10\x01", 6},                          /* number 2^29 */
        {"\x0b\x0c", 2},                                          /* a group */
        {"\x0e\x00", 2},                                          /* wire type 6 */
        {"\x0f\x00", 2},                                          /* 7 */
        {"\x09\x01\x02\x03\x04\x05\x06\x07", 8},                  /* 7 of 8 bytes */
        {"\x0d\x01\x02\x03", 4},                                  /* 3 of 4 */
        {"\x0a\x02\x01", 3},                                      /* 1 of 2 */
        {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00", 12}, /* 2^64 - 1 bytes */
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct hd_bytes rest = bad[i];
        struct hd_field field;

        assert_false(hd_field_next(&rest, &field));
    }
}

static void varints_are_as_long_as_they_say(void **state)
{
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    uint8_t bytes[10];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_int_equal(hd_varint_put(bytes, values[i]) - bytes, hd_varint_size(values[i]));
    }
    assert_int_equal(hd_varint_size(UINT64_MAX), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_come_off_the_front),
        cmocka_unit_test(short_heads_are_as_good_as_long_ones),
        cmocka_unit_test(what_is_no_field_is_refused),
        cmocka_unit_test(varints_are_as_long_as_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
