/* SPDX-License-Identifier: MIT */
/* wire_bytes.c: see wire_bytes.h. */
#include "lib/wire_bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER 10

void wire_bytes_free(struct wire_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct wire_bytes){0};
}

void wire_bytes_clear(struct wire_bytes *bytes)
{
    bytes->size = 0;
}

void wire_bytes_add(struct wire_bytes *bytes, const void *data, size_t size)
{
    if (bytes->capacity - bytes->size < size) {
        bytes->capacity = 2 * bytes->capacity + size + 64;
        bytes->data = realloc(bytes->data, bytes->capacity);
        if (bytes->data == NULL) {
            abort();
        }
    }
    if (size > 0) {
        memcpy(bytes->data + bytes->size, data, size);
    }
    bytes->size += size;
}

static void put_varint(struct wire_bytes *to, uint64_t value)
{
    uint8_t byte;

    do {
        byte = (uint8_t)(value & 0x7f) | (value > 0x7f ? 0x80 : 0);
        wire_bytes_add(to, &byte, 1);
        value >>= 7;
    } while (value > 0);
}

void wire_put_number(struct wire_bytes *to, unsigned field, uint64_t value)
{
    put_varint(to, (uint64_t)field << 3);
    put_varint(to, value);
}

void wire_put_signed(struct wire_bytes *to, unsigned field, int64_t value)
{
    wire_put_number(to, field, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

void wire_put_fixed64(struct wire_bytes *to, unsigned field, uint64_t value)
{
    put_varint(to, (uint64_t)field << 3 | 1);
    wire_bytes_add(to, &value, sizeof value); /* tests run on little-endian machines */
}

void wire_put_bytes(struct wire_bytes *to, unsigned field, const void *data, size_t size)
{
    put_varint(to, (uint64_t)field << 3 | 2);
    put_varint(to, size);
    wire_bytes_add(to, data, size);
}

void wire_put_text(struct wire_bytes *to, unsigned field, const char *text)
{
    wire_put_bytes(to, field, text, strlen(text));
}

void wire_put_message(struct wire_bytes *to, unsigned field, struct wire_bytes *inner)
{
    wire_put_bytes(to, field, inner->data, inner->size);
    wire_bytes_clear(inner);
}

void wire_put_ref(struct wire_bytes *to, unsigned field, uint64_t id)
{
    struct wire_bytes ref = {0};

    wire_put_fixed64(&ref, 1, id);
    wire_put_message(to, field, &ref);
    wire_bytes_free(&ref);
}

void wire_put_ids(struct wire_bytes *to, unsigned field, const uint64_t *ids, size_t count)
{
    struct wire_bytes operands = {0};

    wire_put_bytes(&operands, 1, ids, count * sizeof *ids);
    wire_put_message(to, field, &operands);
    wire_bytes_free(&operands);
}

void wire_put_frame(struct wire_bytes *to, uint32_t stream, uint8_t type, uint8_t flags,
                    const void *data, size_t size)
{
    uint8_t header[HEADER] = {
        (uint8_t)(size >> 24),
        (uint8_t)(size >> 16),
        (uint8_t)(size >> 8),
        (uint8_t)size,
        (uint8_t)(stream >> 24),
        (uint8_t)(stream >> 16),
        (uint8_t)(stream >> 8),
        (uint8_t)stream,
        type,
        flags,
    };

    wire_bytes_add(to, header, HEADER);
    wire_bytes_add(to, data, size);
}

static void put_metadata(struct wire_bytes *to, const char *key, const char *value)
{
    struct wire_bytes pair = {0};

    if (value == NULL) {
        return;
    }
    wire_put_text(&pair, 1, key);
    wire_put_text(&pair, 2, value);
    wire_put_message(to, 5, &pair);
    wire_bytes_free(&pair);
}

void wire_put_request(struct wire_bytes *to, uint32_t stream,
                      const struct wire_request *request)
{
    struct wire_bytes data = {0};
    char service[100];

    (void)snprintf(service, sizeof service, "heapd.v1.%s", request->service);
    wire_put_text(&data, 1, service);
    wire_put_text(&data, 2, request->method);
    if (request->payload != NULL) {
        wire_put_bytes(&data, 3, request->payload->data, request->payload->size);
    }
    if (request->timeout_nano != 0) {
        wire_put_number(&data, 4, (uint64_t)request->timeout_nano);
    }
    put_metadata(&data, "heapd-heap", request->heap);
    put_metadata(&data, "heapd-session", request->session);
    put_metadata(&data, "heapd-request", request->number);
    wire_put_frame(to, stream, 1, request->flags, data.data, data.size);
    wire_bytes_free(&data);
}

static bool take_varint(const uint8_t **at, const uint8_t *end, uint64_t *ret_value)
{
    *ret_value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        uint8_t byte = *(*at)++;

        *ret_value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

/* What follows a tag. */
static bool take_value(const uint8_t **at, const uint8_t *end, unsigned kind,
                       struct wire_value *ret_value)
{
    uint64_t size = kind == 1 ? 8 : 4;

    *ret_value = (struct wire_value){0};
    if (kind == 0) {
        return take_varint(at, end, &ret_value->value);
    }
    if ((kind == 2 && !take_varint(at, end, &size)) || size > (uint64_t)(end - *at)) {
        return false;
    }
    ret_value->data = *at;
    ret_value->size = (size_t)size;
    if (kind == 1) {
        memcpy(&ret_value->value, *at, 8);
    }
    *at += size;
    return kind == 1 || kind == 2 || kind == 5;
}

bool wire_get(const void *message, size_t size, unsigned field, size_t index,
              struct wire_value *ret_value)
{
    const uint8_t *at = message;
    const uint8_t *end = at + size;
    uint64_t tag;

    while (at < end) {
        struct wire_value value;

        if (!take_varint(&at, end, &tag) ||
            !take_value(&at, end, (unsigned)(tag & 7), &value)) {
            return false;
        }
        if (tag >> 3 == field && index-- == 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

uint64_t wire_number(const void *message, size_t size, unsigned field)
{
    struct wire_value value = {0};

    return wire_get(message, size, field, 0, &value) ? value.value : 0;
}

static void copy_text(const struct wire_value *from, char *to, size_t size)
{
    size_t n = from->size < size - 1 ? from->size : size - 1;

    if (n > 0) {
        memcpy(to, from->data, n);
    }
    to[n] = '\0';
}

/* google.rpc.Status with one Any that holds an ErrorInfo. */
static void take_status(const struct wire_value *status, struct wire_reply *reply)
{
    struct wire_value any;
    struct wire_value info;
    struct wire_value text;

    reply->code = (int)wire_number(status->data, status->size, 1);
    if (wire_get(status->data, status->size, 2, 0, &text)) {
        copy_text(&text, reply->message, sizeof reply->message);
    }
    if (wire_get(status->data, status->size, 3, 0, &any) &&
        wire_get(any.data, any.size, 2, 0, &info) &&
        wire_get(info.data, info.size, 1, 0, &text)) {
        copy_text(&text, reply->reason, sizeof reply->reason);
    }
}

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

size_t wire_take_reply(const uint8_t *data, size_t size, struct wire_reply *ret_reply)
{
    struct wire_value part;
    uint32_t length;

    *ret_reply = (struct wire_reply){0};
    if (size < HEADER) {
        return 0;
    }
    length = get_u32(data);
    if (size - HEADER < length || (data[8] == 2 ? data[9] != 0 : data[8] != 3)) {
        return 0;
    }
    ret_reply->stream = get_u32(data + 4);
    ret_reply->type = data[8];
    ret_reply->flags = data[9];
    if (data[8] == 3) {
        ret_reply->payload = data + HEADER;
        ret_reply->payload_size = length;
        return HEADER + length;
    }
    if (wire_get(data + HEADER, length, 1, 0, &part)) {
        take_status(&part, ret_reply);
    }
    if (wire_get(data + HEADER, length, 2, 0, &part)) {
        ret_reply->payload = part.data;
        ret_reply->payload_size = part.size;
    }
    return HEADER + length;
}
