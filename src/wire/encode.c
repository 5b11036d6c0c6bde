/* SPDX-License-Identifier: MIT */
/* encode.c: sizes first, then bytes; what is of default value is left out, as proto3 has it.
 * Recursion is as deep as the messages are, which a test bounds. */
#include "wire/encode.h"

#include <string.h>

#include "base/check.h"
#include "wire/field.h"
#include "wire/shape.h"

/* The next field that may be written, or NULL; *at is 0 at first.  Of a oneof only the member
 * that is set. */
static inline const ProtobufCFieldDescriptor *next_field(const ProtobufCMessage *message,
                                                         unsigned *at)
{
    const ProtobufCFieldDescriptor *fields = message->descriptor->fields;
    unsigned n = message->descriptor->n_fields;

    while (*at < n) {
        const ProtobufCFieldDescriptor *field = &fields[(*at)++];
        uint32_t which;

        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0) {
            return field;
        }
        memcpy(&which, (const char *)message + field->quantifier_offset, sizeof which);
        if (which == field->id) {
            return field;
        }
        while (*at < n && fields[*at].quantifier_offset == field->quantifier_offset &&
               fields[*at].id != which) {
            (*at)++;
        }
    }
    return NULL;
}

/* A number as it travels. */
static inline uint64_t number_at(ProtobufCType type, const void *from)
{
    uint64_t value;
    uint32_t low;

    if (hd_shapes[type].size == sizeof value) {
        memcpy(&value, from, sizeof value);
        return type == PROTOBUF_C_TYPE_SINT64 ? value << 1 ^ (~(value >> 63) + 1) : value;
    }
    memcpy(&low, from, sizeof low);
    switch (type) {
    case PROTOBUF_C_TYPE_SINT32:
        return low << 1 ^ (~(low >> 31) + 1);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_ENUM: /* a negative one has ten bytes */
        return (uint64_t)(int64_t)(int32_t)low;
    case PROTOBUF_C_TYPE_BOOL:
        return low != 0;
    default:
        return low;
    }
}

static inline size_t tag_size(const ProtobufCFieldDescriptor *field)
{
    return field->id < 16 ? 1 : hd_varint_size((uint64_t)field->id << 3);
}

static struct hd_bytes bytes_at(const ProtobufCFieldDescriptor *field, const void *from)
{
    const ProtobufCBinaryData *data = from;
    const char *text = *(char *const *)from;

    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        return (struct hd_bytes){(const char *)data->data, data->len};
    }
    return text == NULL ? (struct hd_bytes){NULL, 0} : (struct hd_bytes){text, strlen(text)};
}

/* What follows the tag. */
static size_t value_size(const ProtobufCFieldDescriptor *field, const void *from)
{
    size_t size;

    switch (hd_shapes[field->type].wire) {
    case HD_WIRE_VARINT:
        return hd_varint_size(number_at(field->type, from));
    case HD_WIRE_FIXED64:
    case HD_WIRE_FIXED32:
        return hd_shapes[field->type].size;
    default:
        size = field->type == PROTOBUF_C_TYPE_MESSAGE
                   ? hd_encode_size(*(ProtobufCMessage *const *)from)
                   : bytes_at(field, from).size;
        return hd_varint_size(size) + size;
    }
}

/* Of a field that is no member of a oneof. */
static bool is_default(const ProtobufCFieldDescriptor *field, const void *from)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        return *(void *const *)from == NULL;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
        return bytes_at(field, from).size == 0;
    default:
        return number_at(field->type, from) == 0;
    }
}

struct column {
    const char *items;
    size_t count;
    size_t item_size;
};

static struct column column_at(const ProtobufCFieldDescriptor *field, const char *message)
{
    struct column column = {.item_size = hd_shapes[field->type].size};

    memcpy(&column.count, message + field->quantifier_offset, sizeof column.count);
    memcpy(&column.items, message + field->offset, sizeof column.items);
    return column;
}

static bool is_fixed(const ProtobufCFieldDescriptor *field)
{
    return hd_shapes[field->type].wire == HD_WIRE_FIXED64 ||
           hd_shapes[field->type].wire == HD_WIRE_FIXED32;
}

