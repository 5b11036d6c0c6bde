/* SPDX-License-Identifier: MIT */
#include "operations.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"

#define BUILDING_LIMIT ((size_t)64 << 20)
#define ANSWER_LIMIT   ((size_t)64 << 20)
#define MAX_PREFIX     16 /* two keys and two lengths */

void hdc_batch_init(struct heapd_batch *batch)
{
    memset(batch, 0, sizeof(*batch));
    hdc_workspace_init(&batch->building, BUILDING_LIMIT);
    hdc_workspace_init(&batch->answer, ANSWER_LIMIT);
}

void hdc_batch_fini(struct heapd_batch *batch)
{
    hdc_client_forget(batch);
    hdc_buffer_fini(&batch->requests);
    hdc_workspace_fini(&batch->building);
    hdc_workspace_fini(&batch->answer);
    free(batch->operations);
}

HEAPD_API struct heapd_batch *heapd_batch_new(void)
{
    struct heapd_batch *batch = malloc(sizeof(*batch));

    if (batch != NULL) {
        hdc_batch_init(batch);
    }
    return batch;
}

HEAPD_API void heapd_batch_free(struct heapd_batch *batch)
{
    if (batch != NULL) {
        hdc_batch_fini(batch);
        free(batch);
    }
}

HEAPD_API void heapd_batch_reset(struct heapd_batch *batch)
{
    hdc_client_forget(batch);
    hdc_buffer_clear(&batch->requests);
    hdc_workspace_reset(&batch->building);
    hdc_workspace_reset(&batch->answer);
    batch->state = HDC_BUILDING;
    batch->count = 0;
    batch->bad.code = HEAPD_OK;
    batch->quiet = false;
    batch->atomic = false;
    batch->only_batched = false;
    batch->request = 0;
    batch->wait_ms = 0;
    batch->own_timeout = false;
    batch->results = NULL;
    batch->result_count = 0;
}

HEAPD_API uint32_t heapd_batch_count(const struct heapd_batch *batch)
{
    return batch->count;
}

HEAPD_API size_t heapd_batch_bytes(const struct heapd_batch *batch)
{
    return hdc_buffer_size(&batch->requests);
}

HEAPD_API void heapd_batch_set_quiet(struct heapd_batch *batch, bool quiet)
{
    batch->quiet = quiet;
}

HEAPD_API void heapd_batch_set_atomic(struct heapd_batch *batch, bool atomic)
{
    batch->atomic = atomic;
}

HEAPD_API void heapd_batch_set_request(struct heapd_batch *batch, uint64_t request)
{
    batch->request = request;
}

HEAPD_API void heapd_batch_set_timeout(struct heapd_batch *batch, int timeout_ms)
{
    batch->own_timeout = true;
    batch->timeout_ms = timeout_ms;
}

void hdc_batch_spoil(struct heapd_batch *batch, int code, const char *reason,
                     const char *message)
{
    if (batch->bad.code == HEAPD_OK) {
        (void)hdc_fail_text(&batch->bad, code, reason, message);
        batch->bad_operation = batch->count;
    }
}

void *hdc_batch_take(struct heapd_batch *batch, size_t count, size_t size)
{
    void *block = hdc_workspace_array(&batch->building, count, size);

    if (block == NULL) {
        hdc_batch_spoil(batch, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY",
                        "no memory for the operation");
        return NULL;
    }
    memset(block, 0, count * size);
    return block;
}

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

static uint8_t *put_prefix(uint8_t *at, uint32_t number, size_t size)
{
    at = put_varint(at, number << 3 | 2);
    return put_varint(at, size);
}

/* operations (field 1 of ExecuteRequest) { number (of Operation) { the request } } */
static bool pack_operation(struct heapd_batch *batch, const struct hdc_method *method,
                           const ProtobufCMessage *request, struct hdc_operation *operation)
{
    size_t size = protobuf_c_message_get_packed_size(request);
    uint8_t inner[MAX_PREFIX];
    size_t inner_size = (size_t)(put_prefix(inner, method->number, size) - inner);
    uint8_t *start = hdc_buffer_reserve(&batch->requests, size + 2 * (size_t)MAX_PREFIX);
    uint8_t *at = start;

    if (start == NULL) {
        return false;
    }
    if (method->number != 0) {
        at = put_prefix(at, 1, inner_size + size);
        memcpy(at, inner, inner_size);
        at += inner_size;
    }
    (void)protobuf_c_message_pack(request, at);
    operation->offset = hdc_buffer_size(&batch->requests) + (size_t)(at - start);
    operation->size = size;
    hdc_buffer_commit(&batch->requests, (size_t)(at - start) + size);
    return true;
}

static bool grow_operations(struct heapd_batch *batch)
{
    uint32_t capacity = batch->capacity == 0 ? 8 : batch->capacity * 2;
    struct hdc_operation *operations;

    operations = realloc(batch->operations, capacity * sizeof(*operations));
    if (operations == NULL) {
        return false;
    }
    batch->operations = operations;
    batch->capacity = capacity;
    return true;
}

uint32_t hdc_batch_put(struct heapd_batch *batch, enum hdc_method_id method,
                       const ProtobufCMessage *request)
{
    struct hdc_operation operation = {.method = method};

    if (batch->state != HDC_BUILDING) {
        hdc_batch_spoil(batch, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT",
                        "an operation was added to a batch that was sent and not reset");
    }
    if (batch->bad.code == HEAPD_OK && hdc_buffer_size(&batch->requests) > HDC_MAX_FRAME) {
        hdc_batch_spoil(batch, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_SIZE",
                        "the batch is larger than a request may be");
    }
    if (batch->bad.code == HEAPD_OK) {
        if ((batch->count == batch->capacity && !grow_operations(batch)) ||
            !pack_operation(batch, hdc_method(method), request, &operation)) {
            hdc_batch_spoil(batch, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY",
                            "no memory for the operation");
        } else {
            batch->operations[batch->count] = operation;
        }
    }
    hdc_workspace_reset(&batch->building);
    return batch->count++;
}

const void *hdc_batch_answer(const struct heapd_batch *batch, uint32_t operation,
                             enum hdc_method_id method)
{
    if ((batch->state != HDC_DONE && batch->state != HDC_DUE) ||
        operation >= batch->result_count || batch->operations[operation].method != method) {
        return NULL;
    }
    return batch->results[operation];
}

HEAPD_API bool heapd_batch_is_done(const struct heapd_batch *batch)
{
    return batch->state == HDC_DONE || batch->state == HDC_DUE;
}

HEAPD_API int heapd_batch_status(const struct heapd_batch *batch, uint32_t *ret_failed,
                                 struct heapd_error *error)
{
    if (!heapd_batch_is_done(batch)) {
        return hdc_fail(error, HEAPD_UNKNOWN, "", "the batch is not done");
    }
    if (batch->error.code == HEAPD_OK) {
        return HEAPD_OK;
    }
    if (ret_failed != NULL) {
        *ret_failed = batch->failed;
    }
    if (error != NULL) {
        *error = batch->error;
    }
    return batch->error.code;
}
