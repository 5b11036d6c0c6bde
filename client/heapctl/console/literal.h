/* SPDX-License-Identifier: MIT */
/* literal.h: numbers and strings of the source, decoded. */
#ifndef HEAPD_CONSOLE_LITERAL_H
#define HEAPD_CONSOLE_LITERAL_H

#include "lexer.h"

/* Where a literal stands, for errors. */
struct hd_place {
    int line;
    int column;
};

/* The number at source (which starts with a digit, or a point and a digit).
 * Fills kind and value of *token; *ret_size: its length. */
bool hd_literal_number(const char *source, size_t size, struct hd_place place,
                       struct hd_token *token, size_t *ret_size, struct hd_pyerror *error);

/* The body of a string literal, between its quotes. */
bool hd_literal_string(const char *body, size_t size, bool raw, bool bytes,
                       struct hd_place place, struct hd_zone *zone, struct hd_token *token,
                       struct hd_pyerror *error);

/* [A-Za-z0-9_] */
bool hd_is_name_char(char c);

#endif
