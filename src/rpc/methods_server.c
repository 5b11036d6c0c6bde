/* SPDX-License-Identifier: MIT */
/* methods_server.c: ServerService, which needs no heap. */
#include <stdint.h>

#include "heapd/v1/server.pb-c.h"
#include "rpc/item.h"

#define NS_PER_SECOND UINT64_C(1000000000)

static const char *const features[] = {"ttrpc",   "streams",     "batch",      "atomic",
                                       "classic", "incremental", "finalizers", "pool",
                                       "malloc",  "compact",     "threads"};

#define FEATURE_COUNT (sizeof features / sizeof features[0])

static enum hd_status answer_ping(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__PingRequest *ping = request;
    Heapd__V1__PingResponse *reply = response;

    (void)call;
    reply->payload = ping->payload;
    return HD_OK;
}

static void add_limits(const struct hd_hub *hub, Heapd__V1__Limits *limits)
{
    const struct hd_heap_limits *of = &hd_heap_options(hub->heaps[0])->limits; /* as of all */

    heapd__v1__limits__init(limits);
    limits->frame_bytes = HD_TTRPC_DATA_BYTES;
    limits->batch_operations = of->batch_operations;
    limits->frames = of->frames;
    limits->names = of->names;
    limits->holds = of->holds;
    limits->name_bytes = of->name_bytes;
    limits->connections = hub->options.max_channels;
    limits->waiting_calls = HD_WAITS_MAX;
}

static enum hd_status answer_info(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__ServerInfoResponse *reply = response;
    const struct hd_hub *hub = call->hub;
    uint64_t up_ns = hd_clock_now_ns(hub->options.clock) - hub->started_ns;

    (void)request;
    reply->features = hd_call_take_array(call, FEATURE_COUNT, sizeof(char *));
    reply->limits = hd_call_take_array(call, 1, sizeof *reply->limits);
    if (reply->features == NULL || reply->limits == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        reply->features[i] = (char *)(uintptr_t)features[i]; /* only read from */
    }
    reply->n_features = FEATURE_COUNT;
    reply->version = (char *)(uintptr_t)hub->options.version;
    reply->uptime_seconds = up_ns / NS_PER_SECOND;
    reply->pid = hub->options.pid;
    reply->connections = (uint32_t)hd_hub_connections(hub);
    reply->requests = hd_hub_requests(hub);
    add_limits(hub, reply->limits);
    return HD_OK;
}

static const struct hd_method methods[] = {
    {"Ping", HD_MESSAGES(ping), HD_OP_COUNT, true, NULL, answer_ping, {0}},
    {"ServerInfo", HD_MESSAGES(server_info), HD_OP_COUNT, true, NULL, answer_info, {0}},
    HD_METHOD_NOT_BUILT("GetConfig", get_config),
    HD_METHOD_NOT_BUILT("SetConfig", set_config),
    HD_METHOD_NOT_BUILT("Drain", drain),
};

const struct hd_service hd_service_server = {"heapd.v1.ServerService", false, methods,
                                             sizeof methods / sizeof methods[0]};
