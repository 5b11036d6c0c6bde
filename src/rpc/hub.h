/* SPDX-License-Identifier: MIT */
/* hub.h: what the channels of one daemon share: heaps by name, spare calls, the table of
 * methods, counters, and whether the daemon is draining.
 *
 * It owns none of the heaps.  All is for one loop.  Design note: docs/design/rpc.md. */
#ifndef HD_RPC_HUB_H
#define HD_RPC_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/status.h"
#include "base/timers.h"
#include "heap/heap.h"
#include "rpc/dispatch.h"

/* Heaps of one daemon. */
#define HD_HUB_HEAPS 64

struct hd_hub_options {
    const struct hd_allocator *allocator; /* borrowed, as all here */
    const struct hd_clock *clock;
    const char *version; /* "0.1.0" */
    uint32_t pid;
    uint32_t max_channels; /* told to clients; kept by the server layer */
};

struct hd_hub {
    struct hd_hub_options options;
    struct hd_dispatch dispatch;
    struct hd_heap *heaps[HD_HUB_HEAPS]; /* borrowed; the first is the default */
    size_t heap_count;
    struct hd_list spare_calls; /* owned */
    size_t spare_count;
    struct hd_list open;     /* channels, those that are ending included */
    struct hd_list asleep;   /* calls that wait for others and have nothing to do; wait.h */
    struct hd_timers timers; /* of calls that wait until then at most */
    uint64_t started_ns;
    uint64_t requests; /* answered since the start */
    uint32_t channels; /* open or ending */
    uint32_t ending;   /* of these, closed ones whose session has not ended yet */
    bool draining;     /* new requests are refused */
};

enum hd_status hd_hub_new(const struct hd_hub_options *options, struct hd_hub **ret_hub);

/* All channels must be gone.  NULL is nothing. */
void hd_hub_free(struct hd_hub *hub);

/* The first one added is the heap of channels that name none.
 * ALREADY_EXISTS: the name is taken; RESOURCE_EXHAUSTED: too many. */
enum hd_status hd_hub_add_heap(struct hd_hub *hub, struct hd_heap *heap);

/* NULL: there is none of this name. */
struct hd_heap *hd_hub_find_heap(const struct hd_hub *hub, struct hd_bytes name);

/* From now on every new request is answered UNAVAILABLE, DRAINING; calls that wait for others
 * end. */
void hd_hub_drain(struct hd_hub *hub);

/* The hub has no timer of its own: when it wants hd_hub_expire, by its clock; UINT64_MAX: not
 * at all as things are.  Looking costs next to nothing. */
uint64_t hd_hub_deadline_ns(const struct hd_hub *hub);

/* Ends the waiting of calls whose time is up; early or often is no matter. */
void hd_hub_expire(struct hd_hub *hub);

#endif
