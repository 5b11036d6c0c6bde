/* SPDX-License-Identifier: MIT */
/* atom.c: the parser's part for literals, displays, calls, subscripts and attributes. */
#include <string.h>

#include "parsing.h"

static struct hd_node *constant_node(struct hd_parser *parser, enum heapd_kind kind,
                                     struct hd_constant **ret_constant)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_CONSTANT);
    struct hd_constant *constant = hd_zone_alloc(parser->zone, sizeof(*constant));

    constant->kind = kind;
    node->constant = constant;
    *ret_constant = constant;
    return node;
}

static struct hd_node *number(struct hd_parser *parser)
{
    const struct hd_token *token = parser->token;
    struct hd_constant *constant;
    struct hd_node *node = constant_node(
        parser, token->kind == HD_TOKEN_INT ? HEAPD_KIND_INT : HEAPD_KIND_FLOAT, &constant);

    parser->token++;
    if (token->kind == HD_TOKEN_FLOAT) {
        constant->number = token->number;
    } else if (token->too_large || token->magnitude > INT64_MAX) {
        /* 2^63 is kept as the number whose negative it is */
        constant->too_large = true;
        constant->integer = token->too_large ? 0 : INT64_MIN;
    } else {
        constant->integer = (int64_t)token->magnitude;
    }
    return node;
}

/* Literals that stand side by side are one. */
static struct hd_node *strings(struct hd_parser *parser)
{
    enum hd_token_kind kind = parser->token->kind;
    struct hd_constant *constant;
    struct hd_node *node = constant_node(
        parser, kind == HD_TOKEN_STR ? HEAPD_KIND_STR : HEAPD_KIND_BYTES, &constant);
    const struct hd_token *first = parser->token;
    size_t size = 0;
    char *data;

    for (; parser->token->kind == kind; parser->token++) {
        size += parser->token->size;
    }
    if (parser->token->kind == HD_TOKEN_STR || parser->token->kind == HD_TOKEN_BYTES) {
        return hd_parser_fail_at(parser, first->line, first->column,
                                 "cannot mix bytes and nonbytes literals");
    }
    data = hd_zone_alloc(parser->zone, size + 1);
    constant->data = data;
    constant->size = size;
    for (; first < parser->token; first++) {
        memcpy(data, first->data, first->size);
        data += first->size;
    }
    return node;
}

static struct hd_node *keyword_constant(struct hd_parser *parser)
{
    struct hd_constant *constant;
    struct hd_node *node;

    if (hd_parser_at(parser, "None")) {
        node = constant_node(parser, HEAPD_KIND_NONE, &constant);
    } else if (hd_parser_at(parser, "True") || hd_parser_at(parser, "False")) {
        node = constant_node(parser, HEAPD_KIND_BOOL, &constant);
        constant->integer = parser->token->text[0] == 'T';
    } else if (hd_parser_at(parser, "lambda") || hd_parser_at(parser, "yield") ||
               hd_parser_at(parser, "await")) {
        return hd_parser_outside(parser, parser->token->text);
    } else {
        return hd_parser_invalid(parser);
    }
    parser->token++;
    return node;
}

/* Whether the token begins an expression that cannot go on the one before. */
static bool begins_another(const struct hd_parser *parser)
{
    enum hd_token_kind kind = parser->token->kind;

    return kind == HD_TOKEN_NAME || kind == HD_TOKEN_INT || kind == HD_TOKEN_FLOAT ||
           kind == HD_TOKEN_STR || kind == HD_TOKEN_BYTES || hd_parser_at(parser, "None") ||
           hd_parser_at(parser, "True") || hd_parser_at(parser, "False");
}

/* Whether it may be a prefixed string, or a statement, that has not been understood. */
static bool is_misread(const struct hd_token *first)
{
    static const char *const words[] = {"_", "case", "match", "print", "exec"};
    bool is_alone = first->kind == HD_TOKEN_NAME;

    for (size_t i = 0; is_alone && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(first->text, words[i]) == 0) {
            return true;
        }
    }
    return is_alone && (first[1].kind == HD_TOKEN_STR || first[1].kind == HD_TOKEN_BYTES);
}

