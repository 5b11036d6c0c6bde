/* SPDX-License-Identifier: MIT */
/* result.c: what the operations of a batch gave. */
#include "delivery.h"
#include "heapd/v1/collector.pb-c.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "info.h"
#include "operations.h"

/* The method of an operation that has an answer; HDC_METHOD_COUNT: none. */
static enum hdc_method_id answered(const struct heapd_batch *batch, uint32_t operation)
{
    if (operation >= batch->count || operation >= batch->result_count) {
        return HDC_METHOD_COUNT;
    }
    return batch->operations[operation].method;
}

#define FIELD(type, field)                                                                     \
    (answer != NULL ? ((const Heapd__V1__##type##Response *)answer)->field : 0)

HEAPD_API uint64_t heapd_result_id(const struct heapd_batch *batch, uint32_t operation)
{
    enum hdc_method_id method = answered(batch, operation);
    const void *answer = hdc_batch_answer(batch, operation, method);

    switch (method) {
    case HDC_CREATE:
        return FIELD(Create, id);
    case HDC_GET_ITEM:
        return FIELD(GetItem, id);
    case HDC_POP:
        return FIELD(Pop, id);
    case HDC_GET_ATTR:
        return FIELD(GetAttr, id);
    case HDC_INTERN:
        return FIELD(Intern, id);
    case HDC_COPY:
        return FIELD(Copy, id);
    case HDC_NEW_WEAKREF:
        return FIELD(NewWeakref, id);
    case HDC_DEREF:
        return FIELD(Deref, id);
    case HDC_BIND:
        return FIELD(Bind, id);
    case HDC_LOOKUP:
        return FIELD(Lookup, id);
    case HDC_RETURN:
        return FIELD(Return, id);
    default:
        return 0;
    }
}

HEAPD_API bool heapd_result_bool(const struct heapd_batch *batch, uint32_t operation)
{
    enum hdc_method_id method = answered(batch, operation);
    const void *answer = hdc_batch_answer(batch, operation, method);

    switch (method) {
    case HDC_ADD:
        return FIELD(Add, added);
    case HDC_DISCARD:
        return FIELD(Discard, removed);
    case HDC_CONTAINS:
        return FIELD(Contains, contains);
    case HDC_EQUALS:
        return FIELD(Equals, equal);
    case HDC_IS_TRACKED:
        return FIELD(IsTracked, tracked);
    default:
        return false;
    }
}

HEAPD_API uint64_t heapd_result_number(const struct heapd_batch *batch, uint32_t operation)
{
    enum hdc_method_id method = answered(batch, operation);
    const void *answer = hdc_batch_answer(batch, operation, method);

    switch (method) {
    case HDC_LENGTH:
        return FIELD(Length, length);
    case HDC_COUNT_WEAKREFS:
        return FIELD(CountWeakrefs, count);
    case HDC_CALL:
        return FIELD(Call, depth);
    case HDC_RETURN:
        return FIELD(Return, depth);
    default:
        return 0;
    }
}

HEAPD_API const uint64_t *heapd_result_ids(const struct heapd_batch *batch, uint32_t operation,
                                           size_t *ret_count)
{
    const Heapd__V1__HoldResponse *hold = hdc_batch_answer(batch, operation, HDC_HOLD);
    const Heapd__V1__GetReferentsResponse *referents =
        hdc_batch_answer(batch, operation, HDC_GET_REFERENTS);
    const uint64_t *ids = NULL;
    size_t count = 0;

    if (hold != NULL) {
        ids = hold->ids;
        count = hold->n_ids;
    } else if (referents != NULL) {
        ids = referents->ids;
        count = referents->n_ids;
    }
    if (ret_count != NULL) {
        *ret_count = count;
    }
    return ids;
}

HEAPD_API const uint32_t *heapd_result_refcounts(const struct heapd_batch *batch,
                                                 uint32_t operation, size_t *ret_count)
{
    const Heapd__V1__GetRefcountsResponse *answer =
        hdc_batch_answer(batch, operation, HDC_GET_REFCOUNTS);

    if (ret_count != NULL) {
        *ret_count = answer != NULL ? answer->n_refcounts : 0;
    }
    return answer != NULL ? answer->refcounts : NULL;
}

HEAPD_API size_t heapd_result_info_count(const struct heapd_batch *batch, uint32_t operation)
{
    const Heapd__V1__GetResponse *answer = hdc_batch_answer(batch, operation, HDC_GET);

    return answer != NULL ? answer->n_objects : 0;
}

HEAPD_API bool heapd_result_info(const struct heapd_batch *batch, uint32_t operation,
                                 size_t index, struct heapd_info *ret_info)
{
    const Heapd__V1__GetResponse *answer = hdc_batch_answer(batch, operation, HDC_GET);

    if (answer == NULL || index >= answer->n_objects) {
        return false;
    }
    hdc_info_read(answer->objects[index], ret_info);
    return true;
}

HEAPD_API bool heapd_result_found(const struct heapd_batch *batch, uint32_t operation,
                                  struct heapd_found *ret_found)
{
    const Heapd__V1__LookupResponse *answer = hdc_batch_answer(batch, operation, HDC_LOOKUP);

    if (answer == NULL) {
        return false;
    }
    ret_found->id = answer->id;
    ret_found->kind = (enum heapd_kind)answer->kind;
    ret_found->scope = (enum heapd_scope)answer->scope;
    return true;
}

HEAPD_API bool heapd_result_collected(const struct heapd_batch *batch, uint32_t operation,
                                      struct heapd_collected *ret_collected)
{
    const Heapd__V1__CollectResponse *answer = hdc_batch_answer(batch, operation, HDC_COLLECT);

    if (answer == NULL) {
        return false;
    }
    ret_collected->collected = answer->collected;
    ret_collected->uncollectable = answer->uncollectable;
    ret_collected->candidates = answer->candidates;
    return true;
}

HEAPD_API size_t heapd_result_delivery_count(const struct heapd_batch *batch,
                                             uint32_t operation)
{
    const Heapd__V1__ReceiveResponse *answer = hdc_batch_answer(batch, operation, HDC_RECEIVE);

    return answer != NULL ? answer->n_deliveries : 0;
}

HEAPD_API bool heapd_result_delivery(const struct heapd_batch *batch, uint32_t operation,
                                     size_t index, struct heapd_delivery *ret_delivery)
{
    const Heapd__V1__ReceiveResponse *answer = hdc_batch_answer(batch, operation, HDC_RECEIVE);

    if (answer == NULL || index >= answer->n_deliveries) {
        return false;
    }
    *ret_delivery = hdc_delivery(answer->deliveries[index]);
    return true;
}
