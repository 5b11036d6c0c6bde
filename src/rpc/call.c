/* SPDX-License-Identifier: MIT */
/* call.c: decode, fill, do, answer; and the free list. */
#include "rpc/call.h"

#include <string.h>

#include "base/check.h"
#include "heap/inspect.h"

#define SPARE_CALLS 64
/* What a reply may take of the scratch, beyond what the request took. */
#define REPLY_SCRATCH ((size_t)32 << 20)

static void free_call(struct hd_call *call)
{
    hd_scratch_fini(&call->scratch);
    hd_free(call->hub->options.allocator, call, sizeof *call);
}

static struct hd_call *new_call(struct hd_hub *hub)
{
    struct hd_call *call = hd_alloc(hub->options.allocator, sizeof *call);

    if (call == NULL) {
        return NULL;
    }
    memset(call, 0, sizeof *call);
    call->hub = hub;
    hd_list_init(&call->link);
    hd_scratch_init(&call->scratch, hub->options.allocator);
    return call;
}

struct hd_call *hd_call_take(struct hd_hub *hub)
{
    struct hd_list *first = hd_list_first(&hub->spare_calls);

    if (first == NULL) {
        return new_call(hub);
    }
    hd_list_unlink(first);
    hub->spare_count--;
    return HD_CONTAINER_OF(first, struct hd_call, link);
}

void hd_call_give(struct hd_call *call)
{
    struct hd_hub *hub = call->hub;

    hd_free(hub->options.allocator, call->kept, call->payload.size);
    call->kept = NULL;
    call->payload = (struct hd_bytes){NULL, 0};
    hd_scratch_reset(&call->scratch);
    if (hub->spare_count == SPARE_CALLS) {
        free_call(call);
        return;
    }
    hub->spare_count++;
    hd_list_push_back(&hub->spare_calls, &call->link);
}

void hd_call_free_spare(struct hd_hub *hub)
{
    struct hd_list *first;

    while ((first = hd_list_first(&hub->spare_calls)) != NULL) {
        hd_list_unlink(first);
        free_call(HD_CONTAINER_OF(first, struct hd_call, link));
    }
    hub->spare_count = 0;
}

enum hd_status hd_call_keep(struct hd_call *call)
{
    if (call->payload.size == 0) {
        return HD_OK;
    }
    call->kept = hd_alloc(call->hub->options.allocator, call->payload.size);
    if (call->kept == NULL) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                       "no memory to keep a request of %zu bytes", call->payload.size);
    }
    memcpy(call->kept, call->payload.data, call->payload.size);
    call->payload.data = call->kept;
    return HD_OK;
}

static enum hd_status no_memory(struct hd_call *call)
{
    return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                   "%s takes more memory than a call may use", call->method->name);
}

/* Request, in scratch. */
static enum hd_status decode(struct hd_call *call)
{
    const struct hd_method *method = call->method;

    hd_op_init(&call->op, method->op, call->session);
    call->response = NULL;
    (void)hd_message_decode(method->request, call->payload, &call->scratch, &call->request,
                            &call->op.error);
    hd_scratch_set_cap(&call->scratch, REPLY_SCRATCH);
    return call->op.error.status;
}

/* Empty response, in scratch. */
static enum hd_status make_response(struct hd_call *call)
{
    call->response = hd_message_new(call->method->response, &call->scratch);
    return call->response == NULL ? no_memory(call) : HD_OK;
}

static enum hd_status fill(struct hd_call *call)
{
    const struct hd_method *method = call->method;

    return method->fill == NULL ? HD_OK : method->fill(call, call->request);
}

static void answer(struct hd_call *call)
{
    if (call->method->answer != NULL) {
        (void)call->method->answer(call, call->request, call->response);
    }
}

enum hd_progress hd_call_run(struct hd_call *call,
                             void (*finished)(struct hd_op *op, void *ctx))
{
    if (decode(call) != HD_OK || make_response(call) != HD_OK || fill(call) != HD_OK ||
        call->method->op == HD_OP_COUNT) {
        return HD_DONE;
    }
    call->op.finished = finished;
    call->op.ctx = call;
    return hd_heap_do(call->heap, &call->op);
}

enum hd_status hd_call_answer(struct hd_call *call, struct hd_buf *out)
{
    if (call->op.error.status == HD_OK) {
        answer(call);
    }
    return hd_call_put(call, out);
}

enum hd_status hd_call_prepare(struct hd_call *call)
{
    return decode(call) == HD_OK ? fill(call) : call->op.error.status;
}

enum hd_status hd_call_ask(struct hd_call *call)
{
    if (make_response(call) == HD_OK) {
        answer(call);
    }
    return call->op.error.status;
}

enum hd_status hd_call_put(struct hd_call *call, struct hd_buf *out)
{
    struct hd_error *error = &call->op.error;

    if (error->status == HD_OK) {
        (void)hd_envelope_put_reply(
            out, call->stream, call->session == NULL ? 0 : hd_inspect_waiting(call->session),
            call->response, error);
    }
    return error->status == HD_OK ? HD_OK : hd_envelope_put_error(out, call->stream, error);
}

void *hd_call_take_array(struct hd_call *call, size_t count, size_t item_size)
{
    void *items = hd_scratch_take_array(&call->scratch, count, item_size);

    if (items == NULL) {
        (void)no_memory(call);
    }
    return items;
}

void *hd_call_take_bytes(struct hd_call *call, size_t size)
{
    void *bytes = hd_scratch_take(&call->scratch, size);

    if (bytes == NULL) {
        (void)no_memory(call);
    }
    return bytes;
}

char *hd_call_copy_text(struct hd_call *call, struct hd_bytes text)
{
    char *copy = hd_scratch_copy_text(&call->scratch, text.data, text.size);

    if (copy == NULL) {
        (void)no_memory(call);
    }
    return copy;
}
