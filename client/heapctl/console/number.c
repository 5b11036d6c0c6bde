/* SPDX-License-Identifier: MIT */
/* number.c: arithmetic by table of operators: one column for ints, one for floats. */
#include "number.h"

#include <errno.h>
#include <math.h>

typedef bool int_op(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error);
typedef bool float_op(double a, double b, struct hd_number *ret, struct hd_pyerror *error);

static bool too_large(struct hd_pyerror *error)
{
    return hd_pyerror_set(error, "OverflowError", "int too large: heapd's ints have 64 bits");
}

static bool give_int(struct hd_number *ret, int64_t value)
{
    *ret = (struct hd_number){.integer = value};
    return true;
}

static bool give_float(struct hd_number *ret, double value)
{
    *ret = (struct hd_number){.is_float = true, .number = value};
    return true;
}

static bool add_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    int64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? too_large(error) : give_int(ret, sum);
}

static bool subtract_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    int64_t difference;

    return __builtin_sub_overflow(a, b, &difference) ? too_large(error)
                                                     : give_int(ret, difference);
}

static bool multiply_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    int64_t product;

    return __builtin_mul_overflow(a, b, &product) ? too_large(error) : give_int(ret, product);
}

__extension__ typedef unsigned __int128 wide;

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* Rounded once: the dividend is widened until the quotient has 63 bits or more, what
 * remains goes into the last of them, and the conversion rounds. */
static double quotient(int64_t a, int64_t b)
{
    wide dividend = magnitude(a);
    wide divisor = magnitude(b);
    double result;
    int shift;

    if (a == 0) {
        return b < 0 ? -0.0 : 0.0;
    }
    shift = 62 + __builtin_clzll(magnitude(a));
    dividend <<= shift;
    result = ldexp((double)(dividend / divisor | (dividend % divisor != 0)), -shift);
    return (a < 0) != (b < 0) ? -result : result;
}

static bool divide_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b == 0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "division by zero");
    }
    return give_float(ret, quotient(a, b));
}

static bool floor_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b == 0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "integer division or modulo by zero");
    }
    if (b == -1) {
        return a == INT64_MIN ? too_large(error) : give_int(ret, -a);
    }
    return give_int(ret, a / b - (a % b != 0 && (a < 0) != (b < 0)));
}

static bool modulo_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    int64_t rest;

    if (b == 0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "integer modulo by zero");
    }
    rest = b == -1 ? 0 : a % b;
    return give_int(ret, rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest);
}

static bool power_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    double result;

    if (a == 0.0 && b < 0.0) {
        return hd_pyerror_set(error, "ZeroDivisionError",
                              "0.0 cannot be raised to a negative power");
    }
    if (a < 0.0 && isfinite(a) && isfinite(b) && b != floor(b)) {
        return hd_pyerror_set(error, "ValueError",
                              "complex numbers are not part of the language");
    }
    result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b)) {
        return hd_pyerror_set(error, "OverflowError", "(34, 'Numerical result out of range')");
    }
    return give_float(ret, result);
}

static bool power_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    int64_t result = 1;

    if (b < 0) {
        return power_floats((double)a, (double)b, ret, error);
    }
    for (;;) {
        if ((b & 1) != 0 && __builtin_mul_overflow(result, a, &result)) {
            return too_large(error);
        }
        b >>= 1;
        if (b == 0) {
            return give_int(ret, result);
        }
        if (__builtin_mul_overflow(a, a, &a)) {
            return too_large(error);
        }
    }
}

static bool shift_left(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b < 0) {
        return hd_pyerror_set(error, "ValueError", "negative shift count");
    }
    if (a == 0) {
        return give_int(ret, 0);
    }
    if (b > 62) {
        return a == -1 && b == 63 ? give_int(ret, INT64_MIN) : too_large(error);
    }
    return multiply_ints(a, (int64_t)1 << b, ret, error);
}

static bool shift_right(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b < 0) {
        return hd_pyerror_set(error, "ValueError", "negative shift count");
    }
    return give_int(ret, b > 63 ? (a < 0 ? -1 : 0) : a >> b);
}

static bool and_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_int(ret, a & b);
}

static bool or_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_int(ret, a | b);
}

static bool xor_ints(int64_t a, int64_t b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_int(ret, a ^ b);
}

static bool add_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_float(ret, a + b);
}

static bool subtract_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_float(ret, a - b);
}

static bool multiply_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    (void)error;
    return give_float(ret, a * b);
}

static bool divide_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b == 0.0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "float division by zero");
    }
    return give_float(ret, a / b);
}

/* As float_divmod of CPython: the rest has the sign of the divisor. */
static double modulo(double a, double b)
{
    double rest = fmod(a, b);

    if (rest != 0.0) {
        return (b < 0) != (rest < 0) ? rest + b : rest;
    }
    return copysign(0.0, b);
}

