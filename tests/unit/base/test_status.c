/* SPDX-License-Identifier: MIT */
/* test_status.c: errors say what happened, in valid text, within their bounds. */
#include "lib/testlib.h"

#include <string.h>

#include "base/status.h"
#include "base/utf8.h"

static void every_status_has_the_name_of_its_grpc_code(void **state)
{
    (void)state;
    assert_string_equal(hd_status_name(HD_OK), "OK");
    assert_string_equal(hd_status_name(HD_NOT_FOUND), "NOT_FOUND");
    assert_string_equal(hd_status_name(HD_RESOURCE_EXHAUSTED), "RESOURCE_EXHAUSTED");
    assert_string_equal(hd_status_name(HD_UNAUTHENTICATED), "UNAUTHENTICATED");
    assert_string_equal(hd_status_name((enum hd_status)17), "UNKNOWN");
}

static void every_reason_has_its_own_name(void **state)
{
    (void)state;
    assert_string_equal(hd_reason_name(HD_REASON_NONE), "NONE");
    assert_string_equal(hd_reason_name(HD_REASON_STALE_ID), "STALE_ID");
    assert_string_equal(hd_reason_name(HD_REASON_BROKEN), "BROKEN");
    assert_string_equal(hd_reason_name((enum hd_reason)(HD_REASON_BROKEN + 1)), "NONE");
    for (int i = 0; i <= (int)HD_REASON_BROKEN; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(hd_reason_name((enum hd_reason)i),
                                    hd_reason_name((enum hd_reason)j));
        }
    }
}

static void failing_fills_the_error_and_returns_the_status(void **state)
{
    struct hd_error error;

    (void)state;
    assert_int_equal(hd_fail(&error, HD_NOT_FOUND, HD_REASON_STALE_ID, "id %d is stale", 7),
                     HD_NOT_FOUND);
    assert_int_equal(error.status, HD_NOT_FOUND);
    assert_int_equal(error.reason, HD_REASON_STALE_ID);
    assert_string_equal(error.text, "id 7 is stale");
}

static void failing_needs_no_error_to_fill(void **state)
{
    (void)state;
    assert_int_equal(hd_fail(NULL, HD_ABORTED, HD_REASON_NONE, "%s", "x"), HD_ABORTED);
}

static void a_long_text_is_cut_at_the_bound(void **state)
{
    struct hd_error error;
    char text[2 * HD_ERROR_TEXT_BYTES];

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    (void)hd_fail(&error, HD_INTERNAL, HD_REASON_NONE, "%s", text);
    assert_int_equal(strlen(error.text), HD_ERROR_TEXT_BYTES - 1);
    text[HD_ERROR_TEXT_BYTES - 1] = '\0';
    assert_string_equal(error.text, text);
}

static void a_cut_never_leaves_part_of_a_character(void **state)
{
    static const char *const characters[] = {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    struct hd_error error;

    (void)state;
    for (size_t c = 0; c < 3; c++) {
        size_t bytes = strlen(characters[c]);

        for (size_t lead = 0; lead < 4; lead++) {
            char text[2 * HD_ERROR_TEXT_BYTES] = "xxx";
            size_t at = lead;

            for (; at + bytes < sizeof text; at += bytes) {
                memcpy(text + at, characters[c], bytes + 1);
            }
            (void)hd_fail(&error, HD_INTERNAL, HD_REASON_NONE, "%s", text);
            assert_true(hd_utf8_is_valid(error.text, strlen(error.text)));
            assert_memory_equal(error.text, text, strlen(error.text));
            assert_true(strlen(error.text) > HD_ERROR_TEXT_BYTES - 1 - bytes);
        }
    }
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
    struct hd_error error;

    (void)state;
    (void)hd_fail(&error, HD_INTERNAL, HD_REASON_NONE, "[%s]", "a\xFF\xC0z\xED\xA0\x80");
    assert_string_equal(error.text, "[a??z???]");
}

static void clearing_leaves_nothing_behind(void **state)
{
    struct hd_error error;

    (void)state;
    (void)hd_fail(&error, HD_INTERNAL, HD_REASON_BROKEN, "x");
    hd_error_clear(&error);
    assert_int_equal(error.status, HD_OK);
    assert_int_equal(error.reason, HD_REASON_NONE);
    assert_string_equal(error.text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_the_name_of_its_grpc_code),
        cmocka_unit_test(every_reason_has_its_own_name),
        cmocka_unit_test(failing_fills_the_error_and_returns_the_status),
        cmocka_unit_test(failing_needs_no_error_to_fill),
        cmocka_unit_test(a_long_text_is_cut_at_the_bound),
        cmocka_unit_test(a_cut_never_leaves_part_of_a_character),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(clearing_leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
