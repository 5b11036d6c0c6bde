/* SPDX-License-Identifier: MIT */
/* methods_session.c: SessionService: who is there, what each has, and the end of one. */
#include <inttypes.h>
#include <stdint.h>

#include "heap/inspect.h"
#include "heapd/v1/session.pb-c.h"
#include "rpc/channel.h"
#include "rpc/item.h"
#include "rpc/page.h"
#include "rpc/why.h"

#define PAGE_MAX 1000u

static void put_session(const struct hd_call *call, const struct hd_session_info *info,
                        Heapd__V1__SessionInfo *ret)
{
    heapd__v1__session_info__init(ret);
    ret->number = info->number;
    ret->own = info->number == hd_session_number(call->session);
    ret->account = info->account;
    ret->frames = info->frames;
    ret->names = info->names;
    ret->holds = info->holds;
    if (info->busy_with != NULL) {
        ret->busy_with = (char *)(uintptr_t)info->busy_with; /* only read from */
    }
    ret->ending = info->ending;
}

static enum hd_status answer_list(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__SessionServiceListRequest *list = request;
    Heapd__V1__SessionServiceListResponse *reply = response;
    Heapd__V1__SessionInfo *sessions;
    struct hd_session_info *infos;
    struct hd_page page;

    if (hd_page_open(call, list->page_size, PAGE_MAX, list->page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    infos = hd_call_take_array(call, page.max, sizeof *infos);
    sessions = hd_call_take_array(call, page.max, sizeof *sessions);
    reply->sessions = hd_call_take_array(call, page.max, sizeof(Heapd__V1__SessionInfo *));
    if (call->op.error.status != HD_OK) {
        return call->op.error.status;
    }
    reply->n_sessions = hd_inspect_sessions(call->heap, &page.cursor, page.max, infos);
    for (size_t i = 0; i < reply->n_sessions; i++) {
        put_session(call, &infos[i], &sessions[i]);
        reply->sessions[i] = &sessions[i];
    }
    return hd_page_close(call, &page, &reply->next_page_token);
}

static enum hd_status put_holding(struct hd_call *call, const struct hd_holding *holding,
                                  Heapd__V1__Holding *ret)
{
    struct hd_object_info info;

    hd_inspect_object(call->heap, NULL, holding->slot, &info);
    heapd__v1__holding__init(ret);
    ret->id = info.id;
    ret->kind = (Heapd__V1__Kind)info.kind;
    ret->count = holding->count;
    ret->owner = hd_owner_to_wire(call, &holding->owner);
    ret->function = hd_call_copy_text(call, holding->function);
    ret->class_name = hd_call_copy_text(call, info.class_name);
    ret->text = hd_short_repr(call, holding->slot);
    return call->op.error.status;
}

static enum hd_status answer_holdings(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__HoldingsRequest *asked = request;
    Heapd__V1__HoldingsResponse *reply = response;
    Heapd__V1__Holding *messages;
    struct hd_holding *holdings;
    struct hd_page page;
    size_t count;

    if (hd_page_open(call, asked->page_size, PAGE_MAX, asked->page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    holdings = hd_call_take_array(call, page.max, sizeof *holdings);
    messages = hd_call_take_array(call, page.max, sizeof *messages);
    reply->holdings = hd_call_take_array(call, page.max, sizeof(Heapd__V1__Holding *));
    if (call->op.error.status != HD_OK ||
        hd_inspect_holdings(call->heap, asked->session, &page.cursor, page.max, holdings,
                            &count, &call->op.error) != HD_OK) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < count; i++) {
        if (put_holding(call, &holdings[i], &messages[i]) != HD_OK) {
            return call->op.error.status;
        }
        reply->holdings[reply->n_holdings++] = &messages[i];
    }
    return hd_page_close(call, &page, &reply->next_page_token);
}

static enum hd_status answer_kill(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__KillRequest *kill = request;
    struct hd_channel *channel = hd_channel_find(call->hub, call->heap, kill->session);

    (void)response;
    if (channel == NULL) {
        return hd_no_such_session(kill->session, &call->op.error);
    }
    if (channel == call->channel) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "session %" PRIu64 " is the caller's own: close the connection instead",
                       kill->session);
    }
    hd_channel_break(channel);
    return HD_OK;
}

static const struct hd_method methods[] = {
    HD_METHOD_NOT_BUILT("Open", open),
    HD_METHOD_NOT_BUILT("Attach", attach),
    HD_METHOD_NOT_BUILT("Renew", renew),
    HD_METHOD_NOT_BUILT("Close", close),
    {"List", HD_MESSAGES(session_service_list), HD_OP_COUNT, true, NULL, answer_list, {0}},
    {"Kill", HD_MESSAGES(kill), HD_OP_COUNT, true, NULL, answer_kill, {0}},
    {"Holdings", HD_MESSAGES(holdings), HD_OP_COUNT, true, NULL, answer_holdings, {0}},
};

const struct hd_service hd_service_session = {"heapd.v1.SessionService", true, methods,
                                              sizeof methods / sizeof methods[0]};
