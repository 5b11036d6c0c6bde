/* SPDX-License-Identifier: MIT */
/* quote.h: scalars as Python's repr writes them. */
#ifndef HEAPD_CONSOLE_QUOTE_H
#define HEAPD_CONSOLE_QUOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* 'it\'s', with the quotes and escapes repr() chooses. */
void hd_quote_str(const char *data, size_t size, struct hd_text *out);
/* What the daemon quoted, which does not know what can be printed. */
void hd_quote_unprintable(const char *data, size_t size, struct hd_text *out);
/* b'\x00' */
void hd_quote_bytes(const char *data, size_t size, struct hd_text *out);
/* The shortest digits that give the number back: 0.1, 1e+16, -0.0, inf, nan. */
void hd_quote_float(double number, struct hd_text *out);

#endif
