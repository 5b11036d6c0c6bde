/* SPDX-License-Identifier: MIT */
/* compile_expression.c: expressions into instructions, in the order of
 * compile.c of CPython 3.11. */
#include <string.h>

#include "compiling.h"
#include "fold.h"

/* Displays of more items than this have their keys in no constant tuple. */
#define CONST_KEYS_MAX 15

void hd_compile_name(struct hd_compiler *compiler, const char *name, enum hd_opcode global,
                     enum hd_opcode fast)
{
    struct hd_code *code = compiler->code;
    size_t number = 0;

    if (!compiler->in_function ||
        !hd_scope_has(compiler->assigned, compiler->assigned_count, name)) {
        (void)hd_emit_name(compiler, global, name, 0);
        return;
    }
    while (number < code->local_count && strcmp(code->locals[number], name) != 0) {
        number++;
    }
    if (number == code->local_count) {
        code->locals[code->local_count++] = name; /* room for all assigned names */
    }
    (void)hd_emit_name(compiler, fast, name, (uint32_t)number);
}

bool hd_compile_expressions(struct hd_compiler *compiler, struct hd_node *const *nodes,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!hd_compile_expression(compiler, nodes[i])) {
            return false;
        }
    }
    return true;
}

static bool compile_sequence(struct hd_compiler *compiler, const struct hd_node *node,
                             enum hd_opcode build)
{
    if (!hd_compile_expressions(compiler, node->items, node->count)) {
        return false;
    }
    (void)hd_emit(compiler, build, (uint32_t)node->count);
    return true;
}

/* Three or more constants in a list or set display are one constant. */
static bool compile_display(struct hd_compiler *compiler, const struct hd_node *node,
                            enum hd_opcode build, enum hd_opcode extend, enum heapd_kind kind)
{
    const struct hd_constant *items =
        node->count > 2
            ? hd_fold_sequence(node->items, node->count, kind, &compiler->unit->zone)
            : NULL;

    if (items == NULL) {
        return compile_sequence(compiler, node, build);
    }
    (void)hd_emit(compiler, build, 0);
    if (!hd_emit_constant(compiler, items)) {
        return false;
    }
    (void)hd_emit(compiler, extend, 1);
    return true;
}

static bool compile_dict(struct hd_compiler *compiler, const struct hd_node *node)
{
    const struct hd_constant *keys =
        node->count > 1 && node->count <= CONST_KEYS_MAX
            ? hd_fold_sequence(node->items, node->count, HEAPD_KIND_TUPLE,
                               &compiler->unit->zone)
            : NULL;

    if (keys != NULL) {
        if (!hd_compile_expressions(compiler, node->others, node->count) ||
            !hd_emit_constant(compiler, keys)) {
            return false;
        }
        (void)hd_emit(compiler, HD_BUILD_CONST_KEY_MAP, (uint32_t)node->count);
        return true;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!hd_compile_expression(compiler, node->items[i]) ||
            !hd_compile_expression(compiler, node->others[i])) {
            return false;
        }
    }
    (void)hd_emit(compiler, HD_BUILD_MAP, (uint32_t)node->count);
    return true;
}

static bool compile_boolean(struct hd_compiler *compiler, const struct hd_node *node)
{
    enum hd_opcode jump =
        node->op == HD_OP_AND ? HD_JUMP_IF_FALSE_OR_POP : HD_JUMP_IF_TRUE_OR_POP;
    uint32_t *jumps = hd_zone_alloc(&compiler->unit->zone, node->count * sizeof(jumps[0]));

    for (size_t i = 0; i < node->count; i++) {
        if (!hd_compile_expression(compiler, node->items[i])) {
            return false;
        }
        if (i + 1 < node->count) {
            jumps[i] = hd_emit(compiler, jump, 0);
        }
    }
    for (size_t i = 0; i + 1 < node->count; i++) {
        hd_emit_target(compiler, jumps[i]);
    }
    return true;
}

static void emit_comparison(struct hd_compiler *compiler, enum hd_operator op)
{
    if (op == HD_OP_IS || op == HD_OP_IS_NOT) {
        (void)hd_emit(compiler, HD_IS, op == HD_OP_IS_NOT);
    } else if (op == HD_OP_IN || op == HD_OP_NOT_IN) {
        (void)hd_emit(compiler, HD_CONTAINS, op == HD_OP_NOT_IN);
    } else {
        (void)hd_emit(compiler, HD_COMPARE, op);
    }
}

/* a < b < c: b stays on the stack while a < b is found out. */
static bool compile_comparison(struct hd_compiler *compiler, const struct hd_node *node)
{
    size_t last = node->count - 1;
    uint32_t *jumps = hd_zone_alloc(&compiler->unit->zone, node->count * sizeof(jumps[0]));
    uint32_t end;

    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    for (size_t i = 0; i < last; i++) {
        if (!hd_compile_expression(compiler, node->items[i])) {
            return false;
        }
        (void)hd_emit(compiler, HD_SWAP, 2);
        (void)hd_emit(compiler, HD_COPY, 2);
        emit_comparison(compiler, node->ops[i]);
        jumps[i] = hd_emit(compiler, HD_JUMP_IF_FALSE_OR_POP, 0);
    }
    if (!hd_compile_expression(compiler, node->items[last])) {
        return false;
    }
    emit_comparison(compiler, node->ops[last]);
    if (last > 0) {
        end = hd_emit(compiler, HD_JUMP, 0);
        for (size_t i = 0; i < last; i++) {
            hd_emit_target(compiler, jumps[i]);
        }
        (void)hd_emit(compiler, HD_SWAP, 2);
        (void)hd_emit(compiler, HD_POP_TOP, 0);
        hd_emit_target(compiler, end);
    }
    return true;
}

