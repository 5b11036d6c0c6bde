/* SPDX-License-Identifier: MIT */
/* listener.h: a socket that connections come in by. */
#ifndef HD_SERVER_LISTENER_H
#define HD_SERVER_LISTENER_H

#include <stddef.h>

#include "base/status.h"
#include "server/internal.h"

/* See hd_server_listen and hd_server_listen_fd. */
enum hd_status hd_listener_open(struct hd_server *server, const char *url,
                                struct hd_error *error);
enum hd_status hd_listener_open_fd(struct hd_server *server, int fd, const char *heap,
                                   struct hd_error *error);

/* Of number index, in the order they were opened, or NULL. */
const char *hd_listener_url(const struct hd_server *server, size_t index);

/* server->listener_count goes down as they close. */
void hd_listener_close_all(struct hd_server *server);

#endif
