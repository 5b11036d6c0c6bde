/* SPDX-License-Identifier: MIT */
/* Any bytes as any request message: decoded within the cap, or refused with a reason. */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "rpc/dispatch.h"
#include "wire/message.h"

static const struct hd_service *const services[] = {
    &hd_service_object, &hd_service_name,         &hd_service_collector, &hd_service_heap,
    &hd_service_batch,  &hd_service_session,      &hd_service_finalizer, &hd_service_server,
    &hd_service_event,  &hd_service_event_stream,
};

/* The first byte chooses: of all methods of all services. */
static const ProtobufCMessageDescriptor *choose(uint8_t number)
{
    size_t left = number;

    for (;;) {
        for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
            if (left < services[i]->count) {
                return services[i]->methods[left].request;
            }
            left -= services[i]->count;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hd_scratch scratch;
    struct hd_error error;
    ProtobufCMessage *message;
    struct hd_bytes payload;

    if (size == 0) {
        return 0;
    }
    payload = (struct hd_bytes){(const char *)data + 1, size - 1};
    hd_scratch_init(&scratch, hd_libc_allocator());
    hd_error_clear(&error);
    if (hd_message_decode(choose(data[0]), payload, &scratch, &message, &error) == HD_OK) {
        if (!protobuf_c_message_check(message)) {
            abort();
        }
    } else if (error.status == HD_OK || error.reason == HD_REASON_NONE ||
               error.text[0] == '\0') {
        abort();
    }
    if (hd_scratch_taken(&scratch) > hd_message_cap(payload.size) + 16) {
        abort();
    }
    hd_scratch_fini(&scratch);
    return 0;
}
