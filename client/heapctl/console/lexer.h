/* SPDX-License-Identifier: MIT */
/* lexer.h: the source of one statement into tokens, as Python's tokenizer does it.
 *
 * Any bytes give tokens or a SyntaxError with line and column.  Literals are
 * decoded here: escapes, prefixes, digits. */
#ifndef HEAPD_CONSOLE_LEXER_H
#define HEAPD_CONSOLE_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyerror.h"
#include "zone.h"

#define HD_LEXER_PARENTHESES_MAX 200
#define HD_LEXER_INDENTS_MAX     100
/* Of one statement: what they become takes about 400 bytes each. */
#define HD_LEXER_TOKENS_MAX  500000
#define HD_LEXER_TOKENS_TEXT "500000"

enum hd_token_kind {
    HD_TOKEN_END,
    HD_TOKEN_NEWLINE,
    HD_TOKEN_INDENT,
    HD_TOKEN_DEDENT,
    HD_TOKEN_NAME,
    HD_TOKEN_KEYWORD,
    HD_TOKEN_INT,
    HD_TOKEN_FLOAT,
    HD_TOKEN_STR,
    HD_TOKEN_BYTES,
    HD_TOKEN_OPERATOR,
};

struct hd_token {
    enum hd_token_kind kind;
    int line;         /* from 1 */
    int column;       /* in characters, from 1 */
    const char *text; /* NUL-terminated: the name, keyword or operator; else the source */
    const char *data; /* decoded str or bytes */
    size_t size;      /* of data */
    uint64_t magnitude;
    bool too_large; /* an int beyond 2^63 */
    double number;
};

struct hd_tokens {
    struct hd_token *items; /* in the zone; the last is HD_TOKEN_END */
    size_t count;
};

bool hd_lexer_run(const char *source, size_t size, struct hd_zone *zone,
                  struct hd_tokens *ret_tokens, struct hd_pyerror *error);

/* Whether the prompt should ask for another line: an open parenthesis or
 * triple-quoted string, a backslash at the end, or a block that no blank line
 * has ended yet. */
bool hd_lexer_wants_more(const char *source, size_t size);

/* Of a script: the bytes of its first statement, or of the blank line or comment
 * it begins with.  What cannot be read ends with its line. */
size_t hd_lexer_statement_size(const char *source, size_t size);

/* The text of line number `line` (from 1), without its end. */
void hd_lexer_source_line(const char *source, size_t size, int line, struct hd_text *out);

#endif
