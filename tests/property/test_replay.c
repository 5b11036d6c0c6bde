/* SPDX-License-Identifier: MIT */
/* test_replay.c: runs of random operations, with slices of random size between them, are
 * recorded as they pass the door, and repeated on another heap: every answer, every event and
 * the heap must be the same [contract §9.6].  And the same operations, each worked off before
 * the next, in slices of other sizes: the same answers, and the same heap in the end. */
#include "unit/heap/death_fixture.h"

#include "lib/heap_digest.h"
#include "lib/random.h"

#define COMMANDS 6000
#define RUNS     4
#define KNOWN    48

enum kind {
    CREATE,
    REFER,
    RELEASE,
    HOLD,
    BIND,
    UNBIND,
    WEAKREF,
    DEREF,
    FINALIZER,
    RECEIVE,
    ACKNOWLEDGE,
    EXPIRE,
    REDRIVE,
    COLLECT,
    FREEZE,
    UNFREEZE,
    DEBUG,
    CLEAR_GARBAGE,
    CALL,
    RETURN,
    CLEAR,
    TRIM,
    END_SESSION,
    MODE,
    WORK,
    KINDS
};

struct command {
    enum kind kind;
    unsigned session;
    uint64_t a;
    uint64_t b;
    uint32_t n;
};

struct record {
    struct command command;
    uint64_t answers; /* a hash of all there were until then */
};

struct world {
    struct fixture f;
    struct hd_session *sessions[2];
    struct hd_op ops[2];
    uint64_t answers;
    uint64_t last_id;
    struct told told;
    struct hd_event_reader reader;
    struct random rng;
    uint64_t ids[KNOWN];
    uint64_t deliveries[KNOWN];
    bool alone; /* each is worked off before the next, in slices of so many units */
    uint32_t units;
    uint64_t spent; /* units of slices */
};

static const char *const names[] = {"a", "b", "c", "d"};

static void mix(struct world *w, uint64_t value)
{
    w->answers = (w->answers ^ value) * UINT64_C(1099511628211);
    w->answers ^= w->answers >> 29;
}

static void mix_events(struct world *w)
{
    struct hd_event event;

    while (hd_events_next(hd_heap_events(w->f.heap), &w->reader, &event)) {
        assert_int_not_equal(event.kind, HD_EVENT_OVERFLOW);
        mix(w, event.kind);
        mix(w, event.session);
        mix(w, event.object);
        mix(w, event.count);
        mix(w, event.candidates);
        mix(w, event.generation);
        mix(w, event.bytes);
        mix(w, event.duration_ns);
        mix(w, event.sequence);
    }
}

static void on_finished(struct hd_op *op, void *ctx)
{
    struct world *w = ctx;

    mix(w, op->error.status);
    if (op->code == HD_OP_COLLECT) {
        mix(w, op->out.collect.collected);
        mix(w, op->out.collect.candidates);
    }
}

/* The operation of a session, carried out; its answer. */
static void act(struct world *w, const struct command *command, struct hd_op *op)
{
    op->finished = on_finished;
    op->ctx = w;
    if (hd_heap_do(w->f.heap, op) == HD_MORE) {
        if (!w->alone) {
            mix(w, HD_MORE);
        }
        while (w->alone && hd_heap_work(w->f.heap, w->units)) {
        }
        return;
    }
    on_finished(op, w);
    if (command->kind == CREATE || command->kind == WEAKREF || command->kind == DEREF) {
        w->last_id = op->out.id;
        mix(w, op->out.id);
    }
}

static void fill_create(const struct command *command, struct hd_op *op)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_INSTANCE, HD_KIND_DICT,
                                         HD_KIND_STR, HD_KIND_FLOAT};

    op->in.create.object.kind = kinds[command->n % 5];
    if (command->n % 5 == 1) {
        op->in.create.object.instance.class_name = text_of("Node");
    } else if (command->n % 5 == 3) {
        op->in.create.object.bytes = text_of("a text of some length");
    } else if (command->n % 5 == 4) {
        op->in.create.object.real = 1.5;
    }
}

static const enum hd_op_code codes[KINDS] = {
    [CREATE] = HD_OP_CREATE,
    [REFER] = HD_OP_APPEND,
    [RELEASE] = HD_OP_RELEASE,
    [HOLD] = HD_OP_HOLD,
    [BIND] = HD_OP_BIND,
    [UNBIND] = HD_OP_DELETE,
    [WEAKREF] = HD_OP_NEW_WEAKREF,
    [DEREF] = HD_OP_DEREF,
    [FINALIZER] = HD_OP_SET_FINALIZER,
    [RECEIVE] = HD_OP_RECEIVE,
    [ACKNOWLEDGE] = HD_OP_ACKNOWLEDGE,
    [EXPIRE] = HD_OP_EXPIRE,
    [REDRIVE] = HD_OP_REDRIVE,
    [COLLECT] = HD_OP_COLLECT,
    [FREEZE] = HD_OP_FREEZE,
    [UNFREEZE] = HD_OP_UNFREEZE,
    [DEBUG] = HD_OP_SET_DEBUG,
    [CLEAR_GARBAGE] = HD_OP_CLEAR_GARBAGE,
    [CALL] = HD_OP_CALL,
    [RETURN] = HD_OP_RETURN,
    [CLEAR] = HD_OP_CLEAR,
    [TRIM] = HD_OP_TRIM,
    [END_SESSION] = HD_OP_SESSION_END,
};

