/* SPDX-License-Identifier: MIT */
/* deliveries.c: what waits on a queue goes to who asks for it, now or when it comes. */
#include "rpc/deliveries.h"

#include "heap/inspect.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "heapd/v1/finalizer_stream.pb-c.h"
#include "rpc/item.h"
#include "rpc/page.h"

#define DELIVERIES_MAX 1000u
/* Of one message of a stream; fits into the first chunk of a scratch. */
#define MESSAGE_DELIVERIES 32u

/* Room for so many messages. */
static enum hd_status reserve(struct hd_call *call, size_t count,
                              Heapd__V1__Delivery ***ret_list)
{
    Heapd__V1__Delivery *deliveries = hd_call_take_array(call, count, sizeof *deliveries);
    Heapd__V1__Delivery **list = hd_call_take_array(call, count, sizeof *list);

    for (size_t i = 0; call->op.error.status == HD_OK && i < count; i++) {
        heapd__v1__delivery__init(&deliveries[i]);
        list[i] = &deliveries[i];
    }
    *ret_list = list;
    return call->op.error.status;
}

static void describe(Heapd__V1__Delivery **list, const struct hd_delivery *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        list[i]->delivery = from[i].delivery;
        list[i]->id = from[i].object;
        list[i]->callback = from[i].is_callback;
        list[i]->tries = from[i].tries;
    }
}

static enum hd_status prepare(struct hd_call *call)
{
    call->wait.state = hd_call_take_array(call, 1, sizeof(struct hd_waiter));
    return call->op.error.status;
}

/* Memory for the answer comes first: what is delivered must reach who asked. */
static enum hd_status take(struct hd_call *call, const char *queue, size_t max,
                           Heapd__V1__Delivery ***ret_list, size_t *ret_count)
{
    size_t waiting = hd_inspect_queue_waiting(call->heap, hd_bytes_of(queue));
    struct hd_delivery *deliveries;
    struct hd_op op;

    max = waiting < max ? waiting : max;
    deliveries = hd_call_take_array(call, max, sizeof *deliveries);
    if (reserve(call, max, ret_list) != HD_OK) {
        return call->op.error.status;
    }
    hd_op_init(&op, HD_OP_RECEIVE, call->session);
    op.in.receive.queue = hd_bytes_of(queue);
    op.in.receive.max = max;
    op.in.receive.ret_deliveries = deliveries;
    (void)hd_heap_do(call->heap, &op);
    if (op.error.status != HD_OK) {
        call->op.error = op.error;
        return op.error.status;
    }
    *ret_count = op.out.count;
    if (op.out.count == 0) {
        hd_wait_for(call, call->wait.state);
        hd_heap_wait_for_queue(call->heap, hd_bytes_of(queue), call->wait.state);
    }
    describe(*ret_list, deliveries, op.out.count);
    return HD_OK;
}

enum hd_status hd_receive_fill(struct hd_call *call, const void *request)
{
    (void)request;
    return prepare(call);
}

enum hd_status hd_receive_answer(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__ReceiveRequest *receive = request;
    Heapd__V1__ReceiveResponse *reply = response;
    bool all = receive->max == 0 || receive->max > DELIVERIES_MAX;

    return take(call, receive->queue, all ? DELIVERIES_MAX : receive->max, &reply->deliveries,
                &reply->n_deliveries);
}

enum hd_status hd_list_dead_answer(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__ListDeadRequest *list = request;
    Heapd__V1__ListDeadResponse *reply = response;
    struct hd_delivery *letters;
    struct hd_page page;

    if (hd_page_open(call, list->page_size, DELIVERIES_MAX, list->page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    letters = hd_call_take_array(call, page.max, sizeof *letters);
    if (letters == NULL ||
        hd_inspect_dead(call->heap, hd_bytes_of(list->queue), &page.cursor, page.max, letters,
                        &reply->n_letters, &call->op.error) != HD_OK ||
        reserve(call, reply->n_letters, &reply->letters) != HD_OK) {
        return call->op.error.status;
    }
    describe(reply->letters, letters, reply->n_letters);
    return hd_page_close(call, &page, &reply->next_page_token);
}

static enum hd_status fill_stream(struct hd_call *call, const void *request)
{
    (void)request;
    return prepare(call);
}

static enum hd_status answer_stream(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__DeliverRequest *deliver = request;
    Heapd__V1__DeliverResponse *reply = response;
    uint64_t delivered =
        hd_inspect_delivered(call->heap, hd_bytes_of(deliver->queue), call->session);
    size_t max = MESSAGE_DELIVERIES;

    if (deliver->window > 0 && delivered + max > deliver->window) {
        max = delivered < deliver->window ? (size_t)(deliver->window - delivered) : 0;
    }
    return take(call, deliver->queue, max, &reply->deliveries, &reply->n_deliveries);
}

static const struct hd_method stream_methods[] = {
    {"Deliver",
     HD_MESSAGES(deliver),
     HD_OP_COUNT,
     true,
     fill_stream,
     answer_stream,
     {.streams = true}},
};

const struct hd_service hd_service_finalizer_stream = {
    "heapd.v1.FinalizerStreamService", true, stream_methods,
    sizeof stream_methods / sizeof stream_methods[0]};
