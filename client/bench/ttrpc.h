/* SPDX-License-Identifier: MIT */
/* ttrpc.h: what of heapd's protocol only some workloads need. */
#ifndef HEAPD_BENCH_TTRPC_H
#define HEAPD_BENCH_TTRPC_H

#include "protocol.h"

/* The ids that the creating operations of a batch gave, in order; exactly `count`, or false. */
bool bench_ttrpc_ids(const struct bench_reply *reply, uint64_t *ids, size_t count);

#endif
