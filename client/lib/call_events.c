/* SPDX-License-Identifier: MIT */
/* call_events.c: events, listed and streamed. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/event.pb-c.h"
#include "heapd/v1/event_stream.pb-c.h"
#include "message_stream.h"
#include "operand.h"

HEAPD_API const char *heapd_event_kind_name(int kind)
{
    static const char *const names[HEAPD_EVENT_KIND_COUNT] = {
        [HEAPD_EVENT_OVERFLOW] = "overflow",
        [HEAPD_EVENT_SESSION_OPENED] = "session_opened",
        [HEAPD_EVENT_SESSION_CLOSED] = "session_closed",
        [HEAPD_EVENT_COLLECTION_STARTED] = "collection_started",
        [HEAPD_EVENT_COLLECTION_FINISHED] = "collection_finished",
        [HEAPD_EVENT_FINALIZER_QUEUED] = "finalizer_queued",
        [HEAPD_EVENT_FINALIZER_DELIVERED] = "finalizer_delivered",
        [HEAPD_EVENT_FINALIZER_ACKNOWLEDGED] = "finalizer_acknowledged",
        [HEAPD_EVENT_FINALIZER_RETURNED] = "finalizer_returned",
        [HEAPD_EVENT_FINALIZER_DEAD] = "finalizer_dead",
        [HEAPD_EVENT_CALLBACK_QUEUED] = "callback_queued",
        [HEAPD_EVENT_CALLBACK_DELIVERED] = "callback_delivered",
        [HEAPD_EVENT_CALLBACK_ACKNOWLEDGED] = "callback_acknowledged",
        [HEAPD_EVENT_CALLBACK_RETURNED] = "callback_returned",
        [HEAPD_EVENT_CALLBACK_DEAD] = "callback_dead",
        [HEAPD_EVENT_LIMIT_MET] = "limit_met",
        [HEAPD_EVENT_LIMIT_RELIEF] = "limit_relief",
        [HEAPD_EVENT_PAUSE] = "pause",
    };

    return kind > 0 && kind < HEAPD_EVENT_KIND_COUNT ? names[kind] : "unknown";
}

/* The message of a filter, and what it points to. */
struct filter {
    Heapd__V1__EventFilter message;
    Heapd__V1__EventKind kinds[32];
    uint32_t generations[32];
};

/* NULL: there is none. */
static Heapd__V1__EventFilter *fill_filter(struct filter *to,
                                           const struct heapd_event_filter *from)
{
    if (from == NULL) {
        return NULL;
    }
    heapd__v1__event_filter__init(&to->message);
    to->message.kinds = to->kinds;
    to->message.generations = to->generations;
    for (uint32_t bit = 0; bit < 32; bit++) {
        if ((from->kinds >> bit & 1) != 0) {
            to->kinds[to->message.n_kinds++] = (Heapd__V1__EventKind)bit;
        }
        if ((from->generations >> bit & 1) != 0) {
            to->generations[to->message.n_generations++] = bit;
        }
    }
    to->message.session = from->session;
    to->message.queue = hdc_text(from->queue);
    return &to->message;
}

static struct heapd_event read_event(const Heapd__V1__Event *from, uint64_t now_ns)
{
    return (struct heapd_event){
        .sequence = from->sequence,
        .kind = (enum heapd_event_kind)from->kind,
        .time_ns = from->time_ns,
        .age_ns = now_ns > from->time_ns ? now_ns - from->time_ns : 0,
        .session = from->session,
        .object = from->object,
        .count = from->count,
        .bytes = from->bytes,
        .duration_ns = from->duration_ns,
        .generation = from->generation,
        .mode = (enum heapd_collector_mode)from->mode,
        .cause = (enum heapd_collection_cause)from->cause,
        .uncollectable = from->uncollectable,
        .candidates = from->candidates,
        .pause = (enum heapd_pause_kind)from->pause,
        .stage = (enum heapd_collection_stage)from->stage,
        .queue = from->queue,
        .limit = from->limit,
    };
}

