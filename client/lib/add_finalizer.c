/* SPDX-License-Identifier: MIT */
/* add_finalizer.c: operations on finalizers and deliveries. */
#include <string.h>

#include "delivery.h"
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_set_finalizer(struct heapd_batch *batch, struct heapd_ref object,
                                             const char *queue)
{
    Heapd__V1__SetFinalizerRequest request;

    heapd__v1__set_finalizer_request__init(&request);
    request.object = hdc_ref(batch, &object);
    request.queue = hdc_text(queue);
    return hdc_batch_put(batch, HDC_SET_FINALIZER, &request.base);
}

HEAPD_API uint32_t heapd_batch_acknowledge(struct heapd_batch *batch,
                                           const uint64_t *deliveries, size_t count)
{
    Heapd__V1__AcknowledgeRequest request = HEAPD__V1__ACKNOWLEDGE_REQUEST__INIT;

    request.deliveries = hdc_batch_take(batch, count, sizeof(*deliveries));
    if (request.deliveries != NULL && count > 0) {
        memcpy(request.deliveries, deliveries, count * sizeof(*deliveries));
        request.n_deliveries = count;
    }
    return hdc_batch_put(batch, HDC_ACKNOWLEDGE, &request.base);
}

HEAPD_API uint32_t heapd_batch_receive(struct heapd_batch *batch, const char *queue,
                                       uint32_t max, uint32_t wait_ms)
{
    Heapd__V1__ReceiveRequest request;

    heapd__v1__receive_request__init(&request);
    request.queue = hdc_text(queue);
    request.max = max;
    request.wait_ms = wait_ms;
    batch->wait_ms = wait_ms;
    return hdc_batch_put(batch, HDC_RECEIVE, &request.base);
}

struct heapd_delivery hdc_delivery(const Heapd__V1__Delivery *from)
{
    return (struct heapd_delivery){from->delivery, from->id, from->callback, from->tries};
}
