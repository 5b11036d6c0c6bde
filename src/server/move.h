/* SPDX-License-Identifier: MIT */
/* move.h: a connection goes to the loop that owns its heap [server.how.move].
 *
 * It goes as it is: connection, channel and buffers are the same memory there, so that moving
 * needs none.  Only the socket gets a new descriptor, since libuv closes the old one. */
#ifndef HD_SERVER_MOVE_H
#define HD_SERVER_MOVE_H

struct hd_conn;
struct hd_server;

/* An open connection whose channel wants to move, and whose output is sent. */
void hd_move_out(struct hd_conn *conn);

/* With this descriptor, or, if the peer is gone and the channel closed, with -1. */
void hd_move_begin(struct hd_conn *conn, int fd);

/* Takes in what the post has brought. */
void hd_move_in(struct hd_server *server);

#endif
