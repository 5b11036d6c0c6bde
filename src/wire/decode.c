/* SPDX-License-Identifier: MIT */
/* decode.c: a stack of messages of fixed depth; each field goes where its descriptor says. */
#include "wire/decode.h"

#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "wire/field.h"
#include "wire/message.h"
#include "wire/shape.h"

struct level {
    const ProtobufCMessageDescriptor *type;
    char *message;
    struct hd_bytes rest;
    uint64_t counted; /* repeated fields that have room [wire.inv.column], by their index */
};

struct decoder {
    struct hd_scratch *scratch;
    struct hd_error *error;
    size_t fields;
    unsigned depth;
    struct level levels[HD_MESSAGE_DEPTH];
};

#define COUNTED_FIELDS 64u

static enum hd_decoded push(struct decoder *d, const ProtobufCMessageDescriptor *type,
                            struct hd_bytes bytes, void **message)
{
    if (d->depth == HD_MESSAGE_DEPTH) {
        (void)hd_fail(d->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                      "%s is nested too deeply or has too many fields", type->short_name);
        return HD_DECODE_REFUSED;
    }
    if (*message == NULL) { /* else it goes on with what was given before, as protobuf has it */
        *message = hd_scratch_take(d->scratch, type->sizeof_message);
        if (*message == NULL) {
            return HD_DECODE_EXHAUSTED;
        }
        type->message_init(*message);
    }
    d->levels[d->depth++] = (struct level){type, *message, bytes, 0};
    return HD_DECODED;
}

static enum hd_decoded put_text(struct decoder *d, const ProtobufCMessageDescriptor *type,
                                const ProtobufCFieldDescriptor *field, struct hd_bytes text,
                                char **to)
{
    if (memchr(text.data, '\0', text.size) != NULL) {
        (void)hd_fail(d->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME,
                      "%s.%s contains U+0000", type->short_name, field->name);
        return HD_DECODE_REFUSED;
    }
    if (!hd_utf8_is_valid(text.data, text.size)) {
        (void)hd_fail(d->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_UTF8,
                      "%s.%s is not valid UTF-8", type->short_name, field->name);
        return HD_DECODE_REFUSED;
    }
    *to = hd_scratch_copy_text(d->scratch, text.data, text.size);
    return *to == NULL ? HD_DECODE_EXHAUSTED : HD_DECODED;
}

/* value is as it travelled. */
static inline void put_number(ProtobufCType type, uint64_t value, void *to)
{
    uint64_t bare = value >> 1 ^ (~(value & 1) + 1); /* of zigzag */
    uint32_t low = (uint32_t)value;
    uint32_t bare_low = low >> 1 ^ (~(low & 1) + 1);

    switch (type) {
    case PROTOBUF_C_TYPE_SINT64:
        memcpy(to, &bare, sizeof bare);
        return;
    case PROTOBUF_C_TYPE_SINT32:
        memcpy(to, &bare_low, sizeof bare_low);
        return;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)to = value != 0;
        return;
    default:
        if (hd_shapes[type].size == sizeof value) {
            memcpy(to, &value, sizeof value);
        } else {
            memcpy(to, &low, sizeof low);
        }
    }
}

/* One value, to where it belongs. */
static inline enum hd_decoded put(struct decoder *d, const ProtobufCMessageDescriptor *type,
                                  const ProtobufCFieldDescriptor *known,
                                  const struct hd_field *field, void *to)
{
    if (hd_shapes[known->type].wire != (uint8_t)field->type) {
        return HD_DECODE_MALFORMED;
    }
    switch (known->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        return push(d, known->descriptor, field->bytes, to);
    case PROTOBUF_C_TYPE_STRING:
        return put_text(d, type, known, field->bytes, to);
    case PROTOBUF_C_TYPE_BYTES:
        *(ProtobufCBinaryData *)to = (ProtobufCBinaryData){
            field->bytes.size, (uint8_t *)(uintptr_t)field->bytes.data}; /* only read from */
        return HD_DECODED;
    default:
        put_number(known->type, field->value, to);
        return HD_DECODED;
    }
}

static bool is_packed(const ProtobufCFieldDescriptor *known, enum hd_wire_type type)
{
    return type == HD_WIRE_BYTES && hd_shapes[known->type].wire != HD_WIRE_BYTES;
}

/* Of fixed values, 4 or 8 bytes each: a shift, where a division would take longer than all
 * else. */
static size_t fixed_count(const ProtobufCFieldDescriptor *known, size_t size)
{
    return size >> (hd_shapes[known->type].size == 8 ? 3 : 2);
}

/* Values of a repeated field in one occurrence. */
static size_t count_in(const ProtobufCFieldDescriptor *known, enum hd_wire_type type,
                       struct hd_bytes bytes)
{
    size_t count = 0;

    if (!is_packed(known, type)) {
        return 1;
    }
    if (hd_shapes[known->type].wire != HD_WIRE_VARINT) {
        return fixed_count(known, bytes.size);
    }
    for (size_t i = 0; i < bytes.size; i++) {
        count += (unsigned char)bytes.data[i] < 0x80;
    }
    return count;
}

