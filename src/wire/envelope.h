/* SPDX-License-Identifier: MIT */
/* envelope.h: what is in a frame: ttrpc.Request, read in place; ttrpc.Response and the
 * messages of streams, written straight into the output buffer.
 *
 * proto/ttrpc/envelope.proto describes both.  Neither is ever a struct of
 * protobuf-c: the payload would be copied.  Design note: docs/design/wire.md. */
#ifndef HD_WIRE_ENVELOPE_H
#define HD_WIRE_ENVELOPE_H

#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

/* Packed messages in a reply; what is left of a frame is for the envelope. */
#define HD_REPLY_BYTES (((size_t)4 << 20) - ((size_t)64 << 10))

/* Views of the frame's data.  What was absent is empty, with data NULL. */
struct hd_request {
    struct hd_bytes service;
    struct hd_bytes method;
    struct hd_bytes payload;
    int64_t timeout_nano;
    struct hd_bytes heap;    /* metadata heapd-heap */
    struct hd_bytes session; /* heapd-session */
    struct hd_bytes number;  /* heapd-request */
};

/* Takes service and method off the front of a request, as it begins if it was written in order:
 * nothing else is judged.  False: it begins otherwise, or they are longer than 127 bytes. */
bool hd_envelope_take_names(struct hd_bytes *data, struct hd_bytes *ret_service,
                            struct hd_bytes *ret_method);

/* INVALID_ARGUMENT, MALFORMED: "unmarshal request error: ...". */
enum hd_status hd_envelope_scan(struct hd_bytes data, struct hd_request *ret_request,
                                struct hd_error *error);

/* Appends a whole response frame: OK with message, which may be NULL: empty.  waiting: what the
 * session is still to be told; 0 is not written.
 * RESOURCE_EXHAUSTED, nothing appended: LIMIT_SIZE (above HD_REPLY_BYTES) or LIMIT_MEMORY. */
enum hd_status hd_envelope_put_reply(struct hd_buf *out, uint32_t stream, uint64_t waiting,
                                     const ProtobufCMessage *message, struct hd_error *error);

/* Appends a whole response frame: a google.rpc.Status with an ErrorInfo.
 * RESOURCE_EXHAUSTED: no memory, nothing appended. */
enum hd_status hd_envelope_put_error(struct hd_buf *out, uint32_t stream,
                                     const struct hd_error *error);

/* Appends a whole data frame: a message of a stream, which stays open.  As put_reply. */
enum hd_status hd_envelope_put_data(struct hd_buf *out, uint32_t stream,
                                    const ProtobufCMessage *message, struct hd_error *error);

/* Appends the data frame that ends a stream well; an error ends it by put_error.
 * RESOURCE_EXHAUSTED: no memory, nothing appended. */
enum hd_status hd_envelope_put_end(struct hd_buf *out, uint32_t stream);

#endif
