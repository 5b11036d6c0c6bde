/* SPDX-License-Identifier: MIT */
/* test_model.c: random operations of two sessions, side by side with a heap so naive that it
 * is right: counts by counting, reachability by search. */
#include "unit/heap/fixture.h"

#include "lib/random.h"

#define OBJECTS 160 /* living at one time */
#define EDGES   24
#define NAMES   5
#define FRAMES  4
#define STEPS   40000

struct node {
    uint64_t id; /* 0: free */
    bool container;
    unsigned count;
    unsigned edge_count;
    int edges[EDGES]; /* of a list, in order */
};

struct scope {
    int names[NAMES]; /* node, or -1 */
    unsigned holds[OBJECTS];
};

struct model {
    struct fixture f;
    struct random rng;
    struct hd_session *sessions[2];
    struct node nodes[OBJECTS];
    struct scope frames[2][FRAMES];
    unsigned depth[2];
    int globals[NAMES];
    unsigned who;
};

static const char *const name_texts[NAMES] = {"a", "b", "c", "d", "e"};

static void take(struct model *m, int node)
{
    m->nodes[node].count++;
}

/* Gives up one reference; the dead give up theirs in turn. */
static void drop(struct model *m, int node)
{
    int dead[OBJECTS * EDGES];
    unsigned n = 0;

    dead[n++] = node;
    while (n > 0) {
        struct node *at = &m->nodes[dead[--n]];

        assert_true(at->count > 0);
        at->count--;
        if (at->count == 0) {
            at->id = 0;
            for (unsigned i = 0; i < at->edge_count; i++) {
                dead[n++] = at->edges[i];
            }
            at->edge_count = 0;
        }
    }
}

static void reach(const struct model *m, int node, bool seen[OBJECTS])
{
    int stack[OBJECTS];
    unsigned n = 0;

    if (node < 0 || seen[node]) {
        return;
    }
    seen[node] = true;
    stack[n++] = node;
    while (n > 0) {
        const struct node *at = &m->nodes[stack[--n]];

        for (unsigned i = 0; i < at->edge_count; i++) {
            if (!seen[at->edges[i]]) {
                seen[at->edges[i]] = true;
                stack[n++] = at->edges[i];
            }
        }
    }
}

static void reach_all(const struct model *m, bool seen[OBJECTS])
{
    memset(seen, 0, OBJECTS * sizeof *seen);
    for (int i = 0; i < NAMES; i++) {
        reach(m, m->globals[i], seen);
    }
    for (unsigned s = 0; s < 2; s++) {
        for (unsigned d = 0; d < m->depth[s]; d++) {
            for (int i = 0; i < NAMES; i++) {
                reach(m, m->frames[s][d].names[i], seen);
            }
            for (int i = 0; i < OBJECTS; i++) {
                reach(m, m->frames[s][d].holds[i] > 0 ? i : -1, seen);
            }
        }
    }
}

/* What a collection freed must have been unreachable; after a full one all such is freed. */
static void follow_collection(struct model *m, bool full)
{
    bool seen[OBJECTS];
    bool freed[OBJECTS];

    reach_all(m, seen);
    for (int i = 0; i < OBJECTS; i++) {
        freed[i] = m->nodes[i].id != 0 && !is_alive(&m->f, m->nodes[i].id);
        assert_false(freed[i] && seen[i]);
        assert_false(full && m->nodes[i].id != 0 && !seen[i] && !freed[i]);
    }
    for (int i = 0; i < OBJECTS; i++) {
        for (unsigned e = 0; freed[i] && e < m->nodes[i].edge_count; e++) {
            m->nodes[m->nodes[i].edges[e]].count--;
        }
    }
    for (int i = 0; i < OBJECTS; i++) {
        if (freed[i]) {
            assert_int_equal(m->nodes[i].count, 0);
            m->nodes[i] = (struct node){0};
        }
    }
}

static void compare(struct model *m)
{
    for (int i = 0; i < OBJECTS; i++) {
        const struct node *node = &m->nodes[i];

        if (node->id != 0) {
            assert_int_equal(refcount(&m->f, node->id), node->count);
            if (node->container) {
                assert_int_equal(length(&m->f, node->id), node->edge_count);
            }
        }
    }
}

static struct scope *top(struct model *m)
{
    return &m->frames[m->who][m->depth[m->who] - 1];
}

/* A living node, a container if asked for; -1: luck ran out. */
static int pick(struct model *m, bool container)
{
    for (int tries = 0; tries < 20; tries++) {
        int i = (int)random_below(&m->rng, OBJECTS);

        if (m->nodes[i].id != 0 && (m->nodes[i].container || !container)) {
            return i;
        }
    }
    return -1;
}

