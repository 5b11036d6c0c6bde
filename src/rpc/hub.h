/* SPDX-License-Identifier: MIT */
/* hub.h: what the channels of one loop share: heaps by name, spare calls, the table of
 * methods, counters, and whether the daemon is draining.
 *
 * It owns none of the heaps.  All is for one loop, but for the tallies, which the other hubs of
 * the daemon read.  Design note: docs/design/rpc.md. */
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
#include "rpc/tally.h"

/* Heaps of one daemon. */
#define HD_HUB_HEAPS 64

/* A heap of the daemon, and the loop that owns it [rpc.how.move]. */
struct hd_home {
    const char *name;     /* the heap's: borrowed */
    struct hd_heap *heap; /* NULL: of another loop */
    uint32_t loop;        /* that one's number; 0 with heap */
};

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
    struct hd_home homes[HD_HUB_HEAPS]; /* of the daemon; the first is the default */
    size_t home_count;
    struct hd_heap *heaps[HD_HUB_HEAPS]; /* of these, the loop's own: borrowed */
    size_t heap_count;
    struct hd_hub *const *all; /* borrowed: the hubs of the daemon; NULL: it is the only one */
    size_t all_count;
    struct hd_list spare_calls; /* owned */
    size_t spare_count;
    struct hd_list open;     /* channels, those that are ending included */
    struct hd_list asleep;   /* calls that wait for others and have nothing to do; wait.h */
    struct hd_timers timers; /* of calls that wait until then at most */
    uint64_t started_ns;
    hd_tally requests;    /* answered since the start */
    hd_tally connections; /* open */
    uint32_t channels;    /* open or ending */
    uint32_t ending;      /* of these, closed ones whose session has not ended yet */
    bool draining;        /* new requests are refused */
};

enum hd_status hd_hub_new(const struct hd_hub_options *options, struct hd_hub **ret_hub);

/* All channels must be gone.  NULL is nothing. */
void hd_hub_free(struct hd_hub *hub);

/* The first one added, here or elsewhere, is the heap of channels that name none.
 * ALREADY_EXISTS: the name is taken; RESOURCE_EXHAUSTED: too many. */
enum hd_status hd_hub_add_heap(struct hd_hub *hub, struct hd_heap *heap);

/* A heap of the daemon that the loop of this number owns.  The name outlives the hub.  As
 * above. */
enum hd_status hd_hub_add_elsewhere(struct hd_hub *hub, const char *name, uint32_t loop);

/* NULL: there is none of this name. */
const struct hd_home *hd_hub_find(const struct hd_hub *hub, struct hd_bytes name);

/* These are the hubs of one daemon, and its counts are sums over them.  The array outlives
 * them; all of this is said before any of them is used. */
void hd_hub_join(struct hd_hub *const *hubs, size_t count);

/* Of all hubs of the daemon; from any of their threads. */
uint64_t hd_hub_requests(const struct hd_hub *hub);
uint64_t hd_hub_connections(const struct hd_hub *hub);

/* From now on every new request is answered UNAVAILABLE, DRAINING; calls that wait for others
 * end. */
void hd_hub_drain(struct hd_hub *hub);

/* The hub has no timer of its own: when it wants hd_hub_expire, by its clock; UINT64_MAX: not
 * at all as things are.  Looking costs next to nothing. */
uint64_t hd_hub_deadline_ns(const struct hd_hub *hub);

/* Ends the waiting of calls whose time is up; early or often is no matter. */
void hd_hub_expire(struct hd_hub *hub);

#endif
