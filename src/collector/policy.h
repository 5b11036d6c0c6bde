/* SPDX-License-Identifier: MIT */
/* policy.h: when to collect what: CPython 3.11's counters, to the object (gcmodule.c).
 *
 *   count 0  allocations minus deallocations of collectable kinds, never below 0
 *   count 1  collections of generation 0 since the last of generation 1
 *   count 2  collections of generation 1 since the last full one
 *
 * A collection is owed when count 0 exceeds threshold 0, which is not 0.  It is
 * of the oldest generation whose count exceeds its threshold; but a full one
 * only if what came into generation 2 since the last is at least a quarter of
 * what was there then. */
#ifndef HD_COLLECTOR_POLICY_H
#define HD_COLLECTOR_POLICY_H

#include "collector/collector.h"

/* (700, 10, 10), enabled. */
void hd_policy_init(struct hd_collector_state *state);

/* The generation owed, or -1. */
int hd_policy_due(const struct hd_collector_state *state, uint64_t count0);

/* Before a collection: the counters move. */
void hd_policy_begin(struct hd_collector_state *state, unsigned generation);

/* After it: how many survived, untracked ones left out. */
void hd_policy_survivors(struct hd_collector_state *state, unsigned generation,
                         uint64_t survivors);

#endif
