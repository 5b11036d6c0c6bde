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
    uint64_t value;        /* VARINT; not filled for FIXED */
    struct hd_bytes bytes; /* BYTES */
};

/* Takes one field off the front of *rest, which is not empty.  False: malformed. */
bool hd_field_next(struct hd_bytes *rest, struct hd_field *ret_field);

/* Bytes that a varint takes. */
size_t hd_varint_size(uint64_t value);

/* Writes it and returns where it ends. */
uint8_t *hd_varint_put(uint8_t *to, uint64_t value);

#endif
