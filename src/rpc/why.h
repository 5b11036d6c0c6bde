/* SPDX-License-Identifier: MIT */
/* why.h: CollectorService.Why, for the table of methods_collector.c; and owners on the wire. */
#ifndef HD_RPC_WHY_H
#define HD_RPC_WHY_H

#include "heap/path.h"
#include "heap/roots.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/call.h"

enum hd_status hd_why_fill(struct hd_call *call, const void *request);
enum hd_status hd_why_answer(struct hd_call *call, const void *request, void *response);

/* In the call's scratch; NULL: op.error is filled. */
Heapd__V1__Owner *hd_owner_to_wire(struct hd_call *call, const struct hd_owner *owner);

/* The steps that are shown, as above. */
Heapd__V1__PathStep **hd_steps_to_wire(struct hd_call *call, const struct hd_path *path);

/* Python's repr in the call's scratch, cut to 80 bytes; NULL as above. */
char *hd_short_repr(struct hd_call *call, uint32_t slot);

#endif
