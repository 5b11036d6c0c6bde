/* SPDX-License-Identifier: MIT */
/* message.h: the face of the wire layer: bytes to messages and back.
 *
 * A request message is decoded from where it lies into the call's scratch, and judged on the
 * way: how deep, how many fields, whether its strings are text.  The other headers of this
 * layer, which the channel needs as well, come with it.  Design note: docs/design/wire.md. */
#ifndef HD_WIRE_MESSAGE_H
#define HD_WIRE_MESSAGE_H

#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"
#include "base/status.h"
#include "wire/encode.h"
#include "wire/envelope.h"
#include "wire/scratch.h"
#include "wire/sniff.h"
#include "wire/ttrpc.h"

/* Messages within messages, the outermost being 1. */
#define HD_MESSAGE_DEPTH 8

/* Fields of one message and all those within it. */
#define HD_MESSAGE_FIELDS ((size_t)1 << 20)

/* What decoding size bytes may take of the scratch: the smallest operations of
 * a batch need 17 times their own size, and nothing needs more than this. */
size_t hd_message_cap(size_t size);

/* Decodes payload as a message of the type; the result lives in scratch, and its fields of
 * type bytes are views of the payload.
 *   INTERNAL, MALFORMED            "ttrpc: error unmarshalling payload: ..."
 *   INVALID_ARGUMENT, BAD_UTF8     "BindRequest.name is not valid UTF-8"
 *   INVALID_ARGUMENT, BAD_NAME     "BindRequest.name contains U+0000"
 *   RESOURCE_EXHAUSTED, LIMIT_SIZE too deep, too many fields, or beyond the cap */
enum hd_status hd_message_decode(const ProtobufCMessageDescriptor *type,
                                 struct hd_bytes payload, struct hd_scratch *scratch,
                                 ProtobufCMessage **ret_message, struct hd_error *error);

/* An empty message of the type, in scratch; NULL: beyond its cap. */
ProtobufCMessage *hd_message_new(const ProtobufCMessageDescriptor *type,
                                 struct hd_scratch *scratch);

#endif
