/* SPDX-License-Identifier: MIT */
/* test_why.c: random graphs, and Why beside a search so naive that it is right: over all the
 * references that Verify knows.  And with operations between the slices: every path that is
 * given is there. */
#include "unit/heap/why_fixture.h"

#include "lib/random.h"

#define OBJECTS 40
#define ROUNDS  2000
#define FAR     UINT32_MAX

struct world {
    struct fixture f;
    struct random rng;
    uint64_t ids[OBJECTS]; /* some dead */
};

struct edge {
    enum hd_owner_kind kind;
    uint32_t from;
    uint32_t to;
};

struct graph {
    struct edge edges[4096];
    size_t count;
};

static void add_edge(void *ctx, const struct hd_owner *owner, uint32_t slot, uint32_t n)
{
    struct graph *graph = ctx;

    (void)n;
    assert_true(graph->count < sizeof graph->edges / sizeof graph->edges[0]);
    graph->edges[graph->count++] = (struct edge){hd_owner_kind(owner), owner->container, slot};
}

/* How many containers lie between an owner of this kind and the object. */
static uint32_t distance(const struct graph *graph, enum hd_owner_kind kind, uint32_t target)
{
    static uint32_t far[1u << 16]; /* of containers, from owners */
    uint32_t best = FAR;
    bool again = true;

    memset(far, 0xFF, sizeof far);
    while (again) {
        again = false;
        for (size_t i = 0; i < graph->count; i++) {
            const struct edge *edge = &graph->edges[i];
            uint32_t here = edge->kind == kind                 ? 0
                            : edge->kind != HD_OWNER_CONTAINER ? FAR
                            : far[edge->from] == FAR           ? FAR
                                                               : far[edge->from] + 1;

            if (here == FAR) {
                continue;
            }
            if (edge->to == target) {
                best = here < best ? here : best;
            } else if (!hd_slot_is_atom(edge->to) && here < far[edge->to]) {
                far[edge->to] = here;
                again = true;
            }
        }
    }
    return best;
}

static int pick(struct world *w)
{
    return (int)random_below(&w->rng, OBJECTS);
}

static const char *name_of(struct world *w)
{
    static const char *const names[] = {"a", "b", "c", "d"};

    return names[random_below(&w->rng, 4)];
}

static void create(struct world *w, int at)
{
    switch (random_below(&w->rng, 4)) {
    case 0:
        w->ids[at] = new_float(&w->f, 1);
        return;
    case 1:
        w->ids[at] = new_dict(&w->f);
        return;
    case 2:
        w->ids[at] = new_instance(&w->f, "Node");
        return;
    default:
        w->ids[at] = new_list(&w->f);
    }
}

static void refer(struct world *w, uint64_t from, uint64_t to)
{
    struct hd_op *op;

    switch (hd_object_kind(w->f.heap->objects, slot_of(&w->f, from))) {
    case HD_KIND_LIST:
        assert_int_equal(append(&w->f, from, to), HD_OK);
        return;
    case HD_KIND_DICT:
        (void)place_op(&w->f, HD_OP_SET_ITEM, from, at_key(to), to); /* if it can be a key */
        return;
    case HD_KIND_INSTANCE:
        op = begin(&w->f, HD_OP_SET_ATTR);
        op->in.attr.object = by_id(from);
        op->in.attr.name = text_of(name_of(w));
        op->in.attr.value = by_id(to);
        assert_int_equal(finish(&w->f), HD_OK);
        return;
    default:
        return;
    }
}

static void step(struct world *w)
{
    int at = pick(w);
    int to = pick(w);
    bool global = random_chance(&w->rng, 50);

    if (!is_alive(&w->f, w->ids[at])) {
        create(w, at);
        return;
    }
    switch (random_below(&w->rng, 8)) {
    case 0:
        (void)release(&w->f, w->ids[at]);
        return;
    case 1:
        assert_int_equal(global ? bind_globally(&w->f, name_of(w), w->ids[at])
                                : bind(&w->f, name_of(w), w->ids[at]),
                         HD_OK);
        return;
    case 2:
        (void)(global ? unbind_globally(&w->f, name_of(w)) : unbind(&w->f, name_of(w)));
        return;
    case 3:
        (void)item_op(&w->f, HD_OP_CLEAR, w->ids[at], 0);
        return;
    case 4:
        (void)release(&w->f, w->ids[to]);
        return;
    default:
        if (is_alive(&w->f, w->ids[to])) {
            refer(w, w->ids[at], w->ids[to]);
        }
    }
}

static void compare(struct world *w, uint64_t id)
{
    static struct graph graph;
    struct why why;

    ask(&w->f, &why, id);
    graph.count = 0;
    hd_owners_each(w->f.heap, add_edge, &graph);
    for (enum hd_owner_kind kind = HD_OWNER_GLOBAL_NAME; kind < HD_OWNER_KINDS; kind++) {
        const struct hd_path *path = path_of(&why, kind);
        uint32_t length = distance(&graph, kind, slot_of(&w->f, id));

        assert_int_equal(path == NULL ? FAR : path->length, length);
    }
}

static void the_shortest_paths_are_found(void **state)
{
    struct world w;

    (void)state;
    (void)random_init(&w.rng, 20261207);
    fixture_options(&w.f);
    w.f.options.slice_units = 2;
    fixture_open(&w.f);
    memset(w.ids, 0, sizeof w.ids);
    for (int round = 0; round < ROUNDS; round++) {
        int at = pick(&w);

        for (int i = 0; i < 10; i++) {
            step(&w);
        }
        if (is_alive(&w.f, w.ids[at])) {
            compare(&w, w.ids[at]);
        }
    }
    fixture_down(&w.f);
}

/* Asked by the one session, while the other goes on. */
static void what_is_given_is_there(void **state)
{
    struct world w;
    unsigned given = 0;

    (void)state;
    (void)random_init(&w.rng, 20261208);
    fixture_up(&w.f);
    memset(w.ids, 0, sizeof w.ids);
    for (int round = 0; round < ROUNDS; round++) {
        struct hd_session *acting = w.f.session;
        struct why why;
        int at = pick(&w);

        for (int i = 0; i < 10; i++) {
            step(&w);
        }
        if (!is_alive(&w.f, w.ids[at])) {
            continue;
        }
        w.f.session = w.f.other;
        (void)begin_why(&w.f, &why, w.ids[at]);
        w.f.session = acting;
        w.f.heap->options.slice_units = 1;
        if (hd_heap_do(w.f.heap, &why.op) == HD_MORE) {
            w.f.heap->options.slice_units = 1000;
            do {
                if (random_chance(&w.rng, 20)) {
                    step(&w);
                }
            } while (hd_heap_work(w.f.heap, 1 + (uint32_t)random_below(&w.rng, 3)));
        }
        w.f.heap->options.slice_units = 1000;
        if (why.op.error.status == HD_OK) {
            walk_all(&w.f, &why);
            given += why.op.out.why.paths;
        } else {
            assert_true(why.op.error.status == HD_NOT_FOUND ||
                        why.op.error.reason == HD_REASON_CHANGED);
        }
    }
    assert_true(given > ROUNDS / 4);
    fixture_down(&w.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shortest_paths_are_found),
        cmocka_unit_test(what_is_given_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
