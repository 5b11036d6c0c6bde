/* SPDX-License-Identifier: MIT */
/* describe.h: Object.Get: what is known of objects, within the limit of a reply. */
#ifndef HD_RPC_DESCRIBE_H
#define HD_RPC_DESCRIBE_H

#include "rpc/call.h"

/* Answers a GetRequest.  RESOURCE_EXHAUSTED, LIMIT_SIZE: more than 65536
 * objects, or their values alone are more than a reply may have; pages of items
 * are cut instead. */
enum hd_status hd_describe_objects(struct hd_call *call, const void *request, void *response);

#endif
