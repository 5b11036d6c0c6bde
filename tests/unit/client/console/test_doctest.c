/* SPDX-License-Identifier: MIT */
#include "console/doctest.h"

#include "cases.h"

/* Each example as {line+indent source | want}. */
static void add_examples(const struct hd_examples *examples, struct hd_text *out)
{
    for (size_t i = 0; i < examples->count; i++) {
        const struct hd_example *example = &examples->items[i];

        hd_text_printf(out, "{%d+%d %s| %s", example->line, example->indent, example->source,
                       example->want);
        hd_text_printf(out, "%s%s}", example->is_directive ? " directive" : "",
                       example->is_blank ? " blank" : "");
    }
}

static void find(const char *text, size_t size, bool markdown, struct hd_text *out)
{
    struct hd_examples examples;
    struct hd_pyerror error;

    hd_pyerror_init(&error);
    if (hd_doctest_parse(text, size, markdown, &examples, &error)) {
        add_examples(&examples, out);
        hd_examples_fini(&examples);
    } else {
        hd_text_printf(out, "%s %d:%d: %s", error.type, error.line, error.column,
                       hd_text_data(&error.message));
    }
    hd_pyerror_fini(&error);
}

static void plain(const char *text, size_t size, struct hd_text *out)
{
    find(text, size, false, out);
}

static void markdown(const char *text, size_t size, struct hd_text *out)
{
    find(text, size, true, out);
}

static void examples_and_what_they_expect(void **state)
{
    static const struct source_case cases[] = {
        {"", ""},
        {"just text\n", ""},
        {">>> x\n1\n", "{1+0 x\n| 1\n}"},
        {">>> x", "{1+0 x\n| }"},
        {">>> x\n>>> y\n2\n\nnot this\n", "{1+0 x\n| }{2+0 y\n| 2\n}"},
        {"text\n\n  >>> x\n  1\n   2\n", "{3+2 x\n| 1\n 2\n}"},
        {">>> if x:\n...     y\n...\n1\n", "{1+0 if x:\n    y\n\n| 1\n}"},
        {">>> x\r\n1\r\n", "{1+0 x\n| 1\n}"},
        {">>> #: verify\n>>> # c\n>>>\n",
         "{1+0 #: verify\n|  directive blank}{2+0 # c\n|  blank}{3+0 \n|  blank}"},
        {"\t>>> x\n\ta\tb\n", "{1+8 x\n| a       b\n}"},
        {"\xC3\xA9 >>> x\n", ""},
    };

    (void)state;
    CHECK_CASES(cases, plain);
}

static void what_doctest_refuses(void **state)
{
    static const struct source_case cases[] = {
        {"\n>>>x\n", "SyntaxError 2:1: a prompt lacks the blank after it"},
        {"  >>> x\n  ...y\n", "SyntaxError 2:3: a prompt lacks the blank after it"},
        {"  >>> x\n ... y\n", "SyntaxError 2:2: inconsistent leading whitespace"},
        {"  >>> x\n y\n", "SyntaxError 2:2: inconsistent leading whitespace"},
        {">>> x  # doctest: +ELIPSIS\n",
         "SyntaxError 1:19: no doctest option is called +ELIPSIS"},
    };

    (void)state;
    CHECK_CASES(cases, plain);
}

static void blocks_of_markdown(void **state)
{
    static const struct source_case cases[] = {
        {">>> x\n", ""},
        {"```\n>>> x\n```\n", ""},
        {"```sh\n>>> x\n```\n", ""},
        {"```heap\n>>> x\n1\n```\n>>> y\n", "{2+0 x\n| 1\n}"},
        {"```pycon\n>>> x\n```\n```python\n>>> y\n```\n", "{2+0 x\n| }{5+0 y\n| }"},
        {"```pythonic\n>>> x\n```\n", ""},
        {"```heap {.numberLines}\n>>> x\n```\n", "{2+0 x\n| }"},
        {"  ````heap\n  >>> x\n  ```\n  >>> y\n  ````\n>>> z\n", "{2+2 x\n| }{4+2 y\n| }"},
        {"```heap\n>>> x\n", "{2+0 x\n| }"},
    };

    (void)state;
    CHECK_CASES(cases, markdown);
}

static unsigned options_of(const char *text)
{
    struct hd_examples examples;
    struct hd_pyerror error;
    unsigned options;

    hd_pyerror_init(&error);
    assert_true(hd_doctest_parse(text, strlen(text), false, &examples, &error));
    assert_int_equal(examples.count, 1);
    options = examples.items[0].options;
    hd_examples_fini(&examples);
    return options;
}

static void options_stand_in_comments(void **state)
{
    (void)state;
    assert_int_equal(options_of(">>> x\n"), 0);
    assert_int_equal(options_of(">>> x # doctest: +ELLIPSIS\n"), HD_DOCTEST_ELLIPSIS);
    assert_int_equal(options_of(">>> x #doctest:+ELLIPSIS,+SKIP\n"),
                     HD_DOCTEST_ELLIPSIS | HD_DOCTEST_SKIP);
    assert_int_equal(options_of(">>> x # doctest: +NORMALIZE_WHITESPACE -ELLIPSIS\n"),
                     HD_DOCTEST_WHITESPACE);
    assert_int_equal(options_of(">>> if x:\n...   y # doctest: +SKIP\n"), HD_DOCTEST_SKIP);
    assert_int_equal(options_of(">>> '# doctest: +SKIP'\n"), 0);
}

/* Bytes of the text, for --update. */
static void an_expectation_knows_where_it_stands(void **state)
{
    static const char text[] = "a\n  >>> x\n\ty\n  z\n\n>>> w\n";
    struct hd_examples examples;
    struct hd_pyerror error;

    (void)state;
    hd_pyerror_init(&error);
    assert_true(hd_doctest_parse(text, sizeof(text) - 1, false, &examples, &error));
    assert_int_equal(examples.count, 2);
    assert_memory_equal(text + examples.items[0].want_start, "\ty\n  z\n", 7);
    assert_int_equal(examples.items[0].want_end - examples.items[0].want_start, 7);
    assert_int_equal(examples.items[1].want_start, sizeof(text) - 1);
    assert_int_equal(examples.items[1].margin, 4);
    hd_examples_fini(&examples);
}

static void null_bytes_are_kept(void **state)
{
    static const char text[] = ">>> x\0y\na\0b\n";
    struct hd_examples examples;
    struct hd_pyerror error;

    (void)state;
    hd_pyerror_init(&error);
    assert_true(hd_doctest_parse(text, sizeof(text) - 1, false, &examples, &error));
    assert_int_equal(examples.items[0].source_size, 4);
    assert_memory_equal(examples.items[0].source, "x\0y\n", 4);
    assert_int_equal(examples.items[0].want_size, 4);
    assert_false(examples.items[0].is_blank);
    hd_examples_fini(&examples);
}

static void output_is_formatted_as_an_expectation(void **state)
{
    struct hd_text out;

    (void)state;
    hd_text_init(&out);
    hd_doctest_format("a\n\n b\nc", 2, &out);
    assert_string_equal(hd_text_data(&out), "  a\n  <BLANKLINE>\n   b\n  c\n");
    hd_text_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_and_what_they_expect),
        cmocka_unit_test(what_doctest_refuses),
        cmocka_unit_test(blocks_of_markdown),
        cmocka_unit_test(options_stand_in_comments),
        cmocka_unit_test(an_expectation_knows_where_it_stands),
        cmocka_unit_test(null_bytes_are_kept),
        cmocka_unit_test(output_is_formatted_as_an_expectation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