static const char *copy_text(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = *at;

    memcpy(copy, text, size);
    *at += size;
    return copy;
}

/* One block: the struct, the events, their texts. */
static struct heapd_event_list *copy_list(const Heapd__V1__ListEventsResponse *from)
{
    size_t size = sizeof(struct heapd_event_list) + from->n_events * sizeof(struct heapd_event);
    struct heapd_event_list *list;
    struct heapd_event *events;
    char *text;

    for (size_t i = 0; i < from->n_events; i++) {
        size += strlen(from->events[i]->queue) + strlen(from->events[i]->limit) + 2;
    }
    list = malloc(size);
    if (list == NULL) {
        return NULL;
    }
    events = (struct heapd_event *)(list + 1);
    text = (char *)(events + from->n_events);
    for (size_t i = 0; i < from->n_events; i++) {
        events[i] = read_event(from->events[i], from->now_ns);
        events[i].queue = copy_text(&text, events[i].queue);
        events[i].limit = copy_text(&text, events[i].limit);
    }
    *list = (struct heapd_event_list){from->n_events, events, from->next_after};
    return list;
}

HEAPD_API int heapd_list_events(struct heapd_client *client,
                                const struct heapd_event_filter *filter, uint64_t after,
                                uint32_t limit, uint32_t wait_ms,
                                struct heapd_event_list **ret_list, struct heapd_error *error)
{
    Heapd__V1__ListEventsRequest request = HEAPD__V1__LIST_EVENTS_REQUEST__INIT;
    struct filter space = {0};
    struct heapd_event_list *list;
    int code;

    request.filter = fill_filter(&space, filter);
    if (after != HEAPD_EVENTS_FROM_NOW) {
        request.start_case = HEAPD__V1__LIST_EVENTS_REQUEST__START_AFTER;
        request.after = after;
    }
    request.page_size = limit;
    request.wait_ms = wait_ms;
    (void)hdc_batch_put(hdc_single(client), HDC_LIST_EVENTS, &request.base);
    client->single.wait_ms = wait_ms;
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK || ret_list == NULL) {
        return code;
    }
    list = copy_list(hdc_batch_answer(&client->single, 0, HDC_LIST_EVENTS));
    if (list == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_list = list;
    return HEAPD_OK;
}

HEAPD_API int heapd_events_open(struct heapd_client *client,
                                const struct heapd_event_filter *filter, uint64_t after,
                                struct heapd_stream **ret_stream, struct heapd_error *error)
{
    Heapd__V1__EventsRequest request = HEAPD__V1__EVENTS_REQUEST__INIT;
    struct filter space = {0};

    request.filter = fill_filter(&space, filter);
    if (after != HEAPD_EVENTS_FROM_NOW) {
        request.start_case = HEAPD__V1__EVENTS_REQUEST__START_AFTER;
        request.after = after;
    }
    return hdc_messages_open(client, HDC_EVENTS, &request.base, ret_stream, error);
}

/* The next event of the message at hand.  False: there is none left in it. */
static bool take_from_message(struct heapd_stream *stream, struct heapd_event *ret_event)
{
    const Heapd__V1__EventsResponse *message =
        (const Heapd__V1__EventsResponse *)(const void *)stream->message;

    if (message == NULL || stream->position == message->n_events) {
        return false;
    }
    *ret_event = read_event(message->events[stream->position++], message->now_ns);
    return true;
}

HEAPD_API bool heapd_events_take(struct heapd_stream *stream, struct heapd_event *ret_event)
{
    do {
        if (take_from_message(stream, ret_event)) {
            return true;
        }
    } while (hdc_messages_next(stream));
    return false;
}

HEAPD_API int heapd_events_next(struct heapd_stream *stream, struct heapd_event *ret_event,
                                struct heapd_error *error)
{
    int code = HEAPD_OK;

    while (code == HEAPD_OK) {
        if (heapd_events_take(stream, ret_event)) {
            return HEAPD_OK;
        }
        code = hdc_messages_await(stream, error);
    }
    return code;
}
