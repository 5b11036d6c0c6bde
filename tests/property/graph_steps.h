/* SPDX-License-Identifier: MIT */
/* graph_steps.h: random operations, each on the graph and on all its worlds. */
#ifndef HD_TESTS_GRAPH_STEPS_H
#define HD_TESTS_GRAPH_STEPS_H

#include "property/graph.h"

/* Worlds are there with their sessions, their queues and a name "filler". */
void graph_init(struct graph *g, uint64_t seed, unsigned worlds);
void graph_open_world(struct graph *g, unsigned world, enum hd_collector_mode mode);
void graph_fini(struct graph *g);

/* One operation of one of the sessions; then the worlds are observed. */
void graph_step(struct graph *g);
/* Somebody remembers the id of garbage, and takes apart what it leads to. */
void graph_disturb(struct graph *g);

#endif
