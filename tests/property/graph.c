/* SPDX-License-Identifier: MIT */
/* graph.c: observation and judgement. */
#include "property/graph.h"

#include "property/graph_queues.h"

static const struct hd_slots *slots_of(const struct world *world)
{
    return hd_objects_slots_const(world->f.heap->objects);
}

uint32_t graph_slot(const struct world *world, int node)
{
    return (uint32_t)world->ids[node];
}

bool graph_is_there(const struct world *world, int node)
{
    uint32_t slot;

    return hd_slots_resolve(slots_of(world), world->ids[node], &slot, NULL) == HD_OK;
}

int graph_node_of(const struct world *world, uint64_t id)
{
    for (int i = 0; i < NODES; i++) {
        if (world->ids[i] == id) {
            return i;
        }
    }
    return -1;
}

void graph_reach(const struct graph *g, int node, node_set seen)
{
    int stack[NODES];
    unsigned n = 0;

    if (node < 0 || seen[node]) {
        return;
    }
    seen[node] = true;
    stack[n++] = node;
    while (n > 0) {
        const struct node *at = &g->nodes[stack[--n]];

        for (unsigned i = 0; i < at->edge_count; i++) {
            if (at->edges[i] >= 0 && !seen[at->edges[i]]) {
                seen[at->edges[i]] = true;
                stack[n++] = at->edges[i];
            }
        }
    }
}

void graph_reach_owned(const struct graph *g, node_set seen)
{
    for (int i = 0; i < NAMES; i++) {
        graph_reach(g, g->globals[i], seen);
    }
    for (unsigned s = 0; s < SESSIONS; s++) {
        for (int i = 0; i < NODES; i++) {
            graph_reach(g, g->holds[s][i] > 0 ? i : -1, seen);
        }
    }
}

static bool is_gone(const struct graph *g, int node)
{
    bool there = graph_is_there(&g->worlds[0], node);

    for (unsigned w = 1; w < g->world_count; w++) {
        assert_int_equal(graph_is_there(&g->worlds[w], node), there);
    }
    return !there;
}

static void remove_node(struct graph *g, int node)
{
    g->nodes[node] = (struct node){.kind = NODE_FREE};
    g->request.due[node] = false;
    g->request.to_tell[node] = false;
    for (int i = 0; i < NODES; i++) {
        if (g->nodes[i].kind == NODE_WEAKREF && g->nodes[i].target == node) {
            g->nodes[i].target = -1;
        }
    }
    for (unsigned w = 0; w < g->world_count; w++) {
        g->worlds[w].ids[node] = 0;
    }
}

/* Who is told of something is told once, and not of what somebody has. */
static void observe_queues(struct graph *g, const node_set owned)
{
    const struct world *world = &g->worlds[0];
    const struct hd_notices *notices = &world->f.heap->notices;
    bool waits[NODES] = {false};
    bool lingers[NODES] = {false};

    for (uint32_t number = 1; number < notices->high; number++) {
        const struct hd_notice *notice = hd_notices_at(notices, number);
        int node = -1;

        if (notice != NULL && hd_notice_keeps(world->f.heap, notice)) {
            node = graph_node_of(world, hd_slots_id(slots_of(world), notice->slot));
            assert_true(node >= 0);
            lingers[node] = true;
            continue;
        }
        if (notice != NULL && hd_notice_is_held(notice) && !hd_notice_is_coming(notice)) {
            node = graph_node_of(world, hd_slots_id(slots_of(world), notice->slot));
            assert_true(node >= 0);
            assert_true(
                hd_bytes_equal((struct hd_bytes){notice->queue->name, notice->queue->name_size},
                               text_of(graph_queue_name(g->nodes[node].queue))));
            waits[node] = true;
        }
        if (node >= 0 && !g->nodes[node].waits) {
            /* a weak reference that is garbage stays if its target dies without it */
            g->request.due[node] = false;
            assert_true(g->nodes[node].armed);
            assert_false(!g->nodes[node].watches && owned[node]);
            assert_false(g->nodes[node].watches && g->nodes[node].target >= 0 &&
                         owned[g->nodes[node].target]);
            g->nodes[node].armed = false;
            g->nodes[node].told = true;
        }
    }
    for (int i = 0; i < NODES; i++) {
        g->nodes[i].waits = waits[i];
        g->nodes[i].lingers = lingers[i];
    }
}

/* Somebody should have been told of its end: of one with a finalizer always, of the target of a
 * weak reference if somebody has that. */
static bool is_missed(const struct graph *g, int node, const node_set owned)
{
    bool missed = g->nodes[node].kind == NODE_INSTANCE && g->nodes[node].armed;

    for (int i = 0; i < NODES; i++) {
        const struct node *weakref = &g->nodes[i];

        missed = missed || (weakref->kind == NODE_WEAKREF && weakref->target == node &&
                            weakref->armed && !weakref->parted && owned[i]);
    }
    return missed;
}

