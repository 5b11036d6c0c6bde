/* SPDX-License-Identifier: MIT */
/* Any bytes as a transcript, as Markdown, as a script and as one statement: examples are
 * found, and lexed, parsed, folded and compiled; what is refused is refused with a place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "console/code.h"
#include "console/doctest.h"
#include "console/lexer.h"
#include "console/source.h"
#include "fuzz/fuzz.h"

static void must(bool truth)
{
    if (!truth) {
        abort();
    }
}

/* A SyntaxError has its place, other refusals a sentence. */
static void check_error(const struct hd_pyerror *error, const char *source, size_t size)
{
    int lines = 1;

    for (size_t i = 0; i < size; i++) {
        lines += source[i] == '\n';
    }
    must(hd_pyerror_is_set(error) && error->message.size > 0);
    if (strcmp(error->type, "SyntaxError") == 0 ||
        strcmp(error->type, "IndentationError") == 0) {
        must(error->line >= 1 && error->line <= lines + 1 && error->column >= 1);
    }
}

static void compile(const char *source, size_t size)
{
    struct hd_pyerror error;
    struct hd_text listing;
    struct hd_unit *unit;

    hd_pyerror_init(&error);
    hd_text_init(&listing);
    if (!hd_compile(source, size, &unit, &error)) {
        check_error(&error, source, size);
        hd_pyerror_traceback(&error, &listing);
    } else if (unit != NULL) {
        must(unit->module->count > 0 && unit->constant_count > 0);
    }
    hd_unit_release(unit);
    hd_text_fini(&listing);
    hd_pyerror_fini(&error);
    (void)hd_lexer_wants_more(source, size);
}

static void compile_all(struct hd_examples *examples, size_t text_size)
{
    size_t at = 0;

    for (size_t i = 0; i < examples->count; i++) {
        const struct hd_example *example = &examples->items[i];

        must(example->want_start >= at && example->want_start <= example->want_end &&
             example->want_end <= text_size);
        at = example->want_end;
        must(example->want_size == 0 || hd_doctest_matches(example->want, example->want, 0));
        compile(example->source, example->source_size);
    }
    hd_examples_fini(examples);
}

static void find_examples(const char *text, size_t size, bool markdown)
{
    struct hd_examples examples;
    struct hd_pyerror error;

    hd_pyerror_init(&error);
    if (hd_doctest_parse(text, size, markdown, &examples, &error)) {
        compile_all(&examples, size);
    } else {
        must(error.line >= 1 && error.message.size > 0 && examples.count == 0);
    }
    hd_pyerror_fini(&error);
}

/* A script's statements are all of its bytes. */
static void split(const char *data, size_t size)
{
    struct hd_examples examples;
    struct hd_text text;
    size_t total = 0;

    hd_text_init(&text);
    hd_text_add(&text, data, size);
    hd_source_split(&text, &examples);
    for (size_t i = 0; i < examples.count; i++) {
        total += examples.items[i].source_size;
    }
    must(total == size);
    compile_all(&examples, size);
    hd_text_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    find_examples(text, size, false);
    find_examples(text, size, true);
    split(text, size);
    compile(text, size);
    return 0;
}
