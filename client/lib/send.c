/* SPDX-License-Identifier: MIT */
/* send.c: batches and requests to bytes. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "connection.h"
#include "error.h"
#include "framing.h"
#include "operand.h"
#include "releases.h"
#include "ttrpc/envelope.pb-c.h"

#define NS_PER_MS 1000000

/* Whether the batch may be sent at all. */
static int judge(const struct heapd_batch *batch, struct heapd_error *error)
{
    if (batch->state == HDC_IN_FLIGHT || batch->state == HDC_DUE) {
        return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT",
                        "the batch is in flight already");
    }
    if (batch->bad.code != HEAPD_OK) {
        return hdc_fail(error, batch->bad.code, batch->bad.reason, "operation %u: %.400s",
                        batch->bad_operation, batch->bad.message);
    }
    if (batch->count == 0) {
        return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT", "the batch is empty");
    }
    for (uint32_t i = 0; i < batch->count && batch->count > 1; i++) {
        if (hdc_method(batch->operations[i].method)->number == 0) {
            return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT",
                            "operation %u: %s stands alone in its batch", i,
                            hdc_method(batch->operations[i].method)->method);
        }
    }
    if (hdc_buffer_size(&batch->requests) > HDC_MAX_PAYLOAD) {
        return hdc_fail(error, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_SIZE",
                        "the request has %zu bytes, more than %u",
                        hdc_buffer_size(&batch->requests), HDC_MAX_PAYLOAD);
    }
    return HEAPD_OK;
}

int hdc_client_make_room(struct heapd_client *client, struct heapd_error *error)
{
    struct hdc_deadline deadline = hdc_deadline_in(client->timeout_ms);
    int code = HEAPD_OK;

    if (client->lost.code != HEAPD_OK) {
        return hdc_fail_text(error, client->lost.code, client->lost.reason,
                             client->lost.message);
    }
    if (client->next_stream > UINT32_MAX) {
        return hdc_fail(error, HEAPD_UNAVAILABLE, "CONNECTION_LOST",
                        "this connection has carried all the requests it can: open another");
    }
    while (code == HEAPD_OK && hdc_buffer_size(&client->stream.out) > HDC_HIGH_WATER) {
        code = hdc_client_turn(client, &deadline, error);
    }
    return code;
}

static bool append_frame(struct heapd_client *client, const Ttrpc__Request *envelope,
                         uint8_t flags)
{
    size_t size = ttrpc__request__get_packed_size(envelope);
    uint8_t *at = hdc_buffer_reserve(&client->stream.out, HDC_FRAME_HEADER + size);

    if (at == NULL) {
        return false;
    }
    hdc_frame_header(at, (uint32_t)size, (uint32_t)client->next_stream, HDC_TYPE_REQUEST,
                     flags);
    (void)ttrpc__request__pack(envelope, at + HDC_FRAME_HEADER);
    hdc_buffer_commit(&client->stream.out, HDC_FRAME_HEADER + size);
    return true;
}

/* Of ExecuteRequest: number << 3 | varint. */
#define ATOMIC_TAG  (2 << 3)
#define QUIET_TAG   (3 << 3)
#define FLAGS_BYTES 4

static size_t put_flag(uint8_t *to, uint8_t tag, bool set)
{
    if (!set) {
        return 0;
    }
    to[0] = tag;
    to[1] = 1;
    return 2;
}

/* The operation's own request, or ExecuteRequest: the operations, `atomic` and `quiet`. */
static bool payload_of(struct heapd_batch *batch, ProtobufCBinaryData *ret_payload)
{
    const struct hdc_operation *only = &batch->operations[0];
    uint8_t *end = hdc_buffer_reserve(&batch->requests, FLAGS_BYTES);

    if (end == NULL) {
        return false;
    }
    if (batch->unary) {
        ret_payload->data = batch->requests.data + batch->requests.start + only->offset;
        ret_payload->len = only->size;
        return true;
    }
    ret_payload->data = batch->requests.data + batch->requests.start;
    ret_payload->len = hdc_buffer_size(&batch->requests);
    ret_payload->len += put_flag(end, ATOMIC_TAG, batch->atomic);
    ret_payload->len += put_flag(end + 2 * batch->atomic, QUIET_TAG, batch->quiet);
    return true;
}

