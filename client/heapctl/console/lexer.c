/* SPDX-License-Identifier: MIT */
/* lexer.c: one pass over the bytes; indentation as a stack of columns. */
#include "lexer.h"

#include <stdlib.h>
#include <string.h>

#include "lexing.h"
#include "literal.h"

static const char *const keywords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",
};

/* Longest first. */
static const char *const operators[] = {
    "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==",
    "!=",  "->",  "+=",  "-=",  "*=",  "/=", "%=", "&=", "|=", "^=", "@=", ":=",
    "+",   "-",   "*",   "/",   "%",   "&",  "|",  "^",  "~",  "<",  ">",  "(",
    ")",   "[",   "]",   "{",   "}",   ",",  ":",  ".",  ";",  "=",  "@",
};

/* Counts on from where it was asked last: a line may be megabytes long. */
static struct hd_place here(struct hd_lexing *lexer)
{
    size_t offset = lexer->at - lexer->line_start;

    if (offset < lexer->counted) {
        lexer->counted = 0;
        lexer->column = 1;
    }
    lexer->column += (int)hd_utf8_length(lexer->source + lexer->line_start + lexer->counted,
                                         offset - lexer->counted);
    lexer->counted = offset;
    return (struct hd_place){lexer->line, lexer->column};
}

static bool fail(struct hd_lexing *lexer, const char *type, const char *message)
{
    struct hd_place place = here(lexer);

    return hd_pyerror_syntax(lexer->error, type, place.line, place.column, "%s", message);
}

static char peek(const struct hd_lexing *lexer, size_t ahead)
{
    return lexer->at + ahead < lexer->size ? lexer->source[lexer->at + ahead] : '\0';
}

static struct hd_token *add(struct hd_lexing *lexer, enum hd_token_kind kind,
                            struct hd_place place)
{
    struct hd_token *token;

    if (lexer->count == lexer->capacity) {
        lexer->capacity = lexer->capacity == 0 ? 32 : lexer->capacity * 2;
        lexer->items = hd_must_realloc(lexer->items, lexer->capacity * sizeof(lexer->items[0]));
    }
    token = &lexer->items[lexer->count++];
    memset(token, 0, sizeof(*token));
    token->kind = kind;
    token->line = place.line;
    token->column = place.column;
    token->text = "";
    return token;
}

static void next_line(struct hd_lexing *lexer)
{
    lexer->line++;
    lexer->line_start = lexer->at;
    lexer->counted = 0;
    lexer->column = 1;
}

/* The column at which a line's first word stands; false: the line is blank. */
static bool measure_indent(struct hd_lexing *lexer, int *ret_column)
{
    int column = 0;

    for (;; lexer->at++) {
        char c = peek(lexer, 0);

        if (c == ' ') {
            column++;
        } else if (c == '\t') {
            column = (column / 8 + 1) * 8;
        } else if (c == '\f') {
            column = 0;
        } else {
            break;
        }
    }
    *ret_column = column;
    return lexer->at < lexer->size && strchr("\r\n#", peek(lexer, 0)) == NULL;
}

bool hd_lexing_indentation(struct hd_lexing *lexer)
{
    int column;
    struct hd_place place;

    if (!measure_indent(lexer, &column)) {
        return true;
    }
    place = here(lexer);
    if (column > lexer->indents[lexer->indent_count - 1]) {
        if (lexer->indent_count == HD_LEXER_INDENTS_MAX) {
            return fail(lexer, "IndentationError", "too many levels of indentation");
        }
        lexer->indents[lexer->indent_count++] = column;
        (void)add(lexer, HD_TOKEN_INDENT, place);
        return true;
    }
    while (column < lexer->indents[lexer->indent_count - 1]) {
        lexer->indent_count--;
        (void)add(lexer, HD_TOKEN_DEDENT, place);
    }
    if (column != lexer->indents[lexer->indent_count - 1]) {
        return fail(lexer, "IndentationError",
                    "unindent does not match any outer indentation level");
    }
    return true;
}

