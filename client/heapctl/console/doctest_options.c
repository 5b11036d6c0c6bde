/* SPDX-License-Identifier: MIT */
/* doctest_options.c: what a comment at the end of a line says of its example. */
#include <string.h>

#include "doctest.h"

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

/* One of "+ELLIPSIS", "-SKIP"; false: there is no such option. */
static bool read_option(const char *word, size_t size, unsigned *options)
{
    for (size_t i = 0; i < sizeof(option_names) / sizeof(option_names[0]); i++) {
        if (size > 1 && strlen(option_names[i].name) == size - 1 &&
            memcmp(option_names[i].name, word + 1, size - 1) == 0 &&
            (*word == '+' || *word == '-')) {
            *options =
                *word == '+' ? *options | option_names[i].bit : *options & ~option_names[i].bit;
            return true;
        }
    }
    return false;
}

/* "+ELLIPSIS, -SKIP" */
static bool read_words(const char *line, size_t size, size_t at, int number, unsigned *options,
                       struct hd_pyerror *error)
{
    while (at < size) {
        size_t start = at;

        while (at < size && strchr(" \t,", line[at]) == NULL) {
            at++;
        }
        if (at > start && !read_option(line + start, at - start, options)) {
            return hd_pyerror_syntax(error, "SyntaxError", number,
                                     1 + (int)hd_utf8_length(line, start),
                                     "no doctest option is called %.*s",
                                     (int)(at - start > 80 ? 80 : at - start), line + start);
        }
        at++;
    }
    return true;
}

bool hd_doctest_read_options(const char *line, size_t size, int number, unsigned *options,
                             struct hd_pyerror *error)
{
    static const char mark[] = "doctest:";
    size_t at = size;

    while (at > 0 && line[at - 1] != '\'' && line[at - 1] != '"') { /* a # in a string */
        at--;
    }
    for (; at < size; at++) {
        size_t word = at + 1;

        if (line[at] != '#') {
            continue;
        }
        while (word < size && (line[word] == ' ' || line[word] == '\t')) {
            word++;
        }
        if (size - word >= strlen(mark) && memcmp(line + word, mark, strlen(mark)) == 0) {
            return read_words(line, size, word + strlen(mark), number, options, error);
        }
    }
    return true;
}