static bool is_plain(const struct hd_node *node)
{
    return node->kind == HD_NODE_NAME || node->kind == HD_NODE_CONSTANT;
}

static bool compile_call(struct hd_compiler *compiler, const struct hd_node *node)
{
    bool plain = true;
    uint32_t call;

    compiler->unit->has_calls = true;
    for (size_t i = 0; i < node->count; i++) {
        plain = plain && is_plain(node->items[i]);
    }
    for (size_t i = 0; i < node->other_count; i++) {
        plain = plain && is_plain(node->others[i]);
    }
    if (node->left->kind == HD_NODE_ATTRIBUTE) {
        if (!hd_compile_to_change(compiler, node->left->left)) {
            return false;
        }
        (void)hd_emit_name(compiler, HD_LOAD_METHOD, node->left->name, plain);
    } else if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    if (!hd_compile_expressions(compiler, node->items, node->count) ||
        !hd_compile_expressions(compiler, node->others, node->other_count)) {
        return false;
    }
    call = hd_emit(compiler, HD_CALL, (uint32_t)node->count);
    compiler->code->instructions[call].as.names = node->names;
    compiler->code->instructions[call].extra = (uint32_t)node->other_count;
    return true;
}

static const struct hd_constant none = {.kind = HEAPD_KIND_NONE};

static bool compile_slice(struct hd_compiler *compiler, const struct hd_node *node)
{
    const struct hd_node *parts[3] = {node->left, node->right, node->third};
    uint32_t count = node->third != NULL ? 3 : 2;

    for (uint32_t i = 0; i < count; i++) {
        if (parts[i] == NULL ? !hd_emit_constant(compiler, &none)
                             : !hd_compile_expression(compiler, parts[i])) {
            return false;
        }
    }
    (void)hd_emit(compiler, HD_BUILD_SLICE, count);
    return true;
}

static bool compile_choice(struct hd_compiler *compiler, const struct hd_node *node)
{
    uint32_t otherwise, end;

    if (!hd_compile_expression(compiler, node->right)) {
        return false;
    }
    otherwise = hd_emit(compiler, HD_POP_JUMP_IF_FALSE, 0);
    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    end = hd_emit(compiler, HD_JUMP, 0);
    hd_emit_target(compiler, otherwise);
    if (!hd_compile_expression(compiler, node->third)) {
        return false;
    }
    hd_emit_target(compiler, end);
    return true;
}

static bool compile_operands(struct hd_compiler *compiler, const struct hd_node *node,
                             enum hd_opcode opcode)
{
    if (!hd_compile_expression(compiler, node->left) ||
        (node->right != NULL && !hd_compile_expression(compiler, node->right))) {
        return false;
    }
    (void)hd_emit(compiler, opcode, node->op);
    return true;
}

bool hd_compile_to_change(struct hd_compiler *compiler, const struct hd_node *node)
{
    struct hd_instruction *last;

    if (!hd_compile_expression(compiler, node)) {
        return false;
    }
    last = &compiler->code->instructions[compiler->code->count - 1];
    if (last->opcode == HD_LOAD_ATTR || last->opcode == HD_LOAD_NAME) {
        last->argument = 1;
    }
    return true;
}

bool hd_compile_expression(struct hd_compiler *compiler, const struct hd_node *node)
{
    switch (node->kind) {
    case HD_NODE_CONSTANT:
        return hd_emit_constant(compiler, node->constant);
    case HD_NODE_NAME:
        hd_compile_name(compiler, node->name, HD_LOAD_NAME, HD_LOAD_FAST);
        return true;
    case HD_NODE_TUPLE:
        return compile_sequence(compiler, node, HD_BUILD_TUPLE);
    case HD_NODE_LIST:
        return compile_display(compiler, node, HD_BUILD_LIST, HD_LIST_EXTEND, HEAPD_KIND_TUPLE);
    case HD_NODE_SET:
        return compile_display(compiler, node, HD_BUILD_SET, HD_SET_UPDATE,
                               HEAPD_KIND_FROZENSET);
    case HD_NODE_DICT:
        return compile_dict(compiler, node);
    case HD_NODE_UNARY:
        return compile_operands(compiler, node, HD_UNARY);
    case HD_NODE_BINARY:
        return compile_operands(compiler, node, HD_BINARY);
    case HD_NODE_BOOLEAN:
        return compile_boolean(compiler, node);
    case HD_NODE_COMPARE:
        return compile_comparison(compiler, node);
    case HD_NODE_CALL:
        return compile_call(compiler, node);
    case HD_NODE_ATTRIBUTE:
        if (!hd_compile_expression(compiler, node->left)) {
            return false;
        }
        (void)hd_emit_name(compiler, HD_LOAD_ATTR, node->name, 0);
        return true;
    case HD_NODE_SUBSCRIPT:
        return compile_operands(compiler, node, HD_SUBSCRIPT);
    case HD_NODE_SLICE:
        return compile_slice(compiler, node);
    default:
        return compile_choice(compiler, node);
    }
}
