/* SPDX-License-Identifier: MIT */
/* daemon.h: the instances of one process, built from the options and taken down in order. */
#ifndef HD_HEAPD_DAEMON_H
#define HD_HEAPD_DAEMON_H

#include "heap/heap.h"
#include "heapd/options.h"
#include "server/crew.h"
#include "server/signals.h"

struct hd_daemon {
    const struct hd_options *options; /* borrowed */
    struct hd_heap_world world;
    struct hd_heap *heaps[HD_OPTIONS_HEAPS]; /* owned */
    struct hd_crew *crew;                    /* owned */
    struct hd_signals signals;
    hd_log_cb log;
    bool asked_to_stop;
};

/* Heaps and loops, listening.  log is called from all loops' threads.  False: a sentence was
 * logged, and what was built has been taken down again. */
bool hd_daemon_start(struct hd_daemon *daemon, const struct hd_options *options, hd_log_cb log);

/* The URL that clients reach it by: number index from 0, or NULL. */
const char *hd_daemon_url(const struct hd_daemon *daemon, size_t index);

/* Until SIGTERM or SIGINT, and all is answered. */
void hd_daemon_run(struct hd_daemon *daemon);

#endif