/* Of all values of a repeated field, without tags. */
static size_t items_size(const ProtobufCFieldDescriptor *field, struct column column)
{
    size_t size = 0;

    if (is_fixed(field)) {
        return column.count * column.item_size;
    }
    for (size_t i = 0; i < column.count; i++) {
        size += value_size(field, column.items + i * column.item_size);
    }
    return size;
}

static size_t column_size(const ProtobufCFieldDescriptor *field, const char *message)
{
    struct column column = column_at(field, message);
    size_t size;

    if (column.count == 0) {
        return 0;
    }
    size = items_size(field, column);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0) {
        return tag_size(field) + hd_varint_size(size) + size;
    }
    return column.count * tag_size(field) + size;
}

size_t hd_encode_size(const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field;
    unsigned at = 0;
    size_t size = 0;

    while ((field = next_field(message, &at)) != NULL) {
        const char *from = (const char *)message + field->offset;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size += column_size(field, (const char *)message);
        } else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 ||
                   !is_default(field, from)) {
            size += tag_size(field) + value_size(field, from);
        }
    }
    return size;
}

static inline uint8_t *put_tag(const ProtobufCFieldDescriptor *field, unsigned wire,
                               uint8_t *to)
{
    return hd_varint_put(to, (uint64_t)field->id << 3 | wire);
}

/* Most are shorter than 128 bytes: one byte is left for the size, and only for more they move.
 */
static uint8_t *put_message(const ProtobufCMessage *message, uint8_t *to)
{
    uint8_t *end = hd_encode(message, to + 1);
    size_t size = (size_t)(end - to) - 1;
    size_t head = hd_varint_size(size);

    if (head > 1) {
        memmove(to + head, to + 1, size);
    }
    (void)hd_varint_put(to, size);
    return to + head + size;
}

static uint8_t *put_value(const ProtobufCFieldDescriptor *field, const void *from, uint8_t *to)
{
    struct hd_bytes bytes;

    switch (hd_shapes[field->type].wire) {
    case HD_WIRE_VARINT:
        return hd_varint_put(to, number_at(field->type, from));
    case HD_WIRE_FIXED64:
    case HD_WIRE_FIXED32: /* little-endian, as it travels */
        memcpy(to, from, hd_shapes[field->type].size);
        return to + hd_shapes[field->type].size;
    default:
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            return put_message(*(ProtobufCMessage *const *)from, to);
        }
        bytes = bytes_at(field, from);
        to = hd_varint_put(to, bytes.size);
        if (bytes.size > 0) {
            memcpy(to, bytes.data, bytes.size);
        }
        return to + bytes.size;
    }
}

static uint8_t *put_packed(const ProtobufCFieldDescriptor *field, struct column column,
                           uint8_t *to)
{
    to = put_tag(field, HD_WIRE_BYTES, to);
    to = hd_varint_put(to, items_size(field, column));
    if (is_fixed(field)) {
        memcpy(to, column.items, column.count * column.item_size);
        return to + column.count * column.item_size;
    }
    for (size_t i = 0; i < column.count; i++) {
        to = put_value(field, column.items + i * column.item_size, to);
    }
    return to;
}

static uint8_t *put_column(const ProtobufCFieldDescriptor *field, const char *message,
                           uint8_t *to)
{
    struct column column = column_at(field, message);

    if (column.count == 0) {
        return to;
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0) {
        return put_packed(field, column, to);
    }
    for (size_t i = 0; i < column.count; i++) {
        to = put_tag(field, hd_shapes[field->type].wire, to);
        to = put_value(field, column.items + i * column.item_size, to);
    }
    return to;
}

uint8_t *hd_encode(const ProtobufCMessage *message, uint8_t *to)
{
    const ProtobufCFieldDescriptor *field;
    unsigned at = 0;

    while ((field = next_field(message, &at)) != NULL) {
        const char *from = (const char *)message + field->offset;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            to = put_column(field, (const char *)message, to);
        } else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 ||
                   !is_default(field, from)) {
            to = put_tag(field, hd_shapes[field->type].wire, to);
            to = put_value(field, from, to);
        }
    }
    return to;
}
