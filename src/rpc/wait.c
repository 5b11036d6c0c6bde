/* SPDX-License-Identifier: MIT */
/* wait.c: the life of a call that waits for others.
 *
 *   begun -> refused
 *         -> awake: is asked -> answered, and a stream stays awake
 *                            -> asleep: has found nothing; woken by its mark or its timer
 *                            -> ended */
#include "rpc/wait.h"

#include <string.h>

#include "base/check.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/request.h"

/* Above it nobody is asked: replies come before streams, and a reader that has stopped does
 * not make the output grow [rpc.inv.bounded]. */
#define OUTPUT_LOW_WATER ((size_t)64 << 10)
/* Asked in one turn. */
#define TURN_ASKS 64
#define NS_PER_MS UINT64_C(1000000)

/* Why a call does not go on waiting. */
enum end {
    END_NOT_YET,
    END_LATE,
    END_LEFT, /* the peer sends no more */
    END_DRAINING,
};

static struct hd_call *call_of(struct hd_list *link)
{
    return HD_CONTAINER_OF(link, struct hd_call, wait.link);
}

static enum end end_of(const struct hd_call *call)
{
    if (call->deadline_ns != 0 &&
        hd_clock_now_ns(call->hub->options.clock) >= call->deadline_ns) {
        return END_LATE;
    }
    if (call->channel->eof || call->channel->ended) {
        return END_LEFT;
    }
    return call->hub->draining ? END_DRAINING : END_NOT_YET;
}

static void wake(struct hd_call *call)
{
    if (call->wait.awake) {
        return;
    }
    call->wait.awake = true;
    hd_list_unlink(&call->wait.link);
    hd_list_push_back(&call->channel->awake, &call->wait.link);
    call->channel->woken(call->channel, call->channel->ctx);
}

static void on_mark(void *ctx)
{
    wake(ctx);
}

void hd_wait_for(struct hd_call *call, struct hd_waiter *mark)
{
    hd_waiter_init(mark, on_mark, call);
    call->wait.mark = mark;
}

static void leave_mark(struct hd_call *call)
{
    if (call->wait.mark != NULL) {
        hd_waiter_leave(call->wait.mark);
        call->wait.mark = NULL;
    }
}

static void fall_asleep(struct hd_call *call)
{
    call->wait.awake = false;
    hd_list_push_back(&call->hub->asleep, &call->wait.link);
    if (call->deadline_ns != 0 && !hd_timer_is_set(&call->wait.timer)) {
        hd_timers_add(&call->hub->timers, &call->wait.timer, call->deadline_ns);
    }
}

static void finish(struct hd_call *call)
{
    leave_mark(call);
    hd_timers_remove(&call->hub->timers, &call->wait.timer);
    hd_list_unlink(&call->wait.link);
    hd_list_unlink(&call->link);
    call->channel->outside_count--;
    hd_call_give(call);
}

/* The last of the call has been put into the output, or there was no memory for it. */
static void put(struct hd_call *call, enum hd_status status)
{
    hd_tally_add(&call->hub->requests, 1);
    if (status != HD_OK) {
        call->channel->broken = true;
    }
}

static void refuse(struct hd_call *call)
{
    put(call, hd_envelope_put_error(&call->channel->output, call->stream, &call->op.error));
    finish(call);
}

static void end_stream(struct hd_call *call, enum end why)
{
    if (why == END_LATE) {
        (void)hd_fail(&call->op.error, HD_DEADLINE_EXCEEDED, HD_REASON_DEADLINE,
                      "context deadline exceeded: the stream's time is up");
        refuse(call);
    } else if (why == END_DRAINING) {
        (void)hd_fail(&call->op.error, HD_UNAVAILABLE, HD_REASON_DRAINING,
                      "the daemon is shutting down and ends its streams");
        refuse(call);
    } else {
        put(call, hd_envelope_put_end(&call->channel->output, call->stream));
        finish(call);
    }
}

static void put_message(struct hd_call *call)
{
    if (hd_envelope_put_data(&call->channel->output, call->stream, call->response,
                             &call->op.error) != HD_OK) {
        refuse(call);
        return;
    }
    hd_list_push_back(&call->channel->awake, &call->wait.link); /* the others come first */
}

/* The call is awake, and on no list. */
static void ask(struct hd_call *call)
{
    bool streams = call->method->at.streams;
    enum end why = end_of(call);

    if (streams && why == END_LATE) {
        end_stream(call, why);
        return;
    }
    leave_mark(call);
    hd_scratch_rewind(&call->scratch, call->wait.request);
    if (hd_call_ask(call) != HD_OK) {
        refuse(call);
    } else if (call->wait.mark != NULL && why == END_NOT_YET) {
        fall_asleep(call);
    } else if (!streams) {
        put(call, hd_call_put(call, &call->channel->output));
        finish(call);
    } else if (call->wait.mark != NULL) {
        end_stream(call, why);
    } else {
        put_message(call);
    }
}

