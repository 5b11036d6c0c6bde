/* SPDX-License-Identifier: MIT */
/* compound_statement.c: the parser's part for what has a block. */
#include <string.h>

#include "parsing.h"

/* What follows a colon: a simple line, or an indented block.  head: for errors.  forced:
 * whatever stands there instead, it is the colon that is missing. */
static bool block(struct hd_parser *parser, const char *head, int line, bool forced,
                  struct hd_nodes *items)
{
    struct hd_node *node;

    if (!hd_parser_accept(parser, ":")) {
        (void)(forced || hd_parser_ends_statement(parser)
                   ? hd_parser_fail(parser, "expected ':'")
                   : hd_parser_invalid(parser));
        return false;
    }
    if (parser->token->kind != HD_TOKEN_NEWLINE) {
        node = hd_parser_simple_line(parser);
        if (node != NULL) {
            hd_nodes_add(parser, items, node);
        }
        return node != NULL;
    }
    parser->token++;
    if (parser->token->kind != HD_TOKEN_INDENT) {
        return hd_pyerror_syntax(parser->error, "IndentationError", parser->token->line,
                                 parser->token->column,
                                 "expected an indented block after %s on line %d", head, line);
    }
    parser->token++;
    do {
        node = hd_parser_statement(parser);
        if (node == NULL) {
            return false;
        }
        hd_nodes_add(parser, items, node);
    } while (parser->token->kind != HD_TOKEN_DEDENT && parser->token->kind != HD_TOKEN_END);
    if (parser->token->kind == HD_TOKEN_DEDENT) {
        parser->token++;
    }
    return true;
}

static void set_body(struct hd_node *node, const struct hd_nodes *items)
{
    node->items = items->items;
    node->count = items->count;
}

static void set_else(struct hd_node *node, const struct hd_nodes *items)
{
    node->others = items->items;
    node->other_count = items->count;
}

/* Behind an if or for: the else, if there is one. */
static bool else_block(struct hd_parser *parser, struct hd_node *node)
{
    struct hd_nodes items = {NULL, 0, 0};
    int line = parser->token->line;

    if (!hd_parser_accept(parser, "else")) {
        return true;
    }
    if (!block(parser, "'else' statement", line, true, &items)) {
        return false;
    }
    set_else(node, &items);
    return true;
}

/* One if or elif, without what follows it. */
static struct hd_node *if_branch(struct hd_parser *parser, const char *head)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_IF);
    struct hd_nodes items = {NULL, 0, 0};

    parser->token++;
    node->left = hd_parser_expression(parser);
    if (node->left != NULL && hd_parser_at(parser, "=")) {
        return hd_parser_stray_equals(parser, node->left);
    }
    if (node->left == NULL || !block(parser, head, node->line, false, &items)) {
        return NULL;
    }
    set_body(node, &items);
    return node;
}

static struct hd_node *if_statement(struct hd_parser *parser)
{
    struct hd_nodes branches = {NULL, 0, 0};
    struct hd_node *node = if_branch(parser, "'if' statement");

    while (node != NULL && hd_parser_at(parser, "elif")) {
        hd_nodes_add(parser, &branches, node);
        node = if_branch(parser, "'elif' statement");
    }
    if (node == NULL || !else_block(parser, node)) {
        return NULL;
    }
    node = hd_parser_whole(parser, node);
    while (node != NULL && branches.count > 0) { /* each is the else of the one before */
        struct hd_nodes alone = {NULL, 0, 0};

        hd_nodes_add(parser, &alone, node);
        node = branches.items[--branches.count];
        set_else(node, &alone);
        node = hd_parser_whole(parser, node);
    }
    return node;
}

static struct hd_node *for_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_FOR);
    struct hd_nodes items = {NULL, 0, 0};

    parser->token++;
    node->left = hd_parser_targets(parser);
    if (node->left == NULL || !hd_parser_check_target(parser, node->left, "assign to", false) ||
        !hd_parser_expect(parser, "in")) {
        return NULL;
    }
    node->right = hd_parser_expressions(parser);
    parser->loops++;
    if (node->right == NULL || !block(parser, "'for' statement", node->line, false, &items)) {
        return NULL;
    }
    parser->loops--;
    set_body(node, &items);
    return else_block(parser, node) ? hd_parser_whole(parser, node) : NULL;
}

