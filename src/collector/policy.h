/* SPDX-License-Identifier: MIT */
/* policy.h: when which generation is collected.
 *
 * Mode classic counts as CPython 3.11, to the object.  Mode incremental keeps the thresholds
 * of the young and cures what CPython does not see (docs/design/collector.md, Pacing):
 *
 * - bytes: what has been made since a collection counts by its bytes, too;
 * - collecting generation 0 by hand starves no other: each looks at its own count;
 * - old objects that died by count are not pending: what counts is how many there are, and
 *   what was made and died by count is no more than a quarter of a reason;
 * - old garbage is found after so many allocations, though nothing grows. */
#ifndef HD_COLLECTOR_POLICY_H
#define HD_COLLECTOR_POLICY_H

#include <stdint.h>

#include "collector/collector.h"

/* What has happened since. */
struct hd_growth {
    uint64_t young; /* count of generation 0 */
    uint64_t old;   /* objects in generation 2 */
    uint64_t made;  /* containers, since the last full collection began */
    uint64_t died;  /* of containers, by count, since then */
    uint64_t bytes; /* of the heap, now; when the last full one, or any, was complete */
    uint64_t bytes_after_full;
    uint64_t bytes_at_last;
};

/* (700, 10, 10), enabled, incremental. */
void hd_policy_init(struct hd_collector_state *state);

/* The generation owed, or -1. */
int hd_policy_due(const struct hd_collector_state *state, uint64_t count0);
int hd_policy_due_incremental(const struct hd_collector_state *state,
                              const struct hd_growth *growth);
/* When nothing is due: how many containers can be made, and which number of bytes the heap
 * can come to, before anything can be, while no collection and no setting changes the state. */
struct hd_room {
    uint64_t made;
    uint64_t bytes;
};
struct hd_room hd_policy_room(const struct hd_collector_state *state,
                              const struct hd_growth *growth);

/* Of the young ones, if `oldest` is the oldest there may be: 0 or 1. */
int hd_policy_due_young(const struct hd_collector_state *state, const struct hd_growth *growth,
                        unsigned oldest);

/* Before a collection: the counters move. */
void hd_policy_begin(struct hd_collector_state *state, unsigned generation);

/* After it: how many survived, untracked ones left out. */
void hd_policy_survivors(struct hd_collector_state *state, unsigned generation,
                         uint64_t survivors);

#endif
