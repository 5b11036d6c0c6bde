/* SPDX-License-Identifier: MIT */
/* ttrpc.h: ttrpc's frames: ten bytes, and what they announce.
 *
 * Frames are views of the caller's bytes; nothing is copied [wire.inv.view].  A frame that is
 * too long is known as soon as its header is there, before its data is waited
 * for.  What is in a frame is for envelope.h.  Design note: docs/design/wire.md. */
#ifndef HD_WIRE_TTRPC_H
#define HD_WIRE_TTRPC_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define HD_TTRPC_HEADER_BYTES ((size_t)10)
/* Data of one frame, the envelope included. */
#define HD_TTRPC_DATA_BYTES ((size_t)4 << 20)

enum hd_ttrpc_type {
    HD_TTRPC_REQUEST = 1,
    HD_TTRPC_RESPONSE = 2, /* the last of its stream */
    HD_TTRPC_DATA = 3,     /* a message of a stream, without an envelope */
};

enum hd_ttrpc_flag {
    HD_TTRPC_REMOTE_CLOSED = 1, /* who sent it sends no more on this stream */
    HD_TTRPC_REMOTE_OPEN = 2,   /* of a request: more may follow */
    HD_TTRPC_NO_DATA = 4,       /* of data: it is no message, not even an empty one */
};

struct hd_ttrpc_frame {
    uint32_t size; /* of the data */
    uint32_t stream;
    uint8_t type; /* hd_ttrpc_type, or anything */
    uint8_t flags;
    struct hd_bytes data; /* in the caller's bytes; READY only */
};

enum hd_frame_result {
    HD_FRAME_READY,     /* the whole frame is there: header and size bytes */
    HD_FRAME_NEED_MORE, /* come back with more bytes */
    HD_FRAME_TOO_BIG,   /* header known: size bytes of data are to be skipped */
    HD_FRAME_GARBAGE,   /* header known: no ttrpc, the stream is out of step */
};

/* *ret_frame is written unless NEED_MORE.  *ret_wanted: bytes still missing of
 * the frame (NEED_MORE), of the header first and then of the whole. */
enum hd_frame_result hd_ttrpc_parse(struct hd_bytes bytes, struct hd_ttrpc_frame *ret_frame,
                                    size_t *ret_wanted);

/* Writes the header of a frame with size bytes of data; flags: those above, or 0. */
void hd_ttrpc_put_header(uint8_t to[HD_TTRPC_HEADER_BYTES], uint32_t size, uint32_t stream,
                         enum hd_ttrpc_type type, unsigned flags);

#endif