static void fill(struct world *w, const struct command *command, struct hd_op *op)
{
    switch (command->kind) {
    case CREATE:
        fill_create(command, op);
        return;
    case REFER:
        if (command->n % 3 == 0) {
            op->code = HD_OP_SET_ATTR;
            op->in.attr.object = by_id(command->a);
            op->in.attr.name = text_of(names[command->n % 4]);
            op->in.attr.value = by_id(command->b);
            return;
        }
        op->in.item.container = by_id(command->a);
        op->in.item.item = by_id(command->b);
        return;
    case RELEASE:
    case HOLD:
        op->in.hold.objects = ids_of(&command->a, 1);
        return;
    case BIND:
    case UNBIND:
        op->in.name.name = text_of(names[command->n % 4]);
        op->in.name.scope = command->n % 2 == 0 ? HD_SCOPE_HEAP : HD_SCOPE_FRAME;
        op->in.name.object = by_id(command->a);
        return;
    case WEAKREF:
    case FINALIZER:
        op->in.finalizer.object = by_id(command->a);
        op->in.finalizer.queue = text_of(command->n % 4 == 0 ? "" : "q");
        op->in.finalizer.hold = true;
        return;
    case DEREF:
        op->in.item.item = by_id(command->a);
        return;
    case RECEIVE:
        op->in.receive.queue = text_of("q");
        op->in.receive.max = command->n % 5 + 1;
        op->in.receive.ret_deliveries = w->told.of;
        return;
    case ACKNOWLEDGE:
        op->in.deliveries.ids = &command->a;
        op->in.deliveries.count = 1;
        return;
    case EXPIRE:
        op->session = NULL;
        op->in.expire.units = command->n % 8 + 1;
        fake_clock_advance(&w->f.clock, MILLISECOND * (command->n % 30));
        return;
    case REDRIVE:
        op->in.deliveries.queue = text_of("q");
        return;
    case COLLECT:
        op->in.collect.generation = command->n % 3;
        return;
    case DEBUG:
        op->in.debug.flags = command->n % 6 == 0 ? HD_GC_DEBUG_SAVEALL : 0;
        return;
    case CALL:
        op->in.call.function = text_of("f");
        return;
    case RETURN:
        op->in.item.item = by_id(command->a);
        return;
    case CLEAR:
        op->in.item.container = by_id(command->a);
        return;
    case TRIM:
        op->session = NULL;
        op->in.trim.units = command->n % 50 + 1;
        return;
    default:
        return;
    }
}

static void end_it(struct world *w, const struct command *command, struct hd_op *op)
{
    unsigned at = command->session;

    act(w, command, op);
    while (hd_heap_work(w->f.heap, w->alone ? w->units : command->n % 9 + 1)) {
    }
    assert_int_equal(hd_heap_open_session(w->f.heap, &w->sessions[at], NULL), HD_OK);
}

static void execute(struct world *w, const struct command *command)
{
    struct hd_op aside;
    bool has_own = command->kind != RECEIVE && command->kind != EXPIRE && command->kind != TRIM;
    struct hd_op *op = has_own ? &w->ops[command->session] : &aside;

    w->last_id = 0;
    if (command->kind == WORK) {
        w->spent += command->n;
        mix(w, hd_heap_work(w->f.heap, command->n));
    } else if (command->kind == MODE) {
        hd_collector_set_mode(w->f.heap->collector, command->n % 2 == 0
                                                        ? HD_COLLECTOR_CLASSIC
                                                        : HD_COLLECTOR_INCREMENTAL);
    } else {
        hd_op_init(op, codes[command->kind], w->sessions[command->session]);
        fill(w, command, op);
        if (command->kind == END_SESSION) {
            end_it(w, command, op);
        } else {
            act(w, command, op);
        }
        if (command->kind == RECEIVE) {
            w->told.count = op->error.status == HD_OK ? op->out.count : 0;
            for (size_t i = 0; i < w->told.count; i++) {
                mix(w, w->told.of[i].delivery);
                mix(w, w->told.of[i].object);
            }
        }
    }
    if (!w->alone) {
        mix_events(w);
    }
}

static uint64_t known(struct world *w)
{
    return w->ids[random_below(&w->rng, KNOWN)];
}

