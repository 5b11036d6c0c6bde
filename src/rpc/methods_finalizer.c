/* SPDX-License-Identifier: MIT */
/* methods_finalizer.c: FinalizerService: weak references. */
#include "heap/inspect.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "rpc/item.h"

#define AT HD_FIELD_AT

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

static const struct hd_method methods[] = {
    {"NewWeakref",
     HD_MESSAGES(new_weakref),
     HD_OP_NEW_WEAKREF,
     true,
     hd_item_fill,
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
    HD_METHOD_NOT_BUILT("SetFinalizer", set_finalizer),
    HD_METHOD_NOT_BUILT("Receive", receive),
    HD_METHOD_NOT_BUILT("Acknowledge", acknowledge),
    HD_METHOD_NOT_BUILT("ListDead", list_dead),
    HD_METHOD_NOT_BUILT("Redrive", redrive),
};

const struct hd_service hd_service_finalizer = {"heapd.v1.FinalizerService", true, methods,
                                                sizeof methods / sizeof methods[0]};
