/* SPDX-License-Identifier: MIT */
/* inspect_gc.c: who refers to whom, and the sums of heap and collector. */
#include "heap/inspect.h"
#include "heap/internal.h"

/* Places looked at for one page: a table may be holes for the most part. */
#define PAGE_PLACES 65536

/* How many places of references a container has, holes included; in pairs, two for each. */
static uint64_t places_of(const struct hd_heap *heap, uint32_t slot, bool *ret_pairs)
{
    enum hd_kind kind = hd_object_kind(heap->objects, slot);

    *ret_pairs = kind == HD_KIND_DICT || kind == HD_KIND_INSTANCE;
    if (hd_slot_is_atom(slot)) {
        return 0;
    }
    if (kind == HD_KIND_LIST || kind == HD_KIND_TUPLE) {
        return hd_seq_length(heap->objects, slot);
    }
    return hd_kind_is_table(kind)
               ? (uint64_t)hd_table_span(heap->objects, slot) << (*ret_pairs ? 1 : 0)
               : 0;
}

/* The reference at a place; 0: a hole. */
static uint32_t reference_at(const struct hd_heap *heap, uint32_t slot, uint64_t place,
                             bool pairs)
{
    uint32_t position = (uint32_t)(place >> (pairs ? 1 : 0));
    uint32_t key;

    if (!hd_kind_is_table(hd_object_kind(heap->objects, slot))) {
        return hd_seq_item(heap->objects, slot, position);
    }
    key = hd_table_key(heap->objects, slot, position);
    return key == 0 || !pairs || place % 2 == 0 ? key
                                                : hd_table_value(heap->objects, slot, position);
}

size_t hd_inspect_referents(const struct hd_heap *heap, uint32_t slot, uint64_t *cursor,
                            size_t max, uint64_t *ret_ids)
{
    bool pairs;
    uint64_t places = places_of(heap, slot, &pairs);
    uint64_t at = *cursor;
    size_t n = 0;

    for (unsigned looked = 0; at < places && n < max && looked < PAGE_PLACES; looked++, at++) {
        uint32_t found = reference_at(heap, slot, at, pairs);

        if (found != 0) {
            ret_ids[n++] = hd_inspect_id(heap, found);
        }
    }
    *cursor = at < places ? at : 0;
    return n;
}

void hd_inspect_collector(const struct hd_heap *heap, struct hd_collector_info *ret_info)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_collector_state *state = hd_collector_state(heap->collector);

    *ret_info = (struct hd_collector_info){
        .mode = state->mode,
        .pace = state->pace,
        .enabled = hd_collector_is_enabled(heap->collector),
        .debug = hd_collector_state(heap->collector)->debug,
        .frozen = slots->members[3],
    };
    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        const struct hd_collector_stats *stats = &state->stats[i];

        ret_info->thresholds[i] = state->thresholds[i];
        ret_info->counts[i] = state->counts[i];
        ret_info->generations[i] = (struct hd_generation_stats){
            .collections = stats->collections,
            .collected = stats->collected,
            .uncollectable = stats->uncollectable,
            .candidates = stats->candidates,
            .duration_ns = stats->duration_ns,
            .objects = slots->members[i],
        };
    }
}

void hd_inspect_heap(const struct hd_heap *heap, struct hd_heap_info *ret_info)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    struct hd_memory_stats memory;

    hd_memory_stats(heap->memory, &memory);
    *ret_info = (struct hd_heap_info){
        .account = heap->quota.heap,
        .committed_bytes = memory.committed_bytes + memory.large_bytes + hd_slots_bytes(slots),
        .reliefs = heap->reliefs,
        .sessions = heap->session_count,
        .names = heap->names.bound,
        .object_bytes = hd_memory_used_bytes(heap->memory, HD_MEMORY_OBJECTS),
        .book_bytes = hd_memory_used_bytes(heap->memory, HD_MEMORY_BOOKS),
        .slot_bytes = hd_slots_bytes(slots),
    };
    for (int kind = 1; kind < HD_KIND_COUNT; kind++) {
        ret_info->kinds[kind] = hd_objects_count(heap->objects, (enum hd_kind)kind);
        ret_info->objects += ret_info->kinds[kind];
    }
    for (unsigned i = 0; i < 4; i++) {
        ret_info->generations[i] = slots->members[i];
    }
}

uint32_t hd_inspect_account_count(const struct hd_heap *heap)
{
    return heap->quota.count;
}

struct hd_account hd_inspect_account(const struct hd_heap *heap, uint16_t account)
{
    return *hd_quota_account_const(&heap->quota, account);
}
