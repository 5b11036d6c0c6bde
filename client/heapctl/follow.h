/* SPDX-License-Identifier: MIT */
/* follow.h: a stream shown as it comes, until it ends or somebody interrupts. */
#ifndef HEAPCTL_FOLLOW_H
#define HEAPCTL_FOLLOW_H

#include "heapctl.h"

/* Takes and shows everything that has been read of the stream, and leaves nothing that calls of
 * its own have read.  EXIT_OK to go on. */
typedef int (*follow_fn)(struct heapctl *ctl, struct heapd_stream *stream, void *ctx);

/* Closes the stream.  EXIT_OK after SIGINT or SIGTERM; else how it ended. */
int follow(struct heapctl *ctl, const char *verb, struct heapd_stream *stream, follow_fn show,
           void *ctx);

#endif
