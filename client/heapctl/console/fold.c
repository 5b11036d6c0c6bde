/* SPDX-License-Identifier: MIT */
/* fold.c: after ast_opt.c of CPython 3.11, whose limits these are. */
#include "fold.h"

#include <string.h>

#include "constant.h"

#define COLLECTION_MAX  256
#define STRING_MAX      4096
#define TOTAL_ITEMS_MAX 1024
#define INT_BITS_MAX    128

/* Larger sets keep equal items here; the daemon leaves them out. */
#define SET_ITEMS_COMPARED_MAX 1000

static void fold(struct hd_node *node, struct hd_zone *zone);

static bool is_text(const struct hd_constant *c)
{
    return c->kind == HEAPD_KIND_STR || c->kind == HEAPD_KIND_BYTES;
}

static void become(struct hd_node *node, const struct hd_constant *constant)
{
    node->kind = HD_NODE_CONSTANT;
    node->constant = constant;
}

static const struct hd_constant *from_number(struct hd_number number, struct hd_zone *zone)
{
    struct hd_constant *c = hd_zone_alloc(zone, sizeof(*c));

    c->kind = number.is_float  ? HEAPD_KIND_FLOAT
              : number.is_bool ? HEAPD_KIND_BOOL
                               : HEAPD_KIND_INT;
    c->integer = number.integer;
    c->number = number.number;
    return c;
}

const struct hd_constant *hd_fold_sequence(struct hd_node *const *items, size_t count,
                                           enum heapd_kind kind, struct hd_zone *zone)
{
    struct hd_constant *c = hd_zone_alloc(zone, sizeof(*c));
    const struct hd_constant **values = hd_zone_alloc(zone, count * sizeof(values[0]));

    c->kind = kind;
    c->items = values;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != HD_NODE_CONSTANT) {
            return NULL;
        }
        if (kind != HEAPD_KIND_FROZENSET || count > SET_ITEMS_COMPARED_MAX ||
            !hd_constant_has_item(c, items[i]->constant, hd_constant_is_equal)) {
            values[c->count++] = items[i]->constant;
        }
    }
    return c;
}

static void fold_all(struct hd_node *const *nodes, size_t count, struct hd_zone *zone)
{
    for (size_t i = 0; i < count; i++) {
        fold(nodes[i], zone);
    }
}

static void fold_tuple(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *c =
        hd_fold_sequence(node->items, node->count, HEAPD_KIND_TUPLE, zone);

    if (c != NULL) {
        become(node, c);
    }
}

/* What `in` or `for` runs over: a list display becomes a tuple, a set display of
 * constants a frozenset. */
static void fold_iterable(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *c;

    if (node->kind == HD_NODE_LIST) {
        node->kind = HD_NODE_TUPLE;
        fold_tuple(node, zone);
    } else if (node->kind == HD_NODE_SET) {
        c = hd_fold_sequence(node->items, node->count, HEAPD_KIND_FROZENSET, zone);
        if (c != NULL) {
            become(node, c);
        }
    }
}

static void fold_not(struct hd_node *node, struct hd_zone *zone)
{
    static const enum hd_operator opposite[HD_OP_COUNT] = {
        [HD_OP_IS] = HD_OP_IS_NOT,
        [HD_OP_IS_NOT] = HD_OP_IS,
        [HD_OP_IN] = HD_OP_NOT_IN,
        [HD_OP_NOT_IN] = HD_OP_IN,
    };
    struct hd_node *operand = node->left;
    struct hd_number truth = {.is_bool = true};

    if (operand->kind == HD_NODE_CONSTANT) {
        truth.integer = !hd_constant_is_true(operand->constant);
        become(node, from_number(truth, zone));
    } else if (operand->kind == HD_NODE_COMPARE && operand->count == 1 &&
               opposite[operand->ops[0]] != 0) {
        operand->ops[0] = opposite[operand->ops[0]];
        *node = *operand;
    }
}

static void fold_unary(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *c = node->left->constant;
    struct hd_number result;
    struct hd_pyerror error;

    if (node->op == HD_OP_NOT) {
        fold_not(node, zone);
        return;
    }
    if (node->left->kind != HD_NODE_CONSTANT || !hd_constant_is_number(c)) {
        return;
    }
    if (c->too_large) {
        if (node->op == HD_OP_NEGATE && c->integer == INT64_MIN) {
            result = (struct hd_number){.integer = INT64_MIN};
            become(node, from_number(result, zone));
        }
        return;
    }
    hd_pyerror_init(&error);
    if (hd_number_unary(node->op, hd_constant_number(c), &result, &error)) {
        become(node, from_number(result, zone));
    }
    hd_pyerror_fini(&error);
}

