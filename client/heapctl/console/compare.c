/* SPDX-License-Identifier: MIT */
/* compare.c: == and != are the daemon's; < and > find the first difference of
 * sequences by asking whether their items are equal. */
#include <string.h>

#include "machine.h"

static void replace(struct hd_console *console, struct hd_value result)
{
    hd_drop(console, 2);
    hd_push(console, result);
}

/* As sequences, which is what they are. */
static bool ranges_equal(const struct hd_range *left, const struct hd_range *right)
{
    int64_t length = hd_range_length(left);

    return length == hd_range_length(right) &&
           (length == 0 ||
            (left->start == right->start && (length == 1 || left->step == right->step)));
}

static bool equality(struct hd_console *console, enum hd_operator op)
{
    struct hd_value *left = hd_top(console, 2);
    struct hd_value *right = hd_top(console, 1);
    enum hd_extract extract = op == HD_OP_EQUAL ? HD_EXTRACT_BOOL : HD_EXTRACT_NOT_BOOL;

    if (!hd_link_resolve(console, left) || !hd_link_resolve(console, right)) {
        return false;
    }
    if (hd_value_is_number(left) && hd_value_is_number(right)) {
        replace(console, hd_value_bool(hd_number_compare(op, hd_value_number(left),
                                                         hd_value_number(right))));
        return true;
    }
    if (left->type == HD_VALUE_RANGE && right->type == HD_VALUE_RANGE) {
        bool same = ranges_equal(&left->as.range, &right->as.range);

        replace(console, hd_value_bool(same == (op == HD_OP_EQUAL)));
        return true;
    }
    if (left->type != HD_VALUE_OBJECT || right->type != HD_VALUE_OBJECT) {
        return hd_is(console, op == HD_OP_NOT_EQUAL);
    }
    if (!hd_link_make(console, left) || !hd_link_make(console, right)) {
        return false;
    }
    replace(console,
            hd_link_pending(console, extract,
                            heapd_batch_equals(hd_link_add(console, NULL), hd_link_ref(left),
                                               hd_link_ref(right))));
    return true;
}

