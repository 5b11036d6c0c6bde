/* SPDX-License-Identifier: MIT */
/* collection.c: collections are run, timed, booked and told of.  A full one ends with the
 * last of what it found, which goes in slices. */
#include "heap/internal.h"

static uint64_t fallen(uint64_t before, uint64_t now)
{
    return before > now ? before - now : 0;
}

static void tell_finished(struct hd_heap *heap)
{
    struct hd_event *event = &heap->collection;

    hd_collector_book_duration(heap->collector, event->generation, event->duration_ns);
    event->kind = HD_EVENT_COLLECTION_FINISHED;
    hd_events_publish(&heap->events, event);
    event->kind = 0;
}

static void book(struct hd_heap *heap, uint64_t start_ns, uint64_t bytes)
{
    heap->collection.duration_ns += hd_clock_now_ns(heap->world.clock) - start_ns;
    heap->collection.bytes += fallen(bytes, heap->quota.heap.used.bytes);
    if (!hd_collector_has_work(heap->collector)) {
        tell_finished(heap);
    }
}

bool hd_collection_work(struct hd_heap *heap, uint32_t *units)
{
    uint64_t start_ns;
    uint64_t bytes = heap->quota.heap.used.bytes;

    if (!hd_collector_has_work(heap->collector)) {
        return true;
    }
    start_ns = hd_clock_now_ns(heap->world.clock);
    (void)hd_collector_work(heap->collector, units);
    book(heap, start_ns, bytes);
    return !hd_collector_has_work(heap->collector);
}

void hd_collection_finish(struct hd_heap *heap)
{
    uint32_t units;

    do {
        units = UINT32_MAX;
    } while (!hd_collection_work(heap, &units));
}

void hd_collect(struct hd_heap *heap, struct hd_op *op, unsigned generation,
                enum hd_event_cause cause, struct hd_collection *ret_result)
{
    uint64_t start_ns;
    uint64_t bytes;

    hd_collection_finish(heap);
    start_ns = hd_clock_now_ns(heap->world.clock);
    bytes = heap->quota.heap.used.bytes;
    heap->collection =
        (struct hd_event){.kind = HD_EVENT_COLLECTION_STARTED,
                          .generation = (uint8_t)generation,
                          .mode = HD_EVENT_CLASSIC,
                          .cause = (uint8_t)cause,
                          .session = op->session == NULL ? 0 : op->session->number};
    hd_events_publish(&heap->events, &heap->collection);
    heap->pending.collection++;
    heap->pending.generation = generation;
    hd_collector_run(heap->collector, generation, hd_op_cascade(op), ret_result);
    heap->collection.count = ret_result->collected;
    heap->collection.uncollectable = ret_result->uncollectable;
    heap->collection.candidates = ret_result->candidates;
    book(heap, start_ns, bytes);
    if (generation == HD_GENERATIONS - 1) {
        heap->relief_change = heap->quota.change;
    }
}
