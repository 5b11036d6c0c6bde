/* SPDX-License-Identifier: MIT */
/* call_mode.c: how and when collections run. */
#include "connection.h"
#include "heapd/v1/collector.pb-c.h"

HEAPD_API int heapd_gc_set_mode(struct heapd_client *client, const struct heapd_gc_mode *mode,
                                struct heapd_error *error)
{
    Heapd__V1__SetModeRequest request = HEAPD__V1__SET_MODE_REQUEST__INIT;
    const void *answer;

    request.mode = (Heapd__V1__CollectorMode)mode->mode;
    request.growth_percent = mode->growth_percent;
    request.floor_bytes = mode->floor_bytes;
    request.young_bytes = mode->young_bytes;
    return hdc_call(client, HDC_SET_MODE, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_get_mode(struct heapd_client *client, struct heapd_gc_mode *ret_mode,
                                struct heapd_error *error)
{
    Heapd__V1__GetModeRequest request = HEAPD__V1__GET_MODE_REQUEST__INIT;
    const Heapd__V1__GetModeResponse *mode;
    const void *answer;
    int code = hdc_call(client, HDC_GET_MODE, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_mode != NULL) {
        mode = answer;
        *ret_mode =
            (struct heapd_gc_mode){(enum heapd_collector_mode)mode->mode, mode->growth_percent,
                                   mode->floor_bytes, mode->young_bytes};
    }
    return code;
}
