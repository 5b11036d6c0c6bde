/* SPDX-License-Identifier: MIT */
/* graph_steps.c: each step names the same nodes in every world, and has the same outcome. */
#include "property/graph_steps.h"

#include "property/graph_queues.h"

static const char *const names[NAMES] = {"a", "b", "c", "d"};
static const char *const attributes[ATTRS] = {"p", "q", "r", "s"};

#define EACH_WORLD(world, g)                                                                   \
    for (struct world *world = (g)->worlds; world < (g)->worlds + (g)->world_count; world++)

/* A node that is there, of this kind or (NODE_FREE) any; -1: luck ran out. */
static int pick(struct graph *g, enum node_kind kind)
{
    for (int tries = 0; tries < 20; tries++) {
        int i = (int)random_below(&g->rng, NODES);

        if (g->nodes[i].kind != NODE_FREE && (g->nodes[i].kind == kind || kind == NODE_FREE)) {
            return i;
        }
    }
    return -1;
}

static struct fixture *turn(struct graph *g, struct world *world)
{
    world->f.session = world->sessions[g->who];
    return &world->f;
}

/* The two are named by all the operations that follow in this step. */
static void name_both(struct graph *g, int one, int other)
{
    graph_name(g, one);
    graph_name(g, other);
}

static uint64_t new_padded_list(struct fixture *f, unsigned padding)
{
    const struct hd_operand filler = by_name("filler");
    struct hd_copy_part part = {.source = {.by = HD_BY_ID}};
    struct hd_op *op = begin(f, HD_OP_CREATE);
    uint64_t list;

    op->in.create.object.kind = HD_KIND_LIST;
    op->in.create.object.items = (struct hd_operands){.count = 1, .mixed = &filler};
    part.source.id = created(f);
    if (padding <= 1) {
        return part.source.id;
    }
    op = begin(f, HD_OP_COPY);
    op->in.copy.parts = &part;
    op->in.copy.count = 1;
    op->in.copy.repeat = padding;
    op->in.copy.hold = true;
    list = created(f);
    assert_int_equal(release(f, part.source.id), HD_OK);
    return list;
}

static uint64_t make(struct fixture *f, const struct node *node)
{
    switch (node->kind) {
    case NODE_FLOAT:
        return new_float(f, 1.5);
    case NODE_INSTANCE:
        return new_instance(f, "Node");
    default:
        return node->padding > 0 ? new_padded_list(f, node->padding) : new_list(f);
    }
}

/* Held once, by the session whose turn it is. */
static void make_node(struct graph *g, int i, enum node_kind kind)
{
    struct node *node = &g->nodes[i];

    *node = (struct node){.kind = kind, .edges = {-1, -1, -1, -1}};
    node->edge_count = kind == NODE_INSTANCE ? ATTRS : 0;
    if (kind == NODE_LIST && random_chance(&g->rng, 6)) {
        node->padding = 1 + (unsigned)random_below(&g->rng, 5000);
    }
    EACH_WORLD(world, g)
    {
        world->ids[i] = make(turn(g, world), node);
    }
    g->holds[g->who][i] = 1;
}

static void step_create(struct graph *g)
{
    static const enum node_kind kinds[] = {NODE_FLOAT, NODE_LIST, NODE_LIST, NODE_INSTANCE,
                                           NODE_INSTANCE};
    int i = (int)random_below(&g->rng, NODES);

    if (g->nodes[i].kind == NODE_FREE) {
        make_node(g, i, kinds[random_below(&g->rng, 5)]);
    }
}

static void link_list(struct graph *g, int list, int item)
{
    struct node *node = &g->nodes[list];
    unsigned at = (unsigned)random_below(&g->rng, node->edge_count + 1);

    if (node->edge_count == EDGES) {
        return;
    }
    EACH_WORLD(world, g)
    {
        assert_int_equal(place_op(turn(g, world), HD_OP_INSERT, world->ids[list],
                                  at_index(node->padding + at), world->ids[item]),
                         HD_OK);
    }
    memmove(&node->edges[at + 1], &node->edges[at], (node->edge_count - at) * sizeof(int));
    node->edges[at] = item;
    node->edge_count++;
}