static bool floor_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    double rest, quotient, whole;

    if (b == 0.0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "float floor division by zero");
    }
    rest = fmod(a, b);
    quotient = (a - rest) / b;
    if (rest != 0.0 && (b < 0) != (rest < 0)) {
        quotient -= 1.0;
    }
    if (quotient == 0.0) {
        return give_float(ret, copysign(0.0, a / b));
    }
    whole = floor(quotient);
    return give_float(ret, quotient - whole > 0.5 ? whole + 1.0 : whole);
}

static bool modulo_floats(double a, double b, struct hd_number *ret, struct hd_pyerror *error)
{
    if (b == 0.0) {
        return hd_pyerror_set(error, "ZeroDivisionError", "float modulo");
    }
    return give_float(ret, modulo(a, b));
}

static const struct {
    int_op *ints;
    float_op *floats; /* NULL: not on floats */
} operations[] = {
    [HD_OP_ADD] = {add_ints, add_floats},
    [HD_OP_SUBTRACT] = {subtract_ints, subtract_floats},
    [HD_OP_MULTIPLY] = {multiply_ints, multiply_floats},
    [HD_OP_DIVIDE] = {divide_ints, divide_floats},
    [HD_OP_FLOOR_DIVIDE] = {floor_ints, floor_floats},
    [HD_OP_MODULO] = {modulo_ints, modulo_floats},
    [HD_OP_POWER] = {power_ints, power_floats},
    [HD_OP_LEFT_SHIFT] = {shift_left, NULL},
    [HD_OP_RIGHT_SHIFT] = {shift_right, NULL},
    [HD_OP_BIT_AND] = {and_ints, NULL},
    [HD_OP_BIT_OR] = {or_ints, NULL},
    [HD_OP_BIT_XOR] = {xor_ints, NULL},
    [HD_OP_MATRIX] = {NULL, NULL},
};

static const char *type_name(struct hd_number number)
{
    return number.is_float ? "float" : number.is_bool ? "bool" : "int";
}

static double as_double(struct hd_number number)
{
    return number.is_float ? number.number : (double)number.integer;
}

bool hd_number_binary(enum hd_operator op, struct hd_number left, struct hd_number right,
                      struct hd_number *ret_result, struct hd_pyerror *error)
{
    bool floats = left.is_float || right.is_float;

    if (operations[op].ints == NULL || (floats && operations[op].floats == NULL)) {
        return hd_pyerror_set(error, "TypeError",
                              "unsupported operand type(s) for %s: '%s' and '%s'",
                              op == HD_OP_POWER ? "** or pow()" : hd_operator_name(op),
                              type_name(left), type_name(right));
    }
    if (floats) {
        return operations[op].floats(as_double(left), as_double(right), ret_result, error);
    }
    if (!operations[op].ints(left.integer, right.integer, ret_result, error)) {
        return false;
    }
    ret_result->is_bool =
        left.is_bool && right.is_bool && op >= HD_OP_BIT_AND && op <= HD_OP_BIT_XOR;
    return true;
}

bool hd_number_unary(enum hd_operator op, struct hd_number operand,
                     struct hd_number *ret_result, struct hd_pyerror *error)
{
    if (op == HD_OP_INVERT) {
        return operand.is_float
                   ? hd_pyerror_set(error, "TypeError", "bad operand type for unary ~: 'float'")
                   : give_int(ret_result, ~operand.integer);
    }
    if (operand.is_float) {
        return give_float(ret_result, op == HD_OP_NEGATE ? -operand.number : operand.number);
    }
    if (op == HD_OP_PLUS) {
        return give_int(ret_result, operand.integer);
    }
    return operand.integer == INT64_MIN ? too_large(error)
                                        : give_int(ret_result, -operand.integer);
}

/* -1, 0, 1; 2 if one of them is not a number. */
static int order_of(struct hd_number left, struct hd_number right)
{
    if (!left.is_float && !right.is_float) {
        return (left.integer > right.integer) - (left.integer < right.integer);
    }
    if (left.is_float && right.is_float) {
        return isnan(left.number) || isnan(right.number)
                   ? 2
                   : (left.number > right.number) - (left.number < right.number);
    }
    if (left.is_float) {
        int order = order_of(right, left);

        return order == 2 ? 2 : -order;
    }
    /* an int against a float: 64 bits of mantissa hold both exactly */
    return isnan(right.number) ? 2
                               : ((long double)left.integer > (long double)right.number) -
                                     ((long double)left.integer < (long double)right.number);
}

bool hd_number_compare(enum hd_operator op, struct hd_number left, struct hd_number right)
{
    int order = order_of(left, right);

    switch (op) {
    case HD_OP_LESS:
        return order == -1;
    case HD_OP_LESS_EQUAL:
        return order == -1 || order == 0;
    case HD_OP_EQUAL:
        return order == 0;
    case HD_OP_NOT_EQUAL:
        return order != 0;
    case HD_OP_GREATER:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

bool hd_number_is_true(struct hd_number number)
{
    return number.is_float ? number.number != 0.0 : number.integer != 0;
}
