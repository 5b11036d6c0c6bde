/* SPDX-License-Identifier: MIT */
/* simple_statement.c: the parser's part for what stands on a line. */
#include <string.h>

#include "parsing.h"

/* What a node is called when it stands where a target should. */
static const char *target_name(const struct hd_node *node)
{
    static const char *const names[] = {
        [HD_NODE_CONSTANT] = "literal",
        [HD_NODE_NAME] = NULL,
        [HD_NODE_TUPLE] = "tuple",
        [HD_NODE_LIST] = "list",
        [HD_NODE_SET] = "set display",
        [HD_NODE_DICT] = "dict literal",
        [HD_NODE_UNARY] = "expression",
        [HD_NODE_BINARY] = "expression",
        [HD_NODE_BOOLEAN] = "expression",
        [HD_NODE_COMPARE] = "comparison",
        [HD_NODE_CALL] = "function call",
        [HD_NODE_ATTRIBUTE] = NULL,
        [HD_NODE_SUBSCRIPT] = NULL,
        [HD_NODE_SLICE] = "expression",
        [HD_NODE_CHOICE] = "conditional expression",
    };

    if (node->kind == HD_NODE_CONSTANT && node->constant->kind == HEAPD_KIND_NONE) {
        return "None";
    }
    if (node->kind == HD_NODE_CONSTANT && node->constant->kind == HEAPD_KIND_BOOL) {
        return node->constant->integer != 0 ? "True" : "False";
    }
    return names[node->kind];
}

static const struct hd_node *wrong_target(const struct hd_node *node)
{
    if (node->kind == HD_NODE_TUPLE || node->kind == HD_NODE_LIST) {
        for (size_t i = 0; i < node->count; i++) {
            const struct hd_node *wrong = wrong_target(node->items[i]);

            if (wrong != NULL) {
                return wrong;
            }
        }
        return NULL;
    }
    return target_name(node) == NULL ? NULL : node;
}

/* verb: "assign to" or "delete"; hint: whether == may have been meant. */
bool hd_parser_check_target(struct hd_parser *parser, const struct hd_node *node,
                            const char *verb, bool hint)
{
    const struct hd_node *wrong = wrong_target(node);
    bool comparable = wrong == node && wrong != NULL && wrong->kind != HD_NODE_COMPARE &&
                      strchr("NTF", target_name(wrong)[0]) == NULL;

    return wrong == NULL ||
           hd_pyerror_syntax(parser->error, "SyntaxError", wrong->line, wrong->column,
                             "cannot %s %s%s", verb, target_name(wrong),
                             hint && comparable ? " here. Maybe you meant '==' instead of '='?"
                                                : "");
}

/* Whether it is one without comparisons, not, and, or, if: those in parentheses are. */
static bool is_operation(const struct hd_node *node)
{
    bool loose = node->kind == HD_NODE_COMPARE || node->kind == HD_NODE_BOOLEAN ||
                 node->kind == HD_NODE_CHOICE ||
                 (node->kind == HD_NODE_UNARY && node->op == HD_OP_NOT);

    return !loose || node->in_parentheses;
}

struct hd_node *hd_parser_stray_equals(struct hd_parser *parser, const struct hd_node *left)
{
    const struct hd_token *sign = parser->token++;
    struct hd_node *right = is_operation(left) ? hd_parser_operation(parser) : NULL;
    bool chained = hd_parser_at(parser, "=") || hd_parser_at(parser, ":=");
    const char *name = left->kind == HD_NODE_ATTRIBUTE   ? "attribute"
                       : left->kind == HD_NODE_SUBSCRIPT ? "subscript"
                                                         : target_name(left);

    if (hd_pyerror_is_set(parser->error)) {
        return NULL;
    }
    parser->token = sign;
    if (right == NULL || chained || left->kind == HD_NODE_TUPLE || left->kind == HD_NODE_LIST ||
        (name != NULL && strchr("NTF", name[0]) != NULL)) {
        return hd_parser_invalid(parser);
    }
    if (name == NULL) {
        return hd_parser_fail(parser,
                              "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    (void)hd_pyerror_syntax(parser->error, "SyntaxError", left->line, left->column,
                            "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                            name);
    return NULL;
}

bool hd_parser_ends_statement(const struct hd_parser *parser)
{
    return parser->token->kind == HD_TOKEN_NEWLINE || parser->token->kind == HD_TOKEN_END ||
           hd_parser_at(parser, ";");
}

static struct hd_node *assignment(struct hd_parser *parser, struct hd_node *first)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_ASSIGN);
    struct hd_nodes targets = {NULL, 0, 0};
    struct hd_node *value = first;

