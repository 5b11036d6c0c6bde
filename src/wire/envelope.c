/* SPDX-License-Identifier: MIT */
/* envelope.c: the five fields of ttrpc.Request, and the two of ttrpc.Response, and heapd's own.
 */
#include "wire/envelope.h"

#include <string.h>

#include "base/utf8.h"
#include "wire/encode.h"
#include "wire/field.h"
#include "wire/ttrpc.h"

/* Numbers of the fields written here. */
enum {
    RESPONSE_STATUS = 1,
    RESPONSE_PAYLOAD = 2,
    RESPONSE_WAITING = 15, /* heapd's own */
    STATUS_CODE = 1,
    STATUS_MESSAGE = 2,
    STATUS_DETAILS = 3,
    ANY_TYPE_URL = 1,
    ANY_VALUE = 2,
    ERROR_INFO_REASON = 1,
    ERROR_INFO_DOMAIN = 2,
};

#define ERROR_INFO_URL "type.googleapis.com/google.rpc.ErrorInfo"
#define ERROR_INFO_OF  "heapd"

enum request_field {
    REQUEST_SERVICE = 1,
    REQUEST_METHOD = 2,
    REQUEST_PAYLOAD = 3,
    REQUEST_TIMEOUT = 4,
    REQUEST_METADATA = 5,
};

static enum hd_status malformed(struct hd_error *error, const char *what)
{
    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_MALFORMED,
                   "unmarshal request error: %s", what);
}

/* The members of ttrpc.Request and ttrpc.KeyValue that are strings. */
static bool is_text(struct hd_bytes bytes)
{
    return hd_utf8_is_valid(bytes.data, bytes.size);
}

/* Reads a KeyValue; false: it is none. */
static bool scan_pair(struct hd_bytes rest, struct hd_bytes *ret_key,
                      struct hd_bytes *ret_value)
{
    struct hd_field field;

    *ret_key = (struct hd_bytes){"", 0};
    *ret_value = (struct hd_bytes){"", 0};
    while (rest.size > 0) {
        if (!hd_field_next(&rest, &field)) {
            return false;
        }
        if (field.type == HD_WIRE_BYTES && field.number == 1) {
            *ret_key = field.bytes;
        } else if (field.type == HD_WIRE_BYTES && field.number == 2) {
            *ret_value = field.bytes;
        }
    }
    return is_text(*ret_key) && is_text(*ret_value);
}

/* Keeps the keys we know; the last of several wins. */
static bool scan_metadata(struct hd_bytes pair, struct hd_request *request)
{
    struct hd_bytes key;
    struct hd_bytes value;

    if (!scan_pair(pair, &key, &value)) {
        return false;
    }
    if (hd_bytes_equal(key, hd_bytes_of("heapd-heap"))) {
        request->heap = value;
    } else if (hd_bytes_equal(key, hd_bytes_of("heapd-session"))) {
        request->session = value;
    } else if (hd_bytes_equal(key, hd_bytes_of("heapd-request"))) {
        request->number = value;
    }
    return true;
}

/* Of a type that is not the field's own it is an unknown field, and skipped. */
static inline bool take_field(const struct hd_field *field, struct hd_request *request)
{
    if (field->type != HD_WIRE_BYTES) {
        if (field->number == REQUEST_TIMEOUT && field->type == HD_WIRE_VARINT) {
            request->timeout_nano = (int64_t)field->value;
        }
        return true;
    }
    switch (field->number) {
    case REQUEST_SERVICE:
        request->service = field->bytes;
        return is_text(field->bytes);
    case REQUEST_METHOD:
        request->method = field->bytes;
        return is_text(field->bytes);
    case REQUEST_PAYLOAD:
        request->payload = field->bytes;
        return true;
    case REQUEST_METADATA:
        return scan_metadata(field->bytes, request);
    default:
        return true;
    }
}

