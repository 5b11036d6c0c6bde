/* SPDX-License-Identifier: MIT */
/* add_weakref.c: operations on weak references. */
#include "heapd/v1/finalizer.pb-c.h"
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_weakref(struct heapd_batch *batch, struct heapd_ref object,
                                       unsigned flags)
{
    return heapd_batch_weakref_callback(batch, object, NULL, flags);
}

HEAPD_API uint32_t heapd_batch_weakref_callback(struct heapd_batch *batch,
                                                struct heapd_ref object, const char *queue,
                                                unsigned flags)
{
    Heapd__V1__NewWeakrefRequest request;

    heapd__v1__new_weakref_request__init(&request);
    request.object = hdc_ref(batch, &object);
    request.hold = (flags & HEAPD_HOLD) != 0;
    request.queue = hdc_text(queue);
    batch->only_batched |= !request.hold;
    return hdc_batch_put(batch, HDC_NEW_WEAKREF, &request.base);
}

HEAPD_API uint32_t heapd_batch_deref(struct heapd_batch *batch, struct heapd_ref weakref,
                                     unsigned flags)
{
    Heapd__V1__DerefRequest request = HEAPD__V1__DEREF_REQUEST__INIT;

    request.weakref = hdc_ref(batch, &weakref);
    request.hold = (flags & HEAPD_HOLD) != 0;
    return hdc_batch_put(batch, HDC_DEREF, &request.base);
}

HEAPD_API uint32_t heapd_batch_weakref_count(struct heapd_batch *batch, struct heapd_ref object)
{
    Heapd__V1__CountWeakrefsRequest request = HEAPD__V1__COUNT_WEAKREFS_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    return hdc_batch_put(batch, HDC_COUNT_WEAKREFS, &request.base);
}
