/* SPDX-License-Identifier: MIT */
/* configure.h: HeapService.Configure: limits on the wire, where 0 is none. */
#ifndef HD_RPC_CONFIGURE_H
#define HD_RPC_CONFIGURE_H

#include "rpc/call.h"

uint64_t hd_limit_to_wire(uint64_t limit);

enum hd_status hd_configure_fill(struct hd_call *call, const void *request);
enum hd_status hd_configure_answer(struct hd_call *call, const void *request, void *response);

#endif