bool hd_envelope_take_names(struct hd_bytes *data, struct hd_bytes *ret_service,
                            struct hd_bytes *ret_method)
{
    const unsigned char *at = (const unsigned char *)data->data;
    size_t service = data->size < 4 ? 128 : at[1];
    size_t method;
    size_t head;

    if (service >= 128 || data->size < service + 4 ||
        at[0] != hd_field_tag(REQUEST_SERVICE, HD_WIRE_BYTES) ||
        at[service + 2] != hd_field_tag(REQUEST_METHOD, HD_WIRE_BYTES)) {
        return false;
    }
    method = at[service + 3];
    head = service + 4;
    if (method >= 128 || data->size - head < method) {
        return false;
    }
    *ret_service = (struct hd_bytes){data->data + 2, service};
    *ret_method = (struct hd_bytes){data->data + head, method};
    *data = (struct hd_bytes){data->data + head + method, data->size - head - method};
    return true;
}

enum hd_status hd_envelope_scan(struct hd_bytes data, struct hd_request *ret_request,
                                struct hd_error *error)
{
    struct hd_request request = {0};
    struct hd_field field;

    while (data.size > 0) {
        if (!hd_field_next(&data, &field)) {
            return malformed(error, "it is no ttrpc.Request");
        }
        if (!take_field(&field, &request)) {
            return malformed(error, "a string in it is not valid UTF-8");
        }
    }
    *ret_request = request;
    return HD_OK;
}

/* Most replies are smaller than this, and are written at once, where they leave from. */
#define SMALL_BYTES 512u
/* At most: header, the number waiting, and the head of the payload. */
#define HEAD_MAX (HD_TTRPC_HEADER_BYTES + 11 + 6)

/* A frame that is being written: its head is written when the size of the rest is known. */
struct frame {
    uint32_t stream;
    enum hd_ttrpc_type type;
    uint64_t waiting;
    bool bare; /* the message is all there is, without a head of its own */
};

static size_t head_size(const struct frame *frame, size_t payload)
{
    return (frame->waiting == 0 ? 0 : 1 + hd_varint_size(frame->waiting)) +
           (payload == 0 || frame->bare ? 0 : 1 + hd_varint_size(payload));
}

static void put_frame_head(const struct frame *frame, size_t payload, uint8_t *to)
{
    hd_ttrpc_put_header(to, (uint32_t)(head_size(frame, payload) + payload), frame->stream,
                        frame->type, 0);
    to += HD_TTRPC_HEADER_BYTES;
    if (frame->waiting > 0) {
        to = hd_field_put_number(to, RESPONSE_WAITING, frame->waiting);
    }
    if (payload > 0 && !frame->bare) {
        (void)hd_field_put_head(to, RESPONSE_PAYLOAD, payload);
    }
}

/* False: it is not small, or there is no memory. */
static bool put_small(struct hd_buf *out, const struct frame *frame,
                      const ProtobufCMessage *message)
{
    uint8_t *start = hd_buf_reserve(out, HEAD_MAX + SMALL_BYTES);
    uint8_t *to = start == NULL ? NULL : start + HD_TTRPC_HEADER_BYTES + head_size(frame, 1);
    uint8_t *end = to;
    size_t payload;
    size_t head;

    if (to != NULL && message != NULL) {
        end = hd_encode(message, to, to + SMALL_BYTES);
    }
    if (end == NULL) {
        return false;
    }
    payload = (size_t)(end - to);
    head = HD_TTRPC_HEADER_BYTES + head_size(frame, payload);
    if (start + head != to && payload > 0) {
        memmove(start + head, to, payload); /* its size has two bytes */
    }
    put_frame_head(frame, payload, start);
    hd_buf_commit(out, head + payload);
    return true;
}

