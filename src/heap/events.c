/* SPDX-License-Identifier: MIT */
/* events.c: a ring of records; event number n is record (n - 1) % capacity while it is kept. */
#include "heap/events.h"

#include <string.h>

#include "base/check.h"
#include "base/utf8.h"

#define COLLECTIONS (1u << HD_EVENT_COLLECTION_STARTED | 1u << HD_EVENT_COLLECTION_FINISHED)

struct hd_event_record {
    struct hd_event event; /* queue points to the text below */
    char queue[HD_EVENT_QUEUE_BYTES];
};

_Static_assert(HD_EVENT_KIND_COUNT <= 32, "kinds are bits of a filter");

enum hd_status hd_events_init(struct hd_events *events, const struct hd_allocator *books,
                              const struct hd_clock *clock, uint32_t capacity)
{
    HD_CHECK(capacity > 0);
    *events = (struct hd_events){.books = books, .clock = clock, .capacity = capacity};
    hd_list_init(&events->waiting);
    events->ring = hd_alloc(books, hd_events_bytes(events));
    return events->ring == NULL ? HD_RESOURCE_EXHAUSTED : HD_OK;
}

void hd_events_fini(struct hd_events *events)
{
    HD_CHECK(events->ring == NULL || hd_list_is_empty(&events->waiting));
    if (events->ring != NULL) {
        hd_free(events->books, events->ring, hd_events_bytes(events));
    }
    events->ring = NULL;
}

size_t hd_events_bytes(const struct hd_events *events)
{
    return events->capacity * sizeof *events->ring;
}

static struct hd_event_record *record_of(const struct hd_events *events, uint64_t sequence)
{
    return &events->ring[(sequence - 1) % events->capacity];
}

/* As much of a queue's name as is kept. */
static struct hd_bytes cut(struct hd_bytes name)
{
    if (name.size > HD_EVENT_QUEUE_BYTES) {
        name.size = hd_utf8_prefix(name.data, HD_EVENT_QUEUE_BYTES);
    }
    return name;
}

static bool matches(const struct hd_event_filter *filter, const struct hd_event *event)
{
    uint32_t kind = 1u << event->kind;

    if (filter->kinds != 0 && (filter->kinds & kind) == 0) {
        return false;
    }
    if (filter->generations != 0 &&
        ((kind & COLLECTIONS) == 0 || (filter->generations >> event->generation & 1) == 0)) {
        return false;
    }
    if (filter->session != 0 && filter->session != event->session) {
        return false;
    }
    return filter->queue.size == 0 || hd_bytes_equal(cut(filter->queue), event->queue);
}

static uint32_t kinds_of(const struct hd_event_filter *filter)
{
    return filter->kinds == 0 ? UINT32_MAX : filter->kinds;
}

/* Those who do not want it wait on. */
static void wake(struct hd_events *events, const struct hd_event *event)
{
    struct hd_list *next;

    events->wanted = 0;
    for (struct hd_list *at = events->waiting.next; at != &events->waiting; at = next) {
        struct hd_event_reader *reader =
            HD_CONTAINER_OF(at, struct hd_event_reader, waiter.link);

        next = at->next;
        events->looked++;
        if (!matches(&reader->filter, event)) {
            events->wanted |= kinds_of(&reader->filter);
            continue;
        }
        reader->after = event->sequence - 1; /* none of those before was for it */
        reader->waits = false;
        hd_waiter_leave(&reader->waiter);
        reader->waiter.wake(reader->waiter.ctx);
    }
}

void hd_events_publish(struct hd_events *events, const struct hd_event *event)
{
    struct hd_event_record *record = record_of(events, events->last + 1);
    struct hd_bytes queue = cut(event->queue);

    HD_CHECK(event->kind > HD_EVENT_OVERFLOW && event->kind < HD_EVENT_KIND_COUNT);
    events->last++;
    record->event = *event;
    record->event.sequence = events->last;
    record->event.time_ns = hd_clock_now_ns(events->clock);
    record->event.queue = (struct hd_bytes){record->queue, queue.size};
    if (queue.size > 0) {
        memcpy(record->queue, queue.data, queue.size);
    }
    if ((events->wanted >> event->kind & 1) != 0) {
        wake(events, &record->event);
    }
}

/* [events.inv.ring] */
static uint64_t lost_below(const struct hd_events *events)
{
    return events->last > events->capacity ? events->last - events->capacity : 0;
}

bool hd_events_next(const struct hd_events *events, struct hd_event_reader *reader,
                    struct hd_event *ret_event)
{
    uint64_t lost = lost_below(events);

    HD_CHECK(reader->after <= events->last);
    if (reader->waits) {
        reader->waits = false; /* it was woken by somebody else, its time for one */
        reader->after = events->last;
    }
    if (reader->after < lost) {
        *ret_event = (struct hd_event){.sequence = lost,
                                       .time_ns = record_of(events, lost + 1)->event.time_ns,
                                       .kind = HD_EVENT_OVERFLOW,
                                       .count = lost - reader->after};
        reader->after = lost;
        return true;
    }
    while (reader->after < events->last) {
        const struct hd_event *event = &record_of(events, ++reader->after)->event;

        if (matches(&reader->filter, event)) {
            *ret_event = *event;
            return true;
        }
    }
    return false;
}

void hd_events_wait(struct hd_events *events, struct hd_event_reader *reader)
{
    HD_CHECK(reader->after == events->last);
    reader->waits = true;
    events->wanted |= kinds_of(&reader->filter);
    hd_list_push_back(&events->waiting, &reader->waiter.link);
}
