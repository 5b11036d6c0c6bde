/* SPDX-License-Identifier: MIT */
/* request.h: one request frame becomes a call, is carried out or waits, and is answered. */
#ifndef HD_RPC_REQUEST_H
#define HD_RPC_REQUEST_H

#include <stdbool.h>

#include "rpc/channel.h"
#include "wire/message.h"

/* A frame of type request, whose stream id has been judged.  If the channel then wants to move
 * (channel->move_to), nothing was done, and it is to be taken again in the other loop. */
void hd_request_take(struct hd_channel *channel, const struct hd_ttrpc_frame *frame);

/* Refuses a frame.  Sets broken if there is no memory for the refusal. */
void hd_request_refuse(struct hd_channel *channel, uint32_t stream,
                       const struct hd_error *error);

/* A call on this stream has not been answered yet. */
bool hd_request_is_in_flight(const struct hd_channel *channel, uint32_t stream);

/* Implemented by channel.c, called here when a call that took slices has been
 * answered, and those that waited for it have been begun. */
void hd_channel_go_on(struct hd_channel *channel);

#endif
