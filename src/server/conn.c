/* SPDX-License-Identifier: MIT */
/* conn.c: reading, settling, writing, closing.  The states: conn_state.h. */
#include "server/conn.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "server/conn_state.h"
#include "server/move.h"

#define KEEPALIVE_SECONDS 60
#define USER_TIMEOUT_MS   30000
/* Turns without input after which a draining connection has nothing under way. */
#define QUIET_TURNS 2

void hd_conn_mark_due(struct hd_conn *conn)
{
    if ((conn->state == CONN_OPEN || conn->state == CONN_LINGERING) &&
        hd_list_is_empty(&conn->due)) {
        hd_list_push_back(&conn->server->due, &conn->due);
    }
}

static void on_woken(struct hd_channel *channel, void *ctx)
{
    struct hd_conn *conn = ctx;

    conn->wants_turn = hd_channel_wants_turn(channel);
    hd_conn_mark_due(conn);
}

void hd_conn_register(struct hd_conn *conn, struct hd_server *server)
{
    conn->server = server;
    hd_list_push_back(&server->conns, &conn->link);
    server->conn_count++;
    if (conn->is_tcp) {
        (void)uv_tcp_init(server->loop, &conn->uv.tcp); /* without a socket it cannot fail */
    } else {
        (void)uv_pipe_init(server->loop, &conn->uv.pipe, 0);
    }
    conn->uv.handle.data = conn;
}

void hd_conn_unregister(struct hd_conn *conn)
{
    struct hd_server *server = conn->server;

    hd_list_unlink(&conn->link);
    server->conn_count--;
    conn->server = NULL;
    hd_server_stay_awake(server); /* a draining server looks whether this was the last */
}

void hd_conn_free(struct hd_conn *conn)
{
    struct hd_server *server = conn->server;

    hd_conn_unregister(conn);
    hd_buf_fini(&conn->sent);
    hd_free(server->options.allocator, conn, sizeof *conn);
    (void)atomic_fetch_sub(server->daemon_conns, 1);
}

static void on_closed(uv_handle_t *handle)
{
    hd_conn_free(handle->data);
}

void hd_conn_close(struct hd_conn *conn)
{
    if (conn->state == CONN_CLOSING || conn->state == CONN_MOVING) {
        return;
    }
    hd_list_unlink(&conn->due);
    if (conn->channel != NULL && !hd_channel_close(conn->channel)) {
        hd_move_begin(conn, -1);
        return;
    }
    conn->channel = NULL;
    conn->state = CONN_CLOSING;
    uv_close(&conn->uv.handle, on_closed);
    hd_server_stay_awake(conn->server); /* ending the session may have left work */
}

static void on_written(uv_write_t *write, int status)
{
    struct hd_conn *conn = write->data;

    conn->sending = false;
    hd_buf_consume(&conn->sent, hd_buf_size(&conn->sent));
    hd_spares_take_back(&conn->server->spares, &conn->sent);
    if (conn->state == CONN_CLOSING || conn->state == CONN_MOVING) {
        return;
    }
    if (status < 0) {
        hd_conn_close(conn);
        return;
    }
    hd_conn_mark_due(conn);
    hd_server_stay_awake(conn->server);
}

/* What did not fit into the socket: the buffer itself is given to the loop, and
 * the channel goes on with the other one [server.inv.buffer]. */
static int send_rest(struct hd_conn *conn, struct hd_buf *output)
{
    struct hd_buf other = conn->sent;
    uv_buf_t buf;

    conn->sent = *output;
    *output = other;
    buf = uv_buf_init((char *)(uintptr_t)hd_buf_front(&conn->sent),
                      (unsigned)hd_buf_size(&conn->sent));
    conn->request.write.data = conn;
    conn->sending = true;
    return uv_write(&conn->request.write, &conn->uv.stream, &buf, 1, on_written);
}

/* Sends what there is, with one write.  False: the connection is broken. */
static bool flush(struct hd_conn *conn)
{
    struct hd_buf *output = hd_channel_output(conn->channel);
    uv_buf_t buf;
    int written;

    if (conn->sending || hd_buf_size(output) == 0) {
        return true;
    }
    buf = uv_buf_init((char *)(uintptr_t)hd_buf_front(output), (unsigned)hd_buf_size(output));
    written = uv_try_write(&conn->uv.stream, &buf, 1);
    if (written < 0 && written != UV_EAGAIN) {
        return false;
    }
    if (written > 0) {
        conn->unacknowledged = false;
        hd_buf_consume(output, (size_t)written);
    }
    if (hd_buf_size(output) > 0) {
        return send_rest(conn, output) == 0;
    }
    hd_spares_take_back(&conn->server->spares, output);
    return true;
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *ret_buf)
{
    struct hd_conn *conn = handle->data;

    (void)wanted;
    *ret_buf = uv_buf_init(conn->server->read_buffer, HD_READ_BYTES);
}

