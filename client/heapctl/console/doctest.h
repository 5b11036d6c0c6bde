/* SPDX-License-Identifier: MIT */
/* doctest.h: transcripts: examples found in a text, and outputs compared, both as
 * Python's doctest module does it.
 *
 * Beyond doctest: in a Markdown file only the fenced blocks marked heap, pycon
 * or python count; an expected line that ends in " (re)" is a regular
 * expression (POSIX extended) for a whole line. */
#ifndef HEAPD_CONSOLE_DOCTEST_H
#define HEAPD_CONSOLE_DOCTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "pyerror.h"
#include "text.h"

#define HD_DOCTEST_ELLIPSIS     1u
#define HD_DOCTEST_WHITESPACE   2u
#define HD_DOCTEST_NO_DETAIL    4u /* IGNORE_EXCEPTION_DETAIL */
#define HD_DOCTEST_NO_BLANKLINE 8u /* DONT_ACCEPT_BLANKLINE */
#define HD_DOCTEST_SKIP         16u

struct hd_example {
    char *source; /* owned; without prompts, each line with its newline */
    size_t source_size;
    char *want; /* owned; likewise; "" if nothing is expected */
    size_t want_size;
    int line; /* of the first prompt, from 1 */
    int indent;
    int margin;        /* columns of the file before those of the source: indent and prompt */
    size_t want_start; /* bytes of the text that the expected output takes */
    size_t want_end;
    unsigned options;
    bool is_directive; /* #: ... */
    bool is_blank;     /* nothing but blanks and comments */
};

struct hd_examples {
    struct hd_example *items; /* owned */
    size_t count;
    size_t capacity;
};

/* Fails with a SyntaxError, its place that in the file. */
bool hd_doctest_parse(const char *text, size_t size, bool markdown,
                      struct hd_examples *ret_examples, struct hd_pyerror *error);
void hd_examples_fini(struct hd_examples *examples);

/* `# doctest: +ELLIPSIS, -SKIP` at the end of line `number` of a source. */
bool hd_doctest_read_options(const char *line, size_t size, int number, unsigned *options,
                             struct hd_pyerror *error);

/* Whether got is what want asks for. */
bool hd_doctest_matches(const char *want, const char *got, unsigned options);
/* Whether want is a traceback; *ret_message: where its last part starts. */
bool hd_doctest_is_traceback(const char *want, const char **ret_message);
/* The same for an exception: got is its last line(s). */
bool hd_doctest_matches_exception(const char *want, const char *got, unsigned options);

/* A line for each regular expression of want that is none; nothing, mostly. */
void hd_doctest_complain(const char *want, struct hd_text *out);

/* Output as an expectation: indented, empty lines as <BLANKLINE>. */
void hd_doctest_format(const char *got, int indent, struct hd_text *out);

#endif
