/* SPDX-License-Identifier: MIT */
/* test_faults.c: every operation of the door, with each of its requests for memory refused in
 * turn: by the allocator, by the system, by a limit.  A refused operation has changed nothing;
 * tried again, it is carried out. */
#include "unit/heap/scenarios.h"

#include "heap/internal.h"
#include "lib/fake_os.h"
#include "lib/heap_digest.h"

static void prepare_frame(struct fixture *f, const struct scenario *scenario, struct state *s)
{
    struct hd_op *op;

    if (scenario->where == IN_CALL) {
        op = begin(f, HD_OP_CALL);
        fill_call(s, op);
        assert_int_equal(finish(f), HD_OK);
    } else if (scenario->where >= IN_BATCH) {
        (void)begin(f, HD_OP_BATCH_BEGIN);
        assert_int_equal(finish(f), HD_OK);
    }
}

/* Long and deep enough for more than a slice: what is sought in the list comes last. */
static void prepare_slices(struct fixture *f, struct state *s)
{
    uint64_t items[40];

    for (size_t i = 0; i < 2; i++) {
        s->twins[i] = s->ids[0];
        for (unsigned level = 0; level < 40; level++) {
            s->twins[i] = new_of(f, HD_KIND_LIST, &s->twins[i], 1);
        }
    }
    for (size_t i = 0; i < 40; i++) {
        items[i] = s->ids[i == 39 ? 0 : 1];
    }
    s->list = new_of(f, HD_KIND_LIST, items, 40);
    f->heap->options.slice_units = 1;
}

static void prepare(struct fixture *f, const struct scenario *scenario, struct state *s)
{
    uint64_t other;

    *s = (struct state){.names = {text_of("first"), text_of("second")}, .counts = {1, 1}};
    for (int i = 0; i < ITEMS; i++) {
        s->ids[i] = new_float(f, i + 0.5);
    }
    s->list = new_of(f, HD_KIND_LIST, s->ids, ITEMS - 1);
    s->set = new_of(f, HD_KIND_SET, s->ids, 8);
    s->dict = new_dict(f);
    other = new_dict(f);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(place_op(f, HD_OP_SET_ITEM, s->dict, at_key(s->ids[i]), s->ids[i]),
                         HD_OK);
    }
    for (int i = 0; i < ITEMS; i++) {
        assert_int_equal(place_op(f, HD_OP_SET_ITEM, other, at_key(s->ids[i]), s->list), HD_OK);
    }
    fill_instance(s, begin(f, HD_OP_CREATE));
    s->instance = created(f);
    begin(f, HD_OP_NEW_WEAKREF)->in.finalizer.object = by_id(s->instance);
    f->op.in.finalizer.hold = true;
    s->weakref = created(f);
    s->text = new_str(f, "a text of some characters \xC4\x80");
    assert_int_equal(bind(f, "local", s->list), HD_OK);
    assert_int_equal(bind(f, "other", other), HD_OK);
    if (scenario->where == DEATHS) {
        prepare_deaths(f, &s->deaths);
    } else {
        new_queue(f, "queue");
    }
    if (scenario->where == SLICED) {
        prepare_slices(f, s);
    }
    prepare_frame(f, scenario, s);
}

static struct hd_op *begin_tried(struct fixture *f, const struct scenario *scenario,
                                 struct state *s)
{
    struct hd_batch *batch = f->session->batch;
    struct hd_op *op = begin(f, scenario->code);

    op->batch = scenario->where >= IN_BATCH ? batch : NULL;
    scenario->fill(s, op);
    return op;
}

static void finish_all(struct fixture *f, const struct scenario *scenario)
{
    struct hd_op op;

    if (scenario->code == HD_OP_SESSION_END) {
        assert_int_equal(hd_heap_open_session(f->heap, &f->session, NULL), HD_OK);
    }
    if (f->session->batch != NULL) {
        hd_op_init(&op, HD_OP_BATCH_END, f->session);
        op.batch = f->session->batch;
        assert_int_equal(carry_out(f, &op), HD_OK);
    }
    fixture_down(f);
}

