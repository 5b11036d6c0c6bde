/* SPDX-License-Identifier: MIT */
/* graph.h: a graph built over one connection, batch after batch.
 *
 * A node is a list of two: the node before it, named by the number of its operation in the same
 * batch, and any earlier one, named by its id.  So many batches in flight, so many chains; the
 * first node of a batch follows the last of the batch of its chain. */
#ifndef HEAPD_BENCH_GRAPH_H
#define HEAPD_BENCH_GRAPH_H

#include "load.h"

#define BENCH_GRAPH_BATCH 1000u

/* options->objects nodes, options->batch (BENCH_GRAPH_BATCH if 0) to a request, of which
 * options->pipeline are in flight; the result counts nodes, and has the time of all.  Then it
 * is given back. */
bool bench_graph(const struct bench_options *options, const struct bench_workload *workload,
                 struct bench_result *ret_result, char *message, size_t room);

#endif
