/* SPDX-License-Identifier: MIT */
/* shape.c: see shape.h. */
#include "wire/shape.h"

#include "wire/field.h"

const struct hd_shape hd_shapes[] = {
    [PROTOBUF_C_TYPE_INT32] = {HD_WIRE_VARINT, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_SINT32] = {HD_WIRE_VARINT, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_SFIXED32] = {HD_WIRE_FIXED32, sizeof(int32_t)},
    [PROTOBUF_C_TYPE_INT64] = {HD_WIRE_VARINT, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_SINT64] = {HD_WIRE_VARINT, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_SFIXED64] = {HD_WIRE_FIXED64, sizeof(int64_t)},
    [PROTOBUF_C_TYPE_UINT32] = {HD_WIRE_VARINT, sizeof(uint32_t)},
    [PROTOBUF_C_TYPE_FIXED32] = {HD_WIRE_FIXED32, sizeof(uint32_t)},
    [PROTOBUF_C_TYPE_UINT64] = {HD_WIRE_VARINT, sizeof(uint64_t)},
    [PROTOBUF_C_TYPE_FIXED64] = {HD_WIRE_FIXED64, sizeof(uint64_t)},
    [PROTOBUF_C_TYPE_FLOAT] = {HD_WIRE_FIXED32, sizeof(float)},
    [PROTOBUF_C_TYPE_DOUBLE] = {HD_WIRE_FIXED64, sizeof(double)},
    [PROTOBUF_C_TYPE_BOOL] = {HD_WIRE_VARINT, sizeof(protobuf_c_boolean)},
    [PROTOBUF_C_TYPE_ENUM] = {HD_WIRE_VARINT, sizeof(int)},
    [PROTOBUF_C_TYPE_STRING] = {HD_WIRE_BYTES, sizeof(char *)},
    [PROTOBUF_C_TYPE_BYTES] = {HD_WIRE_BYTES, sizeof(ProtobufCBinaryData)},
    [PROTOBUF_C_TYPE_MESSAGE] = {HD_WIRE_BYTES, sizeof(void *)},
};
