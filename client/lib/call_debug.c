/* SPDX-License-Identifier: MIT */
/* call_debug.c: the collector's debug flags, and gc.garbage.clear(). */
#include "connection.h"
#include "heapd/v1/collector.pb-c.h"

HEAPD_API int heapd_gc_set_debug(struct heapd_client *client, uint32_t flags,
                                 struct heapd_error *error)
{
    Heapd__V1__SetDebugRequest request = HEAPD__V1__SET_DEBUG_REQUEST__INIT;
    const void *answer;

    request.flags = flags;
    return hdc_call(client, HDC_SET_DEBUG, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_get_debug(struct heapd_client *client, uint32_t *ret_flags,
                                 struct heapd_error *error)
{
    Heapd__V1__GetDebugRequest request = HEAPD__V1__GET_DEBUG_REQUEST__INIT;
    const Heapd__V1__GetDebugResponse *debug;
    const void *answer;
    int code = hdc_call(client, HDC_GET_DEBUG, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_flags != NULL) {
        debug = answer;
        *ret_flags = debug->flags;
    }
    return code;
}

HEAPD_API int heapd_gc_clear_garbage(struct heapd_client *client, uint64_t *ret_count,
                                     struct heapd_error *error)
{
    Heapd__V1__ClearGarbageRequest request = HEAPD__V1__CLEAR_GARBAGE_REQUEST__INIT;
    const Heapd__V1__ClearGarbageResponse *cleared;
    const void *answer;
    int code = hdc_call(client, HDC_CLEAR_GARBAGE, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_count != NULL) {
        cleared = answer;
        *ret_count = cleared->count;
    }
    return code;
}
