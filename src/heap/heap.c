/* SPDX-License-Identifier: MIT */
/* heap.c: a heap's construction and its end. */
#include "heap/heap.h"

#include "base/check.h"
#include "heap/internal.h"

struct hd_heap_options hd_heap_options_default(void)
{
    return (struct hd_heap_options){
        .name = "default",
        .memory = hd_memory_options_default(),
        .max_slots = UINT32_C(1) << 28,
        .slice_units = 1024,
        .events = 4096,
        .pause_ns = UINT64_C(1000000),
        .compact = {.enabled = true, .waste_percent = 15, .floor_bytes = (size_t)4 << 20},
        .mode = HD_COLLECTOR_INCREMENTAL,
        .limit = {HD_UNLIMITED, HD_UNLIMITED},
        .limits =
            {
                .frames = 1000,
                .names = 65536,
                .holds = 1 << 20,
                .name_bytes = 255,
                .batch_operations = 10000,
                .queues = 1024,
                .value_bytes = UINT64_C(64) << 20,
                .items = UINT64_C(1) << 24,
                .compare_work = 1000000,
            },
    };
}

static enum hd_status build(struct hd_heap *heap)
{
    const struct hd_heap_options *options = &heap->options;
    const struct hd_object_options objects = {
        .hash_key = options->hash_key,
        .version_seed = options->version_seed,
        .max_slots = options->max_slots,
        .compare_work = options->limits.compare_work,
        .quota = &heap->quota,
    };
    const struct hd_allocator *books;
    enum hd_status status =
        hd_memory_new(&options->memory, heap->world.os, heap->world.allocator, &heap->memory);

    if (status != HD_OK) {
        return status;
    }
    hd_memory_set_report(heap->memory, hd_findings_report, heap);
    books = hd_memory_allocator(heap->memory, HD_MEMORY_BOOKS);
    hd_ledger_init(&heap->books, books, &heap->quota);
    hd_ledger_init(&heap->object_books, books, &heap->quota);
    hd_ledger_init(&heap->collector_books, books, &heap->quota);
    heap->quota.memory = heap->memory;
    heap->quota.books = &heap->books.iface;
    hd_notices_init(&heap->notices, &heap->books.iface);
    hd_names_init(&heap->names, &heap->books.iface, &heap->options.hash_key);
    status =
        hd_events_init(&heap->events, &heap->books.iface, heap->world.clock, options->events);
    if (status == HD_OK) {
        status = hd_objects_new(&objects, heap->world.os,
                                hd_memory_allocator(heap->memory, HD_MEMORY_OBJECTS),
                                &heap->object_books.iface, &heap->objects);
    }
    if (status == HD_OK) {
        hd_objects_set_mourner(heap->objects, &heap->mourner);
        status = hd_bitset_init(&heap->garbage, heap->world.os,
                                hd_objects_slots(heap->objects)->containers.max);
    }
    if (status == HD_OK) {
        status = hd_collector_new(heap->objects, &heap->collector_books.iface, &heap->host,
                                  &heap->collector);
    }
    if (status == HD_OK) {
        hd_collector_set_mode(heap->collector, options->mode);
    }
    hd_quota_limit_heap(&heap->quota,
                        options->limit); /* what the heap needs to exist is not asked */
    return status;
}

enum hd_status hd_heap_new(const struct hd_heap_options *options,
                           const struct hd_heap_world *world, struct hd_heap **ret_heap)
{
    struct hd_heap *heap = hd_alloc_zeroed(world->allocator, sizeof *heap);
    enum hd_status status;

    HD_CHECK(options->slice_units > 0);
    if (heap == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    heap->options = *options;
    heap->world = *world;
    hd_quota_init(&heap->quota);
    hd_pauses_init(&heap->pauses);
    hd_list_init(&heap->sessions);
    hd_list_init(&heap->batches);
    hd_list_init(&heap->running);
    hd_list_init(&heap->queues);
    hd_list_init(&heap->coming);
    hd_timers_init(&heap->timers);
    hd_list_init(&heap->pending.complete);
    hd_list_init(&heap->pending.watches);
    hd_mourning_init(heap);
    status = build(heap);
    if (status != HD_OK) {
        hd_heap_free(heap);
        return status;
    }
    heap->found.used_bytes = heap->quota.heap.used.bytes;
    *ret_heap = heap;
    return HD_OK;
}

void hd_heap_free(struct hd_heap *heap)
{
    if (heap == NULL) {
        return;
    }
    HD_CHECK(hd_list_is_empty(&heap->sessions) && hd_list_is_empty(&heap->running));
    if (heap->memory != NULL) {
        hd_queues_fini(heap);
        hd_notices_fini(&heap->notices);
        hd_bitset_fini(&heap->garbage);
        hd_events_fini(&heap->events);
        hd_names_fini(&heap->names);
        hd_collector_free(heap->collector);
        hd_objects_free(heap->objects);
        hd_quota_fini(&heap->quota);
        hd_memory_free(heap->memory);
    }
    hd_free(heap->world.allocator, heap, sizeof *heap);
}

void hd_heap_expect(const struct hd_heap *heap, const uint64_t *ids, size_t count)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    for (size_t i = 0; i < count; i++) {
        hd_slots_fetch(slots, ids[i]);
    }
}

const struct hd_heap_options *hd_heap_options(const struct hd_heap *heap)
{
    return &heap->options;
}

struct hd_events *hd_heap_events(struct hd_heap *heap)
{
    return &heap->events;
}

struct hd_memory *hd_heap_memory(struct hd_heap *heap)
{
    return heap->memory;
}