static bool parameter(struct hd_parser *parser, struct hd_node *node, struct hd_nodes *defaults)
{
    if (hd_parser_at(parser, "*") || hd_parser_at(parser, "**") || hd_parser_at(parser, "/")) {
        (void)hd_parser_outside(parser, "a parameter with a star");
        return false;
    }
    for (size_t i = 0; i < node->name_count && parser->token->kind == HD_TOKEN_NAME; i++) {
        if (strcmp(node->names[i], parser->token->text) == 0) {
            return hd_pyerror_syntax(
                parser->error, "SyntaxError", parser->token->line, parser->token->column,
                "duplicate argument '%s' in function definition", parser->token->text);
        }
    }
    if (node->name_count == HD_PARSER_ARGUMENTS_MAX) {
        (void)hd_parser_fail(parser, "a function is limited to 255 parameters");
        return false;
    }
    if (!hd_parser_take_name(parser, node)) {
        return false;
    }
    if (hd_parser_accept(parser, "=")) {
        struct hd_node *value = hd_parser_expression(parser);

        if (value != NULL) {
            hd_nodes_add(parser, defaults, value);
        }
        return value != NULL;
    }
    if (defaults->count > 0) {
        (void)hd_parser_fail(parser, "non-default argument follows default argument");
        return false;
    }
    if (hd_parser_at(parser, ":")) {
        (void)hd_parser_outside(parser, "an annotation");
        return false;
    }
    return true;
}

static bool parameters(struct hd_parser *parser, struct hd_node *node)
{
    struct hd_nodes defaults = {NULL, 0, 0};

    if (!hd_parser_accept(parser, "(")) {
        (void)hd_parser_fail(parser, "expected '('");
        return false;
    }
    while (!hd_parser_accept(parser, ")")) {
        if (!parameter(parser, node, &defaults)) {
            return false;
        }
        if (!hd_parser_accept(parser, ",") && !hd_parser_at(parser, ")")) {
            (void)hd_parser_invalid(parser);
            return false;
        }
    }
    set_else(node, &defaults);
    if (hd_parser_at(parser, "->")) {
        (void)hd_parser_outside(parser, "an annotation");
        return false;
    }
    return true;
}

static struct hd_node *function_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_FUNCTION);
    struct hd_nodes items = {NULL, 0, 0};
    int loops = parser->loops;

    if (parser->functions > 0) {
        return hd_parser_outside(parser, "a function inside a function");
    }
    parser->token++;
    if (parser->token->kind != HD_TOKEN_NAME) {
        return hd_parser_invalid(parser);
    }
    node->name = parser->token->text;
    parser->token++;
    if (!parameters(parser, node)) {
        return NULL;
    }
    parser->loops = 0;
    parser->functions++;
    if (!block(parser, "function definition", node->line, true, &items)) {
        return NULL;
    }
    parser->functions--;
    parser->loops = loops;
    set_body(node, &items);
    return hd_parser_whole(parser, node);
}

/* Classes have a pass, or a __del__. */
static bool check_class_body(struct hd_parser *parser, const struct hd_nodes *items)
{
    for (size_t i = 0; i < items->count; i++) {
        const struct hd_node *item = items->items[i];

        if (item->kind == HD_NODE_PASS ||
            (item->kind == HD_NODE_FUNCTION && strcmp(item->name, "__del__") == 0) ||
            (item->kind == HD_NODE_EXPRESSION && item->left->kind == HD_NODE_CONSTANT)) {
            continue;
        }
        return hd_pyerror_syntax(parser->error, "SyntaxError", item->line, item->column,
                                 "in a class only pass and __del__ are part of the language");
    }
    return true;
}

static struct hd_node *class_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_CLASS);
    struct hd_nodes items = {NULL, 0, 0};

    if (parser->functions > 0) {
        return hd_parser_outside(parser, "a class inside a function");
    }
    parser->token++;
    if (parser->token->kind != HD_TOKEN_NAME) {
        return hd_parser_invalid(parser);
    }
    node->name = parser->token->text;
    parser->token++;
    if (hd_parser_accept(parser, "(") && !hd_parser_at(parser, ")")) {
        return hd_parser_outside(parser, "a base class");
    }
    (void)hd_parser_accept(parser, ")");
    if (!block(parser, "class definition", node->line, false, &items) ||
        !check_class_body(parser, &items)) {
        return NULL;
    }
    set_body(node, &items);
    return hd_parser_whole(parser, node);
}

static const struct {
    const char *word;
    struct hd_node *(*parse)(struct hd_parser *);
} compound_statements[] = {
    {"if", if_statement},
    {"for", for_statement},
    {"def", function_statement},
    {"class", class_statement},
};

struct hd_node *hd_parser_statement(struct hd_parser *parser)
{
    for (size_t i = 0; i < sizeof(compound_statements) / sizeof(compound_statements[0]); i++) {
        if (hd_parser_at(parser, compound_statements[i].word)) {
            return compound_statements[i].parse(parser);
        }
    }
    return hd_parser_simple_line(parser);
}
