/* SPDX-License-Identifier: MIT */
/* tally.c: how the verdicts of many files are told: plainly, as TAP, as JUnit. */
#include <string.h>

#include "verdict.h"

static bool is_xml(uint32_t c)
{
    return c == '\t' || c == '\n' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

/* What XML cannot hold, and what is no UTF-8, as U+FFFD. */
static void add_xml(const char *text, FILE *file)
{
    static const char special[] = "<>&\"";
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};
    size_t size = strlen(text);
    size_t at = 0;

    while (at < size) {
        size_t start = at;
        uint32_t c = hd_utf8_next(text, size, &at);
        const char *found = c < 0x80 ? strchr(special, (int)c) : NULL;

        if (found != NULL) {
            (void)fputs(entities[found - special], file);
        } else if (c == 0xFFFD || !is_xml(c)) {
            (void)fputs("\xEF\xBF\xBD", file);
        } else {
            (void)fwrite(text + start, 1, at - start, file);
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

/* A # would begin a directive. */
static void add_description(const char *path, FILE *file)
{
    for (; *path != '\0'; path++) {
        if (*path == '#' || *path == '\\') {
            (void)fputc('\\', file);
        }
        (void)fputc(*path == '\n' ? ' ' : *path, file);
    }
}

static void add_tap(const struct hd_tally *tally, const char *path,
                    const struct hd_verdict *verdict)
{
    const char *line = hd_text_data(&verdict->report);

    (void)fprintf(tally->tap, "%s %lu - ", verdict->failed == 0 ? "ok" : "not ok",
                  tally->files);
    add_description(path, tally->tap);
    (void)fprintf(tally->tap, "\n# %lu passed, %lu failed\n", verdict->passed, verdict->failed);
    while (*line != '\0') {
        size_t size = strcspn(line, "\n");

        (void)fprintf(tally->tap, "# %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
}

/* A file is a test case: what fails in it is in the text. */
static void add_junit(const struct hd_tally *tally, const char *path,
                      const struct hd_verdict *verdict)
{
    FILE *file = tally->junit;

    (void)fputs("  <testsuite name=\"", file);
    add_xml(path, file);
    (void)fprintf(file,
                  "\" tests=\"1\" failures=\"%d\" errors=\"0\">\n"
                  "    <testcase classname=\"transcript\" assertions=\"%lu\" name=\"",
                  verdict->failed > 0, verdict->passed + verdict->failed);
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
        (void)fflush(tally->junit);
    }
    (void)printf("%s%lu passed, %lu failed\n", tally->tap != NULL ? "# " : "", tally->passed,
                 tally->failed);
    (void)fflush(stdout);
}
