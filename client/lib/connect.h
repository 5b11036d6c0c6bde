/* SPDX-License-Identifier: MIT */
/* connect.h: from a URL, or the environment, to a connected socket. */
#ifndef HEAPD_CLIENT_CONNECT_H
#define HEAPD_CLIENT_CONNECT_H

#include <heapd/client.h>
#include <sys/socket.h>

#include "deadline.h"

#define HDC_SYSTEM_SOCKET "/run/heapd/heapd.sock"

/* Of a socket; resolved, so that going there once more asks nobody. */
struct hdc_address {
    struct sockaddr_storage name;
    socklen_t size;
};

/* url NULL: HEAPD_URL, the system's socket, the user's.  timeout_ms < 0: none.
 * *ret_fd is the caller's to close; *ret_address is where it leads. */
int hdc_connect(const char *url, int timeout_ms, int *ret_fd, struct hdc_address *ret_address,
                struct heapd_error *error);

/* Each: 0, or an errno value.  begin: EINPROGRESS, and *ret_fd, if it is to be finished. */
int hdc_connect_begin(const struct hdc_address *address, int *ret_fd);
int hdc_connect_finish(int fd, const struct hdc_deadline *deadline);
/* Both.  *ret_fd is the caller's to close. */
int hdc_connect_to(const struct hdc_address *address, const struct hdc_deadline *deadline,
                   int *ret_fd);

#endif
