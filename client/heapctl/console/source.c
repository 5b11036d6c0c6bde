/* SPDX-License-Identifier: MIT */
/* source.c: reading files; scripts into statements. */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lexer.h"

bool hd_source_read(const char *path, struct hd_text *ret_text, struct hd_pyerror *error)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char block[65536];
    size_t size;
    bool failed;

    if (file == NULL) {
        return hd_pyerror_set(error, "OSError", "%s: %s", path, strerror(errno));
    }
    while ((size = fread(block, 1, sizeof(block), file)) > 0) {
        hd_text_add(ret_text, block, size);
    }
    failed = ferror(file) != 0;
    if (file != stdin) {
        (void)fclose(file);
    }
    return !failed || hd_pyerror_set(error, "OSError", "%s: cannot be read", path);
}

bool hd_source_is_markdown(const char *path)
{
    size_t size = strlen(path);

    return size > 3 && strcmp(path + size - 3, ".md") == 0;
}

bool hd_source_has_prompts(const struct hd_text *text)
{
    const char *data = hd_text_data(text);
    const char *end = data + text->size;

    while (data < end) {
        const char *newline = memchr(data, '\n', (size_t)(end - data));

        while (data < end && *data == ' ') {
            data++;
        }
        if (end - data >= 3 && memcmp(data, ">>>", 3) == 0) {
            return true;
        }
        data = newline == NULL ? end : newline + 1;
    }
    return false;
}

static void add(struct hd_examples *examples, const struct hd_text *text, size_t start,
                size_t end, int line)
{
    struct hd_example *example;

    if (examples->count == examples->capacity) {
        examples->capacity = examples->capacity == 0 ? 64 : examples->capacity * 2;
        examples->items =
            hd_must_realloc(examples->items, examples->capacity * sizeof(examples->items[0]));
    }
    example = &examples->items[examples->count++];
    memset(example, 0, sizeof(*example));
    example->source = hd_must_copy(text->data + start, end - start);
    example->source_size = end - start;
    example->want = hd_must_copy("", 0);
    example->line = line;
    example->is_directive = strncmp(example->source, "#:", 2) == 0;
}

void hd_source_split(const struct hd_text *text, struct hd_examples *ret_examples)
{
    size_t at = 0;
    int line = 1;

    memset(ret_examples, 0, sizeof(*ret_examples));
    while (at < text->size) {
        size_t size = hd_lexer_statement_size(text->data + at, text->size - at);

        add(ret_examples, text, at, at + size, line);
        for (; size > 0; size--) {
            line += text->data[at++] == '\n';
        }
    }
}
