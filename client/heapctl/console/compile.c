/* SPDX-License-Identifier: MIT */
/* compile.c: statements into instructions, and units. */
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "compiling.h"
#include "fold.h"
#include "lexer.h"
#include "parser.h"

static const struct hd_constant none = {.kind = HEAPD_KIND_NONE};

static bool compile_statement(struct hd_compiler *compiler, const struct hd_node *node);

/* ------------------------------------------------------------ instructions */

uint32_t hd_emit_name(struct hd_compiler *compiler, enum hd_opcode opcode, const char *name,
                      uint32_t argument)
{
    struct hd_code *code = compiler->code;

    if (code->count == compiler->instruction_capacity) {
        size_t capacity = code->count == 0 ? 16 : code->count * 2;
        struct hd_instruction *grown =
            hd_zone_alloc(&compiler->unit->zone, capacity * sizeof(grown[0]));

        if (code->count > 0) {
            memcpy(grown, code->instructions, code->count * sizeof(grown[0]));
        }
        code->instructions = grown;
        compiler->instruction_capacity = capacity;
    }
    code->instructions[code->count].opcode = opcode;
    code->instructions[code->count].argument = argument;
    code->instructions[code->count].name = name;
    return (uint32_t)code->count++;
}

uint32_t hd_emit(struct hd_compiler *compiler, enum hd_opcode opcode, uint32_t argument)
{
    return hd_emit_name(compiler, opcode, NULL, argument);
}

void hd_emit_target(struct hd_compiler *compiler, uint32_t jump)
{
    compiler->code->instructions[jump].argument = (uint32_t)compiler->code->count;
}

static bool fits(struct hd_compiler *compiler, const struct hd_constant *constant)
{
    if (constant->too_large) {
        return hd_pyerror_set(compiler->error, "OverflowError",
                              "int too large: heapd's ints have 64 bits");
    }
    for (size_t i = 0; i < constant->count; i++) {
        if (!fits(compiler, constant->items[i])) {
            return false;
        }
    }
    return true;
}

static bool is_listed(const struct hd_compiler *compiler, uint32_t number)
{
    const struct hd_code *listed = compiler->pool->items[number].listed;

    if (listed == NULL || listed == compiler->code) {
        return listed != NULL;
    }
    for (size_t i = 0; i < compiler->code->constant_count; i++) {
        if (compiler->code->constants[i] == number) {
            return true;
        }
    }
    return false;
}

bool hd_emit_constant(struct hd_compiler *compiler, const struct hd_constant *constant)
{
    struct hd_code *code = compiler->code;
    uint32_t number;

    if (!fits(compiler, constant)) {
        return false;
    }
    number = hd_constants_add(compiler->pool, &compiler->unit->zone, constant);
    (void)hd_emit(compiler, HD_LOAD_CONST, number);
    if (is_listed(compiler, number)) {
        return true;
    }
    compiler->pool->items[number].listed = code;
    if (code->constant_count == compiler->constant_capacity) {
        size_t capacity = code->constant_count == 0 ? 8 : code->constant_count * 2;
        uint32_t *grown = hd_zone_alloc(&compiler->unit->zone, capacity * sizeof(grown[0]));

        if (code->constant_count > 0) {
            memcpy(grown, code->constants, code->constant_count * sizeof(grown[0]));
        }
        code->constants = grown;
        compiler->constant_capacity = capacity;
    }
    code->constants[code->constant_count++] = number;
    return true;
}

/* ------------------------------------------------------------ targets */

static bool compile_store(struct hd_compiler *compiler, const struct hd_node *target);

static bool compile_stores(struct hd_compiler *compiler, const struct hd_node *target)
{
    (void)hd_emit(compiler, HD_UNPACK, (uint32_t)target->count);
    for (size_t i = 0; i < target->count; i++) {
        if (!compile_store(compiler, target->items[i])) {
            return false;
        }
    }
    return true;
}

static bool compile_store(struct hd_compiler *compiler, const struct hd_node *target)
{
    switch (target->kind) {
    case HD_NODE_NAME:
        hd_compile_name(compiler, target->name, HD_STORE_NAME, HD_STORE_FAST);
        return true;
    case HD_NODE_ATTRIBUTE:
        if (!hd_compile_expression(compiler, target->left)) {
            return false;
        }
        (void)hd_emit_name(compiler, HD_STORE_ATTR, target->name, 0);
        return true;
    case HD_NODE_SUBSCRIPT:
        if (!hd_compile_to_change(compiler, target->left) ||
            !hd_compile_expression(compiler, target->right)) {
            return false;
        }
        (void)hd_emit(compiler, HD_STORE_SUBSCRIPT, 0);
        return true;
    default:
        return compile_stores(compiler, target);
    }
}

