/* SPDX-License-Identifier: MIT */
/* move.c: see move.h. */
#include "server/move.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/check.h"
#include "server/conn_state.h"
#include "server/post.h"

/* The channel joins, and the connection goes on with its turn. */
static void settle_down(struct hd_conn *conn, struct hd_server *server)
{
    int fd = conn->fd;

    conn->fd = -1;
    conn->state = CONN_OPEN;
    hd_conn_register(conn, server);
    (void)hd_channel_join(conn->channel, server->hub); /* an open one stays */
    if (hd_conn_open(conn, fd) != 0) {
        hd_conn_close(conn);
        return;
    }
    conn->wants_turn = true;
    hd_conn_mark_due(conn);
    hd_server_arm_timer(server);
}

/* Of a peer that is gone: what had arrived takes effect, here or still further on. */
static void settle_estate(struct hd_conn *conn, struct hd_server *server)
{
    conn->server = server;
    if (!hd_channel_join(conn->channel, server->hub)) {
        hd_post_send(server->post, hd_channel_leave(conn->channel), &conn->link);
        return;
    }
    conn->channel = NULL;
    hd_list_push_back(&server->conns, &conn->link);
    server->conn_count++;
    hd_conn_free(conn);
}

void hd_move_in(struct hd_server *server)
{
    struct hd_list arrived;
    struct hd_list *first;

    hd_list_init(&arrived);
    hd_post_take(server->post, &arrived);
    while ((first = hd_list_first(&arrived)) != NULL) {
        struct hd_conn *conn = HD_CONTAINER_OF(first, struct hd_conn, link);

        hd_list_unlink(first);
        if (conn->fd < 0) {
            settle_estate(conn, server);
        } else {
            settle_down(conn, server);
        }
    }
    hd_server_stay_awake(server);
}

static void on_left(uv_handle_t *handle)
{
    struct hd_conn *conn = handle->data;
    struct hd_server *server = conn->server;
    uint32_t loop = hd_channel_leave(conn->channel);

    hd_conn_unregister(conn);
    server->leaving--;
    hd_post_send(server->post, loop, &conn->link);
}

void hd_move_begin(struct hd_conn *conn, int fd)
{
    HD_CHECK(conn->server->post != NULL && (fd < 0 || !conn->sending));
    conn->state = CONN_MOVING;
    conn->fd = fd;
    conn->reading = false; /* closing ends it */
    conn->quiet_turns = 0;
    conn->server->leaving++;
    hd_list_unlink(&conn->due);
    uv_close(&conn->uv.handle, on_left);
}

void hd_move_out(struct hd_conn *conn)
{
    uv_os_fd_t old;
    int fd = uv_fileno(&conn->uv.handle, &old) == 0 ? fcntl(old, F_DUPFD_CLOEXEC, 0) : -1;

    if (fd < 0) {
        hd_server_log(conn->server, HD_LOG_WARNING,
                      "a connection was closed instead of going to its heap's loop: %s",
                      strerrordesc_np(errno));
        hd_conn_close(conn);
        return;
    }
    hd_move_begin(conn, fd);
}