static void link_instance(struct graph *g, int instance, int item)
{
    unsigned at = (unsigned)random_below(&g->rng, ATTRS);

    EACH_WORLD(world, g)
    {
        set_attr(turn(g, world), world->ids[instance], attributes[at], world->ids[item]);
    }
    g->nodes[instance].edges[at] = item;
}

static void let_go(struct graph *g, int node)
{
    g->holds[g->who][node]--;
    graph_name(g, node);
    EACH_WORLD(world, g)
    {
        assert_int_equal(release(turn(g, world), world->ids[node]), HD_OK);
    }
    graph_observe(g);
}

static void arm(struct graph *g, int node, bool armed)
{
    unsigned queue = graph_draw_queue(g);

    graph_name(g, node);
    EACH_WORLD(world, g)
    {
        assert_int_equal(set_finalizer(turn(g, world), world->ids[node],
                                       armed ? graph_queue_name(queue) : ""),
                         HD_OK);
    }
    g->nodes[node].armed = armed;
    g->nodes[node].queue = queue;
}

/* Without a callback it may be one that is there already. */
static void make_weakref(struct graph *g, int target, bool watches)
{
    int i = (int)random_below(&g->rng, NODES);
    unsigned queue = graph_draw_queue(g);
    int made = i;

    if (target < 0 || g->nodes[i].kind != NODE_FREE) {
        return;
    }
    graph_name(g, target);
    EACH_WORLD(world, g)
    {
        uint64_t id = new_weakref(turn(g, world), world->ids[target],
                                  watches ? graph_queue_name(queue) : "");
        int known = graph_node_of(world, id);

        made = known >= 0 ? known : i;
        world->ids[made] = id;
    }
    if (made == i) {
        g->nodes[i] = (struct node){.kind = NODE_WEAKREF,
                                    .target = target,
                                    .watches = watches,
                                    .armed = watches,
                                    .queue = queue};
    }
    assert_int_equal(g->nodes[made].target, target);
    graph_name(g, made);
    g->holds[g->who][made]++;
}

/* A free node becomes a container, held once; -1: there is none. */
static int make_member(struct graph *g)
{
    int i = (int)random_below(&g->rng, NODES);

    if (g->nodes[i].kind != NODE_FREE) {
        return -1;
    }
    make_node(g, i, random_chance(&g->rng, 40) ? NODE_LIST : NODE_INSTANCE);
    return i;
}

/* Containers in a ring, that nothing holds when it is closed: garbage, unless something else
 * reaches into it later. */
