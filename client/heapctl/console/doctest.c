/* SPDX-License-Identifier: MIT */
/* doctest.c: finding examples in a text. */
#include "doctest.h"

#include <stdlib.h>
#include <string.h>

#define TAB_COLUMNS 8

/* One line of the text, its end left out. */
struct line {
    const char *data;
    size_t size;
    size_t start; /* in the text */
    size_t end;   /* behind its newline */
    size_t indent;
    int number;
};

struct reader {
    const char *text;
    struct hd_text expanded; /* the line looked at last, if it has tabs */
    size_t size;
    size_t at;
    int number;
    bool markdown;
    bool in_fence; /* of a kind that counts */
    bool other_fence;
    size_t fence_size;
    struct hd_pyerror *error;
};

/* As str.expandtabs() does it, which doctest calls first. */
static void expand_tabs(struct reader *reader, struct line *line)
{
    struct hd_text *out = &reader->expanded;
    size_t column = 0;

    hd_text_clear(out);
    for (size_t i = 0; i < line->size; i++) {
        char c = line->data[i];

        if (c == '\t') {
            do {
                hd_text_add_char(out, ' ');
            } while (++column % TAB_COLUMNS != 0);
        } else {
            hd_text_add_char(out, c);
            column += ((unsigned char)c & 0xC0) != 0x80; /* characters, not bytes */
        }
    }
    line->data = out->data;
    line->size = out->size;
}

/* The line's data lives until the next look. */
static bool peek_line(struct reader *reader, struct line *ret_line)
{
    const char *end;

    if (reader->at >= reader->size) {
        return false;
    }
    ret_line->data = reader->text + reader->at;
    end = memchr(ret_line->data, '\n', reader->size - reader->at);
    ret_line->size = end == NULL ? reader->size - reader->at : (size_t)(end - ret_line->data);
    ret_line->start = reader->at;
    ret_line->end = reader->at + ret_line->size + (end != NULL);
    ret_line->number = reader->number;
    if (ret_line->size > 0 && ret_line->data[ret_line->size - 1] == '\r') {
        ret_line->size--;
    }
    if (memchr(ret_line->data, '\t', ret_line->size) != NULL) {
        expand_tabs(reader, ret_line);
    }
    ret_line->indent = 0;
    while (ret_line->indent < ret_line->size && ret_line->data[ret_line->indent] == ' ') {
        ret_line->indent++;
    }
    return true;
}

static void take_line(struct reader *reader, const struct line *line)
{
    reader->at = line->end;
    reader->number++;
}

static bool starts_with(const struct line *line, size_t at, const char *word)
{
    size_t size = strlen(word);

    return line->size >= at + size && memcmp(line->data + at, word, size) == 0;
}

