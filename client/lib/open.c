/* SPDX-License-Identifier: MIT */
/* open.c: making and ending a client. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connect.h"
#include "connection.h"
#include "error.h"
#include "message_stream.h"

HEAPD_API int heapd_client_from_fd(int fd, struct heapd_client **ret_client,
                                   struct heapd_error *error)
{
    struct heapd_client *client = calloc(1, sizeof(*client));

    if (client == NULL || !hdc_client_table_init(client)) {
        free(client);
        return hdc_fail_memory(error);
    }
    client->stream.fd = fd;
    client->again.fd = -1;
    client->expiry.none = true;
    client->timeout_ms = -1;
    client->next_stream = 1;
    hdc_batch_init(&client->single);
    *ret_client = client;
    return HEAPD_OK;
}

HEAPD_API int heapd_client_open(const char *url, int timeout_ms,
                                struct heapd_client **ret_client, struct heapd_error *error)
{
    struct hdc_address address;
    int fd;
    int code = hdc_connect(url, timeout_ms, &fd, &address, error);

    if (code != HEAPD_OK) {
        return code;
    }
    code = heapd_client_from_fd(fd, ret_client, error);
    if (code != HEAPD_OK) {
        (void)close(fd);
        return code;
    }
    (*ret_client)->timeout_ms = timeout_ms;
    (*ret_client)->again.address = address;
    return HEAPD_OK;
}

/* Whatever is not done ends here, without callbacks. */
static void cancel_all(struct heapd_client *client)
{
    struct heapd_batch *batch;

    while (client->sent.first != NULL) {
        batch = client->sent.first;
        batch->failed = batch->count;
        (void)hdc_fail(&batch->error, HEAPD_CANCELLED, "", "the client was closed");
        hdc_client_settle(client, batch);
    }
    do {
        batch = hdc_client_take_due(client);
        if (batch != NULL && batch->release) {
            hdc_gathering_free(batch);
        }
    } while (batch != NULL);
    hdc_messages_abandon(client);
}

HEAPD_API void heapd_client_close(struct heapd_client *client)
{
    if (client == NULL) {
        return;
    }
    hdc_releases_try(client);
    if (client->lost.code == HEAPD_OK) {
        (void)hdc_stream_write(&client->stream); /* what was sent without waiting */
    }
    cancel_all(client);
    hdc_releases_fini(client);
    hdc_batch_fini(&client->single);
    if (client->again.fd >= 0) {
        (void)close(client->again.fd);
    }
    hdc_stream_close(&client->stream);
    free(client->table);
    free(client);
}

HEAPD_API void heapd_client_set_timeout(struct heapd_client *client, int timeout_ms)
{
    client->timeout_ms = timeout_ms;
}

HEAPD_API int heapd_client_set_heap(struct heapd_client *client, const char *heap,
                                    struct heapd_error *error)
{
    size_t length = heap != NULL ? strlen(heap) : 0;

    if (length >= sizeof(client->heap)) {
        return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_NAME",
                        "the name of the heap is longer than 255 bytes");
    }
    if (length > 0) {
        memcpy(client->heap, heap, length);
    }
    client->heap[length] = '\0';
    return HEAPD_OK;
}