static enum hd_status judge_wait(struct hd_call *call, uint32_t wait_ms, unsigned others)
{
    if (wait_ms > HD_WAIT_MS_MAX) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "wait_ms %u is more than %u", wait_ms, HD_WAIT_MS_MAX);
    }
    if ((wait_ms > 0 || call->method->at.streams) && others >= HD_WAITS_MAX) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_CALLS,
                       "%u calls of this connection wait already; no more are allowed",
                       HD_WAITS_MAX);
    }
    return HD_OK;
}

static void wait_at_most(struct hd_call *call, uint32_t wait_ms)
{
    uint64_t until = hd_clock_now_ns(call->hub->options.clock) + wait_ms * NS_PER_MS;

    if (call->deadline_ns == 0 || until < call->deadline_ns) {
        call->deadline_ns = until;
    }
}

/* How long it may wait: as long as the request says, and no longer than its deadline. */
static enum hd_status judge(struct hd_call *call)
{
    const struct hd_layout *at = &call->method->at;
    uint32_t wait_ms = 0;

    if (at->wait != 0) {
        memcpy(&wait_ms, (const char *)call->request + at->wait, sizeof wait_ms);
        wait_at_most(call, wait_ms);
    }
    return judge_wait(call, wait_ms, call->channel->outside_count - 1);
}

static void take_over(struct hd_call *call)
{
    hd_list_init(&call->wait.link);
    hd_timer_init(&call->wait.timer);
    hd_list_push_back(&call->channel->outside, &call->link);
    call->channel->outside_count++;
}

void hd_wait_begin(struct hd_call *call)
{
    struct hd_channel *channel = call->channel;

    call->wait = (struct hd_wait){.awake = true};
    take_over(call);
    if (channel->closed) {
        finish(call); /* nobody is left to be answered */
    } else if (hd_call_prepare(call) != HD_OK || judge(call) != HD_OK) {
        refuse(call);
    } else {
        call->wait.request = hd_scratch_mark(&call->scratch);
        ask(call);
    }
}

enum hd_status hd_wait_afterwards(struct hd_call *call, uint32_t wait_ms,
                                  struct hd_waiter *mark)
{
    hd_waiter_init(mark, NULL, call);
    call->wait = (struct hd_wait){.awake = true, .mark = mark, .follows = true};
    wait_at_most(call, wait_ms);
    return judge_wait(call, wait_ms, call->channel->outside_count);
}

void hd_wait_follow(struct hd_call *call)
{
    take_over(call);
    call->wait.request = hd_scratch_mark(&call->scratch);
    if (call->channel->closed) {
        finish(call);
    } else {
        ask(call);
    }
}

bool hd_wait_wants_turn(const struct hd_channel *channel)
{
    return !channel->closed && !channel->broken && !hd_list_is_empty(&channel->awake) &&
           hd_buf_size(&channel->output) < OUTPUT_LOW_WATER;
}

void hd_wait_turn(struct hd_channel *channel)
{
    for (unsigned i = 0; i < TURN_ASKS && hd_wait_wants_turn(channel); i++) {
        struct hd_list *first = hd_list_first(&channel->awake);

        hd_list_unlink(first);
        ask(call_of(first));
    }
}

struct hd_call *hd_wait_find(const struct hd_channel *channel, uint32_t stream)
{
    HD_LIST_FOREACH (element, &channel->outside) {
        struct hd_call *call = HD_CONTAINER_OF(element, struct hd_call, link);

        if (call->stream == stream) {
            return call;
        }
    }
    return NULL;
}

bool hd_wait_take_data(struct hd_channel *channel, const struct hd_ttrpc_frame *frame)
{
    struct hd_call *call = hd_wait_find(channel, frame->stream);

    if (call == NULL || !call->method->at.streams) {
        return false;
    }
    if ((frame->flags & HD_TTRPC_REMOTE_CLOSED) != 0) {
        end_stream(call, END_LEFT);
    } else if ((frame->flags & HD_TTRPC_NO_DATA) == 0) {
        (void)hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_STREAM,
                      "the stream takes no data but the frame that closes it");
        refuse(call);
    }
    return true;
}

void hd_wait_wind_up(struct hd_channel *channel)
{
    HD_LIST_FOREACH (element, &channel->outside) {
        wake(HD_CONTAINER_OF(element, struct hd_call, link));
    }
}

void hd_wait_drop(struct hd_channel *channel)
{
    struct hd_list *first;

    while ((first = hd_list_first(&channel->outside)) != NULL) {
        finish(HD_CONTAINER_OF(first, struct hd_call, link));
    }
}

void hd_wait_drain(struct hd_hub *hub)
{
    struct hd_list *first;

    while ((first = hd_list_first(&hub->asleep)) != NULL) {
        wake(call_of(first));
    }
}

void hd_wait_expire(struct hd_hub *hub)
{
    struct hd_timer *first;
    uint64_t now;

    if (hd_timers_first(&hub->timers) == NULL) {
        return;
    }
    now = hd_clock_now_ns(hub->options.clock);
    while ((first = hd_timers_first(&hub->timers)) != NULL && first->at_ns <= now) {
        hd_timers_remove(&hub->timers, first);
        wake(HD_CONTAINER_OF(first, struct hd_call, wait.timer));
    }
}
