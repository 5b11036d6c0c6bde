/* SPDX-License-Identifier: MIT */
/* listener.c: the socket is made here, and judged; libuv only accepts from it. */
#include "server/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "server/address.h"
#include "server/conn.h"

#define BACKLOG 511

struct hd_listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    } uv;
    struct hd_list link;
    struct hd_server *server;
    bool is_tcp;
    const char *heap; /* name, of a heap of the hub: that of calls that name none; or NULL */
    bool owns_path;   /* the file of a Unix socket that was made here */
    char url[HD_URL_BYTES];
};

static enum hd_status refused(struct hd_error *error, const char *url, const char *what,
                              int code)
{
    return hd_fail(error, HD_UNAVAILABLE, HD_REASON_BAD_ARGUMENT, "%s: %s: %s", url, what,
                   strerror(code));
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct hd_listener *listener = stream->data;

    if (status < 0) {
        hd_server_log(listener->server, HD_LOG_WARNING, "%s: a connection failed: %s",
                      listener->url, uv_strerror(status));
        return;
    }
    if (hd_conn_accept(listener->server, stream, listener->is_tcp, listener->heap) != HD_OK) {
        hd_server_log(listener->server, HD_LOG_WARNING,
                      "%s: a connection was closed: %u are open, or memory is short",
                      listener->url, atomic_load(listener->server->daemon_conns));
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct hd_listener *listener = handle->data;
    struct hd_server *server = listener->server;

    hd_list_unlink(&listener->link);
    hd_free(server->options.allocator, listener, sizeof *listener);
    server->listener_count--;
    hd_server_stay_awake(server);
}

/* A path that is in use is left alone; a socket that nobody answers on is stale. */
static enum hd_status remove_stale(const struct hd_address *address, const char *url,
                                   struct hd_error *error)
{
    const char *path = address->un.sun_path;
    struct stat status;
    int fd;
    int result;

    if (lstat(path, &status) != 0) {
        return HD_OK;
    }
    if (!S_ISSOCK(status.st_mode)) {
        return hd_fail(error, HD_ALREADY_EXISTS, HD_REASON_BAD_ARGUMENT,
                       "%s: there is a file of this name, and it is no socket", url);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return refused(error, url, "cannot make a socket", errno);
    }
    result = connect(fd, &address->any, address->size) == 0 ? 0 : errno;
    (void)close(fd);
    if (result != ECONNREFUSED && result != ENOENT) {
        return hd_fail(error, HD_ALREADY_EXISTS, HD_REASON_BAD_ARGUMENT,
                       "%s: somebody listens there already", url);
    }
    return unlink(path) == 0 || errno == ENOENT
               ? HD_OK
               : refused(error, url, "cannot remove it", errno);
}

/* Bound, and with the mode set before anybody can connect. */
static enum hd_status open_socket(const struct hd_server *server,
                                  const struct hd_address *address, const char *url,
                                  int *ret_fd, struct hd_error *error)
{
    bool is_unix = address->any.sa_family == AF_UNIX;
    int on = 1;
    int fd;

    if (is_unix && remove_stale(address, url, error) != HD_OK) {
        return error->status;
    }
    fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return refused(error, url, "cannot make a socket", errno);
    }
    if (!is_unix) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (bind(fd, &address->any, address->size) != 0 ||
        (is_unix && chmod(address->un.sun_path, server->options.socket_mode) != 0)) {
        int code = errno;

        (void)close(fd);
        return refused(error, url, "cannot listen there", code);
    }
    *ret_fd = fd;
    return HD_OK;
}

static struct hd_listener *new_listener(struct hd_server *server,
                                        const struct hd_address *address)
{
    struct hd_listener *listener = hd_alloc_zeroed(server->options.allocator, sizeof *listener);

    if (listener == NULL) {
        return NULL;
    }
    listener->server = server;
    listener->is_tcp = address->any.sa_family != AF_UNIX;
    hd_address_format(address, listener->url);
    hd_list_init(&listener->link);
    if (listener->is_tcp) {
        (void)uv_tcp_init(server->loop, &listener->uv.tcp);
    } else {
        (void)uv_pipe_init(server->loop, &listener->uv.pipe, 0);
    }
    listener->uv.handle.data = listener;
    hd_list_push_back(&server->listeners, &listener->link);
    server->listener_count++;
    return listener;
}

