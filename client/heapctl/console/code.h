/* SPDX-License-Identifier: MIT */
/* code.h: a statement as instructions for a stack machine: CPython 3.11's, as far
 * as they say who holds what, and when.
 *
 * A unit is what CPython compiles at once: one statement of the prompt, with
 * the functions it defines.  Its constants are one object each in all of it. */
#ifndef HEAPD_CONSOLE_CODE_H
#define HEAPD_CONSOLE_CODE_H

#include "ast.h"
#include "value.h"
#include "zone.h"

enum hd_opcode {
    HD_LOAD_CONST, /* argument: number of the constant in the unit */
    HD_LOAD_NAME,  /* argument: as of HD_LOAD_ATTR */
    HD_LOAD_FAST,  /* argument: number of the local */
    HD_STORE_NAME,
    HD_STORE_FAST,
    HD_DELETE_NAME,
    HD_DELETE_FAST,
    HD_POP_TOP,
    HD_PRINT_EXPR,
    HD_COPY, /* argument: how deep, 1 the top */
    HD_SWAP,
    HD_BUILD_TUPLE, /* argument: items */
    HD_BUILD_LIST,
    HD_BUILD_SET,
    HD_BUILD_MAP,
    HD_BUILD_CONST_KEY_MAP,
    HD_LIST_EXTEND, /* of the list below by the constant tuple on top */
    HD_SET_UPDATE,
    HD_UNPACK, /* argument: items */
    HD_BINARY, /* argument: enum hd_operator */
    HD_INPLACE,
    HD_UNARY,
    HD_COMPARE,
    HD_IS, /* argument: 1 for the negation */
    HD_CONTAINS,
    HD_SUBSCRIPT,
    HD_STORE_SUBSCRIPT,
    HD_DELETE_SUBSCRIPT,
    HD_LOAD_ATTR, /* argument: 1 if it is loaded to be changed, or for a method of it */
    HD_STORE_ATTR,
    HD_DELETE_ATTR,
    HD_LOAD_METHOD, /* argument: 1 if the arguments are but names and constants */
    HD_CALL,        /* argument: positional arguments; names: of the keyword ones behind them */
    HD_BUILD_SLICE, /* argument: 2 or 3 */
    HD_GET_ITER,
    HD_FOR_ITER, /* argument: where to go when it is exhausted */
    HD_JUMP,
    HD_POP_JUMP_IF_FALSE,
    HD_POP_JUMP_IF_TRUE,
    HD_JUMP_IF_FALSE_OR_POP,
    HD_JUMP_IF_TRUE_OR_POP,
    HD_RETURN,
    HD_RAISE_ASSERTION, /* argument: 1 if a message is on top */
    HD_MAKE_FUNCTION,   /* argument: defaults on the stack */
    HD_MAKE_CLASS,      /* argument: 1 if its __del__ is on top */
    HD_IMPORT_NAME,
    HD_IMPORT_FROM,
    HD_OPCODE_COUNT,
};

struct hd_instruction {
    enum hd_opcode opcode;
    uint32_t argument;
    const char *name;
    union {
        const char *const *names; /* HD_CALL: keyword names, as many as `extra` */
        struct hd_code *code;     /* HD_MAKE_FUNCTION */
    } as;
    uint32_t extra;
};

/* A constant of a unit, and what is known of its object while it runs. */
struct hd_unit_constant {
    const struct hd_constant *constant;
    const uint32_t *items;        /* numbers of a tuple's or frozenset's items */
    const struct hd_code *listed; /* the last code to list it among its constants */
    struct hd_value value;
};

struct hd_code {
    const char *name;
    struct hd_unit *unit;
    struct hd_instruction *instructions;
    size_t count;
    const char **locals; /* parameters first, then in order of appearance */
    size_t local_count;
    size_t parameter_count;
    size_t default_count;
    uint32_t *constants; /* its co_consts: numbers in the unit, each once */
    size_t constant_count;
};

struct hd_unit {
    struct hd_zone zone;                /* owns all of it, the unit too */
    int references;                     /* the statement, and functions made by it */
    struct hd_unit_constant *constants; /* items before what they are in */
    size_t constant_count;
    struct hd_code *module;
    bool has_calls; /* of anything */
};

/* Compiles a source of one statement.  *ret_unit is NULL if there is nothing in
 * it; it is to be given back with hd_unit_release. */
bool hd_compile(const char *source, size_t size, struct hd_unit **ret_unit,
                struct hd_pyerror *error);
void hd_unit_retain(struct hd_unit *unit);
void hd_unit_release(struct hd_unit *unit);

#endif
