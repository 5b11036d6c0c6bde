/* SPDX-License-Identifier: MIT */
#include "connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "deadline.h"
#include "error.h"
#include "url.h"

int hdc_connect_finish(int fd, const struct hdc_deadline *deadline)
{
    struct pollfd poller = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int status = 0;
    int n;

    do {
        n = poll(&poller, 1, hdc_deadline_left_ms(deadline));
    } while (n < 0 && errno == EINTR);
    if (n == 0) {
        return ETIMEDOUT;
    }
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &status, &size) != 0) {
        return errno;
    }
    return status;
}

int hdc_connect_begin(const struct hdc_address *address, int *ret_fd)
{
    int fd = socket(address->name.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int one = 1;
    int status = 0;

    if (fd < 0) {
        return errno;
    }
    if (address->name.ss_family != AF_UNIX) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    }
    if (connect(fd, (const struct sockaddr *)&address->name, address->size) != 0) {
        status = errno;
    }
    if (status != 0 && status != EINPROGRESS) {
        (void)close(fd);
        return status;
    }
    *ret_fd = fd;
    return status;
}

int hdc_connect_to(const struct hdc_address *address, const struct hdc_deadline *deadline,
                   int *ret_fd)
{
    int fd = -1;
    int status = hdc_connect_begin(address, &fd);

    if (status == EINPROGRESS) {
        status = hdc_connect_finish(fd, deadline);
        if (status != 0) {
            (void)close(fd);
        }
    }
    if (status == 0) {
        *ret_fd = fd;
    }
    return status;
}

static int fail_connect(struct heapd_error *error, const char *url, int status)
{
    if (status == ETIMEDOUT) {
        return hdc_fail(error, HEAPD_DEADLINE_EXCEEDED, "NO_DAEMON", "%.200s: timed out", url);
    }
    return hdc_fail(error, HEAPD_UNAVAILABLE, "NO_DAEMON", "%.200s: %s", url, strerror(status));
}

static int connect_unix(const char *text, const struct hdc_url *url,
                        const struct hdc_deadline *deadline, int *ret_fd,
                        struct hdc_address *ret_address, struct heapd_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(url->path);
    int status;

    memcpy(address.sun_path, url->path, length);
    if (url->path[0] == '@') {
        address.sun_path[0] = '\0';
    }
    ret_address->size =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (url->path[0] != '@'));
    memcpy(&ret_address->name, &address, sizeof(address));
    status = hdc_connect_to(ret_address, deadline, ret_fd);
    return status == 0 ? HEAPD_OK : fail_connect(error, text, status);
}

static int connect_tcp(const char *text, const struct hdc_url *url,
                       const struct hdc_deadline *deadline, int *ret_fd,
                       struct hdc_address *ret_address, struct heapd_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all;
    int status = getaddrinfo(url->host, url->port, &hints, &all);

    if (status != 0) {
        return hdc_fail(error, HEAPD_UNAVAILABLE, "NO_DAEMON", "%.200s: %s", text,
                        gai_strerror(status));
    }
    status = EHOSTUNREACH;
    for (struct addrinfo *a = all; a != NULL && status != 0; a = a->ai_next) {
        ret_address->size = a->ai_addrlen;
        memcpy(&ret_address->name, a->ai_addr, a->ai_addrlen);
        status = hdc_connect_to(ret_address, deadline, ret_fd);
    }
    freeaddrinfo(all);
    return status == 0 ? HEAPD_OK : fail_connect(error, text, status);
}

static int connect_url(const char *text, const struct hdc_deadline *deadline, int *ret_fd,
                       struct hdc_address *ret_address, struct heapd_error *error)
{
    struct hdc_url url;
    int code = hdc_url_parse(text, &url, error);

    if (code != HEAPD_OK) {
        return code;
    }
    if (url.transport == HDC_UNIX) {
        return connect_unix(text, &url, deadline, ret_fd, ret_address, error);
    }
    return connect_tcp(text, &url, deadline, ret_fd, ret_address, error);
}

/* The system's daemon, then the user's; the message names what was tried. */
static int connect_default(const struct hdc_deadline *deadline, int *ret_fd,
                           struct hdc_address *ret_address, struct heapd_error *error)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char user[128];
    int code = connect_url("unix:" HDC_SYSTEM_SOCKET, deadline, ret_fd, ret_address, error);

    if (code == HEAPD_OK || folder == NULL || folder[0] != '/' ||
        (size_t)snprintf(user, sizeof(user), "unix:%s/heapd/heapd.sock", folder) >=
            sizeof(user)) {
        return code;
    }
    code = connect_url(user, deadline, ret_fd, ret_address, NULL);
    if (code != HEAPD_OK) {
        return hdc_fail(error, code, "NO_DAEMON", "no daemon at unix:%s or %s",
                        HDC_SYSTEM_SOCKET, user);
    }
    return HEAPD_OK;
}

int hdc_connect(const char *url, int timeout_ms, int *ret_fd, struct hdc_address *ret_address,
                struct heapd_error *error)
{
    struct hdc_deadline deadline = hdc_deadline_in(timeout_ms);

    if (url == NULL) {
        url = getenv("HEAPD_URL");
        if (url == NULL || url[0] == '\0') {
            return connect_default(&deadline, ret_fd, ret_address, error);
        }
    }
    return connect_url(url, &deadline, ret_fd, ret_address, error);
}
