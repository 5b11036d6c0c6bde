/* SPDX-License-Identifier: MIT */
/* inspect_work.c: what collecting has done and is to do, what is garbage still, and pauses. */
#include "heap/inspect.h"
#include "heap/internal.h"

static uint64_t members_of(const struct hd_heap *heap)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    return slots->members[0] + slots->members[1] + slots->members[2];
}

/* By what the last full one took; before there was one, two units for each object. */
static uint64_t owed_units(const struct hd_heap *heap)
{
    const struct hd_found *found = &heap->found;
    uint64_t done = heap->pauses.slice_units - found->units_begun;
    uint64_t all = 2 * members_of(heap);

    if (!hd_collector_has_work(heap->collector)) {
        return 0;
    }
    if (found->candidates > 0) {
        all = (uint64_t)((double)found->units / (double)found->candidates *
                         (double)members_of(heap));
    }
    return all > done ? all - done : 1;
}

static uint64_t running(const struct hd_heap *heap)
{
    uint64_t count = 0;

    HD_LIST_FOREACH (element, &heap->running) {
        count++;
    }
    return count;
}

void hd_inspect_work(const struct hd_heap *heap, struct hd_work_info *ret_info)
{
    const struct hd_found *found = &heap->found;
    uint64_t members = members_of(heap);
    uint64_t used = heap->quota.heap.used.bytes;

    *ret_info = (struct hd_work_info){
        .stage = hd_collector_stage(heap->collector),
        .generation = hd_collector_has_work(heap->collector) ? heap->collection.generation : 0,
        .slice_units = heap->pauses.slice_units,
        .cascade_units = heap->pauses.cascade_units,
        .owed_units = owed_units(heap),
        .operations = running(heap),
        .dying_objects = hd_objects_slots_const(heap->objects)->killed,
        .pending_sets = heap->pending.sets,
        .found_objects = found->objects,
        .found_bytes = found->bytes,
        .grown_objects = members > found->members ? members - found->members : 0,
        .grown_bytes = used > found->used_bytes ? used - found->used_bytes : 0,
    };
}

const struct hd_pauses *hd_inspect_pauses(const struct hd_heap *heap)
{
    return &heap->pauses;
}
