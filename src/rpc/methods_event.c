/* SPDX-License-Identifier: MIT */
/* methods_event.c: EventService and EventStreamService: a reader of the heap's ring each. */
#include "heap/events.h"

#include <stdint.h>

#include "heapd/v1/event.pb-c.h"
#include "heapd/v1/event_stream.pb-c.h"
#include "rpc/item.h"

#define PAGE_MAX 1000u
/* Of one message of a stream; fits into the first chunk of a scratch, so that nothing is
 * allocated. */
#define MESSAGE_EVENTS 32u
#define OLDEST         2u

_Static_assert((int)HD_EVENT_PAUSE == HEAPD__V1__EVENT_KIND__EVENT_KIND_PAUSE &&
                   (int)HD_EVENT_BY_LIMIT ==
                       HEAPD__V1__COLLECTION_CAUSE__COLLECTION_CAUSE_LIMIT &&
                   (int)HD_EVENT_CLASSIC == HEAPD__V1__COLLECTOR_MODE__COLLECTOR_MODE_CLASSIC,
               "the heap's numbers are the wire's");

static enum hd_status refuse(struct hd_call *call, const char *what, uint64_t value)
{
    return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                   "%s %llu is none that exists", what, (unsigned long long)value);
}

/* The filter that the request describes; its texts stay with the request. */
static enum hd_status read_filter(struct hd_call *call, const Heapd__V1__EventFilter *from,
                                  struct hd_event_filter *filter)
{
    if (from == NULL) {
        return HD_OK;
    }
    for (size_t i = 0; i < from->n_kinds; i++) {
        uint32_t kind = (uint32_t)from->kinds[i];

        if (kind == 0 || kind >= HD_EVENT_KIND_COUNT) {
            return refuse(call, "event kind", kind);
        }
        filter->kinds |= 1u << kind;
    }
    for (size_t i = 0; i < from->n_generations; i++) {
        if (from->generations[i] > OLDEST) {
            return refuse(call, "generation", from->generations[i]);
        }
        filter->generations |= (uint8_t)(1u << from->generations[i]);
    }
    filter->session = from->session;
    filter->queue = hd_bytes_of(from->queue);
    return HD_OK;
}

/* The call's reader, at where it starts: behind `after`, if given. */
static enum hd_status make_reader(struct hd_call *call, const Heapd__V1__EventFilter *filter,
                                  bool given, uint64_t after)
{
    uint64_t last = hd_heap_events(call->heap)->last;
    struct hd_event_reader *reader = hd_call_take_array(call, 1, sizeof *reader);

    if (reader == NULL || read_filter(call, filter, &reader->filter) != HD_OK) {
        return call->op.error.status;
    }
    if (given && after > last) {
        return hd_fail(&call->op.error, HD_OUT_OF_RANGE, HD_REASON_BAD_ARGUMENT,
                       "there is no event %llu yet; the last one is %llu",
                       (unsigned long long)after, (unsigned long long)last);
    }
    reader->after = given ? after : last;
    call->wait.state = reader;
    return HD_OK;
}

static enum hd_status describe(struct hd_call *call, const struct hd_event *event,
                               Heapd__V1__Event *to)
{
    heapd__v1__event__init(to);
    to->sequence = event->sequence;
    to->kind = (Heapd__V1__EventKind)event->kind;
    to->time_ns = event->time_ns;
    to->session = event->session;
    to->object = event->object;
    to->count = event->count;
    to->bytes = event->bytes;
    to->duration_ns = event->duration_ns;
    to->generation = event->generation;
    to->mode = (Heapd__V1__CollectorMode)event->mode;
    to->cause = (Heapd__V1__CollectionCause)event->cause;
    to->uncollectable = event->uncollectable;
    to->candidates = event->candidates;
    to->pause = (Heapd__V1__PauseKind)event->pause;
    to->stage = (Heapd__V1__CollectionStage)event->stage;
    if (event->limit != HD_REASON_NONE) {
        to->limit = (char *)(uintptr_t)hd_reason_name((enum hd_reason)event->limit);
    }
    if (event->queue.size > 0) {
        to->queue = hd_call_copy_text(call, event->queue);
    }
    return call->op.error.status;
}

/* Up to max events in *ret_events; none: the call waits for one. */
static enum hd_status read_on(struct hd_call *call, size_t max, Heapd__V1__Event ***ret_events,
                              size_t *ret_count)
{
    struct hd_events *events = hd_heap_events(call->heap);
    struct hd_event_reader *reader = call->wait.state;
    Heapd__V1__Event **list = NULL;
    struct hd_event event;
    size_t count = 0;

    while (count < max && hd_events_next(events, reader, &event)) {
        if (list == NULL) {
            list = hd_call_take_array(call, max, sizeof(Heapd__V1__Event *));
        }
        if (list != NULL) {
            list[count] = hd_call_take_array(call, 1, sizeof(Heapd__V1__Event));
        }
        if (call->op.error.status != HD_OK || describe(call, &event, list[count]) != HD_OK) {
            return call->op.error.status;
        }
        count++;
    }
    if (count == 0) {
        hd_wait_for(call, &reader->waiter);
        hd_events_wait(events, reader);
    }
    *ret_events = list;
    *ret_count = count;
    return HD_OK;
}

static enum hd_status fill_list(struct hd_call *call, const void *request)
{
    const Heapd__V1__ListEventsRequest *list = request;

    return make_reader(call, list->filter,
                       list->start_case == HEAPD__V1__LIST_EVENTS_REQUEST__START_AFTER,
                       list->after);
}

static enum hd_status answer_list(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__ListEventsRequest *list = request;
    Heapd__V1__ListEventsResponse *reply = response;
    const struct hd_event_reader *reader = call->wait.state;
    bool all = list->page_size == 0 || list->page_size > PAGE_MAX;

    if (read_on(call, all ? PAGE_MAX : list->page_size, &reply->events, &reply->n_events) !=
        HD_OK) {
        return call->op.error.status;
    }
    reply->next_after = reader->after;
    reply->now_ns = hd_clock_now_ns(call->hub->options.clock);
    return HD_OK;
}

static enum hd_status fill_stream(struct hd_call *call, const void *request)
{
    const Heapd__V1__EventsRequest *events = request;

    return make_reader(call, events->filter,
                       events->start_case == HEAPD__V1__EVENTS_REQUEST__START_AFTER,
                       events->after);
}

static enum hd_status answer_stream(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__EventsResponse *reply = response;

    (void)request;
    if (read_on(call, MESSAGE_EVENTS, &reply->events, &reply->n_events) != HD_OK) {
        return call->op.error.status;
    }
    reply->now_ns = hd_clock_now_ns(call->hub->options.clock);
    return HD_OK;
}

static const struct hd_method event_methods[] = {
    {"ListEvents",
     HD_MESSAGES(list_events),
     HD_OP_COUNT,
     true,
     fill_list,
     answer_list,
     {.wait = HD_FIELD_AT(ListEventsRequest, wait_ms)}},
};

const struct hd_service hd_service_event = {"heapd.v1.EventService", true, event_methods,
                                            sizeof event_methods / sizeof event_methods[0]};

static const struct hd_method stream_methods[] = {
    {"Events",
     HD_MESSAGES(events),
     HD_OP_COUNT,
     true,
     fill_stream,
     answer_stream,
     {.streams = true}},
};

const struct hd_service hd_service_event_stream = {
    "heapd.v1.EventStreamService", true, stream_methods,
    sizeof stream_methods / sizeof stream_methods[0]};
