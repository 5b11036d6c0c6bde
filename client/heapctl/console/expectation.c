/* SPDX-License-Identifier: MIT */
/* expectation.c: comparing what was expected with what came. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "doctest.h"

#define EXPRESSION_MARK " (re)"

/* ------------------------------------------------------------ ELLIPSIS */

/* Where the piece stands in the text, or NULL. */
static const char *find(const char *text, size_t size, const char *piece, size_t piece_size)
{
    return piece_size == 0 ? text : memmem(text, size, piece, piece_size);
}

/* As doctest._ellipsis_match: "..." stands for anything. */
static bool ellipsis_matches(const char *want, const char *got)
{
    const char *end = got + strlen(got);
    const char *mark = strstr(want, "...");
    size_t size;

    if (mark == NULL) {
        return strcmp(want, got) == 0;
    }
    size = (size_t)(mark - want);
    if (strncmp(want, got, size) != 0) {
        return false;
    }
    got += size;
    for (;;) {
        const char *piece = mark + 3;
        const char *place;

        mark = strstr(piece, "...");
        if (mark == NULL) {
            size = strlen(piece);
            return (size_t)(end - got) >= size && memcmp(end - size, piece, size) == 0;
        }
        size = (size_t)(mark - piece);
        place = find(got, (size_t)(end - got), piece, size);
        if (place == NULL) {
            return false;
        }
        got = place + size;
    }
}

/* ------------------------------------------------------------ lines */

static const char *line_end(const char *line)
{
    const char *end = strchr(line, '\n');

    return end == NULL ? line + strlen(line) : end;
}

static bool is_regular_expression(const char *line, const char *end)
{
    ptrdiff_t size = (ptrdiff_t)strlen(EXPRESSION_MARK);

    return end - line > size && memcmp(end - size, EXPRESSION_MARK, (size_t)size) == 0;
}

static bool has_regular_expressions(const char *want)
{
    while (*want != '\0') {
        const char *end = line_end(want);

        if (is_regular_expression(want, end)) {
            return true;
        }
        want = *end == '\0' ? end : end + 1;
    }
    return false;
}

/* The line's expression, for all of a line; what regcomp says. */
static int compile_expression(const char *line, const char *end, regex_t *ret_expression)
{
    struct hd_text pattern;
    int code;

    hd_text_init(&pattern);
    hd_text_add_string(&pattern, "^(");
    hd_text_add(&pattern, line, (size_t)(end - line) - strlen(EXPRESSION_MARK));
    hd_text_add_string(&pattern, ")$");
    code = regcomp(ret_expression, hd_text_data(&pattern), REG_EXTENDED | REG_NOSUB);
    hd_text_fini(&pattern);
    return code;
}

static bool line_matches(const char *want, const char *want_end, const char *got,
                         const char *got_end)
{
    struct hd_text line;
    regex_t expression;
    bool matches = false;

    if (!is_regular_expression(want, want_end)) {
        return want_end - want == got_end - got &&
               memcmp(want, got, (size_t)(got_end - got)) == 0;
    }
    hd_text_init(&line);
    hd_text_add(&line, got, (size_t)(got_end - got));
    if (compile_expression(want, want_end, &expression) == 0) {
        matches = regexec(&expression, hd_text_data(&line), 0, NULL, 0) == 0;
        regfree(&expression);
    }
    hd_text_fini(&line);
    return matches;
}

void hd_doctest_complain(const char *want, struct hd_text *out)
{
    while (*want != '\0') {
        const char *end = line_end(want);
        regex_t expression;
        char reason[128];
        int code;

        if (is_regular_expression(want, end)) {
            code = compile_expression(want, end, &expression);
            if (code == 0) {
                regfree(&expression);
            } else {
                (void)regerror(code, &expression, reason, sizeof(reason));
                hd_text_printf(out, "    no regular expression: %s\n", reason);
            }
        }
        want = *end == '\0' ? end : end + 1;
    }
}

static bool lines_match(const char *want, const char *got)
{
    while (*want != '\0' && *got != '\0') {
        const char *want_end = line_end(want);
        const char *got_end = line_end(got);

        if (!line_matches(want, want_end, got, got_end)) {
            return false;
        }
        want = *want_end == '\0' ? want_end : want_end + 1;
        got = *got_end == '\0' ? got_end : got_end + 1;
    }
    return *want == '\0' && *got == '\0';
}

/* ------------------------------------------------------------ normal forms */

/* <BLANKLINE> as the empty line it stands for. */
static void add_without_marks(const char *want, struct hd_text *out)
{
    while (*want != '\0') {
        const char *end = line_end(want);

        if (!(end - want == 11 && memcmp(want, "<BLANKLINE>", 11) == 0)) {
            hd_text_add(out, want, (size_t)(end - want));
        }
        hd_text_add(out, end, *end == '\n');
        want = *end == '\0' ? end : end + 1;
    }
}

