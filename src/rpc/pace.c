/* SPDX-License-Identifier: MIT */
/* pace.c: SetMode and GetMode.  Modes have the same numbers on both sides. */
#include "rpc/pace.h"

#include "heap/inspect.h"
#include "heapd/v1/collector.pb-c.h"

_Static_assert((int)HD_COLLECTOR_CLASSIC ==
                   (int)HEAPD__V1__COLLECTOR_MODE__COLLECTOR_MODE_CLASSIC,
               "classic");
_Static_assert((int)HD_COLLECTOR_INCREMENTAL ==
                   (int)HEAPD__V1__COLLECTOR_MODE__COLLECTOR_MODE_INCREMENTAL,
               "incremental");

enum hd_status hd_set_mode_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__SetModeRequest *set = request;

    call->op.in.mode.mode = (uint32_t)set->mode;
    call->op.in.mode.growth_percent = set->growth_percent;
    call->op.in.mode.floor_bytes = set->floor_bytes;
    call->op.in.mode.young_bytes = set->young_bytes;
    return HD_OK;
}

enum hd_status hd_get_mode_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__GetModeResponse *reply = response;
    struct hd_collector_info info;

    (void)request;
    hd_inspect_collector(call->heap, &info);
    reply->mode = (Heapd__V1__CollectorMode)info.mode;
    reply->growth_percent = info.pace.growth_percent;
    reply->floor_bytes = info.pace.floor_bytes;
    reply->young_bytes = info.pace.young_bytes;
    return HD_OK;
}
