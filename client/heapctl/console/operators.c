/* SPDX-License-Identifier: MIT */
/* operators.c: + - * // and so on, on whatever the operands turn out to be. */
#include "machine.h"

static bool is_sequence(enum heapd_kind kind)
{
    return kind == HEAPD_KIND_STR || kind == HEAPD_KIND_BYTES || kind == HEAPD_KIND_TUPLE ||
           kind == HEAPD_KIND_LIST;
}

static enum heapd_kind kind_of(const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT ? value->kind : HEAPD_KIND_UNSPECIFIED;
}

static bool unsupported(struct hd_console *console, enum hd_operator op, bool in_place)
{
    const char *sign = op == HD_OP_POWER && !in_place ? "** or pow()" : hd_operator_name(op);

    return hd_pyerror_set(console->error, "TypeError",
                          "unsupported operand type(s) for %s%s: '%s' and '%s'", sign,
                          in_place ? "=" : "", hd_type_name(hd_top(console, 2)),
                          hd_type_name(hd_top(console, 1)));
}

/* Takes the operands off and puts the result there. */
static void replace(struct hd_console *console, size_t count, struct hd_value result)
{
    hd_drop(console, count);
    hd_push(console, result);
}

static bool is_empty_text(const struct hd_value *value)
{
    return value->known && value->size == 0 &&
           (value->kind == HEAPD_KIND_STR || value->kind == HEAPD_KIND_BYTES);
}

/* What a + b makes of two sequences of one kind. */
static bool concatenate(struct hd_console *console)
{
    struct hd_value *left = hd_top(console, 2);
    struct hd_value *right = hd_top(console, 1);
    enum heapd_kind kind = left->kind;
    struct heapd_part parts[2];
    size_t count = 0;
    struct hd_value result;

    if (!hd_link_make(console, left) || !hd_link_make(console, right)) {
        return false;
    }
    if (!is_empty_text(left)) {
        parts[count++] = (struct heapd_part){.source = hd_link_ref(left)};
    }
    if (!is_empty_text(right) || count == 0) {
        parts[count++] = (struct heapd_part){.source = hd_link_ref(right)};
    }
    result = hd_value_result(heapd_batch_copy(hd_link_add(console, NULL), parts, count, 1,
                                              HEAPD_KIND_UNSPECIFIED, 0),
                             kind);
    result.fresh = true;
    replace(console, 2, result);
    return true;
}

static bool cannot_concatenate(struct hd_console *console)
{
    const struct hd_value *left = hd_top(console, 2);
    const char *right = hd_type_name(hd_top(console, 1));

    if (left->kind == HEAPD_KIND_BYTES) {
        return hd_pyerror_set(console->error, "TypeError", "can't concat %s to bytes", right);
    }
    return hd_pyerror_set(console->error, "TypeError",
                          "can only concatenate %s (not \"%s\") to %s", hd_type_name(left),
                          right, hd_type_name(left));
}

/* The sequence lies `sequence` below the top, the number `times` below it. */
static bool repeat(struct hd_console *console, size_t sequence, size_t times)
{
    struct hd_value *value = hd_top(console, sequence);
    int64_t count = hd_top(console, times)->integer;
    struct heapd_part part;
    struct hd_value result;

    if (!hd_link_make(console, value)) {
        return false;
    }
    part = (struct heapd_part){.source = hd_link_ref(value)};
    result =
        hd_value_result(heapd_batch_copy(hd_link_add(console, NULL), &part, 1,
                                         count <= 0 ? -1 : count, HEAPD_KIND_UNSPECIFIED, 0),
                        value->kind);
    result.fresh = true;
    replace(console, 2, result);
    return true;
}

/* list += anything that can be run through */
static bool extend_in_place(struct hd_console *console)
{
    struct hd_value *list = hd_top(console, 2);
    struct hd_value *items = hd_top(console, 1);

    if (!hd_is_iterable(items)) {
        return hd_pyerror_set(console->error, "TypeError", "'%s' object is not iterable",
                              hd_type_name(items));
    }
    if (!hd_spread(console, 1) || !hd_link_make(console, hd_top(console, 1))) {
        return false;
    }
    list = hd_top(console, 2);
    (void)heapd_batch_extend_from(hd_link_change(console, NULL), hd_link_ref(list),
                                  hd_link_ref(hd_top(console, 1)));
    hd_drop(console, 1);
    return true;
}

/* list *= number */
static bool repeat_in_place(struct hd_console *console)
{
    struct hd_value *list = hd_top(console, 2);
    int64_t count = hd_top(console, 1)->integer;
    struct heapd_part part = {.source = hd_link_ref(list)};
    uint32_t copy;

    if (count <= 0) {
        (void)heapd_batch_clear(hd_link_change(console, NULL), hd_link_ref(list));
    } else if (count > 1) {
        copy = heapd_batch_copy(hd_link_add(console, NULL), &part, 1, count - 1,
                                HEAPD_KIND_UNSPECIFIED, 0);
        (void)heapd_batch_extend_from(hd_link_change(console, NULL), hd_link_ref(list),
                                      heapd_result(copy));
    }
    hd_drop(console, 1);
    return true;
}

static bool numbers(struct hd_console *console, enum hd_operator op)
{
    struct hd_number result;

    if (!hd_number_binary(op, hd_value_number(hd_top(console, 2)),
                          hd_value_number(hd_top(console, 1)), &result, console->error)) {
        return false;
    }
    replace(console, 2, hd_value_from_number(result));
    return true;
}

