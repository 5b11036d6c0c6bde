/* SPDX-License-Identifier: MIT */
/* server.h: the face of the server layer: sockets, timers and turns of the loop.
 *
 * A server carries bytes between sockets and the channels of a hub, gives the
 * hub's heaps their time between requests, and drains.  It knows nothing of
 * what the bytes mean.  The loop, the hub and everything in the options are
 * the caller's and outlive it; several servers may share a loop.
 * Design note: docs/design/server.md. */
#ifndef HD_SERVER_SERVER_H
#define HD_SERVER_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/status.h"
#include "rpc/hub.h"

/* Severities of syslog. */
enum hd_log_level {
    HD_LOG_ERROR = 3,
    HD_LOG_WARNING = 4,
    HD_LOG_INFO = 6,
};

/* One event, one sentence.  From the thread of the server's loop. */
typedef void (*hd_log_cb)(void *ctx, enum hd_log_level level, const char *sentence);

struct hd_server_options {
    const struct hd_allocator *allocator;
    const struct hd_clock *clock;
    hd_log_cb log;
    void *log_ctx;
    uint32_t max_conns;
    uint64_t turn_ns;     /* processor time for heaps in one turn of the loop */
    uint64_t trim_ns;     /* idle for so long: memory goes back to the system */
    uint64_t drain_ns;    /* after so long connections that do not read are cut */
    unsigned socket_mode; /* of unix: sockets */
};

/* libc, monotonic clock, no log, 10000 connections, 1 ms, 1 s, 10 s, 0660. */
struct hd_server_options hd_server_options_default(void);

struct hd_server;

/* RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_server_new(const struct hd_server_options *options, uv_loop_t *loop,
                             struct hd_hub *hub, struct hd_server **ret_server);

/* It has stopped (hd_server_drain).  NULL is nothing. */
void hd_server_free(struct hd_server *server);

/* "unix:PATH" or "tcp://HOST:PORT", HOST a loopback address; port 0: any free one. "?heap=NAME"
 * behind it: the heap that calls mean which name none, in place of the default.
 *   NOT_FOUND            there is no heap of this name
 *   INVALID_ARGUMENT     it is no such URL, or an address that is not loopback
 *   ALREADY_EXISTS       somebody answers there
 *   UNAVAILABLE          the system refuses, and why */
enum hd_status hd_server_listen(struct hd_server *server, const char *url,
                                struct hd_error *error);

/* A listening socket that is open already; the server closes it, whatever comes.  heap: the
 * name of the one that calls mean which name none; NULL: the default.  Errors as above. */
enum hd_status hd_server_listen_fd(struct hd_server *server, int fd, const char *heap,
                                   struct hd_error *error);

/* The sockets listened on, as clients name them, with the actual port: number index from 0, or
 * NULL. */
const char *hd_server_url(const struct hd_server *server, size_t index);

/* A connected socket becomes a connection; the server closes it, also on failure. */
enum hd_status hd_server_adopt(struct hd_server *server, int fd);

/* Connections, closing ones included. */
uint32_t hd_server_conns(const struct hd_server *server);

/* Stops accepting; answers new requests UNAVAILABLE, finishes what is in
 * flight, sends it, closes.  stopped runs once, from the loop, when nothing of
 * the server is on the loop any more and all sessions have ended. */
void hd_server_drain(struct hd_server *server, void (*stopped)(void *ctx), void *ctx);

#endif
