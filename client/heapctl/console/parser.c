/* SPDX-License-Identifier: MIT */
/* parser.c: statements. */
#include "parser.h"

#include <string.h>

#include "parsing.h"

static struct hd_node *statement(struct hd_parser *parser);

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

static struct hd_node *with_items(struct hd_parser *parser, struct hd_node *node,
                                  const struct hd_nodes *items)
{
    node->items = items->items;
    node->count = items->count;
    return hd_parser_whole(parser, node);
}

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
static bool check_target(struct hd_parser *parser, const struct hd_node *node, const char *verb,
                         bool hint)
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

static bool ends_statement(const struct hd_parser *parser)
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
        if (!check_target(parser, value, "assign to", value == first)) {
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
    return with_items(parser, node, &targets);
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
    if (!ends_statement(parser)) {
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
        struct hd_node *target =
            ends_statement(parser) && targets.count > 0 ? NULL : hd_parser_expression(parser);

        if (target == NULL) {
            break;
        }
        if (!check_target(parser, target, "delete", false)) {
            return NULL;
        }
        hd_nodes_add(parser, &targets, target);
    } while (hd_parser_accept(parser, ","));
    if (hd_pyerror_is_set(parser->error)) {
        return NULL;
    }
    return ends_statement(parser) ? with_items(parser, node, &targets)
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

static bool add_name(struct hd_parser *parser, struct hd_node *node)
{
    if (parser->token->kind != HD_TOKEN_NAME) {
        (void)hd_parser_invalid(parser);
        return false;
    }
    hd_parser_add_name(parser, node, parser->token->text);
    parser->token++;
    return true;
}

static struct hd_node *global_statement(struct hd_parser *parser)
{
    struct hd_node *node = hd_parser_node(parser, HD_NODE_GLOBAL);

    parser->token++;
    do {
        if (!add_name(parser, node)) {
            return NULL;
        }
    } while (hd_parser_accept(parser, ","));
    return node;
}

/* names with `as`, separated by commas */
static struct hd_node *imported(struct hd_parser *parser, struct hd_node *node)
{
    do {
        if (!add_name(parser, node)) {
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
    if (!ends_statement(parser)) {
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
static struct hd_node *simple_line(struct hd_parser *parser)
{
    struct hd_node *block = hd_parser_node(parser, HD_NODE_BLOCK);
    struct hd_nodes items = {NULL, 0, 0};

    do {
        struct hd_node *node = simple_statement(parser);

        if (node == NULL) {
            return NULL;
        }
        hd_nodes_add(parser, &items, node);
        if (!ends_statement(parser)) {
            return hd_parser_invalid(parser);
        }
    } while (hd_parser_accept(parser, ";") && parser->token->kind != HD_TOKEN_NEWLINE &&
             parser->token->kind != HD_TOKEN_END);
    if (parser->token->kind == HD_TOKEN_NEWLINE) {
        parser->token++;
    }
    return items.count == 1 ? items.items[0] : with_items(parser, block, &items);
}

/* What follows a colon: a simple line, or an indented block.  head: for errors. */
static bool block(struct hd_parser *parser, const char *head, int line, struct hd_nodes *items)
{
    struct hd_node *node;

    if (!hd_parser_accept(parser, ":")) {
        (void)(hd_parser_at(parser, "=")
                   ? hd_parser_fail(parser, "invalid syntax. Maybe you meant '==' or ':=' "
                                            "instead of '='?")
               : ends_statement(parser) ? hd_parser_fail(parser, "expected ':'")
                                        : hd_parser_invalid(parser));
        return false;
    }
    if (parser->token->kind != HD_TOKEN_NEWLINE) {
        node = simple_line(parser);
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
        node = statement(parser);
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
    if (!block(parser, "'else' statement", line, &items)) {
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
    if (node->left == NULL || !block(parser, head, node->line, &items)) {
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
    if (node->left == NULL || !check_target(parser, node->left, "assign to", false) ||
        !hd_parser_expect(parser, "in")) {
        return NULL;
    }
    node->right = hd_parser_expressions(parser);
    parser->loops++;
    if (node->right == NULL || !block(parser, "'for' statement", node->line, &items)) {
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
    if (!add_name(parser, node)) {
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

    if (!hd_parser_expect(parser, "(")) {
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
    if (!block(parser, "function definition", node->line, &items)) {
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
    if (!block(parser, "class definition", node->line, &items) ||
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

static struct hd_node *statement(struct hd_parser *parser)
{
    for (size_t i = 0; i < sizeof(compound_statements) / sizeof(compound_statements[0]); i++) {
        if (hd_parser_at(parser, compound_statements[i].word)) {
            return compound_statements[i].parse(parser);
        }
    }
    return simple_line(parser);
}

static struct hd_node *whole_source(struct hd_parser *parser)
{
    struct hd_node *node = statement(parser);

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
