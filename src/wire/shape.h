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

/* The field of this number, which is not 0, or NULL.  Numbers mostly go up from 1 without a
 * gap.
 */
static inline const ProtobufCFieldDescriptor *
hd_shape_field(const ProtobufCMessageDescriptor *type, uint32_t number)
{
    if (number <= type->n_fields && type->fields[number - 1].id == number) {
        return &type->fields[number - 1];
    }
    return protobuf_c_message_descriptor_get_field(type, number);
}

/* They are members of one oneof. */
static inline bool hd_shape_is_either(const ProtobufCFieldDescriptor *a,
                                      const ProtobufCFieldDescriptor *b)
{
    return (a->flags & b->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
           a->quantifier_offset == b->quantifier_offset;
}

#endif
