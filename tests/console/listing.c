/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "console/code.h"
#include "console/fold.h"
#include "console/parser.h"
#include "console/quote.h"

/* ------------------------------------------------------------ constants */

static int by_text(const void *left, const void *right)
{
    return strcmp(hd_text_data(left), hd_text_data(right));
}

static void add_items(const struct hd_constant *constant, struct hd_text *out)
{
    struct hd_text *items = hd_must_alloc((constant->count + 1) * sizeof(items[0]));

    for (size_t i = 0; i < constant->count; i++) {
        hd_text_init(&items[i]);
        listing_constant(constant->items[i], &items[i]);
    }
    if (constant->kind == HEAPD_KIND_FROZENSET) {
        qsort(items, constant->count, sizeof(items[0]), by_text);
    }
    for (size_t i = 0; i < constant->count; i++) {
        hd_text_printf(out, "%s%s", i > 0 ? ", " : "", hd_text_data(&items[i]));
        hd_text_fini(&items[i]);
    }
    free(items);
}

void listing_constant(const struct hd_constant *constant, struct hd_text *out)
{
    switch (constant->kind) {
    case HEAPD_KIND_NONE:
        hd_text_add_string(out, "None");
        break;
    case HEAPD_KIND_BOOL:
        hd_text_add_string(out, constant->integer != 0 ? "True" : "False");
        break;
    case HEAPD_KIND_INT:
        if (constant->too_large) {
            hd_text_add_string(out, "large");
        } else {
            hd_text_printf(out, "%" PRId64, constant->integer);
        }
        break;
    case HEAPD_KIND_FLOAT:
        hd_quote_float(constant->number, out);
        break;
    case HEAPD_KIND_STR:
        hd_quote_str(constant->data, constant->size, out);
        break;
    case HEAPD_KIND_BYTES:
        hd_quote_bytes(constant->data, constant->size, out);
        break;
    case HEAPD_KIND_TUPLE:
        hd_text_add_char(out, '(');
        add_items(constant, out);
        hd_text_add_string(out, constant->count == 1 ? ",)" : ")");
        break;
    default:
        hd_text_add_string(out, "frozenset({");
        add_items(constant, out);
        hd_text_add_string(out, "})");
        break;
    }
}

/* ------------------------------------------------------------ trees */

static void add_nodes(struct hd_node *const *nodes, size_t count, struct hd_text *out)
{
    for (size_t i = 0; i < count; i++) {
        hd_text_add_char(out, ' ');
        listing_node(nodes[i], out);
    }
}

/* (word left right third item...), what is not there left out. */
static void add_form(const char *word, const struct hd_node *node, struct hd_text *out)
{
    const struct hd_node *const parts[] = {node->left, node->right, node->third};

    hd_text_printf(out, "(%s", word);
    for (size_t i = 0; i < 3; i++) {
        if (parts[i] != NULL) {
            hd_text_add_char(out, ' ');
            listing_node(parts[i], out);
        }
    }
    add_nodes(node->items, node->count, out);
    hd_text_add_char(out, ')');
}

static void add_pairs(const struct hd_node *node, struct hd_text *out)
{
    hd_text_add_string(out, "(dict");
    for (size_t i = 0; i < node->count; i++) {
        hd_text_add_char(out, ' ');
        listing_node(node->items[i], out);
        hd_text_add_string(out, ": ");
        listing_node(node->others[i], out);
    }
    hd_text_add_char(out, ')');
}

static void add_comparison(const struct hd_node *node, struct hd_text *out)
{
    hd_text_add_string(out, "(compare ");
    listing_node(node->left, out);
    for (size_t i = 0; i < node->count; i++) {
        hd_text_printf(out, " %s ", hd_operator_name(node->ops[i]));
        listing_node(node->items[i], out);
    }
    hd_text_add_char(out, ')');
}

static void add_call(const struct hd_node *node, struct hd_text *out)
{
    hd_text_add_string(out, "(call ");
    listing_node(node->left, out);
    add_nodes(node->items, node->count, out);
    for (size_t i = 0; i < node->name_count; i++) {
        hd_text_printf(out, " %s=", node->names[i]);
        listing_node(node->others[i], out);
    }
    hd_text_add_char(out, ')');
}

static void add_slice(const struct hd_node *node, struct hd_text *out)
{
    const struct hd_node *const parts[] = {node->left, node->right, node->third};

    hd_text_add_string(out, "(slice");
    for (size_t i = 0; i < 3; i++) {
        hd_text_add_char(out, ' ');
        if (parts[i] == NULL) {
            hd_text_add_char(out, '_');
        } else {
            listing_node(parts[i], out);
        }
    }
    hd_text_add_char(out, ')');
}

