/* SPDX-License-Identifier: MIT */
/* stats.h: the answer of CollectorService.GetStats. */
#ifndef HD_RPC_STATS_H
#define HD_RPC_STATS_H

#include "rpc/call.h"

enum hd_status hd_stats_answer(struct hd_call *call, const void *request, void *response);

#endif
