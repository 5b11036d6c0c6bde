/* SPDX-License-Identifier: MIT */
/* expression.c: the parser's part for operators: precedence climbing. */
#include <string.h>

#include "parsing.h"

static const char *const operator_names[HD_OP_COUNT] = {
    [HD_OP_ADD] = "+",
    [HD_OP_SUBTRACT] = "-",
    [HD_OP_MULTIPLY] = "*",
    [HD_OP_DIVIDE] = "/",
    [HD_OP_FLOOR_DIVIDE] = "//",
    [HD_OP_MODULO] = "%",
    [HD_OP_POWER] = "**",
    [HD_OP_LEFT_SHIFT] = "<<",
    [HD_OP_RIGHT_SHIFT] = ">>",
    [HD_OP_BIT_AND] = "&",
    [HD_OP_BIT_OR] = "|",
    [HD_OP_BIT_XOR] = "^",
    [HD_OP_MATRIX] = "@",
    [HD_OP_NEGATE] = "-",
    [HD_OP_PLUS] = "+",
    [HD_OP_INVERT] = "~",
    [HD_OP_NOT] = "not",
    [HD_OP_AND] = "and",
    [HD_OP_OR] = "or",
    [HD_OP_LESS] = "<",
    [HD_OP_LESS_EQUAL] = "<=",
    [HD_OP_EQUAL] = "==",
    [HD_OP_NOT_EQUAL] = "!=",
    [HD_OP_GREATER] = ">",
    [HD_OP_GREATER_EQUAL] = ">=",
    [HD_OP_IS] = "is",
    [HD_OP_IS_NOT] = "is not",
    [HD_OP_IN] = "in",
    [HD_OP_NOT_IN] = "not in",
};

const char *hd_operator_name(enum hd_operator op)
{
    return operator_names[op];
}

/* Binary operators by how tightly they bind, 0 the loosest. */
static const struct {
    const char *text;
    enum hd_operator op;
    int level;
} binaries[] = {
    {"|", HD_OP_BIT_OR, 0},        {"^", HD_OP_BIT_XOR, 1},      {"&", HD_OP_BIT_AND, 2},
    {"<<", HD_OP_LEFT_SHIFT, 3},   {">>", HD_OP_RIGHT_SHIFT, 3}, {"+", HD_OP_ADD, 4},
    {"-", HD_OP_SUBTRACT, 4},      {"*", HD_OP_MULTIPLY, 5},     {"/", HD_OP_DIVIDE, 5},
    {"//", HD_OP_FLOOR_DIVIDE, 5}, {"%", HD_OP_MODULO, 5},       {"@", HD_OP_MATRIX, 5},
};
#define LEVELS 6

/* Of the parser itself, each level being some dozen calls deep. */
#define RECURSION_MAX 1000

static struct hd_node *unary(struct hd_parser *parser);

static bool enter(struct hd_parser *parser)
{
    if (++parser->depth > RECURSION_MAX) {
        return hd_pyerror_set(parser->error, "RecursionError",
                              "maximum recursion depth exceeded during compilation");
    }
    return true;
}

static struct hd_node *binary_node(struct hd_parser *parser, enum hd_operator op,
                                   struct hd_node *left, struct hd_node *right)
{
    struct hd_node *node;

    if (left == NULL || right == NULL) {
        return NULL;
    }
    node = hd_parser_node_from(parser, HD_NODE_BINARY, left);
    node->op = op;
    node->left = left;
    node->right = right;
    return hd_parser_whole(parser, node);
}

static struct hd_node *unary_node(struct hd_parser *parser, enum hd_operator op,
                                  struct hd_node *(*operand)(struct hd_parser *))
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_UNARY);

    parser->token++;
    node->op = op;
    if (!enter(parser)) {
        return NULL;
    }
    node->left = operand(parser);
    parser->depth--;
    return node->left == NULL ? NULL : hd_parser_whole(parser, node);
}

static struct hd_node *unary(struct hd_parser *parser)
{
    struct hd_node *base;