static void step_create(struct model *m)
{
    int i = (int)random_below(&m->rng, OBJECTS);

    if (m->nodes[i].id == 0) {
        bool container = random_chance(&m->rng, 75);

        m->nodes[i] = (struct node){
            .id = container ? new_list(&m->f) : new_float(&m->f, 1.5),
            .container = container,
            .count = 1,
        };
        top(m)->holds[i] = 1;
    }
}

static void step_hold(struct model *m)
{
    int i = pick(m, false);

    if (i >= 0) {
        assert_int_equal(hold(&m->f, m->nodes[i].id), HD_OK);
        take(m, i);
        top(m)->holds[i]++;
    }
}

static void step_release(struct model *m)
{
    int i = pick(m, false);
    enum hd_status status;

    if (i < 0) {
        return;
    }
    status = release(&m->f, m->nodes[i].id);
    for (unsigned d = m->depth[m->who]; d > 0; d--) {
        if (m->frames[m->who][d - 1].holds[i] > 0) {
            assert_int_equal(status, HD_OK);
            m->frames[m->who][d - 1].holds[i]--;
            drop(m, i);
            return;
        }
    }
    assert_int_equal(status, HD_FAILED_PRECONDITION);
}

static void step_append(struct model *m)
{
    int list = pick(m, true);
    int item = pick(m, false);

    if (list >= 0 && item >= 0 && m->nodes[list].edge_count < EDGES) {
        assert_int_equal(append(&m->f, m->nodes[list].id, m->nodes[item].id), HD_OK);
        take(m, item);
        m->nodes[list].edges[m->nodes[list].edge_count++] = item;
    }
}

static void step_delete_item(struct model *m)
{
    int list = pick(m, true);
    struct node *node = list < 0 ? NULL : &m->nodes[list];
    unsigned at;
    int item;

    if (node == NULL || node->edge_count == 0) {
        return;
    }
    at = (unsigned)random_below(&m->rng, node->edge_count);
    assert_int_equal(place_op(&m->f, random_chance(&m->rng, 50) ? HD_OP_POP : HD_OP_DEL_ITEM,
                              node->id, at_index(at), 0),
                     HD_OK);
    item = node->edges[at];
    memmove(&node->edges[at], &node->edges[at + 1],
            (node->edge_count - at - 1) * sizeof node->edges[0]);
    node->edge_count--;
    drop(m, item);
}

static void step_set_item(struct model *m)
{
    int list = pick(m, true);
    int item = pick(m, false);
    unsigned at;
    int old;

    if (list < 0 || item < 0 || m->nodes[list].edge_count == 0) {
        return;
    }
    at = (unsigned)random_below(&m->rng, m->nodes[list].edge_count);
    assert_int_equal(
        place_op(&m->f, HD_OP_SET_ITEM, m->nodes[list].id, at_index(at), m->nodes[item].id),
        HD_OK);
    take(m, item);
    old = m->nodes[list].edges[at];
    m->nodes[list].edges[at] = item;
    drop(m, old);
}

static void step_clear(struct model *m)
{
    int list = pick(m, true);
    int edges[EDGES];
    unsigned n;

    if (list >= 0 && random_chance(&m->rng, 20)) {
        assert_int_equal(item_op(&m->f, HD_OP_CLEAR, m->nodes[list].id, 0), HD_OK);
        n = m->nodes[list].edge_count;
        memcpy(edges, m->nodes[list].edges, sizeof edges);
        m->nodes[list].edge_count = 0;
        while (n > 0) {
            drop(m, edges[--n]);
        }
    }
}

static void step_name(struct model *m)
{
    bool global = random_chance(&m->rng, 30);
    unsigned name = (unsigned)random_below(&m->rng, NAMES);
    int *bound = global ? &m->globals[name] : &top(m)->names[name];
    bool unbinding = random_chance(&m->rng, 40);
    int node = pick(m, false);
    int old = *bound;
    struct hd_op *op = begin(&m->f, unbinding ? HD_OP_DELETE : HD_OP_BIND);

    if (node < 0) {
        return;
    }
    op->in.name.name = text_of(name_texts[name]);
    op->in.name.scope = global ? HD_SCOPE_HEAP : HD_SCOPE_FRAME;
    op->in.name.object = by_id(m->nodes[node].id);
    assert_int_equal(finish(&m->f), unbinding && old < 0 ? HD_NOT_FOUND : HD_OK);
    if (!unbinding) {
        take(m, node);
    }
    *bound = unbinding ? -1 : node;
    if (old >= 0) {
        drop(m, old);
    }
}