static void add_expression(const struct hd_node *node, struct hd_text *out)
{
    switch (node->kind) {
    case HD_NODE_CONSTANT:
        listing_constant(node->constant, out);
        break;
    case HD_NODE_NAME:
        hd_text_add_string(out, node->name);
        break;
    case HD_NODE_TUPLE:
        add_form("tuple", node, out);
        break;
    case HD_NODE_LIST:
        add_form("list", node, out);
        break;
    case HD_NODE_SET:
        add_form("set", node, out);
        break;
    case HD_NODE_DICT:
        add_pairs(node, out);
        break;
    case HD_NODE_UNARY:
    case HD_NODE_BINARY:
    case HD_NODE_BOOLEAN:
        add_form(hd_operator_name(node->op), node, out);
        break;
    case HD_NODE_COMPARE:
        add_comparison(node, out);
        break;
    case HD_NODE_CALL:
        add_call(node, out);
        break;
    case HD_NODE_ATTRIBUTE:
        hd_text_add_string(out, "(. ");
        listing_node(node->left, out);
        hd_text_printf(out, " %s)", node->name);
        break;
    case HD_NODE_SUBSCRIPT:
        add_form("[]", node, out);
        break;
    case HD_NODE_SLICE:
        add_slice(node, out);
        break;
    default:
        add_form("choice", node, out);
        break;
    }
}

static void add_names(const struct hd_node *node, struct hd_text *out)
{
    for (size_t i = 0; i < node->name_count; i++) {
        hd_text_printf(out, " %s", node->names[i]);
        if (strcmp(node->names[i], node->aliases[i]) != 0) {
            hd_text_printf(out, " as %s", node->aliases[i]);
        }
    }
}

static void add_function(const struct hd_node *node, struct hd_text *out)
{
    size_t without = node->name_count - node->other_count;

    hd_text_printf(out, "(def %s (", node->name);
    for (size_t i = 0; i < node->name_count; i++) {
        hd_text_printf(out, "%s%s", i > 0 ? " " : "", node->names[i]);
        if (i >= without) {
            hd_text_add_char(out, '=');
            listing_node(node->others[i - without], out);
        }
    }
    hd_text_add_char(out, ')');
    add_nodes(node->items, node->count, out);
    hd_text_add_char(out, ')');
}

/* if and for */
static void add_compound(const char *word, const struct hd_node *node, struct hd_text *out)
{
    add_form(word, node, out);
    if (node->other_count > 0) {
        hd_text_cut(out, out->size - 1);
        hd_text_add_string(out, " else");
        add_nodes(node->others, node->other_count, out);
        hd_text_add_char(out, ')');
    }
}

static void add_assignment(const struct hd_node *node, struct hd_text *out)
{
    hd_text_add_string(out, "(assign");
    add_nodes(node->items, node->count, out);
    hd_text_add_string(out, " = ");
    listing_node(node->left, out);
    hd_text_add_char(out, ')');
}

static void add_augmentation(const struct hd_node *node, struct hd_text *out)
{
    hd_text_printf(out, "(%s= ", hd_operator_name(node->op));
    listing_node(node->left, out);
    hd_text_add_char(out, ' ');
    listing_node(node->right, out);
    hd_text_add_char(out, ')');
}

static void add_named(const char *word, const struct hd_node *node, struct hd_text *out)
{
    hd_text_printf(out, "(%s", word);
    if (node->kind == HD_NODE_FROM) {
        hd_text_printf(out, " %s import", node->name);
    }
    add_names(node, out);
    hd_text_add_char(out, ')');
}

