/* SPDX-License-Identifier: MIT */
/* methods.h: what builtins and methods share. */
#ifndef HEAPD_CONSOLE_METHODS_H
#define HEAPD_CONSOLE_METHODS_H

#include "machine.h"

/* The argument becomes the result, with its hold. */
void hd_move_argument(struct hd_console *console, struct hd_call *call, int number);
/* Arguments as Python wants them, or its TypeError.  They learn all arguments. */
bool hd_integer_argument(struct hd_console *console, const struct hd_call *call, int number,
                         int64_t *ret_integer);
/* It becomes an object the daemon can run through. */
bool hd_iterable_argument(struct hd_console *console, const struct hd_call *call, int number);
/* Sets the TypeError for a number of arguments that does not fit. */
bool hd_wrong_count(struct hd_console *console, const struct hd_native *native, int given);

/* to_number.c: int() and float(). */
hd_builtin_fn hd_to_int;
hd_builtin_fn hd_to_float;

/* item_search.c: of list and tuple. */
hd_builtin_fn hd_item_count;
hd_builtin_fn hd_item_index;

/* Of str and bytes, known or not. */
hd_builtin_fn hd_text_count;
hd_builtin_fn hd_text_endswith;
hd_builtin_fn hd_text_find;
hd_builtin_fn hd_text_index;
hd_builtin_fn hd_text_join;
hd_builtin_fn hd_text_lower;
hd_builtin_fn hd_text_replace;
hd_builtin_fn hd_text_split;
hd_builtin_fn hd_text_startswith;
hd_builtin_fn hd_text_strip;
hd_builtin_fn hd_text_upper;

/* Learns the text itself and all arguments; MemoryError if one is too long. */
bool hd_text_know(struct hd_console *console, const struct hd_call *call);
/* A str or bytes, as self is.  data is borrowed. */
struct hd_value hd_text_like(const struct hd_value *self, const char *data, size_t size);
/* The result is a part of the text, or, like Python's, the text itself if that is all of it. */
void hd_text_part(struct hd_console *console, struct hd_call *call, size_t start, size_t end);
/* Where the sought stands from `from` on; SIZE_MAX: nowhere. */
size_t hd_text_position(const struct hd_value *text, const struct hd_value *sought,
                        size_t from);

/* module_weakref.c: the callee, a weak reference, is called: its object, or None. */
bool hd_weakref_call(struct hd_console *console, struct hd_call *call);

/* pairs.c: runs through the top value, which goes, and puts its pairs into the dict that lies
 * at `dict` from the bottom of the stack. */
bool hd_put_pairs(struct hd_console *console, size_t dict);

#endif
