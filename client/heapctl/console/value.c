/* SPDX-License-Identifier: MIT */
/* value.c: making values. */
#include "value.h"

#include <string.h>

#include "text.h"

struct hd_value hd_value_nothing(void)
{
    struct hd_value value;

    memset(&value, 0, sizeof(value));
    return value;
}

static struct hd_value scalar(enum heapd_kind kind)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_OBJECT;
    value.kind = kind;
    value.known = true;
    return value;
}

struct hd_value hd_value_none(void)
{
    return scalar(HEAPD_KIND_NONE);
}

struct hd_value hd_value_bool(bool truth)
{
    struct hd_value value = scalar(HEAPD_KIND_BOOL);

    value.integer = truth;
    return value;
}

struct hd_value hd_value_int(int64_t integer)
{
    struct hd_value value = scalar(HEAPD_KIND_INT);

    value.integer = integer;
    return value;
}

struct hd_value hd_value_float(double number)
{
    struct hd_value value = scalar(HEAPD_KIND_FLOAT);

    value.number = number;
    return value;
}

struct hd_value hd_value_str(const char *data, size_t size)
{
    struct hd_value value = scalar(HEAPD_KIND_STR);

    value.data = data;
    value.size = size;
    return value;
}

struct hd_value hd_value_bytes(const char *data, size_t size)
{
    struct hd_value value = hd_value_str(data, size);

    value.kind = HEAPD_KIND_BYTES;
    return value;
}

struct hd_value hd_value_native(const struct hd_native *native)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_NATIVE;
    value.as.native = native;
    return value;
}

struct hd_value hd_value_range(int64_t start, int64_t stop, int64_t step)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_RANGE;
    value.as.range = (struct hd_range){start, stop, step};
    return value;
}

struct hd_value hd_value_result(uint32_t result, enum heapd_kind kind)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_OBJECT;
    value.where = HD_WHERE_RESULT;
    value.result = result;
    value.kind = kind;
    return value;
}

struct hd_value hd_value_id(uint64_t id, enum heapd_kind kind)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_OBJECT;
    value.where = HD_WHERE_ID;
    value.id = id;
    value.kind = kind;
    return value;
}

bool hd_value_is_none(const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT && value->kind == HEAPD_KIND_NONE;
}

bool hd_value_is_integer(const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT && value->known &&
           (value->kind == HEAPD_KIND_INT || value->kind == HEAPD_KIND_BOOL);
}

bool hd_value_is_number(const struct hd_value *value)
{
    return hd_value_is_integer(value) ||
           (value->type == HD_VALUE_OBJECT && value->known && value->kind == HEAPD_KIND_FLOAT);
}

struct hd_number hd_value_number(const struct hd_value *value)
{
    struct hd_number number = {value->kind == HEAPD_KIND_FLOAT, value->kind == HEAPD_KIND_BOOL,
                               value->integer, value->number};

    return number;
}

struct hd_value hd_value_from_number(struct hd_number number)
{
    return number.is_float  ? hd_value_float(number.number)
           : number.is_bool ? hd_value_bool(number.integer != 0)
                            : hd_value_int(number.integer);
}

bool hd_value_is_immortal(const struct hd_value *value)
{
    size_t at = 0;

    if (value->type != HD_VALUE_OBJECT) {
        return false;
    }
    switch (value->kind) {
    case HEAPD_KIND_NONE:
    case HEAPD_KIND_BOOL:
        return true;
    case HEAPD_KIND_INT:
        return value->known && value->integer >= -5 && value->integer <= 256;
    case HEAPD_KIND_BYTES:
        return value->known && value->size <= 1;
    case HEAPD_KIND_STR:
        if (!value->known || value->size > 2) {
            return false;
        }
        return value->size < 2 ||
               (hd_utf8_next(value->data, value->size, &at) <= 0xFF && at == value->size);
    default:
        return false;
    }
}

int64_t hd_range_length(const struct hd_range *range)
{
    uint64_t span, step;

    if (range->step > 0 ? range->start >= range->stop : range->start <= range->stop) {
        return 0;
    }
    span = range->step > 0 ? (uint64_t)range->stop - (uint64_t)range->start
                           : (uint64_t)range->start - (uint64_t)range->stop;
    step = range->step > 0 ? (uint64_t)range->step : -(uint64_t)range->step;
    return (int64_t)((span - 1) / step + 1);
}
