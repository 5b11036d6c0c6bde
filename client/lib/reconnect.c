/* SPDX-License-Identifier: MIT */
#include "reconnect.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "error.h"

#define FIRST_MS   100u
#define MOST_MS    10000u
#define ATTEMPT_MS 10000

bool hdc_reconnect_waits(const struct heapd_client *client)
{
    return client->lost.code != HEAPD_OK && client->again.callback != NULL;
}

/* The client is as new, but for its settings. */
static void install(struct heapd_client *client, int fd)
{
    hdc_stream_close(&client->stream);
    client->stream = (struct hdc_stream){.fd = fd};
    client->next_stream = 1;
    client->waiting = 0;
    client->lost.code = HEAPD_OK;
}

HEAPD_API int heapd_client_reconnect(struct heapd_client *client, struct heapd_lost *ret_lost,
                                     struct heapd_error *error)
{
    struct hdc_reconnect *again = &client->again;
    struct hdc_deadline deadline = hdc_deadline_in(client->timeout_ms);
    int fd;
    int status;

    if (again->address.size == 0) {
        return hdc_fail(error, HEAPD_FAILED_PRECONDITION, "NO_ADDRESS",
                        "the client was given a socket, and knows no address");
    }
    hdc_client_lose(client, "CONNECTION_LOST", "the connection was given up for another one");
    status = hdc_connect_to(&again->address, &deadline, &fd);
    if (status != 0) {
        return hdc_fail(
            error, status == ETIMEDOUT ? HEAPD_DEADLINE_EXCEEDED : HEAPD_UNAVAILABLE,
            "NO_DAEMON", "the daemon cannot be reached again: %s", strerror(status));
    }
    if (again->fd >= 0) {
        (void)close(again->fd);
        again->fd = -1;
    }
    install(client, fd);
    if (ret_lost != NULL) {
        *ret_lost = again->lost;
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_client_set_reconnect(struct heapd_client *client,
                                         const struct heapd_backoff *backoff,
                                         heapd_reconnected_cb callback, void *ctx,
                                         struct heapd_error *error)
{
    struct hdc_reconnect *again = &client->again;

    if (callback != NULL && again->address.size == 0) {
        return hdc_fail(error, HEAPD_FAILED_PRECONDITION, "NO_ADDRESS",
                        "the client was given a socket, and knows no address");
    }
    again->backoff = backoff != NULL ? *backoff : (struct heapd_backoff){0};
    if (again->backoff.first_ms == 0) {
        again->backoff.first_ms = FIRST_MS;
    }
    if (again->backoff.most_ms == 0) {
        again->backoff.most_ms = MOST_MS;
    }
    again->callback = callback;
    again->ctx = ctx;
    if (client->lost.code != HEAPD_OK) {
        hdc_reconnect_plan(client);
    }
    return HEAPD_OK;
}

/* Twice the time with each attempt, and half of it by chance: a thousand clients of a daemon
 * that was started again do not come at once. */
static void plan_next(struct hdc_reconnect *again)
{
    uint64_t delay = again->backoff.first_ms;

    for (uint32_t i = 0; i < again->failed && delay < again->backoff.most_ms; i++) {
        delay *= 2;
    }
    if (delay > again->backoff.most_ms) {
        delay = again->backoff.most_ms;
    }
    delay -= (hdc_now_ns() / 64) % (delay / 2 + 1);
    again->at = hdc_deadline_in((int)(delay < INT32_MAX ? delay : INT32_MAX));
}

void hdc_reconnect_plan(struct heapd_client *client)
{
    client->again.failed = 0;
    plan_next(&client->again);
}

static void call_back(struct heapd_client *client, const struct heapd_error *failure)
{
    struct heapd_lost lost = client->again.lost;
    heapd_reconnected_cb callback = client->again.callback;

    if (failure != NULL) {
        client->again.callback = NULL;
    }
    callback(client, &lost, failure, client->again.ctx);
}

static void attempt_failed(struct heapd_client *client, int status)
{
    struct hdc_reconnect *again = &client->again;
    struct heapd_error failure;

    if (again->fd >= 0) {
        (void)close(again->fd);
        again->fd = -1;
    }
    again->failed++;
    if (again->backoff.tries != 0 && again->failed >= again->backoff.tries) {
        (void)hdc_fail(&failure, HEAPD_UNAVAILABLE, "NO_DAEMON",
                       "given up after %u attempts: %s", again->failed, strerror(status));
        call_back(client, &failure);
        return;
    }
    plan_next(again);
}

void hdc_reconnect_step(struct heapd_client *client)
{
    struct hdc_reconnect *again = &client->again;
    const struct hdc_deadline now = {.at_ns = 0};
    int status;
    int fd;

    if (!hdc_reconnect_waits(client) || (again->fd < 0 && !hdc_deadline_passed(&again->at))) {
        return;
    }
    if (again->fd < 0) {
        status = hdc_connect_begin(&again->address, &again->fd);
        again->at = hdc_deadline_in(ATTEMPT_MS);
    } else {
        status = hdc_connect_finish(again->fd, &now);
        if (status == ETIMEDOUT && !hdc_deadline_passed(&again->at)) {
            status = EINPROGRESS;
        }
    }
    if (status == EINPROGRESS) {
        return;
    }
    if (status != 0) {
        attempt_failed(client, status);
        return;
    }
    fd = again->fd;
    again->fd = -1;
    install(client, fd);
    call_back(client, NULL);
}
