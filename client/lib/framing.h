/* SPDX-License-Identifier: MIT */
/* framing.h: ttrpc's ten bytes before every message, as a client needs them.
 *
 * Pure bytes.  Facts: proto/ttrpc/envelope.proto, docs/protocol.md. */
#ifndef HEAPD_CLIENT_FRAMING_H
#define HEAPD_CLIENT_FRAMING_H

#include <stddef.h>
#include <stdint.h>

#define HDC_FRAME_HEADER  10u
#define HDC_TYPE_REQUEST  1
#define HDC_TYPE_RESPONSE 2
#define HDC_TYPE_DATA     3

#define HDC_FLAG_REMOTE_CLOSED 1 /* who sent it sends no more on this stream */
#define HDC_FLAG_REMOTE_OPEN   2 /* of a request: more may follow */
#define HDC_FLAG_NO_DATA       4 /* of data: it is no message */

struct hdc_frame {
    uint32_t size; /* of the data */
    uint32_t stream;
    uint8_t type;
    uint8_t flags;
    const uint8_t *data; /* in the caller's bytes; NULL unless HDC_FRAME_READY */
};

enum hdc_frame_result {
    HDC_FRAME_READY,     /* header and data are there */
    HDC_FRAME_NEED_MORE, /* come back with more bytes */
    HDC_FRAME_TOO_BIG,   /* the header is there and says more than 4 MiB: skip the data */
    HDC_FRAME_GARBAGE,   /* no ttrpc: nothing that follows can be understood */
};

enum hdc_frame_result hdc_frame_parse(const uint8_t *bytes, size_t size,
                                      struct hdc_frame *ret_frame);

/* Writes the header of a request or of data. */
void hdc_frame_header(uint8_t to[HDC_FRAME_HEADER], uint32_t size, uint32_t stream,
                      uint8_t type, uint8_t flags);

#endif