/* What comes next, of what has been seen so far. */
static struct command choose(struct world *w)
{
    struct command c = {.session = (unsigned)random_below(&w->rng, 2),
                        .a = known(w),
                        .b = known(w),
                        .n = (uint32_t)random_below(&w->rng, 1000)};
    bool rare;

    c.kind = (enum kind)random_below(&w->rng, KINDS);
    rare = c.kind == END_SESSION || c.kind == MODE || c.kind == FREEZE || c.kind == DEBUG;
    if (rare && !random_chance(&w->rng, 5)) {
        c.kind = CREATE;
    }
    if (random_chance(&w->rng, 40)) {
        c.kind = random_chance(&w->rng, 40) ? CREATE : REFER;
    }
    if (c.kind == ACKNOWLEDGE) {
        c.a = w->deliveries[random_below(&w->rng, KNOWN)];
    }
    if (hd_session_is_busy(w->sessions[c.session])) {
        c.kind = WORK;
    }
    if (c.kind == WORK) {
        c.n = c.n % 40 + 1;
    }
    /* The mode is no operation of the door yet: it changes only where nothing is in progress.
     */
    if (c.kind == MODE && hd_heap_has_work(w->f.heap)) {
        c.kind = WORK;
    }
    return c;
}

static void remember(struct world *w)
{
    if (w->last_id != 0) {
        w->ids[random_below(&w->rng, KNOWN)] = w->last_id;
    }
    for (size_t i = 0; i < w->told.count; i++) {
        w->deliveries[random_below(&w->rng, KNOWN)] = w->told.of[i].delivery;
    }
    w->told.count = 0;
}

static void up(struct world *w, bool alone, enum hd_collector_mode mode)
{
    memset(w, 0, sizeof *w);
    fixture_options(&w->f);
    w->f.options.slice_units = 5;
    fixture_open(&w->f);
    w->sessions[0] = w->f.session;
    w->sessions[1] = w->f.other;
    w->alone = alone;
    w->units = 1000;
    hd_collector_set_mode(w->f.heap->collector, mode);
    assert_int_equal(set_queue(&w->f, "q", 20, 2, false), HD_OK);
    begin(&w->f, HD_OP_SET_THRESHOLD)->in.threshold.values = (const int64_t[]){40, 3, 3};
    w->f.op.in.threshold.count = 3;
    assert_int_equal(finish(&w->f), HD_OK);
    if (alone) {
        begin(&w->f, HD_OP_DISABLE);
        assert_int_equal(finish(&w->f), HD_OK);
    }
}

static void down(struct world *w)
{
    while (hd_heap_work(w->f.heap, 1000)) {
    }
    w->f.session = w->sessions[0];
    w->f.other = w->sessions[1];
    fixture_down(&w->f);
}

static struct record records[COMMANDS];

static uint64_t record_run(struct world *w, uint64_t seed)
{
    (void)random_init(&w->rng, seed);
    for (size_t i = 0; i < COMMANDS; i++) {
        records[i].command = choose(w);
        execute(w, &records[i].command);
        remember(w);
        records[i].answers = w->answers;
    }
    return heap_digest(w->f.heap);
}

static uint64_t replay(struct world *w)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        execute(w, &records[i].command);
        w->told.count = 0;
        if (records[i].answers != w->answers) {
            fail_msg("command %zu, of kind %d, has another answer", i, records[i].command.kind);
        }
    }
    return heap_digest(w->f.heap);
}

static void runs_repeat(enum hd_collector_mode mode)
{
    static struct world w;

    for (uint64_t run = 0; run < RUNS; run++) {
        uint64_t digest;
        uint64_t spent;

        up(&w, false, mode);
        digest = record_run(&w, 20261201 + run);
        spent = w.spent;
        assert_true(spent > 0);
        down(&w);
        up(&w, false, mode);
        assert_int_equal(replay(&w), digest);
        assert_int_equal(w.spent, spent);
        down(&w);
    }
}

static void runs_repeat_in_classic_mode(void **state)
{
    (void)state;
    runs_repeat(HD_COLLECTOR_CLASSIC);
}

static void runs_repeat_in_incremental_mode(void **state)
{
    (void)state;
    runs_repeat(HD_COLLECTOR_INCREMENTAL);
}

static void slices_of_other_sizes_give_the_same_answers(void **state)
{
    static const uint32_t sizes[] = {1, 3, 17};
    static struct world w;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t digest;

        up(&w, true, HD_COLLECTOR_INCREMENTAL);
        digest = record_run(&w, 20261211 + i);
        down(&w);
        up(&w, true, HD_COLLECTOR_INCREMENTAL);
        w.units = sizes[i];
        w.f.heap->options.slice_units = sizes[i];
        assert_int_equal(replay(&w), digest);
        down(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_repeat_in_classic_mode),
        cmocka_unit_test(runs_repeat_in_incremental_mode),
        cmocka_unit_test(slices_of_other_sizes_give_the_same_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