/* Prefix letters and the quote: true if a string starts here. */
static bool string_prefix(const struct hd_lexing *lexer, size_t *ret_length, bool *ret_raw,
                          bool *ret_bytes, bool *ret_format)
{
    size_t length = 0;
    bool unicode = false;

    *ret_raw = *ret_bytes = *ret_format = false;
    for (; length < 3; length++) {
        char c = (char)(peek(lexer, length) | 0x20);

        if (c == 'r' && !*ret_raw && !unicode) {
            *ret_raw = true;
        } else if (c == 'b' && !*ret_bytes && !*ret_format && !unicode) {
            *ret_bytes = true;
        } else if (c == 'f' && !*ret_bytes && !*ret_format && !unicode) {
            *ret_format = true;
        } else if (c == 'u' && length == 0) {
            unicode = true;
        } else {
            break;
        }
    }
    *ret_length = length;
    return peek(lexer, length) == '\'' || peek(lexer, length) == '"';
}

/* From behind the opening quotes to the closing ones; its end, or 0. */
static size_t find_string_end(struct hd_lexing *lexer, size_t at, char quote, bool triple)
{
    for (; at < lexer->size; at++) {
        char c = lexer->source[at];

        if (c == '\\') {
            at++;
        } else if (c == '\n' && !triple) {
            return 0;
        } else if (c == quote &&
                   (!triple || (at + 2 < lexer->size && lexer->source[at + 1] == quote &&
                                lexer->source[at + 2] == quote))) {
            return at;
        }
    }
    return 0;
}

static bool unterminated(struct hd_lexing *lexer, struct hd_place place, bool triple)
{
    int last = lexer->line;

    for (size_t i = lexer->at; triple && i + 1 < lexer->size; i++) {
        last += lexer->source[i] == '\n';
    }
    lexer->unfinished = triple;
    return hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                             "unterminated %sstring literal (detected at line %d)",
                             triple ? "triple-quoted " : "", last);
}

static bool string(struct hd_lexing *lexer, size_t prefix, bool raw, bool bytes)
{
    struct hd_place place = here(lexer);
    char quote = peek(lexer, prefix);
    bool triple = peek(lexer, prefix + 1) == quote && peek(lexer, prefix + 2) == quote;
    size_t start = lexer->at + prefix + (triple ? 3 : 1);
    size_t end = find_string_end(lexer, start, quote, triple);
    struct hd_token *token;

    if (end == 0) {
        return unterminated(lexer, place, triple);
    }
    token = add(lexer, HD_TOKEN_STR, place);
    if (!hd_literal_string(lexer->source + start, end - start, raw, bytes, place, lexer->zone,
                           token, lexer->error)) {
        return false;
    }
    for (size_t i = lexer->at; i < end; i++) {
        if (lexer->source[i] == '\n') {
            lexer->at = i + 1;
            next_line(lexer);
        }
    }
    lexer->at = end + (triple ? 3 : 1);
    return true;
}

static bool name(struct hd_lexing *lexer)
{
    struct hd_place place = here(lexer);
    size_t length = 0;
    struct hd_token *token;

    while (hd_is_name_char(peek(lexer, length))) {
        length++;
    }
    if (length > 255) {
        return fail(lexer, "SyntaxError", "name longer than 255 bytes");
    }
    token = add(lexer, HD_TOKEN_NAME, place);
    token->text = hd_zone_copy(lexer->zone, lexer->source + lexer->at, length);
    lexer->at += length;
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strcmp(token->text, keywords[i]) == 0) {
            token->kind = HD_TOKEN_KEYWORD;
        }
    }
    return true;
}

static bool open_parenthesis(struct hd_lexing *lexer, char c)
{
    if (lexer->depth == HD_LEXER_PARENTHESES_MAX) {
        return fail(lexer, "SyntaxError", "too many nested parentheses");
    }
    lexer->open[lexer->depth] = c;
    lexer->open_at[lexer->depth++] = here(lexer);
    return true;
}

static bool close_parenthesis(struct hd_lexing *lexer, char c)
{
    struct hd_place place = here(lexer);
    char wanted = c == ')' ? '(' : c == ']' ? '[' : '{';

    if (lexer->depth == 0) {
        return hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                                 "unmatched '%c'", c);
    }
    lexer->depth--;
    if (lexer->open[lexer->depth] != wanted) {
        int line = lexer->open_at[lexer->depth].line;

        return line == place.line
                   ? hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                                       "closing parenthesis '%c' does not match opening "
                                       "parenthesis '%c'",
                                       c, lexer->open[lexer->depth])
                   : hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                                       "closing parenthesis '%c' does not match opening "
                                       "parenthesis '%c' on line %d",
                                       c, lexer->open[lexer->depth], line);
    }
    return true;
}

