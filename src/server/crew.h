/* SPDX-License-Identifier: MIT */
/* crew.h: the loops of a daemon, each a thread with heaps of its own.
 *
 * Loop 0 is the caller's thread, and the one that listens.  Heaps are dealt to the loops in
 * turn.  A loop shares nothing with the others that changes but its box of the post, the number
 * of open connections, and counts that the others only read.  With one loop there are no
 * threads. Everything in the options is the caller's and outlives the crew; the allocator, the
 * clock and the log are used by all threads at once.  Design note: docs/design/server.md. */
#ifndef HD_SERVER_CREW_H
#define HD_SERVER_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

struct hd_crew_options {
    struct hd_server_options server; /* of every loop; max_conns is for all of them together */
    struct hd_hub_options hub;
    struct hd_heap *const *heaps; /* the first is the default; names differ */
    size_t heap_count;            /* at most HD_HUB_HEAPS */
    uint32_t loops;               /* 1 to heap_count */
};

struct hd_crew;

/* RESOURCE_EXHAUSTED: no memory, or no descriptors for a loop. */
enum hd_status hd_crew_new(const struct hd_crew_options *options, struct hd_crew **ret_crew);

/* Drains first if it has not run to its end.  NULL is nothing.  Before or after the heaps. */
void hd_crew_free(struct hd_crew *crew);

/* Of one loop: its events from its own thread, or before hd_crew_start. */
uint32_t hd_crew_loops(const struct hd_crew *crew);
uv_loop_t *hd_crew_loop(struct hd_crew *crew, uint32_t number);
struct hd_server *hd_crew_server(struct hd_crew *crew, uint32_t number);
const struct hd_hub *hd_crew_hub(const struct hd_crew *crew, uint32_t number);

/* Threads for all loops but 0.  False: the system refuses one; then drain and run. */
bool hd_crew_start(struct hd_crew *crew);

/* Loop 0, until all loops have ended. */
void hd_crew_run(struct hd_crew *crew);

/* Drains all loops, once.  stopped runs in loop 0 when nothing of its server is on it any more;
 * the others may still be ending, and hd_crew_run waits for them. */
void hd_crew_drain(struct hd_crew *crew, void (*stopped)(void *ctx), void *ctx);

#endif
