/* SPDX-License-Identifier: MIT */
#include "console/verdict.h"

#include <stdlib.h>

#include "cases.h"

/* A statement that printed `out`, or raised. */
static void judge(struct hd_verdict *verdict, const char *want, const char *out, size_t size,
                  const struct hd_pyerror *raised)
{
    struct hd_example example = {
        .source = (char[]){"x\n"}, .source_size = 2, .line = 7, .margin = 4};
    struct hd_statement statement;
    struct hd_text expected;

    hd_text_init(&expected);
    hd_text_add_string(&expected, want);
    example.want = expected.data != NULL ? expected.data : (char[]){""};
    example.want_size = expected.size;
    memset(&statement, 0, sizeof(statement));
    hd_text_init(&statement.out);
    hd_text_add(&statement.out, out, size);
    if (raised != NULL) {
        statement.error = *raised;
    }
    (void)hd_verdict_judge(verdict, "f.heap", &example, &statement);
    hd_text_fini(&statement.out);
    hd_text_fini(&expected);
}

static void what_agrees_is_counted(void **state)
{
    struct hd_verdict verdict;

    (void)state;
    hd_verdict_init(&verdict);
    judge(&verdict, "1\n", "1\n", 2, NULL);
    judge(&verdict, "", "", 0, NULL);
    assert_int_equal(verdict.passed, 2);
    assert_int_equal(verdict.failed, 0);
    assert_int_equal(verdict.report.size, 0);
    hd_verdict_fini(&verdict);
}

static void what_differs_stands_side_by_side(void **state)
{
    struct hd_verdict verdict;

    (void)state;
    hd_verdict_init(&verdict);
    judge(&verdict, "one\ntwo\n", "one\n2\n3\n", 8, NULL);
    assert_int_equal(verdict.failed, 1);
    assert_string_equal(hd_text_data(&verdict.report), "f.heap:7:\n"
                                                       "    >>> x\n"
                                                       "    expected   got\n"
                                                       "    one        one\n"
                                                       "    two      | 2\n"
                                                       "             | 3\n");
    hd_verdict_fini(&verdict);
}

/* The expectation would match what stands before the null byte. */
static void a_null_byte_does_not_end_the_comparison(void **state)
{
    struct hd_verdict verdict;

    (void)state;
    hd_verdict_init(&verdict);
    judge(&verdict, "a", "a\0b\n", 4, NULL);
    assert_int_equal(verdict.passed, 0);
    assert_non_null(strstr(hd_text_data(&verdict.report), "a\xE2\x90\x80"
                                                          "b"));
    hd_verdict_fini(&verdict);
}

static void a_syntax_error_has_its_place_in_the_file(void **state)
{
    struct hd_verdict verdict;
    struct hd_pyerror error;

    (void)state;
    hd_verdict_init(&verdict);
    hd_pyerror_init(&error);
    (void)hd_pyerror_syntax(&error, "SyntaxError", 2, 3, "invalid syntax");
    judge(&verdict, "", "", 0, &error);
    assert_memory_equal(hd_text_data(&verdict.report), "f.heap:8:7:\n", 12);
    hd_pyerror_fini(&error);
    hd_verdict_fini(&verdict);
}

/* What the tally writes of one passed and one failed file. */
static char *tell(bool tap)
{
    struct hd_verdict good;
    struct hd_verdict bad;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct hd_tally tally = {.tap = tap ? file : stderr, .junit = tap ? NULL : file};

    assert_non_null(file);
    hd_verdict_init(&good);
    hd_verdict_init(&bad);
    good.passed = 2;
    hd_verdict_fail(&bad, "b.heap:1", "<\x01\xFF & \"\n");
    hd_tally_begin(&tally, 2);
    hd_tally_add(&tally, "a #skip.heap", &good);
    hd_tally_add(&tally, "b.heap", &bad);
    hd_tally_end(&tally);
    assert_int_equal(tally.passed, 2);
    assert_int_equal(tally.failed, 1);
    (void)fclose(file);
    hd_verdict_fini(&good);
    hd_verdict_fini(&bad);
    return text;
}

static void tap_has_no_directive_by_accident(void **state)
{
    char *text = tell(true);

    (void)state;
    assert_string_equal(text, "TAP version 13\n1..2\n"
                              "ok 1 - a \\#skip.heap\n# 2 passed, 0 failed\n"
                              "not ok 2 - b.heap\n# 0 passed, 1 failed\n"
                              "# b.heap:1: <\x01\xFF & \"\n# \n");
    free(text);
}

static void junit_holds_only_what_xml_can(void **state)
{
    char *text = tell(false);

    (void)state;
    assert_non_null(strstr(text, "<testsuite name=\"b.heap\" tests=\"1\" failures=\"1\""));
    assert_non_null(strstr(text, "b.heap:1: &lt;\xEF\xBF\xBD\xEF\xBF\xBD &amp; &quot;\n"));
    assert_non_null(strstr(text, "</testsuites>"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_agrees_is_counted),
        cmocka_unit_test(what_differs_stands_side_by_side),
        cmocka_unit_test(a_null_byte_does_not_end_the_comparison),
        cmocka_unit_test(a_syntax_error_has_its_place_in_the_file),
        cmocka_unit_test(tap_has_no_directive_by_accident),
        cmocka_unit_test(junit_holds_only_what_xml_can),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
