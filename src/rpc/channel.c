/* SPDX-License-Identifier: MIT */
/* channel.c: flow control, and the end of a channel. */
#include "rpc/channel.h"

#include "base/check.h"
#include "rpc/call.h"
#include "rpc/frames.h"
#include "rpc/request.h"
#include "rpc/wait.h"

/* Above it no more frames are taken; one reply more may be added to it. */
#define OUTPUT_HIGH_WATER ((size_t)256 << 10)
/* What may be kept for a session that is busy. */
#define IN_FLIGHT_MAX     128u
#define WAITING_BYTES_MAX ((size_t)1 << 20)
/* A turn ends when its frames have cost so much. */
#define TURN_COST 256u

static void enter(struct hd_channel *channel, struct hd_hub *hub)
{
    channel->hub = hub;
    hd_list_push_back(&hub->open, &channel->link);
    hub->channels++;
    if (channel->closed) {
        hub->ending++;
    } else {
        hd_tally_add(&hub->connections, 1);
    }
}

enum hd_status hd_channel_new(struct hd_hub *hub, const char *preferred,
                              hd_channel_woken_cb woken, void *ctx,
                              struct hd_channel **ret_channel)
{
    struct hd_channel *channel = hd_alloc_zeroed(hub->options.allocator, sizeof *channel);

    if (channel == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    channel->preferred = preferred;
    channel->woken = woken;
    channel->ctx = ctx;
    channel->hungry = true;
    hd_buf_init(&channel->input, hub->options.allocator);
    hd_buf_init(&channel->output, hub->options.allocator);
    hd_list_init(&channel->waiting);
    hd_list_init(&channel->outside);
    hd_list_init(&channel->awake);
    hd_list_init(&channel->link);
    enter(channel, hub);
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
    return !channel->ended && !channel->broken && !hd_channel_wants_move(channel) &&
           hd_buf_size(&channel->output) < OUTPUT_HIGH_WATER &&
           channel->in_flight < IN_FLIGHT_MAX && channel->waiting_bytes < WAITING_BYTES_MAX;
}

/* Takes frames until the turn is used up, no whole one is left, or no more may
 * be taken; keeps the rest of fed. */
static enum hd_status work(struct hd_channel *channel, struct hd_bytes fed)
{
    unsigned cost = 0;

    channel->hungry = false;
    while (may_take(channel) && (cost < TURN_COST || channel->closed)) {
        unsigned one = hd_frames_take_one(channel, &fed);

        if (one == 0) {
            channel->hungry = !hd_channel_wants_move(channel);
            break;
        }
        cost += one;
    }
    if (hd_buf_size(&channel->input) + fed.size == 0) {
        channel->hungry = true;
    }
    if (channel->ended || channel->broken) {
        hd_frames_end(channel);
        return channel->broken ? HD_RESOURCE_EXHAUSTED : HD_OK;
    }
    hd_buf_trim(&channel->input, HD_BUF_KEPT);
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

/* Of a closed channel: takes what has arrived; after the last call the session ends.  False:
 * what has arrived is for a heap of another loop. */
static bool wind_up(struct hd_channel *channel)
{
    if (!channel->hungry) {
        (void)work(channel, (struct hd_bytes){"", 0});
    }
    if (hd_channel_wants_move(channel)) {
        return false;
    }
    if (channel->in_flight > 0) {
        return true; /* its end comes through hd_channel_go_on */
    }
    if (channel->session == NULL) {
        free_channel(channel);
        return true;
    }
    hd_op_init(&channel->farewell, HD_OP_SESSION_END, channel->session);
    channel->farewell.finished = on_gone;
    channel->farewell.ctx = channel;
    if (hd_heap_do(channel->heap, &channel->farewell) == HD_DONE) {
        free_channel(channel);
    }
    return true;
}

bool hd_channel_close(struct hd_channel *channel)
{
    HD_CHECK(!channel->closed);
    channel->closed = true;
    channel->broken = false; /* nobody is left to be answered */
    channel->hub->ending++;
    hd_tally_add(&channel->hub->connections, -1);
    hd_buf_consume(&channel->output, hd_buf_size(&channel->output));
    hd_buf_trim(&channel->output, 0);
    hd_wait_drop(channel);
    return wind_up(channel);
}

bool hd_channel_wants_move(const struct hd_channel *channel)
{
    return channel->move_to != NULL && !channel->hub->draining;
}

uint32_t hd_channel_leave(struct hd_channel *channel)
{
    struct hd_hub *hub = channel->hub;
    uint32_t loop = channel->move_to->loop;

    HD_CHECK(channel->session == NULL && channel->in_flight == 0 &&
             channel->outside_count == 0);
    hd_list_unlink(&channel->link);
    hub->channels--;
    if (channel->closed) {
        hub->ending--;
    } else {
        hd_tally_add(&hub->connections, -1);
    }
    channel->move_to = NULL;
    channel->hub = NULL;
    return loop;
}

bool hd_channel_join(struct hd_channel *channel, struct hd_hub *hub)
{
    HD_CHECK(channel->hub == NULL && channel->input.allocator == hub->options.allocator);
    enter(channel, hub);
    return !channel->closed || wind_up(channel);
}

void hd_channel_go_on(struct hd_channel *channel)
{
    if (channel->closed) {
        (void)wind_up(channel); /* it is bound: it stays */
    } else {
        channel->woken(channel, channel->ctx);
    }
}
