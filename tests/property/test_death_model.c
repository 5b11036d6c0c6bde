/* SPDX-License-Identifier: MIT */
/* test_death_model.c: every order of deaths, holds, deliveries, acknowledgements, lost
 * sessions, late ones and redrives, up to a depth, beside a model that is contract §6 and no
 * more.
 *
 * Three are to be told of: one dies by count, one is a cycle that a collection finds, and a
 * weak reference of the first has a callback.  Two sessions receive.  Each order runs from the
 * start; after its last step the heap must be as the model says, and sound; then all that is
 * left is acknowledged, and nothing may be lost or kept. */
#include "unit/heap/death_fixture.h"

#define DEPTH       8
#define TRIES       2
#define DEADLINE_MS 10

enum who { COUNTED, CYCLE, CALLBACK, WHO };

enum place { NOWHERE, WAITING, DELIVERED, LETTER };

enum action {
    DIE_COUNTED,
    DIE_CYCLE,
    HOLD_COUNTED,
    HOLD_CYCLE,
    RECEIVE_1,
    RECEIVE_2,
    ACKNOWLEDGE_1,
    ACKNOWLEDGE_2,
    DROP_1,
    DROP_2,
    EXPIRE,
    REDRIVE,
    ACTIONS
};

struct told_of {
    bool alive;
    bool held; /* by us */
    bool was_told;
    enum place place;
    unsigned taker;
    unsigned tries;
    uint64_t id;
    uint64_t delivery;
};

struct world {
    struct fixture f;
    struct hd_session *taker[2];
    bool subscribed[2];
    struct told_of model[WHO];
    uint64_t baseline; /* objects of an empty world */
    uint64_t runs;
};

static uint64_t objects_of(struct world *w)
{
    struct hd_heap_info info;

    hd_inspect_heap(w->f.heap, &info);
    return info.objects;
}

static bool is_there(struct world *w, uint64_t id)
{
    struct hd_error error;
    uint32_t slot;

    hd_error_clear(&error);
    return hd_slots_resolve(hd_objects_slots(w->f.heap->objects), id, &slot, &error) == HD_OK;
}

static void queue(struct told_of *one)
{
    assert_false(one->was_told); /* once only */
    one->was_told = true;
    one->place = WAITING;
}

static void settle_counted(struct world *w)
{
    struct told_of *one = &w->model[COUNTED];

    if (one->alive && !one->held && one->place == NOWHERE) {
        if (!one->was_told) {
            queue(one);
            return;
        }
        one->alive = false;
        queue(&w->model[CALLBACK]);
    }
}

/* A collection, or the look at the set after its last acknowledgement. */
static void settle_cycle(struct world *w)
{
    struct told_of *one = &w->model[CYCLE];

    if (one->alive && !one->held && one->place == NOWHERE) {
        if (!one->was_told) {
            queue(one);
        } else {
            one->alive = false;
        }
    }
}

static unsigned count(const struct world *w, enum place place, unsigned taker)
{
    unsigned n = 0;

    for (unsigned i = 0; i < WHO; i++) {
        n += w->model[i].place == place && (taker == 2 || w->model[i].taker == taker);
    }
    return n;
}

static void die(struct world *w, enum who who)
{
    struct told_of *one = &w->model[who];

    if (one->held) {
        assert_int_equal(release(&w->f, one->id), HD_OK);
        one->held = false;
    }
    if (who == COUNTED) {
        settle_counted(w);
        return;
    }
    begin(&w->f, HD_OP_COLLECT)->in.collect.generation = 2;
    assert_int_equal(finish(&w->f), HD_OK);
    settle_cycle(w);
}

static void take(struct world *w, unsigned taker)
{
    struct hd_session *own = w->f.session;
    struct hd_delivery got;
    unsigned i = 0;

    w->f.session = w->taker[taker];
    got = receive(&w->f, "q", 1).of[0];
    w->f.session = own;
    w->subscribed[taker] = true;
    while (i < WHO && w->model[i].id != got.object) {
        i++;
    }
    assert_true(i < WHO && w->model[i].place == WAITING);
    assert_int_equal(got.is_callback, i == CALLBACK);
    assert_int_equal(got.tries, ++w->model[i].tries);
    w->model[i].place = DELIVERED;
    w->model[i].taker = taker;
    w->model[i].delivery = got.delivery;
}

