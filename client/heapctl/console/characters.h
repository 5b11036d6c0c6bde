/* SPDX-License-Identifier: MIT */
/* characters.h: what CPython 3.11 (Unicode 14.0) knows of characters. */
#ifndef HEAPD_CONSOLE_CHARACTERS_H
#define HEAPD_CONSOLE_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether str.isprintable() holds of the character. */
bool hd_is_printable(uint32_t code_point);
/* Whether str.isspace() does. */
bool hd_is_blank(uint32_t code_point);
/* The decimal digit it is, in whatever script; -1: none. */
int hd_decimal(uint32_t code_point);

#endif
