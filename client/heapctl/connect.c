/* SPDX-License-Identifier: MIT */
/* connect.c: a connection, to a private daemon if there is to be one. */
#include <stdio.h>

#include "heapctl.h"

static int spawn(struct heapctl *ctl)
{
    char message[512];
    int status = ctl->spawner.start(&ctl->spawner, &ctl->daemon, message, sizeof(message));

    if (status != EXIT_OK) {
        (void)fprintf(stderr, "heapctl: %s\n", message);
    } else {
        ctl->url = ctl->spawner.url(ctl->daemon);
    }
    return status;
}

int heapctl_connect(struct heapctl *ctl, const char *verb)
{
    struct heapd_error error;
    int status = ctl->spawns ? spawn(ctl) : EXIT_OK;

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_client_open(ctl->url, ctl->timeout_ms, &ctl->client, &error) != HEAPD_OK ||
        heapd_client_set_heap(ctl->client, ctl->heap, &error) != HEAPD_OK) {
        status = heapctl_report(ctl, verb, &error);
        return error.code == HEAPD_INVALID_ARGUMENT ? EXIT_USAGE : status;
    }
    return EXIT_OK;
}

int heapctl_disconnect(struct heapctl *ctl, int status)
{
    int ended;

    heapd_client_close(ctl->client);
    ended = ctl->spawner.end(ctl->daemon);
    if (ended != 0) {
        (void)fprintf(stderr, "heapctl: the private daemon ended with status %d\n", ended);
        return status == EXIT_OK ? EXIT_FAILED : status;
    }
    return status;
}
