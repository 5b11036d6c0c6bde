/* SPDX-License-Identifier: MIT */
/* parsing.h: what the parts of the parser share.  Nobody else includes it. */
#ifndef HEAPD_CONSOLE_PARSING_H
#define HEAPD_CONSOLE_PARSING_H

#include "ast.h"
#include "lexer.h"

/* Parameters of a function, keyword arguments of a call: each is compared with the others. */
#define HD_PARSER_ARGUMENTS_MAX 255

struct hd_parser {
    const struct hd_token *token; /* the next one */
    struct hd_zone *zone;
    struct hd_pyerror *error;
    /* What a conditional's condition begins with; NULL once that is whole. */
    const struct hd_token *awaited;
    int depth; /* of recursion */
    int loops; /* around this statement, in this function */
    int functions;
};

/* A list of nodes under way. */
struct hd_nodes {
    struct hd_node **items;
    size_t count;
    size_t capacity;
};

void hd_nodes_add(struct hd_parser *parser, struct hd_nodes *nodes, struct hd_node *node);

bool hd_parser_at(const struct hd_parser *parser, const char *text);
/* Takes the token if it is this operator or keyword. */
bool hd_parser_accept(struct hd_parser *parser, const char *text);
bool hd_parser_expect(struct hd_parser *parser, const char *text);
/* All return NULL, with the error set. */
struct hd_node *hd_parser_invalid(struct hd_parser *parser);
struct hd_node *hd_parser_fail(struct hd_parser *parser, const char *message);
struct hd_node *hd_parser_fail_at(struct hd_parser *parser, int line, int column,
                                  const char *message);
struct hd_node *hd_parser_outside(struct hd_parser *parser, const char *what);

struct hd_node *hd_parser_node(struct hd_parser *parser, enum hd_node_kind kind);
/* Notes how deep a node is now that it is whole; NULL if that is too deep. */
struct hd_node *hd_parser_whole(struct hd_parser *parser, struct hd_node *node);

/* To names, and to aliases as its own alias. */
void hd_parser_add_name(struct hd_parser *parser, struct hd_node *node, const char *name);

/* Takes a name, as one of node's. */
bool hd_parser_take_name(struct hd_parser *parser, struct hd_node *node);
/* A node that begins where its first part does. */
struct hd_node *hd_parser_node_from(struct hd_parser *parser, enum hd_node_kind kind,
                                    const struct hd_node *first);
/* The node whole, with these items. */
struct hd_node *hd_parser_with_items(struct hd_parser *parser, struct hd_node *node,
                                     const struct hd_nodes *items);

/* A name, number, string, display or parenthesis, and what hangs on it. */
struct hd_node *hd_parser_primary(struct hd_parser *parser);
/* One expression (no commas), and one that may be a tuple without parentheses. */
struct hd_node *hd_parser_expression(struct hd_parser *parser);
struct hd_node *hd_parser_expressions(struct hd_parser *parser);
/* One without comparisons, not, and, or, if. */
struct hd_node *hd_parser_operation(struct hd_parser *parser);
/* What may stand left of `in` in a for: names, attributes, subscripts, tuples of them. */
struct hd_node *hd_parser_targets(struct hd_parser *parser);
/* verb: "assign to" or "delete"; hint: whether == may have been meant. */
bool hd_parser_check_target(struct hd_parser *parser, const struct hd_node *node,
                            const char *verb, bool hint);

/* An "=" behind `left`, where none may be: in a condition, or in brackets. */
struct hd_node *hd_parser_stray_equals(struct hd_parser *parser, const struct hd_node *left);

bool hd_parser_ends_statement(const struct hd_parser *parser);
/* Simple statements up to the end of the line; one alone is itself. */
struct hd_node *hd_parser_simple_line(struct hd_parser *parser);
/* A compound one, or such a line. */
struct hd_node *hd_parser_statement(struct hd_parser *parser);

#endif
