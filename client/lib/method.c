/* SPDX-License-Identifier: MIT */
#include "method.h"

#include "heapd/v1/batch.pb-c.h"
#include "heapd/v1/collector.pb-c.h"
#include "heapd/v1/event.pb-c.h"
#include "heapd/v1/event_stream.pb-c.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "heapd/v1/finalizer_stream.pb-c.h"
#include "heapd/v1/heap.pb-c.h"
#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "heapd/v1/server.pb-c.h"
#include "heapd/v1/session.pb-c.h"

static const struct hdc_method methods[HDC_METHOD_COUNT] = {
#define X(constant, number_, service_, method_, stem)                                          \
    [HDC_##constant] = {                                                                       \
        .number = number_,                                                                     \
        .service = "heapd.v1." service_ "Service",                                             \
        .method = method_,                                                                     \
        .request = &heapd__v1__##stem##_request__descriptor,                                   \
        .response = &heapd__v1__##stem##_response__descriptor,                                 \
    },
    HDC_METHODS(X)
#undef X
};

const struct hdc_method *hdc_method(enum hdc_method_id id)
{
    return &methods[id];
}
