/* SPDX-License-Identifier: MIT */
/* message_stream.c: opening, what comes, reading, and the end. */
#include "message_stream.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "reply.h"

#define SPACE_MAX ((size_t)64 << 20) /* that a decoded message may take */

static void unlink_stream(struct heapd_stream *stream)
{
    struct heapd_client *client = stream->client;

    if (stream->previous != NULL) {
        stream->previous->next = stream->next;
    } else {
        client->streams = stream->next;
    }
    if (stream->next != NULL) {
        stream->next->previous = stream->previous;
    }
    stream->next = NULL;
    stream->previous = NULL;
    stream->client = NULL;
}

/* Nothing more comes for it. */
static void end(struct heapd_stream *stream, int code, const char *reason, const char *message)
{
    if (!stream->ended) {
        stream->ended = true;
        (void)hdc_fail_text(&stream->error, code, reason, message);
    }
}

static struct heapd_stream *new_stream(struct heapd_client *client, enum hdc_method_id method)
{
    struct heapd_stream *stream = calloc(1, sizeof(*stream));

    if (stream == NULL) {
        return NULL;
    }
    stream->client = client;
    stream->method = method;
    hdc_workspace_init(&stream->space, SPACE_MAX);
    stream->next = client->streams;
    if (stream->next != NULL) {
        stream->next->previous = stream;
    }
    client->streams = stream;
    return stream;
}

static bool send_request(struct heapd_stream *stream, const ProtobufCMessage *request)
{
    size_t size = protobuf_c_message_get_packed_size(request);
    uint8_t *packed = hdc_workspace_take(&stream->space, size);
    struct hdc_outgoing outgoing = {
        .method = stream->method,
        .payload = {size, packed},
        .timeout_ms = -1,
        .flags = HDC_FLAG_REMOTE_OPEN, /* so that it can be closed */
    };

    if (packed == NULL) {
        return false;
    }
    (void)protobuf_c_message_pack(request, packed);
    return hdc_client_append(stream->client, &outgoing, &stream->number);
}

int hdc_messages_open(struct heapd_client *client, enum hdc_method_id method,
                      const ProtobufCMessage *request, struct heapd_stream **ret_stream,
                      struct heapd_error *error)
{
    int code = hdc_client_make_room(client, error);
    struct heapd_stream *stream;

    if (code == HEAPD_OK) {
        code = hdc_releases_send(client, error);
    }
    if (code != HEAPD_OK) {
        return code;
    }
    stream = new_stream(client, method);
    if (stream == NULL || !send_request(stream, request)) {
        heapd_stream_close(stream);
        return hdc_fail_memory(error);
    }
    (void)hdc_stream_write(&client->stream); /* the next turn finds out what fails here */
    *ret_stream = stream;
    return HEAPD_OK;
}

/* Tells the daemon that no more is wanted. */
static void send_end(struct heapd_client *client, uint32_t number)
{
    uint8_t *at = hdc_buffer_reserve(&client->stream.out, HDC_FRAME_HEADER);

    if (at != NULL) { /* else it ends with the connection */
        hdc_frame_header(at, 0, number, HDC_TYPE_DATA,
                         HDC_FLAG_REMOTE_CLOSED | HDC_FLAG_NO_DATA);
        hdc_buffer_commit(&client->stream.out, HDC_FRAME_HEADER);
        (void)hdc_stream_write(&client->stream);
    }
}

HEAPD_API void heapd_stream_close(struct heapd_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (stream->client != NULL) {
        if (!stream->ended && stream->number != 0) {
            send_end(stream->client, stream->number);
        }
        unlink_stream(stream);
    }
    hdc_buffer_fini(&stream->unread);
    hdc_workspace_fini(&stream->space);
    free(stream);
}

struct heapd_stream *hdc_messages_find(const struct heapd_client *client, uint32_t number)
{
    struct heapd_stream *stream = client->streams;

    while (stream != NULL && stream->number != number) {
        stream = stream->next;
    }
    return stream;
}

void hdc_messages_break(struct heapd_stream *stream, int code, const char *reason,
                        const char *message)
{
    if (!stream->ended && stream->client != NULL) {
        send_end(stream->client, stream->number);
    }
    end(stream, code, reason, message);
}