    if (hd_parser_at(parser, "-")) {
        return unary_node(parser, HD_OP_NEGATE, unary);
    }
    if (hd_parser_at(parser, "+")) {
        return unary_node(parser, HD_OP_PLUS, unary);
    }
    if (hd_parser_at(parser, "~")) {
        return unary_node(parser, HD_OP_INVERT, unary);
    }
    base = hd_parser_primary(parser);
    if (base != NULL && hd_parser_accept(parser, "**")) {
        struct hd_node *exponent = enter(parser) ? unary(parser) : NULL;

        parser->depth--;
        return binary_node(parser, HD_OP_POWER, base, exponent);
    }
    return base;
}

static bool binary_operator(struct hd_parser *parser, int level, enum hd_operator *ret_op)
{
    for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++) {
        if (binaries[i].level == level && hd_parser_accept(parser, binaries[i].text)) {
            *ret_op = binaries[i].op;
            return true;
        }
    }
    return false;
}

static struct hd_node *binary(struct hd_parser *parser, int level)
{
    struct hd_node *left = level == LEVELS ? unary(parser) : binary(parser, level + 1);
    enum hd_operator op;

    while (left != NULL && level < LEVELS && binary_operator(parser, level, &op)) {
        left = binary_node(parser, op, left, binary(parser, level + 1));
    }
    return left;
}

struct hd_node *hd_parser_operation(struct hd_parser *parser)
{
    return binary(parser, 0);
}

static bool comparison_operator(struct hd_parser *parser, enum hd_operator *ret_op)
{
    static const struct {
        const char *text;
        enum hd_operator op;
    } simple[] = {
        {"<", HD_OP_LESS},       {"<=", HD_OP_LESS_EQUAL},    {"==", HD_OP_EQUAL},
        {"!=", HD_OP_NOT_EQUAL}, {">=", HD_OP_GREATER_EQUAL}, {">", HD_OP_GREATER},
        {"in", HD_OP_IN},
    };

    for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
        if (hd_parser_accept(parser, simple[i].text)) {
            *ret_op = simple[i].op;
            return true;
        }
    }
    if (hd_parser_accept(parser, "is")) {
        *ret_op = hd_parser_accept(parser, "not") ? HD_OP_IS_NOT : HD_OP_IS;
        return true;
    }
    if (hd_parser_at(parser, "not") && parser->token[1].kind == HD_TOKEN_KEYWORD &&
        strcmp(parser->token[1].text, "in") == 0) {
        parser->token += 2;
        *ret_op = HD_OP_NOT_IN;
        return true;
    }
    return false;
}

static struct hd_node *comparison(struct hd_parser *parser)
{
    struct hd_node *left = binary(parser, 0);
    struct hd_node *node = NULL;
    struct hd_nodes items = {NULL, 0, 0};
    enum hd_operator ops[256];
    enum hd_operator op;

    while (left != NULL && comparison_operator(parser, &op)) {
        struct hd_node *right = binary(parser, 0);

        if (right == NULL) {
            return NULL;
        }
        if (items.count == sizeof(ops) / sizeof(ops[0])) {
            return hd_parser_fail(parser, "more than 256 comparisons in a chain");
        }
        ops[items.count] = op;
        hd_nodes_add(parser, &items, right);
    }
    if (items.count == 0) {
        return left;
    }
    node = hd_parser_node_from(parser, HD_NODE_COMPARE, left);
    node->left = left;
    node->ops = hd_zone_alloc(parser->zone, items.count * sizeof(ops[0]));
    memcpy(node->ops, ops, items.count * sizeof(ops[0]));
    return hd_parser_with_items(parser, node, &items);
}

static struct hd_node *negation(struct hd_parser *parser)
{
    if (hd_parser_at(parser, "not")) {
        return unary_node(parser, HD_OP_NOT, negation);
    }
    return comparison(parser);
}

static struct hd_node *chain(struct hd_parser *parser, enum hd_operator op,
                             struct hd_node *(*operand)(struct hd_parser *))
{
    const char *text = operator_names[op];
    struct hd_nodes items = {NULL, 0, 0};
    struct hd_node *node = operand(parser);

