/* SPDX-License-Identifier: MIT */
/* field.h: walking over a protobuf message without decoding it: tags, varints, runs of bytes.
 *
 * Everything is a view of the caller's bytes.  Groups are refused: proto3 has none. */
#ifndef HD_WIRE_FIELD_H
#define HD_WIRE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
 * number below 16, and are fixed, or have a size or value below 128: they are taken here, in a
 * way that lets the caller's variables live in registers. */
static inline __attribute__((always_inline)) bool hd_field_next(struct hd_bytes *rest,
                                                                struct hd_field *ret_field)
{
    const unsigned char *at = (const unsigned char *)rest->data;
    struct hd_field field;
    struct hd_bytes left;
    unsigned tag = rest->size < 2 ? 0 : at[0];
    unsigned second = tag == 0 ? 0 : at[1];
    enum hd_wire_type type = (enum hd_wire_type)(tag & 7);

    if (tag >= 1 << 3 && tag < 0x80) {
        ret_field->number = tag >> 3;
        ret_field->type = type;
        if (type == HD_WIRE_BYTES && second < 0x80 && second <= rest->size - 2) {
            ret_field->bytes = (struct hd_bytes){rest->data + 2, second};
            *rest = (struct hd_bytes){rest->data + 2 + second, rest->size - 2 - second};
            return true;
        }
        if (type == HD_WIRE_VARINT && second < 0x80) {
            ret_field->value = second;
            *rest = (struct hd_bytes){rest->data + 2, rest->size - 2};
            return true;
        }
        if (type == HD_WIRE_FIXED64 && rest->size >= 9) {
            memcpy(&ret_field->value, at + 1, 8); /* little-endian, as it travels */
            *rest = (struct hd_bytes){rest->data + 9, rest->size - 9};
            return true;
        }
    }
    left = *rest;
    if (!hd_field_next_any(&left, &field)) {
        return false;
    }
    *rest = left;
    *ret_field = field;
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

/* Each writes a whole field, or its tag and size, and returns where it ends. */
static inline uint8_t *hd_field_put_number(uint8_t *to, uint32_t number, uint64_t value)
{
    return hd_varint_put(hd_varint_put(to, hd_field_tag(number, HD_WIRE_VARINT)), value);
}

/* value: eight bytes, little-endian, as they travel. */
static inline uint8_t *hd_field_put_fixed64(uint8_t *to, uint32_t number, const void *value)
{
    to = hd_varint_put(to, hd_field_tag(number, HD_WIRE_FIXED64));
    memcpy(to, value, 8);
    return to + 8;
}

static inline uint8_t *hd_field_put_head(uint8_t *to, uint32_t number, size_t size)
{
    return hd_varint_put(hd_varint_put(to, hd_field_tag(number, HD_WIRE_BYTES)), size);
}

static inline uint8_t *hd_field_put_bytes(uint8_t *to, uint32_t number, const char *data,
                                          size_t size)
{
    to = hd_field_put_head(to, number, size);
    if (size > 0) {
        memcpy(to, data, size);
    }
    return to + size;
}

#endif
