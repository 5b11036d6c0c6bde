/* SPDX-License-Identifier: MIT */
/* message.c: a walk along the descriptors first, with its own stack of fixed depth, then
 * protobuf-c, which by itself limits neither depth nor memory and takes any bytes for text. */
#include "wire/message.h"

#include <string.h>

#include "base/utf8.h"
#include "wire/field.h"

#define CAP_FACTOR ((size_t)32)
#define CAP_BASE   ((size_t)64 << 10)
#define CAP_MOST   ((size_t)16 << 20)

size_t hd_message_cap(size_t size)
{
    return size > (CAP_MOST - CAP_BASE) / CAP_FACTOR ? CAP_MOST : CAP_BASE + CAP_FACTOR * size;
}

static enum hd_status malformed(struct hd_error *error, const ProtobufCMessageDescriptor *type)
{
    return hd_fail(error, HD_INTERNAL, HD_REASON_MALFORMED,
                   "ttrpc: error unmarshalling payload: it is no %s", type->name);
}

static enum hd_status judge_text(const ProtobufCMessageDescriptor *type,
                                 const ProtobufCFieldDescriptor *field, struct hd_bytes text,
                                 struct hd_error *error)
{
    if (memchr(text.data, '\0', text.size) != NULL) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME, "%s.%s contains U+0000",
                       type->short_name, field->name);
    }
    if (!hd_utf8_is_valid(text.data, text.size)) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_UTF8,
                       "%s.%s is not valid UTF-8", type->short_name, field->name);
    }
    return HD_OK;
}

struct level {
    const ProtobufCMessageDescriptor *type;
    struct hd_bytes rest;
};

/* Looks at one field of the level; *ret_inner is set if it holds a message. */
static enum hd_status judge_field(struct level *level, struct level *ret_inner,
                                  struct hd_error *error)
{
    const ProtobufCFieldDescriptor *known;
    struct hd_field field;

    ret_inner->type = NULL;
    if (!hd_field_next(&level->rest, &field)) {
        return malformed(error, level->type);
    }
    if (field.type != HD_WIRE_BYTES) {
        return HD_OK;
    }
    known = protobuf_c_message_descriptor_get_field(level->type, field.number);
    if (known != NULL && known->type == PROTOBUF_C_TYPE_STRING) {
        return judge_text(level->type, known, field.bytes, error);
    }
    if (known != NULL && known->type == PROTOBUF_C_TYPE_MESSAGE) {
        *ret_inner = (struct level){known->descriptor, field.bytes};
    }
    return HD_OK;
}

static enum hd_status judge(const ProtobufCMessageDescriptor *type, struct hd_bytes payload,
                            struct hd_error *error)
{
    struct level levels[HD_MESSAGE_DEPTH];
    size_t depth = 1;
    size_t fields = 0;

    levels[0] = (struct level){type, payload};
    while (depth > 0) {
        struct level inner;

        if (levels[depth - 1].rest.size == 0) {
            depth--;
            continue;
        }
        if (judge_field(&levels[depth - 1], &inner, error) != HD_OK) {
            return error->status;
        }
        if (++fields > HD_MESSAGE_FIELDS || (inner.type != NULL && depth == HD_MESSAGE_DEPTH)) {
            return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                           "%s is nested too deeply or has too many fields", type->short_name);
        }
        if (inner.type != NULL) {
            levels[depth++] = inner;
        }
    }
    return HD_OK;
}

enum hd_status hd_message_decode(const ProtobufCMessageDescriptor *type,
                                 struct hd_bytes payload, struct hd_scratch *scratch,
                                 ProtobufCMessage **ret_message, struct hd_error *error)
{
    size_t cap = hd_message_cap(payload.size);
    ProtobufCMessage *message;

    if (judge(type, payload, error) != HD_OK) {
        return error->status;
    }
    hd_scratch_set_cap(scratch, cap);
    message = protobuf_c_message_unpack(type, &scratch->protobuf, payload.size,
                                        (const uint8_t *)payload.data);
    if (message == NULL && hd_scratch_is_exhausted(scratch)) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "decoding %s of %zu bytes would take more than %zu bytes of memory",
                       type->short_name, payload.size, cap);
    }
    if (message == NULL) {
        return malformed(error, type);
    }
    *ret_message = message;
    return HD_OK;
}

ProtobufCMessage *hd_message_new(const ProtobufCMessageDescriptor *type,
                                 struct hd_scratch *scratch)
{
    ProtobufCMessage *message = hd_scratch_take(scratch, type->sizeof_message);

    if (message != NULL) {
        type->message_init(message);
    }
    return message;
}
