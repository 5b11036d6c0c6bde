/* SPDX-License-Identifier: MIT */
/* notify.h: what systemd is told, and the sockets it hands over.  Without systemd: nothing. */
#ifndef HD_SERVER_NOTIFY_H
#define HD_SERVER_NOTIFY_H

/* The sockets answer.  status: one line for systemctl status. */
void hd_notify_ready(const char *status);
void hd_notify_stopping(void);

/* Sockets handed over (LISTEN_FDS): how many, from *ret_first on. */
int hd_notify_sockets(int *ret_first);

#endif
