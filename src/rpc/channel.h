/* SPDX-License-Identifier: MIT */
/* channel.h: the face of the rpc layer: a connection without its socket.
 *
 * Bytes go in (feed), bytes come out (output); in between are wire frames,
 * calls and operations.  A channel owns a session, opened in a heap by its
 * first call for one, which ends with the channel.
 *
 * Order: calls of one session take effect in the order they arrived; while one
 * is being worked off in slices the later ones of that session wait, kept by
 * the channel, and calls for no session are answered meanwhile
 * [rpc.inv.order].  Calls that wait for others, and streams, are outside that
 * order (wait.h).  Bounds: no more frames are taken while the output is above
 * a high-water mark or too much waits [rpc.inv.bounded].
 *
 * Whoever drives it: feeds what was read while hd_channel_wants_input, gives it
 * turns while hd_channel_wants_turn, sends the output, closes it when
 * hd_channel_is_finished or when the connection breaks, and moves it to the hub of another loop
 * when hd_channel_wants_move.
 * Design note: docs/design/rpc.md. */
#ifndef HD_RPC_CHANNEL_H
#define HD_RPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"
#include "heap/heap.h"
#include "rpc/hub.h"

struct hd_call;
struct hd_channel;

/* The output has grown, or a turn is wanted, without a feed or a turn: work in
 * slices has come to its end, or a call that waits was woken.  May not close the channel from
 * inside. */
typedef void (*hd_channel_woken_cb)(struct hd_channel *channel, void *ctx);

/* Members are the rpc layer's own. */
struct hd_channel {
    struct hd_list link; /* among the hub's */
    struct hd_hub *hub;
    const char *preferred;         /* heap of calls that name none; NULL: the hub's first */
    const struct hd_home *move_to; /* its next frame is for this one, of another loop */
    struct hd_heap *heap;          /* the one it is bound to, or NULL */
    struct hd_session *session;
    hd_channel_woken_cb woken;
    void *ctx;

    struct hd_buf input;  /* what was fed and not taken yet */
    struct hd_buf output; /* replies */
    size_t discard;       /* bytes to skip: data of a frame that was too long */
    uint32_t last_stream;
    uint64_t ignored; /* frames of types that no client should send */

    struct hd_list waiting; /* calls kept until the session is free, in order */
    size_t waiting_bytes;
    uint32_t in_flight;      /* waiting, and the running one */
    struct hd_call *running; /* worked off in slices, or NULL */
    struct hd_list outside;  /* calls that wait for others, and streams: wait.h */
    uint32_t outside_count;
    struct hd_list awake; /* of these, those that have something to do, in turn */

    bool sniffed;
    bool hungry; /* no whole frame is left in the input */
    bool eof;    /* the peer sends no more */
    bool ended;  /* nothing that comes is looked at any more */
    bool broken; /* there was no memory for an answer, or it is broken off */
    bool closed;
    struct hd_op farewell; /* SESSION_END: must not need memory when it is time */
};

/* preferred: name of a heap of the daemon, which outlives the channel; NULL: the hub's first.
 * RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_channel_new(struct hd_hub *hub, const char *preferred,
                              hd_channel_woken_cb woken, void *ctx,
                              struct hd_channel **ret_channel);

/* The connection is gone.  Requests that had arrived whole take effect, the
 * session ends, the channel frees itself: at once, or, when that takes slices,
 * in the course of hd_heap_work (hub->ending counts those).  Not the caller's
 * any more from here on.  False: it is, since a request that had arrived is for a heap of
 * another loop: the channel is to leave, and to join there, which takes it up from here. */
bool hd_channel_close(struct hd_channel *channel);

/* The next frame is for a heap of another loop, and nothing was taken of it: the channel has no
 * session yet, and takes no more before it has moved, or the hub drains, which refuses it. */
bool hd_channel_wants_move(const struct hd_channel *channel);

/* Of one that wants to move: nothing of it is in its hub any more.  Gives the number of the
 * loop whose hub it has to join; until then only that is done with it.  What there was of
 * output goes with it. */
uint32_t hd_channel_leave(struct hd_channel *channel);

/* Into a hub with the same allocator, in that hub's thread: an open channel wants a turn then.
 * A closed one is ended as hd_channel_close does it, with the same answer. */
bool hd_channel_join(struct hd_channel *channel, struct hd_hub *hub);

/* Takes all the bytes, and does a turn's worth of what is in them.
 * RESOURCE_EXHAUSTED: no memory to keep the rest; close it. */
enum hd_status hd_channel_feed(struct hd_channel *channel, const void *data, size_t size);

/* The peer sends no more, and waits for its answers; calls that wait for others end with what
 * there is. */
void hd_channel_feed_end(struct hd_channel *channel);

/* A bounded amount of work on what is kept in the input. */
void hd_channel_turn(struct hd_channel *channel);

bool hd_channel_wants_turn(const struct hd_channel *channel);
bool hd_channel_wants_input(const struct hd_channel *channel);

/* Nothing more will be put into the output; when it is sent, close. */
bool hd_channel_is_finished(const struct hd_channel *channel);

/* Nothing is being worked on, and no whole frame is left that could be. */
bool hd_channel_is_idle(const struct hd_channel *channel);

/* There was no memory for an answer, or it was broken off: to be closed. */
bool hd_channel_is_broken(const struct hd_channel *channel);

/* The channel whose session has this number in the heap; NULL: there is none. */
struct hd_channel *hd_channel_find(const struct hd_hub *hub, const struct hd_heap *heap,
                                   uint64_t session);

/* Breaks it off: whoever drives it is woken, and closes it. */
void hd_channel_break(struct hd_channel *channel);

/* To be sent and consumed by the caller. */
struct hd_buf *hd_channel_output(struct hd_channel *channel);

/* Gives back memory of empty buffers that hold more than keep bytes. */
void hd_channel_trim(struct hd_channel *channel, size_t keep);

#endif
