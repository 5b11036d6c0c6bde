/* SPDX-License-Identifier: MIT */
/* methods_collector.c: CollectorService: Python's gc module. */
#include "heap/inspect.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/collect.h"
#include "rpc/garbage.h"
#include "rpc/item.h"
#include "rpc/pace.h"
#include "rpc/queries.h"
#include "rpc/stats.h"
#include "rpc/why.h"

#define GENERATIONS 3

static enum hd_status fill_threshold(struct hd_call *call, const void *request)
{
    const Heapd__V1__SetThresholdRequest *set = request;

    call->op.in.threshold.values = set->thresholds;
    call->op.in.threshold.count = set->n_thresholds;
    return HD_OK;
}

static enum hd_status answer_is_enabled(struct hd_call *call, const void *request,
                                        void *response)
{
    Heapd__V1__IsEnabledResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    hd_inspect_collector(call->heap, &info);
    reply->enabled = info.enabled;
    return HD_OK;
}

static enum hd_status answer_threshold(struct hd_call *call, const void *request,
                                       void *response)
{
    Heapd__V1__GetThresholdResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    reply->thresholds = hd_call_take_array(call, GENERATIONS, sizeof reply->thresholds[0]);
    if (reply->thresholds == NULL) {
        return call->op.error.status;
    }
    hd_inspect_collector(call->heap, &info);
    for (int i = 0; i < GENERATIONS; i++) {
        reply->thresholds[i] = info.thresholds[i];
    }
    reply->n_thresholds = GENERATIONS;
    return HD_OK;
}

static enum hd_status answer_count(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__GetCountResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    reply->counts = hd_call_take_array(call, GENERATIONS, sizeof reply->counts[0]);
    if (reply->counts == NULL) {
        return call->op.error.status;
    }
    hd_inspect_collector(call->heap, &info);
    for (int i = 0; i < GENERATIONS; i++) {
        reply->counts[i] = info.counts[i];
    }
    reply->n_counts = GENERATIONS;
    return HD_OK;
}

static enum hd_status answer_freeze_count(struct hd_call *call, const void *request,
                                          void *response)
{
    Heapd__V1__GetFreezeCountResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    hd_inspect_collector(call->heap, &info);
    reply->count = info.frozen;
    return HD_OK;
}

static enum hd_status answer_is_tracked(struct hd_call *call, const void *request,
                                        void *response)
{
    Heapd__V1__IsTrackedResponse *reply = response;
    uint32_t slot;

    if (hd_item_resolve(call, request, &slot) != HD_OK) {
        return call->op.error.status;
    }
    reply->tracked = hd_inspect_is_tracked(call->heap, slot);
    return HD_OK;
}

static enum hd_status answer_is_finalized(struct hd_call *call, const void *request,
                                          void *response)
{
    Heapd__V1__IsFinalizedResponse *reply = response;
    struct hd_object_info info;
    uint32_t slot;

    if (hd_item_resolve(call, request, &slot) != HD_OK) {
        return call->op.error.status;
    }
    hd_inspect_object(call->heap, call->op.batch, slot, &info);
    reply->finalized = info.finalized;
    return HD_OK;
}

static const struct hd_method methods[] = {
    {"Collect",
     HD_MESSAGES(collect),
     HD_OP_COLLECT,
     true,
     hd_collect_fill,
     hd_collect_answer,
     {0}},
    {"Enable", HD_MESSAGES(enable), HD_OP_ENABLE, true, NULL, NULL, {0}},
    {"Disable", HD_MESSAGES(disable), HD_OP_DISABLE, true, NULL, NULL, {0}},
    {"IsEnabled", HD_MESSAGES(is_enabled), HD_OP_COUNT, true, NULL, answer_is_enabled, {0}},
    {"GetThreshold",
     HD_MESSAGES(get_threshold),
     HD_OP_COUNT,
     true,
     NULL,
     answer_threshold,
     {0}},
    {"SetThreshold",
     HD_MESSAGES(set_threshold),
     HD_OP_SET_THRESHOLD,
     true,
     fill_threshold,
     NULL,
     {0}},
    {"GetCount", HD_MESSAGES(get_count), HD_OP_COUNT, true, NULL, answer_count, {0}},
    {"GetStats", HD_MESSAGES(get_stats), HD_OP_COUNT, true, NULL, hd_stats_answer, {0}},
    {"Freeze", HD_MESSAGES(freeze), HD_OP_FREEZE, true, NULL, NULL, {0}},
    {"Unfreeze", HD_MESSAGES(unfreeze), HD_OP_UNFREEZE, true, NULL, NULL, {0}},
    {"GetFreezeCount",
     HD_MESSAGES(get_freeze_count),
     HD_OP_COUNT,
     true,
     NULL,
     answer_freeze_count,
     {0}},
    {"SetMode", HD_MESSAGES(set_mode), HD_OP_SET_MODE, true, hd_set_mode_fill, NULL, {0}},
    {"GetMode", HD_MESSAGES(get_mode), HD_OP_COUNT, true, NULL, hd_get_mode_answer, {0}},
    {"SetDebug", HD_MESSAGES(set_debug), HD_OP_SET_DEBUG, true, hd_set_debug_fill, NULL, {0}},
    {"GetDebug", HD_MESSAGES(get_debug), HD_OP_COUNT, true, NULL, hd_get_debug_answer, {0}},
    {"GetGarbage",
     HD_MESSAGES(get_garbage),
     HD_OP_COUNT,
     true,
     NULL,
     hd_get_garbage_answer,
     {0}},
    {"ClearGarbage",
     HD_MESSAGES(clear_garbage),
     HD_OP_CLEAR_GARBAGE,
     true,
     NULL,
     hd_clear_garbage_answer,
     {0}},
    {"IsTracked",
     HD_MESSAGES(is_tracked),
     HD_OP_COUNT,
     true,
     NULL,
     answer_is_tracked,
     {.item = HD_FIELD_AT(IsTrackedRequest, object)}},
    {"IsFinalized",
     HD_MESSAGES(is_finalized),
     HD_OP_COUNT,
     true,
     NULL,
     answer_is_finalized,
     {.item = HD_FIELD_AT(IsFinalizedRequest, object)}},
    {"GetReferents",
     HD_MESSAGES(get_referents),
     HD_OP_COUNT,
     true,
     NULL,
     hd_referents_answer,
     {.item = HD_FIELD_AT(GetReferentsRequest, object)}},
    {"GetReferrers",
     HD_MESSAGES(get_referrers),
     HD_OP_GET_REFERRERS,
     true,
     hd_referrers_fill,
     hd_referrers_answer,
     {0}},
    {"GetObjects",
     HD_MESSAGES(get_objects),
     HD_OP_GET_OBJECTS,
     true,
     hd_objects_fill,
     hd_objects_answer,
     {0}},
    {"Why", HD_MESSAGES(why), HD_OP_WHY, true, hd_why_fill, hd_why_answer, {0}},
};

const struct hd_service hd_service_collector = {"heapd.v1.CollectorService", true, methods,
                                                sizeof methods / sizeof methods[0]};
