/* SPDX-License-Identifier: MIT */
/* notify.c: see sd_notify(3) and sd_listen_fds(3). */
#include "server/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#define HEAP_PREFIX "heap="

void hd_notify_ready(const char *status)
{
    (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void hd_notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1\nSTATUS=finishing what is in flight");
}

/* A colon separates names where systemd hands them over, so that none has one in it. */
static const char *heap_of(const char *name)
{
    size_t size = strlen(HEAP_PREFIX);

    return strncmp(name, HEAP_PREFIX, size) == 0 ? name + size : NULL;
}

static void free_names(char **names, int count)
{
    for (int i = 0; i < count; i++) {
        free(names[i]);
    }
    free(names);
}

int hd_notify_sockets(struct hd_notify_socket **ret_sockets)
{
    char **names = NULL;
    int count = sd_listen_fds_with_names(1, &names);
    struct hd_notify_socket *sockets;

    *ret_sockets = NULL;
    if (count <= 0) {
        return count;
    }
    sockets = calloc((size_t)count, sizeof *sockets);
    if (sockets == NULL) {
        free_names(names, count);
        return -ENOMEM;
    }
    for (int i = 0; i < count; i++) {
        sockets[i] =
            (struct hd_notify_socket){SD_LISTEN_FDS_START + i, names[i], heap_of(names[i])};
    }
    free(names);
    *ret_sockets = sockets;
    return count;
}

void hd_notify_free(struct hd_notify_socket *sockets, int count)
{
    for (int i = 0; i < count; i++) {
        free(sockets[i].name);
    }
    free(sockets);
}
