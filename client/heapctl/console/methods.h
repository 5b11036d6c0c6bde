/* SPDX-License-Identifier: MIT */
/* methods.h: what builtins and methods share. */
#ifndef HEAPD_CONSOLE_METHODS_H
#define HEAPD_CONSOLE_METHODS_H

#include "machine.h"

/* Arguments as Python wants them, or its TypeError.  They learn all arguments. */
bool hd_integer_argument(struct hd_console *console, const struct hd_call *call, int number,
                         int64_t *ret_integer);
/* It becomes an object the daemon can run through. */
bool hd_iterable_argument(struct hd_console *console, const struct hd_call *call, int number);
/* Sets the TypeError for a number of arguments that does not fit. */
bool hd_wrong_count(struct hd_console *console, const struct hd_native *native, int given);

/* Of str and bytes, known or not. */
hd_builtin_fn hd_text_count;
hd_builtin_fn hd_text_endswith;
hd_builtin_fn hd_text_find;
hd_builtin_fn hd_text_join;
hd_builtin_fn hd_text_lower;
hd_builtin_fn hd_text_replace;
hd_builtin_fn hd_text_split;
hd_builtin_fn hd_text_startswith;
hd_builtin_fn hd_text_strip;
hd_builtin_fn hd_text_upper;

#endif
