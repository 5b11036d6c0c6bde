/* SPDX-License-Identifier: MIT */
/* gc_log.h: gc.DEBUG_STATS: a sentence in the log for each collection that is complete. */
#ifndef HD_SERVER_GC_LOG_H
#define HD_SERVER_GC_LOG_H

#include "heap/events.h"
#include "rpc/hub.h"

struct hd_server;

/* How far the events of each heap have been read. */
struct hd_gc_log {
    uint64_t after[HD_HUB_HEAPS];
};

/* At the end of a turn. */
void hd_gc_log_write(struct hd_server *server);

#endif
