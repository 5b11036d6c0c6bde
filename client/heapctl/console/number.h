/* SPDX-License-Identifier: MIT */
/* number.h: Python's arithmetic on ints (of 64 bits), bools and floats. */
#ifndef HEAPD_CONSOLE_NUMBER_H
#define HEAPD_CONSOLE_NUMBER_H

#include "ast.h"
#include "pyerror.h"

struct hd_number {
    bool is_float;
    bool is_bool;
    int64_t integer; /* bool, int */
    double number;   /* float */
};

/* Fails with Python's ZeroDivisionError, ValueError, TypeError or OverflowError;
 * the last also where Python would give an int of more than 64 bits. */
bool hd_number_binary(enum hd_operator op, struct hd_number left, struct hd_number right,
                      struct hd_number *ret_result, struct hd_pyerror *error);
bool hd_number_unary(enum hd_operator op, struct hd_number operand,
                     struct hd_number *ret_result, struct hd_pyerror *error);

/* HD_OP_LESS to HD_OP_GREATER_EQUAL, exactly, ints against floats too. */
bool hd_number_compare(enum hd_operator op, struct hd_number left, struct hd_number right);
bool hd_number_is_true(struct hd_number number);

#endif
