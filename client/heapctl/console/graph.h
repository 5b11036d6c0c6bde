/* SPDX-License-Identifier: MIT */
/* graph.h: an object and all it refers to, fetched to be shown: many ids a question. */
#ifndef HEAPD_CONSOLE_GRAPH_H
#define HEAPD_CONSOLE_GRAPH_H

#include "machine.h"

/* Levels that are fetched: Python shows no more. */
#define HD_GRAPH_DEPTH_MAX 1000
#define HD_GRAPH_ITEMS_MAX 2000000u

struct hd_item {
    uint64_t id;
    struct hd_value value; /* kind, and a scalar's value */
    bool fetched;
    bool gone;    /* it died before it was asked for */
    bool on_path; /* being shown, while it is */
    uint64_t length;
    uint64_t count;   /* references fetched so far */
    uint32_t *items;  /* numbers in the graph */
    uint32_t *values; /* of a dict, beside items */
    /* Of a weak reference: what it refers to, of which it knows the type; id 0: it is dead. */
    struct hd_value target;
};

struct hd_graph {
    struct hd_item *items; /* owned */
    uint32_t count;
    uint32_t capacity;
    uint32_t *table; /* owned; numbers + 1 by id; a power of two */
    uint32_t table_size;
};

/* The object n below the top is item 0. */
bool hd_graph_fetch(struct hd_console *console, size_t n, struct hd_graph *ret_graph);
void hd_graph_fini(struct hd_graph *graph);

#endif
