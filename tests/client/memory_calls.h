/* SPDX-License-Identifier: MIT */
/* memory_calls.h: each kind of call of the library, once, on a small world of named objects. */
#ifndef HEAPD_TESTS_MEMORY_CALLS_H
#define HEAPD_TESTS_MEMORY_CALLS_H

#include <heapd/client.h>

struct memory_call {
    const char *name;
    int expected; /* what it gives if there is memory */
    bool single;  /* one request */
    bool is_long; /* its answer */
    int (*run)(struct heapd_client *client, struct heapd_error *error);
};

extern const struct memory_call memory_calls[];
extern const size_t memory_call_count;

/* Operations that make the world, on which any of the calls can be made once: names of the heap
 * l (a list), d (a dict), s (a set), o (an instance), t (a tuple), x (a str), and two
 * deliveries on the queue q, which must be there. */
void memory_calls_fill(struct heapd_batch *batch);

#endif
