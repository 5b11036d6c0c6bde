/* SPDX-License-Identifier: MIT */
/* graph.h: what heaps should hold, as a graph so naive that it is right: counts by counting,
 * reachability by search.  One graph stands for one heap or for several that are driven with
 * the same operations; what is dead is observed in the heaps, and judged here.
 *
 * Nothing here names an object to a heap: looking is not a way in (contract §5). */
#ifndef HD_TESTS_GRAPH_H
#define HD_TESTS_GRAPH_H

#include "unit/heap/death_fixture.h"

#include "lib/random.h"

#define NODES    96 /* living at one time */
#define EDGES    8
#define ATTRS    4
#define NAMES    4
#define SESSIONS 2 /* that operate; two more ask for collections, so that one may wait */
#define QUEUES   (SESSIONS + 2) /* graph_queues.h */
#define WORLDS   2

enum node_kind {
    NODE_FREE,
    NODE_FLOAT,
    NODE_LIST,     /* padding first, then its edges in order */
    NODE_INSTANCE, /* an edge, or -1, for each attribute */
    NODE_WEAKREF,
};

struct node {
    enum node_kind kind;
    unsigned padding;
    unsigned edge_count; /* of a list */
    int edges[EDGES];
    int target;     /* of a weak reference; -1: none any more */
    bool watches;   /* a weak reference with a callback */
    bool armed;     /* somebody is to be told */
    unsigned queue; /* that which it is, or was last, armed for */
    bool told;      /* somebody was */
    bool waits;     /* a queue holds it */
    bool lingers;   /* a queue did, and its pending set does until it is looked at */
    bool parted;    /* a weak reference that was garbage with its target: may know it no more */
};

struct world {
    struct fixture f;
    struct hd_session *sessions[SESSIONS + 2];
    uint64_t ids[NODES];
};

/* A collection somebody waits for, in the first world. */
struct request {
    bool active;
    struct hd_op op;
    struct hd_op before; /* another one, that it may have to wait for */
    bool due[NODES];     /* must be freed by it */
    bool to_tell[NODES]; /* must be told of by it */
};

struct graph {
    struct random rng;
    struct world worlds[WORLDS];
    unsigned world_count;
    struct node nodes[NODES];
    unsigned holds[SESSIONS][NODES];
    int globals[NAMES];
    unsigned who; /* session that operates */
    struct request request;
};

typedef bool node_set[NODES];

/* The heap has it still. */
bool graph_is_there(const struct world *world, int node);
uint32_t graph_slot(const struct world *world, int node);
int graph_node_of(const struct world *world, uint64_t id);

/* What is reached from a node, itself included, joins the set. */
void graph_reach(const struct graph *g, int node, node_set seen);
/* From sessions and names. */
void graph_reach_owned(const struct graph *g, node_set seen);

/* After each operation and slice: what is gone may go, who was told of was not held. */
void graph_observe(struct graph *g);

/* Nothing is left to do in any world: every count is what the owners hold, and no world
 * differs from the first. */
void graph_settle(struct graph *g);

/* The first world accepts a request now, and one was answered: what has to be gone is. */
void graph_accept(struct graph *g, unsigned generation);
void graph_answered(struct graph *g);
/* An operation names a node: with all it reaches it is out of the request's duty. */
void graph_name(struct graph *g, int node);
void graph_name_all(struct graph *g);

#endif
