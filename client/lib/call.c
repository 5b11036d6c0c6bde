/* SPDX-License-Identifier: MIT */
/* call.c: a blocking call is a batch of one, built and read as any other. */
#include "connection.h"

#include <string.h>

#include "error.h"

struct heapd_batch *hdc_single(struct heapd_client *client)
{
    heapd_batch_reset(&client->single);
    return &client->single;
}

int hdc_single_run(struct heapd_client *client, struct heapd_error *error)
{
    client->single.only_batched = false; /* the daemon says what is wrong with it */
    return heapd_batch_run(client, &client->single, error);
}

int hdc_single_run_for_id(struct heapd_client *client, uint64_t *ret_id,
                          struct heapd_error *error)
{
    int code = hdc_single_run(client, error);

    if (code == HEAPD_OK && ret_id != NULL) {
        *ret_id = heapd_result_id(&client->single, 0);
    }
    return code;
}

int hdc_call(struct heapd_client *client, enum hdc_method_id method,
             const ProtobufCMessage *request, const void **ret_answer,
             struct heapd_error *error)
{
    int code;

    (void)hdc_batch_put(hdc_single(client), method, request);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK) {
        *ret_answer = hdc_batch_answer(&client->single, 0, method);
    }
    return code;
}

int hdc_next_token(const char *next, char token[HDC_TOKEN_BYTES], struct heapd_error *error)
{
    size_t size = strlen(next) + 1;

    if (size > HDC_TOKEN_BYTES) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY", "the page token is too long");
    }
    memcpy(token, next, size);
    return HEAPD_OK;
}
