/* SPDX-License-Identifier: MIT */
/* wait.c: the calls that wait, and those that call back. */
#include <poll.h>

#include "connection.h"
#include "error.h"

/* Only those due now: callbacks may send more without end.  How many were called. */
static size_t call_due(struct heapd_client *client)
{
    size_t called = 0;

    for (size_t left = client->due.count; left > 0; left--) {
        struct heapd_batch *batch = hdc_client_take_due(client);

        if (batch == NULL) {
            break; /* a callback, or a wait in it, took the others */
        }
        called++;
        if (batch->callback != NULL) {
            batch->callback(batch, batch->ctx);
        }
    }
    return called;
}

HEAPD_API int heapd_batch_run(struct heapd_client *client, struct heapd_batch *batch,
                              struct heapd_error *error)
{
    const struct hdc_deadline never = {.none = true};
    int code = hdc_client_send(client, batch, error);

    if (code != HEAPD_OK) {
        return code;
    }
    batch->waited_for = true;
    (void)hdc_stream_write(&client->stream);
    while (batch->state == HDC_IN_FLIGHT) {
        (void)hdc_client_turn(client, &never, NULL); /* the batch has a deadline of its own */
    }
    return heapd_batch_status(batch, NULL, error);
}

HEAPD_API int heapd_client_flush(struct heapd_client *client, struct heapd_error *error)
{
    struct hdc_deadline deadline = hdc_deadline_in(client->timeout_ms);
    int code = client->lost.code == HEAPD_OK ? hdc_releases_send(client, error) : HEAPD_OK;

    if (code == HEAPD_OK) {
        code = hdc_client_exchange(client, error);
    }
    while (code == HEAPD_OK && hdc_buffer_size(&client->stream.out) > 0) {
        code = hdc_client_turn(client, &deadline, error);
    }
    return code;
}

/* One step of waiting: callbacks if any are due, else the socket. */
static int step(struct heapd_client *client, const struct hdc_deadline *deadline,
                struct heapd_error *error)
{
    int code = HEAPD_OK;

    if (call_due(client) > 0) {
        return HEAPD_OK;
    }
    if (heapd_client_in_flight(client) == 0) { /* nothing to wait for but what this sends */
        code = hdc_releases_send(client, error);
    }
    if (code != HEAPD_OK) {
        return code;
    }
    hdc_releases_try(client);
    (void)hdc_stream_write(&client->stream);
    return hdc_client_turn(client, deadline, error);
}

/* Everything that was lost has been called back; is the loss to be reported? */
static int after_loss(struct heapd_client *client, int code)
{
    while (code == HEAPD_UNAVAILABLE && call_due(client) > 0) {
    }
    return code;
}

HEAPD_API int heapd_client_wait(struct heapd_client *client, struct heapd_batch *batch,
                                struct heapd_error *error)
{
    struct hdc_deadline deadline = hdc_deadline_in(client->timeout_ms);
    struct hdc_waiter waiter = {.batch = batch, .outer = client->waiters};
    int code = HEAPD_OK;

    if (batch != NULL && batch->client != client) {
        return HEAPD_OK; /* done, or never sent here */
    }
    client->waiters = &waiter;
    while (code == HEAPD_OK && (batch != NULL ? waiter.batch != NULL
                                              : heapd_client_in_flight(client) > 0 ||
                                                    hdc_releases_pending(client))) {
        code = step(client, &deadline, error);
    }
    code = after_loss(client, code);
    client->waiters = waiter.outer;
    return code;
}

HEAPD_API int heapd_client_wait_any(struct heapd_client *client, struct heapd_error *error)
{
    struct hdc_deadline deadline = hdc_deadline_in(client->timeout_ms);
    int code = HEAPD_OK;

    while (code == HEAPD_OK && heapd_client_in_flight(client) > 0 && call_due(client) == 0) {
        (void)hdc_stream_write(&client->stream);
        code = hdc_client_turn(client, &deadline, error);
    }
    return after_loss(client, code);
}

HEAPD_API size_t heapd_client_in_flight(const struct heapd_client *client)
{
    return client->sent.count + client->due.count;
}

HEAPD_API int heapd_client_fd(const struct heapd_client *client)
{
    return hdc_reconnect_waits(client) ? client->again.fd : client->stream.fd;
}

HEAPD_API int heapd_client_events(const struct heapd_client *client)
{
    bool writes = hdc_buffer_size(&client->stream.out) > 0 || hdc_releases_pending(client);

    if (hdc_reconnect_waits(client)) {
        return POLLOUT;
    }
    return POLLIN | (writes ? POLLOUT : 0);
}

HEAPD_API int heapd_client_process(struct heapd_client *client, int events,
                                   struct heapd_error *error)
{
    int code;

    (void)events; /* looking costs no more than asking what to look for */
    code = hdc_client_exchange(client, error);
    (void)call_due(client);
    hdc_reconnect_step(client);
    return code != HEAPD_OK && client->lost.code == HEAPD_OK ? HEAPD_OK : code;
}
