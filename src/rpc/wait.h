/* SPDX-License-Identifier: MIT */
/* wait.h: calls that wait for others: unary ones, answered when there is something to answer or
 * when their time is up, and streams, which stay and answer again and again.
 *
 * They take effect on arrival, outside the order of their session, and hold nothing back
 * [rpc.inv.outside].  A method is one of them by its layout: `wait`, or `streams`.  Its `fill`
 * judges the request, and may leave something in wait.state; its `answer` is asked on arrival
 * and whenever the call has been woken.  It fills the response; or finds nothing, says
 * hd_wait_for, and puts the mark on the list of what it waits for.  What a unary call's
 * response has then is the answer if its time is up.
 *
 * A call that waits has its scratch, a mark in the heap and perhaps a timer in the hub; nothing
 * is done for it until one of these wakes it.  While its peer does not read it is not asked.
 * Design note: docs/design/rpc.md. */
#ifndef HD_RPC_WAIT_H
#define HD_RPC_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/timers.h"
#include "heap/waiter.h"
#include "wire/message.h"

struct hd_call;
struct hd_channel;
struct hd_hub;

/* Of one channel, streams included. */
#define HD_WAITS_MAX 32u
/* Milliseconds that a unary call may ask to wait. */
#define HD_WAIT_MS_MAX 3600000u

/* Part of a call. */
struct hd_wait {
    struct hd_list link;            /* asleep in the hub, or awake in the channel */
    struct hd_waiter *mark;         /* where it waits; NULL: answer() has found something */
    struct hd_timer timer;          /* in the hub, at the call's deadline */
    struct hd_scratch_mark request; /* what is in scratch behind it is of one response */
    void *state;                    /* the method's own, in scratch */
    bool awake;
    bool follows; /* its operation goes first: set by fill() */
};

/* For answer(): there is nothing yet.  mark is the method's, in wait.state; it is initialised
 * here, and then put on a list by the caller. */
void hd_wait_for(struct hd_call *call, struct hd_waiter *mark);

/* For request.c: takes the call over. */
void hd_wait_begin(struct hd_call *call);

/* For fill() of a method whose calls may wait when their operation is done: so long, at most;
 * mark as above.  BAD_ARGUMENT, LIMIT_CALLS. */
enum hd_status hd_wait_afterwards(struct hd_call *call, uint32_t wait_ms,
                                  struct hd_waiter *mark);
/* For request.c: it is; takes the call over.  Where the mark is by now is the operation's. */
void hd_wait_follow(struct hd_call *call);

/* For channel.c.
 *
 * Asks calls that are awake: a turn's worth, and only while the output is low. */
void hd_wait_turn(struct hd_channel *channel);
bool hd_wait_wants_turn(const struct hd_channel *channel);
/* The call on this stream, or NULL. */
struct hd_call *hd_wait_find(const struct hd_channel *channel, uint32_t stream);
/* A frame of data.  False: no stream of this number is open. */
bool hd_wait_take_data(struct hd_channel *channel, const struct hd_ttrpc_frame *frame);
/* The peer sends no more: they end with what there is. */
void hd_wait_wind_up(struct hd_channel *channel);
/* The peer is gone: they end without a word. */
void hd_wait_drop(struct hd_channel *channel);

/* For hub.c: all of them end with what there is; those do whose time is up. */
void hd_wait_drain(struct hd_hub *hub);
void hd_wait_expire(struct hd_hub *hub);

#endif
