/* SPDX-License-Identifier: MIT */
/* encode.c: sizes first, then bytes; what is of default value is left out, as proto3 has it.
 * Recursion is as deep as the messages are, which a test bounds. */
#include "wire/encode.h"

#include <string.h>

#include "base/check.h"
#include "wire/field.h"
#include "wire/shape.h"

const ProtobufCMessageDescriptor hd_written_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "written",
    .short_name = "written",
    .c_name = "written",
    .package_name = "",
    .sizeof_message = sizeof(struct hd_written),
};

void hd_written_init(struct hd_written *written, struct hd_bytes bytes)
{
    *written = (struct hd_written){{.descriptor = &hd_written_descriptor}, bytes};
}

bool hd_is_written(const ProtobufCMessage *message)
{
    return message->descriptor == &hd_written_descriptor;
}

static struct hd_bytes bytes_of(const ProtobufCMessage *message)
{
    return ((const struct hd_written *)(const void *)message)->bytes;
}

/* Of a oneof that goes to the message's end: the member that is set, if it is still to come. */
static const ProtobufCFieldDescriptor *last_member(const ProtobufCMessage *message,
                                                   unsigned *at, uint32_t which)
{
    const ProtobufCMessageDescriptor *type = message->descriptor;
    const ProtobufCFieldDescriptor *set = which == 0 ? NULL : hd_shape_field(type, which);
    bool is_passed = set == NULL || set < &type->fields[*at];

    *at = is_passed ? type->n_fields : (unsigned)(set - type->fields) + 1;
    return is_passed ? NULL : set;
}

/* The next field that may be written, or NULL; *at is 0 at first.  Of a oneof, whose members
 * stand together [wire.inv.oneof], only the one that is set. */
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
        if (hd_shape_is_either(field, &fields[n - 1])) {
            return last_member(message, at, which);
        }
        while (*at < n && hd_shape_is_either(field, &fields[*at]) && fields[*at].id != which) {
            (*at)++;
        }
    }
    return NULL;
}

/* One value of a field, as it travels. */
struct value {
    uint64_t number;
    struct hd_bytes bytes;
    const ProtobufCMessage *message;
};

