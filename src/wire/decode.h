/* SPDX-License-Identifier: MIT */
/* decode.h: bytes to a message of protobuf-c's, in one walk along its descriptor.
 *
 * protobuf-c limits neither depth nor memory, takes any bytes for text, copies every run of
 * bytes and keeps what it does not know; here all of that is judged and left out on the way.
 *
 *   [wire.inv.column]  A repeated field has room for all that is still to come of it from its
 *                      first occurrence in a message on: it is counted once, by walking ahead.
 */
#ifndef HD_WIRE_DECODE_H
#define HD_WIRE_DECODE_H

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"
#include "base/status.h"
#include "wire/scratch.h"

enum hd_decoded {
    HD_DECODED,
    HD_DECODE_MALFORMED,
    HD_DECODE_EXHAUSTED, /* the scratch's cap or memory */
    HD_DECODE_REFUSED,   /* *error says why */
};

/* The result lives in scratch; its runs of bytes are views of the payload. */
enum hd_decoded hd_decode(const ProtobufCMessageDescriptor *type, struct hd_bytes payload,
                          struct hd_scratch *scratch, ProtobufCMessage **ret_message,
                          struct hd_error *error);

#endif