static void clear_scope(struct scope *scope)
{
    memset(scope, 0, sizeof *scope);
    for (int i = 0; i < NAMES; i++) {
        scope->names[i] = -1;
    }
}

static void leave(struct model *m)
{
    struct scope scope = *top(m);

    clear_scope(top(m));
    m->depth[m->who]--;
    for (int i = 0; i < NAMES; i++) {
        if (scope.names[i] >= 0) {
            drop(m, scope.names[i]);
        }
    }
    for (int i = 0; i < OBJECTS; i++) {
        while (scope.holds[i] > 0) {
            scope.holds[i]--;
            drop(m, i);
        }
    }
}

static void step_frame(struct model *m)
{
    unsigned *depth = &m->depth[m->who];
    struct hd_op *op;
    int node = pick(m, false);

    if (node < 0 || !random_chance(&m->rng, 30)) {
        return;
    }
    if (*depth < FRAMES && random_chance(&m->rng, 50)) {
        struct hd_argument argument = {text_of(name_texts[2]), by_id(m->nodes[node].id)};

        op = begin(&m->f, HD_OP_CALL);
        op->in.call.arguments = &argument;
        op->in.call.count = 1;
        assert_int_equal(finish(&m->f), HD_OK);
        (*depth)++;
        clear_scope(top(m));
        top(m)->names[2] = node;
        take(m, node);
    } else if (*depth > 1) {
        op = begin(&m->f, HD_OP_RETURN);
        op->in.item.item = by_id(m->nodes[node].id);
        assert_int_equal(finish(&m->f), HD_OK);
        take(m, node);
        m->frames[m->who][*depth - 2].holds[node]++;
        leave(m);
    }
}

static void step_collect(struct model *m)
{
    if (random_chance(&m->rng, 8)) {
        struct hd_op *op = begin(&m->f, HD_OP_COLLECT);

        op->in.collect.generation = (int64_t)random_below(&m->rng, 3);
        assert_int_equal(finish(&m->f), HD_OK);
        follow_collection(m, op->in.collect.generation == 2);
    }
}

static void step_session(struct model *m)
{
    if (random_chance(&m->rng, 2)) {
        while (m->depth[m->who] > 0) {
            leave(m);
        }
        end_session(&m->f, m->sessions[m->who]);
        assert_int_equal(hd_heap_open_session(m->f.heap, &m->sessions[m->who], NULL), HD_OK);
        m->depth[m->who] = 1;
        m->f.session = m->sessions[m->who];
    }
}

static void step(struct model *m)
{
    static void (*const steps[])(struct model *) = {
        step_create,  step_create,   step_create, step_hold,        step_release,
        step_release, step_append,   step_append, step_delete_item, step_clear,
        step_name,    step_set_item, step_frame,  step_collect,     step_session,
    };

    m->who = (unsigned)random_below(&m->rng, 2);
    m->f.session = m->sessions[m->who];
    steps[random_below(&m->rng, sizeof steps / sizeof steps[0])](m);
    follow_collection(m, false); /* it may have run by itself */
}

static void run(uint64_t seed, unsigned long steps, uint32_t slice_units)
{
    static struct model m;

    memset(&m, 0, sizeof m);
    random_init_fixed(&m.rng, seed);
    fixture_options(&m.f);
    m.f.options.slice_units = slice_units;
    fixture_open(&m.f);
    m.sessions[0] = m.f.session;
    m.sessions[1] = m.f.other;
    for (unsigned s = 0; s < 2; s++) {
        m.depth[s] = 1;
        for (unsigned d = 0; d < FRAMES; d++) {
            clear_scope(&m.frames[s][d]);
        }
    }
    for (int i = 0; i < NAMES; i++) {
        m.globals[i] = -1;
    }
    {
        const int64_t low[] = {20, 3, 3};
        struct hd_op *op = begin(&m.f, HD_OP_SET_THRESHOLD);

        op->in.threshold.values = low;
        op->in.threshold.count = 3;
        assert_int_equal(finish(&m.f), HD_OK);
    }
    for (unsigned long i = 0; i < steps; i++) {
        step(&m);
        if (i % 16 == 0) {
            compare(&m);
        }
        if (i % 512 == 0) {
            assert_sound(&m.f);
        }
    }
    compare(&m);
    m.f.session = m.sessions[0];
    m.f.other = m.sessions[1];
    fixture_down(&m.f);
}

static void the_heap_does_as_the_model(void **state)
{
    struct random rng;
    uint64_t seed = random_init(&rng, 20261123);

    (void)state;
    run(seed, STEPS, 1024);
    run(seed + 1, STEPS / 2, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heap_does_as_the_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
