/* SPDX-License-Identifier: MIT */
/* collection.c: collections are begun, timed, booked and told of.  One in slices ends with the
 * last of what it found. */
#include "heap/internal.h"

static uint64_t fallen(uint64_t before, uint64_t now)
{
    return before > now ? before - now : 0;
}

static uint64_t tracked(const struct hd_heap *heap)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    return slots->members[0] + slots->members[1] + slots->members[2];
}

/* What a full collection came to. */
static void note_found(struct hd_heap *heap)
{
    struct hd_found *found = &heap->found;

    found->objects = heap->collection.count;
    found->bytes = heap->collection.bytes;
    found->members = tracked(heap);
    found->used_bytes = heap->quota.heap.used.bytes;
    found->candidates = heap->collection.candidates;
    found->units = heap->pauses.slice_units - found->units_begun;
}

static void tell_finished(struct hd_heap *heap)
{
    struct hd_event *event = &heap->collection;

    hd_collector_book_duration(heap->collector, event->generation, event->duration_ns);
    event->kind = HD_EVENT_COLLECTION_FINISHED;
    hd_events_publish(&heap->events, event);
    event->kind = 0;
}

/* Whoever asked for it has the result. */
static void finish(struct hd_heap *heap)
{
    const struct hd_collection *result = hd_collector_last(heap->collector);
    struct hd_op *op = heap->collecting;

    heap->collecting = NULL;
    heap->collection.count = result->collected;
    heap->collection.uncollectable = result->uncollectable;
    heap->collection.candidates = result->candidates;
    if (op != NULL) {
        op->out.collect.collected = result->collected;
        op->out.collect.uncollectable = result->uncollectable;
        op->out.collect.candidates = result->candidates;
        op->collect.stage = HD_COLLECT_DONE;
    }
    if (heap->collection.generation == HD_GENERATIONS - 1) {
        heap->relief_change = heap->quota.change;
        note_found(heap);
    }
    tell_finished(heap);
}

static void book(struct hd_heap *heap, struct hd_pause_start start, uint64_t bytes,
                 struct hd_pause *pause)
{
    heap->collection.duration_ns += hd_pause_end(heap, start, pause);
    heap->collection.bytes += fallen(bytes, heap->quota.heap.used.bytes);
    if (!hd_collector_has_work(heap->collector) && heap->collection.kind != 0) {
        finish(heap);
    }
}

bool hd_collection_work(struct hd_heap *heap, uint32_t *units)
{
    uint64_t bytes = heap->quota.heap.used.bytes;
    uint32_t before = *units;
    struct hd_pause pause = {.kind = HD_PAUSE_SLICE, .generation = heap->collection.generation};
    struct hd_pause_start start;

    if (!hd_collector_has_work(heap->collector)) {
        return true;
    }
    start = hd_pause_begin(heap);
    (void)hd_collector_work(heap->collector, units);
    pause.units = before - *units;
    book(heap, start, bytes, &pause);
    return !hd_collector_has_work(heap->collector);
}

void hd_collection_finish(struct hd_heap *heap)
{
    uint32_t units;

    do {
        units = UINT32_MAX;
    } while (!hd_collection_work(heap, &units));
}

/* A young one while a full one is in progress is an event of its own. */
static void collect_young(struct hd_heap *heap, struct hd_op *op, unsigned generation,
                          struct hd_event event)
{
    struct hd_pause_start start = hd_pause_begin(heap);
    struct hd_pause pause = {.kind = HD_PAUSE_YOUNG, .generation = (uint8_t)generation};
    uint64_t bytes = heap->quota.heap.used.bytes;
    const struct hd_collection *result = hd_collector_last(heap->collector);

