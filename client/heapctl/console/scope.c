/* SPDX-License-Identifier: MIT */
/* scope.c: which names of a function are local: those it stores or deletes and
 * does not declare global. */
#include <string.h>

#include "compiling.h"

/* Each name is compared with the others. */
#define NAMES_MAX 1000

struct names {
    const char **items;
    size_t count;
    size_t capacity;
};

struct analysis {
    struct hd_compiler *compiler;
    const struct hd_node *function;
    struct names assigned;
    struct names used;
    struct names globals;
    bool too_many;
};

static bool visit(struct analysis *analysis, const struct hd_node *node);

bool hd_scope_has(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void note(struct analysis *analysis, struct names *names, const char *name)
{
    if (hd_scope_has(names->items, names->count, name)) {
        return;
    }
    if (names->count == NAMES_MAX) {
        analysis->too_many = true;
        return;
    }
    if (names->count == names->capacity) {
        size_t capacity = names->capacity == 0 ? 8 : names->capacity * 2;
        const char **items =
            hd_zone_alloc(&analysis->compiler->unit->zone, capacity * sizeof(items[0]));

        if (names->count > 0) {
            memcpy(items, names->items, names->count * sizeof(items[0]));
        }
        names->items = items;
        names->capacity = capacity;
    }
    names->items[names->count++] = name;
}

static bool declare_global(struct analysis *analysis, const struct hd_node *node)
{
    for (size_t i = 0; i < node->name_count; i++) {
        const char *name = node->names[i];
        const char *what = NULL;

        if (hd_scope_has(analysis->function->names, analysis->function->name_count, name)) {
            what = "parameter and global";
        } else if (hd_scope_has(analysis->used.items, analysis->used.count, name)) {
            what = "used prior to global declaration";
        } else if (hd_scope_has(analysis->assigned.items, analysis->assigned.count, name)) {
            what = "assigned to before global declaration";
        }
        if (what != NULL) {
            return hd_pyerror_syntax(analysis->compiler->error, "SyntaxError", node->line,
                                     node->column, "name '%s' is %s", name, what);
        }
        note(analysis, &analysis->globals, name);
    }
    return true;
}

static bool visit_all(struct analysis *analysis, struct hd_node *const *nodes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!visit(analysis, nodes[i])) {
            return false;
        }
    }
    return true;
}

/* A node in the place of a target. */
static bool visit_target(struct analysis *analysis, const struct hd_node *node)
{
    if (node->kind == HD_NODE_NAME) {
        note(analysis, &analysis->assigned, node->name);
        return true;
    }
    if (node->kind == HD_NODE_TUPLE || node->kind == HD_NODE_LIST) {
        for (size_t i = 0; i < node->count; i++) {
            if (!visit_target(analysis, node->items[i])) {
                return false;
            }
        }
        return true;
    }
    return visit(analysis, node);
}

static bool visit(struct analysis *analysis, const struct hd_node *node)
{
    bool left_is_target = node->kind == HD_NODE_FOR;
    bool items_are_targets = node->kind == HD_NODE_ASSIGN || node->kind == HD_NODE_DELETE;

    switch (node->kind) {
    case HD_NODE_NAME:
        note(analysis, &analysis->used, node->name);
        return true;
    case HD_NODE_GLOBAL:
        return declare_global(analysis, node);
    case HD_NODE_AUGMENT:
        if (node->left->kind == HD_NODE_NAME) {
            note(analysis, &analysis->assigned, node->left->name);
            return visit(analysis, node->right);
        }
        break;
    case HD_NODE_IMPORT:
    case HD_NODE_FROM:
        for (size_t i = 0; i < node->name_count; i++) {
            note(analysis, &analysis->assigned, node->aliases[i]);
        }
        return true;
    default:
        break;
    }
    if (node->left != NULL && !(left_is_target ? visit_target : visit)(analysis, node->left)) {
        return false;
    }
    if ((node->right != NULL && !visit(analysis, node->right)) ||
        (node->third != NULL && !visit(analysis, node->third))) {
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!(items_are_targets ? visit_target : visit)(analysis, node->items[i])) {
            return false;
        }
    }
    return visit_all(analysis, node->others, node->other_count);
}

bool hd_scope_analyse(struct hd_compiler *compiler, const struct hd_node *function)
{
    struct analysis analysis;
    size_t local = 0;

    memset(&analysis, 0, sizeof(analysis));
    analysis.compiler = compiler;
    analysis.function = function;
    for (size_t i = 0; i < function->name_count; i++) {
        note(&analysis, &analysis.assigned, function->names[i]);
    }
    if (!visit_all(&analysis, function->items, function->count)) {
        return false;
    }
    if (analysis.too_many) {
        return hd_pyerror_syntax(compiler->error, "SyntaxError", function->line,
                                 function->column, "a function is limited to %d names",
                                 NAMES_MAX);
    }
    for (size_t i = 0; i < analysis.assigned.count; i++) {
        if (!hd_scope_has(analysis.globals.items, analysis.globals.count,
                          analysis.assigned.items[i])) {
            analysis.assigned.items[local++] = analysis.assigned.items[i];
        }
    }
    compiler->assigned = analysis.assigned.items;
    compiler->assigned_count = local;
    compiler->globals = analysis.globals.items;
    compiler->global_count = analysis.globals.count;
    return true;
}
