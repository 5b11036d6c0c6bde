/* SPDX-License-Identifier: MIT */
/* field.c: the wire format of protobuf, as far as skipping over fields needs it. */
#include "wire/field.h"

#define NUMBER_MAX ((UINT64_C(1) << 29) - 1)

static bool take_varint(struct hd_bytes *rest, uint64_t *ret_value)
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

static bool take_bytes(struct hd_bytes *rest, uint64_t size, struct hd_bytes *ret_bytes)
{
    if (size > rest->size) {
        return false;
    }
    *ret_bytes = (struct hd_bytes){rest->data, (size_t)size};
    rest->data += size;
    rest->size -= (size_t)size;
    return true;
}

bool hd_field_next(struct hd_bytes *rest, struct hd_field *ret_field)
{
    uint64_t tag;
    struct hd_bytes skipped;

    if (!take_varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > NUMBER_MAX) {
        return false;
    }
    ret_field->number = (uint32_t)(tag >> 3);
    ret_field->type = (enum hd_wire_type)(tag & 7);
    switch (ret_field->type) {
    case HD_WIRE_VARINT:
        return take_varint(rest, &ret_field->value);
    case HD_WIRE_FIXED64:
        return take_bytes(rest, 8, &skipped);
    case HD_WIRE_FIXED32:
        return take_bytes(rest, 4, &skipped);
    case HD_WIRE_BYTES:
        return take_varint(rest, &ret_field->value) &&
               take_bytes(rest, ret_field->value, &ret_field->bytes);
    default:
        return false;
    }
}

size_t hd_varint_size(uint64_t value)
{
    size_t size = 1;

    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}

uint8_t *hd_varint_put(uint8_t *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *to++ = (uint8_t)value;
    return to;
}
