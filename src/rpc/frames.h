/* SPDX-License-Identifier: MIT */
/* frames.h: what is fed to a channel, frame by frame: requests and data are taken, what cannot
 * be is refused.  For channel.c. */
#ifndef HD_RPC_FRAMES_H
#define HD_RPC_FRAMES_H

#include "base/bytes.h"
#include "rpc/channel.h"

/* Takes one frame, of what is kept in the input or of *fed, which moves on.  What it cost: 1,
 * and 1 for every 256 bytes; 0: there is no whole one.  Sets broken without memory. */
unsigned hd_frames_take_one(struct hd_channel *channel, struct hd_bytes *fed);

/* Nothing that comes is looked at any more. */
void hd_frames_end(struct hd_channel *channel);

#endif