    node->line = first->line;
    node->column = first->column;
    while (hd_parser_at(parser, "=")) {
        if (!hd_parser_check_target(parser, value, "assign to", value == first)) {
            return NULL;
        }
        parser->token++;
        hd_nodes_add(parser, &targets, value);
        value = hd_parser_expressions(parser);
        if (value == NULL) {
            return NULL;
        }
    }
    node->left = value;
    return hd_parser_with_items(parser, node, &targets);
}

static bool augmenting(struct hd_parser *parser, enum hd_operator *ret_op)
{
    size_t length = strlen(parser->token->text);

    if (parser->token->kind != HD_TOKEN_OPERATOR || length < 2 ||
        parser->token->text[length - 1] != '=') {
        return false;
    }
    for (int op = HD_OP_ADD; op <= HD_OP_MATRIX; op++) {
        const char *text = hd_operator_name((enum hd_operator)op);

        if (strlen(text) == length - 1 && memcmp(text, parser->token->text, length - 1) == 0) {
            *ret_op = (enum hd_operator)op;
            return true;
        }
    }
    return false;
}

static struct hd_node *augmentation(struct hd_parser *parser, struct hd_node *target,
                                    enum hd_operator op)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_AUGMENT);

    if (target->kind != HD_NODE_NAME && target->kind != HD_NODE_ATTRIBUTE &&
        target->kind != HD_NODE_SUBSCRIPT) {
        (void)hd_pyerror_syntax(parser->error, "SyntaxError", target->line, target->column,
                                "'%s' is an illegal expression for augmented assignment",
                                target_name(target));
        return NULL;
    }
    parser->token++;
    node->line = target->line;
    node->column = target->column;
    node->op = op;
    node->left = target;
    node->right = hd_parser_expressions(parser);
    return node->right == NULL ? NULL : hd_parser_whole(parser, node);
}

/* `print x`, and other things that often go wrong. */
static struct hd_node *junk_behind(struct hd_parser *parser, const struct hd_node *expression)
{
    if (hd_parser_at(parser, ":=")) {
        return hd_parser_outside(parser, ":=");
    }
    if (hd_parser_at(parser, ":")) {
        return hd_parser_outside(parser, "an annotation");
    }
    if (expression->kind == HD_NODE_NAME && strcmp(expression->name, "print") == 0 &&
        parser->token->kind != HD_TOKEN_OPERATOR && parser->token->kind != HD_TOKEN_KEYWORD) {
        return hd_parser_fail_at(parser, expression->line, expression->column,
                                 "Missing parentheses in call to 'print'. "
                                 "Did you mean print(...)?");
    }
    return hd_parser_invalid(parser);
}

static struct hd_node *expression_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_EXPRESSION);
    enum hd_operator op;

    node->left = hd_parser_expressions(parser);
    if (node->left == NULL) {
        return NULL;
    }
    if (hd_parser_at(parser, "=")) {
        return assignment(parser, node->left);
    }
    if (augmenting(parser, &op)) {
        return augmentation(parser, node->left, op);
    }
    if (!hd_parser_ends_statement(parser)) {
        return junk_behind(parser, node->left);
    }
    return hd_parser_whole(parser, node);
}

static struct hd_node *delete_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_DELETE);
    struct hd_nodes targets = {NULL, 0, 0};

    parser->token++;
    do {
        struct hd_node *target = hd_parser_ends_statement(parser) && targets.count > 0
                                     ? NULL
                                     : hd_parser_expression(parser);

        if (target == NULL) {
            break;
        }
        if (!hd_parser_check_target(parser, target, "delete", false)) {
            return NULL;
        }
        hd_nodes_add(parser, &targets, target);
    } while (hd_parser_accept(parser, ","));
    if (hd_pyerror_is_set(parser->error)) {
        return NULL;
    }
    return hd_parser_ends_statement(parser) ? hd_parser_with_items(parser, node, &targets)
                                            : hd_parser_invalid(parser);
}

static struct hd_node *assert_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_ASSERT);

    parser->token++;
    node->left = hd_parser_expression(parser);
    if (node->left != NULL && hd_parser_accept(parser, ",")) {
        node->right = hd_parser_expression(parser);
    }
    return hd_pyerror_is_set(parser->error) ? NULL : hd_parser_whole(parser, node);
}

