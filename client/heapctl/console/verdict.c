/* SPDX-License-Identifier: MIT */
/* verdict.c: judging examples, and telling how they went: plainly, as TAP, as JUnit. */
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

/* ------------------------------------------------------------ judging */

static bool agrees(const struct hd_example *example, const struct hd_statement *statement,
                   const char *got)
{
    struct hd_text last;
    bool matches;

    if (!hd_pyerror_is_set(&statement->error)) {
        return hd_doctest_matches(example->want, got, example->options);
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
    fine = agrees(example, statement, hd_text_data(&got));
    if (fine) {
        verdict->passed++;
    } else {
        verdict->failed++;
        hd_text_printf(&verdict->report, "%s:%d:\n", path, example->line);
        add_source(example->source, &verdict->report);
        side_by_side(example->want, hd_text_data(&got), &verdict->report);
    }
    hd_text_fini(&got);
    return fine;
}

void hd_verdict_fail(struct hd_verdict *verdict, const char *path, int line,
                     const char *message)
{
    verdict->failed++;
    if (line > 0) {
        hd_text_printf(&verdict->report, "%s:%d: %s\n", path, line, message);
    } else {
        hd_text_printf(&verdict->report, "%s: %s\n", path, message);
    }
}

/* ------------------------------------------------------------ telling */

static void add_xml(const char *text, FILE *file)
{
    static const char special[] = "<>&\"";
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};

    for (; *text != '\0'; text++) {
        const char *found = strchr(special, *text);

        if (found != NULL) {
            (void)fputs(entities[found - special], file);
        } else if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t') {
            (void)fputc(*text, file);
        }
    }
}

void hd_tally_begin(struct hd_tally *tally, unsigned long files)
{
    if (tally->tap != NULL) {
        (void)fprintf(tally->tap, "TAP version 13\n1..%lu\n", files);
    }
    if (tally->junit != NULL) {
        (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", tally->junit);
    }
}

static void add_tap(const struct hd_tally *tally, const char *path,
                    const struct hd_verdict *verdict)
{
    const char *line = hd_text_data(&verdict->report);

    (void)fprintf(tally->tap, "%s %lu - %s # %lu passed, %lu failed\n",
                  verdict->failed == 0 ? "ok" : "not ok", tally->files, path, verdict->passed,
                  verdict->failed);
    while (*line != '\0') {
        size_t size = line_size(line);

        (void)fprintf(tally->tap, "# %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
}

static void add_junit(const struct hd_tally *tally, const char *path,
                      const struct hd_verdict *verdict)
{
    FILE *file = tally->junit;

    (void)fputs("  <testsuite name=\"", file);
    add_xml(path, file);
    (void)fprintf(
        file,
        "\" tests=\"%lu\" failures=\"%lu\">\n    <testcase classname=\"transcript\" name=\"",
        verdict->passed + verdict->failed, verdict->failed);
    add_xml(path, file);
    (void)fputs("\">", file);
    if (verdict->failed > 0) {
        (void)fprintf(file, "<failure message=\"%lu failed\">", verdict->failed);
        add_xml(hd_text_data(&verdict->report), file);
        (void)fputs("</failure>", file);
    }
    (void)fputs("</testcase>\n  </testsuite>\n", file);
}

void hd_tally_add(struct hd_tally *tally, const char *path, const struct hd_verdict *verdict)
{
    tally->files++;
    tally->passed += verdict->passed;
    tally->failed += verdict->failed;
    if (tally->tap != NULL) {
        add_tap(tally, path, verdict);
    } else {
        (void)fputs(hd_text_data(&verdict->report), stdout);
    }
    if (tally->junit != NULL) {
        add_junit(tally, path, verdict);
    }
}

void hd_tally_end(struct hd_tally *tally)
{
    if (tally->junit != NULL) {
        (void)fputs("</testsuites>\n", tally->junit);
    }
    (void)printf("%s%lu passed, %lu failed\n", tally->tap != NULL ? "# " : "", tally->passed,
                 tally->failed);
    (void)fflush(stdout);
}