static void keep(struct heapd_stream *stream, const struct hdc_frame *frame)
{
    size_t size = sizeof(frame->size) + frame->size;
    uint8_t *to = NULL;

    if (hdc_buffer_size(&stream->unread) <= HDC_UNREAD_MAX) {
        to = hdc_buffer_reserve(&stream->unread, size);
    }
    if (to == NULL) {
        hdc_messages_break(
            stream, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY",
            "the stream's messages were not read, and there is no room for more");
        return;
    }
    memcpy(to, &frame->size, sizeof(frame->size));
    if (frame->size > 0) {
        memcpy(to + sizeof(frame->size), frame->data, frame->size);
    }
    hdc_buffer_commit(&stream->unread, size);
}

void hdc_messages_take(struct heapd_stream *stream, const struct hdc_frame *frame)
{
    struct heapd_error error;

    if (stream->ended) {
        return;
    }
    if (frame->type == HDC_TYPE_RESPONSE) {
        (void)hdc_reply_read_error(frame->data, frame->size, &error);
        end(stream, error.code, error.reason, error.message);
        return;
    }
    if ((frame->flags & HDC_FLAG_NO_DATA) == 0) {
        keep(stream, frame);
    }
    if ((frame->flags & HDC_FLAG_REMOTE_CLOSED) != 0) {
        end(stream, HEAPD_CANCELLED, "STREAM_END", "the daemon has ended the stream");
    }
}

size_t hdc_messages_end_all(struct heapd_client *client, int code, const char *reason,
                            const char *message)
{
    size_t ended = 0;

    for (struct heapd_stream *stream = client->streams; stream != NULL; stream = stream->next) {
        ended += !stream->ended;
        end(stream, code, reason, message);
        stream->number = 0; /* the next connection counts from the start */
    }
    return ended;
}

void hdc_messages_abandon(struct heapd_client *client)
{
    (void)hdc_messages_end_all(client, HEAPD_CANCELLED, "", "the client was closed");
    while (client->streams != NULL) {
        unlink_stream(client->streams);
    }
}

bool hdc_messages_next(struct heapd_stream *stream)
{
    uint32_t size;

    stream->message = NULL;
    stream->position = 0;
    hdc_workspace_reset(&stream->space);
    if (hdc_buffer_size(&stream->unread) == 0) {
        return false;
    }
    memcpy(&size, hdc_buffer_front(&stream->unread), sizeof(size));
    stream->message = protobuf_c_message_unpack(
        hdc_method(stream->method)->response, &stream->space.allocator, size,
        hdc_buffer_front(&stream->unread) + sizeof(size));
    hdc_buffer_consume(&stream->unread, sizeof(size) + size);
    if (stream->message == NULL) {
        if (stream->space.starved) {
            hdc_messages_break(stream, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY",
                               "there is no memory for a message of the stream");
        } else {
            hdc_messages_break(stream, HEAPD_INTERNAL, "BAD_REPLY",
                               "a message of the stream cannot be decoded");
        }
        hdc_buffer_clear(&stream->unread);
    }
    return stream->message != NULL;
}

HEAPD_API int heapd_stream_status(const struct heapd_stream *stream, struct heapd_error *error)
{
    if (!stream->ended || stream->message != NULL || hdc_buffer_size(&stream->unread) > 0) {
        return HEAPD_OK;
    }
    return hdc_fail_text(error, stream->error.code, stream->error.reason,
                         stream->error.message);
}

int hdc_messages_await(struct heapd_stream *stream, struct heapd_error *error)
{
    struct hdc_deadline deadline;
    struct heapd_error failure;
    int code = HEAPD_OK;

    if (hdc_messages_next(stream)) {
        return HEAPD_OK;
    }
    if (!stream->ended) {
        deadline = hdc_deadline_in(stream->client->timeout_ms);
        (void)hdc_stream_write(&stream->client->stream);
        while (code != HEAPD_DEADLINE_EXCEEDED && !stream->ended) {
            code = hdc_client_turn(stream->client, &deadline, &failure);
            if (hdc_messages_next(stream)) {
                return HEAPD_OK;
            }
        }
    }
    if (!stream->ended) {
        return hdc_fail_text(error, code, failure.reason, failure.message);
    }
    return hdc_fail_text(error, stream->error.code, stream->error.reason,
                         stream->error.message);
}
