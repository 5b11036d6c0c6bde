/* SPDX-License-Identifier: MIT */
/* graph_queues.h: queues of the heap and of its sessions, who is armed for which, and what
 * becomes of those whose queue ends or is deleted. */
#ifndef HD_TESTS_GRAPH_QUEUES_H
#define HD_TESTS_GRAPH_QUEUES_H

#include "property/graph.h"

/* What node.queue is a number of. */
const char *graph_queue_name(unsigned queue);
unsigned graph_draw_queue(struct graph *g);

/* The heap's queues; and that of a session, which is new. */
void graph_open_queues(struct world *world);
void graph_open_session_queue(struct world *world, unsigned session);

/* The session has ended in all worlds: nobody is told any more of what was armed for it. */
void graph_end_session_queue(struct graph *g, unsigned session);

/* The spare queue is deleted, and made anew, if nothing is left that it is for; else that is
 * refused. */
void graph_delete_queue(struct graph *g);

#endif
