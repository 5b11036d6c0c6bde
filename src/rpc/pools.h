/* SPDX-License-Identifier: MIT */
/* pools.h: what HeapService's methods on memory are made of: PoolStats and Trim. */
#ifndef HD_RPC_POOLS_H
#define HD_RPC_POOLS_H

#include "rpc/call.h"

enum hd_status hd_pools_answer(struct hd_call *call, const void *request, void *response);
enum hd_status hd_trim_fill(struct hd_call *call, const void *request);
enum hd_status hd_trim_answer(struct hd_call *call, const void *request, void *response);

#endif
