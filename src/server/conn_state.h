/* SPDX-License-Identifier: MIT */
/* conn_state.h: what conn.c and move.c share.
 *
 *   OPEN      reads and writes
 *   LINGERING has said everything (shutdown); reads only to see the peer close,
 *             since closing with unread input would cut off the last answers
 *   MOVING    uv_close was called, or is done with: the connection is on its way to another
 *             loop, and is in this one's list until it has left
 *   CLOSING   uv_close was called; the channel is gone already */
#ifndef HD_SERVER_CONN_STATE_H
#define HD_SERVER_CONN_STATE_H

#include "rpc/channel.h"
#include "server/internal.h"

enum hd_conn_state {
    CONN_OPEN,
    CONN_LINGERING,
    CONN_MOVING,
    CONN_CLOSING,
};

struct hd_conn {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    struct hd_list link; /* in server->conns */
    struct hd_list due;  /* in server->due */
    struct hd_server *server;
    struct hd_channel *channel; /* owned; NULL when LINGERING or CLOSING */
    enum hd_conn_state state;
    int fd; /* owned when MOVING: the socket, or -1: the peer is gone */
    bool is_tcp;
    bool reading;
    bool eof;            /* the peer sends no more */
    bool wants_turn;     /* the channel may go on in this turn */
    bool sending;        /* `sent` is on its way */
    bool unacknowledged; /* of TCP: something was read, and nothing sent since */
    bool swept;          /* was lingering at the last sweep */
    unsigned quiet_turns;
    struct hd_buf sent; /* owned; given to uv_write as it is */
    union {
        uv_write_t write;
        uv_shutdown_t shutdown; /* when all is written */
    } request;
};

/* To be settled when this turn ends, or the next [server.inv.due]. */
void hd_conn_mark_due(struct hd_conn *conn);

/* Closes it; or, if what has arrived is for a heap of another loop, sends that there. */
void hd_conn_close(struct hd_conn *conn);

/* Among the server's from here on, with a handle that is not connected. */
void hd_conn_register(struct hd_conn *conn, struct hd_server *server);

/* No more among them. */
void hd_conn_unregister(struct hd_conn *conn);

/* It has ended: its memory goes back, and another may come in its place. */
void hd_conn_free(struct hd_conn *conn);

/* The socket becomes the handle's; it is closed if that fails. */
int hd_conn_open(struct hd_conn *conn, int fd);

#endif
