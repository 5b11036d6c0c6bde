/* SPDX-License-Identifier: MIT */
/* constant.c: when two constants are the same, equal, true, interned. */
#include "constant.h"

#include <math.h>
#include <string.h>

#include "literal.h"
#include "text.h"

bool hd_constant_is_number(const struct hd_constant *c)
{
    return c->kind == HEAPD_KIND_BOOL || c->kind == HEAPD_KIND_INT ||
           c->kind == HEAPD_KIND_FLOAT;
}

struct hd_number hd_constant_number(const struct hd_constant *c)
{
    struct hd_number number = {c->kind == HEAPD_KIND_FLOAT, c->kind == HEAPD_KIND_BOOL,
                               c->integer, c->number};

    return number;
}

bool hd_constant_is_true(const struct hd_constant *c)
{
    switch (c->kind) {
    case HEAPD_KIND_NONE:
        return false;
    case HEAPD_KIND_STR:
    case HEAPD_KIND_BYTES:
        return c->size > 0;
    case HEAPD_KIND_TUPLE:
    case HEAPD_KIND_FROZENSET:
        return c->count > 0;
    default:
        return hd_number_is_true(hd_constant_number(c)) || c->too_large;
    }
}

bool hd_constant_is_interned(const struct hd_constant *c)
{
    if (c->kind != HEAPD_KIND_STR) {
        return false;
    }
    for (size_t i = 0; i < c->size; i++) {
        if (!hd_is_name_char(c->data[i])) {
            return false;
        }
    }
    return true;
}

bool hd_constant_has_item(const struct hd_constant *set, const struct hd_constant *item,
                          hd_constant_same_fn *same)
{
    for (size_t i = 0; i < set->count; i++) {
        if (same(set->items[i], item)) {
            return true;
        }
    }
    return false;
}

static bool same_items(const struct hd_constant *left, const struct hd_constant *right)
{
    if (left->count != right->count) {
        return false;
    }
    for (size_t i = 0; i < left->count; i++) {
        if (left->kind == HEAPD_KIND_FROZENSET
                ? !hd_constant_has_item(right, left->items[i], hd_constant_is_same)
                : !hd_constant_is_same(left->items[i], right->items[i])) {
            return false;
        }
    }
    return true;
}

bool hd_constant_is_same(const struct hd_constant *left, const struct hd_constant *right)
{
    if (left->kind != right->kind || left->too_large != right->too_large) {
        return false;
    }
    switch (left->kind) {
    case HEAPD_KIND_BOOL:
    case HEAPD_KIND_INT:
        return left->integer == right->integer;
    case HEAPD_KIND_FLOAT:
        return left->number == right->number && signbit(left->number) == signbit(right->number);
    case HEAPD_KIND_STR:
    case HEAPD_KIND_BYTES:
        return left->size == right->size && memcmp(left->data, right->data, left->size) == 0;
    case HEAPD_KIND_TUPLE:
    case HEAPD_KIND_FROZENSET:
        return same_items(left, right);
    default:
        return true;
    }
}

bool hd_constant_is_equal(const struct hd_constant *left, const struct hd_constant *right)
{
    if (hd_constant_is_number(left) && hd_constant_is_number(right)) {
        return left->too_large || right->too_large
                   ? left == right
                   : hd_number_compare(HD_OP_EQUAL, hd_constant_number(left),
                                       hd_constant_number(right));
    }
    if (left->kind != right->kind) {
        return false;
    }
    if (left->kind == HEAPD_KIND_TUPLE || left->kind == HEAPD_KIND_FROZENSET) {
        if (left->count != right->count) {
            return false;
        }
        for (size_t i = 0; i < left->count; i++) {
            if (left->kind == HEAPD_KIND_FROZENSET
                    ? !hd_constant_has_item(right, left->items[i], hd_constant_is_equal)
                    : !hd_constant_is_equal(left->items[i], right->items[i])) {
                return false;
            }
        }
        return true;
    }
    return hd_constant_is_same(left, right);
}