    hd_collector_begin(heap->collector, generation, hd_op_cascade(op));
    event.kind = HD_EVENT_COLLECTION_FINISHED;
    event.count = result->collected;
    event.uncollectable = result->uncollectable;
    event.candidates = result->candidates;
    pause.objects = result->candidates;
    event.duration_ns = hd_pause_end(heap, start, &pause);
    event.bytes = fallen(bytes, heap->quota.heap.used.bytes);
    hd_collector_book_duration(heap->collector, generation, event.duration_ns);
    hd_events_publish(&heap->events, &event);
}

void hd_collection_begin(struct hd_heap *heap, struct hd_op *op, unsigned generation,
                         enum hd_event_cause cause)
{
    struct hd_pause pause = {.kind = HD_PAUSE_SLICE, .generation = (uint8_t)generation};
    struct hd_pause_start start;
    uint64_t bytes = heap->quota.heap.used.bytes;
    enum hd_collector_mode mode = hd_collector_state(heap->collector)->mode;
    struct hd_event event = {
        .kind = HD_EVENT_COLLECTION_STARTED,
        .generation = (uint8_t)generation,
        .mode = mode == HD_COLLECTOR_CLASSIC ? HD_EVENT_CLASSIC : HD_EVENT_INCREMENTAL,
        .cause = (uint8_t)cause,
        .logged = (hd_collector_state(heap->collector)->debug & HD_GC_DEBUG_STATS) != 0,
        .session = op->session == NULL ? 0 : op->session->number};

    hd_events_publish(&heap->events, &event);
    heap->pending.collection++;
    heap->pending.generation = generation;
    if (cause == HD_EVENT_BY_REQUEST && op->in.collect.watch != NULL) {
        op->in.collect.watch->collection = heap->pending.collection;
        hd_heap_watch(heap, op->in.collect.watch);
    }
    if (hd_collector_has_work(heap->collector)) {
        collect_young(heap, op, generation, event);
        return;
    }
    heap->pending.sliced = heap->pending.collection;
    heap->collection = event;
    heap->collecting = cause == HD_EVENT_BY_REQUEST ? op : NULL;
    heap->found.units_begun = heap->pauses.slice_units;
    start = hd_pause_begin(heap);
    hd_collector_begin(heap->collector, generation, hd_op_cascade(op));
    if (mode == HD_COLLECTOR_CLASSIC && hd_collector_has_work(heap->collector)) {
        uint32_t units = 0;

        (void)hd_collector_work(heap->collector, &units); /* up to the commit */
        pause.stage = HD_PAUSE_COMMIT;
    }
    if (!hd_collector_has_work(heap->collector)) {
        pause.kind = HD_PAUSE_YOUNG;
        pause.objects = hd_collector_last(heap->collector)->candidates;
    }
    book(heap, start, bytes, &pause);
}

/* Each container made pays for so many units: with a heap of n objects a collection is complete
 * before n / 3 more have been made.  So does what it takes beside: large values are few. */
#define UNITS_PER_CONTAINER 8u
#define BYTES_PER_UNIT      512u
#define ASSIST_MIN          512u
#define ASSIST_MAX          2048u

/* What the collector gives back itself is nobody's debt. */
static void pay_up(struct hd_heap *heap)
{
    heap->assisted_made = hd_objects_made(heap->objects);
    heap->assisted_change = heap->quota.change;
}

void hd_collection_assist(struct hd_heap *heap)
{
    uint64_t made = hd_objects_made(heap->objects) - heap->assisted_made;
    uint64_t change = heap->quota.change; /* a refused operation takes its part back */
    uint64_t taken = change > heap->assisted_change ? change - heap->assisted_change : 0;
    uint64_t owed = made * UNITS_PER_CONTAINER + taken / BYTES_PER_UNIT;
    uint32_t units = owed < ASSIST_MAX ? (uint32_t)owed : ASSIST_MAX;

    if (!hd_collector_has_work(heap->collector)) {
        pay_up(heap);
    } else if (units >= ASSIST_MIN) {
        (void)hd_collection_work(heap, &units);
        pay_up(heap);
    }
}
