/* SPDX-License-Identifier: MIT */
#include "console/constant.h"

#include "cases.h"

static void folded(const char *source, size_t size, struct hd_text *out)
{
    listing_of_tree(source, size, true, out);
}

static void arithmetic_of_constants(void **state)
{
    static const struct source_case cases[] = {
        {"x = 500 + 500", "(assign x = 1000)"},
        {"x = 7 // 2 - 7 % -3 * 2", "(assign x = 7)"},
        {"x = 1 / 4", "(assign x = 0.25)"},
        {"x = -1 / 3, 1 / -4, 0 / -5", "(assign x = (-0.3333333333333333, -0.25, -0.0))"},
        /* where a quotient of 64 bits, rounded again to 53, is one too large */
        {"x = 2922579495455054420 / 25423335688257863", "(assign x = 114.95657105314037)"},
        {"x = 3571075594846300094 / 583229", "(assign x = 6122939008256.276)"},
        {"x = 1 / 9223372036854775807", "(assign x = 1.0842021724855044e-19)"},
        {"x = 9223372036854775807 / 1", "(assign x = 9.223372036854776e+18)"},
        {"x = 2 ** 10 | 1 ^ 3 & 6 << 1 >> 1", "(assign x = 1027)"},
        {"x = -5, +True, ~0, not 0", "(assign x = (-5, 1, -1, True))"},
        {"x = 1.5 * 2, True + True", "(assign x = (3.0, 2))"},
        {"x = -9223372036854775808", "(assign x = -9223372036854775808)"},
        {"x = 1 + y + 2", "(assign x = (+ (+ 1 y) 2))"},
        {"x = y + (1 + 2)", "(assign x = (+ y 3))"},
    };

    (void)state;
    CHECK_CASES(cases, folded);
}

/* What fails when it runs is left for then. */
static void what_raises_is_not_folded(void **state)
{
    static const struct source_case cases[] = {
        {"1 / 0", "(expression (/ 1 0))"},
        {"1 << -1", "(expression (<< 1 -1))"},
        {"'a' + 1", "(expression (+ 'a' 1))"},
        {"-'a'", "(expression (- 'a'))"},
        {"(1, 2)[5]", "(expression ([] (1, 2) 5))"},
        {"9223372036854775807 + 1", "(expression (+ 9223372036854775807 1))"},
        {"x = 9223372036854775808", "(assign x = large)"},
    };

    (void)state;
    CHECK_CASES(cases, folded);
}

static void strings_and_tuples(void **state)
{
    static const struct source_case cases[] = {
        {"x = 'x' + ' y'", "(assign x = 'x y')"},
        {"x = 'ab' * 3", "(assign x = 'ababab')"},
        {"x = 3 * b'ab'", "(assign x = b'ababab')"},
        {"x = 'a' * 0, 'a' * True", "(assign x = ('', 'a'))"},
        {"x = 'a' * -1", "(assign x = (* 'a' -1))"},
        {"x = '' * -1", "(assign x = '')"},
        {"x = (1, 2) + (3,)", "(assign x = (1, 2, 3))"},
        {"x = (1, 2) * 2", "(assign x = (1, 2, 1, 2))"},
        {"x = (1, (2, 'a'), ())", "(assign x = (1, (2, 'a'), ()))"},
        {"x = (1, y)", "(assign x = (tuple 1 y))"},
        {"x = 'abc'[1], b'abc'[-1], (1, 2)[0]", "(assign x = ('b', 99, 1))"},
        {"x = 'a\xE2\x82\xAC'[1]", "(assign x = '\xE2\x82\xAC')"},
        {"x = 'abc'[0:1]", "(assign x = ([] 'abc' (slice 0 1 _)))"},
        {"x = [1, 2, 3]", "(assign x = (list 1 2 3))"},
        {"x = 'a' 'b' + b'c'", "(assign x = (+ 'ab' b'c'))"},
    };

    (void)state;
    CHECK_CASES(cases, folded);
}

static void what_is_looked_through_is_a_constant(void **state)
{
    static const struct source_case cases[] = {
        {"x in [1, 2]", "(expression (compare x in (1, 2)))"},
        {"x not in {1, 1.0, True, 2}", "(expression (compare x not in frozenset({1, 2})))"},
        {"x in [1, y]", "(expression (compare x in (tuple 1 y)))"},
        {"x in {y}", "(expression (compare x in (set y)))"},
        {"x in [1] in [2]", "(expression (compare x in (list 1) in (2,)))"},
        {"x == [1]", "(expression (compare x == (list 1)))"},
        {"for x in [1, 2]: pass", "(for x (1, 2) (pass))"},
        {"for x in {1}: pass", "(for x frozenset({1}) (pass))"},
        {"not x in y", "(expression (compare x not in y))"},
        {"not x is not y", "(expression (compare x is y))"},
        {"not x == y", "(expression (not (compare x == y)))"},
        {"not x in y in z", "(expression (not (compare x in y in z)))"},
        {"not ()", "(expression True)"},
    };

    (void)state;
    CHECK_CASES(cases, folded);
}

