/* SPDX-License-Identifier: MIT */
/* connect.h: from a URL, or the environment, to a connected socket. */
#ifndef HEAPD_CLIENT_CONNECT_H
#define HEAPD_CLIENT_CONNECT_H

#include <heapd/client.h>

#define HDC_SYSTEM_SOCKET "/run/heapd/heapd.sock"

/* url NULL: HEAPD_URL, the system's socket, the user's.  timeout_ms < 0: none.
 * *ret_fd is the caller's to close. */
int hdc_connect(const char *url, int timeout_ms, int *ret_fd, struct heapd_error *error);

#endif
