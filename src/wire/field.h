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

#define HD_FIELD_NUMBER_MAX ((UINT64_C(1) << 29) - 1)

/* A field of any kind, as hd_field_next. */
bool hd_field_next_any(struct hd_bytes *rest, struct hd_field *ret_field);

/* Takes one field off the front of *rest, which is not empty.  False: malformed.  Most have a
 * number below 16, and a size or value below 128: a byte for each. */
static inline bool hd_field_next(struct hd_bytes *rest, struct hd_field *ret_field)
{
    const unsigned char *at = (const unsigned char *)rest->data;
    size_t size = rest->size;
    size_t taken = 2;

    if (size < 2 || at[0] < 1 << 3 || (at[0] | at[1]) >= 0x80) {
        return hd_field_next_any(rest, ret_field);
    }
    ret_field->number = at[0] >> 3;
    ret_field->type = (enum hd_wire_type)(at[0] & 7);
    ret_field->value = at[1];
    if (ret_field->type == HD_WIRE_BYTES && at[1] <= size - 2) {
        ret_field->bytes = (struct hd_bytes){rest->data + 2, at[1]};
        taken += at[1];
    } else if (ret_field->type != HD_WIRE_VARINT) {
        return hd_field_next_any(rest, ret_field);
    }
    rest->data += taken;
    rest->size = size - taken;
    return true;
}

/* What stands before a field. */
static inline uint64_t hd_field_tag(uint32_t number, enum hd_wire_type type)
{
    return (uint64_t)number << 3 | type;
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