    if (node == NULL || !hd_parser_at(parser, text)) {
        return node;
    }
    hd_nodes_add(parser, &items, node);
    while (hd_parser_accept(parser, text)) {
        node = operand(parser);
        if (node == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &items, node);
    }
    node = hd_parser_node_from(parser, HD_NODE_BOOLEAN, items.items[0]);
    node->op = op;
    return hd_parser_with_items(parser, node, &items);
}

static struct hd_node *conjunction(struct hd_parser *parser)
{
    return chain(parser, HD_OP_AND, negation);
}

static struct hd_node *disjunction(struct hd_parser *parser)
{
    return chain(parser, HD_OP_OR, conjunction);
}

/* Where the operand begins that the signs and nots here stand in front of. */
static const struct hd_token *first_operand(const struct hd_parser *parser)
{
    struct hd_parser ahead = *parser;

    while (hd_parser_accept(&ahead, "not") || hd_parser_accept(&ahead, "-") ||
           hd_parser_accept(&ahead, "+") || hd_parser_accept(&ahead, "~")) {
    }
    return ahead.token;
}

/* What stands behind `if`.  Where it goes wrong with a part of it whole, Python takes that part
 * for all of it. */
static struct hd_node *condition(struct hd_parser *parser, const struct hd_node *value)
{
    const struct hd_token *awaited = parser->awaited;
    struct hd_node *node;
    bool cut_short;

    parser->awaited = first_operand(parser);
    node = disjunction(parser);
    if (node != NULL) {
        cut_short = !hd_parser_at(parser, "else") && !hd_parser_at(parser, ":");
    } else {
        cut_short = parser->awaited == NULL &&
                    strcmp(hd_text_data(&parser->error->message), "invalid syntax") == 0;
    }
    parser->awaited = awaited;
    if (cut_short) {
        hd_pyerror_clear(parser->error);
        return hd_parser_fail_at(parser, value->line, value->column,
                                 "expected 'else' after 'if' expression");
    }
    return node;
}

static struct hd_node *choice(struct hd_parser *parser)
{
    struct hd_node *value = disjunction(parser);
    struct hd_node *node;

    if (value == NULL || !hd_parser_at(parser, "if")) {
        return value;
    }
    node = hd_parser_node_from(parser, HD_NODE_CHOICE, value);
    parser->token++;
    node->left = value;
    node->right = condition(parser, value);
    if (node->right == NULL || !hd_parser_expect(parser, "else")) {
        return NULL;
    }
    node->third = hd_parser_expression(parser);
    return node->third == NULL ? NULL : hd_parser_whole(parser, node);
}

struct hd_node *hd_parser_expression(struct hd_parser *parser)
{
    struct hd_node *node = enter(parser) ? choice(parser) : NULL;

    parser->depth--;
    return node;
}

static bool ends_expressions(const struct hd_parser *parser)
{
    return parser->token->kind == HD_TOKEN_NEWLINE || parser->token->kind == HD_TOKEN_END ||
           (parser->token->kind == HD_TOKEN_OPERATOR &&
            (strchr("=:;)]}", parser->token->text[0]) != NULL || hd_parser_at(parser, "+=") ||
             hd_parser_at(parser, "-="))) ||
           hd_parser_at(parser, "in");
}

static struct hd_node *with_commas(struct hd_parser *parser,
                                   struct hd_node *(*item)(struct hd_parser *))
{
    struct hd_node *first = item(parser);
    struct hd_node *tuple;
    struct hd_nodes items = {NULL, 0, 0};

    if (first == NULL || !hd_parser_at(parser, ",")) {
        return first;
    }
    tuple = hd_parser_node_from(parser, HD_NODE_TUPLE, first);
    hd_nodes_add(parser, &items, first);
    while (hd_parser_accept(parser, ",") && !ends_expressions(parser)) {
        struct hd_node *next = item(parser);

        if (next == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &items, next);
    }
    return hd_parser_with_items(parser, tuple, &items);
}

struct hd_node *hd_parser_expressions(struct hd_parser *parser)
{
    return with_commas(parser, hd_parser_expression);
}

struct hd_node *hd_parser_targets(struct hd_parser *parser)
{
    return with_commas(parser, unary);
}