static enum hd_status put_message(struct hd_buf *out, const struct frame *frame,
                                  const ProtobufCMessage *message, struct hd_error *error)
{
    size_t payload;
    size_t head;
    uint8_t *to;

    if (put_small(out, frame, message)) {
        return HD_OK;
    }
    payload = message == NULL ? 0 : hd_encode_size(message);
    if (payload > HD_REPLY_BYTES) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "the response would have %zu bytes; at most %zu are allowed", payload,
                       HD_REPLY_BYTES);
    }
    head = HD_TTRPC_HEADER_BYTES + head_size(frame, payload);
    to = hd_buf_reserve(out, head + payload + HD_ENCODE_SLACK);
    if (to == NULL) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                       "no memory for a response of %zu bytes", payload);
    }
    put_frame_head(frame, payload, to);
    if (payload > 0) {
        (void)hd_encode(message, to + head, to + head + payload + HD_ENCODE_SLACK);
    }
    hd_buf_commit(out, head + payload);
    return HD_OK;
}

enum hd_status hd_envelope_put_reply(struct hd_buf *out, uint32_t stream, uint64_t waiting,
                                     const ProtobufCMessage *message, struct hd_error *error)
{
    const struct frame frame = {stream, HD_TTRPC_RESPONSE, waiting, false};

    return put_message(out, &frame, message, error);
}

enum hd_status hd_envelope_put_data(struct hd_buf *out, uint32_t stream,
                                    const ProtobufCMessage *message, struct hd_error *error)
{
    const struct frame frame = {stream, HD_TTRPC_DATA, 0, true};

    return put_message(out, &frame, message, error);
}

enum hd_status hd_envelope_put_end(struct hd_buf *out, uint32_t stream)
{
    uint8_t *to = hd_buf_reserve(out, HD_TTRPC_HEADER_BYTES);

    if (to == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hd_ttrpc_put_header(to, 0, stream, HD_TTRPC_DATA,
                        HD_TTRPC_REMOTE_CLOSED | HD_TTRPC_NO_DATA);
    hd_buf_commit(out, HD_TTRPC_HEADER_BYTES);
    return HD_OK;
}

/* Bytes of a field of so many bytes, its tag of one byte and its size included. */
static size_t field_bytes(size_t size)
{
    return 1 + hd_varint_size(size) + size;
}

enum hd_status hd_envelope_put_error(struct hd_buf *out, uint32_t stream,
                                     const struct hd_error *error)
{
    const char *reason = hd_reason_name(error->reason);
    size_t text = strlen(error->text);
    size_t info = field_bytes(strlen(reason)) + field_bytes(strlen(ERROR_INFO_OF));
    size_t any = field_bytes(strlen(ERROR_INFO_URL)) + field_bytes(info);
    size_t status = 1 + hd_varint_size(error->status) + field_bytes(text) + field_bytes(any);
    size_t size = field_bytes(status);
    uint8_t *to = hd_buf_reserve(out, HD_TTRPC_HEADER_BYTES + size);

    if (to == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hd_ttrpc_put_header(to, (uint32_t)size, stream, HD_TTRPC_RESPONSE, 0);
    to = hd_field_put_head(to + HD_TTRPC_HEADER_BYTES, RESPONSE_STATUS, status);
    to = hd_field_put_number(to, STATUS_CODE, error->status);
    to = hd_field_put_bytes(to, STATUS_MESSAGE, error->text, text);
    to = hd_field_put_head(to, STATUS_DETAILS, any);
    to = hd_field_put_bytes(to, ANY_TYPE_URL, ERROR_INFO_URL, strlen(ERROR_INFO_URL));
    to = hd_field_put_head(to, ANY_VALUE, info);
    to = hd_field_put_bytes(to, ERROR_INFO_REASON, reason, strlen(reason));
    (void)hd_field_put_bytes(to, ERROR_INFO_DOMAIN, ERROR_INFO_OF, strlen(ERROR_INFO_OF));
    hd_buf_commit(out, HD_TTRPC_HEADER_BYTES + size);
    return HD_OK;
}