static void step_ring(struct graph *g)
{
    int members[3];
    unsigned count = 0;

    for (unsigned i = 0; i < 1 + random_below(&g->rng, 3); i++) {
        int member = make_member(g);

        if (member >= 0) {
            members[count++] = member;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        int next = members[(i + 1) % count];

        name_both(g, members[i], next);
        if (g->nodes[members[i]].kind == NODE_LIST) {
            link_list(g, members[i], next);
        } else {
            link_instance(g, members[i], next);
        }
        graph_observe(g);
    }
    if (count > 0 && g->nodes[members[0]].kind == NODE_INSTANCE && random_chance(&g->rng, 25)) {
        arm(g, members[0], true);
    }
    if (count > 0 && g->nodes[members[0]].kind == NODE_INSTANCE && random_chance(&g->rng, 15)) {
        make_weakref(g, members[0], true);
    }
    for (unsigned i = 0; i < count; i++) {
        let_go(g, members[i]);
    }
}

static void step_hold(struct graph *g)
{
    int i = pick(g, NODE_FREE);

    if (i >= 0) {
        graph_name(g, i);
        EACH_WORLD(world, g)
        {
            assert_int_equal(hold(turn(g, world), world->ids[i]), HD_OK);
        }
        g->holds[g->who][i]++;
    }
}

static void step_release(struct graph *g)
{
    int i = pick(g, NODE_FREE);

    if (i >= 0) {
        bool held = g->holds[g->who][i] > 0;

        graph_name(g, i);
        g->holds[g->who][i] -= held;
        EACH_WORLD(world, g)
        {
            assert_int_equal(release(turn(g, world), world->ids[i]),
                             held ? HD_OK : HD_FAILED_PRECONDITION);
        }
    }
}

/* Most objects are somebody's for a while only. */
static void step_let_go(struct graph *g)
{
    for (int i = 0; i < NODES; i++) {
        if (g->holds[g->who][i] > 0 && random_chance(&g->rng, 30)) {
            let_go(g, i);
        }
    }
}

static void step_link(struct graph *g)
{
    bool to_list = random_chance(&g->rng, 50);
    int from = pick(g, to_list ? NODE_LIST : NODE_INSTANCE);
    int item = pick(g, NODE_FREE);

    if (from < 0 || item < 0) {
        return;
    }
    name_both(g, from, item);
    if (to_list) {
        link_list(g, from, item);
    } else {
        link_instance(g, from, item);
    }
}

static void step_unlink_list(struct graph *g)
{
    int list = pick(g, NODE_LIST);
    struct node *node = list < 0 ? NULL : &g->nodes[list];
    enum hd_op_code code = random_chance(&g->rng, 50) ? HD_OP_POP : HD_OP_DEL_ITEM;
    unsigned at;

    if (node == NULL || node->edge_count == 0) {
        return;
    }
    at = (unsigned)random_below(&g->rng, node->edge_count);
    graph_name(g, list);
    EACH_WORLD(world, g)
    {
        assert_int_equal(
            place_op(turn(g, world), code, world->ids[list], at_index(node->padding + at), 0),
            HD_OK);
    }
    node->edge_count--;
    memmove(&node->edges[at], &node->edges[at + 1], (node->edge_count - at) * sizeof(int));
}

static void unlink_instance(struct graph *g, int instance, unsigned at)
{
    graph_name(g, instance);
    EACH_WORLD(world, g)
    {
        struct fixture *f = turn(g, world);
        struct hd_op *op = begin(f, HD_OP_DEL_ATTR);

        op->in.attr.object = by_id(world->ids[instance]);
        op->in.attr.name = text_of(attributes[at]);
        assert_int_equal(finish(f), HD_OK);
    }
    g->nodes[instance].edges[at] = -1;
}

static void step_unlink_instance(struct graph *g)
{
    int instance = pick(g, NODE_INSTANCE);
    unsigned at = (unsigned)random_below(&g->rng, ATTRS);

    if (instance >= 0 && g->nodes[instance].edges[at] >= 0) {
        unlink_instance(g, instance, at);
    }
}

/* Of a node that nobody has, by its id: what it leads to may die by count. */
void graph_disturb(struct graph *g)
{
    node_set owned = {false};
    int instance = pick(g, NODE_INSTANCE);

    g->who = (unsigned)random_below(&g->rng, SESSIONS);
    graph_reach_owned(g, owned);
    for (unsigned at = 0; instance >= 0 && !owned[instance] && at < ATTRS; at++) {
        if (g->nodes[instance].kind == NODE_INSTANCE && g->nodes[instance].edges[at] >= 0) {
            unlink_instance(g, instance, at);
            graph_observe(g);
        }
    }
}

static void step_set_item(struct graph *g)
{
    int list = pick(g, NODE_LIST);
    int item = pick(g, NODE_FREE);
    unsigned at;

    if (list < 0 || item < 0 || g->nodes[list].edge_count == 0) {
        return;
    }
    at = (unsigned)random_below(&g->rng, g->nodes[list].edge_count);
    name_both(g, list, item);
    EACH_WORLD(world, g)
    {
        assert_int_equal(place_op(turn(g, world), HD_OP_SET_ITEM, world->ids[list],
                                  at_index(g->nodes[list].padding + at), world->ids[item]),
                         HD_OK);
    }
    g->nodes[list].edges[at] = item;
}

/* Every edge of a large list gets another place. */
static void step_pad(struct graph *g)
{
    int list = pick(g, NODE_LIST);
    bool more = random_chance(&g->rng, 50);

    if (list < 0 || g->nodes[list].padding < 2) {
        return;
    }
    graph_name(g, list);
    EACH_WORLD(world, g)
    {
        struct fixture *f = turn(g, world);
        struct hd_op *op = begin(f, more ? HD_OP_INSERT : HD_OP_DEL_ITEM);

        op->in.item.container = by_id(world->ids[list]);
        op->in.item.at = at_index(0);
        op->in.item.item = by_name("filler");
        assert_int_equal(finish(f), HD_OK);
    }
    g->nodes[list].padding += more ? 1 : (unsigned)-1;
}

static void step_clear(struct graph *g)
{
    int list = pick(g, NODE_LIST);

    if (list < 0 || random_chance(&g->rng, 70)) {
        return;
    }
    graph_name(g, list);
    EACH_WORLD(world, g)
    {
        assert_int_equal(item_op(turn(g, world), HD_OP_CLEAR, world->ids[list], 0), HD_OK);
    }
    g->nodes[list].edge_count = 0;
    g->nodes[list].padding = 0;
}

static void step_name(struct graph *g)
{
    unsigned at = (unsigned)random_below(&g->rng, NAMES);
    bool unbinding = random_chance(&g->rng, 50);
    int node = pick(g, NODE_FREE);

    if (node < 0 || (unbinding && g->globals[at] < 0)) {
        return;
    }
    graph_name(g, node);
    EACH_WORLD(world, g)
    {
        struct fixture *f = turn(g, world);
        struct hd_op *op = begin(f, unbinding ? HD_OP_DELETE : HD_OP_BIND);

        op->in.name.name = text_of(names[at]);
        op->in.name.scope = HD_SCOPE_HEAP;
        op->in.name.object = by_id(world->ids[node]);
        assert_int_equal(finish(f), HD_OK);
    }
    g->globals[at] = unbinding ? -1 : node;
}

/* To what may be garbage as well. */
static void step_weakref(struct graph *g)
{
    make_weakref(g, pick(g, NODE_INSTANCE), random_chance(&g->rng, 40));
}

static void step_deref(struct graph *g)
{
    int weakref = pick(g, NODE_WEAKREF);
    int target;

    if (weakref < 0) {
        return;
    }
    target = g->nodes[weakref].target;
    graph_name(g, weakref);
    if (target >= 0) {
        graph_name(g, target);
    }
    EACH_WORLD(world, g)
    {
        struct fixture *f = turn(g, world);
        struct hd_op *op = begin(f, HD_OP_DEREF);

        op->in.item.item = by_id(world->ids[weakref]);
        op->in.item.hold = true;
        assert_int_equal(finish(f), HD_OK);
        assert_true(op->out.id == 0
                        ? target < 0 || !g->nodes[weakref].armed || g->nodes[weakref].parted
                        : target >= 0 && op->out.id == world->ids[target]);
        if (world == g->worlds) {
            g->holds[g->who][op->out.id == 0 ? weakref : target] += op->out.id != 0;
        }
    }
}

static void step_finalizer(struct graph *g)
{
    int i = pick(g, NODE_INSTANCE);

    if (i >= 0 && !g->nodes[i].told) { /* which is once only */
        arm(g, i, random_chance(&g->rng, 70));
    }
}

/* What was delivered is acknowledged at once; what it was may be held before. */
static void step_receive(struct graph *g)
{
    struct told told[WORLDS];
    unsigned keep = (unsigned)random_below(&g->rng, 3);
    const char *queue = graph_queue_name(graph_draw_queue(g));

    for (unsigned w = 0; w < g->world_count; w++) {
        told[w] = receive(turn(g, &g->worlds[w]), queue, TOLD);
        assert_int_equal(told[w].count, told[0].count);
    }
    for (size_t i = 0; i < told[0].count; i++) {
        int node = graph_node_of(&g->worlds[0], told[0].of[i].object);

        assert_true(node >= 0 && g->nodes[node].waits);
        graph_name(g, node);
        g->holds[g->who][node] += keep == 0;
        for (unsigned w = 0; w < g->world_count; w++) {
            struct fixture *f = turn(g, &g->worlds[w]);

            assert_int_equal(graph_node_of(&g->worlds[w], told[w].of[i].object), node);
            if (keep == 0) {
                assert_int_equal(hold(f, told[w].of[i].object), HD_OK);
            }
            assert_int_equal(acknowledge(f, told[w].of[i].delivery), HD_OK);
        }
        graph_observe(g);
    }
}

static void step_freeze(struct graph *g)
{
    bool freezing = random_chance(&g->rng, 40);

    if (!random_chance(&g->rng, 4)) {
        return;
    }
    graph_name_all(g);
    EACH_WORLD(world, g)
    {
        struct fixture *f = turn(g, world);

        begin(f, freezing ? HD_OP_FREEZE : HD_OP_UNFREEZE);
        assert_int_equal(finish(f), HD_OK);
    }
}

static void step_session(struct graph *g)
{
    if (!random_chance(&g->rng, 8)) {
        return;
    }
    memset(g->holds[g->who], 0, sizeof g->holds[g->who]);
    EACH_WORLD(world, g)
    {
        end_session(turn(g, world), world->sessions[g->who]);
        assert_int_equal(hd_heap_open_session(world->f.heap, &world->sessions[g->who], NULL),
                         HD_OK);
        graph_open_session_queue(world, g->who);
    }
    graph_end_session_queue(g, g->who);
}

void graph_step(struct graph *g)
{
    static void (*const steps[])(struct graph *) = {
        step_create,        step_create,
        step_create,        step_ring,
        step_ring,          step_ring,
        step_ring,          step_ring,
        step_ring,          step_hold,
        step_release,       step_release,
        step_let_go,        step_let_go,
        step_link,          step_link,
        step_unlink_list,   step_pad,
        step_clear,         step_name,
        step_set_item,      step_unlink_instance,
        step_weakref,       step_deref,
        step_receive,       step_finalizer,
        step_session,       step_freeze,
        graph_delete_queue,
    };

    g->who = (unsigned)random_below(&g->rng, SESSIONS);
    steps[random_below(&g->rng, sizeof steps / sizeof steps[0])](g);
    graph_observe(g);
}

void graph_open_world(struct graph *g, unsigned number, enum hd_collector_mode mode)
{
    struct world *world = &g->worlds[number];

    fixture_options(&world->f);
    world->f.options.mode = mode;
    fixture_open(&world->f);
    world->sessions[0] = world->f.session;
    world->sessions[1] = world->f.other;
    for (unsigned s = SESSIONS; s < SESSIONS + 2; s++) {
        assert_int_equal(hd_heap_open_session(world->f.heap, &world->sessions[s], NULL), HD_OK);
    }
    graph_open_queues(world);
    for (unsigned s = 0; s < SESSIONS; s++) {
        graph_open_session_queue(world, s);
    }
    {
        struct hd_op *op = begin(&world->f, HD_OP_CREATE);

        op->in.create.object.kind = HD_KIND_FLOAT;
        op->in.create.object.real = 0.25;
        op->in.create.keep = HD_KEEP_BIND;
        op->in.create.bind = (struct hd_name_target){text_of("filler"), HD_SCOPE_HEAP};
        (void)created(&world->f);
    }
}

void graph_init(struct graph *g, uint64_t seed, unsigned worlds)
{
    memset(g, 0, sizeof *g);
    random_init_fixed(&g->rng, seed);
    g->world_count = worlds;
    for (int i = 0; i < NAMES; i++) {
        g->globals[i] = -1;
    }
}

void graph_fini(struct graph *g)
{
    EACH_WORLD(world, g)
    {
        end_session(&world->f, world->sessions[SESSIONS]);
        end_session(&world->f, world->sessions[SESSIONS + 1]);
        world->f.session = world->sessions[0];
        world->f.other = world->sessions[1];
        fixture_down(&world->f);
    }
}
