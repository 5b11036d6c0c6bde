/* SPDX-License-Identifier: MIT */
/* parser.c: tokens, nodes, names; a source as a whole. */
#include "parser.h"

#include <string.h>

#include "parsing.h"

void hd_nodes_add(struct hd_parser *parser, struct hd_nodes *nodes, struct hd_node *node)
{
    if (nodes->count == nodes->capacity) {
        size_t capacity = nodes->capacity == 0 ? 4 : nodes->capacity * 2;
        struct hd_node **items = hd_zone_alloc(parser->zone, capacity * sizeof(items[0]));

        if (nodes->count > 0) {
            memcpy(items, nodes->items, nodes->count * sizeof(items[0]));
        }
        nodes->items = items;
        nodes->capacity = capacity;
    }
    nodes->items[nodes->count++] = node;
}

bool hd_parser_at(const struct hd_parser *parser, const char *text)
{
    return (parser->token->kind == HD_TOKEN_OPERATOR ||
            parser->token->kind == HD_TOKEN_KEYWORD) &&
           strcmp(parser->token->text, text) == 0;
}

bool hd_parser_accept(struct hd_parser *parser, const char *text)
{
    if (!hd_parser_at(parser, text)) {
        return false;
    }
    parser->token++;
    return true;
}

bool hd_parser_expect(struct hd_parser *parser, const char *text)
{
    if (hd_parser_accept(parser, text)) {
        return true;
    }
    (void)hd_parser_invalid(parser);
    return false;
}

struct hd_node *hd_parser_fail_at(struct hd_parser *parser, int line, int column,
                                  const char *message)
{
    (void)hd_pyerror_syntax(parser->error, "SyntaxError", line, column, "%s", message);
    return NULL;
}

struct hd_node *hd_parser_fail(struct hd_parser *parser, const char *message)
{
    return hd_parser_fail_at(parser, parser->token->line, parser->token->column, message);
}

struct hd_node *hd_parser_invalid(struct hd_parser *parser)
{
    if (parser->token->kind == HD_TOKEN_INDENT) {
        (void)hd_pyerror_syntax(parser->error, "IndentationError", parser->token->line,
                                parser->token->column, "unexpected indent");
        return NULL;
    }
    return hd_parser_fail(parser, "invalid syntax");
}

struct hd_node *hd_parser_outside(struct hd_parser *parser, const char *what)
{
    (void)hd_pyerror_syntax(parser->error, "SyntaxError", parser->token->line,
                            parser->token->column, "%s is not part of the language", what);
    return NULL;
}

struct hd_node *hd_parser_node(struct hd_parser *parser, enum hd_node_kind kind)
{
    struct hd_node *node = hd_zone_alloc(parser->zone, sizeof(*node));

    node->kind = kind;
    node->line = parser->token->line;
    node->column = parser->token->column;
    return node;
}

struct hd_node *hd_parser_node_from(struct hd_parser *parser, enum hd_node_kind kind,
                                    const struct hd_node *first)
{
    struct hd_node *node = hd_parser_node(parser, kind);

    node->line = first->line;
    node->column = first->column;
    return node;
}

static int deeper(int depth, const struct hd_node *node)
{
    return node != NULL && node->depth >= depth ? node->depth + 1 : depth;
}

struct hd_node *hd_parser_whole(struct hd_parser *parser, struct hd_node *node)
{
    int depth = deeper(deeper(deeper(0, node->left), node->right), node->third);

    for (size_t i = 0; i < node->count; i++) {
        depth = deeper(depth, node->items[i]);
    }
    for (size_t i = 0; i < node->other_count; i++) {
        depth = deeper(depth, node->others[i]);
    }
    node->depth = depth;
    if (depth > HD_NODE_DEPTH_MAX) {
        (void)hd_pyerror_set(parser->error, "RecursionError",
                             "maximum recursion depth exceeded during compilation");
        return NULL;
    }
    return node;
}

struct hd_node *hd_parser_with_items(struct hd_parser *parser, struct hd_node *node,
                                     const struct hd_nodes *items)
{
    node->items = items->items;
    node->count = items->count;
    return hd_parser_whole(parser, node);
}

/* Room for one more name; full at each power of two. */
static const char **grow_names(struct hd_parser *parser, const char **names, size_t count)
{
    const char **grown;

    if ((count & (count - 1)) != 0) {
        return names;
    }
    grown = hd_zone_alloc(parser->zone, (count == 0 ? 1 : 2 * count) * sizeof(names[0]));
    if (count > 0) {
        memcpy(grown, names, count * sizeof(names[0]));
    }
    return grown;
}

void hd_parser_add_name(struct hd_parser *parser, struct hd_node *node, const char *name)
{
    node->names = grow_names(parser, node->names, node->name_count);
    node->aliases = grow_names(parser, node->aliases, node->name_count);
    node->names[node->name_count] = name;
    node->aliases[node->name_count++] = name;
}

bool hd_parser_take_name(struct hd_parser *parser, struct hd_node *node)
{
    if (parser->token->kind != HD_TOKEN_NAME) {
        (void)hd_parser_invalid(parser);
        return false;
    }
    hd_parser_add_name(parser, node, parser->token->text);
    parser->token++;
    return true;
}

static struct hd_node *whole_source(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_statement(parser);

    if (node == NULL) {
        return NULL;
    }
    if (parser->token->kind == HD_TOKEN_INDENT) {
        return hd_parser_invalid(parser);
    }
    return parser->token->kind == HD_TOKEN_END
               ? node
               : hd_parser_fail(parser,
                                "multiple statements found while compiling a single statement");
}

bool hd_parser_run(const char *source, size_t size, struct hd_zone *zone,
                   struct hd_node **ret_statement, struct hd_pyerror *error)
{
    struct hd_parser parser = {.zone = zone, .error = error};
    struct hd_tokens tokens;
    struct hd_node *node;

    if (!hd_lexer_run(source, size, zone, &tokens, error)) {
        return false;
    }
    parser.token = tokens.items;
    if (parser.token->kind == HD_TOKEN_END) {
        *ret_statement = NULL;
        return true;
    }
    node = whole_source(&parser);
    if (node == NULL) {
        hd_lexer_source_line(source, size, error->line, &error->source);
        return false;
    }
    *ret_statement = node;
    return true;
}