/* Of what was read in this turn, unless something was sent since, which acknowledges it: a peer
 * that sends the rest of a message only then would wait 40 ms [server.how.quickack]. */
static void acknowledge(struct hd_conn *conn)
{
    int on = 1;
    uv_os_fd_t fd;

    if (conn->unacknowledged && uv_fileno(&conn->uv.handle, &fd) == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
    conn->unacknowledged = false;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

static void set_reading(struct hd_conn *conn, bool wanted)
{
    if (wanted == conn->reading) {
        return;
    }
    conn->reading = wanted;
    if (wanted) {
        (void)uv_read_start(&conn->uv.stream, on_alloc, on_read);
    } else {
        (void)uv_read_stop(&conn->uv.stream);
    }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct hd_conn *conn = stream->data;

    if (count == 0) {
        return;
    }
    conn->quiet_turns = 0;
    if (count == UV_EOF && conn->state == CONN_OPEN) {
        conn->eof = true;
        set_reading(conn, false);
        hd_channel_feed_end(conn->channel);
        hd_conn_mark_due(conn);
        return;
    }
    if (count < 0) {
        hd_conn_close(conn);
        return;
    }
    if (conn->state == CONN_OPEN) {
        conn->unacknowledged = conn->is_tcp;
        hd_pacer_note(&conn->server->pacer);
        hd_spares_lend(&conn->server->spares, hd_channel_output(conn->channel));
        (void)hd_channel_feed(conn->channel, buf->base, (size_t)count); /* see is_broken */
        if ((size_t)count < HD_READ_BYTES) { /* that was all [server.how.early] */
            (void)flush(conn);               /* an error comes again when it is settled */
        }
        set_reading(conn, hd_channel_wants_input(conn->channel)); /* else libuv reads on */
        hd_conn_mark_due(conn);
    }
}

static void on_shutdown(uv_shutdown_t *shutdown, int status)
{
    struct hd_conn *conn = shutdown->data;

    if (conn->state == CONN_LINGERING && status < 0) {
        hd_conn_close(conn);
    }
}

/* Everything is said.  A peer that has said everything too is closed at once. */
static void say_goodbye(struct hd_conn *conn)
{
    conn->request.shutdown.data = conn;
    if (conn->eof || uv_shutdown(&conn->request.shutdown, &conn->uv.stream, on_shutdown) != 0) {
        hd_conn_close(conn);
        return;
    }
    conn->state = CONN_LINGERING;
    (void)hd_channel_close(conn->channel); /* it is finished: nothing moves */
    conn->channel = NULL;
    set_reading(conn, true);
    hd_server_arm_timer(conn->server);
}

/* A draining connection has nothing more to answer, nor bytes under way that
 * the last turns would have brought. */
static bool is_drained(struct hd_conn *conn)
{
    if (!conn->server->draining || !hd_channel_is_idle(conn->channel)) {
        return false;
    }
    if (conn->quiet_turns < QUIET_TURNS) {
        conn->quiet_turns++;
        hd_conn_mark_due(conn);
        return false;
    }
    return true;
}

static void settle(struct hd_conn *conn)
{
    struct hd_channel *channel = conn->channel;

    if (conn->state != CONN_OPEN) {
        return;
    }
    if (conn->wants_turn) {
        hd_spares_lend(&conn->server->spares, hd_channel_output(channel));
        hd_channel_turn(channel);
    }
    if (!flush(conn) || hd_channel_is_broken(channel)) {
        hd_conn_close(conn);
        return;
    }
    acknowledge(conn);
    conn->wants_turn = hd_channel_wants_turn(channel);
    if (conn->wants_turn) {
        hd_conn_mark_due(conn);
    }
    if (!conn->sending && hd_buf_size(hd_channel_output(channel)) == 0 &&
        (hd_channel_is_finished(channel) || is_drained(conn))) {
        say_goodbye(conn);
        return;
    }
    set_reading(conn, hd_channel_wants_input(channel));
    if (hd_channel_wants_move(channel) && !conn->sending) { /* then all is sent, too */
        hd_move_out(conn);
    }
}

void hd_conn_settle_all(struct hd_server *server)
{
    struct hd_list now;
    struct hd_list *first;

    /* Those marked from here on are due in the next turn. */
    hd_list_init(&now);
    while ((first = hd_list_first(&server->due)) != NULL) {
        hd_list_unlink(first);
        hd_list_push_back(&now, first);
    }
    while ((first = hd_list_first(&now)) != NULL) {
        hd_list_unlink(first);
        settle(HD_CONTAINER_OF(first, struct hd_conn, due));
    }
}

bool hd_conn_sweep(struct hd_server *server, bool cut)
{
    bool lingering = false;

    HD_LIST_FOREACH (element, &server->conns) {
        struct hd_conn *conn = HD_CONTAINER_OF(element, struct hd_conn, link);

        if (cut || conn->swept) {
            hd_conn_close(conn); /* unlinked later, when it is closed */
        }
        conn->swept = conn->state == CONN_LINGERING;
        lingering = lingering || conn->swept;
        if (conn->channel != NULL) {
            hd_channel_trim(conn->channel, 0);
        }
    }
    hd_spares_free(&server->spares);
    return lingering;
}

void hd_conn_drain_all(struct hd_server *server)
{
    HD_LIST_FOREACH (element, &server->conns) {
        hd_conn_mark_due(HD_CONTAINER_OF(element, struct hd_conn, link));
    }
}

static void set_tcp_options(struct hd_conn *conn)
{
    unsigned timeout = USER_TIMEOUT_MS;
    uv_os_fd_t fd;

    (void)uv_tcp_nodelay(&conn->uv.tcp, 1);
    (void)uv_tcp_keepalive(&conn->uv.tcp, 1, KEEPALIVE_SECONDS);
    if (uv_fileno(&conn->uv.handle, &fd) == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    }
}

int hd_conn_open(struct hd_conn *conn, int fd)
{
    int result =
        conn->is_tcp ? uv_tcp_open(&conn->uv.tcp, fd) : uv_pipe_open(&conn->uv.pipe, fd);

    if (result != 0) {
        (void)close(fd);
    }
    return result;
}

/* A conn whose handle is initialised but not connected yet. */
static enum hd_status new_conn(struct hd_server *server, bool is_tcp, const char *heap,
                               struct hd_conn **ret_conn)
{
    struct hd_conn *conn = hd_alloc_zeroed(server->options.allocator, sizeof *conn);

    if (conn == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (hd_channel_new(server->hub, heap, on_woken, conn, &conn->channel) != HD_OK) {
        hd_free(server->options.allocator, conn, sizeof *conn);
        return HD_RESOURCE_EXHAUSTED;
    }
    conn->fd = -1;
    conn->is_tcp = is_tcp;
    hd_list_init(&conn->link);
    hd_list_init(&conn->due);
    hd_buf_init(&conn->sent, server->options.allocator);
    hd_conn_register(conn, server);
    (void)atomic_fetch_add(server->daemon_conns, 1);
    *ret_conn = conn;
    return HD_OK;
}

static enum hd_status start(struct hd_conn *conn, int result)
{
    if (result != 0 ||
        atomic_load(conn->server->daemon_conns) > conn->server->options.max_conns) {
        hd_conn_close(conn);
        return HD_RESOURCE_EXHAUSTED;
    }
    if (conn->is_tcp) {
        set_tcp_options(conn);
    }
    set_reading(conn, true);
    hd_server_arm_timer(conn->server);
    return HD_OK;
}

enum hd_status hd_conn_accept(struct hd_server *server, uv_stream_t *listener, bool is_tcp,
                              const char *heap)
{
    struct hd_conn *conn;

    if (new_conn(server, is_tcp, heap, &conn) != HD_OK) {
        return HD_RESOURCE_EXHAUSTED;
    }
    return start(conn, uv_accept(listener, &conn->uv.stream));
}

enum hd_status hd_conn_adopt(struct hd_server *server, int fd)
{
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    bool is_tcp = getsockname(fd, (struct sockaddr *)&name, &size) == 0 &&
                  (name.ss_family == AF_INET || name.ss_family == AF_INET6);
    struct hd_conn *conn;

    if (new_conn(server, is_tcp, NULL, &conn) != HD_OK) {
        (void)close(fd);
        return HD_RESOURCE_EXHAUSTED;
    }
    return start(conn, hd_conn_open(conn, fd));
}