static void done(struct world *w, unsigned taker)
{
    struct hd_session *own = w->f.session;

    for (unsigned i = 0; i < WHO; i++) {
        if (w->model[i].place == DELIVERED && w->model[i].taker == taker) {
            w->f.session = w->taker[taker];
            assert_int_equal(acknowledge(&w->f, w->model[i].delivery), HD_OK);
            assert_int_equal(acknowledge(&w->f, w->model[i].delivery), HD_NOT_FOUND);
            assert_int_equal(w->f.op.error.reason, HD_REASON_NO_SUCH_DELIVERY);
            w->f.session = own;
            w->model[i].place = NOWHERE;
            settle_counted(w);
            if (i == CYCLE) {
                settle_cycle(w);
            }
            return;
        }
    }
    fail();
}

static void take_back(struct world *w, unsigned taker)
{
    for (unsigned i = 0; i < WHO; i++) {
        if (w->model[i].place == DELIVERED && (taker == 2 || w->model[i].taker == taker)) {
            w->model[i].place = w->model[i].tries >= TRIES ? LETTER : WAITING;
        }
    }
}

static void drop(struct world *w, unsigned taker)
{
    end_session(&w->f, w->taker[taker]);
    assert_int_equal(hd_heap_open_session(w->f.heap, &w->taker[taker], NULL), HD_OK);
    w->subscribed[taker] = false;
    take_back(w, taker);
}

static void redrive(struct world *w)
{
    begin(&w->f, HD_OP_REDRIVE)->in.deliveries.queue = text_of("q");
    assert_int_equal(finish(&w->f), HD_OK);
    assert_int_equal(w->f.op.out.count, count(w, LETTER, 2));
    for (unsigned i = 0; i < WHO; i++) {
        if (w->model[i].place == LETTER) {
            w->model[i].place = WAITING;
            w->model[i].tries = 0;
        }
    }
}

static bool is_enabled(const struct world *w, enum action action)
{
    const struct told_of *counted = &w->model[COUNTED];
    const struct told_of *cycle = &w->model[CYCLE];
    unsigned taker = action & 1u;

    switch (action) {
    case DIE_COUNTED:
        return counted->held;
    case DIE_CYCLE:
        return cycle->held || (cycle->alive && cycle->place == NOWHERE);
    case HOLD_COUNTED:
        return counted->alive && !counted->held;
    case HOLD_CYCLE:
        return cycle->alive && !cycle->held;
    case RECEIVE_2: /* the two are alike */
        return count(w, WAITING, 2) > 0 && w->subscribed[0];
    case RECEIVE_1:
        return count(w, WAITING, 2) > 0;
    case ACKNOWLEDGE_1:
    case ACKNOWLEDGE_2:
    case DROP_1:
    case DROP_2:
        return count(w, DELIVERED, taker) > 0;
    case EXPIRE:
        return count(w, DELIVERED, 2) > 0;
    default:
        return count(w, LETTER, 2) > 0;
    }
}

static void act(struct world *w, enum action action)
{
    unsigned taker = action & 1u;

    switch (action) {
    case DIE_COUNTED:
    case DIE_CYCLE:
        die(w, action == DIE_CYCLE ? CYCLE : COUNTED);
        return;
    case HOLD_COUNTED:
    case HOLD_CYCLE:
        assert_int_equal(hold(&w->f, w->model[taker].id), HD_OK);
        w->model[taker].held = true;
        return;
    case RECEIVE_1:
    case RECEIVE_2:
        take(w, taker);
        return;
    case ACKNOWLEDGE_1:
    case ACKNOWLEDGE_2:
        done(w, taker);
        return;
    case DROP_1:
    case DROP_2:
        drop(w, taker);
        return;
    case EXPIRE:
        fake_clock_advance(&w->f.clock, (DEADLINE_MS + 1) * MILLISECOND);
        expire(&w->f, 10);
        take_back(w, 2);
        return;
    default:
        redrive(w);
    }
}