/* Behind `item`, which begins with `first`. */
static struct hd_node *missing_comma(struct hd_parser *parser, const struct hd_token *first,
                                     const struct hd_node *item)
{
    if (item != NULL && hd_parser_at(parser, "=")) {
        return hd_parser_stray_equals(parser, item);
    }
    if (hd_parser_at(parser, "for") || hd_parser_at(parser, "async")) {
        return hd_parser_outside(parser, "a comprehension");
    }
    if (hd_parser_at(parser, ":=")) {
        return hd_parser_outside(parser, ":=");
    }
    if (begins_another(parser) && !is_misread(first)) {
        return hd_parser_fail(parser, "invalid syntax. Perhaps you forgot a comma?");
    }
    return hd_parser_invalid(parser);
}

/* Expressions with commas between them, up to the closing sign, which is taken. */
static bool items_until(struct hd_parser *parser, const char *close, struct hd_nodes *items,
                        bool *ret_comma)
{
    *ret_comma = false;
    while (!hd_parser_accept(parser, close)) {
        const struct hd_token *first = parser->token;
        struct hd_node *item = hd_parser_expression(parser);

        if (item == NULL) {
            return false;
        }
        hd_nodes_add(parser, items, item);
        *ret_comma = hd_parser_accept(parser, ",");
        if (!*ret_comma && !hd_parser_at(parser, close)) {
            (void)missing_comma(parser, first, item);
            return false;
        }
    }
    return true;
}

static struct hd_node *parenthesised(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_TUPLE);
    struct hd_nodes items = {NULL, 0, 0};
    bool comma;

    parser->token++;
    if (!items_until(parser, ")", &items, &comma)) {
        return NULL;
    }
    if (items.count == 1 && !comma) {
        items.items[0]->in_parentheses = true;
        return items.items[0];
    }
    node->in_parentheses = true;
    return hd_parser_with_items(parser, node, &items);
}

static struct hd_node *list_display(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_LIST);
    struct hd_nodes items = {NULL, 0, 0};
    bool comma;

    parser->token++;
    return items_until(parser, "]", &items, &comma) ? hd_parser_with_items(parser, node, &items)
                                                    : NULL;
}

static struct hd_node *dict_display(struct hd_parser *parser, struct hd_node *node,
                                    const struct hd_token *first, struct hd_node *key)
{
    struct hd_nodes keys = {NULL, 0, 0};
    struct hd_nodes values = {NULL, 0, 0};

    node->kind = HD_NODE_DICT;
    while (key != NULL) {
        struct hd_node *value;

        if (!hd_parser_accept(parser, ":")) {
            return hd_parser_at(parser, "}") || hd_parser_at(parser, ",")
                       ? hd_parser_fail(parser, "':' expected after dictionary key")
                       : missing_comma(parser, first, NULL);
        }
        if (hd_parser_at(parser, "}") || hd_parser_at(parser, ",")) {
            return hd_parser_fail(parser, "expression expected after dictionary key and ':'");
        }
        first = parser->token;
        value = hd_parser_expression(parser);
        if (value == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &keys, key);
        hd_nodes_add(parser, &values, value);
        if (!hd_parser_accept(parser, ",") && !hd_parser_at(parser, "}")) {
            return missing_comma(parser, first, NULL);
        }
        if (hd_parser_accept(parser, "}")) {
            node->others = values.items;
            node->other_count = values.count;
            return hd_parser_with_items(parser, node, &keys);
        }
        if (hd_parser_at(parser, "**")) {
            return hd_parser_outside(parser, "**");
        }
        first = parser->token;
        key = hd_parser_expression(parser);
    }
    return NULL;
}

