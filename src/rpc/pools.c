/* SPDX-License-Identifier: MIT */
/* pools.c: memory by size class and by arena, in messages. */
#include "rpc/pools.h"

#include "heapd/v1/heap.pb-c.h"

#define ARENAS_MAX 65536u

static enum hd_status add_classes(struct hd_call *call, const struct hd_memory *memory,
                                  Heapd__V1__PoolStatsResponse *reply)
{
    size_t count = hd_memory_class_count(memory);
    Heapd__V1__ClassStats *classes = hd_call_take_array(call, count, sizeof *classes);

    reply->classes = hd_call_take_array(call, count, sizeof(Heapd__V1__ClassStats *));
    if (classes == NULL || reply->classes == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < count; i++) {
        Heapd__V1__ClassStats *to = &classes[reply->n_classes];
        struct hd_class_stats stats;

        hd_memory_class_stats(memory, i, &stats);
        if (stats.pools == 0) {
            continue;
        }
        heapd__v1__class_stats__init(to);
        to->block_size = stats.block_size;
        to->pools = stats.pools;
        to->pool_bytes = stats.pool_bytes;
        to->blocks_used = stats.blocks_used;
        to->blocks_free = stats.blocks_free;
        to->asked_bytes = stats.asked_bytes;
        reply->classes[reply->n_classes++] = to;
    }
    return HD_OK;
}

static enum hd_status add_arenas(struct hd_call *call, const struct hd_memory *memory,
                                 size_t count, Heapd__V1__PoolStatsResponse *reply)
{
    Heapd__V1__ArenaStats *arenas = hd_call_take_array(call, count, sizeof *arenas);
    struct hd_arena_stats stats;

    reply->arenas = hd_call_take_array(call, count, sizeof(Heapd__V1__ArenaStats *));
    if (arenas == NULL || reply->arenas == NULL) {
        return call->op.error.status;
    }
    for (uint32_t i = 0; reply->n_arenas < count && hd_memory_arena_stats(memory, i, &stats);
         i++) {
        Heapd__V1__ArenaStats *to = &arenas[reply->n_arenas];

        if (stats.committed_bytes == 0) {
            continue;
        }
        heapd__v1__arena_stats__init(to);
        to->number = i;
        to->committed_bytes = stats.committed_bytes;
        to->pool_bytes = stats.pool_bytes;
        to->used_bytes = stats.used_bytes;
        reply->arenas[reply->n_arenas++] = to;
    }
    return HD_OK;
}

static void add_figures(const struct hd_memory_stats *stats,
                        Heapd__V1__PoolStatsResponse *reply)
{
    reply->allocator =
        (char *)(uintptr_t)hd_allocator_kind_name(stats->kind); /* only read from */
    reply->boundary = stats->boundary;
    reply->arena_bytes = stats->arena_bytes;
    reply->unit_bytes = stats->unit_bytes;
    reply->arenas_now = stats->arenas_now;
    reply->arenas_highest = stats->arenas_highest;
    reply->arenas_ever = stats->arenas_ever;
    reply->arenas_returned = stats->arenas_returned;
    reply->committed_bytes = stats->committed_bytes;
    reply->empty_bytes = stats->empty_bytes;
    reply->returned_bytes = stats->returned_bytes;
    reply->pool_used_bytes = stats->pool_used_bytes;
    reply->large_count = stats->large_count;
    reply->large_bytes = stats->large_bytes;
    reply->sparse_bytes = stats->sparse_bytes;
    reply->evacuating_pools = stats->evacuating_pools;
    reply->chosen_pools = stats->chosen_pools;
    reply->moved_blocks = stats->moved_blocks;
    reply->moved_bytes = stats->moved_bytes;
}

enum hd_status hd_pools_answer(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__PoolStatsRequest *ask = request;
    Heapd__V1__PoolStatsResponse *reply = response;
    const struct hd_memory *memory = hd_heap_memory(call->heap);
    struct hd_memory_stats stats;
    enum hd_status status;

    hd_memory_stats(memory, &stats);
    add_figures(&stats, reply);
    status = add_classes(call, memory, reply);
    if (status == HD_OK && ask->map && stats.arenas_now > 0) {
        status = add_arenas(
            call, memory, stats.arenas_now < ARENAS_MAX ? stats.arenas_now : ARENAS_MAX, reply);
    }
    return status;
}

enum hd_status hd_trim_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__TrimRequest *trim = request;

    call->op.in.trim.compact = trim->empty_only ? HD_COMPACT_NEVER : HD_COMPACT_NOW;
    return HD_OK;
}

enum hd_status hd_trim_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__TrimResponse *reply = response;

    (void)request;
    reply->returned_bytes = call->op.out.trim.returned_bytes;
    reply->moved_bytes = call->op.out.trim.moved_bytes;
    return HD_OK;
}