/* Lines of nothing but blanks as empty ones. */
static void add_with_empty_lines(const char *got, struct hd_text *out)
{
    while (*got != '\0') {
        const char *end = line_end(got);

        if (got + strspn(got, " \t\f\v\r") < end) {
            hd_text_add(out, got, (size_t)(end - got));
        }
        hd_text_add(out, end, *end == '\n');
        got = *end == '\0' ? end : end + 1;
    }
}

/* Words with one blank between them. */
static void squeeze(struct hd_text *text)
{
    struct hd_text out;
    const char *at = hd_text_data(text);

    hd_text_init(&out);
    for (;;) {
        size_t size;

        at += strspn(at, " \t\n\r\f\v");
        size = strcspn(at, " \t\n\r\f\v");
        if (size == 0) {
            break;
        }
        if (out.size > 0) {
            hd_text_add_char(&out, ' ');
        }
        hd_text_add(&out, at, size);
        at += size;
    }
    hd_text_fini(text);
    *text = out;
}

bool hd_doctest_matches(const char *want, const char *got, unsigned options)
{
    struct hd_text expected;
    struct hd_text came;
    bool matches;

    if (strcmp(want, got) == 0) {
        return true;
    }
    hd_text_init(&expected);
    hd_text_init(&came);
    if ((options & HD_DOCTEST_NO_BLANKLINE) == 0) {
        add_without_marks(want, &expected);
        add_with_empty_lines(got, &came);
    } else {
        hd_text_add_string(&expected, want);
        hd_text_add_string(&came, got);
    }
    if ((options & HD_DOCTEST_WHITESPACE) != 0) {
        squeeze(&expected);
        squeeze(&came);
    }
    want = hd_text_data(&expected);
    got = hd_text_data(&came);
    matches = strcmp(want, got) == 0 ||
              ((options & HD_DOCTEST_ELLIPSIS) != 0 && ellipsis_matches(want, got)) ||
              (has_regular_expressions(want) && lines_match(want, got));
    hd_text_fini(&expected);
    hd_text_fini(&came);
    return matches;
}

/* ------------------------------------------------------------ exceptions */

bool hd_doctest_is_traceback(const char *want, const char **ret_message)
{
    static const char *const headers[] = {"Traceback (most recent call last):",
                                          "Traceback (innermost last):"};

    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(headers[i]);
        const char *line;

        if (strncmp(want, headers[i], size) != 0 ||
            want[size + strspn(want + size, " \t")] != '\n') {
            continue;
        }
        line = line_end(want) + 1;
        while (*line != '\0') {
            if ((*line >= 'a' && *line <= 'z') || (*line >= 'A' && *line <= 'Z') ||
                *line == '_' || (*line >= '0' && *line <= '9')) {
                *ret_message = line;
                return true;
            }
            line = line_end(line);
            line += *line == '\n';
        }
    }
    return false;
}

/* The type alone, without module and sentence. */
static void add_type(const char *message, struct hd_text *out)
{
    size_t size = strcspn(message, ":\n");

    for (size_t i = size; i > 0; i--) {
        if (message[i - 1] == '.') {
            message += i;
            size -= i;
            break;
        }
    }
    hd_text_add(out, message, size);
}

bool hd_doctest_matches_exception(const char *want, const char *got, unsigned options)
{
    const char *message;
    struct hd_text expected;
    struct hd_text came;
    bool matches;

    if (!hd_doctest_is_traceback(want, &message)) {
        return false;
    }
    if (hd_doctest_matches(message, got, options) || (options & HD_DOCTEST_NO_DETAIL) == 0) {
        return hd_doctest_matches(message, got, options);
    }
    hd_text_init(&expected);
    hd_text_init(&came);
    add_type(message, &expected);
    add_type(got, &came);
    matches = strcmp(hd_text_data(&expected), hd_text_data(&came)) == 0;
    hd_text_fini(&expected);
    hd_text_fini(&came);
    return matches;
}

void hd_doctest_format(const char *got, int indent, struct hd_text *out)
{
    while (*got != '\0') {
        const char *end = line_end(got);

        for (int i = 0; i < indent; i++) {
            hd_text_add_char(out, ' ');
        }
        if (got + strspn(got, " \t\f\v\r") >= end) {
            hd_text_add_string(out, "<BLANKLINE>");
        } else {
            hd_text_add(out, got, (size_t)(end - got));
        }
        hd_text_add_char(out, '\n');
        got = *end == '\0' ? end : end + 1;
    }
}
