/* SPDX-License-Identifier: MIT */
/* reconnect.h: another connection in the place of one that was lost. */
#ifndef HEAPD_CLIENT_RECONNECT_H
#define HEAPD_CLIENT_RECONNECT_H

#include <heapd/client.h>

#include "connect.h"
#include "deadline.h"

struct hdc_reconnect {
    struct hdc_address address; /* where the client was connected; size 0: not known */
    struct heapd_lost lost;     /* what went with the last connection */

    struct heapd_backoff backoff;
    heapd_reconnected_cb callback; /* NULL: it is not done by itself */
    void *ctx;
    uint32_t failed;        /* attempts since the loss */
    int fd;                 /* owned; of an attempt under way; -1: none is */
    struct hdc_deadline at; /* of the next attempt, or the end of this one */
};

/* Whether it is done by itself, and to be done. */
bool hdc_reconnect_waits(const struct heapd_client *client);
/* The connection was lost: when is the first attempt? */
void hdc_reconnect_plan(struct heapd_client *client);
/* Gets on with it without waiting, and calls back when it is done or given up. */
void hdc_reconnect_step(struct heapd_client *client);

#endif