static struct hd_node *global_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_GLOBAL);

    parser->token++;
    do {
        if (!hd_parser_take_name(parser, node)) {
            return NULL;
        }
    } while (hd_parser_accept(parser, ","));
    return node;
}

/* names with `as`, separated by commas */
static struct hd_node *imported(struct hd_parser *parser, struct hd_node *node)
{
    do {
        if (!hd_parser_take_name(parser, node)) {
            return NULL;
        }
        if (hd_parser_accept(parser, "as")) {
            if (parser->token->kind != HD_TOKEN_NAME) {
                return hd_parser_invalid(parser);
            }
            node->aliases[node->name_count - 1] = parser->token->text;
            parser->token++;
        }
    } while (hd_parser_accept(parser, ","));
    return node;
}

static struct hd_node *import_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_IMPORT);

    if (hd_parser_accept(parser, "from")) {
        node->kind = HD_NODE_FROM;
        if (parser->token->kind != HD_TOKEN_NAME) {
            return hd_parser_invalid(parser);
        }
        node->name = parser->token->text;
        parser->token++;
        if (!hd_parser_expect(parser, "import")) {
            return NULL;
        }
        if (hd_parser_at(parser, "*")) {
            return hd_parser_outside(parser, "import *");
        }
        return imported(parser, node);
    }
    parser->token++;
    return imported(parser, node);
}

static struct hd_node *return_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_RETURN);

    if (parser->functions == 0) {
        return hd_parser_fail(parser, "'return' outside function");
    }
    parser->token++;
    if (!hd_parser_ends_statement(parser)) {
        node->left = hd_parser_expressions(parser);
        if (node->left == NULL) {
            return NULL;
        }
    }
    return hd_parser_whole(parser, node);
}

static struct hd_node *pass_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_PASS);

    parser->token++;
    return node;
}

static struct hd_node *loop_exit(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_BREAK);

    if (hd_parser_at(parser, "continue")) {
        node->kind = HD_NODE_CONTINUE;
    }
    if (parser->loops == 0) {
        return hd_parser_fail(parser, node->kind == HD_NODE_BREAK
                                          ? "'break' outside loop"
                                          : "'continue' not properly in loop");
    }
    parser->token++;
    return node;
}

static const struct {
    const char *word;
    struct hd_node *(*parse)(struct hd_parser *);
} simple_statements[] = {
    {"del", delete_statement},    {"assert", assert_statement}, {"global", global_statement},
    {"import", import_statement}, {"from", import_statement},   {"return", return_statement},
    {"pass", pass_statement},     {"break", loop_exit},         {"continue", loop_exit},
};

static const char *const outside_words[] = {"while", "with",     "try",    "raise",  "async",
                                            "yield", "nonlocal", "except", "finally"};

static struct hd_node *simple_statement(struct hd_parser *parser)
{
    for (size_t i = 0; i < sizeof(simple_statements) / sizeof(simple_statements[0]); i++) {
        if (hd_parser_at(parser, simple_statements[i].word)) {
            return simple_statements[i].parse(parser);
        }
    }
    for (size_t i = 0; i < sizeof(outside_words) / sizeof(outside_words[0]); i++) {
        if (hd_parser_at(parser, outside_words[i])) {
            return hd_parser_outside(parser, outside_words[i]);
        }
    }
    if (hd_parser_at(parser, "@")) {
        return hd_parser_outside(parser, "a decorator");
    }
    return expression_statement(parser);
}

/* Simple statements up to the end of the line; one alone is itself. */
struct hd_node *hd_parser_simple_line(struct hd_parser *parser)
{
    struct hd_node *block = hd_parser_node(parser, HD_NODE_BLOCK);
    struct hd_nodes items = {NULL, 0, 0};

    do {
        struct hd_node *node = simple_statement(parser);

        if (node == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &items, node);
        if (!hd_parser_ends_statement(parser)) {
            return hd_parser_invalid(parser);
        }
    } while (hd_parser_accept(parser, ";") && parser->token->kind != HD_TOKEN_NEWLINE &&
             parser->token->kind != HD_TOKEN_END);
    if (parser->token->kind == HD_TOKEN_NEWLINE) {
        parser->token++;
    }
    return items.count == 1 ? items.items[0] : hd_parser_with_items(parser, block, &items);
}
