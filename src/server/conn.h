/* SPDX-License-Identifier: MIT */
/* conn.h: a socket and its channel.
 *
 * What is read goes to the channel; what the channel answers at once leaves with
 * one write, and so does what a turn of the loop adds later.  While the peer does not take its
 * answers, nothing more is read from it. */
#ifndef HD_SERVER_CONN_H
#define HD_SERVER_CONN_H

#include "base/status.h"
#include "server/internal.h"

struct hd_conn;

/* Takes the connection that waits at a listening stream; heap: the one that its calls mean if
 * they name none, NULL: the default.  RESOURCE_EXHAUSTED:
 * no memory, or too many connections: it was closed. */
enum hd_status hd_conn_accept(struct hd_server *server, uv_stream_t *listener, bool is_tcp,
                              const char *heap);

/* A connected socket; it is closed in any case. */
enum hd_status hd_conn_adopt(struct hd_server *server, int fd);

/* Ends a turn for all connections that are due. */
void hd_conn_settle_all(struct hd_server *server);

/* Looks at all connections: empty buffers are given back; those that linger, or
 * (cut) all of them, are closed.  True: some are lingering still. */
bool hd_conn_sweep(struct hd_server *server, bool cut);

/* All of them are due: the server drains. */
void hd_conn_drain_all(struct hd_server *server);

#endif
