/* SPDX-License-Identifier: MIT */
/* encode.h: a message of protobuf-c's to bytes, along its descriptor.
 *
 * What protobuf_c_message_pack writes, for messages of heapd.v1: proto3, without unknown
 * fields. A oneof costs one look at which member is set instead of one at each. */
#ifndef HD_WIRE_ENCODE_H
#define HD_WIRE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"

/* A message whose bytes have been written by other means.  It stands wherever a pointer to a
 * message is, for the functions here and for no others. */
struct hd_written {
    ProtobufCMessage base;
    struct hd_bytes bytes;
};

extern const ProtobufCMessageDescriptor hd_written_descriptor;

/* bytes are borrowed. */
void hd_written_init(struct hd_written *written, struct hd_bytes bytes);

bool hd_is_written(const ProtobufCMessage *message);

size_t hd_encode_size(const ProtobufCMessage *message);

/* Beside hd_encode_size bytes, what hd_encode wants to have before it is certain that all fits.
 */
#define HD_ENCODE_SLACK 16u

/* Writes hd_encode_size bytes and returns where they end.  NULL: they may not fit before end.
 */
uint8_t *hd_encode(const ProtobufCMessage *message, uint8_t *to, const uint8_t *end);

#endif