static int bits(int64_t value)
{
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    int count = 0;

    for (; magnitude != 0; magnitude >>= 1) {
        count++;
    }
    return count;
}

static void fold_numbers(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *left = node->left->constant;
    const struct hd_constant *right = node->right->constant;
    struct hd_number result;
    struct hd_pyerror error;

    if (left->too_large || right->too_large) {
        return;
    }
    if (node->op == HD_OP_POWER && left->kind != HEAPD_KIND_FLOAT &&
        right->kind != HEAPD_KIND_FLOAT && right->integer > 0 && left->integer != 0 &&
        bits(left->integer) > INT_BITS_MAX / right->integer) {
        return;
    }
    hd_pyerror_init(&error);
    if (hd_number_binary(node->op, hd_constant_number(left), hd_constant_number(right), &result,
                         &error)) {
        become(node, from_number(result, zone));
    }
    hd_pyerror_fini(&error);
}

/* Items within items, at most `limit`; below 0 if there are more. */
static long complexity(const struct hd_constant *c, long limit)
{
    if (c->kind == HEAPD_KIND_TUPLE) {
        limit -= (long)c->count;
        for (size_t i = 0; limit >= 0 && i < c->count; i++) {
            limit = complexity(c->items[i], limit);
        }
    }
    return limit;
}

static bool may_repeat(const struct hd_constant *c, int64_t times)
{
    size_t size = c->kind == HEAPD_KIND_TUPLE ? c->count
                  : c->kind == HEAPD_KIND_STR ? hd_utf8_length(c->data, c->size)
                                              : c->size;
    int64_t most = c->kind == HEAPD_KIND_TUPLE ? COLLECTION_MAX : STRING_MAX;

    if (size == 0) {
        return true;
    }
    if (times < 0 || times > most / (int64_t)size) {
        return false;
    }
    return times == 0 || complexity(c, TOTAL_ITEMS_MAX / times) >= 0;
}

/* `parts` constants of one kind, one after the other. */
static const struct hd_constant *join(const struct hd_constant *const *parts, size_t count,
                                      struct hd_zone *zone)
{
    struct hd_constant *c = hd_zone_alloc(zone, sizeof(*c));
    const struct hd_constant **items = NULL;
    char *data = NULL;

    c->kind = parts[0]->kind;
    for (size_t i = 0; i < count; i++) {
        c->size += parts[i]->size;
        c->count += parts[i]->count;
    }
    if (c->kind == HEAPD_KIND_TUPLE) {
        items = hd_zone_alloc(zone, c->count * sizeof(items[0]));
        c->items = items;
    } else {
        data = hd_zone_alloc(zone, c->size + 1);
        c->data = data;
    }
    for (size_t i = 0; i < count; i++) {
        if (items != NULL && parts[i]->count > 0) {
            memcpy(items, parts[i]->items, parts[i]->count * sizeof(items[0]));
            items += parts[i]->count;
        } else if (data != NULL) {
            memcpy(data, parts[i]->data, parts[i]->size);
            data += parts[i]->size;
        }
    }
    return c;
}

static void fold_repeat(struct hd_node *node, const struct hd_constant *c,
                        const struct hd_constant *times, struct hd_zone *zone)
{
    const struct hd_constant **parts;
    size_t count;
    struct hd_constant *empty;

    if (!(times->kind == HEAPD_KIND_INT || times->kind == HEAPD_KIND_BOOL) ||
        times->too_large || !may_repeat(c, times->integer)) {
        return;
    }
    if (times->integer <= 0 || (c->size == 0 && c->count == 0)) {
        empty = hd_zone_alloc(zone, sizeof(*empty));
        empty->kind = c->kind;
        empty->data = "";
        become(node, empty);
        return;
    }
    count = (size_t)times->integer;
    parts = hd_zone_alloc(zone, count * sizeof(parts[0]));
    for (size_t i = 0; i < count; i++) {
        parts[i] = c;
    }
    become(node, join(parts, count, zone));
}

static void fold_binary(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *parts[2] = {node->left->constant, node->right->constant};

    if (node->left->kind != HD_NODE_CONSTANT || node->right->kind != HD_NODE_CONSTANT ||
        hd_zone_is_full(zone)) { /* sums of sums: each is a copy; hd_compile refuses */
        return;
    }
    if (hd_constant_is_number(parts[0]) && hd_constant_is_number(parts[1])) {
        fold_numbers(node, zone);
    } else if (node->op == HD_OP_ADD && parts[0]->kind == parts[1]->kind &&
               (is_text(parts[0]) || parts[0]->kind == HEAPD_KIND_TUPLE)) {
        become(node, join(parts, 2, zone));
    } else if (node->op == HD_OP_MULTIPLY &&
               (is_text(parts[0]) || parts[0]->kind == HEAPD_KIND_TUPLE)) {
        fold_repeat(node, parts[0], parts[1], zone);
    } else if (node->op == HD_OP_MULTIPLY &&
               (is_text(parts[1]) || parts[1]->kind == HEAPD_KIND_TUPLE)) {
        fold_repeat(node, parts[1], parts[0], zone);
    }
}