static size_t count_ahead(const ProtobufCFieldDescriptor *known, struct hd_bytes rest)
{
    struct hd_field field;
    size_t count = 0;

    while (rest.size > 0 && hd_field_next(&rest, &field)) {
        if (field.number == known->id) {
            count += count_in(known, field.type, field.bytes);
        }
    }
    return count;
}

/* [wire.inv.column] For count values in this occurrence, and what is to come. */
static enum hd_decoded make_room(struct decoder *d, struct level *level,
                                 const ProtobufCFieldDescriptor *known, size_t count)
{
    uint64_t bit = UINT64_C(1) << (known - level->type->fields);
    size_t *n = (size_t *)(void *)(level->message + known->quantifier_offset);
    char **column = (char **)(void *)(level->message + known->offset);
    size_t size = hd_shapes[known->type].size;
    char *grown;

    if ((level->counted & bit) != 0 || count == 0) {
        return HD_DECODED;
    }
    count += *n + count_ahead(known, level->rest);
    grown = hd_scratch_take(d->scratch, count * size);
    if (grown == NULL) {
        return HD_DECODE_EXHAUSTED;
    }
    if (*n > 0) {
        memcpy(grown, *column, *n * size);
    }
    *column = grown;
    level->counted |= bit;
    return HD_DECODED;
}

static enum hd_decoded put_packed(const ProtobufCFieldDescriptor *known, struct hd_bytes bytes,
                                  char *to, size_t *n)
{
    size_t size = hd_shapes[known->type].size;

    if (hd_shapes[known->type].wire != HD_WIRE_VARINT) {
        if ((bytes.size & (size - 1)) != 0) {
            return HD_DECODE_MALFORMED;
        }
        if (bytes.size > 0) {
            memcpy(to, bytes.data, bytes.size); /* little-endian, as it travels */
        }
        *n += fixed_count(known, bytes.size);
        return HD_DECODED;
    }
    while (bytes.size > 0) {
        uint64_t value;

        if (!hd_varint_take(&bytes, &value)) {
            return HD_DECODE_MALFORMED;
        }
        put_number(known->type, value, to);
        to += size;
        (*n)++;
    }
    return HD_DECODED;
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "fixed columns are copied as they are");

/* The last one given is the one that counts.  What stands there of another one is written over,
 * unless it is a message, which is gone on with. */
static void choose(const struct level *level, const ProtobufCFieldDescriptor *known)
{
    uint32_t *which = (uint32_t *)(void *)(level->message + known->quantifier_offset);

    if (*which != known->id) {
        *which = known->id;
        if (known->type == PROTOBUF_C_TYPE_MESSAGE) {
            *(void **)(void *)(level->message + known->offset) = NULL;
        }
    }
}

static enum hd_decoded take_one(struct decoder *d, struct level *level)
{
    const ProtobufCFieldDescriptor *known;
    enum hd_decoded room;
    struct hd_field field;
    char *to;

    if (!hd_field_next(&level->rest, &field)) {
        return HD_DECODE_MALFORMED;
    }
    if (++d->fields > HD_MESSAGE_FIELDS) {
        (void)hd_fail(d->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                      "%s is nested too deeply or has too many fields",
                      level->type->short_name);
        return HD_DECODE_REFUSED;
    }
    known = hd_shape_field(level->type, field.number);
    if (known == NULL) {
        return HD_DECODED;
    }
    to = level->message + known->offset;
    if (known->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t *n = (size_t *)(void *)(level->message + known->quantifier_offset);

        room = make_room(d, level, known, count_in(known, field.type, field.bytes));
        if (room != HD_DECODED) {
            return room;
        }
        to = *(char **)(void *)to + *n * hd_shapes[known->type].size;
        if (is_packed(known, field.type)) {
            return put_packed(known, field.bytes, to, n);
        }
        if (known->type == PROTOBUF_C_TYPE_MESSAGE) {
            *(void **)(void *)to = NULL;
        }
        (*n)++;
    } else if ((known->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        choose(level, known);
    }
    return put(d, level->type, known, &field, to);
}

enum hd_decoded hd_decode(const ProtobufCMessageDescriptor *type, struct hd_bytes payload,
                          struct hd_scratch *scratch, ProtobufCMessage **ret_message,
                          struct hd_error *error)
{
    struct decoder d;
    void *message = NULL;
    enum hd_decoded result;

    d.scratch = scratch;
    d.error = error;
    d.fields = 0;
    d.depth = 0;
    result = push(&d, type, payload, &message);
    while (result == HD_DECODED && d.depth > 0) {
        struct level *level = &d.levels[d.depth - 1];

        if (level->rest.size == 0) {
            d.depth--;
        } else {
            result = take_one(&d, level);
        }
    }
    if (result == HD_DECODED) {
        *ret_message = message;
    }
    return result;
}
