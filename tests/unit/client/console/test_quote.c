/* SPDX-License-Identifier: MIT */
#include "console/quote.h"

#include <math.h>
#include <stdlib.h>

#include "cases.h"
#include "lib/random.h"

static void quoted(const char *data, size_t size, struct hd_text *out)
{
    hd_quote_str(data, size, out);
}

static void strings_as_repr_writes_them(void **state)
{
    static const struct source_case cases[] = {
        {"", "''"},
        {"it's", "\"it's\""},
        {"\"x\"", "'\"x\"'"},
        {"'\"", "'\\'\"'"},
        {"\\ \n \r \t", "'\\\\ \\n \\r \\t'"},
        {"\a\x1f\x7f", "'\\x07\\x1f\\x7f'"},
        {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
         "'caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80'"},
        {"\xC2\x80\xC2\xA0\xC2\xAD", "'\\x80\\xa0\\xad'"},
        {"\xE2\x80\xA8\xEF\xBB\xBF\xEE\x80\x80", "'\\u2028\\ufeff\\ue000'"},
        {"\xF3\xA0\x80\x81", "'\\U000e0001'"},
    };

    (void)state;
    CHECK_CASES(cases, quoted);
}

static void bytes_as_repr_writes_them(void **state)
{
    static const struct source_case cases[] = {
        {"", "b''"},
        {"it's", "b\"it's\""},
        {"'\"", "b'\\'\"'"},
        {"\\\n\r\t\x1f~\x7f", "b'\\\\\\n\\r\\t\\x1f~\\x7f'"},
        {"\xC3\xA9", "b'\\xc3\\xa9'"},
    };

    (void)state;
    CHECK_CASES(cases, hd_quote_bytes);
}

static void floats_by_shortest_round_trip(void **state)
{
    static const struct {
        double number;
        const char *expected;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {3.14, "3.14"},
        {1e15, "1000000000000000.0"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e+16"},
        {1e22, "1e+22"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {5e-324, "5e-324"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {1.5e-7, "1.5e-07"},
        {9007199254740993.0, "9007199254740992.0"},
        {5e-324 * 3, "1.5e-323"},
        {2e-44, "2e-44"},
        {0x1p-44, "5.684341886080802e-14"},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {NAN, "nan"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hd_text out;

        hd_text_init(&out);
        hd_quote_float(cases[i].number, &out);
        assert_string_equal(hd_text_data(&out), cases[i].expected);
        hd_text_fini(&out);
    }
}

static void every_float_reads_back(void **state)
{
    struct random random;

    (void)state;
    (void)random_init(&random, 1);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_next(&random);
        double number;
        double back;
        struct hd_text out;

        memcpy(&number, &bits, sizeof(number));
        hd_text_init(&out);
        hd_quote_float(number, &out);
        back = strtod(hd_text_data(&out), NULL);
        assert_true(isnan(number) ? isnan(back) : back == number);
        hd_text_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_as_repr_writes_them),
        cmocka_unit_test(bytes_as_repr_writes_them),
        cmocka_unit_test(floats_by_shortest_round_trip),
        cmocka_unit_test(every_float_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
