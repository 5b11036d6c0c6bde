/* SPDX-License-Identifier: MIT */
/* stream.h: a socket with its two buffers.  Never waits but in hdc_stream_wait.
 * Its input begins with a frame, or is being skipped [client.inv.step]. */
#ifndef HEAPD_CLIENT_STREAM_H
#define HEAPD_CLIENT_STREAM_H

#include "buffer.h"
#include "deadline.h"

struct hdc_stream {
    int fd; /* owned */
    struct hdc_buffer in;
    struct hdc_buffer out;
    uint64_t written; /* bytes, so far */
    size_t skip;      /* bytes of a frame too big, still to come and be dropped */
};

#define HDC_STREAM_END (-1) /* the peer has closed */

/* Each: 0, HDC_STREAM_END or an errno value. */
int hdc_stream_write(struct hdc_stream *stream); /* what goes */
int hdc_stream_read(struct hdc_stream *stream);  /* what has come, up to about 1 MiB */

/* Until something can be read, or written if there is something to write.
 * ETIMEDOUT: the deadline passed. */
int hdc_stream_wait(const struct hdc_stream *stream, const struct hdc_deadline *deadline);

/* How many bytes have been written when all that is to be written now has been. */
uint64_t hdc_stream_position(const struct hdc_stream *stream);

void hdc_stream_close(struct hdc_stream *stream);

#endif
