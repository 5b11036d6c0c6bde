/* SPDX-License-Identifier: MIT */
/* add_name.c: names, frames, and what else may be sent without waiting, added to a batch. */
#include "heapd/v1/collector.pb-c.h"
#include "heapd/v1/server.pb-c.h"
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_bind(struct heapd_batch *batch, const char *name,
                                    struct heapd_ref object, enum heapd_scope scope,
                                    const struct heapd_expect *expect)
{
    Heapd__V1__BindRequest request;

    heapd__v1__bind_request__init(&request);
    request.name = hdc_text(name);
    request.object = hdc_ref(batch, &object);
    request.scope = (Heapd__V1__Scope)scope;
    request.expect = hdc_expect(batch, expect);
    return hdc_batch_put(batch, HDC_BIND, &request.base);
}

HEAPD_API uint32_t heapd_batch_delete(struct heapd_batch *batch, const char *name,
                                      enum heapd_scope scope, const struct heapd_expect *expect)
{
    Heapd__V1__DeleteRequest request;

    heapd__v1__delete_request__init(&request);
    request.name = hdc_text(name);
    request.scope = (Heapd__V1__Scope)scope;
    request.expect = hdc_expect(batch, expect);
    return hdc_batch_put(batch, HDC_DELETE, &request.base);
}

HEAPD_API uint32_t heapd_batch_lookup(struct heapd_batch *batch, const char *name,
                                      enum heapd_scope scope, unsigned flags)
{
    Heapd__V1__LookupRequest request;

    heapd__v1__lookup_request__init(&request);
    request.name = hdc_text(name);
    request.scope = (Heapd__V1__Scope)scope;
    request.hold = (flags & HEAPD_HOLD) != 0;
    return hdc_batch_put(batch, HDC_LOOKUP, &request.base);
}

static Heapd__V1__Argument *argument(struct heapd_batch *batch,
                                     const struct heapd_argument *one)
{
    Heapd__V1__Argument *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message != NULL) {
        heapd__v1__argument__init(message);
        message->name = hdc_text(one->name);
        message->object = hdc_ref(batch, &one->value);
    }
    return message;
}

HEAPD_API uint32_t heapd_batch_call(struct heapd_batch *batch, const char *function,
                                    const struct heapd_argument *arguments, size_t count)
{
    Heapd__V1__CallRequest request;

    heapd__v1__call_request__init(&request);
    request.function = hdc_text(function);
    request.arguments = hdc_batch_take(batch, count, sizeof(*request.arguments));
    if (request.arguments != NULL) {
        request.n_arguments = count;
        for (size_t i = 0; i < count; i++) {
            request.arguments[i] = argument(batch, &arguments[i]);
        }
    }
    return hdc_batch_put(batch, HDC_CALL, &request.base);
}

HEAPD_API uint32_t heapd_batch_return(struct heapd_batch *batch, struct heapd_ref object)
{
    Heapd__V1__ReturnRequest request = HEAPD__V1__RETURN_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    return hdc_batch_put(batch, HDC_RETURN, &request.base);
}

HEAPD_API uint32_t heapd_batch_is_tracked(struct heapd_batch *batch, struct heapd_ref object)
{
    Heapd__V1__IsTrackedRequest request = HEAPD__V1__IS_TRACKED_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    return hdc_batch_put(batch, HDC_IS_TRACKED, &request.base);
}

HEAPD_API uint32_t heapd_batch_referents(struct heapd_batch *batch, struct heapd_ref object)
{
    Heapd__V1__GetReferentsRequest request;

    heapd__v1__get_referents_request__init(&request);
    request.object = hdc_ref(batch, &object);
    return hdc_batch_put(batch, HDC_GET_REFERENTS, &request.base);
}

HEAPD_API uint32_t heapd_batch_collect(struct heapd_batch *batch, int generation)
{
    Heapd__V1__CollectRequest request = HEAPD__V1__COLLECT_REQUEST__INIT;

    request.which_case = HEAPD__V1__COLLECT_REQUEST__WHICH_GENERATION;
    request.generation = generation;
    return hdc_batch_put(batch, HDC_COLLECT, &request.base);
}

HEAPD_API uint32_t heapd_batch_ping(struct heapd_batch *batch)
{
    Heapd__V1__PingRequest request = HEAPD__V1__PING_REQUEST__INIT;

    return hdc_batch_put(batch, HDC_PING, &request.base);
}
