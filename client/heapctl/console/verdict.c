/* SPDX-License-Identifier: MIT */
/* verdict.c: judging examples; expected and got side by side. */
#include "verdict.h"

#include <string.h>

#define COLUMN_MAX 60

void hd_verdict_init(struct hd_verdict *verdict)
{
    verdict->passed = 0;
    verdict->failed = 0;
    hd_text_init(&verdict->report);
}

void hd_verdict_fini(struct hd_verdict *verdict)
{
    hd_text_fini(&verdict->report);
}

void hd_verdict_outcome(const struct hd_statement *statement, struct hd_text *out)
{
    hd_text_add(out, hd_text_data(&statement->out), statement->out.size);
    if (hd_pyerror_is_set(&statement->error)) {
        hd_text_clear(out);
        hd_text_add_string(out, "Traceback (most recent call last):\n    ...\n");
        hd_pyerror_last_line(&statement->error, out);
    }
}

/* ------------------------------------------------------------ side by side */

static size_t line_size(const char *line)
{
    return strcspn(line, "\n");
}

static size_t widest(const char *text)
{
    size_t width = 0;

    while (*text != '\0') {
        size_t size = line_size(text);
        size_t wide = hd_utf8_length(text, size);

        width = wide > width ? wide : width;
        text += size + (text[size] == '\n');
    }
    return width;
}

/* One line of a column, and the text behind it. */
static const char *add_cell(const char *text, size_t width, struct hd_text *out)
{
    size_t size = line_size(text);
    size_t wide = hd_utf8_length(text, size);

    hd_text_add(out, text, size);
    for (; wide < width; wide++) {
        hd_text_add_char(out, ' ');
    }
    return text + size + (text[size] == '\n');
}

static bool same_line(const char *left, const char *right)
{
    size_t size = line_size(left);

    return *left != '\0' && *right != '\0' && size == line_size(right) &&
           memcmp(left, right, size) == 0;
}

static void side_by_side(const char *want, const char *got, struct hd_text *out)
{
    size_t width = widest(want);

    width = width < 8 ? 8 : width > COLUMN_MAX ? COLUMN_MAX : width;
    hd_text_add_string(out, "    ");
    (void)add_cell("expected", width, out);
    hd_text_add_string(out, "   got\n");
    while (*want != '\0' || *got != '\0') {
        bool same = same_line(want, got);

        hd_text_add_string(out, "    ");
        want = add_cell(want, width, out);
        hd_text_add_string(out, same ? "   " : " | ");
        got = add_cell(got, 0, out);
        hd_text_add_char(out, '\n');
    }
}

static void add_source(const char *source, struct hd_text *out)
{
    const char *prompt = ">>> ";

    while (*source != '\0') {
        size_t size = line_size(source);

        hd_text_printf(out, "    %s%.*s\n", prompt, (int)size, source);
        source += size + (source[size] == '\n');
        prompt = "... ";
    }
}

/* For people: a NUL would end the report. */
static void add_visibly(const char *data, size_t size, struct hd_text *out)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\0') {
            hd_text_add_string(out, "\xE2\x90\x80"); /* the symbol for null */
        } else {
            hd_text_add_char(out, data[i]);
        }
    }
}

static void report_place(const struct hd_example *example, const struct hd_pyerror *error,
                         const char *path, struct hd_text *out)
{
    if (error->line > 0) {
        hd_text_printf(out, "%s:%d:%d:\n", path, example->line + error->line - 1,
                       example->margin + error->column);
    } else {
        hd_text_printf(out, "%s:%d:\n", path, example->line);
    }
}

static void report(struct hd_verdict *verdict, const char *path,
                   const struct hd_example *example, const struct hd_statement *statement,
                   const struct hd_text *got)
{
    struct hd_text source, expected, came;

    hd_text_init(&source);
    hd_text_init(&expected);
    hd_text_init(&came);
    add_visibly(example->source, example->source_size, &source);
    add_visibly(example->want, example->want_size, &expected);
    add_visibly(hd_text_data(got), got->size, &came);
    report_place(example, &statement->error, path, &verdict->report);
    add_source(hd_text_data(&source), &verdict->report);
    side_by_side(hd_text_data(&expected), hd_text_data(&came), &verdict->report);
    hd_doctest_complain(hd_text_data(&expected), &verdict->report);
    hd_text_fini(&source);
    hd_text_fini(&expected);
    hd_text_fini(&came);
}

/* ------------------------------------------------------------ judging */

static bool agrees(const struct hd_example *example, const struct hd_statement *statement,
                   const struct hd_text *got)
{
    const char *data = hd_text_data(got);
    struct hd_text last;
    bool matches;

    if (strlen(data) != got->size || strlen(example->want) != example->want_size) {
        return got->size == example->want_size && memcmp(data, example->want, got->size) == 0;
    }
    if (!hd_pyerror_is_set(&statement->error)) {
        return hd_doctest_matches(example->want, data, example->options);
    }
    hd_text_init(&last);
    hd_pyerror_last_line(&statement->error, &last);
    matches =
        hd_doctest_matches_exception(example->want, hd_text_data(&last), example->options);
    hd_text_fini(&last);
    return matches;
}

bool hd_verdict_judge(struct hd_verdict *verdict, const char *path,
                      const struct hd_example *example, const struct hd_statement *statement)
{
    struct hd_text got;
    bool fine;

    hd_text_init(&got);
    hd_verdict_outcome(statement, &got);
    fine = agrees(example, statement, &got);
    verdict->passed += fine;
    verdict->failed += !fine;
    if (!fine) {
        report(verdict, path, example, statement, &got);
    }
    hd_text_fini(&got);
    return fine;
}

void hd_verdict_fail(struct hd_verdict *verdict, const char *place, const char *message)
{
    verdict->failed++;
    hd_text_printf(&verdict->report, "%s: %s\n", place, message);
}
