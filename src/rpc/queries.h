/* SPDX-License-Identifier: MIT */
/* queries.h: GetReferents, GetReferrers and GetObjects, for the table of methods_collector.c.
 */
#ifndef HD_RPC_QUERIES_H
#define HD_RPC_QUERIES_H

#include "rpc/call.h"

enum hd_status hd_referents_answer(struct hd_call *call, const void *request, void *response);

enum hd_status hd_referrers_fill(struct hd_call *call, const void *request);
enum hd_status hd_referrers_answer(struct hd_call *call, const void *request, void *response);

enum hd_status hd_objects_fill(struct hd_call *call, const void *request);
enum hd_status hd_objects_answer(struct hd_call *call, const void *request, void *response);

#endif