static void compare(struct world *w)
{
    struct hd_queue_info info = queue_info(&w->f, "q");

    assert_int_equal(info.waiting, count(w, WAITING, 2));
    assert_int_equal(info.delivered, count(w, DELIVERED, 2));
    assert_int_equal(info.dead, count(w, LETTER, 2));
    for (unsigned i = 0; i < WHO; i++) {
        assert_int_equal(is_there(w, w->model[i].id), w->model[i].alive);
    }
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(hd_inspect_waiting(w->taker[i]), w->subscribed[i] ? info.waiting : 0);
    }
    assert_sound(&w->f);
}

static void set_up(struct world *w)
{
    memset(w->model, 0, sizeof w->model);
    w->baseline = objects_of(w);
    w->model[COUNTED] =
        (struct told_of){.alive = true, .held = true, .id = new_instance(&w->f, "Node")};
    w->model[CYCLE] = (struct told_of){.alive = true, .held = true, .id = new_list(&w->f)};
    assert_int_equal(append(&w->f, w->model[CYCLE].id, w->model[CYCLE].id), HD_OK);
    w->model[CALLBACK] = (struct told_of){
        .alive = true, .held = true, .id = new_weakref(&w->f, w->model[COUNTED].id, "q")};
    assert_int_equal(set_finalizer(&w->f, w->model[COUNTED].id, "q"), HD_OK);
    assert_int_equal(set_finalizer(&w->f, w->model[CYCLE].id, "q"), HD_OK);
}

/* Nothing is lost: what has not been told comes; nothing is kept. */
static void wind_up(struct world *w)
{
    for (unsigned i = 0; i < 2; i++) {
        drop(w, i);
    }
    die(w, COUNTED);
    die(w, CYCLE);
    while (count(w, WAITING, 2) + count(w, LETTER, 2) > 0) {
        redrive(w);
        take(w, 0);
        done(w, 0);
    }
    for (unsigned i = 0; i < WHO; i++) {
        assert_true(w->model[i].was_told);
    }
    die(w, CYCLE);
    assert_int_equal(release(&w->f, w->model[CALLBACK].id), HD_OK);
    assert_int_equal(objects_of(w), w->baseline);
    drop(w, 0);
}

/* This order, and all that go on from it. */
static void explore(struct world *w, enum action *order, unsigned length)
{
    unsigned enabled = 0;

    set_up(w);
    for (unsigned i = 0; i < length; i++) {
        act(w, order[i]);
    }
    compare(w);
    for (enum action action = 0; action < ACTIONS; action++) {
        enabled |= (unsigned)is_enabled(w, action) << action;
    }
    wind_up(w);
    w->runs++;
    for (enum action action = 0; length < DEPTH && action < ACTIONS; action++) {
        if ((enabled >> action & 1) != 0) {
            order[length] = action;
            explore(w, order, length + 1);
        }
    }
}

static void all_orders(enum hd_collector_mode mode)
{
    static struct world w;
    enum action order[DEPTH];

    memset(&w, 0, sizeof w);
    fixture_options(&w.f);
    w.f.options.max_slots = 256;
    fixture_open(&w.f);
    hd_collector_set_mode(w.f.heap->collector, mode);
    begin(&w.f, HD_OP_DISABLE);
    assert_int_equal(finish(&w.f), HD_OK);
    assert_int_equal(set_queue(&w.f, "q", DEADLINE_MS, TRIES, false), HD_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(hd_heap_open_session(w.f.heap, &w.taker[i], NULL), HD_OK);
    }
    explore(&w, order, 0);
    print_message("%" PRIu64 " orders\n", w.runs);
    for (unsigned i = 0; i < 2; i++) {
        end_session(&w.f, w.taker[i]);
    }
    fixture_down(&w.f);
}

static void in_classic_mode(void **state)
{
    (void)state;
    all_orders(HD_COLLECTOR_CLASSIC);
}

static void in_incremental_mode(void **state)
{
    (void)state;
    all_orders(HD_COLLECTOR_INCREMENTAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_classic_mode),
        cmocka_unit_test(in_incremental_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
