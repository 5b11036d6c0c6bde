/* SPDX-License-Identifier: MIT */
/* graph_queues.c: whoever is armed for a session's queue lives on, and dies untold. */
#include "property/graph_queues.h"

/* The heap's first; those of the sessions; and another one of the heap's. */
#define FIRST 0
#define SPARE (SESSIONS + 1)

static const char *const names[QUEUES] = {"queue", "own 0", "own 1", "spare"};

const char *graph_queue_name(unsigned queue)
{
    return names[queue];
}

unsigned graph_draw_queue(struct graph *g)
{
    return random_chance(&g->rng, 50) ? FIRST : (unsigned)random_below(&g->rng, QUEUES);
}

void graph_open_queues(struct world *world)
{
    new_queue(&world->f, names[FIRST]);
    new_queue(&world->f, names[SPARE]);
}

void graph_open_session_queue(struct world *world, unsigned session)
{
    world->f.session = world->sessions[session];
    assert_int_equal(set_queue(&world->f, names[session + 1], 0, 0, true), HD_OK);
    assert_true(world->f.op.out.changed);
}

/* It may have been told of, and let go with the queue, before anybody could look. */
static bool is_finalized(const struct world *world, int node)
{
    const struct hd_heap *heap = world->f.heap;
    uint32_t slot = graph_slot(world, node);

    return graph_is_there(world, node) &&
           (hd_slot_at(hd_objects_slots_const(heap->objects), slot)->flags &
            HD_SLOT_FINALIZED) != 0;
}

void graph_end_session_queue(struct graph *g, unsigned session)
{
    for (int i = 0; i < NODES; i++) {
        struct node *node = &g->nodes[i];

        if (node->kind > NODE_LIST && node->queue == session + 1) {
            node->armed = false;
            node->told = node->kind == NODE_INSTANCE && is_finalized(&g->worlds[0], i);
            g->request.to_tell[i] = false;
        }
    }
}

static bool is_used(const struct graph *g, unsigned queue)
{
    for (int i = 0; i < NODES; i++) {
        const struct node *node = &g->nodes[i];

        if ((node->armed || node->waits) && node->queue == queue) {
            return true;
        }
    }
    return false;
}

/* What a collection has condemned counts until the sweep has come to it. */
void graph_delete_queue(struct graph *g)
{
    for (unsigned w = 0; w < g->world_count; w++) {
        struct fixture *f = &g->worlds[w].f;
        struct hd_op op;

        hd_op_init(&op, HD_OP_DELETE_QUEUE, g->worlds[w].sessions[g->who]);
        op.in.queue.name = text_of(names[SPARE]);
        assert_int_equal(hd_heap_do(f->heap, &op), HD_DONE);
        if (op.error.status == HD_OK) {
            assert_false(is_used(g, SPARE));
            f->session = g->worlds[w].sessions[g->who];
            new_queue(f, names[SPARE]);
        } else {
            assert_int_equal(op.error.reason, HD_REASON_QUEUE_IN_USE);
            assert_true(is_used(g, SPARE) || hd_collector_has_work(f->heap->collector));
        }
    }
}
