/* SPDX-License-Identifier: MIT */
/* inspect_gc.c: who refers to whom, and the sums of heap and collector. */
#include "heap/inspect.h"
#include "heap/internal.h"

struct page {
    const struct hd_heap *heap;
    uint64_t first;
    uint64_t number; /* references seen */
    size_t max;
    size_t n;
    uint64_t *ids;
};

static void add_to_page(void *ctx, uint32_t slot)
{
    struct page *page = ctx;

    if (page->number >= page->first && page->n < page->max) {
        page->ids[page->n++] = hd_inspect_id(page->heap, slot);
    }
    page->number++;
}

size_t hd_inspect_referents(const struct hd_heap *heap, uint32_t slot, uint64_t *cursor,
                            size_t max, uint64_t *ret_ids)
{
    struct page page = {.heap = heap, .first = *cursor, .max = max, .ids = ret_ids};

    hd_object_visit(heap->objects, slot, add_to_page, &page);
    *cursor = page.first + page.n < page.number ? page.first + page.n : 0;
    return page.n;
}

struct search {
    uint32_t target;
    bool found;
};

static void compare(void *ctx, uint32_t slot)
{
    struct search *search = ctx;

    search->found |= slot == search->target;
}

size_t hd_inspect_referrers(const struct hd_heap *heap, uint32_t slot, uint64_t *cursor,
                            size_t max, uint64_t *ret_ids)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    size_t n = 0;

    for (uint64_t at = *cursor == 0 ? 1 : *cursor; at < slots->containers.high; at++) {
        struct search search = {.target = slot};

        if (!hd_slots_is_tracked(slots, (uint32_t)at) ||
            hd_slots_generation(slots, (uint32_t)at) == 3) {
            continue;
        }
        hd_object_visit(heap->objects, (uint32_t)at, compare, &search);
        if (!search.found) {
            continue;
        }
        if (n == max) {
            *cursor = at;
            return n;
        }
        ret_ids[n++] = hd_slots_id(slots, (uint32_t)at);
    }
    *cursor = 0;
    return n;
}

void hd_inspect_collector(const struct hd_heap *heap, struct hd_collector_info *ret_info)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_collector_state *state = hd_collector_state(heap->collector);

    *ret_info = (struct hd_collector_info){
        .enabled = hd_collector_is_enabled(heap->collector),
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