/* What is done so that the n-th request is refused, and so that none is. */
struct refuser {
    void (*arm)(struct fixture *f, long n);
    void (*disarm)(struct fixture *f);
    const char *const *reasons;
};

/* Tries it with refusal number n.  False: it was not refused any more. */
static bool refused_at(struct fixture *f, const struct scenario *scenario,
                       const struct refuser *refuser, long n)
{
    struct state s;
    uint64_t before;
    struct hd_op *op;
    bool refused;

    prepare(f, scenario, &s);
    before = heap_digest(f->heap);
    op = begin_tried(f, scenario, &s);
    refuser->arm(f, n);
    refused = carry_out(f, op) != HD_OK;
    refuser->disarm(f);
    if (refused) {
        bool known = false;

        for (const char *const *reason = refuser->reasons; *reason != NULL; reason++) {
            known = known || strcmp(hd_reason_name(op->error.reason), *reason) == 0;
        }
        if (!known || before != heap_digest(f->heap)) {
            fail_msg("%s, refusal %ld: %s: %s", scenario->name, n,
                     hd_reason_name(op->error.reason), op->error.text);
        }
        assert_sound(f);
        op = begin_tried(f, scenario, &s);
        assert_int_equal(carry_out(f, op), HD_OK);
    }
    finish_all(f, scenario);
    return refused;
}

static void open_on(struct fixture *f, enum hd_allocator_kind kind)
{
    fixture_options(f);
    f->options.memory.kind = kind;
    fixture_open(f);
}

static void arm_allocator(struct fixture *f, long n)
{
    fault_alloc_rearm(&f->memory, n, true);
}

static void disarm_allocator(struct fixture *f)
{
    fault_alloc_rearm(&f->memory, FAULT_NEVER, false);
}

static void without_memory_nothing_changes(void **state)
{
    static const char *const reasons[] = {"LIMIT_MEMORY", NULL};
    static const struct refuser refuser = {arm_allocator, disarm_allocator, reasons};
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        long n = 0;

        do {
            open_on(&f, HD_ALLOCATOR_MALLOC);
            assert_true(n < 200);
        } while (refused_at(&f, &scenarios[i], &refuser, n++));
    }
}

/* How much more room there is: a few bytes at first, then ever more. */
static uint64_t room(long n)
{
    return n < 200 ? (uint64_t)n * 4 : 800 + (uint64_t)(n - 200) * (uint64_t)(n - 200) * 64;
}

static void arm_bytes(struct fixture *f, long n)
{
    f->heap->quota.heap.limit.bytes = f->heap->quota.heap.used.bytes + room(n);
}

static void arm_account_bytes(struct fixture *f, long n)
{
    f->heap->quota.own.limit.bytes = f->heap->quota.own.used.bytes + room(n);
}

static void arm_objects(struct fixture *f, long n)
{
    f->heap->quota.heap.limit.objects = f->heap->quota.heap.used.objects + (uint64_t)n;
}

static void arm_account_objects(struct fixture *f, long n)
{
    f->heap->quota.own.limit.objects = f->heap->quota.own.used.objects + (uint64_t)n;
}

static void lift_limits(struct fixture *f)
{
    f->heap->quota.heap.limit = (struct hd_amount){HD_UNLIMITED, HD_UNLIMITED};
    f->heap->quota.own.limit = f->heap->quota.heap.limit;
}

static void every_limit_refuses_and_nothing_changes(void **state)
{
    static const char *const reasons[][2] = {{"LIMIT_HEAP_BYTES", NULL},
                                             {"LIMIT_ACCOUNT_BYTES", NULL},
                                             {"LIMIT_HEAP_OBJECTS", NULL},
                                             {"LIMIT_ACCOUNT_OBJECTS", NULL}};
    static const struct refuser refusers[] = {
        {arm_bytes, lift_limits, reasons[0]},
        {arm_account_bytes, lift_limits, reasons[1]},
        {arm_objects, lift_limits, reasons[2]},
        {arm_account_objects, lift_limits, reasons[3]},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        bool creates = scenarios[i].code == HD_OP_CREATE;

        for (size_t k = 0; k < sizeof refusers / sizeof refusers[0]; k++) {
            long n = 0;
            bool refused;

            do {
                open_on(&f, HD_ALLOCATOR_POOL);
                hd_collector_set_enabled(f.heap->collector, false);
                refused = refused_at(&f, &scenarios[i], &refusers[k], n);
                assert_true(refused || n > 0 || k == 0 || !creates);
                assert_true(n < 1000);
                n++;
            } while (refused);
        }
    }
}

