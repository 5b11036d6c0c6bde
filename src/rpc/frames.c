/* SPDX-License-Identifier: MIT */
/* frames.c: bytes to wire frames, and each frame to who takes it. */
#include "rpc/frames.h"

#include "rpc/request.h"
#include "rpc/wait.h"
#include "wire/message.h"

/* What a frame costs beside 1: so many bytes 1 more. */
#define COST_BYTES 256u

void hd_frames_end(struct hd_channel *channel)
{
    channel->ended = true;
    channel->hungry = true;
    hd_buf_consume(&channel->input, hd_buf_size(&channel->input));
    hd_wait_wind_up(channel);
}

static void refuse(struct hd_channel *channel, uint32_t stream, enum hd_status status,
                   enum hd_reason reason, const char *text)
{
    struct hd_error error;

    (void)hd_fail(&error, status, reason, "%s", text);
    hd_request_refuse(channel, stream, &error);
}

static void refuse_size(struct hd_channel *channel, const struct hd_ttrpc_frame *frame)
{
    struct hd_error error;

    (void)hd_fail(&error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                  "message length %u exceed maximum message size of %zu", frame->size,
                  HD_TTRPC_DATA_BYTES);
    hd_request_refuse(channel, frame->stream, &error);
}

static void take_data(struct hd_channel *channel, const struct hd_ttrpc_frame *frame)
{
    if (!hd_wait_take_data(channel, frame)) {
        refuse(channel, frame->stream, HD_INVALID_ARGUMENT, HD_REASON_BAD_STREAM,
               hd_request_is_in_flight(channel, frame->stream)
                   ? "the stream is of a unary call and takes no data"
                   : "StreamID is no longer active");
    }
}

/* A whole frame. */
static void take_frame(struct hd_channel *channel, const struct hd_ttrpc_frame *frame)
{
    if (frame->type != HD_TTRPC_REQUEST && frame->type != HD_TTRPC_DATA) {
        channel->ignored++;
    } else if (frame->stream % 2 == 0) {
        refuse(channel, frame->stream, HD_INVALID_ARGUMENT, HD_REASON_BAD_STREAM,
               "StreamID must be odd for client initiated streams");
    } else if (frame->type == HD_TTRPC_DATA) {
        take_data(channel, frame);
    } else if (frame->stream <= channel->last_stream) {
        refuse(channel, frame->stream, HD_INVALID_ARGUMENT, HD_REASON_BAD_STREAM,
               "StreamID cannot be re-used and must increment");
    } else {
        hd_request_take(channel, frame);
        if (channel->move_to != NULL) {
            return;
        }
        channel->last_stream = frame->stream;
        if (frame->stream == UINT32_MAX) {
            hd_frames_end(channel); /* the ids are used up: a new connection begins again */
        }
    }
}

/* Drops what belongs to a frame that was too long. */
static void skip(struct hd_channel *channel, struct hd_bytes *fed)
{
    size_t kept = hd_buf_size(&channel->input);
    size_t n = channel->discard < kept ? channel->discard : kept;

    hd_buf_consume(&channel->input, n);
    channel->discard -= n;
    n = channel->discard < fed->size ? channel->discard : fed->size;
    fed->data += n;
    fed->size -= n;
    channel->discard -= n;
}

/* The first byte says who is there.  False: nobody we speak with. */
static bool sniff(struct hd_channel *channel, uint8_t first)
{
    enum hd_protocol protocol = hd_sniff(first);
    struct hd_bytes farewell = hd_sniff_farewell(protocol);

    channel->sniffed = true;
    if (farewell.size == 0) {
        return true; /* ttrpc, or garbage: the frame parser says so */
    }
    (void)hd_buf_append(&channel->output, farewell.data, farewell.size);
    hd_frames_end(channel);
    return false;
}

/* The next frame: of what is kept, filled up from what was fed; or straight of
 * what was fed.  *ret_kept says which. */
static enum hd_frame_result next_frame(struct hd_channel *channel, struct hd_bytes *fed,
                                       struct hd_ttrpc_frame *ret_frame, bool *ret_kept)
{
    struct hd_buf *input = &channel->input;
    size_t wanted = 0;

    *ret_kept = hd_buf_size(input) > 0;
    if (!*ret_kept) {
        return hd_ttrpc_parse(*fed, ret_frame, &wanted);
    }
    for (;;) {
        struct hd_bytes kept = {(const char *)hd_buf_front(input), hd_buf_size(input)};
        enum hd_frame_result result = hd_ttrpc_parse(kept, ret_frame, &wanted);

        wanted = wanted < fed->size ? wanted : fed->size;
        if (result != HD_FRAME_NEED_MORE || wanted == 0) {
            return result;
        }
        if (hd_buf_append(input, fed->data, wanted) != HD_OK) {
            channel->broken = true;
            return HD_FRAME_NEED_MORE;
        }
        fed->data += wanted;
        fed->size -= wanted;
    }
}

static void pass(struct hd_channel *channel, struct hd_bytes *fed, bool kept, size_t size)
{
    if (kept) {
        size_t there = hd_buf_size(&channel->input); /* less if the input has ended */

        hd_buf_consume(&channel->input, size < there ? size : there);
    } else {
        fed->data += size;
        fed->size -= size;
    }
}

unsigned hd_frames_take_one(struct hd_channel *channel, struct hd_bytes *fed)
{
    struct hd_ttrpc_frame frame;
    bool kept;

    if (channel->discard > 0) {
        skip(channel, fed);
    }
    if (hd_buf_size(&channel->input) + fed->size == 0) {
        return 0;
    }
    if (!channel->sniffed && !sniff(channel, (uint8_t)fed->data[0])) {
        return 0;
    }
    switch (next_frame(channel, fed, &frame, &kept)) {
    case HD_FRAME_READY:
        take_frame(channel, &frame);
        if (channel->move_to != NULL) {
            return 0;
        }
        pass(channel, fed, kept, HD_TTRPC_HEADER_BYTES + frame.size);
        return 1 + frame.size / COST_BYTES;
    case HD_FRAME_TOO_BIG:
        refuse_size(channel, &frame);
        pass(channel, fed, kept, HD_TTRPC_HEADER_BYTES);
        channel->discard = frame.size;
        return 1;
    case HD_FRAME_GARBAGE:
        refuse_size(channel, &frame);
        hd_frames_end(channel);
        return 0;
    default:
        return 0;
    }
}
