/* SPDX-License-Identifier: MIT */
/* to_number.c: int() and float(). */
#include <math.h>

#include "methods.h"
#include "read_number.h"

static bool is_text(const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT && value->known &&
           (value->kind == HEAPD_KIND_STR || value->kind == HEAPD_KIND_BYTES);
}

/* Characters of its repr() that int() shows of what is no number. */
#define SHOWN_MAX 200

static bool no_number(struct hd_console *console, const struct hd_value *value, bool as_float)
{
    struct hd_text shown;
    size_t end = 0;

    hd_text_init(&shown);
    hd_repr_scalar(value, &shown);
    for (size_t i = 0; i < SHOWN_MAX && end < shown.size; i++) {
        (void)hd_utf8_next(shown.data, shown.size, &end);
    }
    if (!as_float) {
        hd_text_cut(&shown, end);
    }
    (void)hd_pyerror_set(console->error, "ValueError",
                         as_float ? "could not convert string to float: %s"
                                  : "invalid literal for int() with base 10: %s",
                         hd_text_data(&shown));
    hd_text_fini(&shown);
    return false;
}

static bool read_number(struct hd_console *console, const struct hd_value *value, bool as_float,
                        struct hd_value *ret_value)
{
    bool is_str = value->kind == HEAPD_KIND_STR;
    enum hd_reading reading;
    int64_t integer = 0;
    double number = 0.0;

    if (as_float) {
        reading = hd_read_float(value->data, value->size, is_str, &number);
        *ret_value = hd_value_float(number);
    } else {
        reading = hd_read_int(value->data, value->size, is_str, &integer);
        *ret_value = hd_value_int(integer);
    }
    if (reading == HD_READ_TOO_LARGE) {
        return hd_pyerror_set(console->error, "OverflowError",
                              "int too large: heapd's ints have 64 bits");
    }
    return reading == HD_READ || no_number(console, value, as_float);
}

bool hd_to_int(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *value;

    call->result = hd_value_int(0);
    if (call->count == 0) {
        return true;
    }
    if (!hd_text_know(console, call)) {
        return false;
    }
    value = hd_argument(console, call, 0);
    if (hd_value_is_integer(value)) {
        if (value->kind == HEAPD_KIND_INT) {
            hd_move_argument(console, call, 0);
        } else {
            call->result = hd_value_int(value->integer);
        }
        return true;
    }
    if (hd_value_is_number(value)) {
        if (isnan(value->number)) {
            return hd_pyerror_set(console->error, "ValueError",
                                  "cannot convert float NaN to integer");
        }
        if (isinf(value->number)) {
            return hd_pyerror_set(console->error, "OverflowError",
                                  "cannot convert float infinity to integer");
        }
        if (!(value->number >= -0x1p63 && value->number < 0x1p63)) {
            return hd_pyerror_set(console->error, "OverflowError",
                                  "float too large: heapd's ints have 64 bits");
        }
        call->result = hd_value_int((int64_t)value->number);
        return true;
    }
    if (is_text(value)) {
        return read_number(console, value, false, &call->result);
    }
    return hd_pyerror_set(console->error, "TypeError",
                          "int() argument must be a string, a bytes-like object or a real "
                          "number, not '%s'",
                          hd_type_name(value));
}

bool hd_to_float(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *value;

    call->result = hd_value_float(0.0);
    if (call->count == 0) {
        return true;
    }
    if (!hd_text_know(console, call)) {
        return false;
    }
    value = hd_argument(console, call, 0);
    if (hd_value_is_integer(value)) {
        call->result = hd_value_float((double)value->integer);
        return true;
    }
    if (hd_value_is_number(value)) {
        hd_move_argument(console, call, 0);
        return true;
    }
    if (is_text(value)) {
        return read_number(console, value, true, &call->result);
    }
    return hd_pyerror_set(console->error, "TypeError",
                          "float() argument must be a string or a real number, not '%s'",
                          hd_type_name(value));
}