static struct hd_node *braces(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_SET);
    struct hd_nodes items = {NULL, 0, 0};
    const struct hd_token *begin;
    struct hd_node *first;
    bool comma;

    parser->token++;
    begin = parser->token;
    if (hd_parser_accept(parser, "}")) {
        node->kind = HD_NODE_DICT;
        return hd_parser_whole(parser, node);
    }
    if (hd_parser_at(parser, "**")) {
        return hd_parser_outside(parser, "**");
    }
    first = hd_parser_expression(parser);
    if (first == NULL) {
        return NULL;
    }
    if (hd_parser_at(parser, ":")) {
        return dict_display(parser, node, begin, first);
    }
    hd_nodes_add(parser, &items, first);
    if (!hd_parser_accept(parser, ",") && !hd_parser_at(parser, "}")) {
        return missing_comma(parser, begin, first);
    }
    return items_until(parser, "}", &items, &comma) ? hd_parser_with_items(parser, node, &items)
                                                    : NULL;
}

static struct hd_node *atom(struct hd_parser *parser)
{
    struct hd_node *node;

    switch (parser->token->kind) {
    case HD_TOKEN_NAME:
        node = hd_parser_node(parser, HD_NODE_NAME);
        node->name = parser->token->text;
        parser->token++;
        return node;
    case HD_TOKEN_INT:
    case HD_TOKEN_FLOAT:
        return number(parser);
    case HD_TOKEN_STR:
    case HD_TOKEN_BYTES:
        return strings(parser);
    case HD_TOKEN_KEYWORD:
        return keyword_constant(parser);
    case HD_TOKEN_OPERATOR:
        if (hd_parser_at(parser, "(")) {
            return parenthesised(parser);
        }
        if (hd_parser_at(parser, "[")) {
            return list_display(parser);
        }
        if (hd_parser_at(parser, "{")) {
            return braces(parser);
        }
        if (hd_parser_at(parser, "*") || hd_parser_at(parser, "...")) {
            return hd_parser_outside(parser, parser->token->text);
        }
        break;
    default:
        break;
    }
    return hd_parser_invalid(parser);
}

static struct hd_node *slice_part(struct hd_parser *parser)
{
    if (hd_parser_at(parser, ":") || hd_parser_at(parser, "]") || hd_parser_at(parser, ",")) {
        return NULL;
    }
    return hd_parser_expression(parser);
}

static struct hd_node *slice(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_SLICE);

    node->left = slice_part(parser);
    if (hd_pyerror_is_set(parser->error)) {
        return NULL;
    }
    if (!hd_parser_accept(parser, ":")) {
        return node->left != NULL ? node->left : hd_parser_invalid(parser);
    }
    node->right = slice_part(parser);
    if (!hd_pyerror_is_set(parser->error) && hd_parser_accept(parser, ":")) {
        node->third = slice_part(parser);
    }
    return hd_pyerror_is_set(parser->error) ? NULL : hd_parser_whole(parser, node);
}

static struct hd_node *subscript(struct hd_parser *parser, struct hd_node *container)
{
    struct hd_node *node = hd_parser_node_from(parser, HD_NODE_SUBSCRIPT, container);
    struct hd_node *tuple = NULL;
    struct hd_nodes items = {NULL, 0, 0};
    const struct hd_token *first;

    first = ++parser->token;
    node->left = container;
    node->right = slice(parser);
    if (node->right == NULL) {
        return NULL;
    }
    while (hd_parser_accept(parser, ",")) {
        if (tuple == NULL) {
            tuple = hd_parser_node_from(parser, HD_NODE_TUPLE, node->right);
            hd_nodes_add(parser, &items, node->right);
        }
        if (hd_parser_at(parser, "]")) {
            break;
        }
        first = parser->token;
        node->right = slice(parser);
        if (node->right == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &items, node->right);
    }
    if (hd_parser_at(parser, "=") && node->right->kind != HD_NODE_SLICE) {
        return hd_parser_stray_equals(parser, node->right);
    }
    if (tuple != NULL) {
        node->right = hd_parser_with_items(parser, tuple, &items);
    }
    if (!hd_parser_accept(parser, "]")) {
        return missing_comma(parser, first, NULL);
    }
    return hd_parser_whole(parser, node);
}

static bool keyword_argument(struct hd_parser *parser, struct hd_node *call,
                             struct hd_nodes *values)
{
    const char *name = parser->token->text;
    struct hd_node *value;