static bool compile_delete(struct hd_compiler *compiler, const struct hd_node *target)
{
    switch (target->kind) {
    case HD_NODE_NAME:
        hd_compile_name(compiler, target->name, HD_DELETE_NAME, HD_DELETE_FAST);
        return true;
    case HD_NODE_ATTRIBUTE:
        if (!hd_compile_expression(compiler, target->left)) {
            return false;
        }
        (void)hd_emit_name(compiler, HD_DELETE_ATTR, target->name, 0);
        return true;
    case HD_NODE_SUBSCRIPT:
        if (!hd_compile_to_change(compiler, target->left) ||
            !hd_compile_expression(compiler, target->right)) {
            return false;
        }
        (void)hd_emit(compiler, HD_DELETE_SUBSCRIPT, 0);
        return true;
    default:
        for (size_t i = 0; i < target->count; i++) {
            if (!compile_delete(compiler, target->items[i])) {
                return false;
            }
        }
        return true;
    }
}

/* ------------------------------------------------------------ statements */

static bool compile_statements(struct hd_compiler *compiler, struct hd_node *const *nodes,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!compile_statement(compiler, nodes[i])) {
            return false;
        }
    }
    return true;
}

static bool compile_expression_statement(struct hd_compiler *compiler,
                                         const struct hd_node *node)
{
    if (compiler->in_function && node->left->kind == HD_NODE_CONSTANT) {
        return true;
    }
    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    (void)hd_emit(compiler, compiler->in_function ? HD_POP_TOP : HD_PRINT_EXPR, 0);
    return true;
}

static bool is_sequence(const struct hd_node *node)
{
    return node->kind == HD_NODE_TUPLE || node->kind == HD_NODE_LIST;
}

static bool all_local_names(const struct hd_compiler *compiler, const struct hd_node *target)
{
    for (size_t i = 0; i < target->count; i++) {
        if (!compiler->in_function || target->items[i]->kind != HD_NODE_NAME ||
            !hd_scope_has(compiler->assigned, compiler->assigned_count,
                          target->items[i]->name)) {
            return false;
        }
    }
    return true;
}

/* `a, b = b, a` of two or three makes no tuple: the stack is turned.  Local
 * names of a function are stored from the last to the first instead. */
static bool compile_turned(struct hd_compiler *compiler, const struct hd_node *target,
                           const struct hd_node *value)
{
    size_t count = target->count;
    bool backwards = all_local_names(compiler, target);

    if (!hd_compile_expressions(compiler, value->items, count)) {
        return false;
    }
    if (count > 1 && !backwards) {
        (void)hd_emit(compiler, HD_SWAP, (uint32_t)count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!compile_store(compiler, target->items[backwards ? count - 1 - i : i])) {
            return false;
        }
    }
    return true;
}

static bool compile_assignment(struct hd_compiler *compiler, const struct hd_node *node)
{
    const struct hd_node *first = node->items[0];

    if (node->count == 1 && is_sequence(first) && node->left->kind == HD_NODE_TUPLE &&
        first->count == node->left->count && first->count >= 1 && first->count <= 3) {
        return compile_turned(compiler, first, node->left);
    }
    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (i + 1 < node->count) {
            (void)hd_emit(compiler, HD_COPY, 1);
        }
        if (!compile_store(compiler, node->items[i])) {
            return false;
        }
    }
    return true;
}

