/* SPDX-License-Identifier: MIT */
/* message.c: what decoding may cost, and the sentence that says why it was refused. */
#include "wire/message.h"

#include "wire/decode.h"

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

enum hd_status hd_message_decode(const ProtobufCMessageDescriptor *type,
                                 struct hd_bytes payload, struct hd_scratch *scratch,
                                 ProtobufCMessage **ret_message, struct hd_error *error)
{
    size_t cap = hd_message_cap(payload.size);

    hd_scratch_set_cap(scratch, cap);
    switch (hd_decode(type, payload, scratch, ret_message, error)) {
    case HD_DECODED:
        return HD_OK;
    case HD_DECODE_MALFORMED:
        return malformed(error, type);
    case HD_DECODE_EXHAUSTED:
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "decoding %s of %zu bytes would take more than %zu bytes of memory",
                       type->short_name, payload.size, cap);
    default:
        return error->status;
    }
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
