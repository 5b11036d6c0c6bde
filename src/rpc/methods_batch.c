/* SPDX-License-Identifier: MIT */
/* methods_batch.c: BatchService: the same handlers as for single calls, one after the other.
 *
 * fill_execute begins the batch, runs every operation and builds the whole
 * response; what is left for the call is BATCH_END, whose release work may take
 * slices.  An operation inside never does: what it kills waits for the end.  A failure of any
 * kind undoes an atomic batch. */
#include "heapd/v1/batch.pb-c.h"
#include "rpc/item.h"

static enum hd_status judge(struct hd_call *call, const Heapd__V1__ExecuteRequest *execute)
{
    uint32_t most = hd_heap_options(call->heap)->limits.batch_operations;

    if (execute->n_operations > most) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_BATCH,
                       "the batch has %zu operations; at most %u are allowed",
                       execute->n_operations, most);
    }
    return HD_OK;
}

/* One operation, as hd_call_run and hd_call_answer would do it. */
static enum hd_status run_one(struct hd_call *call, const struct hd_method *method,
                              const Heapd__V1__Operation *operation, struct hd_batch *batch)
{
    const void *request = operation->create; /* any member: they share the place */

    call->method = method;
    hd_op_init(&call->op, method->op, call->session);
    call->op.batch = batch;
    call->response = hd_message_new(method->response, &call->scratch);
    if (call->response == NULL) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "the results take more memory than a call may use");
    }
    if (method->fill != NULL && method->fill(call, request) != HD_OK) {
        return call->op.error.status;
    }
    if (method->op != HD_OP_COUNT) {
        (void)hd_heap_do(call->heap, &call->op);
    } else {
        (void)hd_batch_note_read(batch, &call->op.error);
    }
    if (call->op.error.status != HD_OK || method->answer == NULL) {
        return call->op.error.status;
    }
    return method->answer(call, request, call->response);
}

/* NULL: it is none of this version. */
static const struct hd_method *method_of(const struct hd_call *call,
                                         const Heapd__V1__Operation *operation)
{
    unsigned which = (unsigned)operation->op_case;

    return which < HD_BATCH_FIELDS ? call->hub->dispatch.batch[which] : NULL;
}

static enum hd_status run_number(struct hd_call *call, const Heapd__V1__Operation *operation,
                                 struct hd_batch *batch, Heapd__V1__OperationResult *result)
{
    const struct hd_method *method = method_of(call, operation);
    unsigned which = (unsigned)operation->op_case;

    if (method == NULL) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "the operation is not set, or is none of this version");
    }
    if (run_one(call, method, operation, batch) != HD_OK) {
        return call->op.error.status;
    }
    heapd__v1__operation_result__init(result);
    if (call->hub->dispatch.batch_has_result[which]) {
        result->result_case = (Heapd__V1__OperationResult__ResultCase)which;
        result->create = (void *)call->response; /* any member, as above */
    }
    return HD_OK;
}

static void report_failure(const struct hd_error *error, uint32_t index,
                           Heapd__V1__ExecuteResponse *reply, Heapd__V1__BatchFailure *failure,
                           char *text)
{
    size_t i = 0;

    heapd__v1__batch_failure__init(failure);
    failure->index = index;
    failure->code = error->status;
    failure->reason = (char *)(uintptr_t)hd_reason_name(error->reason); /* only read from */
    for (; error->text[i] != '\0'; i++) {
        text[i] = error->text[i];
    }
    text[i] = '\0';
    failure->message = text;
    reply->failure = failure;
}

/* What the response may need, taken before anything is done. */
struct room {
    Heapd__V1__OperationResult *results;
    Heapd__V1__BatchFailure *failure;
    char *text;
};

static enum hd_status make_room(struct hd_call *call, size_t count,
                                Heapd__V1__ExecuteResponse *reply, struct room *ret_room)
{
    ret_room->results = hd_call_take_array(call, count, sizeof *ret_room->results);
    ret_room->failure = hd_call_take_array(call, 1, sizeof *ret_room->failure);
    ret_room->text = hd_call_take_array(call, HD_ERROR_TEXT_BYTES, 1);
    reply->results = hd_call_take_array(call, count, sizeof(Heapd__V1__OperationResult *));
    return call->op.error.status;
}

/* So many operations ahead of the one that runs: far enough for memory to answer. */
#define EXPECTED_AHEAD 8u

/* The objects of a batch lie anywhere. */
static void expect(const struct hd_call *call, const Heapd__V1__Operation *operation)
{
    const struct hd_method *method = method_of(call, operation);

    if (method != NULL) {
        hd_item_expect(call->heap, &method->at, operation->create);
    }
}

static void run_all(struct hd_call *call, const Heapd__V1__ExecuteRequest *execute,
                    struct hd_batch *batch, const struct room *room,
                    Heapd__V1__ExecuteResponse *reply)
{
    for (size_t i = 0; i < execute->n_operations; i++) {
        if (i + EXPECTED_AHEAD < execute->n_operations) {
            expect(call, execute->operations[i + EXPECTED_AHEAD]);
        }
        if (run_number(call, execute->operations[i], batch, &room->results[i]) != HD_OK) {
            report_failure(&call->op.error, (uint32_t)i, reply, room->failure, room->text);
            return;
        }
        if (!execute->quiet) {
            reply->results[reply->n_results++] = &room->results[i];
        }
    }
}

static enum hd_status fill_execute(struct hd_call *call, const void *request)
{
    const Heapd__V1__ExecuteRequest *execute = request;
    const struct hd_method *method = call->method;
    ProtobufCMessage *response = call->response;
    Heapd__V1__ExecuteResponse *reply = (Heapd__V1__ExecuteResponse *)(void *)response;
    struct hd_batch *batch;
    struct room room;

    if (judge(call, execute) != HD_OK ||
        make_room(call, execute->n_operations, reply, &room) != HD_OK) {
        return call->op.error.status;
    }
    hd_op_init(&call->op, HD_OP_BATCH_BEGIN, call->session);
    call->op.in.batch.atomic = execute->atomic;
    (void)hd_heap_do(call->heap, &call->op);
    if (call->op.error.status != HD_OK) {
        return call->op.error.status;
    }
    batch = call->op.batch;
    run_all(call, execute, batch, &room, reply);
    call->method = method;
    call->response = response;
    hd_op_init(&call->op, HD_OP_BATCH_END, call->session);
    call->op.batch = batch;
    if (execute->atomic && reply->failure != NULL) {
        call->op.in.batch.undo = true; /* what the results name is gone */
        reply->n_results = 0;
    }
    return HD_OK;
}

static const struct hd_method methods[] = {
    {"Execute", HD_MESSAGES(execute), HD_OP_BATCH_END, true, fill_execute, NULL, {0}},
};

const struct hd_service hd_service_batch = {"heapd.v1.BatchService", true, methods,
                                            sizeof methods / sizeof methods[0]};
