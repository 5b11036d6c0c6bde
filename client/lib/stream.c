/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 65536u
#define TURN  (16u * CHUNK) /* read at most so much before looking at it */

int hdc_stream_write(struct hdc_stream *stream)
{
    while (hdc_buffer_size(&stream->out) > 0) {
        ssize_t n = send(stream->fd, hdc_buffer_front(&stream->out),
                         hdc_buffer_size(&stream->out), MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n >= 0) {
            hdc_buffer_consume(&stream->out, (size_t)n);
            stream->written += (uint64_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return 0;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static void drop_skipped(struct hdc_stream *stream)
{
    size_t size = hdc_buffer_size(&stream->in);

    if (stream->skip > 0) {
        size = size < stream->skip ? size : stream->skip;
        stream->skip -= size;
        hdc_buffer_consume(&stream->in, size);
    }
}

int hdc_stream_read(struct hdc_stream *stream)
{
    for (size_t total = 0; total < TURN;) {
        uint8_t *room = hdc_buffer_reserve(&stream->in, CHUNK);
        ssize_t n;

        if (room == NULL) {
            return ENOMEM;
        }
        n = recv(stream->fd, room, CHUNK, MSG_DONTWAIT);
        if (n == 0) {
            return HDC_STREAM_END;
        }
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
        }
        hdc_buffer_commit(&stream->in, (size_t)n);
        drop_skipped(stream);
        if ((size_t)n < CHUNK) {
            return 0;
        }
        total += (size_t)n;
    }
    return 0;
}

int hdc_stream_wait(const struct hdc_stream *stream, const struct hdc_deadline *deadline)
{
    struct pollfd poller = {.fd = stream->fd, .events = POLLIN};
    int n;

    if (hdc_buffer_size(&stream->out) > 0) {
        poller.events |= POLLOUT;
    }
    do {
        n = poll(&poller, 1, hdc_deadline_left_ms(deadline));
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return errno;
    }
    return n == 0 ? ETIMEDOUT : 0;
}

uint64_t hdc_stream_position(const struct hdc_stream *stream)
{
    return stream->written + hdc_buffer_size(&stream->out);
}

void hdc_stream_close(struct hdc_stream *stream)
{
    if (stream->fd >= 0) {
        (void)close(stream->fd);
        stream->fd = -1;
    }
    hdc_buffer_fini(&stream->in);
    hdc_buffer_fini(&stream->out);
}