static bool by_order(enum hd_operator op, int order)
{
    switch (op) {
    case HD_OP_LESS:
        return order < 0;
    case HD_OP_LESS_EQUAL:
        return order <= 0;
    case HD_OP_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

static int order_of_bytes(const struct hd_value *left, const struct hd_value *right)
{
    size_t size = left->size < right->size ? left->size : right->size;
    int order = size == 0 ? 0 : memcmp(left->data, right->data, size);

    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

static bool not_supported(struct hd_console *console, enum hd_operator op)
{
    return hd_pyerror_set(console->error, "TypeError",
                          "'%s' not supported between instances of '%s' and '%s'",
                          hd_operator_name(op), hd_type_name(hd_top(console, 2)),
                          hd_type_name(hd_top(console, 1)));
}

/* Item number `index` of both operands, pushed; *ret_both false: one is at its end. */
static bool push_items(struct hd_console *console, uint64_t index, bool *ret_both,
                       uint64_t lengths[2])
{
    struct hd_page page;
    uint64_t ids[2] = {0, 0};

    for (size_t side = 0; side < 2; side++) {
        if (!hd_learn_items(console, 2 - side, index, 1, &page)) {
            return false;
        }
        lengths[side] = page.length;
        ids[side] = page.count > 0 ? page.items[0] : 0;
    }
    *ret_both = ids[0] != 0 && ids[1] != 0;
    if (*ret_both) {
        hd_push(console, hd_value_id(ids[0], HEAPD_KIND_UNSPECIFIED));
        hd_push(console, hd_value_id(ids[1], HEAPD_KIND_UNSPECIFIED));
        hd_link_keep(console);
    }
    return true;
}

/* Whether the top two values, items of containers, are equal; they stay. */
static bool are_equal(struct hd_console *console, bool *ret_equal)
{
    uint32_t operation;

    *ret_equal = hd_top(console, 2)->id == hd_top(console, 1)->id;
    if (*ret_equal) {
        return true;
    }
    operation = heapd_batch_equals(hd_link_add(console, NULL), hd_link_ref(hd_top(console, 2)),
                                   hd_link_ref(hd_top(console, 1)));
    if (!hd_link_sync(console)) {
        return false;
    }
    *ret_equal = heapd_result_bool(console->landed->batch, operation);
    return true;
}

/* Two lists or two tuples: leaves their first different items on the stack
 * instead (*ret_differ), or nothing but themselves. */
static bool first_difference(struct hd_console *console, bool *ret_differ, uint64_t lengths[2])
{
    bool equal, both;

    for (uint64_t index = 0;; index++) {
        if (!push_items(console, index, &both, lengths)) {
            return false;
        }
        *ret_differ = both;
        if (!both) {
            return true;
        }
        if (!are_equal(console, &equal)) {
            return false;
        }
        if (!equal) {
            struct hd_value right = *hd_top(console, 1);
            struct hd_value left = *hd_top(console, 2);

            console->stack_count -= 2;
            hd_drop(console, 2);
            hd_push(console, left);
            hd_push(console, right);
            return true;
        }
        hd_drop(console, 2);
    }
}

static bool is_set(const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT &&
           (value->kind == HEAPD_KIND_SET || value->kind == HEAPD_KIND_FROZENSET);
}

/* Items asked for at a time. */
#define SET_ITEMS 1000

/* Whether the set `outer` below the top has items `first` and following of the set `inner`
 * below it, as many as *page tells. */
static bool has_items(struct hd_console *console, size_t outer, size_t inner, uint64_t first,
                      struct hd_page *page, bool *ret_all)
{
    uint64_t ids[SET_ITEMS];
    uint32_t operation = 0;

    if (!hd_learn_items(console, inner, first, SET_ITEMS, page)) {
        return false;
    }
    memcpy(ids, page->items, page->count * sizeof(ids[0]));
    for (size_t i = 0; i < page->count; i++) {
        operation = heapd_batch_contains(hd_link_add(console, NULL),
                                         hd_link_ref(hd_top(console, outer)), heapd_id(ids[i]));
    }
    if (!hd_link_sync(console)) {
        return false;
    }
    for (size_t i = 0; i < page->count; i++) {
        *ret_all =
            *ret_all && heapd_result_bool(console->landed->batch, operation - (uint32_t)i);
    }
    return true;
}

/* One of the top two sets is the subset of the other. */
static bool order_of_sets(struct hd_console *console, enum hd_operator op)
{
    bool less = op == HD_OP_LESS || op == HD_OP_LESS_EQUAL;
    bool proper = op == HD_OP_LESS || op == HD_OP_GREATER;
    size_t inner = less ? 2 : 1;
    bool all = true;
    uint64_t done = 0;
    uint64_t length;
    struct hd_page page;

    if (!hd_learn_items(console, 3 - inner, 0, 1, &page)) {
        return false;
    }
    length = page.length;
    do {
        if (!has_items(console, 3 - inner, inner, done, &page, &all)) {
            return false;
        }
        done += page.count;
    } while (all && page.count > 0 && done < page.length);
    replace(console,
            hd_value_bool(all && (page.length < length || (!proper && page.length == length))));
    return true;
}

static bool order(struct hd_console *console, enum hd_operator op)
{
    uint64_t lengths[2];
    bool differ;

    for (;;) {
        const struct hd_value *left;
        const struct hd_value *right;

        if (!hd_learn(console, 2)) {
            return false;
        }
        left = hd_top(console, 2);
        right = hd_top(console, 1);
        if (hd_value_is_number(left) && hd_value_is_number(right)) {
            replace(console, hd_value_bool(hd_number_compare(op, hd_value_number(left),
                                                             hd_value_number(right))));
            return true;
        }
        if (is_set(left) && is_set(right)) {
            return order_of_sets(console, op);
        }
        if (left->type != HD_VALUE_OBJECT || right->type != HD_VALUE_OBJECT ||
            left->kind != right->kind) {
            return not_supported(console, op);
        }
        if (left->known && (left->kind == HEAPD_KIND_STR || left->kind == HEAPD_KIND_BYTES)) {
            replace(console, hd_value_bool(by_order(op, order_of_bytes(left, right))));
            return true;
        }
        if (left->kind != HEAPD_KIND_LIST && left->kind != HEAPD_KIND_TUPLE) {
            return not_supported(console, op);
        }
        if (!first_difference(console, &differ, lengths)) {
            return false;
        }
        if (!differ) {
            replace(console, hd_value_bool(by_order(op, (lengths[0] > lengths[1]) -
                                                            (lengths[0] < lengths[1]))));
            return true;
        }
    }
}

bool hd_compare(struct hd_console *console, enum hd_operator op)
{
    return op == HD_OP_EQUAL || op == HD_OP_NOT_EQUAL ? equality(console, op)
                                                      : order(console, op);
}