static bool bad_character(struct hd_lexing *lexer)
{
    struct hd_place place = here(lexer);
    unsigned char c = (unsigned char)lexer->source[lexer->at];
    size_t end = lexer->at;
    uint32_t code_point = hd_utf8_next(lexer->source, lexer->size, &end);

    if (c < 0x20 || c == 0x7F) {
        return hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                                 "invalid non-printable character U+%04X", c);
    }
    if (c < 0x80) {
        return fail(lexer, "SyntaxError", "invalid syntax");
    }
    return hd_pyerror_syntax(lexer->error, "SyntaxError", place.line, place.column,
                             "invalid character '%.*s' (U+%04X)", (int)(end - lexer->at),
                             lexer->source + lexer->at, code_point);
}

static bool operator_token(struct hd_lexing *lexer)
{
    struct hd_place place = here(lexer);

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i]);

        if (length > lexer->size - lexer->at ||
            memcmp(operators[i], lexer->source + lexer->at, length) != 0) {
            continue;
        }
        if (strchr("([{", operators[i][0]) != NULL &&
            !open_parenthesis(lexer, operators[i][0])) {
            return false;
        }
        if (strchr(")]}", operators[i][0]) != NULL &&
            !close_parenthesis(lexer, operators[i][0])) {
            return false;
        }
        add(lexer, HD_TOKEN_OPERATOR, place)->text = operators[i];
        lexer->at += length;
        return true;
    }
    return bad_character(lexer);
}

static bool number(struct hd_lexing *lexer)
{
    struct hd_place place = here(lexer);
    struct hd_token *token = add(lexer, HD_TOKEN_INT, place);
    size_t length = 0;

    if (!hd_literal_number(lexer->source + lexer->at, lexer->size - lexer->at, place, token,
                           &length, lexer->error)) {
        return false;
    }
    lexer->at += length;
    return true;
}

static bool word(struct hd_lexing *lexer)
{
    char c = peek(lexer, 0);
    size_t prefix;
    bool raw, bytes, format;

    if (string_prefix(lexer, &prefix, &raw, &bytes, &format)) {
        if (format) {
            return fail(lexer, "SyntaxError", "f-strings are not part of the language");
        }
        return string(lexer, prefix, raw, bytes);
    }
    if ((c >= '0' && c <= '9') ||
        (c == '.' && peek(lexer, 1) >= '0' && peek(lexer, 1) <= '9')) {
        return number(lexer);
    }
    if (hd_is_name_char(c)) {
        return name(lexer);
    }
    return operator_token(lexer);
}

/* At the end of a line's words. */
static bool end_line(struct hd_lexing *lexer)
{
    bool wordless = lexer->count == 0 ||
                    lexer->items[lexer->count - 1].kind == HD_TOKEN_NEWLINE ||
                    lexer->items[lexer->count - 1].kind == HD_TOKEN_DEDENT;

    if (lexer->depth == 0 && !wordless) {
        (void)add(lexer, HD_TOKEN_NEWLINE, here(lexer));
    }
    lexer->at += peek(lexer, 0) == '\r' && peek(lexer, 1) == '\n' ? 2 : 1;
    next_line(lexer);
    return lexer->depth > 0 || hd_lexing_indentation(lexer);
}

static bool backslash(struct hd_lexing *lexer)
{
    size_t end = peek(lexer, 1) == '\r' ? 2 : 1;

    if (peek(lexer, end) != '\n') {
        lexer->at++;
        return fail(lexer, "SyntaxError",
                    "unexpected character after line continuation character");
    }
    lexer->at += end + 1;
    next_line(lexer);
    if (lexer->at == lexer->size) {
        lexer->unfinished = true;
        return fail(lexer, "SyntaxError", "unexpected EOF while parsing");
    }
    return true;
}

