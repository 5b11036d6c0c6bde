/* SPDX-License-Identifier: MIT */
/* compiling.h: what the parts of the compiler share.  Nobody else includes it. */
#ifndef HEAPD_CONSOLE_COMPILING_H
#define HEAPD_CONSOLE_COMPILING_H

#include "code.h"
#include "pyerror.h"

/* The constants of a unit while it is compiled. */
struct hd_constant_pool {
    struct hd_unit_constant *items; /* owned until taken */
    size_t count;
    size_t capacity;
    uint32_t *table; /* owned; numbers + 1 by hash of value; a power of two */
    size_t table_size;
};

struct hd_compiler {
    struct hd_unit *unit;
    struct hd_constant_pool *pool;
    struct hd_pyerror *error;
    struct hd_code *code; /* under way */
    size_t instruction_capacity;
    size_t constant_capacity;
    const char **assigned; /* names that are local to this function */
    size_t assigned_count;
    const char **globals; /* names declared global in it */
    size_t global_count;
    bool in_function;
    struct hd_loop *loop; /* the innermost */
};

/* A for loop around the place being compiled. */
struct hd_loop {
    struct hd_loop *outer;
    uint32_t start;
    uint32_t *breaks; /* jumps to be set to the loop's end */
    size_t break_count;
    size_t break_capacity;
};

/* Number of the constant in the unit, one for each value and type. */
uint32_t hd_constants_add(struct hd_constant_pool *pool, struct hd_zone *zone,
                          const struct hd_constant *constant);
void hd_constants_fini(struct hd_constant_pool *pool);

/* Finds out which names of a function are local. */
bool hd_scope_analyse(struct hd_compiler *compiler, const struct hd_node *function);
bool hd_scope_has(const char *const *names, size_t count, const char *name);

/* Instructions; each returns the number of the new one. */
uint32_t hd_emit(struct hd_compiler *compiler, enum hd_opcode opcode, uint32_t argument);
uint32_t hd_emit_name(struct hd_compiler *compiler, enum hd_opcode opcode, const char *name,
                      uint32_t argument);
bool hd_emit_constant(struct hd_compiler *compiler, const struct hd_constant *constant);
/* Sets where a jump goes: to the next instruction. */
void hd_emit_target(struct hd_compiler *compiler, uint32_t jump);

bool hd_compile_expression(struct hd_compiler *compiler, const struct hd_node *node);
/* Of a container whose items are to be stored or deleted, or of which a method is to be called.
 */
bool hd_compile_to_change(struct hd_compiler *compiler, const struct hd_node *node);
bool hd_compile_expressions(struct hd_compiler *compiler, struct hd_node *const *nodes,
                            size_t count);
/* Loads or stores a name, where it lives. */
void hd_compile_name(struct hd_compiler *compiler, const char *name, enum hd_opcode global,
                     enum hd_opcode fast);

#endif
