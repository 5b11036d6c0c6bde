/* SPDX-License-Identifier: MIT */
/* value.h: what lies on the evaluator's stack.
 *
 * Objects live in the daemon: a value names one, by its id or by the number of
 * the operation in the open batch that gave it.  What the console happens to
 * know of it (kind, scalar value) never changes, so it may be used freely; what
 * containers hold is always asked.  A scalar the console computed need not exist
 * in the heap until something refers to it ("unmade").
 *
 * Functions, classes, modules and ranges are the console's own. */
#ifndef HEAPD_CONSOLE_VALUE_H
#define HEAPD_CONSOLE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include <heapd/client.h>

#include "ast.h"
#include "number.h"

struct hd_code;
struct hd_console;
struct hd_native;
struct hd_pending;
struct hd_unit;
struct hd_value;

enum hd_value_type {
    HD_VALUE_NOTHING = 0,
    HD_VALUE_OBJECT,
    HD_VALUE_PENDING, /* an int or bool (or type) that the daemon has not told yet */
    HD_VALUE_NATIVE,
    HD_VALUE_RANGE,
    HD_VALUE_METHOD, /* object.name, about to be called */
    HD_VALUE_SLICE,
    HD_VALUE_ITERATOR,
};

enum hd_value_where {
    HD_WHERE_NOWHERE = 0, /* unmade: known, but not an object yet */
    HD_WHERE_RESULT,      /* what an operation of the open batch gives */
    HD_WHERE_ID,
};

/* start:stop:step of a range */
struct hd_range {
    int64_t start;
    int64_t stop;
    int64_t step;
};

struct hd_method;
struct hd_slice_value;
struct hd_iterator;
struct hd_method;

struct hd_value {
    enum hd_value_type type;
    /* HD_VALUE_OBJECT */
    enum hd_value_where where;
    uint32_t result;
    uint64_t id;
    bool held;            /* owns a hold of the top frame */
    bool fresh;           /* made by the open batch, which alone may keep it alive */
    enum heapd_kind kind; /* unspecified: not known */
    bool known;           /* the scalar value below is */
    int64_t integer;      /* bool, int */
    double number;        /* float */
    const char *data;     /* str, bytes; class name of an instance */
    size_t size;
    const struct hd_native *view; /* not NULL: the list was made to look at this view */
    const struct hd_unit *unit;   /* not NULL: it is constant number `constant` of this unit */
    uint32_t constant;
    union {
        const struct hd_native *native;
        struct hd_pending *pending;
        const struct hd_method *method;
        struct hd_slice_value *slice;
        struct hd_iterator *iterator;
        struct hd_range range;
    } as;
};

struct hd_value hd_value_nothing(void);
struct hd_value hd_value_none(void);
struct hd_value hd_value_bool(bool value);
struct hd_value hd_value_int(int64_t value);
struct hd_value hd_value_float(double value);
/* data is borrowed: it must live as long as the value. */
struct hd_value hd_value_str(const char *data, size_t size);
struct hd_value hd_value_bytes(const char *data, size_t size);
struct hd_value hd_value_native(const struct hd_native *native);
struct hd_value hd_value_range(int64_t start, int64_t stop, int64_t step);
/* What operation `result` of the open batch gives. */
struct hd_value hd_value_result(uint32_t result, enum heapd_kind kind);
struct hd_value hd_value_id(uint64_t id, enum heapd_kind kind);

/* A value of known scalar kind: none, bool, int or float. */
bool hd_value_is_none(const struct hd_value *value);
bool hd_value_is_number(const struct hd_value *value);  /* known bool, int or float */
bool hd_value_is_integer(const struct hd_value *value); /* known bool or int */
struct hd_number hd_value_number(const struct hd_value *value);
struct hd_value hd_value_from_number(struct hd_number number);

/* Known to be one of the immortal singletons, whose count stands still. */
bool hd_value_is_immortal(const struct hd_value *value);

int64_t hd_range_length(const struct hd_range *range);

#endif
