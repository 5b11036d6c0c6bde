/* SPDX-License-Identifier: MIT */
/* expire.c: requests that end before their answer: out of time [client.inv.expiry], or not
 * wanted any more. */
#include <stdio.h>

#include "connection.h"
#include "error.h"
#include "reply.h"

void hdc_client_expect(struct heapd_client *client, const struct heapd_batch *batch)
{
    if (!batch->deadline.none &&
        (client->expiry.none || batch->deadline.at_ns < client->expiry.at_ns)) {
        client->expiry = batch->deadline;
    }
}

/* Its answer, should it come, finds nobody. */
static void give_up(struct heapd_client *client, struct heapd_batch *batch, int code,
                    const char *message)
{
    hdc_reply_fail(batch, code, "", message);
    hdc_client_settle(client, batch);
}

void hdc_client_expire(struct heapd_client *client)
{
    struct heapd_batch *next;
    char message[64];

    if (client->expiry.none || !hdc_deadline_passed(&client->expiry)) {
        return;
    }
    client->expiry.none = true;
    for (struct heapd_batch *batch = client->sent.first; batch != NULL; batch = next) {
        next = batch->next;
        if (!batch->deadline.none && hdc_deadline_passed(&batch->deadline)) {
            (void)snprintf(message, sizeof(message), "no answer within %d ms",
                           hdc_client_patience(client, batch));
            give_up(client, batch, HEAPD_DEADLINE_EXCEEDED, message);
        } else {
            hdc_client_expect(client, batch);
        }
    }
}

HEAPD_API bool heapd_batch_cancel(struct heapd_batch *batch)
{
    if (batch->state != HDC_IN_FLIGHT) {
        return false;
    }
    give_up(batch->client, batch, HEAPD_CANCELLED, "the request was cancelled");
    return true;
}

HEAPD_API int heapd_client_timeout(const struct heapd_client *client)
{
    if (client->due.count > 0) {
        return 0;
    }
    return hdc_deadline_left_ms(hdc_reconnect_waits(client) ? &client->again.at
                                                            : &client->expiry);
}
