/* SPDX-License-Identifier: MIT */
/* doctest.c: finding examples in a text. */
#include "doctest.h"

#include <stdlib.h>
#include <string.h>

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
    size_t size;
    size_t at;
    int number;
    bool markdown;
    bool in_fence; /* of a kind that counts */
    bool other_fence;
    size_t fence_size;
    struct hd_pyerror *error;
};

static bool peek_line(const struct reader *reader, struct line *ret_line)
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
    (void)hd_pyerror_syntax(reader->error, "ValueError", line->number, 1, "%s", message);
    return false;
}

/* ------------------------------------------------------------ options */

static const struct {
    const char *name;
    unsigned bit;
} option_names[] = {
    {"ELLIPSIS", HD_DOCTEST_ELLIPSIS},
    {"NORMALIZE_WHITESPACE", HD_DOCTEST_WHITESPACE},
    {"IGNORE_EXCEPTION_DETAIL", HD_DOCTEST_NO_DETAIL},
    {"DONT_ACCEPT_BLANKLINE", HD_DOCTEST_NO_BLANKLINE},
    {"SKIP", HD_DOCTEST_SKIP},
};

/* "+ELLIPSIS, -SKIP" up to the end of the line */
static void read_options(const char *text, unsigned *options)
{
    while (*text != '\0' && *text != '\n') {
        size_t length;

        if (*text != '+' && *text != '-') {
            text++;
            continue;
        }
        length = strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        for (size_t i = 0; i < sizeof(option_names) / sizeof(option_names[0]); i++) {
            if (strlen(option_names[i].name) == length &&
                memcmp(option_names[i].name, text + 1, length) == 0) {
                *options = *text == '+' ? *options | option_names[i].bit
                                        : *options & ~option_names[i].bit;
            }
        }
        text += 1 + length;
    }
}

/* `# doctest: ...` at the end of any line of the source */
static unsigned find_options(const char *source)
{
    unsigned options = 0;

    for (const char *at = strchr(source, '#'); at != NULL; at = strchr(at + 1, '#')) {
        const char *word = at + 1 + strspn(at + 1, " \t");

        if (strncmp(word, "doctest:", 8) == 0) {
            read_options(word + 8, &options);
        }
    }
    return options;
}

/* Nothing but blanks and comments. */
static bool is_comment(const char *source)
{
    while (*source != '\0') {
        source += strspn(source, " \t\f\r");
        if (*source == '#') {
            source += strcspn(source, "\n");
        } else if (*source != '\n' && *source != '\0') {
            return false;
        }
        source += *source == '\n';
    }
    return true;
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

/* The line without its prompt; false if no blank follows the prompt. */
static bool add_source(struct reader *reader, const struct line *line, struct hd_text *out)
{
    size_t at = line->indent + 3;

    if (at < line->size && line->data[at] != ' ') {
        return refuse(reader, line, "a prompt lacks the blank after it");
    }
    if (at + 1 < line->size) {
        hd_text_add(out, line->data + at + 1, line->size - at - 1);
    }
    hd_text_add_char(out, '\n');
    return true;
}

static bool read_source(struct reader *reader, const struct line *first, struct hd_text *out)
{
    struct line line;

    if (!add_source(reader, first, out)) {
        return false;
    }
    while (peek_line(reader, &line) && starts_with(&line, line.indent, "...")) {
        if (line.indent != first->indent) {
            return refuse(reader, &line, "inconsistent leading whitespace");
        }
        if (!add_source(reader, &line, out)) {
            return false;
        }
        take_line(reader, &line);
    }
    return true;
}

static bool read_want(struct reader *reader, size_t indent, struct hd_text *out)
{
    struct line line;

    while (peek_line(reader, &line) && !is_blank(&line) && !ends_block(reader, &line) &&
           !starts_with(&line, line.indent, ">>>")) {
        if (line.indent < indent) {
            return refuse(reader, &line, "inconsistent leading whitespace");
        }
        hd_text_add(out, line.data + indent, line.size - indent);
        hd_text_add_char(out, '\n');
        take_line(reader, &line);
    }
    return true;
}

static bool read_example(struct reader *reader, const struct line *first,
                         struct hd_examples *examples)
{
    struct hd_text source;
    struct hd_text want;
    struct hd_example *example;
    size_t start;
    bool done;

    hd_text_init(&source);
    hd_text_init(&want);
    done = read_source(reader, first, &source);
    start = reader->at;
    done = done && read_want(reader, first->indent, &want);
    if (done) {
        example = add(examples);
        example->source = hd_must_copy(hd_text_data(&source), source.size);
        example->want = hd_must_copy(hd_text_data(&want), want.size);
        example->line = first->number;
        example->indent = (int)first->indent;
        example->want_start = start;
        example->want_end = reader->at;
        example->options = find_options(example->source);
        example->is_blank = is_comment(example->source);
        example->is_directive =
            strncmp(example->source + strspn(example->source, " \t"), "#:", 2) == 0;
    }
    hd_text_fini(&source);
    hd_text_fini(&want);
    return done;
}

bool hd_doctest_parse(const char *text, size_t size, bool markdown,
                      struct hd_examples *ret_examples, struct hd_pyerror *error)
{
    struct reader reader = {
        .text = text, .size = size, .number = 1, .markdown = markdown, .error = error};
    struct line line;

    memset(ret_examples, 0, sizeof(*ret_examples));
    while (peek_line(&reader, &line)) {
        take_line(&reader, &line);
        if (!is_outside(&reader, &line) && starts_with(&line, line.indent, ">>>") &&
            !read_example(&reader, &line, ret_examples)) {
            hd_examples_fini(ret_examples);
            return false;
        }
    }
    return true;
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