static bool compile_augmented_attribute(struct hd_compiler *compiler,
                                        const struct hd_node *node)
{
    if (!hd_compile_expression(compiler, node->left->left)) {
        return false;
    }
    (void)hd_emit(compiler, HD_COPY, 1);
    (void)hd_emit_name(compiler, HD_LOAD_ATTR, node->left->name, 0);
    if (!hd_compile_expression(compiler, node->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_INPLACE, node->op);
    (void)hd_emit(compiler, HD_SWAP, 2);
    (void)hd_emit_name(compiler, HD_STORE_ATTR, node->left->name, 0);
    return true;
}

static bool compile_augmented_subscript(struct hd_compiler *compiler,
                                        const struct hd_node *node)
{
    if (!hd_compile_expression(compiler, node->left->left) ||
        !hd_compile_expression(compiler, node->left->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_COPY, 2);
    (void)hd_emit(compiler, HD_COPY, 2);
    (void)hd_emit(compiler, HD_SUBSCRIPT, 0);
    if (!hd_compile_expression(compiler, node->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_INPLACE, node->op);
    (void)hd_emit(compiler, HD_SWAP, 3);
    (void)hd_emit(compiler, HD_SWAP, 2);
    (void)hd_emit(compiler, HD_STORE_SUBSCRIPT, 0);
    return true;
}

static bool compile_augmentation(struct hd_compiler *compiler, const struct hd_node *node)
{
    if (node->left->kind == HD_NODE_ATTRIBUTE) {
        return compile_augmented_attribute(compiler, node);
    }
    if (node->left->kind == HD_NODE_SUBSCRIPT) {
        return compile_augmented_subscript(compiler, node);
    }
    hd_compile_name(compiler, node->left->name, HD_LOAD_NAME, HD_LOAD_FAST);
    if (!hd_compile_expression(compiler, node->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_INPLACE, node->op);
    hd_compile_name(compiler, node->left->name, HD_STORE_NAME, HD_STORE_FAST);
    return true;
}

static bool compile_assert(struct hd_compiler *compiler, const struct hd_node *node)
{
    uint32_t jump;

    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    jump = hd_emit(compiler, HD_POP_JUMP_IF_TRUE, 0);
    if (node->right != NULL && !hd_compile_expression(compiler, node->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_RAISE_ASSERTION, node->right != NULL);
    hd_emit_target(compiler, jump);
    return true;
}

static bool compile_if(struct hd_compiler *compiler, const struct hd_node *node)
{
    uint32_t otherwise, end;

    if (!hd_compile_expression(compiler, node->left)) {
        return false;
    }
    otherwise = hd_emit(compiler, HD_POP_JUMP_IF_FALSE, 0);
    if (!compile_statements(compiler, node->items, node->count)) {
        return false;
    }
    if (node->other_count == 0) {
        hd_emit_target(compiler, otherwise);
        return true;
    }
    end = hd_emit(compiler, HD_JUMP, 0);
    hd_emit_target(compiler, otherwise);
    if (!compile_statements(compiler, node->others, node->other_count)) {
        return false;
    }
    hd_emit_target(compiler, end);
    return true;
}

static bool compile_for(struct hd_compiler *compiler, const struct hd_node *node)
{
    struct hd_loop loop = {.outer = compiler->loop};
    uint32_t next;

    if (!hd_compile_expression(compiler, node->right)) {
        return false;
    }
    (void)hd_emit(compiler, HD_GET_ITER, 0);
    next = hd_emit(compiler, HD_FOR_ITER, 0);
    loop.start = next;
    compiler->loop = &loop;
    if (!compile_store(compiler, node->left) ||
        !compile_statements(compiler, node->items, node->count)) {
        return false;
    }
    compiler->loop = loop.outer;
    (void)hd_emit(compiler, HD_JUMP, next);
    hd_emit_target(compiler, next);
    if (!compile_statements(compiler, node->others, node->other_count)) {
        return false;
    }
    for (size_t i = 0; i < loop.break_count; i++) {
        hd_emit_target(compiler, loop.breaks[i]);
    }
    return true;
}

static bool compile_break(struct hd_compiler *compiler)
{
    struct hd_loop *loop = compiler->loop;

    if (loop->break_count == loop->break_capacity) {
        size_t capacity = loop->break_count == 0 ? 4 : loop->break_count * 2;
        uint32_t *grown = hd_zone_alloc(&compiler->unit->zone, capacity * sizeof(grown[0]));

        if (loop->break_count > 0) {
            memcpy(grown, loop->breaks, loop->break_count * sizeof(grown[0]));
        }
        loop->breaks = grown;
        loop->break_capacity = capacity;
    }
    (void)hd_emit(compiler, HD_POP_TOP, 0); /* the iterator */
    loop->breaks[loop->break_count++] = hd_emit(compiler, HD_JUMP, 0);
    return true;
}

/* The loops' iterators lie under the value, and go first. */
static bool compile_return(struct hd_compiler *compiler, const struct hd_node *node)
{
    bool late = node->left == NULL || node->left->kind == HD_NODE_CONSTANT;
    const struct hd_constant *constant = node->left == NULL ? &none
                                         : late             ? node->left->constant
                                                            : NULL;

    if (!late && !hd_compile_expression(compiler, node->left)) {
        return false;
    }
    for (struct hd_loop *loop = compiler->loop; loop != NULL; loop = loop->outer) {
        if (!late) {
            (void)hd_emit(compiler, HD_SWAP, 2);
        }
        (void)hd_emit(compiler, HD_POP_TOP, 0);
    }
    if (late && !hd_emit_constant(compiler, constant)) {
        return false;
    }
    (void)hd_emit(compiler, HD_RETURN, 0);
    return true;
}

static void start_code(struct hd_compiler *compiler, const char *name)
{
    struct hd_code *code = hd_zone_alloc(&compiler->unit->zone, sizeof(*code));

    code->name = name;
    code->unit = compiler->unit;
    compiler->code = code;
    compiler->instruction_capacity = 0;
    compiler->constant_capacity = 0;
}

static struct hd_code *compile_body(const struct hd_compiler *outer, const struct hd_node *node)
{
    struct hd_compiler compiler = *outer;
    struct hd_node *first = node->items[0];

    compiler.in_function = true;
    compiler.loop = NULL;
    start_code(&compiler, node->name);
    if (!hd_scope_analyse(&compiler, node)) {
        return NULL;
    }
    compiler.code->locals = hd_zone_alloc(
        &compiler.unit->zone, (compiler.assigned_count + 1) * sizeof(compiler.code->locals[0]));
    if (node->name_count > 0) {
        memcpy(compiler.code->locals, node->names, node->name_count * sizeof(node->names[0]));
    }
    compiler.code->local_count = compiler.code->parameter_count = node->name_count;
    compiler.code->default_count = node->other_count;
    if (first->kind == HD_NODE_EXPRESSION && first->left->kind == HD_NODE_CONSTANT &&
        first->left->constant->kind == HEAPD_KIND_STR) {
        /* the docstring is its first constant */
        if (!hd_emit_constant(&compiler, first->left->constant)) {
            return NULL;
        }
        compiler.code->count = 0;
    }
    if (!compile_statements(&compiler, node->items, node->count) ||
        !hd_emit_constant(&compiler, &none)) {
        return NULL;
    }
    (void)hd_emit(&compiler, HD_RETURN, 0);
    return compiler.code;
}

/* Leaves the function on the stack. */
static bool compile_making(struct hd_compiler *compiler, const struct hd_node *node)
{
    uint32_t make;
    struct hd_code *code;

    if (!hd_compile_expressions(compiler, node->others, node->other_count)) {
        return false;
    }
    code = compile_body(compiler, node);
    if (code == NULL) {
        return false;
    }
    make = hd_emit_name(compiler, HD_MAKE_FUNCTION, node->name, (uint32_t)node->other_count);
    compiler->code->instructions[make].as.code = code;
    return true;
}

static bool compile_function(struct hd_compiler *compiler, const struct hd_node *node)
{
    if (!compile_making(compiler, node)) {
        return false;
    }
    hd_compile_name(compiler, node->name, HD_STORE_NAME, HD_STORE_FAST);
    return true;
}

static bool compile_class(struct hd_compiler *compiler, const struct hd_node *node)
{
    const struct hd_node *finalizer = NULL;

    for (size_t i = 0; i < node->count; i++) {
        finalizer = node->items[i]->kind == HD_NODE_FUNCTION ? node->items[i] : finalizer;
    }
    if (finalizer != NULL && !compile_making(compiler, finalizer)) {
        return false;
    }
    (void)hd_emit_name(compiler, HD_MAKE_CLASS, node->name, finalizer != NULL);
    hd_compile_name(compiler, node->name, HD_STORE_NAME, HD_STORE_FAST);
    return true;
}

static bool compile_import(struct hd_compiler *compiler, const struct hd_node *node)
{
    for (size_t i = 0; i < node->name_count; i++) {
        if (node->kind == HD_NODE_IMPORT) {
            (void)hd_emit_name(compiler, HD_IMPORT_NAME, node->names[i], 0);
        } else {
            (void)hd_emit_name(compiler, HD_IMPORT_NAME, node->name, 0);
            (void)hd_emit_name(compiler, HD_IMPORT_FROM, node->names[i], 0);
        }
        hd_compile_name(compiler, node->aliases[i], HD_STORE_NAME, HD_STORE_FAST);
    }
    return true;
}

static bool compile_statement(struct hd_compiler *compiler, const struct hd_node *node)
{
    switch (node->kind) {
    case HD_NODE_EXPRESSION:
        return compile_expression_statement(compiler, node);
    case HD_NODE_ASSIGN:
        return compile_assignment(compiler, node);
    case HD_NODE_AUGMENT:
        return compile_augmentation(compiler, node);
    case HD_NODE_DELETE:
        for (size_t i = 0; i < node->count; i++) {
            if (!compile_delete(compiler, node->items[i])) {
                return false;
            }
        }
        return true;
    case HD_NODE_ASSERT:
        return compile_assert(compiler, node);
    case HD_NODE_IF:
        return compile_if(compiler, node);
    case HD_NODE_FOR:
        return compile_for(compiler, node);
    case HD_NODE_BREAK:
        return compile_break(compiler);
    case HD_NODE_CONTINUE:
        (void)hd_emit(compiler, HD_JUMP, compiler->loop->start);
        return true;
    case HD_NODE_RETURN:
        return compile_return(compiler, node);
    case HD_NODE_FUNCTION:
        return compile_function(compiler, node);
    case HD_NODE_CLASS:
        return compile_class(compiler, node);
    case HD_NODE_IMPORT:
    case HD_NODE_FROM:
        return compile_import(compiler, node);
    case HD_NODE_BLOCK:
        return compile_statements(compiler, node->items, node->count);
    default: /* pass; global, which hd_scope_analyse has seen */
        return true;
    }
}

/* ------------------------------------------------------------ units */

static struct hd_unit *new_unit(void)
{
    struct hd_zone zone;
    struct hd_unit *unit;

    hd_zone_init(&zone);
    unit = hd_zone_alloc(&zone, sizeof(*unit));
    unit->zone = zone;
    unit->references = 1;
    return unit;
}

void hd_unit_retain(struct hd_unit *unit)
{
    unit->references++;
}

void hd_unit_release(struct hd_unit *unit)
{
    struct hd_zone zone;

    if (unit != NULL && --unit->references == 0) {
        zone = unit->zone;
        hd_zone_fini(&zone);
    }
}

static bool compile_unit(struct hd_unit *unit, struct hd_constant_pool *pool,
                         struct hd_node *statement, struct hd_pyerror *error)
{
    struct hd_compiler compiler = {.unit = unit, .pool = pool, .error = error};

    hd_fold(statement, &unit->zone);
    start_code(&compiler, "<module>");
    unit->module = compiler.code;
    if (!compile_statement(&compiler, statement)) {
        return false;
    }
    if (!hd_emit_constant(&compiler, &none)) {
        return false;
    }
    (void)hd_emit(&compiler, HD_RETURN, 0);
    if (hd_zone_is_full(&unit->zone)) {
        return hd_pyerror_set(error, "MemoryError", "a statement is limited to %zu bytes",
                              HD_ZONE_LIMIT_BYTES);
    }
    unit->constant_count = pool->count;
    unit->constants = hd_zone_alloc(&unit->zone, pool->count * sizeof(pool->items[0]));
    memcpy(unit->constants, pool->items, pool->count * sizeof(pool->items[0]));
    return true;
}

bool hd_compile(const char *source, size_t size, struct hd_unit **ret_unit,
                struct hd_pyerror *error)
{
    struct hd_unit *unit = new_unit();
    struct hd_constant_pool pool;
    struct hd_node *statement;
    bool done = true;

    memset(&pool, 0, sizeof(pool));
    *ret_unit = NULL;
    if (!hd_parser_run(source, size, &unit->zone, &statement, error)) {
        done = false;
    } else if (statement != NULL) {
        done = compile_unit(unit, &pool, statement, error);
        if (!done && error->line > 0) {
            hd_lexer_source_line(source, size, error->line, &error->source);
        }
    }
    hd_constants_fini(&pool);
    if (done && statement != NULL) {
        *ret_unit = unit;
    } else {
        hd_unit_release(unit);
    }
    return done;
}
