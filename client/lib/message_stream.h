/* SPDX-License-Identifier: MIT */
/* message_stream.h: the inside of struct heapd_stream: a call that is answered again and again.
 *
 * Messages are kept as they came until they are asked for, up to a limit: beyond it the stream
 * ends, since what comes cannot be held back [client.req.peer].  (stream.h is a socket.) */
#ifndef HEAPD_CLIENT_MESSAGE_STREAM_H
#define HEAPD_CLIENT_MESSAGE_STREAM_H

#include <heapd/client.h>

#include "buffer.h"
#include "framing.h"
#include "method.h"
#include "workspace.h"

/* Bytes of messages that nobody has asked for. */
#define HDC_UNREAD_MAX ((size_t)8 << 20)

struct heapd_stream {
    struct heapd_client *client; /* NULL: was closed */
    struct heapd_stream *next;   /* of the client's */
    struct heapd_stream *previous;
    uint32_t number;
    enum hdc_method_id method;
    bool ended;
    struct heapd_error error; /* how; comes behind what is unread */

    struct hdc_buffer unread; /* messages, each behind its size */
    struct hdc_workspace space;
    const ProtobufCMessage *message; /* in space: the one being read; NULL: none */
    size_t position;                 /* in it, of the reader's */
};

/* Sends the request; payload is packed here.  *ret_stream is to be closed. */
int hdc_messages_open(struct heapd_client *client, enum hdc_method_id method,
                      const ProtobufCMessage *request, struct heapd_stream **ret_stream,
                      struct heapd_error *error);

/* The next message into stream->message.  False: none is there, or the last one was read. */
bool hdc_messages_next(struct heapd_stream *stream);

/* Waits until hdc_messages_next has one, at most as long as any call.  Else the code of why:
 * DEADLINE_EXCEEDED, or how the stream ended. */
int hdc_messages_await(struct heapd_stream *stream, struct heapd_error *error);

/* For receive.c and open.c. */
struct heapd_stream *hdc_messages_find(const struct heapd_client *client, uint32_t number);
/* A frame of response or data for it. */
void hdc_messages_take(struct heapd_stream *stream, const struct hdc_frame *frame);
/* It cannot go on: the daemon is told so, and the reader, behind what is unread. */
void hdc_messages_break(struct heapd_stream *stream, int code, const char *reason,
                        const char *message);
/* All streams of the client end so.  How many that had not ended. */
size_t hdc_messages_end_all(struct heapd_client *client, int code, const char *reason,
                            const char *message);
/* The client is being closed: its streams are their owners' alone. */
void hdc_messages_abandon(struct heapd_client *client);

#endif
