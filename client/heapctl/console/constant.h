/* SPDX-License-Identifier: MIT */
/* constant.h: values that a source spells out, compared. */
#ifndef HEAPD_CONSOLE_CONSTANT_H
#define HEAPD_CONSOLE_CONSTANT_H

#include "ast.h"
#include "number.h"

/* A bool, int or float. */
bool hd_constant_is_number(const struct hd_constant *constant);
struct hd_number hd_constant_number(const struct hd_constant *constant);

bool hd_constant_is_true(const struct hd_constant *constant);
/* Python's ==, which collapses the items of a set. */
bool hd_constant_is_equal(const struct hd_constant *left, const struct hd_constant *right);
typedef bool hd_constant_same_fn(const struct hd_constant *left,
                                 const struct hd_constant *right);
bool hd_constant_has_item(const struct hd_constant *set, const struct hd_constant *item,
                          hd_constant_same_fn *same);
/* The same value of the same type, items too: one object in a compile unit. */
bool hd_constant_is_same(const struct hd_constant *left, const struct hd_constant *right);
/* Whether CPython interns it: [A-Za-z0-9_]*. */
bool hd_constant_is_interned(const struct hd_constant *constant);

#endif
