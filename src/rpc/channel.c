/* SPDX-License-Identifier: MIT */
/* channel.c: bytes to wire frames, flow control, and the end of a channel. */
#include "rpc/channel.h"

#include "base/check.h"
#include "rpc/call.h"
#include "rpc/request.h"
#include "wire/message.h"

/* Above it no more frames are taken; one reply more may be added to it. */
#define OUTPUT_HIGH_WATER ((size_t)256 << 10)
/* What may be kept for a session that is busy. */
#define IN_FLIGHT_MAX     128u
#define WAITING_BYTES_MAX ((size_t)1 << 20)
/* A turn ends when its frames have cost so much: 1 each, and 1 for every 256 bytes. */
#define TURN_COST  256u
#define COST_BYTES 256u
/* An empty buffer of at most this size is kept from turn to turn. */
#define BUFFER_KEPT ((size_t)64 << 10)

enum hd_status hd_channel_new(struct hd_hub *hub, struct hd_heap *preferred,
                              hd_channel_woken_cb woken, void *ctx,
                              struct hd_channel **ret_channel)
{
    struct hd_channel *channel = hd_alloc_zeroed(hub->options.allocator, sizeof *channel);

    if (channel == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    channel->hub = hub;
    channel->preferred = preferred == NULL ? hub->heaps[0] : preferred;
    channel->woken = woken;
    channel->ctx = ctx;
    channel->hungry = true;
    hd_buf_init(&channel->input, hub->options.allocator);
    hd_buf_init(&channel->output, hub->options.allocator);
    hd_list_init(&channel->waiting);
    hd_list_init(&channel->outside);
    hd_list_init(&channel->awake);
    hd_list_init(&channel->link);
    hd_list_push_back(&hub->open, &channel->link);
    hub->channels++;
    *ret_channel = channel;
    return HD_OK;
}

static void free_channel(struct hd_channel *channel)
{
    struct hd_hub *hub = channel->hub;

    HD_CHECK(channel->in_flight == 0 && hd_list_is_empty(&channel->waiting));
    hd_buf_fini(&channel->input);
    hd_buf_fini(&channel->output);
    hd_list_unlink(&channel->link);
    hub->channels--;
    hub->ending--;
    hd_free(hub->options.allocator, channel, sizeof *channel);
}

/* More frames may be begun [rpc.inv.bounded]. */
static bool may_take(const struct hd_channel *channel)
{
    return !channel->ended && !channel->broken &&
           hd_buf_size(&channel->output) < OUTPUT_HIGH_WATER &&
           channel->in_flight < IN_FLIGHT_MAX && channel->waiting_bytes < WAITING_BYTES_MAX;
}

/* Nothing that comes is looked at any more. */
static void end_input(struct hd_channel *channel)
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
        channel->last_stream = frame->stream;
        hd_request_take(channel, frame);
        if (frame->stream == UINT32_MAX) {
            end_input(channel); /* the ids are used up: a new connection begins again */
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
    end_input(channel);
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

/* Takes one frame, and says what it cost; 0: there is no whole one. */
static unsigned take_one(struct hd_channel *channel, struct hd_bytes *fed)
{
    struct hd_ttrpc_frame frame;
    bool kept;

    skip(channel, fed);
    if (hd_buf_size(&channel->input) + fed->size == 0) {
        return 0;
    }
    if (!channel->sniffed && !sniff(channel, (uint8_t)fed->data[0])) {
        return 0;
    }
    switch (next_frame(channel, fed, &frame, &kept)) {
    case HD_FRAME_READY:
        take_frame(channel, &frame);
        pass(channel, fed, kept, HD_TTRPC_HEADER_BYTES + frame.size);
        return 1 + frame.size / COST_BYTES;
    case HD_FRAME_TOO_BIG:
        refuse_size(channel, &frame);
        pass(channel, fed, kept, HD_TTRPC_HEADER_BYTES);
        channel->discard = frame.size;
        return 1;
    case HD_FRAME_GARBAGE:
        refuse_size(channel, &frame);
        end_input(channel);
        return 0;
    default:
        return 0;
    }
}

/* Takes frames until the turn is used up, no whole one is left, or no more may
 * be taken; keeps the rest of fed. */
static enum hd_status work(struct hd_channel *channel, struct hd_bytes fed)
{
    unsigned cost = 0;

    channel->hungry = false;
    while (may_take(channel) && (cost < TURN_COST || channel->closed)) {
        unsigned one = take_one(channel, &fed);

        if (one == 0) {
            channel->hungry = true;
            break;
        }
        cost += one;
    }
    if (hd_buf_size(&channel->input) + fed.size == 0) {
        channel->hungry = true;
    }
    if (channel->ended || channel->broken) {
        end_input(channel);
        return channel->broken ? HD_RESOURCE_EXHAUSTED : HD_OK;
    }
    hd_buf_trim(&channel->input, BUFFER_KEPT);
    return hd_buf_append(&channel->input, fed.data, fed.size);
}

enum hd_status hd_channel_feed(struct hd_channel *channel, const void *data, size_t size)
{
    HD_CHECK(!channel->closed && !channel->eof);
    if (channel->ended || size == 0) {
        return HD_OK;
    }
    return work(channel, (struct hd_bytes){data, size});
}

void hd_channel_feed_end(struct hd_channel *channel)
{
    channel->eof = true;
    hd_wait_wind_up(channel);
}

/* Frames are left, and may be taken. */
static bool has_frames(const struct hd_channel *channel)
{
    return !channel->hungry && may_take(channel);
}

void hd_channel_turn(struct hd_channel *channel)
{
    hd_wait_turn(channel);
    if (has_frames(channel)) {
        (void)work(channel, (struct hd_bytes){"", 0}); /* keeps nothing: cannot fail */
    }
}

bool hd_channel_wants_turn(const struct hd_channel *channel)
{
    return has_frames(channel) || hd_wait_wants_turn(channel);
}

bool hd_channel_wants_input(const struct hd_channel *channel)
{
    return channel->hungry && !channel->eof && may_take(channel);
}

bool hd_channel_is_finished(const struct hd_channel *channel)
{
    return (channel->ended || (channel->eof && channel->hungry)) && channel->in_flight == 0 &&
           channel->outside_count == 0;
}

bool hd_channel_is_idle(const struct hd_channel *channel)
{
    return channel->in_flight == 0 && channel->outside_count == 0 &&
           !hd_channel_wants_turn(channel);
}

bool hd_channel_is_broken(const struct hd_channel *channel)
{
    return channel->broken;
}

struct hd_channel *hd_channel_find(const struct hd_hub *hub, const struct hd_heap *heap,
                                   uint64_t session)
{
    HD_LIST_FOREACH (element, &hub->open) {
        struct hd_channel *channel = HD_CONTAINER_OF(element, struct hd_channel, link);

        if (channel->session != NULL && channel->heap == heap &&
            hd_session_number(channel->session) == session) {
            return channel;
        }
    }
    return NULL;
}

void hd_channel_break(struct hd_channel *channel)
{
    if (!channel->closed) {
        channel->broken = true;
        channel->woken(channel, channel->ctx);
    }
}

struct hd_buf *hd_channel_output(struct hd_channel *channel)
{
    return &channel->output;
}

void hd_channel_trim(struct hd_channel *channel, size_t keep)
{
    hd_buf_trim(&channel->input, keep);
    hd_buf_trim(&channel->output, keep);
}

static void on_gone(struct hd_op *op, void *ctx)
{
    (void)op;
    free_channel(ctx);
}

/* Of a closed channel: takes what has arrived; after the last call the session ends. */
static void wind_up(struct hd_channel *channel)
{
    if (!channel->hungry) {
        (void)work(channel, (struct hd_bytes){"", 0});
    }
    if (channel->in_flight > 0) {
        return; /* its end comes through hd_channel_go_on */
    }
    if (channel->session == NULL) {
        free_channel(channel);
        return;
    }
    hd_op_init(&channel->farewell, HD_OP_SESSION_END, channel->session);
    channel->farewell.finished = on_gone;
    channel->farewell.ctx = channel;
    if (hd_heap_do(channel->heap, &channel->farewell) == HD_DONE) {
        free_channel(channel);
    }
}

void hd_channel_close(struct hd_channel *channel)
{
    HD_CHECK(!channel->closed);
    channel->closed = true;
    channel->broken = false; /* nobody is left to be answered */
    channel->hub->ending++;
    hd_buf_consume(&channel->output, hd_buf_size(&channel->output));
    hd_buf_trim(&channel->output, 0);
    hd_wait_drop(channel);
    wind_up(channel);
}

void hd_channel_go_on(struct hd_channel *channel)
{
    if (channel->closed) {
        wind_up(channel);
    } else {
        channel->woken(channel, channel->ctx);
    }
}
