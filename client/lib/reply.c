/* SPDX-License-Identifier: MIT */
#include "reply.h"

#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/batch.pb-c.h"
#include "ttrpc/envelope.pb-c.h"

#define ERROR_INFO  "google.rpc.ErrorInfo"
#define ERROR_SPACE ((size_t)1 << 20) /* that a decoded error may take */

void hdc_reply_fail(struct heapd_batch *batch, int code, const char *reason,
                    const char *message)
{
    batch->failed = batch->count == 1 ? 0 : batch->count;
    batch->result_count = 0;
    (void)hdc_fail_text(&batch->error, code, reason, message);
}

/* Also what only seems bad, because there was no memory to decode it. */
static void bad_reply(struct heapd_batch *batch, const char *message)
{
    struct heapd_error error;

    if (batch->answer.starved) {
        (void)hdc_fail_answer(&error);
        hdc_reply_fail(batch, error.code, error.reason, error.message);
        return;
    }
    hdc_reply_fail(batch, HEAPD_INTERNAL, "BAD_REPLY", message);
}

static int known_code(int code)
{
    return code > 0 && code <= HEAPD_UNAUTHENTICATED ? code : HEAPD_UNKNOWN;
}

/* The ErrorInfo among the details, in space, or NULL. */
static const Ttrpc__ErrorInfo *error_info(struct hdc_workspace *space,
                                          const Ttrpc__Status *status)
{
    for (size_t i = 0; i < status->n_details; i++) {
        const Ttrpc__Any *any = status->details[i];
        size_t length = strlen(any->type_url);
        size_t wanted = sizeof(ERROR_INFO) - 1;

        if (length >= wanted && strcmp(any->type_url + length - wanted, ERROR_INFO) == 0) {
            return ttrpc__error_info__unpack(&space->allocator, any->value.len,
                                             any->value.data);
        }
    }
    return NULL;
}

static void decode_status(struct heapd_batch *batch, const Ttrpc__Status *status)
{
    const Ttrpc__ErrorInfo *info = error_info(&batch->answer, status);

    hdc_reply_fail(batch, known_code(status->code), info != NULL ? info->reason : "",
                   status->message);
}

static void decode_unary(struct heapd_batch *batch, const ProtobufCBinaryData *payload)
{
    const struct hdc_method *method = hdc_method(batch->operations[0].method);
    const ProtobufCMessage *message =
        protobuf_c_message_unpack(method->response, &batch->answer.allocator, payload->len,
                                  payload->data != NULL ? payload->data : (const uint8_t *)"");

    batch->results = hdc_workspace_array(&batch->answer, 1, sizeof(*batch->results));
    if (message == NULL || batch->results == NULL) {
        bad_reply(batch, "the answer cannot be decoded");
        return;
    }
    batch->results[0] = message;
    batch->result_count = 1;
}

static void decode_failure(struct heapd_batch *batch, const Heapd__V1__BatchFailure *failure)
{
    batch->failed = failure->index;
    (void)hdc_fail_text(&batch->error, known_code(failure->code), failure->reason,
                        failure->message);
}

static bool collect_results(struct heapd_batch *batch,
                            const Heapd__V1__ExecuteResponse *response)
{
    batch->results =
        hdc_workspace_array(&batch->answer, response->n_results, sizeof(*batch->results));
    if (batch->results == NULL) {
        return false;
    }
    for (size_t i = 0; i < response->n_results; i++) {
        const Heapd__V1__OperationResult *result = response->results[i];
        uint32_t number = (uint32_t)result->result_case;

        if (number != 0 && number != hdc_method(batch->operations[i].method)->number) {
            return false;
        }
        /* All members of the union point to messages. */
        batch->results[i] = number != 0 ? &result->create->base : NULL;
    }
    batch->result_count = (uint32_t)response->n_results;
    return true;
}

static void decode_execute(struct heapd_batch *batch, const ProtobufCBinaryData *payload)
{
    const Heapd__V1__ExecuteResponse *response = heapd__v1__execute_response__unpack(
        &batch->answer.allocator, payload->len,
        payload->data != NULL ? payload->data : (const uint8_t *)"");
    size_t wanted = batch->count;

    if (response == NULL) {
        bad_reply(batch, "the answer cannot be decoded");
        return;
    }
    if (response->failure != NULL) {
        wanted = response->failure->index;
    }
    if (wanted >= batch->count + (response->failure == NULL)) {
        bad_reply(batch, "the answer says that an operation failed which is none");
        return;
    }
    if (response->failure != NULL && batch->atomic) {
        wanted = 0; /* none was done */
    }
    if (response->n_results != wanted && !(batch->quiet && response->n_results == 0)) {
        bad_reply(batch, "the answer has not as many results as the batch operations");
        return;
    }
    if (!collect_results(batch, response)) {
        bad_reply(batch, "the answer has results of other operations");
        return;
    }
    if (response->failure != NULL) {
        decode_failure(batch, response->failure);
    }
}

int hdc_reply_read_error(const uint8_t *data, size_t size, struct heapd_error *ret_error)
{
    struct hdc_workspace space;
    const Ttrpc__ErrorInfo *info;
    const Ttrpc__Response *response;

    hdc_workspace_init(&space, ERROR_SPACE);
    response = ttrpc__response__unpack(&space.allocator, size, data);
    if (response == NULL && space.starved) {
        (void)hdc_fail_answer(ret_error);
    } else if (response == NULL || response->status == NULL || response->status->code == 0) {
        (void)hdc_fail_text(ret_error, HEAPD_INTERNAL, "BAD_REPLY",
                            "the daemon answered a stream with what is no error");
    } else {
        info = error_info(&space, response->status);
        (void)hdc_fail_text(ret_error, known_code(response->status->code),
                            info != NULL ? info->reason : "", response->status->message);
    }
    hdc_workspace_fini(&space);
    return ret_error->code;
}

/* Calls of ServerService are of no session: their answers say nothing of what waits. */
static void note_waiting(const struct heapd_batch *batch, uint64_t waiting)
{
    const struct hdc_method *method = hdc_method(batch->operations[0].method);

    if (batch->client != NULL && strcmp(method->service, "heapd.v1.ServerService") != 0) {
        batch->client->waiting = waiting;
    }
}

void hdc_reply_decode(struct heapd_batch *batch, const uint8_t *data, size_t size)
{
    const Ttrpc__Response *response =
        ttrpc__response__unpack(&batch->answer.allocator, size, data);

    batch->error.code = HEAPD_OK;
    if (response == NULL) {
        bad_reply(batch, "the answer cannot be decoded");
    } else if (response->status != NULL && response->status->code != 0) {
        decode_status(batch, response->status);
    } else {
        note_waiting(batch, response->waiting);
        (batch->unary ? decode_unary : decode_execute)(batch, &response->payload);
    }
}
