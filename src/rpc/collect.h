/* SPDX-License-Identifier: MIT */
/* collect.h: CollectorService.Collect, for the table of methods_collector.c: a collection, or
 * the dry run of one. */
#ifndef HD_RPC_COLLECT_H
#define HD_RPC_COLLECT_H

#include "rpc/call.h"

enum hd_status hd_collect_fill(struct hd_call *call, const void *request);
enum hd_status hd_collect_answer(struct hd_call *call, const void *request, void *response);

#endif
