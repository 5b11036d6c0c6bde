/* SPDX-License-Identifier: MIT */
/* methods_finalizer.c: FinalizerService: weak references, and who is told of what end. */
#include "heap/inspect.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "rpc/convert.h"
#include "rpc/deliveries.h"
#include "rpc/item.h"

#define AT        HD_FIELD_AT
#define NS_PER_MS 1000000u

static enum hd_status answer_count(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__CountWeakrefsResponse *count = response;
    uint32_t slot;

    if (hd_item_resolve(call, request, &slot) != HD_OK) {
        return call->op.error.status;
    }
    count->count = hd_inspect_weakrefs(call->heap, slot);
    return HD_OK;
}

static enum hd_status fill_weakref(struct hd_call *call, const void *request)
{
    const Heapd__V1__NewWeakrefRequest *new = request;

    call->op.in.finalizer.queue = hd_bytes_of(new->queue);
    call->op.in.finalizer.hold = new->hold;
    return hd_convert_operand(call, new->object, "object", &call->op.in.finalizer.object);
}

static enum hd_status fill_finalizer(struct hd_call *call, const void *request)
{
    const Heapd__V1__SetFinalizerRequest *set = request;

    call->op.in.finalizer.queue = hd_bytes_of(set->queue);
    return hd_convert_operand(call, set->object, "object", &call->op.in.finalizer.object);
}

static enum hd_status fill_create(struct hd_call *call, const void *request)
{
    const Heapd__V1__CreateQueueRequest *create = request;

    call->op.in.queue.name = hd_bytes_of(create->queue);
    call->op.in.queue.deadline_ms = create->deadline_ms;
    call->op.in.queue.tries = create->tries;
    call->op.in.queue.of_session = create->of_session;
    return HD_OK;
}

static enum hd_status answer_create(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__CreateQueueResponse *reply = response;

    (void)request;
    reply->created = call->op.out.changed;
    return HD_OK;
}

static enum hd_status fill_delete(struct hd_call *call, const void *request)
{
    const Heapd__V1__DeleteQueueRequest *delete = request;

    call->op.in.queue.name = hd_bytes_of(delete->queue);
    return HD_OK;
}

static enum hd_status describe_queue(struct hd_call *call, const struct hd_queue_info *info,
                                     Heapd__V1__Queue *to)
{
    heapd__v1__queue__init(to);
    to->name = hd_call_copy_text(call, info->name);
    to->deadline_ms = (uint32_t)(info->deadline_ns / NS_PER_MS);
    to->tries = info->tries;
    to->session = info->session;
    to->armed = info->armed;
    to->waiting = info->waiting;
    to->delivered = info->delivered;
    to->dead = info->dead;
    to->receivers = info->takers;
    return call->op.error.status;
}

static enum hd_status answer_queues(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__ListQueuesResponse *reply = response;
    size_t max = hd_heap_options(call->heap)->limits.queues;
    struct hd_queue_info *infos = hd_call_take_array(call, max, sizeof *infos);
    Heapd__V1__Queue *queues;
    size_t count;

    (void)request;
    if (infos == NULL) {
        return call->op.error.status;
    }
    count = hd_inspect_queues(call->heap, max, infos);
    queues = hd_call_take_array(call, count, sizeof *queues);
    reply->queues = hd_call_take_array(call, count, sizeof(Heapd__V1__Queue *));
    for (size_t i = 0; i < count && call->op.error.status == HD_OK; i++) {
        reply->queues[i] = &queues[i];
        (void)describe_queue(call, &infos[i], &queues[i]);
    }
    reply->n_queues = count;
    return call->op.error.status;
}

static enum hd_status fill_acknowledge(struct hd_call *call, const void *request)
{
    const Heapd__V1__AcknowledgeRequest *acknowledge = request;

    call->op.in.deliveries.ids = acknowledge->deliveries;
    call->op.in.deliveries.count = acknowledge->n_deliveries;
    return HD_OK;
}

static enum hd_status fill_redrive(struct hd_call *call, const void *request)
{
    const Heapd__V1__RedriveRequest *redrive = request;

    call->op.in.deliveries.queue = hd_bytes_of(redrive->queue);
    call->op.in.deliveries.ids = redrive->deliveries;
    call->op.in.deliveries.count = redrive->n_deliveries;
    return HD_OK;
}

static enum hd_status answer_redrive(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__RedriveResponse *reply = response;

    (void)request;
    reply->count = call->op.out.count;
    return HD_OK;
}

static const struct hd_method methods[] = {
    {"NewWeakref",
     HD_MESSAGES(new_weakref),
     HD_OP_NEW_WEAKREF,
     true,
     fill_weakref,
     hd_item_answer_id,
     {.item = AT(NewWeakrefRequest, object),
      .hold = AT(NewWeakrefRequest, hold),
      .result = AT(NewWeakrefResponse, id)}},
    {"Deref",
     HD_MESSAGES(deref),
     HD_OP_DEREF,
     true,
     hd_item_fill,
     hd_item_answer_id,
     {.item = AT(DerefRequest, weakref),
      .hold = AT(DerefRequest, hold),
      .result = AT(DerefResponse, id)}},
    {"CountWeakrefs",
     HD_MESSAGES(count_weakrefs),
     HD_OP_COUNT,
     true,
     NULL,
     answer_count,
     {.item = AT(CountWeakrefsRequest, object)}},
    {"CreateQueue",
     HD_MESSAGES(create_queue),
     HD_OP_CREATE_QUEUE,
     true,
     fill_create,
     answer_create,
     {0}},
    {"DeleteQueue",
     HD_MESSAGES(delete_queue),
     HD_OP_DELETE_QUEUE,
     true,
     fill_delete,
     NULL,
     {0}},
    {"ListQueues", HD_MESSAGES(list_queues), HD_OP_COUNT, true, NULL, answer_queues, {0}},
    {"SetFinalizer",
     HD_MESSAGES(set_finalizer),
     HD_OP_SET_FINALIZER,
     true,
     fill_finalizer,
     NULL,
     {0}},
    {"Receive",
     HD_MESSAGES(receive),
     HD_OP_COUNT,
     true,
     hd_receive_fill,
     hd_receive_answer,
     {.wait = AT(ReceiveRequest, wait_ms)}},
    {"Acknowledge",
     HD_MESSAGES(acknowledge),
     HD_OP_ACKNOWLEDGE,
     true,
     fill_acknowledge,
     NULL,
     {0}},
    {"ListDead", HD_MESSAGES(list_dead), HD_OP_COUNT, true, NULL, hd_list_dead_answer, {0}},
    {"Redrive", HD_MESSAGES(redrive), HD_OP_REDRIVE, true, fill_redrive, answer_redrive, {0}},
};

const struct hd_service hd_service_finalizer = {"heapd.v1.FinalizerService", true, methods,
                                                sizeof methods / sizeof methods[0]};
