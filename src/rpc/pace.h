/* SPDX-License-Identifier: MIT */
/* pace.h: how and when collections run: SetMode and GetMode. */
#ifndef HD_RPC_PACE_H
#define HD_RPC_PACE_H

#include "rpc/call.h"

enum hd_status hd_set_mode_fill(struct hd_call *call, const void *request);
enum hd_status hd_get_mode_answer(struct hd_call *call, const void *request, void *response);

#endif
