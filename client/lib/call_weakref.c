/* SPDX-License-Identifier: MIT */
/* call_weakref.c: the blocking calls on weak references. */
#include "connection.h"

HEAPD_API int heapd_weakref(struct heapd_client *client, struct heapd_ref object,
                            uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_weakref(hdc_single(client), object, HEAPD_HOLD);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_weakref_callback(struct heapd_client *client, struct heapd_ref object,
                                     const char *queue, uint64_t *ret_id,
                                     struct heapd_error *error)
{
    (void)heapd_batch_weakref_callback(hdc_single(client), object, queue, HEAPD_HOLD);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_deref(struct heapd_client *client, struct heapd_ref weakref, unsigned flags,
                          uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_deref(hdc_single(client), weakref, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_weakref_count(struct heapd_client *client, struct heapd_ref object,
                                  uint64_t *ret_count, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_weakref_count(hdc_single(client), object);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_count != NULL) {
        *ret_count = heapd_result_number(&client->single, 0);
    }
    return code;
}