static bool multiply(struct hd_console *console, bool in_place)
{
    struct hd_value *left = hd_top(console, 2);
    struct hd_value *right = hd_top(console, 1);
    bool left_is_sequence = is_sequence(kind_of(left));

    if (left_is_sequence && hd_value_is_integer(right)) {
        return in_place && left->kind == HEAPD_KIND_LIST ? repeat_in_place(console)
                                                         : repeat(console, 2, 1);
    }
    if (is_sequence(kind_of(right)) && hd_value_is_integer(left)) {
        return repeat(console, 1, 2);
    }
    if (left_is_sequence || is_sequence(kind_of(right))) {
        return hd_pyerror_set(console->error, "TypeError",
                              "can't multiply sequence by non-int of type '%s'",
                              hd_type_name(left_is_sequence ? right : left));
    }
    return unsupported(console, HD_OP_MULTIPLY, in_place);
}

bool hd_binary(struct hd_console *console, enum hd_operator op, bool in_place)
{
    struct hd_value *left;
    struct hd_value *right;

    if (!hd_learn(console, 2)) {
        return false;
    }
    left = hd_top(console, 2);
    right = hd_top(console, 1);
    if (hd_value_is_number(left) && hd_value_is_number(right)) {
        return numbers(console, op);
    }
    if (op == HD_OP_ADD && in_place && kind_of(left) == HEAPD_KIND_LIST) {
        return extend_in_place(console);
    }
    if (op == HD_OP_ADD && is_sequence(kind_of(left))) {
        return kind_of(left) == kind_of(right) ? concatenate(console)
                                               : cannot_concatenate(console);
    }
    if (op == HD_OP_MULTIPLY) {
        return multiply(console, in_place);
    }
    if (op == HD_OP_MODULO &&
        (kind_of(left) == HEAPD_KIND_STR || kind_of(left) == HEAPD_KIND_BYTES)) {
        return hd_pyerror_set(console->error, "TypeError",
                              "formatting with %% is not part of the language");
    }
    return unsupported(console, op, in_place);
}

bool hd_unary(struct hd_console *console, enum hd_operator op)
{
    struct hd_number result;
    bool truth;

    if (op == HD_OP_NOT) {
        if (!hd_truth(console, &truth)) {
            return false;
        }
        replace(console, 1, hd_value_bool(!truth));
        return true;
    }
    if (!hd_learn(console, 1)) {
        return false;
    }
    if (!hd_value_is_number(hd_top(console, 1))) {
        return hd_pyerror_set(console->error, "TypeError",
                              "bad operand type for unary %s: '%s'", hd_operator_name(op),
                              hd_type_name(hd_top(console, 1)));
    }
    if (op == HD_OP_PLUS && hd_top(console, 1)->kind != HEAPD_KIND_BOOL) {
        return true; /* it is the number itself */
    }
    if (!hd_number_unary(op, hd_value_number(hd_top(console, 1)), &result, console->error)) {
        return false;
    }
    replace(console, 1, hd_value_from_number(result));
    return true;
}

/* ------------------------------------------------------------ is */

bool hd_is(struct hd_console *console, bool negate)
{
    struct hd_value *left = hd_top(console, 2);
    struct hd_value *right = hd_top(console, 1);
    struct hd_value result;

    if (!hd_link_resolve(console, left) || !hd_link_resolve(console, right)) {
        return false;
    }
    if (left->view != NULL && left->view == right->view) {
        replace(console, 2, hd_value_bool(!negate));
        return true;
    }
    if (left->type != HD_VALUE_OBJECT || right->type != HD_VALUE_OBJECT) {
        bool same = left->type == HD_VALUE_NATIVE && right->type == HD_VALUE_NATIVE &&
                    left->as.native == right->as.native;

        replace(console, 2, hd_value_bool(same != negate));
        return true;
    }
    if (!hd_link_make(console, left) || !hd_link_make(console, right)) {
        return false;
    }
    if (left->where == right->where && left->where == HD_WHERE_ID) {
        replace(console, 2, hd_value_bool((left->id == right->id) != negate));
        return true;
    }
    result = hd_link_pending(console, negate ? HD_EXTRACT_NOT_SAME : HD_EXTRACT_SAME,
                             heapd_batch_count(console->open->batch) - 1);
    result.as.pending->sides[0] = *left;
    result.as.pending->sides[1] = *right;
    replace(console, 2, result);
    return true;
}

bool hd_contains(struct hd_console *console, bool negate)
{
    struct hd_value *container = hd_top(console, 1);
    struct hd_value result;

    if (container->type == HD_VALUE_RANGE) {
        return hd_range_contains(console, negate);
    }
    if (container->type == HD_VALUE_NATIVE) {
        return hd_pyerror_set(console->error, "TypeError",
                              "argument of type '%s' is not iterable", hd_type_name(container));
    }
    if (hd_top(console, 2)->type == HD_VALUE_NATIVE) {
        replace(console, 2, hd_value_bool(negate)); /* no object is one of these */
        return true;
    }
    if (!hd_link_make(console, hd_top(console, 2)) || !hd_link_make(console, container)) {
        return false;
    }
    result = hd_link_pending(console, negate ? HD_EXTRACT_NOT_BOOL : HD_EXTRACT_BOOL,
                             heapd_batch_contains(hd_link_add(console, NULL),
                                                  hd_link_ref(hd_top(console, 1)),
                                                  hd_link_ref(hd_top(console, 2))));
    replace(console, 2, result);
    return true;
}
