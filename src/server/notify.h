/* SPDX-License-Identifier: MIT */
/* notify.h: what systemd is told, and the sockets it hands over.  Without systemd: nothing. */
#ifndef HD_SERVER_NOTIFY_H
#define HD_SERVER_NOTIFY_H

/* The sockets answer.  status: one line for systemctl status. */
void hd_notify_ready(const char *status);
void hd_notify_stopping(void);

/* A socket handed over.  heap: of which FileDescriptorName says "heap=NAME", else NULL. */
struct hd_notify_socket {
    int fd;
    char *name; /* owned, by the array */
    const char *heap;
};

/* Sockets handed over (LISTEN_FDS, LISTEN_FDNAMES): how many, in an array to be freed with
 * hd_notify_free.  Below 0: -errno, what systemd said makes no sense, or memory is short; then
 * and for 0 *ret_sockets is NULL. */
int hd_notify_sockets(struct hd_notify_socket **ret_sockets);
void hd_notify_free(struct hd_notify_socket *sockets, int count);

#endif
