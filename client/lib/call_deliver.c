/* SPDX-License-Identifier: MIT */
/* call_deliver.c: what comes to a queue, streamed. */
#include "delivery.h"
#include "heapd/v1/finalizer_stream.pb-c.h"
#include "message_stream.h"
#include "operand.h"

HEAPD_API int heapd_deliveries_open(struct heapd_client *client, const char *queue,
                                    uint32_t window, struct heapd_stream **ret_stream,
                                    struct heapd_error *error)
{
    Heapd__V1__DeliverRequest request;

    heapd__v1__deliver_request__init(&request);
    request.queue = hdc_text(queue);
    request.window = window;
    return hdc_messages_open(client, HDC_DELIVER, &request.base, ret_stream, error);
}

/* The next one of the message at hand.  False: there is none left in it. */
static bool take_from_message(struct heapd_stream *stream, struct heapd_delivery *ret_delivery)
{
    const Heapd__V1__DeliverResponse *message =
        (const Heapd__V1__DeliverResponse *)(const void *)stream->message;

    if (message == NULL || stream->position == message->n_deliveries) {
        return false;
    }
    *ret_delivery = hdc_delivery(message->deliveries[stream->position++]);
    return true;
}

HEAPD_API bool heapd_deliveries_take(struct heapd_stream *stream,
                                     struct heapd_delivery *ret_delivery)
{
    do {
        if (take_from_message(stream, ret_delivery)) {
            return true;
        }
    } while (hdc_messages_next(stream));
    return false;
}

HEAPD_API int heapd_deliveries_next(struct heapd_stream *stream,
                                    struct heapd_delivery *ret_delivery,
                                    struct heapd_error *error)
{
    int code = HEAPD_OK;

    while (code == HEAPD_OK) {
        if (heapd_deliveries_take(stream, ret_delivery)) {
            return HEAPD_OK;
        }
        code = hdc_messages_await(stream, error);
    }
    return code;
}
