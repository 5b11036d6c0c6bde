/* SPDX-License-Identifier: MIT */
/* deliveries.h: Receive and Deliver, which wait for others (wait.h), and dead letters. */
#ifndef HD_RPC_DELIVERIES_H
#define HD_RPC_DELIVERIES_H

#include "rpc/call.h"

enum hd_status hd_receive_fill(struct hd_call *call, const void *request);
enum hd_status hd_receive_answer(struct hd_call *call, const void *request, void *response);
enum hd_status hd_list_dead_answer(struct hd_call *call, const void *request, void *response);

#endif
