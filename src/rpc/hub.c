/* SPDX-License-Identifier: MIT */
/* hub.c: see hub.h. */
#include "rpc/hub.h"

#include "base/check.h"
#include "heap/inspect.h"
#include "rpc/call.h"

#define EXPIRE_UNITS 256u

enum hd_status hd_hub_new(const struct hd_hub_options *options, struct hd_hub **ret_hub)
{
    struct hd_hub *hub = hd_alloc_zeroed(options->allocator, sizeof *hub);

    if (hub == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hub->options = *options;
    hub->started_ns = hd_clock_now_ns(options->clock);
    hd_list_init(&hub->spare_calls);
    hd_list_init(&hub->open);
    hd_list_init(&hub->asleep);
    hd_timers_init(&hub->timers);
    hd_dispatch_init(&hub->dispatch);
    *ret_hub = hub;
    return HD_OK;
}

void hd_hub_free(struct hd_hub *hub)
{
    if (hub == NULL) {
        return;
    }
    HD_CHECK(hub->channels == 0);
    hd_call_free_spare(hub);
    hd_free(hub->options.allocator, hub, sizeof *hub);
}

static enum hd_status add_home(struct hd_hub *hub, struct hd_home home)
{
    if (hd_hub_find(hub, hd_bytes_of(home.name)) != NULL) {
        return HD_ALREADY_EXISTS;
    }
    if (hub->home_count == HD_HUB_HEAPS) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hub->homes[hub->home_count++] = home;
    return HD_OK;
}

enum hd_status hd_hub_add_heap(struct hd_hub *hub, struct hd_heap *heap)
{
    struct hd_home home = {hd_heap_options(heap)->name, heap, 0};
    enum hd_status status = add_home(hub, home);

    if (status == HD_OK) {
        hub->heaps[hub->heap_count++] = heap;
    }
    return status;
}

enum hd_status hd_hub_add_elsewhere(struct hd_hub *hub, const char *name, uint32_t loop)
{
    return add_home(hub, (struct hd_home){name, NULL, loop});
}

const struct hd_home *hd_hub_find(const struct hd_hub *hub, struct hd_bytes name)
{
    for (size_t i = 0; i < hub->home_count; i++) {
        if (hd_bytes_equal(name, hd_bytes_of(hub->homes[i].name))) {
            return &hub->homes[i];
        }
    }
    return NULL;
}

void hd_hub_join(struct hd_hub *const *hubs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hubs[i]->all = hubs;
        hubs[i]->all_count = count;
    }
}

uint64_t hd_hub_requests(const struct hd_hub *hub)
{
    uint64_t sum = hub->all == NULL ? hd_tally_get(&hub->requests) : 0;

    for (size_t i = 0; i < hub->all_count; i++) {
        sum += hd_tally_get(&hub->all[i]->requests);
    }
    return sum;
}

uint64_t hd_hub_connections(const struct hd_hub *hub)
{
    uint64_t sum = hub->all == NULL ? hd_tally_get(&hub->connections) : 0;

    for (size_t i = 0; i < hub->all_count; i++) {
        sum += hd_tally_get(&hub->all[i]->connections);
    }
    return sum;
}

void hd_hub_drain(struct hd_hub *hub)
{
    hub->draining = true;
    hd_wait_drain(hub);
}

uint64_t hd_hub_deadline_ns(const struct hd_hub *hub)
{
    const struct hd_timer *first = hd_timers_first(&hub->timers);
    uint64_t earliest = first == NULL ? UINT64_MAX : first->at_ns;

    for (size_t i = 0; i < hub->heap_count; i++) {
        uint64_t at_ns = hd_inspect_deadline(hub->heaps[i]);

        earliest = at_ns < earliest ? at_ns : earliest;
    }
    return earliest;
}

/* Deliveries whose time is up are taken back, some at a time. */
static void expire_deliveries(struct hd_hub *hub)
{
    uint64_t now = hd_clock_now_ns(hub->options.clock);

    for (size_t i = 0; i < hub->heap_count; i++) {
        if (hd_inspect_deadline(hub->heaps[i]) <= now) {
            struct hd_op op;

            hd_op_init(&op, HD_OP_EXPIRE, NULL);
            op.in.expire.units = EXPIRE_UNITS;
            (void)hd_heap_do(hub->heaps[i], &op);
        }
    }
}

void hd_hub_expire(struct hd_hub *hub)
{
    hd_wait_expire(hub);
    expire_deliveries(hub);
}
