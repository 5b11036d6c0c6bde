/* SPDX-License-Identifier: MIT */
/* utf8.h: is this text?  As RFC 3629: no surrogates, no overlong forms, at most U+10FFFF. */
#ifndef HD_BASE_UTF8_H
#define HD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes at the start of text that are whole, valid characters: size if all are. */
size_t hd_utf8_prefix(const char *text, size_t size);

bool hd_utf8_is_valid(const char *text, size_t size);

/* Characters in valid text. */
size_t hd_utf8_length(const char *text, size_t size);

/* Byte offset of character number index in valid text; size if index is past the end. */
size_t hd_utf8_offset(const char *text, size_t size, size_t index);

/* The first character of valid text of at least one character. */
uint32_t hd_utf8_decode(const char *text, size_t size);

/* Writes at most 4 bytes and returns how many.  code is a valid scalar value. */
size_t hd_utf8_encode(uint32_t code, char *ret_text);

#endif
