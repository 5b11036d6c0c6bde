/* SPDX-License-Identifier: MIT */
/* garbage.c: gc.set_debug and gc.garbage. */
#include "rpc/garbage.h"

#include "heap/inspect.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/page.h"

#define IDS_MAX 10000u

enum hd_status hd_set_debug_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__SetDebugRequest *set = request;

    call->op.in.debug.flags = set->flags;
    return HD_OK;
}

enum hd_status hd_get_debug_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__GetDebugResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    hd_inspect_collector(call->heap, &info);
    reply->flags = info.debug;
    return HD_OK;
}

enum hd_status hd_get_garbage_answer(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__GetGarbageRequest *get = request;
    Heapd__V1__GetGarbageResponse *reply = response;
    struct hd_page page;

    if (hd_page_open(call, get->page_size, IDS_MAX, get->page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    reply->ids = hd_call_take_array(call, page.max, sizeof *reply->ids);
    if (reply->ids == NULL) {
        return call->op.error.status;
    }
    reply->count = hd_inspect_garbage_count(call->heap);
    reply->n_ids = hd_inspect_garbage(call->heap, &page.cursor, page.max, reply->ids);
    return hd_page_close(call, &page, &reply->next_page_token);
}

enum hd_status hd_clear_garbage_answer(struct hd_call *call, const void *request,
                                       void *response)
{
    Heapd__V1__ClearGarbageResponse *reply = response;

    (void)request;
    reply->count = call->op.out.count;
    return HD_OK;
}
