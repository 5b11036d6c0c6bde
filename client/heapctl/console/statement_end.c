/* SPDX-License-Identifier: MIT */
/* statement_end.c: where a statement ends, at the prompt and in a script. */
#include <stdlib.h>
#include <string.h>

#include "lexing.h"

static bool opens_block(const struct hd_lexing *lexer)
{
    static const char *const words[] = {"if", "for", "def", "class", "while", "with", "try"};

    if (lexer->count == 0 || lexer->items[0].kind != HD_TOKEN_KEYWORD) {
        return lexer->count > 0 && lexer->items[0].text[0] == '@';
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(lexer->items[0].text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends_in_blank_line(const char *source, size_t size)
{
    return size > 1 && source[size - 1] == '\n' && source[size - 2] == '\n';
}

bool hd_lexer_wants_more(const char *source, size_t size)
{
    struct hd_lexing lexer;
    struct hd_zone zone;
    struct hd_pyerror error;
    bool more;

    hd_zone_init(&zone);
    hd_pyerror_init(&error);
    hd_lexing_init(&lexer, source, size, &zone, &error);
    more = hd_lexing_run(&lexer) ? opens_block(&lexer) && !ends_in_blank_line(source, size)
                                 : lexer.unfinished;
    free(lexer.items);
    hd_pyerror_fini(&error);
    hd_zone_fini(&zone);
    return more;
}

/* A line that goes on with the block above it: indented, blank, else, elif. */
static bool continues_block(const struct hd_lexing *lexer)
{
    static const char *const words[] = {"else", "elif"};
    const char *line = lexer->source + lexer->line_start;
    size_t size = lexer->size - lexer->line_start;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (size > 4 && memcmp(line, words[i], 4) == 0 && !hd_is_name_char(line[4])) {
            return true;
        }
    }
    return strchr(" \t\f\r\n#", line[0]) != NULL;
}

static bool is_wordless(const struct hd_lexing *lexer)
{
    return lexer->count == 0 || lexer->items[lexer->count - 1].kind == HD_TOKEN_NEWLINE ||
           lexer->items[lexer->count - 1].kind == HD_TOKEN_INDENT ||
           lexer->items[lexer->count - 1].kind == HD_TOKEN_DEDENT;
}

/* Whether the lexer has crossed the end of a statement's last line. */
static bool is_behind_statement(const struct hd_lexing *lexer, size_t line_before)
{
    return lexer->line_start > line_before && is_wordless(lexer) &&
           (lexer->line_start == lexer->size || !opens_block(lexer) || !continues_block(lexer));
}

size_t hd_lexer_statement_size(const char *source, size_t size)
{
    struct hd_lexing lexer;
    struct hd_zone zone;
    struct hd_pyerror error;
    const char *newline;
    size_t end = 0;
    bool fine;

    hd_zone_init(&zone);
    hd_pyerror_init(&error);
    hd_lexing_init(&lexer, source, size, &zone, &error);
    fine = hd_lexing_indentation(&lexer);
    while (fine && end == 0 && lexer.at < size) {
        size_t line_before = lexer.line_start;

        fine = hd_lexing_step(&lexer);
        end = is_behind_statement(&lexer, line_before) ? lexer.line_start : 0;
    }
    newline = memchr(source + lexer.at, '\n', size - lexer.at);
    if (end == 0) {
        end =
            fine || lexer.unfinished || newline == NULL ? size : (size_t)(newline - source) + 1;
    }
    free(lexer.items);
    hd_pyerror_fini(&error);
    hd_zone_fini(&zone);
    return end;
}