static void targets_are_left_alone(void **state)
{
    static const struct source_case cases[] = {
        {"x[1 + 1] = 2 + 2", "(assign ([] x 2) = 4)"},
        {"(1, 2)[0] = 3", "(assign ([] (1, 2) 0) = 3)"},
        {"del 'ab'[1 + 0]", "(del ([] 'ab' 1))"},
        {"x[0] += 1 + 1", "(+= ([] x 0) 2)"},
        {"[] = ()", "(assign (list) = ())"},
    };

    (void)state;
    CHECK_CASES(cases, folded);
}

/* The sizes beyond which CPython leaves the work to the machine. */
static void sizes_are_limited(void **state)
{
    static const char *const made[] = {
        "x = 'a' * 4096",
        "x = b'ab' * 2048",
        "x = (1,) * 256",
        "x = (1, 2) * 128",
        "x = ((1, 2, 3),) * 256",
        "x = 2 ** 62",
        "x = '\xE2\x82\xAC' * 4096",
    };
    static const char *const left[] = {
        "x = 'a' * 4097",
        "x = b'ab' * 2049",
        "x = (1,) * 257",
        "x = (1, 2) * 129",
        "x = ((1, 2, 3, 4),) * 256",
        "x = 2 ** 64",
        "x = 2 ** 1000",
        "x = 1 ** 255",
        "x = True ** 255",
    };
    struct hd_text out;

    (void)state;
    hd_text_init(&out);
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        hd_text_clear(&out);
        folded(made[i], strlen(made[i]), &out);
        assert_null(strstr(hd_text_data(&out), "(*"));
    }
    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        hd_text_clear(&out);
        folded(left[i], strlen(left[i]), &out);
        assert_non_null(strstr(hd_text_data(&out), "(*"));
    }
    hd_text_fini(&out);
}

/* Each sum is a copy: 2500 of them would be 12 GB. */
static void sums_of_sums_end_at_the_limit_of_the_statement(void **state)
{
    static const char refusal[] = "MemoryError 0:0: a statement is limited to 268435456 bytes";
    struct hd_text source;
    struct hd_text out;

    (void)state;
    hd_text_init(&source);
    hd_text_init(&out);
    hd_text_add_string(&source, "x = ''");
    for (int i = 0; i < 2500; i++) {
        hd_text_add_string(&source, " + 'a' * 4096");
    }
    listing_of_constants(source.data, source.size, &out);
    assert_string_equal(hd_text_data(&out), refusal);
    hd_text_fini(&source);
    hd_text_fini(&out);
}

static void a_constant_is_one_object_in_its_unit(void **state)
{
    static const struct source_case cases[] = {
        {"x = 1000; y = 1000", "<module>: 1000 | None\n"},
        {"x = 1; y = 1.0; z = True", "<module>: 1 | 1.0 | True | None\n"},
        {"x = 0.0; y = -0.0", "<module>: 0.0 | -0.0 | None\n"},
        {"x = 'a' + 'b'; y = 'ab'", "<module>: 'ab' | None\n"},
        {"x = [1, 2]", "<module>: 1 | 2 | None\n"},
        {"x = [1, 2, 3]", "<module>: (1, 2, 3) | None\n"},
        {"x = {1, 2, 3}", "<module>: frozenset({1, 2, 3}) | None\n"},
        {"x = (1, 2); y = (1, 2)", "<module>: (1, 2) | None\n"},
        {"x = (1,); y = (1.0,); z = (True,)", "<module>: (1,) | (1.0,) | (True,) | None\n"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_constants);
}

static void what_cpython_interns(void **state)
{
    static const char *const interned[] = {"", "a", "very_good_morning", "A1_", "0"};
    static const char *const others[] = {"very good morning", "a.b", "caf\xC3\xA9", "a-b"};
    struct hd_constant constant = {.kind = HEAPD_KIND_STR};

    (void)state;
    for (size_t i = 0; i < sizeof(interned) / sizeof(interned[0]); i++) {
        constant.data = interned[i];
        constant.size = strlen(interned[i]);
        assert_true(hd_constant_is_interned(&constant));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        constant.data = others[i];
        constant.size = strlen(others[i]);
        assert_false(hd_constant_is_interned(&constant));
    }
    constant.kind = HEAPD_KIND_BYTES;
    constant.size = 0;
    assert_false(hd_constant_is_interned(&constant));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_of_constants),
        cmocka_unit_test(what_raises_is_not_folded),
        cmocka_unit_test(strings_and_tuples),
        cmocka_unit_test(what_is_looked_through_is_a_constant),
        cmocka_unit_test(targets_are_left_alone),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(sums_of_sums_end_at_the_limit_of_the_statement),
        cmocka_unit_test(a_constant_is_one_object_in_its_unit),
        cmocka_unit_test(what_cpython_interns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
