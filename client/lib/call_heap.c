/* SPDX-License-Identifier: MIT */
/* call_heap.c: the blocking calls on the heap as a whole and on the daemon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "deadline.h"
#include "error.h"
#include "heapd/v1/heap.pb-c.h"
#include "heapd/v1/server.pb-c.h"

static void read_info(const Heapd__V1__InfoResponse *from, struct heapd_heap_info *info)
{
    memset(info, 0, sizeof(*info));
    (void)snprintf(info->name, sizeof(info->name), "%s", from->name);
    (void)snprintf(info->allocator, sizeof(info->allocator), "%s", from->allocator);
    (void)snprintf(info->collector_mode, sizeof(info->collector_mode), "%s",
                   from->collector_mode);
    info->objects = from->objects;
    for (size_t i = 0; i < from->n_generations && i < 4; i++) {
        info->generations[i] = from->generations[i];
    }
    for (size_t i = 0; i < from->n_kinds; i++) {
        if ((unsigned)from->kinds[i]->kind < HEAPD_KIND_COUNT) {
            info->by_kind[from->kinds[i]->kind] = from->kinds[i]->objects;
        }
    }
    info->sessions = from->sessions;
    info->names = from->names;
    info->object_bytes = from->object_bytes;
    info->book_bytes = from->book_bytes;
    info->slot_bytes = from->slot_bytes;
    info->collector_enabled = from->collector_enabled;
    info->used_bytes = from->used_bytes;
    info->committed_bytes = from->committed_bytes;
    info->limit_bytes = from->limit_bytes;
    info->limit_objects = from->limit_objects;
    info->relief_collections = from->relief_collections;
}

HEAPD_API int heapd_heap_info(struct heapd_client *client, struct heapd_heap_info *ret_info,
                              struct heapd_error *error)
{
    Heapd__V1__InfoRequest request = HEAPD__V1__INFO_REQUEST__INIT;
    const void *answer;
    int code = hdc_call(client, HDC_INFO, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_info != NULL) {
        read_info(answer, ret_info);
    }
    return code;
}

/* One block: a struct of so many bytes, the pointers, the texts. */
static void *copy_texts(size_t size, char *const *from, size_t count,
                        const char *const **ret_texts)
{
    size_t bytes = size + count * sizeof(char *);
    const char **texts;
    void *block;
    char *text;

    for (size_t i = 0; i < count; i++) {
        bytes += strlen(from[i]) + 1;
    }
    block = malloc(bytes);
    if (block == NULL) {
        return NULL;
    }
    texts = (const char **)((char *)block + size);
    text = (char *)(texts + count);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(from[i]) + 1;

        memcpy(text, from[i], length);
        texts[i] = text;
        text += length;
    }
    *ret_texts = texts;
    return block;
}

HEAPD_API int heapd_list_heaps(struct heapd_client *client, struct heapd_heaps **ret_heaps,
                               struct heapd_error *error)
{
    Heapd__V1__HeapServiceListRequest request = HEAPD__V1__HEAP_SERVICE_LIST_REQUEST__INIT;
    const Heapd__V1__HeapServiceListResponse *list;
    const char *const *names;
    struct heapd_heaps *heaps;
    const void *answer;
    int code = hdc_call(client, HDC_LIST_HEAPS, &request.base, &answer, error);

    if (code != HEAPD_OK || ret_heaps == NULL) {
        return code;
    }
    list = answer;
    heaps = copy_texts(sizeof(*heaps), list->names, list->n_names, &names);
    if (heaps == NULL) {
        return hdc_fail_memory(error);
    }
    *heaps = (struct heapd_heaps){list->n_names, names};
    *ret_heaps = heaps;
    return HEAPD_OK;
}

static struct heapd_verified *copy_verified(const Heapd__V1__VerifyResponse *from)
{
    const char *const *defects;
    struct heapd_verified *verified =
        copy_texts(sizeof(*verified), from->defects, from->n_defects, &defects);

    if (verified != NULL) {
        *verified =
            (struct heapd_verified){from->objects, from->references, from->n_defects, defects};
    }
    return verified;
}

HEAPD_API int heapd_verify(struct heapd_client *client, struct heapd_verified **ret_verified,
                           struct heapd_error *error)
{
    Heapd__V1__VerifyRequest request = HEAPD__V1__VERIFY_REQUEST__INIT;
    struct heapd_verified *verified;
    const void *answer;
    int code = hdc_call(client, HDC_VERIFY, &request.base, &answer, error);

    if (code != HEAPD_OK || ret_verified == NULL) {
        return code;
    }
    verified = copy_verified(answer);
    if (verified == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_verified = verified;
    return HEAPD_OK;
}

static struct heapd_pool_stats *copy_stats(const Heapd__V1__PoolStatsResponse *from)
{
    struct heapd_pool_stats *stats =
        malloc(sizeof(*stats) + from->n_classes * sizeof(struct heapd_class_stats) +
               from->n_arenas * sizeof(struct heapd_arena_stats));
    struct heapd_class_stats *classes;
    struct heapd_arena_stats *arenas;

