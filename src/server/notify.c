/* SPDX-License-Identifier: MIT */
/* notify.c: see sd_notify(3) and sd_listen_fds(3). */
#include "server/notify.h"

#include <systemd/sd-daemon.h>

void hd_notify_ready(const char *status)
{
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void hd_notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1\nSTATUS=finishing what is in flight");
}

int hd_notify_sockets(int *ret_first)
{
    int count = sd_listen_fds(1);

    *ret_first = SD_LISTEN_FDS_START;
    return count < 0 ? 0 : count;
}