void graph_observe(struct graph *g)
{
    node_set owned = {false};
    node_set gone = {false};

    graph_reach_owned(g, owned);
    observe_queues(g, owned);
    for (int i = 0; i < NODES; i++) {
        int target = g->nodes[i].kind == NODE_WEAKREF ? g->nodes[i].target : -1;

        if (target >= 0 && g->nodes[i].watches && !owned[i] && !owned[target]) {
            g->nodes[i].parted = true;
        }
        gone[i] = g->nodes[i].kind != NODE_FREE && is_gone(g, i);
        assert_false(gone[i] && owned[i]);
        assert_false(gone[i] && is_missed(g, i, owned));
    }
    for (int i = 0; i < NODES; i++) {
        if (gone[i]) {
            remove_node(g, i);
        }
    }
}

static void count_references(const struct graph *g, unsigned counts[NODES])
{
    for (int i = 0; i < NAMES; i++) {
        if (g->globals[i] >= 0) {
            counts[g->globals[i]]++;
        }
    }
    for (int i = 0; i < NODES; i++) {
        counts[i] += g->nodes[i].waits + g->nodes[i].lingers;
        for (unsigned s = 0; s < SESSIONS; s++) {
            counts[i] += g->holds[s][i];
        }
        for (unsigned e = 0; e < g->nodes[i].edge_count; e++) {
            if (g->nodes[i].edges[e] >= 0) {
                counts[g->nodes[i].edges[e]]++;
            }
        }
    }
}

/* The worlds took the same steps: they are alike in all that clients can see. */
static void compare_worlds(const struct graph *g, int node)
{
    struct hd_object_info first;
    struct hd_object_info other;

    hd_inspect_object(g->worlds[0].f.heap, NULL, graph_slot(&g->worlds[0], node), &first);
    for (unsigned w = 1; w < g->world_count; w++) {
        const struct world *world = &g->worlds[w];

        hd_inspect_object(world->f.heap, NULL, graph_slot(world, node), &other);
        assert_int_equal(other.refcount, first.refcount);
        assert_int_equal(other.tracked, first.tracked);
        assert_int_equal(other.generation, first.generation);
        assert_int_equal(other.finalized, first.finalized);
        assert_int_equal(other.length, first.length);
    }
}

void graph_settle(struct graph *g)
{
    unsigned counts[NODES] = {0};

    for (unsigned w = 0; w < g->world_count; w++) {
        while (hd_heap_work(g->worlds[w].f.heap, 7)) {
        }
    }
    graph_observe(g);
    count_references(g, counts);
    for (int i = 0; i < NODES; i++) {
        if (g->nodes[i].kind != NODE_FREE) {
            assert_int_not_equal(counts[i], 0);
            assert_int_equal(
                hd_slot_at(slots_of(&g->worlds[0]), graph_slot(&g->worlds[0], i))->count,
                counts[i]);
            compare_worlds(g, i);
        }
    }
}

/* What does not take part in a collection of this generation keeps what it reaches. */
static void reach_from_older(const struct graph *g, unsigned generation, node_set seen)
{
    const struct hd_slots *slots = slots_of(&g->worlds[0]);

    for (int i = 0; i < NODES; i++) {
        uint32_t slot = graph_slot(&g->worlds[0], i);

        if (g->nodes[i].kind > NODE_FLOAT &&
            (g->nodes[i].waits || hd_slots_generation(slots, slot) > generation)) {
            graph_reach(g, i, seen);
        }
    }
}

void graph_accept(struct graph *g, unsigned generation)
{
    struct request *request = &g->request;
    node_set kept = {false};
    node_set told = {false};

    graph_reach_owned(g, kept);
    reach_from_older(g, generation, kept);
    for (int i = 0; i < NODES; i++) {
        const struct node *node = &g->nodes[i];

        request->due[i] = node->kind > NODE_FLOAT && !kept[i];
        request->to_tell[i] = request->due[i] && node->armed && !node->watches;
        graph_reach(g, request->to_tell[i] ? i : -1, told);
    }
    for (int i = 0; i < NODES; i++) {
        request->due[i] = request->due[i] && !told[i];
    }
    request->active = true;
}

void graph_answered(struct graph *g)
{
    struct request *request = &g->request;

    for (int i = 0; i < NODES; i++) {
        if (g->nodes[i].kind == NODE_FREE) {
            continue;
        }
        assert_false(request->due[i]);
        assert_false(request->to_tell[i] && g->nodes[i].armed);
    }
    request->active = false;
}

static void relieve(struct graph *g, const node_set named)
{
    for (int i = 0; i < NODES; i++) {
        g->request.due[i] = g->request.due[i] && !named[i];
        g->request.to_tell[i] = g->request.to_tell[i] && !named[i];
    }
}

void graph_name(struct graph *g, int node)
{
    node_set named = {false};

    graph_reach(g, node, named);
    relieve(g, named);
}

void graph_name_all(struct graph *g)
{
    memset(g->request.due, 0, sizeof g->request.due);
    memset(g->request.to_tell, 0, sizeof g->request.to_tell);
}