bool hd_lexing_step(struct hd_lexing *lexer)
{
    char c = peek(lexer, 0);

    if (lexer->count >= HD_LEXER_TOKENS_MAX) {
        return fail(lexer, "SyntaxError",
                    "a statement is limited to " HD_LEXER_TOKENS_TEXT " words and signs");
    }
    if (c == ' ' || c == '\t' || c == '\f') {
        lexer->at++;
        return true;
    }
    if (c == '#') {
        while (lexer->at < lexer->size && peek(lexer, 0) != '\n') {
            lexer->at++;
        }
        return true;
    }
    if (c == '\n' || (c == '\r' && peek(lexer, 1) == '\n')) {
        return end_line(lexer);
    }
    return c == '\\' ? backslash(lexer) : word(lexer);
}

static bool finish(struct hd_lexing *lexer)
{
    struct hd_place place = here(lexer);

    if (lexer->depth > 0) {
        struct hd_place opened = lexer->open_at[lexer->depth - 1];

        lexer->unfinished = true;
        return hd_pyerror_syntax(lexer->error, "SyntaxError", opened.line, opened.column,
                                 "'%c' was never closed", lexer->open[lexer->depth - 1]);
    }
    if (lexer->count > 0 && lexer->items[lexer->count - 1].kind != HD_TOKEN_NEWLINE &&
        lexer->items[lexer->count - 1].kind != HD_TOKEN_DEDENT) {
        (void)add(lexer, HD_TOKEN_NEWLINE, place);
    }
    while (lexer->indent_count > 1) {
        lexer->indent_count--;
        (void)add(lexer, HD_TOKEN_DEDENT, place);
    }
    (void)add(lexer, HD_TOKEN_END, place);
    return true;
}

static bool check_source(struct hd_lexing *lexer)
{
    if (memchr(lexer->source, '\0', lexer->size) != NULL) {
        lexer->at =
            (size_t)((const char *)memchr(lexer->source, '\0', lexer->size) - lexer->source);
        return fail(lexer, "SyntaxError", "source code cannot contain null bytes");
    }
    if (!hd_utf8_is_valid(lexer->source, lexer->size)) {
        size_t next = 0;

        for (;;) {
            lexer->at = next;
            if (hd_utf8_next(lexer->source, lexer->size, &next) == 0xFFFD &&
                next == lexer->at + 1) {
                break;
            }
        }
        return fail(lexer, "SyntaxError", "source is not valid UTF-8");
    }
    return true;
}

bool hd_lexing_run(struct hd_lexing *lexer)
{
    if (!check_source(lexer) || !hd_lexing_indentation(lexer)) {
        return false;
    }
    while (lexer->at < lexer->size) {
        if (!hd_lexing_step(lexer)) {
            return false;
        }
    }
    return finish(lexer);
}

void hd_lexing_init(struct hd_lexing *lexer, const char *source, size_t size,
                    struct hd_zone *zone, struct hd_pyerror *error)
{
    memset(lexer, 0, sizeof(*lexer));
    lexer->source = source;
    lexer->size = size;
    lexer->line = 1;
    lexer->column = 1;
    lexer->zone = zone;
    lexer->error = error;
    lexer->indent_count = 1;
}

bool hd_lexer_run(const char *source, size_t size, struct hd_zone *zone,
                  struct hd_tokens *ret_tokens, struct hd_pyerror *error)
{
    struct hd_lexing lexer;
    bool done;

    hd_lexing_init(&lexer, source, size, zone, error);
    done = hd_lexing_run(&lexer);
    if (done) {
        ret_tokens->count = lexer.count;
        ret_tokens->items = hd_zone_alloc(zone, lexer.count * sizeof(lexer.items[0]));
        memcpy(ret_tokens->items, lexer.items, lexer.count * sizeof(lexer.items[0]));
    } else {
        hd_lexer_source_line(source, size, error->line, &error->source);
    }
    free(lexer.items);
    return done;
}

void hd_lexer_source_line(const char *source, size_t size, int line, struct hd_text *out)
{
    size_t start = 0;

    for (int number = 1; number < line && start < size; start++) {
        number += source[start] == '\n';
    }
    for (size_t end = start; end < size && source[end] != '\n' && source[end] != '\0'; end++) {
        hd_text_add_char(out, source[end]);
    }
}
