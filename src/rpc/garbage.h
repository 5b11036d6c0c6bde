/* SPDX-License-Identifier: MIT */
/* garbage.h: gc.set_debug and gc.garbage. */
#ifndef HD_RPC_GARBAGE_H
#define HD_RPC_GARBAGE_H

#include "rpc/call.h"

enum hd_status hd_set_debug_fill(struct hd_call *call, const void *request);
enum hd_status hd_get_debug_answer(struct hd_call *call, const void *request, void *response);
enum hd_status hd_get_garbage_answer(struct hd_call *call, const void *request, void *response);
enum hd_status hd_clear_garbage_answer(struct hd_call *call, const void *request,
                                       void *response);

#endif
