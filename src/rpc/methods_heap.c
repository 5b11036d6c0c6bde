/* SPDX-License-Identifier: MIT */
/* methods_heap.c: HeapService: a heap as a whole: counts, proof, memory. */
#include <stdint.h>

#include "heap/inspect.h"
#include "heap/verify.h"
#include "heapd/v1/heap.pb-c.h"
#include "rpc/configure.h"
#include "rpc/item.h"
#include "rpc/pools.h"

#define GENERATIONS 4
#define DEFECTS_MAX 100

/* The generated init sets a text to a shared constant: a reply only reads it. */
static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static const char *mode_name(enum hd_collector_mode mode)
{
    return mode == HD_COLLECTOR_CLASSIC ? "classic" : "incremental";
}

static enum hd_status add_kinds(struct hd_call *call, const struct hd_heap_info *info,
                                Heapd__V1__InfoResponse *reply)
{
    Heapd__V1__KindCount *kinds = hd_call_take_array(call, HD_KIND_COUNT, sizeof *kinds);

    reply->kinds = hd_call_take_array(call, HD_KIND_COUNT, sizeof(Heapd__V1__KindCount *));
    if (kinds == NULL || reply->kinds == NULL) {
        return call->op.error.status;
    }
    for (size_t kind = HD_KIND_NONE; kind < HD_KIND_COUNT; kind++) {
        if (info->kinds[kind] > 0) {
            Heapd__V1__KindCount *count = &kinds[reply->n_kinds];

            heapd__v1__kind_count__init(count);
            count->kind = (Heapd__V1__Kind)kind;
            count->objects = info->kinds[kind];
            reply->kinds[reply->n_kinds++] = count;
        }
    }
    return HD_OK;
}

static enum hd_status answer_info(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__InfoResponse *reply = response;
    const struct hd_heap_options *options = hd_heap_options(call->heap);
    struct hd_collector_info collector;
    struct hd_heap_info info;

    (void)request;
    reply->generations = hd_call_take_array(call, GENERATIONS, sizeof(uint64_t));
    if (reply->generations == NULL) {
        return call->op.error.status;
    }
    hd_inspect_heap(call->heap, &info);
    hd_inspect_collector(call->heap, &collector);
    reply->name = borrow(options->name);
    reply->objects = info.objects;
    reply->n_generations = GENERATIONS;
    for (int i = 0; i < GENERATIONS; i++) {
        reply->generations[i] = info.generations[i];
    }
    reply->sessions = info.sessions;
    reply->names = info.names;
    reply->object_bytes = info.object_bytes;
    reply->book_bytes = info.book_bytes;
    reply->slot_bytes = info.slot_bytes;
    reply->allocator = borrow(hd_allocator_kind_name(options->memory.kind));
    reply->collector_mode = borrow(mode_name(collector.mode));
    reply->collector_enabled = collector.enabled;
    reply->used_bytes = info.account.used.bytes;
    reply->committed_bytes = info.committed_bytes;
    reply->limit_bytes = hd_limit_to_wire(info.account.limit.bytes);
    reply->limit_objects = hd_limit_to_wire(info.account.limit.objects);
    reply->relief_collections = info.reliefs;
    return add_kinds(call, &info, reply);
}

struct defects {
    struct hd_call *call;
    Heapd__V1__VerifyResponse *reply;
};

static void add_defect(void *ctx, const char *sentence)
{
    struct defects *defects = ctx;
    Heapd__V1__VerifyResponse *reply = defects->reply;
    char *copy = hd_call_copy_text(defects->call, hd_bytes_of(sentence));

    if (copy != NULL && reply->n_defects < DEFECTS_MAX) {
        reply->defects[reply->n_defects++] = copy;
    }
}

static enum hd_status answer_verify(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__VerifyResponse *reply = response;
    struct defects defects = {call, reply};
    struct hd_verify_result result;

    (void)request;
    reply->defects = hd_call_take_array(call, DEFECTS_MAX, sizeof(char *));
    if (reply->defects == NULL) {
        return call->op.error.status;
    }
    if (hd_heap_verify(call->heap, add_defect, &defects, &result) != HD_OK) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                       "no memory to count the references once more");
    }
    reply->objects = result.objects;
    reply->references = result.references;
    return call->op.error.status;
}

/* All heaps of the daemon, whichever loop owns them. */
static enum hd_status answer_list(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__HeapServiceListResponse *reply = response;
    const struct hd_hub *hub = call->hub;

    (void)request;
    reply->names = hd_call_take_array(call, hub->home_count, sizeof(char *));
    if (reply->names == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < hub->home_count; i++) {
        reply->names[reply->n_names++] = borrow(hub->homes[i].name);
    }
    return HD_OK;
}

static const struct hd_method methods[] = {
    {"Info", HD_MESSAGES(info), HD_OP_COUNT, true, NULL, answer_info, {0}},
    {"Verify", HD_MESSAGES(verify), HD_OP_COUNT, true, NULL, answer_verify, {0}},
    {"PoolStats", HD_MESSAGES(pool_stats), HD_OP_COUNT, true, NULL, hd_pools_answer, {0}},
    {"Trim", HD_MESSAGES(trim), HD_OP_TRIM, true, hd_trim_fill, hd_trim_answer, {0}},
    HD_METHOD_NOT_BUILT("Create", heap_service_create),
    HD_METHOD_NOT_BUILT("Delete", heap_service_delete),
    {"List",
     HD_MESSAGES(heap_service_list),
     HD_OP_COUNT,
     true,
     NULL,
     answer_list,
     {.anywhere = true}},
    {"Configure",
     HD_MESSAGES(configure),
     HD_OP_CONFIGURE,
     true,
     hd_configure_fill,
     hd_configure_answer,
     {0}},
};

const struct hd_service hd_service_heap = {"heapd.v1.HeapService", true, methods,
                                           sizeof methods / sizeof methods[0]};
