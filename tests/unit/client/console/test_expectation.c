/* SPDX-License-Identifier: MIT */
#include "cases.h"
#include "console/doctest.h"

struct match_case {
    const char *want;
    const char *got;
    unsigned options;
    bool matches;
};

static void check(const struct match_case *cases, size_t count,
                  bool (*matches)(const char *, const char *, unsigned))
{
    for (size_t i = 0; i < count; i++) {
        if (matches(cases[i].want, cases[i].got, cases[i].options) != cases[i].matches) {
            fail_msg("case %zu: expected %s, got %s", i, cases[i].want, cases[i].got);
        }
    }
}

static void plain_output_is_compared_byte_by_byte(void **state)
{
    static const struct match_case cases[] = {
        {"", "", 0, true},
        {"1\n", "1\n", 0, true},
        {"1\n", "2\n", 0, false},
        {"1\n", "1\n2\n", 0, false},
        {"1\n", "", 0, false},
        {"", "1\n", 0, false},
        {"a b\n", "a  b\n", 0, false},
        {"a b\n", "a  b\n", HD_DOCTEST_WHITESPACE, true},
        {"a\nb\n", "a b\n", HD_DOCTEST_WHITESPACE, true},
        {"ab\n", "a b\n", HD_DOCTEST_WHITESPACE, false},
        {"1\n", "True\n", 0, false},
    };

    (void)state;
    check(cases, sizeof(cases) / sizeof(cases[0]), hd_doctest_matches);
}

static void blank_lines(void **state)
{
    static const struct match_case cases[] = {
        {"a\n<BLANKLINE>\nb\n", "a\n\nb\n", 0, true},
        {"a\n<BLANKLINE>\nb\n", "a\n  \nb\n", 0, true},
        {"<BLANKLINE>\n", "\n", 0, true},
        {"<BLANKLINE>\n", "\n", HD_DOCTEST_NO_BLANKLINE, false},
        {"<BLANKLINE>\n", "<BLANKLINE>\n", HD_DOCTEST_NO_BLANKLINE, true},
        {"<BLANKLINE>\n", "x\n", 0, false},
    };

    (void)state;
    check(cases, sizeof(cases) / sizeof(cases[0]), hd_doctest_matches);
}

static void three_dots_stand_for_anything(void **state)
{
    static const struct match_case cases[] = {
        {"...\n", "", HD_DOCTEST_ELLIPSIS, false},
        {"...", "", HD_DOCTEST_ELLIPSIS, true},
        {"a...\n", "abc\nd\n", HD_DOCTEST_ELLIPSIS, true},
        {"...b\n", "aab\n", HD_DOCTEST_ELLIPSIS, true},
        {"a...b...c\n", "a1b2c\n", HD_DOCTEST_ELLIPSIS, true},
        {"a...b...c\n", "abc\n", HD_DOCTEST_ELLIPSIS, true},
        {"a...b...c\n", "acb\n", HD_DOCTEST_ELLIPSIS, false},
        {"aa...aa\n", "aaa\n", HD_DOCTEST_ELLIPSIS, false},
        {"aa...aa\n", "aaaa\n", HD_DOCTEST_ELLIPSIS, true},
        {"a...b...b\n", "ab\n", HD_DOCTEST_ELLIPSIS, false},
        {"[...]\n", "[1, 2]\n", 0, false},
        {"[1, ..., 9]\n", "[1, 2,\n 9]\n", HD_DOCTEST_ELLIPSIS | HD_DOCTEST_WHITESPACE, true},
    };

    (void)state;
    check(cases, sizeof(cases) / sizeof(cases[0]), hd_doctest_matches);
}

static void regular_expressions_of_whole_lines(void **state)
{
    static const struct match_case cases[] = {
        {"[0-9]+ (re)\n", "123\n", 0, true},
        {"[0-9]+ (re)\n", "12a\n", 0, false},
        {"[0-9]+ (re)\n", "a12\n", 0, false},
        {"a|b (re)\n", "b\n", 0, true},
        {"a|b (re)\n", "bc\n", 0, false},
        {"x\n.* (re)\nz\n", "x\ny\nz\n", 0, true},
        {"x\n.* (re)\nz\n", "x\ny\nw\n", 0, false},
        {".* (re)\n", "a\nb\n", 0, false},
        {".* (re)\n", "", 0, false},
        {"( (re)\n", "(\n", 0, false},
        {"a (re)\n", "a (re)\n", 0, true},
    };

    (void)state;
    check(cases, sizeof(cases) / sizeof(cases[0]), hd_doctest_matches);
}

static void exceptions_by_their_last_line(void **state)
{
    static const char *const header = "Traceback (most recent call last):\n";
    static const struct match_case cases[] = {
        {"    ...\nNameError: name 'z' is not defined\n",
         "NameError: name 'z' is not defined\n", 0, true},
        {"  File \"x\", line 1\n    z\nNameError: z\n", "NameError: z\n", 0, true},
        {"NameError: z\n", "NameError: z\n", 0, true},
        {"NameError: y\n", "NameError: z\n", 0, false},
        {"NameError: ...\n", "NameError: z\n", HD_DOCTEST_ELLIPSIS, true},
        {"NameError: y\n", "NameError: z\n", HD_DOCTEST_NO_DETAIL, true},
        {"a.b.NameError: y\n", "NameError: z\n", HD_DOCTEST_NO_DETAIL, true},
        {"TypeError: z\n", "NameError: z\n", HD_DOCTEST_NO_DETAIL, false},
        {"NameError: [a-z] (re)\n", "NameError: z\n", 0, true},
        {"    ...\n", "NameError: z\n", 0, false},
    };
    struct hd_text want;

    (void)state;
    hd_text_init(&want);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct match_case one = cases[i];

        hd_text_clear(&want);
        hd_text_printf(&want, "%s%s", header, cases[i].want);
        one.want = want.data;
        check(&one, 1, hd_doctest_matches_exception);
    }
    hd_text_fini(&want);
    assert_false(hd_doctest_matches_exception("NameError: z\n", "NameError: z\n", 0));
}

static void an_expression_that_is_none_is_told(void **state)
{
    struct hd_text out;

    (void)state;
    hd_text_init(&out);
    hd_doctest_complain("a\n[0-9]+ (re)\n", &out);
    assert_int_equal(out.size, 0);
    hd_doctest_complain("a\n( (re)\n", &out);
    assert_string_equal(hd_text_data(&out), "    no regular expression: Unmatched ( or \\(\n");
    hd_text_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_output_is_compared_byte_by_byte),
        cmocka_unit_test(blank_lines),
        cmocka_unit_test(three_dots_stand_for_anything),
        cmocka_unit_test(regular_expressions_of_whole_lines),
        cmocka_unit_test(exceptions_by_their_last_line),
        cmocka_unit_test(an_expression_that_is_none_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