/* Character number `index` of a str, in bytes. */
static const struct hd_constant *character(const struct hd_constant *c, size_t index,
                                           struct hd_zone *zone)
{
    struct hd_constant *one = hd_zone_alloc(zone, sizeof(*one));
    size_t at = 0;
    size_t start = 0;

    for (size_t i = 0; i <= index; i++) {
        start = at;
        (void)hd_utf8_next(c->data, c->size, &at);
    }
    one->kind = HEAPD_KIND_STR;
    one->data = hd_zone_copy(zone, c->data + start, at - start);
    one->size = at - start;
    return one;
}

static void fold_subscript(struct hd_node *node, struct hd_zone *zone)
{
    const struct hd_constant *c = node->left->constant;
    const struct hd_constant *key = node->right->constant;
    int64_t length;
    int64_t index;

    if (node->left->kind != HD_NODE_CONSTANT || node->right->kind != HD_NODE_CONSTANT ||
        (key->kind != HEAPD_KIND_INT && key->kind != HEAPD_KIND_BOOL) || key->too_large ||
        !(is_text(c) || c->kind == HEAPD_KIND_TUPLE)) {
        return;
    }
    length = c->kind == HEAPD_KIND_TUPLE ? (int64_t)c->count
             : c->kind == HEAPD_KIND_STR ? (int64_t)hd_utf8_length(c->data, c->size)
                                         : (int64_t)c->size;
    index = key->integer < 0 ? key->integer + length : key->integer;
    if (index < 0 || index >= length) {
        return;
    }
    if (c->kind == HEAPD_KIND_TUPLE) {
        become(node, c->items[index]);
    } else if (c->kind == HEAPD_KIND_STR) {
        become(node, character(c, (size_t)index, zone));
    } else {
        struct hd_number byte = {.integer = (unsigned char)c->data[index]};

        become(node, from_number(byte, zone));
    }
}

/* Targets stay what they are; only what stands inside them folds. */
static void fold_target(struct hd_node *node, struct hd_zone *zone)
{
    switch (node->kind) {
    case HD_NODE_TUPLE:
    case HD_NODE_LIST:
        for (size_t i = 0; i < node->count; i++) {
            fold_target(node->items[i], zone);
        }
        break;
    case HD_NODE_SUBSCRIPT:
        fold(node->left, zone);
        fold(node->right, zone);
        break;
    case HD_NODE_ATTRIBUTE:
        fold(node->left, zone);
        break;
    default:
        break;
    }
}

static void fold_targets(struct hd_node *const *nodes, size_t count, struct hd_zone *zone)
{
    for (size_t i = 0; i < count; i++) {
        fold_target(nodes[i], zone);
    }
}

static void fold_children(struct hd_node *node, struct hd_zone *zone)
{
    bool left_is_target = node->kind == HD_NODE_AUGMENT || node->kind == HD_NODE_FOR;
    bool items_are_targets = node->kind == HD_NODE_ASSIGN || node->kind == HD_NODE_DELETE;

    if (node->left != NULL) {
        (left_is_target ? fold_target : fold)(node->left, zone);
    }
    if (node->right != NULL) {
        fold(node->right, zone);
    }
    if (node->third != NULL) {
        fold(node->third, zone);
    }
    (items_are_targets ? fold_targets : fold_all)(node->items, node->count, zone);
    fold_all(node->others, node->other_count, zone);
}

static void fold(struct hd_node *node, struct hd_zone *zone)
{
    fold_children(node, zone);
    switch (node->kind) {
    case HD_NODE_TUPLE:
        fold_tuple(node, zone);
        break;
    case HD_NODE_UNARY:
        fold_unary(node, zone);
        break;
    case HD_NODE_BINARY:
        fold_binary(node, zone);
        break;
    case HD_NODE_SUBSCRIPT:
        fold_subscript(node, zone);
        break;
    case HD_NODE_COMPARE:
        if (node->ops[node->count - 1] == HD_OP_IN ||
            node->ops[node->count - 1] == HD_OP_NOT_IN) {
            fold_iterable(node->items[node->count - 1], zone);
        }
        break;
    case HD_NODE_FOR:
        fold_iterable(node->right, zone);
        break;
    default:
        break;
    }
}

void hd_fold(struct hd_node *statement, struct hd_zone *zone)
{
    fold(statement, zone);
}