/* What gives back is carried out at the limit, and far below. */
static void what_gives_back_is_never_refused_for_a_limit(void **state)
{
    static const enum hd_op_code giving[] = {
        HD_OP_RELEASE,      HD_OP_DEL_ITEM,    HD_OP_POP,           HD_OP_REMOVE,
        HD_OP_CLEAR,        HD_OP_DISCARD,     HD_OP_DEL_ATTR,      HD_OP_DELETE,
        HD_OP_RETURN,       HD_OP_COLLECT,     HD_OP_CONFIGURE,     HD_OP_BATCH_BEGIN,
        HD_OP_FREEZE,       HD_OP_SESSION_END, HD_OP_BATCH_END,     HD_OP_TRIM,
        HD_OP_RECEIVE,      HD_OP_ACKNOWLEDGE, HD_OP_REDRIVE,       HD_OP_EXPIRE,
        HD_OP_DELETE_QUEUE, HD_OP_SET_DEBUG,   HD_OP_CLEAR_GARBAGE, HD_OP_SET_MODE,
    };
    struct fixture f;
    struct state s;
    unsigned tried = 0;

    (void)state;
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        for (size_t k = 0; k < sizeof giving / sizeof giving[0]; k++) {
            if (scenarios[i].code == giving[k]) {
                struct hd_op *op;

                open_on(&f, HD_ALLOCATOR_POOL);
                prepare(&f, &scenarios[i], &s);
                op = begin_tried(&f, &scenarios[i], &s);
                arm_bytes(&f, 0);
                f.heap->quota.heap.limit.objects = 1;
                assert_int_equal(carry_out(&f, op), HD_OK);
                lift_limits(&f);
                finish_all(&f, &scenarios[i]);
                tried++;
            }
        }
    }
    assert_true(tried >= 31);
}

static void every_operation_is_tried(void **state)
{
    (void)state;
    for (int code = 0; code < HD_OP_COUNT; code++) {
        bool tried = false;

        for (size_t i = 0; i < SCENARIO_COUNT; i++) {
            tried = tried || (int)scenarios[i].code == code;
        }
        assert_true(tried);
    }
}

/* The system gives no pages: to the pools, to the slot tables. */
static void without_the_system_nothing_changes(void **state)
{
    struct fixture f;
    struct fake_os os;
    const struct hd_heap_world world = {&os.iface, &f.memory.iface, &f.clock.iface};

    (void)state;
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        bool refused = true;

        for (long n = 0; refused; n++) {
            struct state s;
            uint64_t before;
            struct hd_op *op;

            fixture_options(&f);
            f.options.memory.reserve_bytes = (size_t)16 << 20;
            fake_os_init(&os, FAKE_OS_NEVER);
            assert_int_equal(hd_heap_new(&f.options, &world, &f.heap), HD_OK);
            assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
            assert_int_equal(hd_heap_open_session(f.heap, &f.other, NULL), HD_OK);
            prepare(&f, &scenarios[i], &s);
            before = heap_digest(f.heap);
            op = begin_tried(&f, &scenarios[i], &s);
            fake_os_rearm(&os, n, true);
            refused = carry_out(&f, op) != HD_OK;
            fake_os_rearm(&os, FAKE_OS_NEVER, false);
            if (refused) {
                assert_string_equal(hd_reason_name(op->error.reason), "LIMIT_MEMORY");
                assert_int_equal(before, heap_digest(f.heap));
                assert_sound(&f);
            }
            if (refused && scenarios[i].code == HD_OP_SESSION_END) {
                fail();
            }
            finish_all(&f, &scenarios[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_tried),
        cmocka_unit_test(without_memory_nothing_changes),
        cmocka_unit_test(without_the_system_nothing_changes),
        cmocka_unit_test(every_limit_refuses_and_nothing_changes),
        cmocka_unit_test(what_gives_back_is_never_refused_for_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