    if (call->name_count == HD_PARSER_ARGUMENTS_MAX) {
        (void)hd_parser_fail(parser, "a call is limited to 255 keyword arguments");
        return false;
    }
    for (size_t i = 0; i < call->name_count; i++) {
        if (strcmp(call->names[i], name) == 0) {
            return hd_pyerror_syntax(parser->error, "SyntaxError", parser->token->line,
                                     parser->token->column, "keyword argument repeated: %s",
                                     name);
        }
    }
    parser->token += 2;
    value = hd_parser_expression(parser);
    if (value == NULL) {
        return false;
    }
    hd_nodes_add(parser, values, value);
    hd_parser_add_name(parser, call, name);
    return true;
}

/* f(item=...), item being no name. */
static struct hd_node *not_a_keyword(struct hd_parser *parser, const struct hd_node *item)
{
    if (item->kind == HD_NODE_CONSTANT &&
        (item->constant->kind == HEAPD_KIND_NONE || item->constant->kind == HEAPD_KIND_BOOL)) {
        (void)hd_parser_check_target(parser, item, "assign to", false);
        return NULL;
    }
    return hd_parser_fail_at(parser, item->line, item->column,
                             "expression cannot contain assignment, perhaps you meant \"==\"?");
}

static bool argument(struct hd_parser *parser, struct hd_node *call, struct hd_nodes *items,
                     struct hd_nodes *values)
{
    const struct hd_token *start = parser->token;
    struct hd_node *item;

    if (hd_parser_at(parser, "*") || hd_parser_at(parser, "**")) {
        (void)hd_parser_outside(parser, "an argument with a star");
        return false;
    }
    if (start->kind == HD_TOKEN_NAME && start[1].kind == HD_TOKEN_OPERATOR &&
        strcmp(start[1].text, "=") == 0) {
        return keyword_argument(parser, call, values);
    }
    item = hd_parser_expression(parser);
    if (item == NULL) {
        return false;
    }
    if (hd_parser_at(parser, "=")) {
        (void)not_a_keyword(parser, item);
        return false;
    }
    if (values->count > 0) {
        (void)hd_parser_fail_at(parser, start->line, start->column,
                                "positional argument follows keyword argument");
        return false;
    }
    hd_nodes_add(parser, items, item);
    return true;
}

static struct hd_node *call(struct hd_parser *parser, struct hd_node *function)
{
    struct hd_node *node = hd_parser_node_from(parser, HD_NODE_CALL, function);
    struct hd_nodes items = {NULL, 0, 0};
    struct hd_nodes values = {NULL, 0, 0};

    node->left = function;
    parser->token++;
    while (!hd_parser_accept(parser, ")")) {
        const struct hd_token *first = parser->token;

        if (!argument(parser, node, &items, &values)) {
            return NULL;
        }
        if (!hd_parser_accept(parser, ",") && !hd_parser_at(parser, ")")) {
            return missing_comma(parser, first, NULL);
        }
    }
    node->others = values.items;
    node->other_count = values.count;
    return hd_parser_with_items(parser, node, &items);
}

static struct hd_node *attribute(struct hd_parser *parser, struct hd_node *object)
{
    struct hd_node *node = hd_parser_node_from(parser, HD_NODE_ATTRIBUTE, object);

    parser->token++;
    if (parser->token->kind != HD_TOKEN_NAME) {
        return hd_parser_invalid(parser);
    }
    node->left = object;
    node->name = parser->token->text;
    parser->token++;
    return hd_parser_whole(parser, node);
}

/* An atom and what hangs on it: .name, [index], (arguments). */
struct hd_node *hd_parser_primary(struct hd_parser *parser)
{
    const struct hd_token *first = parser->token;
    struct hd_node *node = atom(parser);

    if (node != NULL && first == parser->awaited) {
        parser->awaited = NULL;
    }
    while (node != NULL) {
        if (hd_parser_at(parser, "(")) {
            node = call(parser, node);
        } else if (hd_parser_at(parser, "[")) {
            node = subscript(parser, node);
        } else if (hd_parser_at(parser, ".")) {
            node = attribute(parser, node);
        } else {
            break;
        }
    }
    return node;
}
