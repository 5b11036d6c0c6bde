/* SPDX-License-Identifier: MIT */
/* field.h: walking over a protobuf message without decoding it: tags, varints, runs of bytes.
 *
 * Everything is a view of the caller's bytes.  Groups are refused: proto3 has none. */
#ifndef HD_WIRE_FIELD_H
#define HD_WIRE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum hd_wire_type {
    HD_WIRE_VARINT = 0,
    HD_WIRE_FIXED64 = 1,
    HD_WIRE_BYTES = 2,
    HD_WIRE_FIXED32 = 5,
};

struct hd_field {
    uint32_t number;
    enum hd_wire_type type;
    uint64_t value;        /* VARINT, FIXED64, FIXED32: as it travels */
    struct hd_bytes bytes; /* BYTES */
};

/* Takes a varint of any length off the front of *rest.  False: there is none. */
bool hd_varint_take_long(struct hd_bytes *rest, uint64_t *ret_value);

/* The same; most are of one byte. */
static inline bool hd_varint_take(struct hd_bytes *rest, uint64_t *ret_value)
{
    if (rest->size > 0 && (unsigned char)rest->data[0] < 0x80) {
        *ret_value = (unsigned char)rest->data[0];
        rest->data++;
        rest->size--;
        return true;
    }
    return hd_varint_take_long(rest, ret_value);
}

/* Takes what follows the tag and is no run of bytes. */
bool hd_field_take_number(struct hd_bytes *rest, struct hd_field *field);

#define HD_FIELD_NUMBER_MAX ((UINT64_C(1) << 29) - 1)

/* Takes one field off the front of *rest, which is not empty.  False: malformed. */
static inline bool hd_field_next(struct hd_bytes *rest, struct hd_field *ret_field)
{
    uint64_t tag;

    if (!hd_varint_take(rest, &tag) || tag >> 3 == 0 || tag >> 3 > HD_FIELD_NUMBER_MAX) {
        return false;
    }
    ret_field->number = (uint32_t)(tag >> 3);
    ret_field->type = (enum hd_wire_type)(tag & 7);
    if (ret_field->type != HD_WIRE_BYTES) {
        return hd_field_take_number(rest, ret_field);
    }
    if (!hd_varint_take(rest, &ret_field->value) || ret_field->value > rest->size) {
        return false;
    }
    ret_field->bytes = (struct hd_bytes){rest->data, (size_t)ret_field->value};
    rest->data += ret_field->value;
    rest->size -= (size_t)ret_field->value;
    return true;
}

/* Bytes that a varint takes: one for each seven bits. */
static inline size_t hd_varint_size(uint64_t value)
{
    unsigned bits = 64u - (unsigned)__builtin_clzll(value | 1);

    return (bits * 9 + 64) / 64;
}

/* What a sint64 travels as. */
static inline uint64_t hd_zigzag(uint64_t value)
{
    return value << 1 ^ (~(value >> 63) + 1);
}

/* Writes it and returns where it ends. */
static inline uint8_t *hd_varint_put(uint8_t *to, uint64_t value)
{
    while (value >= 0x80) {
        *to++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *to++ = (uint8_t)value;
    return to;
}

#endif
