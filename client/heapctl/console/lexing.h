/* SPDX-License-Identifier: MIT */
/* lexing.h: a source being read, for the lexer and for those who only look where a
 * statement ends.  Nobody else includes it. */
#ifndef HEAPD_CONSOLE_LEXING_H
#define HEAPD_CONSOLE_LEXING_H

#include "lexer.h"
#include "literal.h"

struct hd_lexing {
    const char *source;
    size_t size;
    size_t at;
    size_t line_start;
    int line;
    size_t counted; /* from line_start: bytes whose characters `column` has counted */
    int column;     /* of the byte at line_start + counted */
    struct hd_zone *zone;
    struct hd_pyerror *error;
    struct hd_token *items; /* owned while running */
    size_t count;
    size_t capacity;
    char open[HD_LEXER_PARENTHESES_MAX];
    struct hd_place open_at[HD_LEXER_PARENTHESES_MAX];
    int depth;
    int indents[HD_LEXER_INDENTS_MAX];
    int indent_count;
    bool unfinished; /* stopped because more lines could mend it */
};

void hd_lexing_init(struct hd_lexing *lexer, const char *source, size_t size,
                    struct hd_zone *zone, struct hd_pyerror *error);
/* Of the line that begins here. */
bool hd_lexing_indentation(struct hd_lexing *lexer);
/* One token, blank or line's end. */
bool hd_lexing_step(struct hd_lexing *lexer);
/* All of it. */
bool hd_lexing_run(struct hd_lexing *lexer);

#endif