static inline uint64_t number_at(ProtobufCType type, const void *from)
{
    uint64_t value;
    uint32_t low;

    if (hd_shapes[type].size == sizeof value) {
        memcpy(&value, from, sizeof value);
        return type == PROTOBUF_C_TYPE_SINT64 ? hd_zigzag(value) : value;
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

/* False: it is the default of its type. */
static inline bool load(const ProtobufCFieldDescriptor *field, const void *from,
                        struct value *ret_value)
{
    const ProtobufCBinaryData *data = from;
    const char *text;

    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        ret_value->message = *(ProtobufCMessage *const *)from;
        return ret_value->message != NULL;
    case PROTOBUF_C_TYPE_STRING:
        text = *(char *const *)from;
        ret_value->bytes = (struct hd_bytes){text, text == NULL ? 0 : strlen(text)};
        return ret_value->bytes.size > 0;
    case PROTOBUF_C_TYPE_BYTES:
        ret_value->bytes = (struct hd_bytes){(const char *)data->data, data->len};
        return data->len > 0;
    default:
        ret_value->number = number_at(field->type, from);
        return ret_value->number != 0;
    }
}

static inline size_t tag_size(const ProtobufCFieldDescriptor *field)
{
    return field->id < 16 ? 1 : 2;
}

#define FIELD_MAX 2047u /* of two bytes with the wire type */

/* What follows the tag. */
static size_t value_size(const ProtobufCFieldDescriptor *field, const struct value *value)
{
    size_t size;

    switch (hd_shapes[field->type].wire) {
    case HD_WIRE_VARINT:
        return hd_varint_size(value->number);
    case HD_WIRE_FIXED64:
    case HD_WIRE_FIXED32:
        return hd_shapes[field->type].size;
    default:
        size = field->type == PROTOBUF_C_TYPE_MESSAGE ? hd_encode_size(value->message)
                                                      : value->bytes.size;
        return hd_varint_size(size) + size;
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

static size_t varints_size(ProtobufCType type, struct column column)
{
    size_t size = 0;

    for (size_t i = 0; i < column.count; i++) {
        size += hd_varint_size(number_at(type, column.items + i * column.item_size));
    }
    return size;
}

/* Of all values of a repeated field, without tags. */
static size_t items_size(const ProtobufCFieldDescriptor *field, struct column column)
{
    size_t size = 0;

    if (is_fixed(field)) {
        return column.count * column.item_size;
    }
    if (hd_shapes[field->type].wire == HD_WIRE_VARINT) {
        return varints_size(field->type, column);
    }
    for (size_t i = 0; i < column.count; i++) {
        struct value value;

        (void)load(field, column.items + i * column.item_size, &value);
        size += value_size(field, &value);
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

static inline bool is_member(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

size_t hd_encode_size(const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field;
    unsigned at = 0;
    size_t size = 0;

    if (hd_is_written(message)) {
        return bytes_of(message).size;
    }
    while ((field = next_field(message, &at)) != NULL) {
        struct value value;

        HD_CHECK(field->id <= FIELD_MAX);
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size += column_size(field, (const char *)message);
        } else if (load(field, (const char *)message + field->offset, &value) ||
                   is_member(field)) {
            size += tag_size(field) + value_size(field, &value);
        }
    }
    return size;
}

static bool fits(const uint8_t *to, const uint8_t *end, size_t size)
{
    return (size_t)(end - to) >= size + HD_ENCODE_SLACK;
}

/* There is room for them. */
static inline uint8_t *put_run(struct hd_bytes bytes, uint8_t *to)
{
    if (bytes.size > 0) {
        memcpy(to, bytes.data, bytes.size);
    }
    return to + bytes.size;
}

/* Most are shorter than 128 bytes: one byte is left for the size, and only for more they move.
 */
static uint8_t *put_message(const ProtobufCMessage *message, uint8_t *to, const uint8_t *end)
{
    uint8_t *stop = hd_encode(message, to + 1, end);
    size_t size;
    size_t head;

    if (stop == NULL) {
        return NULL;
    }
    size = (size_t)(stop - to) - 1;
    head = hd_varint_size(size);
    if (head > 1) {
        if (!fits(to, end, size)) {
            return NULL;
        }
        memmove(to + head, to + 1, size);
    }
    (void)hd_varint_put(to, size);
    return to + head + size;
}

/* There is room for tag and number, or for tag and head. */
static uint8_t *put_value(const ProtobufCFieldDescriptor *field, const struct value *value,
                          uint8_t *to, const uint8_t *end)
{
    switch (hd_shapes[field->type].wire) {
    case HD_WIRE_VARINT:
        return hd_varint_put(to, value->number);
    case HD_WIRE_FIXED64:
    case HD_WIRE_FIXED32: /* little-endian, as it travels */
        memcpy(to, &value->number, hd_shapes[field->type].size);
        return to + hd_shapes[field->type].size;
    default:
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            return put_message(value->message, to, end);
        }
        if (!fits(to, end, value->bytes.size)) {
            return NULL;
        }
        return put_run(value->bytes, hd_varint_put(to, value->bytes.size));
    }
}

static uint8_t *put_field(const ProtobufCFieldDescriptor *field, const struct value *value,
                          uint8_t *to, const uint8_t *end)
{
    if (!fits(to, end, 0)) {
        return NULL;
    }
    to = hd_varint_put(to, hd_field_tag(field->id, hd_shapes[field->type].wire));
    return put_value(field, value, to, end);
}

static uint8_t *put_packed(const ProtobufCFieldDescriptor *field, struct column column,
                           uint8_t *to, const uint8_t *end)
{
    size_t size = items_size(field, column);

    if (!fits(to, end, size)) {
        return NULL;
    }
    to = hd_varint_put(to, hd_field_tag(field->id, HD_WIRE_BYTES));
    to = hd_varint_put(to, size);
    if (is_fixed(field)) {
        memcpy(to, column.items, size);
        return to + size;
    }
    for (size_t i = 0; i < column.count; i++) {
        to = hd_varint_put(to, number_at(field->type, column.items + i * column.item_size));
    }
    return to;
}

static uint8_t *put_column(const ProtobufCFieldDescriptor *field, const char *message,
                           uint8_t *to, const uint8_t *end)
{
    struct column column = column_at(field, message);

    if (column.count > 0 && (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0) {
        return put_packed(field, column, to, end);
    }
    for (size_t i = 0; to != NULL && i < column.count; i++) {
        struct value value;

        (void)load(field, column.items + i * column.item_size, &value);
        to = put_field(field, &value, to, end);
    }
    return to;
}

uint8_t *hd_encode(const ProtobufCMessage *message, uint8_t *to, const uint8_t *end)
{
    const ProtobufCFieldDescriptor *field;
    unsigned at = 0;

    if (hd_is_written(message)) {
        struct hd_bytes bytes = bytes_of(message);

        return fits(to, end, bytes.size) ? put_run(bytes, to) : NULL;
    }
    while (to != NULL && (field = next_field(message, &at)) != NULL) {
        struct value value;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            to = put_column(field, (const char *)message, to, end);
        } else if (load(field, (const char *)message + field->offset, &value) ||
                   is_member(field)) {
            to = put_field(field, &value, to, end);
        }
    }
    return to;
}
