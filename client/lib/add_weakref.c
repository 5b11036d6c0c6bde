/* SPDX-License-Identifier: MIT */
/* add_weakref.c: weak references, as operations of a batch and as calls of their own. */
#include "connection.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_weakref(struct heapd_batch *batch, struct heapd_ref object,
                                       unsigned flags)
{
    Heapd__V1__NewWeakrefRequest request = HEAPD__V1__NEW_WEAKREF_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    request.hold = (flags & HEAPD_HOLD) != 0;
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

static int run_for_id(struct heapd_client *client, uint64_t *ret_id, struct heapd_error *error)
{
    int code = hdc_single_run(client, error);

    if (code == HEAPD_OK && ret_id != NULL) {
        *ret_id = heapd_result_id(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_weakref(struct heapd_client *client, struct heapd_ref object,
                            uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_weakref(hdc_single(client), object, HEAPD_HOLD);
    return run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_deref(struct heapd_client *client, struct heapd_ref weakref, unsigned flags,
                          uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_deref(hdc_single(client), weakref, flags);
    return run_for_id(client, ret_id, error);
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