void listing_node(const struct hd_node *node, struct hd_text *out)
{
    static const char *const words[] = {
        [HD_NODE_EXPRESSION] = "expression",
        [HD_NODE_DELETE] = "del",
        [HD_NODE_PASS] = "pass",
        [HD_NODE_ASSERT] = "assert",
        [HD_NODE_GLOBAL] = "global",
        [HD_NODE_IF] = "if",
        [HD_NODE_FOR] = "for",
        [HD_NODE_BREAK] = "break",
        [HD_NODE_CONTINUE] = "continue",
        [HD_NODE_RETURN] = "return",
        [HD_NODE_IMPORT] = "import",
        [HD_NODE_FROM] = "from",
        [HD_NODE_BLOCK] = "block",
    };

    if (node == NULL) {
        return;
    }
    if (node->kind < HD_NODE_EXPRESSION) {
        add_expression(node, out);
    } else if (node->kind == HD_NODE_ASSIGN) {
        add_assignment(node, out);
    } else if (node->kind == HD_NODE_AUGMENT) {
        add_augmentation(node, out);
    } else if (node->kind == HD_NODE_FUNCTION) {
        add_function(node, out);
    } else if (node->kind == HD_NODE_CLASS) {
        hd_text_printf(out, "(class %s", node->name);
        add_nodes(node->items, node->count, out);
        hd_text_add_char(out, ')');
    } else if (node->name_count > 0) {
        add_named(words[node->kind], node, out);
    } else {
        add_compound(words[node->kind], node, out);
    }
}

/* ------------------------------------------------------------ from source */

static void add_error(const struct hd_pyerror *error, struct hd_text *out)
{
    hd_text_clear(out);
    hd_text_printf(out, "%s %d:%d: %s", error->type, error->line, error->column,
                   hd_text_data(&error->message));
}

void listing_tokens(const struct hd_tokens *tokens, struct hd_text *out)
{
    static const char *const kinds[] = {[HD_TOKEN_END] = "END",
                                        [HD_TOKEN_NEWLINE] = "NEWLINE",
                                        [HD_TOKEN_INDENT] = "INDENT",
                                        [HD_TOKEN_DEDENT] = "DEDENT"};

    for (size_t i = 0; i < tokens->count; i++) {
        const struct hd_token *token = &tokens->items[i];

        hd_text_add_string(out, i > 0 ? " " : "");
        switch (token->kind) {
        case HD_TOKEN_INT:
            hd_text_printf(out, token->too_large ? "large" : "%" PRIu64, token->magnitude);
            break;
        case HD_TOKEN_FLOAT:
            hd_quote_float(token->number, out);
            break;
        case HD_TOKEN_STR:
            hd_quote_str(token->data, token->size, out);
            break;
        case HD_TOKEN_BYTES:
            hd_quote_bytes(token->data, token->size, out);
            break;
        case HD_TOKEN_NAME:
        case HD_TOKEN_KEYWORD:
        case HD_TOKEN_OPERATOR:
            hd_text_add_string(out, token->text);
            break;
        default:
            hd_text_add_string(out, kinds[token->kind]);
            break;
        }
    }
}

void listing_of_tokens(const char *source, size_t size, struct hd_text *out)
{
    struct hd_tokens tokens;
    struct hd_pyerror error;
    struct hd_zone zone;

    hd_zone_init(&zone);
    hd_pyerror_init(&error);
    if (hd_lexer_run(source, size, &zone, &tokens, &error)) {
        listing_tokens(&tokens, out);
    } else {
        add_error(&error, out);
    }
    hd_pyerror_fini(&error);
    hd_zone_fini(&zone);
}

void listing_of_tree(const char *source, size_t size, bool folded, struct hd_text *out)
{
    struct hd_node *statement;
    struct hd_pyerror error;
    struct hd_zone zone;

    hd_zone_init(&zone);
    hd_pyerror_init(&error);
    if (!hd_parser_run(source, size, &zone, &statement, &error)) {
        add_error(&error, out);
    } else if (statement != NULL) {
        if (folded) {
            hd_fold(statement, &zone);
        }
        listing_node(statement, out);
    }
    hd_pyerror_fini(&error);
    hd_zone_fini(&zone);
}

static void add_code_constants(const struct hd_code *code, struct hd_text *out)
{
    hd_text_printf(out, "%s:", code->name);
    for (size_t i = 0; i < code->constant_count; i++) {
        hd_text_add_string(out, i > 0 ? " | " : " ");
        listing_constant(code->unit->constants[code->constants[i]].constant, out);
    }
    hd_text_add_char(out, '\n');
    for (size_t i = 0; i < code->count; i++) {
        if (code->instructions[i].opcode == HD_MAKE_FUNCTION) {
            add_code_constants(code->instructions[i].as.code, out);
        }
    }
}

void listing_of_constants(const char *source, size_t size, struct hd_text *out)
{
    struct hd_pyerror error;
    struct hd_unit *unit;

    hd_pyerror_init(&error);
    if (!hd_compile(source, size, &unit, &error)) {
        add_error(&error, out);
    } else if (unit != NULL) {
        add_code_constants(unit->module, out);
    }
    hd_unit_release(unit);
    hd_pyerror_fini(&error);
}
