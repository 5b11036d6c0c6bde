/* SPDX-License-Identifier: MIT */
#include "console/lexer.h"

#include "cases.h"

static void words_and_signs_are_told_apart(void **state)
{
    static const struct source_case cases[] = {
        {"", "END"},
        {"x", "x NEWLINE END"},
        {"x=y\n", "x = y NEWLINE END"},
        {"a**=b//=c>>d<<e", "a **= b //= c >> d << e NEWLINE END"},
        {"a<=b>=c==d!=e->f:=g", "a <= b >= c == d != e -> f := g NEWLINE END"},
        {"a@b%c^d|e&f~g", "a @ b % c ^ d | e & f ~ g NEWLINE END"},
        {"a...b", "a ... b NEWLINE END"},
        {"a.b", "a . b NEWLINE END"},
        {"is_not isnot is not", "is_not isnot is not NEWLINE END"},
        {"x # comment\n# another\n", "x NEWLINE END"},
        {"\n\n  \n", "END"},
        {"rb ub r b", "rb ub r b NEWLINE END"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void indentation_becomes_tokens(void **state)
{
    static const struct source_case cases[] = {
        {"if x:\n  y\n", "if x : NEWLINE INDENT y NEWLINE DEDENT END"},
        {"if x:\n  y\n\n  z\n", "if x : NEWLINE INDENT y NEWLINE z NEWLINE DEDENT END"},
        {"if x:\n  y\n# c\n  z", "if x : NEWLINE INDENT y NEWLINE z NEWLINE DEDENT END"},
        {"if x:\n\ty\n        z\n", "if x : NEWLINE INDENT y NEWLINE z NEWLINE DEDENT END"},
        {"a:\n b:\n  c\nd\n",
         "a : NEWLINE INDENT b : NEWLINE INDENT c NEWLINE DEDENT DEDENT d NEWLINE END"},
        {"a:\n b:\n  c\n d\n",
         "a : NEWLINE INDENT b : NEWLINE INDENT c NEWLINE DEDENT d NEWLINE DEDENT END"},
        {"a:\n    b\n  c\n",
         "IndentationError 3:3: unindent does not match any outer indentation level"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void lines_are_joined(void **state)
{
    static const struct source_case cases[] = {
        {"(a,\nb)\n", "( a , b ) NEWLINE END"},
        {"[a,\n\n    b]\n", "[ a , b ] NEWLINE END"},
        {"{a, # why\nb}\n", "{ a , b } NEWLINE END"},
        {"a + \\\nb\n", "a + b NEWLINE END"},
        {"a + \\\r\nb\r\n", "a + b NEWLINE END"},
        {"a\r\nb\r\n", "a NEWLINE b NEWLINE END"},
        {"'a\\\nb'", "'ab' NEWLINE END"},
        {"'''a\nb''' c\nd", "'a\\nb' c NEWLINE d NEWLINE END"},
        {"a \\ b", "SyntaxError 1:4: unexpected character after line continuation character"},
        {"a \\\n", "SyntaxError 2:1: unexpected EOF while parsing"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void strings_are_decoded(void **state)
{
    static const struct source_case cases[] = {
        {"'' \"\" '''''' \"\"\"\"\"\"", "'' '' '' '' NEWLINE END"},
        {"'a\"b' \"a'b\"", "'a\"b' \"a'b\" NEWLINE END"},
        {"'\\n\\t\\r\\\\\\'\\\"'", "'\\n\\t\\r\\\\\\'\"' NEWLINE END"},
        {"'\\a\\b\\f\\v'", "'\\x07\\x08\\x0c\\x0b' NEWLINE END"},
        {"'\\0\\12\\1012\\377'", "'\\x00\\nA2\xC3\xBF' NEWLINE END"},
        {"'\\x41\\u20ac\\U0001F600'", "'A\xE2\x82\xAC\xF0\x9F\x98\x80' NEWLINE END"},
        {"'\\q\\8'", "'\\\\q\\\\8' NEWLINE END"},
        {"r'\\n' R'\\'' u'x' U'y'", "'\\\\n' \"\\\\'\" 'x' 'y' NEWLINE END"},
        {"b'a\\xff\\0' rb'\\x' Rb'y' bR'z'", "b'a\\xff\\x00' b'\\\\x' b'y' b'z' NEWLINE END"},
        {"b'\\u20ac\\N'", "b'\\\\u20ac\\\\N' NEWLINE END"},
        {"'''a'b''c'''", "\"a'b''c\" NEWLINE END"},
        {"'caf\xC3\xA9'", "'caf\xC3\xA9' NEWLINE END"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void strings_that_are_wrong_are_refused(void **state)
{
    static const struct source_case cases[] = {
        {"x = 'a", "SyntaxError 1:5: unterminated string literal (detected at line 1)"},
        {"x = 'a\n'", "SyntaxError 1:5: unterminated string literal (detected at line 1)"},
        {"\n'''a\nb",
         "SyntaxError 2:1: unterminated triple-quoted string literal (detected at line 3)"},
        {"b'\xC3\xA9'", "SyntaxError 1:1: bytes can only contain ASCII literal characters"},
        {"a f'x'", "SyntaxError 1:3: f-strings are not part of the language"},
        {"Rf'x'", "SyntaxError 1:1: f-strings are not part of the language"},
        {"'\\N{BULLET}'", "SyntaxError 1:1: \\N{...} escapes are not part of the language"},
        {"'a\\x4'", "SyntaxError 1:1: (unicode error) 'unicodeescape' codec can't decode bytes "
                    "in position 1-3: truncated \\xXX escape"},
        {"b'\\xg'", "SyntaxError 1:1: (value error) invalid \\x escape at position 0"},
        {"'\\U00110000'", "SyntaxError 1:1: (unicode error) illegal Unicode character"},
        {"'\\ud800'", "SyntaxError 1:1: (unicode error) surrogates are not allowed: heapd's "
                      "strings are UTF-8"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void numbers_are_read(void **state)
{
    static const struct source_case cases[] = {
        {"0 00 0_0 7 1_000", "0 0 0 7 1000 NEWLINE END"},
        {"0x1F 0Xff 0o17 0O7 0b101 0B1", "31 255 15 7 5 1 NEWLINE END"},
        {"0x_f 0b_1_0", "15 2 NEWLINE END"},
        {"9223372036854775807 9223372036854775808",
         "9223372036854775807 9223372036854775808 NEWLINE END"},
        {"9223372036854775809 0x10000000000000000", "large large NEWLINE END"},
        {"1. .5 1.5 1e3 1E-3 1e+3 1_0.2_5e1_0", "1.0 0.5 1.5 1000.0 0.001 1000.0 "
                                                "102500000000.0 NEWLINE END"},
        {"1e999 0e0 5e-324", "inf 0.0 5e-324 NEWLINE END"},
        {"1if 2", "1 if 2 NEWLINE END"},
        {"1.real", "SyntaxError 1:1: invalid decimal literal"},
        {"1.0.real", "1.0 . real NEWLINE END"},
        {"0777", "SyntaxError 1:1: leading zeros in decimal integer literals are not "
                 "permitted; use an 0o prefix for octal integers"},
        {"x = 1__0", "SyntaxError 1:5: invalid decimal literal"},
        {"1_", "SyntaxError 1:1: invalid decimal literal"},
        {"12ab", "SyntaxError 1:1: invalid decimal literal"},
        {"0x", "SyntaxError 1:1: invalid hexadecimal literal"},
        {"0b12", "SyntaxError 1:1: invalid digit '2' in binary literal"},
        {"0o8", "SyntaxError 1:1: invalid octal literal"},
        {"1j", "SyntaxError 1:1: complex numbers are not part of the language"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void parentheses_are_matched(void **state)
{
    static const struct source_case cases[] = {
        {"x = (\n", "SyntaxError 1:5: '(' was never closed"},
        {"f([1, 2)", "SyntaxError 1:8: closing parenthesis ')' does not match opening "
                     "parenthesis '['"},
        {"f([1,\n 2}", "SyntaxError 2:3: closing parenthesis '}' does not match opening "
                       "parenthesis '[' on line 1"},
        {"x)", "SyntaxError 1:2: unmatched ')'"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void characters_outside_are_refused_by_column(void **state)
{
    static const struct source_case cases[] = {
        {"x = $", "SyntaxError 1:5: invalid syntax"},
        {"x ? y", "SyntaxError 1:3: invalid syntax"},
        {"x = '\xC3\xA9\xE2\x82\xAC' $", "SyntaxError 1:10: invalid syntax"},
        {"\xE2\x82\xAC", "SyntaxError 1:1: invalid character '\xE2\x82\xAC' (U+20AC)"},
        {"x \x01", "SyntaxError 1:3: invalid non-printable character U+0001"},
        {"x\n'\xFF'", "SyntaxError 1:4: source is not valid UTF-8"},
    };

    (void)state;
    CHECK_CASES(cases, listing_of_tokens);
}

static void a_null_byte_is_refused_where_it_stands(void **state)
{
    static const char source[] = "x = 1\0 + 2";
    struct hd_text out;

    (void)state;
    hd_text_init(&out);
    listing_of_tokens(source, sizeof(source) - 1, &out);
    assert_string_equal(hd_text_data(&out),
                        "SyntaxError 1:6: source code cannot contain null bytes");
    hd_text_fini(&out);
}

static void nesting_is_limited(void **state)
{
    struct hd_text source;
    struct hd_text out;

    (void)state;
    hd_text_init(&source);
    hd_text_init(&out);
    for (int i = 0; i < HD_LEXER_PARENTHESES_MAX + 1; i++) {
        hd_text_add_char(&source, '(');
    }
    listing_of_tokens(source.data, source.size, &out);
    assert_string_equal(hd_text_data(&out), "SyntaxError 1:201: too many nested parentheses");
    hd_text_clear(&out);
    hd_text_clear(&source);
    for (int i = 0; i < HD_LEXER_INDENTS_MAX + 1; i++) {
        hd_text_printf(&source, "%*sif x:\n", i, "");
    }
    listing_of_tokens(source.data, source.size, &out);
    assert_string_equal(hd_text_data(&out),
                        "IndentationError 101:101: too many levels of indentation");
    hd_text_fini(&source);
    hd_text_fini(&out);
}

/* A line of a million words, each with its column: not a matter of minutes. */
static void a_long_line_is_counted_once_and_limited(void **state)
{
    struct hd_text source;
    struct hd_text out;

    (void)state;
    hd_text_init(&source);
    hd_text_init(&out);
    for (int i = 0; i < HD_LEXER_TOKENS_MAX; i++) {
        hd_text_add_string(&source, "1+");
    }
    listing_of_tokens(source.data, source.size, &out);
    assert_string_equal(hd_text_data(&out),
                        "SyntaxError 1:500001: a statement is limited to " HD_LEXER_TOKENS_TEXT
                        " words and signs");
    hd_text_fini(&source);
    hd_text_fini(&out);
}

static void the_prompt_knows_when_more_is_to_come(void **state)
{
    static const char *const whole[] = {
        "x\n",       "\n",          "# c\n",          "x = 'a\n",
        "x)\n",      "if x: y\n\n", "if x:\n  y\n\n", "'''a\n'''\n",
        "(1,\n2)\n",
    };
    static const char *const begun[] = {
        "if x:\n",    "if x: y\n",  "for i in x:\n  y\n",
        "def f():\n", "class N:\n", "@x\n",
        "(1,\n",      "x = [\n",    "'''a\n",
        "x + \\\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        assert_false(hd_lexer_wants_more(whole[i], strlen(whole[i])));
    }
    for (size_t i = 0; i < sizeof(begun) / sizeof(begun[0]); i++) {
        assert_true(hd_lexer_wants_more(begun[i], strlen(begun[i])));
    }
}

static void a_script_is_cut_behind_its_first_statement(void **state)
{
    static const struct {
        const char *first;
        const char *rest;
    } cases[] = {
        {"x = 1\n", "y = 2\n"},
        {"# c\n", "x\n"},
        {"\n", "x\n"},
        {"(1,\n2)\n", "x\n"},
        {"'''a\n'''\n", "x\n"},
        {"x = \\\n1\n", "x\n"},
        {"if x:\n  y\n\n  z\n# c\nelse:\n  w\n", "x\n"},
        {"if x: y\nelif z: w\n", "elsewhere\n"},
        {"def f():\n\treturn 1\n\n", "f()\n"},
        {"x = 'a\n", "y\n"},
        {"x = )\n", "y\n"},
        {"if x:\n    y\n  z\n", "w\n"},
        {"x = (\n", ""},
        {"x", ""},
        {"x = '''\ny\n", ""},
    };
    struct hd_text script;

    (void)state;
    hd_text_init(&script);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hd_text_clear(&script);
        hd_text_printf(&script, "%s%s", cases[i].first, cases[i].rest);
        assert_int_equal(hd_lexer_statement_size(script.data, script.size),
                         strlen(cases[i].first));
    }
    hd_text_fini(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_signs_are_told_apart),
        cmocka_unit_test(indentation_becomes_tokens),
        cmocka_unit_test(lines_are_joined),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(strings_that_are_wrong_are_refused),
        cmocka_unit_test(numbers_are_read),
        cmocka_unit_test(parentheses_are_matched),
        cmocka_unit_test(characters_outside_are_refused_by_column),
        cmocka_unit_test(a_null_byte_is_refused_where_it_stands),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(a_long_line_is_counted_once_and_limited),
        cmocka_unit_test(the_prompt_knows_when_more_is_to_come),
        cmocka_unit_test(a_script_is_cut_behind_its_first_statement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
