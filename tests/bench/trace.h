/* SPDX-License-Identifier: MIT */
/* trace.h: a heap's own requests for memory, recorded: sizes and lifetimes. */
#ifndef HD_BENCH_TRACE_H
#define HD_BENCH_TRACE_H

#include <stddef.h>
#include <stdint.h>

enum trace_what { TRACE_ALLOC, TRACE_RESIZE, TRACE_FREE };

/* Blocks have numbers, used again when they are free. */
struct trace_event {
    uint32_t number : 30;
    uint32_t what : 2;
    uint32_t size;
};

struct trace {
    struct trace_event *events;
    size_t count;
    uint32_t blocks; /* highest number, plus one */
};

/* Carries out, on a heap whose memory comes from a recording allocator: a graph of
 * packages built, pruned and built again; a churning cache; a queue.  About n objects. */
struct trace trace_record(long n);

#endif
