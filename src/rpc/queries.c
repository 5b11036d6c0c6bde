/* SPDX-License-Identifier: MIT */
/* queries.c: pages of ids: what refers to what, and what there is. */
#include "rpc/queries.h"

#include "heap/inspect.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/convert.h"
#include "rpc/item.h"
#include "rpc/page.h"

#define IDS_MAX 10000u

enum hd_status hd_referents_answer(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__GetReferentsRequest *get = request;
    Heapd__V1__GetReferentsResponse *reply = response;
    struct hd_page page;
    uint32_t slot;

    if (hd_page_open(call, get->page_size, IDS_MAX, get->page_token, &page) != HD_OK ||
        hd_item_resolve(call, request, &slot) != HD_OK) {
        return call->op.error.status;
    }
    reply->ids = hd_call_take_array(call, page.max, sizeof *reply->ids);
    if (reply->ids == NULL) {
        return call->op.error.status;
    }
    reply->n_ids = hd_inspect_referents(call->heap, slot, &page.cursor, page.max, reply->ids);
    return hd_page_close(call, &page, &reply->next_page_token);
}

/* A page of ids that an operation finds. */
static enum hd_status fill_ids(struct hd_call *call, uint32_t page_size, const char *page_token)
{
    struct hd_page page;

    if (hd_page_open(call, page_size, IDS_MAX, page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    call->op.in.ids.cursor = page.cursor;
    call->op.in.ids.max = page.max;
    call->op.in.ids.ret_ids = hd_call_take_array(call, page.max, sizeof(uint64_t));
    return call->op.error.status;
}

static enum hd_status answer_ids(struct hd_call *call, uint64_t **ret_ids, size_t *ret_count,
                                 char **ret_token)
{
    const struct hd_page page = {.cursor = call->op.out.ids.cursor};

    *ret_ids = call->op.in.ids.ret_ids;
    *ret_count = call->op.out.ids.count;
    return hd_page_close(call, &page, ret_token);
}

enum hd_status hd_referrers_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__GetReferrersRequest *get = request;

    return hd_convert_operand(call, get->object, "object", &call->op.in.ids.object) == HD_OK
               ? fill_ids(call, get->page_size, get->page_token)
               : call->op.error.status;
}

enum hd_status hd_referrers_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__GetReferrersResponse *reply = response;

    (void)request;
    return answer_ids(call, &reply->ids, &reply->n_ids, &reply->next_page_token);
}

enum hd_status hd_objects_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__GetObjectsRequest *get = request;

    call->op.in.ids.has_generation =
        get->which_case == HEAPD__V1__GET_OBJECTS_REQUEST__WHICH_GENERATION;
    call->op.in.ids.generation = get->generation;
    return fill_ids(call, get->page_size, get->page_token);
}

enum hd_status hd_objects_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__GetObjectsResponse *reply = response;

    (void)request;
    return answer_ids(call, &reply->ids, &reply->n_ids, &reply->next_page_token);
}
