/* SPDX-License-Identifier: MIT */
/* field.c: the wire format of protobuf, as far as skipping over fields needs it. */
#include "wire/field.h"

#include <string.h>

bool hd_varint_take_long(struct hd_bytes *rest, uint64_t *ret_value)
{
    const uint8_t *from = (const uint8_t *)rest->data;
    size_t most = rest->size < 10 ? rest->size : 10;
    uint64_t value = 0;

    for (size_t i = 0; i < most; i++) {
        value |= (uint64_t)(from[i] & 0x7f) << (7 * i);
        if (from[i] < 0x80) {
            rest->data += i + 1;
            rest->size -= i + 1;
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static bool take_fixed(struct hd_bytes *rest, size_t size, uint64_t *ret_value)
{
    if (rest->size < size) {
        return false;
    }
    *ret_value = 0;
    memcpy(ret_value, rest->data, size); /* little-endian, as it travels */
    rest->data += size;
    rest->size -= size;
    return true;
}

/* What follows the tag and is no run of bytes. */
static bool take_number(struct hd_bytes *rest, struct hd_field *field)
{
    switch (field->type) {
    case HD_WIRE_VARINT:
        return hd_varint_take(rest, &field->value);
    case HD_WIRE_FIXED64:
        return take_fixed(rest, 8, &field->value);
    case HD_WIRE_FIXED32:
        return take_fixed(rest, 4, &field->value);
    default:
        return false;
    }
}

bool hd_field_next_any(struct hd_bytes *rest, struct hd_field *ret_field)
{
    uint64_t tag;

    if (!hd_varint_take(rest, &tag) || tag >> 3 == 0 || tag >> 3 > HD_FIELD_NUMBER_MAX) {
        return false;
    }
    ret_field->number = (uint32_t)(tag >> 3);
    ret_field->type = (enum hd_wire_type)(tag & 7);
    if (ret_field->type != HD_WIRE_BYTES) {
        return take_number(rest, ret_field);
    }
    if (!hd_varint_take(rest, &ret_field->value) || ret_field->value > rest->size) {
        return false;
    }
    ret_field->bytes = (struct hd_bytes){rest->data, (size_t)ret_field->value};
    rest->data += ret_field->value;
    rest->size -= (size_t)ret_field->value;
    return true;
}