/* The hub's own name of a heap; heap NULL: NULL. */
static enum hd_status find_heap(const struct hd_server *server, const char *url,
                                const char *heap, const char **ret_heap, struct hd_error *error)
{
    const struct hd_home *home;

    *ret_heap = NULL;
    if (heap == NULL) {
        return HD_OK;
    }
    home = hd_hub_find(server->hub, hd_bytes_of(heap));
    if (home == NULL) {
        return hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_HEAP, "%s: there is no heap '%s'",
                       url, heap);
    }
    *ret_heap = home->name;
    return HD_OK;
}

/* Messages would be cut where packets end. */
static bool is_stream(int fd)
{
    socklen_t size = sizeof(int);
    int type = 0;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

enum hd_status hd_listener_open_fd(struct hd_server *server, int fd, const char *heap,
                                   struct hd_error *error)
{
    struct hd_address address = {.size = sizeof address.storage};
    struct hd_listener *listener;
    char url[HD_URL_BYTES];
    int result;

    if (getsockname(fd, &address.any, &address.size) != 0) {
        (void)close(fd);
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "file descriptor %d is no socket", fd);
    }
    hd_address_format(&address, url);
    if (!is_stream(fd)) {
        (void)close(fd);
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "%s: the socket is no stream socket", url);
    }
    if (hd_address_judge(&address, url, error) != HD_OK ||
        find_heap(server, url, heap, &heap, error) != HD_OK) {
        (void)close(fd);
        return error->status;
    }
    listener = new_listener(server, &address);
    if (listener == NULL) {
        (void)close(fd);
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY, "no memory");
    }
    listener->heap = heap;
    result = listener->is_tcp ? uv_tcp_open(&listener->uv.tcp, fd)
                              : uv_pipe_open(&listener->uv.pipe, fd);
    if (result != 0) {
        (void)close(fd);
    } else {
        result = uv_listen(&listener->uv.stream, BACKLOG, on_connection);
    }
    if (result != 0) {
        uv_close(&listener->uv.handle, on_closed);
        return refused(error, url, "cannot listen there", -result);
    }
    return HD_OK;
}

/* The address of an URL, and the hub's name of the heap behind it, or NULL. */
static enum hd_status parse_url(const struct hd_server *server, const char *url,
                                struct hd_address *ret_address, const char **ret_heap,
                                struct hd_error *error)
{
    char address[2 * HD_URL_BYTES];
    size_t size;
    const char *heap = hd_address_heap(url, &size);

    *ret_heap = NULL;
    if (heap == NULL) {
        return hd_address_parse(url, ret_address, error);
    }
    if (find_heap(server, url, heap, ret_heap, error) != HD_OK) {
        return error->status;
    }
    (void)snprintf(address, sizeof address, "%.*s", (int)size, url); /* cut: too long still */
    return hd_address_parse(address, ret_address, error);
}

enum hd_status hd_listener_open(struct hd_server *server, const char *url,
                                struct hd_error *error)
{
    struct hd_listener *listener;
    struct hd_address address;
    const char *heap;
    int fd = -1;

    if (parse_url(server, url, &address, &heap, error) != HD_OK ||
        open_socket(server, &address, url, &fd, error) != HD_OK ||
        hd_listener_open_fd(server, fd, heap, error) != HD_OK) {
        return error->status;
    }
    listener = HD_CONTAINER_OF(server->listeners.prev, struct hd_listener, link);
    listener->owns_path = address.any.sa_family == AF_UNIX;
    return HD_OK;
}

const char *hd_listener_url(const struct hd_server *server, size_t index)
{
    HD_LIST_FOREACH (element, &server->listeners) {
        if (index-- == 0) {
            return HD_CONTAINER_OF(element, struct hd_listener, link)->url;
        }
    }
    return NULL;
}

void hd_listener_close_all(struct hd_server *server)
{
    HD_LIST_FOREACH (element, &server->listeners) {
        struct hd_listener *listener = HD_CONTAINER_OF(element, struct hd_listener, link);

        if (uv_is_closing(&listener->uv.handle)) {
            continue;
        }
        if (listener->owns_path) {
            (void)unlink(listener->url + strlen("unix:"));
        }
        uv_close(&listener->uv.handle, on_closed);
    }
}