static void add_metadata(Ttrpc__Request *envelope, Ttrpc__KeyValue *pair, const char *key,
                         const char *value)
{
    ttrpc__key_value__init(pair);
    pair->key = hdc_text(key);
    pair->value = hdc_text(value);
    envelope->metadata[envelope->n_metadata++] = pair;
}

bool hdc_client_append(struct heapd_client *client, const struct hdc_outgoing *request,
                       uint32_t *ret_stream)
{
    const struct hdc_method *method = hdc_method(request->method);
    Ttrpc__Request envelope;
    Ttrpc__KeyValue pairs[2];
    Ttrpc__KeyValue *metadata[2];
    char number[24];

    ttrpc__request__init(&envelope);
    envelope.service = hdc_text(method->service);
    envelope.method = hdc_text(method->method);
    envelope.payload = request->payload;
    envelope.metadata = metadata;
    if (request->timeout_ms >= 0) {
        envelope.timeout_nano = (int64_t)request->timeout_ms * NS_PER_MS + 1;
    }
    if (client->heap[0] != '\0') {
        add_metadata(&envelope, &pairs[0], "heapd-heap", client->heap);
    }
    if (request->number != 0) {
        (void)snprintf(number, sizeof(number), "%" PRIu64, request->number);
        add_metadata(&envelope, &pairs[1], "heapd-request", number);
    }
    if (!append_frame(client, &envelope, request->flags)) {
        return false;
    }
    *ret_stream = (uint32_t)client->next_stream;
    client->next_stream += 2;
    return true;
}

int hdc_client_patience(const struct heapd_client *client, const struct heapd_batch *batch)
{
    int timeout_ms = batch->own_timeout ? batch->timeout_ms : client->timeout_ms;
    int64_t sum = (int64_t)timeout_ms + batch->wait_ms;

    if (timeout_ms < 0) {
        return -1;
    }
    return sum < INT_MAX ? (int)sum : INT_MAX;
}

static bool append_batch(struct heapd_client *client, struct heapd_batch *batch)
{
    struct hdc_outgoing request = {
        .method = batch->unary ? batch->operations[0].method : HDC_EXECUTE,
        .timeout_ms = hdc_client_patience(client, batch),
        .number = batch->request,
    };

    return payload_of(batch, &request.payload) &&
           hdc_client_append(client, &request, &batch->stream);
}

int hdc_client_send(struct heapd_client *client, struct heapd_batch *batch,
                    struct heapd_error *error)
{
    int code = judge(batch, error);

    if (code == HEAPD_OK) {
        code = hdc_client_make_room(client, error);
    }
    if (code == HEAPD_OK) {
        code = hdc_releases_send(client, error);
    }
    if (code != HEAPD_OK) {
        return code;
    }
    batch->unary = batch->count == 1 && !batch->only_batched;
    hdc_workspace_reset(&batch->answer);
    batch->results = NULL;
    batch->result_count = 0;
    batch->error.code = HEAPD_OK;
    /* A small answer, as one of an operation that changes something is, can always be read. */
    if (!hdc_workspace_prepare(&batch->answer) || !append_batch(client, batch)) {
        return hdc_fail_memory(error);
    }
    batch->ends_at = hdc_stream_position(&client->stream);
    batch->deadline = hdc_deadline_in(hdc_client_patience(client, batch));
    batch->waited_for = false;
    batch->callback = NULL;
    hdc_client_expect(client, batch);
    hdc_client_insert(client, batch);
    if (hdc_buffer_size(&client->stream.out) >= HDC_GATHER) {
        (void)hdc_stream_write(&client->stream); /* the next turn finds out what fails here */
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_batch_send(struct heapd_client *client, struct heapd_batch *batch,
                               heapd_batch_cb callback, void *ctx, struct heapd_error *error)
{
    int code = hdc_client_send(client, batch, error);

    if (code == HEAPD_OK) {
        batch->callback = callback;
        batch->ctx = ctx;
    }
    return code;
}
