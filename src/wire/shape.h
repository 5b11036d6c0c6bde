/* SPDX-License-Identifier: MIT */
/* shape.h: how each type of field travels, and what it takes in protobuf-c's structs. */
#ifndef HD_WIRE_SHAPE_H
#define HD_WIRE_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct hd_shape {
    uint8_t wire; /* of hd_wire_type */
    uint8_t size; /* in memory; of FIXED64 and FIXED32 also on the wire */
};

/* By ProtobufCType. */
extern const struct hd_shape hd_shapes[];

static inline bool hd_shape_is_zigzag(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_SINT64 || type == PROTOBUF_C_TYPE_SINT32;
}

#endif
