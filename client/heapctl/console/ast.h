/* SPDX-License-Identifier: MIT */
/* ast.h: a statement as a tree, in a zone.
 *
 * One shape of node for all kinds; the table says which fields a kind uses. */
#ifndef HEAPD_CONSOLE_AST_H
#define HEAPD_CONSOLE_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heapd/client.h>

/* A value that the source spells out.  kind: none, bool, int, float, str,
 * bytes, tuple or frozenset. */
struct hd_constant {
    enum heapd_kind kind;
    bool too_large;   /* an int beyond 64 bits; or just -integer, to be negated */
    int64_t integer;  /* bool, int */
    double number;    /* float */
    const char *data; /* str, bytes */
    size_t size;
    const struct hd_constant *const *items; /* tuple, frozenset */
    size_t count;
};

enum hd_node_kind {
    /* expressions */
    HD_NODE_CONSTANT,  /* constant */
    HD_NODE_NAME,      /* name */
    HD_NODE_TUPLE,     /* items */
    HD_NODE_LIST,      /* items */
    HD_NODE_SET,       /* items */
    HD_NODE_DICT,      /* items: keys; others: values */
    HD_NODE_UNARY,     /* op, left */
    HD_NODE_BINARY,    /* op, left, right */
    HD_NODE_BOOLEAN,   /* op: HD_OP_AND or HD_OP_OR; items */
    HD_NODE_COMPARE,   /* left, then items by ops */
    HD_NODE_CALL,      /* left, items; others by names: keyword arguments */
    HD_NODE_ATTRIBUTE, /* left, name */
    HD_NODE_SUBSCRIPT, /* left, right */
    HD_NODE_SLICE,     /* left, right, third: each may be NULL */
    HD_NODE_CHOICE,    /* left if right else third */
    /* statements */
    HD_NODE_EXPRESSION, /* left */
    HD_NODE_ASSIGN,     /* items = ... = left */
    HD_NODE_AUGMENT,    /* left op= right */
    HD_NODE_DELETE,     /* items */
    HD_NODE_PASS,
    HD_NODE_ASSERT, /* left, right may be NULL */
    HD_NODE_GLOBAL, /* names */
    HD_NODE_IF,     /* left; items; others: else */
    HD_NODE_FOR,    /* for left in right; items; others: else */
    HD_NODE_BREAK,
    HD_NODE_CONTINUE,
    HD_NODE_RETURN,   /* left may be NULL */
    HD_NODE_FUNCTION, /* name, names: parameters, others: defaults of the last ones; items */
    HD_NODE_CLASS,    /* name; items: functions */
    HD_NODE_IMPORT,   /* names; aliases */
    HD_NODE_FROM,     /* from name import names; aliases */
    HD_NODE_BLOCK,    /* items: simple statements of one line */
};

enum hd_operator {
    HD_OP_ADD,
    HD_OP_SUBTRACT,
    HD_OP_MULTIPLY,
    HD_OP_DIVIDE,
    HD_OP_FLOOR_DIVIDE,
    HD_OP_MODULO,
    HD_OP_POWER,
    HD_OP_LEFT_SHIFT,
    HD_OP_RIGHT_SHIFT,
    HD_OP_BIT_AND,
    HD_OP_BIT_OR,
    HD_OP_BIT_XOR,
    HD_OP_MATRIX,
    HD_OP_NEGATE,
    HD_OP_PLUS,
    HD_OP_INVERT,
    HD_OP_NOT,
    HD_OP_AND,
    HD_OP_OR,
    HD_OP_LESS,
    HD_OP_LESS_EQUAL,
    HD_OP_EQUAL,
    HD_OP_NOT_EQUAL,
    HD_OP_GREATER,
    HD_OP_GREATER_EQUAL,
    HD_OP_IS,
    HD_OP_IS_NOT,
    HD_OP_IN,
    HD_OP_NOT_IN,
    HD_OP_COUNT,
};

/* Levels of nodes below one; more is a RecursionError. */
#define HD_NODE_DEPTH_MAX 2900

struct hd_node {
    enum hd_node_kind kind;
    enum hd_operator op;
    int line;
    int column;
    int depth;
    bool in_parentheses;
    const char *name;
    const struct hd_constant *constant;
    struct hd_node *left;
    struct hd_node *right;
    struct hd_node *third;
    struct hd_node **items;
    size_t count;
    struct hd_node **others;
    size_t other_count;
    const char **names;
    const char **aliases;
    size_t name_count;
    enum hd_operator *ops; /* as many as items */
};

/* "+", "is not", ... */
const char *hd_operator_name(enum hd_operator op);

#endif
