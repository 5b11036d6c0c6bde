/* SPDX-License-Identifier: MIT */
/* receive.c: bytes to answered batches, and to the messages of streams. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "framing.h"
#include "message_stream.h"
#include "reply.h"

/* What was not written to its last byte was not carried out; of the rest nothing is known. */
static void lose_batch(struct heapd_client *client, struct heapd_batch *batch)
{
    struct heapd_lost *lost = &client->again.lost;
    bool written = batch->ends_at <= client->stream.written;

    if (batch->release) {
        lost->releases += hdc_releases_holds(batch);
    } else if (written) {
        lost->requests++;
    } else {
        lost->unsent++;
    }
    hdc_reply_fail(batch, client->lost.code, written ? client->lost.reason : "NOT_SENT",
                   client->lost.message);
    hdc_client_settle(client, batch);
}

void hdc_client_lose(struct heapd_client *client, const char *reason, const char *message)
{
    if (client->lost.code != HEAPD_OK) {
        return;
    }
    (void)hdc_fail_text(&client->lost, HEAPD_UNAVAILABLE, reason, message);
    client->again.lost = (struct heapd_lost){.error = client->lost};
    while (client->sent.first != NULL) {
        lose_batch(client, client->sent.first);
    }
    hdc_buffer_clear(&client->stream.out);
    hdc_releases_lose(client, &client->lost);
    client->expiry.none = true;
    client->again.lost.streams =
        hdc_messages_end_all(client, HEAPD_UNAVAILABLE, reason, message);
    hdc_reconnect_plan(client);
}

static void on_response(struct heapd_client *client, const struct hdc_frame *frame)
{
    struct heapd_batch *batch = hdc_client_find(client, frame->stream);
    struct heapd_stream *stream = hdc_messages_find(client, frame->stream);

    if (stream != NULL) {
        hdc_messages_take(stream, frame);
    }
    if (batch == NULL) {
        return; /* a stream's, or nobody waits for it any more */
    }
    if (frame->type == HDC_TYPE_RESPONSE) {
        hdc_reply_decode(batch, frame->data, frame->size);
    } else if (frame->type == HDC_TYPE_DATA) {
        hdc_reply_fail(batch, HEAPD_INTERNAL, "BAD_REPLY",
                       "the daemon answered a call with a stream");
    } else {
        return; /* of a type this version does not know */
    }
    hdc_client_settle(client, batch);
}

/* Refuses the answer and stays in step: its bytes are dropped as they come. */
static void on_too_big(struct heapd_client *client, const struct hdc_frame *frame)
{
    struct heapd_batch *batch = hdc_client_find(client, frame->stream);
    struct heapd_stream *stream = hdc_messages_find(client, frame->stream);
    size_t whole = (size_t)frame->size + HDC_FRAME_HEADER;
    size_t here = hdc_buffer_size(&client->stream.in);
    char message[96];

    here = here < whole ? here : whole;
    hdc_buffer_consume(&client->stream.in, here);
    client->stream.skip = whole - here;
    (void)snprintf(message, sizeof(message), "the answer has %u bytes, more than %u",
                   frame->size, HDC_MAX_FRAME);
    if (stream != NULL) {
        hdc_messages_break(stream, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_SIZE", message);
    }
    if (batch != NULL) {
        hdc_reply_fail(batch, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_SIZE", message);
        hdc_client_settle(client, batch);
    }
}

static void handle_frames(struct heapd_client *client)
{
    struct hdc_buffer *in = &client->stream.in;
    struct hdc_frame frame;

    while (hdc_buffer_size(in) > 0) {
        switch (hdc_frame_parse(hdc_buffer_front(in), hdc_buffer_size(in), &frame)) {
        case HDC_FRAME_READY:
            on_response(client, &frame);
            hdc_buffer_consume(in, HDC_FRAME_HEADER + (size_t)frame.size);
            break;
        case HDC_FRAME_TOO_BIG:
            on_too_big(client, &frame);
            break;
        case HDC_FRAME_NEED_MORE:
            return;
        case HDC_FRAME_GARBAGE:
            hdc_client_lose(client, "BAD_REPLY",
                            "what answers there is no heapd: it does not speak ttrpc");
            hdc_buffer_clear(in);
            return;
        }
    }
}

int hdc_client_exchange(struct heapd_client *client, struct heapd_error *error)
{
    int status = 0;

    hdc_releases_try(client);
    if (client->lost.code == HEAPD_OK) {
        int written = hdc_stream_write(&client->stream);

        status = hdc_stream_read(&client->stream); /* also what came before a failure */
        handle_frames(client);
        if (status == 0) {
            status = written;
        }
    }
    if (status == HDC_STREAM_END) {
        hdc_client_lose(client, "CONNECTION_LOST", "the daemon closed the connection");
    } else if (status != 0) {
        hdc_client_lose(client, "CONNECTION_LOST", strerror(status));
    }
    if (client->lost.code != HEAPD_OK) {
        return hdc_fail_text(error, client->lost.code, client->lost.reason,
                             client->lost.message);
    }
    hdc_client_expire(client);
    return HEAPD_OK;
}

/* The earlier one. */
static const struct hdc_deadline *sooner(const struct hdc_deadline *a,
                                         const struct hdc_deadline *b)
{
    return a->none || (!b->none && b->at_ns < a->at_ns) ? b : a;
}

int hdc_client_turn(struct heapd_client *client, const struct hdc_deadline *deadline,
                    struct heapd_error *error)
{
    int status = 0;

    hdc_releases_try(client);
    if (client->lost.code == HEAPD_OK) {
        status = hdc_stream_wait(&client->stream, sooner(deadline, &client->expiry));
    }
    if (status == ETIMEDOUT && !hdc_deadline_passed(deadline)) {
        status = 0; /* a request's time is up, not the caller's */
    }
    if (status == ETIMEDOUT) {
        return hdc_fail(error, HEAPD_DEADLINE_EXCEEDED, "", "no answer within %d ms",
                        client->timeout_ms);
    }
    if (status != 0) {
        hdc_client_lose(client, "CONNECTION_LOST", strerror(status));
    }
    return hdc_client_exchange(client, error);
}