    if (stats == NULL) {
        return NULL;
    }
    classes = (struct heapd_class_stats *)(stats + 1);
    arenas = (struct heapd_arena_stats *)(void *)(classes + from->n_classes);
    *stats = (struct heapd_pool_stats){
        .boundary = from->boundary,
        .arena_bytes = from->arena_bytes,
        .unit_bytes = from->unit_bytes,
        .arenas_now = from->arenas_now,
        .arenas_highest = from->arenas_highest,
        .arenas_ever = from->arenas_ever,
        .arenas_returned = from->arenas_returned,
        .committed_bytes = from->committed_bytes,
        .empty_bytes = from->empty_bytes,
        .returned_bytes = from->returned_bytes,
        .pool_used_bytes = from->pool_used_bytes,
        .large_count = from->large_count,
        .large_bytes = from->large_bytes,
        .sparse_bytes = from->sparse_bytes,
        .evacuating_pools = from->evacuating_pools,
        .chosen_pools = from->chosen_pools,
        .moved_blocks = from->moved_blocks,
        .moved_bytes = from->moved_bytes,
        .class_count = from->n_classes,
        .classes = classes,
        .arena_count = from->n_arenas,
        .arenas = arenas,
    };
    (void)snprintf(stats->allocator, sizeof(stats->allocator), "%s", from->allocator);
    for (size_t i = 0; i < from->n_classes; i++) {
        const Heapd__V1__ClassStats *one = from->classes[i];

        classes[i] =
            (struct heapd_class_stats){one->block_size,  one->pools,       one->blocks_used,
                                       one->blocks_free, one->asked_bytes, one->pool_bytes};
    }
    for (size_t i = 0; i < from->n_arenas; i++) {
        const Heapd__V1__ArenaStats *one = from->arenas[i];

        arenas[i] = (struct heapd_arena_stats){one->number, one->committed_bytes,
                                               one->pool_bytes, one->used_bytes};
    }
    return stats;
}

HEAPD_API int heapd_pool_stats(struct heapd_client *client, bool map,
                               struct heapd_pool_stats **ret_stats, struct heapd_error *error)
{
    Heapd__V1__PoolStatsRequest request = HEAPD__V1__POOL_STATS_REQUEST__INIT;
    struct heapd_pool_stats *stats;
    const void *answer;
    int code;

    request.map = map;
    code = hdc_call(client, HDC_POOL_STATS, &request.base, &answer, error);

    if (code != HEAPD_OK || ret_stats == NULL) {
        return code;
    }
    stats = copy_stats(answer);
    if (stats == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_stats = stats;
    return HEAPD_OK;
}

HEAPD_API int heapd_trim(struct heapd_client *client, uint64_t *ret_bytes,
                         struct heapd_error *error)
{
    Heapd__V1__TrimRequest request = HEAPD__V1__TRIM_REQUEST__INIT;
    const Heapd__V1__TrimResponse *trimmed;
    const void *answer;
    int code = hdc_call(client, HDC_TRIM, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_bytes != NULL) {
        trimmed = answer;
        *ret_bytes = trimmed->returned_bytes;
    }
    return code;
}

HEAPD_API int heapd_ping(struct heapd_client *client, uint64_t *ret_ns,
                         struct heapd_error *error)
{
    uint64_t start = hdc_now_ns();
    int code;

    (void)heapd_batch_ping(hdc_single(client));
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_ns != NULL) {
        *ret_ns = hdc_now_ns() - start;
    }
    return code;
}

static void join_features(const Heapd__V1__ServerInfoResponse *from, char *to, size_t size)
{
    size_t used = 0;

    to[0] = '\0';
    for (size_t i = 0; i < from->n_features && used < size; i++) {
        int n = snprintf(to + used, size - used, "%s%s", i > 0 ? " " : "", from->features[i]);

        used += n > 0 ? (size_t)n : 0;
    }
}

static void read_server(const Heapd__V1__ServerInfoResponse *from,
                        struct heapd_server_info *info)
{
    memset(info, 0, sizeof(*info));
    (void)snprintf(info->version, sizeof(info->version), "%s", from->version);
    join_features(from, info->features, sizeof(info->features));
    info->uptime_seconds = from->uptime_seconds;
    info->requests = from->requests;
    info->pid = from->pid;
    info->connections = from->connections;
    if (from->limits != NULL) {
        info->limit_frame_bytes = from->limits->frame_bytes;
        info->limit_batch_operations = from->limits->batch_operations;
        info->limit_frames = from->limits->frames;
        info->limit_names = from->limits->names;
        info->limit_holds = from->limits->holds;
        info->limit_name_bytes = from->limits->name_bytes;
        info->limit_connections = from->limits->connections;
        info->limit_waiting_calls = from->limits->waiting_calls;
    }
}

HEAPD_API int heapd_server_info(struct heapd_client *client, struct heapd_server_info *ret_info,
                                struct heapd_error *error)
{
    Heapd__V1__ServerInfoRequest request = HEAPD__V1__SERVER_INFO_REQUEST__INIT;
    const void *answer;
    int code = hdc_call(client, HDC_SERVER_INFO, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_info != NULL) {
        read_server(answer, ret_info);
    }
    return code;
}