static bool is_blank(const struct line *line)
{
    for (size_t i = 0; i < line->size; i++) {
        if (strchr(" \t\f\v\r", line->data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* How many backticks a fence has; 0: the line is none. */
static size_t fence_of(const struct line *line)
{
    size_t count = 0;

    while (line->indent + count < line->size && line->data[line->indent + count] == '`') {
        count++;
    }
    return count >= 3 ? count : 0;
}

static bool counts(const struct line *line, size_t fence)
{
    static const char *const kinds[] = {"heap", "pycon", "python"};
    size_t at = line->indent + fence;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t end = at + strlen(kinds[i]);

        if (starts_with(line, at, kinds[i]) &&
            (end == line->size || strchr(" \t{,", line->data[end]) != NULL)) {
            return true;
        }
    }
    return false;
}

/* Whether a line of a Markdown file is a fence, or outside those that count. */
static bool is_outside(struct reader *reader, const struct line *line)
{
    size_t fence = fence_of(line);

    if (!reader->markdown) {
        return false;
    }
    if (fence == 0) {
        return !reader->in_fence;
    }
    if (!reader->in_fence && !reader->other_fence) {
        reader->in_fence = counts(line, fence);
        reader->other_fence = !reader->in_fence;
        reader->fence_size = fence;
    } else if (fence >= reader->fence_size) {
        reader->in_fence = reader->other_fence = false;
    }
    return true;
}

static bool ends_block(const struct reader *reader, const struct line *line)
{
    return reader->markdown && fence_of(line) > 0;
}

static bool refuse(struct reader *reader, const struct line *line, const char *message)
{
    return hd_pyerror_syntax(reader->error, "SyntaxError", line->number, (int)line->indent + 1,
                             "%s", message);
}

/* ------------------------------------------------------------ examples */

static struct hd_example *add(struct hd_examples *examples)
{
    if (examples->count == examples->capacity) {
        examples->capacity = examples->capacity == 0 ? 64 : examples->capacity * 2;
        examples->items =
            hd_must_realloc(examples->items, examples->capacity * sizeof(examples->items[0]));
    }
    memset(&examples->items[examples->count], 0, sizeof(examples->items[0]));
    return &examples->items[examples->count++];
}

/* What is read of one example, line by line. */
struct reading {
    struct hd_text source;
    struct hd_text want;
    size_t indent;
    unsigned options;
    bool is_blank; /* so far */
};

/* The line without its prompt; false if no blank follows the prompt. */
static bool add_source(struct reader *reader, const struct line *line, struct reading *reading)
{
    size_t at = line->indent + 3;
    size_t word;

    if (at < line->size && line->data[at] != ' ') {
        return refuse(reader, line, "a prompt lacks the blank after it");
    }
    if (at + 1 < line->size) {
        hd_text_add(&reading->source, line->data + at + 1, line->size - at - 1);
    }
    hd_text_add_char(&reading->source, '\n');
    for (word = at; word < line->size && strchr(" \f\r", line->data[word]) != NULL;) {
        word++;
    }
    reading->is_blank = reading->is_blank && (word >= line->size || line->data[word] == '#');
    return hd_doctest_read_options(line->data, line->size, line->number, &reading->options,
                                   reader->error);
}

static bool read_source(struct reader *reader, const struct line *first,
                        struct reading *reading)
{
    struct line line;

    if (!add_source(reader, first, reading)) {
        return false;
    }
    while (peek_line(reader, &line) && starts_with(&line, line.indent, "...")) {
        if (line.indent != reading->indent) {
            return refuse(reader, &line, "inconsistent leading whitespace");
        }
        if (!add_source(reader, &line, reading)) {
            return false;
        }
        take_line(reader, &line);
    }
    return true;
}

static bool read_want(struct reader *reader, struct reading *reading)
{
    struct line line;

    while (peek_line(reader, &line) && !is_blank(&line) && !ends_block(reader, &line) &&
           !starts_with(&line, line.indent, ">>>")) {
        if (line.indent < reading->indent) {
            return refuse(reader, &line, "inconsistent leading whitespace");
        }
        hd_text_add(&reading->want, line.data + reading->indent, line.size - reading->indent);
        hd_text_add_char(&reading->want, '\n');
        take_line(reader, &line);
    }
    return true;
}

static void add_example(struct hd_examples *examples, const struct reading *reading, int line,
                        size_t want_start, size_t want_end)
{
    struct hd_example *example = add(examples);
    const char *source = hd_text_data(&reading->source);
    const char *want = hd_text_data(&reading->want);

    example->source = hd_must_copy(source, reading->source.size);
    example->source_size = reading->source.size;
    example->want = hd_must_copy(want, reading->want.size);
    example->want_size = reading->want.size;
    example->line = line;
    example->indent = (int)reading->indent;
    example->margin = (int)reading->indent + 4;
    example->want_start = want_start;
    example->want_end = want_end;
    example->options = reading->options;
    example->is_blank = reading->is_blank;
    example->is_directive = strncmp(source + strspn(source, " \t"), "#:", 2) == 0;
}

static bool read_example(struct reader *reader, const struct line *first,
                         struct hd_examples *examples)
{
    struct reading reading = {.indent = first->indent, .is_blank = true};
    size_t start;
    int line = first->number;
    bool done;

    hd_text_init(&reading.source);
    hd_text_init(&reading.want);
    done = read_source(reader, first, &reading);
    start = reader->at;
    done = done && read_want(reader, &reading);
    if (done) {
        add_example(examples, &reading, line, start, reader->at);
    }
    hd_text_fini(&reading.source);
    hd_text_fini(&reading.want);
    return done;
}

bool hd_doctest_parse(const char *text, size_t size, bool markdown,
                      struct hd_examples *ret_examples, struct hd_pyerror *error)
{
    struct reader reader = {
        .text = text, .size = size, .number = 1, .markdown = markdown, .error = error};
    struct line line;
    bool done = true;

    memset(ret_examples, 0, sizeof(*ret_examples));
    hd_text_init(&reader.expanded);
    while (done && peek_line(&reader, &line)) {
        take_line(&reader, &line);
        if (!is_outside(&reader, &line) && starts_with(&line, line.indent, ">>>")) {
            done = read_example(&reader, &line, ret_examples);
        }
    }
    hd_text_fini(&reader.expanded);
    if (!done) {
        hd_examples_fini(ret_examples);
    }
    return done;
}

void hd_examples_fini(struct hd_examples *examples)
{
    for (size_t i = 0; i < examples->count; i++) {
        free(examples->items[i].source);
        free(examples->items[i].want);
    }
    free(examples->items);
    memset(examples, 0, sizeof(*examples));
}
