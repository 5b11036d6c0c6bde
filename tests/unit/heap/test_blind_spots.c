/* SPDX-License-Identifier: MIT */
/* What CPython's schedule does not see, and mode incremental does (contract §5): counts and
 * bytes, with what CPython 3.11 comes to with the same load. */
#include "unit/heap/death_fixture.h"

#include "collector/collector.h"

#define KIB   UINT64_C(1024)
#define MIB   (KIB * KIB)
#define FLOOR (hd_collector_state(f.heap->collector)->pace.floor_bytes)

static uint64_t used_bytes(struct fixture *f)
{
    struct hd_heap_info info;

    hd_inspect_heap(f->heap, &info);
    return info.account.used.bytes;
}

static struct hd_collector_info collector_info(struct fixture *f)
{
    struct hd_collector_info info;

    hd_inspect_collector(f->heap, &info);
    return info;
}

static uint64_t instances(struct fixture *f)
{
    struct hd_heap_info info;

    hd_inspect_heap(f->heap, &info);
    return info.kinds[HD_KIND_INSTANCE];
}

static void open_roomy(struct fixture *f)
{
    fixture_options(f);
    f->options.max_slots = 1u << 20;
    f->options.memory.reserve_bytes = (size_t)512 << 20;
    f->options.limits.holds = 1u << 20;
    fixture_open(f);
}

static void collect_youngest(struct fixture *f)
{
    begin(f, HD_OP_COLLECT)->in.collect.generation = 0;
    assert_int_equal(finish(f), HD_OK);
}

/* A cycle with a payload, which lets go of nothing when its holder does. */
static uint64_t new_loaded(struct fixture *f, const char *payload, size_t size)
{
    uint64_t loop = new_loop(f);
    struct hd_op *op = begin(f, HD_OP_CREATE);
    uint64_t bytes;

    op->in.create.object.kind = HD_KIND_BYTES;
    op->in.create.object.bytes = (struct hd_bytes){payload, size};
    bytes = created(f);
    set_attr(f, loop, "payload", bytes);
    assert_int_equal(release(f, bytes), HD_OK);
    return loop;
}

/* F1.  CPython: all 5000 stay, for collect(0) sets the count back that would start the
 * collection of generation 1. */
static void collecting_the_youngest_starves_nobody(void **state)
{
    struct fixture f;
    uint64_t most = 0;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 5000; i++) {
        uint64_t loop = new_loop(&f);

        collect_youngest(&f);
        assert_int_equal(release(&f, loop), HD_OK);
        most = instances(&f) > most ? instances(&f) : most;
    }
    assert_true(most <= 150);
    fixture_down(&f);
}

/* While a full collection is in progress, and the next one is due already, the young are
 * collected when they are due, and no more often: once for 700, and those of generation 1
 * before they are too many to be collected at once. */
static void the_young_are_collected_when_due_beside_a_full_one(void **state)
{
    enum { OLD = 150000, MADE = 60000, THRESHOLD = 700 };
    const struct hd_collector_pace eager = {1, 1, 4 * MIB};
    struct fixture f;
    const struct hd_slots *slots;
    uint64_t before;
    uint64_t candidates;
    uint64_t most = 0;
    unsigned busy = 0;

    (void)state;
    open_roomy(&f);
    slots = hd_objects_slots_const(f.heap->objects);
    for (int i = 0; i < OLD; i++) {
        (void)new_list(&f);
    }
    hd_collector_set_pace(f.heap->collector, &eager);
    before = collector_info(&f).generations[0].collections;
    candidates = collector_info(&f).generations[1].candidates;
    for (int i = 0; i < MADE; i++) {
        busy += hd_collector_has_work(f.heap->collector);
        (void)new_list(&f);
        most = hd_slots_young(slots, 1) > most ? hd_slots_young(slots, 1) : most;
    }
    assert_true(busy > MADE / 2);
    assert_true(collector_info(&f).generations[0].collections - before <= MADE / THRESHOLD);
    assert_true(most <= 6 * THRESHOLD);
    assert_true(collector_info(&f).generations[1].candidates - candidates <= MADE + most);
    fixture_down(&f);
}

/* F2, lists that die by count when they have just become old.  CPython: 21 full collections,
 * which find nothing.  Here what died by count is a quarter of a reason for the next. */
static void deaths_by_count_are_not_pending(void **state)
{
    enum { BATCHES = 100, BATCH = 20000 };
    static uint64_t ids[BATCH];
    struct fixture f;

    (void)state;
    open_roomy(&f);
    for (int i = 0; i < BATCHES; i++) {
        for (int j = 0; j < BATCH; j++) {
            ids[j] = new_list(&f);
        }
        for (int j = 0; j < BATCH; j++) {
            assert_int_equal(release(&f, ids[j]), HD_OK);
        }
    }
    assert_true(collector_info(&f).generations[2].collections <= 10);
    fixture_down(&f);
}

/* F3.  CPython: 734 MB with 2000 of these, of which one lives, for bytes are not counted. */
static void payloads_of_dead_cycles_are_bounded(void **state)
{
    static char payload[MIB];
    struct fixture f;
    uint64_t most = 0;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 500; i++) {
        assert_int_equal(release(&f, new_loaded(&f, payload, sizeof payload)), HD_OK);
        most = used_bytes(&f) > most ? used_bytes(&f) : most;
    }
    assert_true(most <= FLOOR + 4 * MIB);
    fixture_down(&f);
}

/* F4.  CPython: never, if all that is made are cycles that do not live long. */
static void old_garbage_is_found_though_nothing_grows(void **state)
{
    enum { LIVE = 20000, DEAD = 2000, MOST = 200000 };
    static uint64_t dead[DEAD];
    struct fixture f;
    unsigned made = 0;

    (void)state;
    open_roomy(&f);
    for (int i = 0; i < LIVE; i++) {
        (void)new_list(&f);
    }
    for (int i = 0; i < DEAD; i++) {
        dead[i] = new_loop(&f);
    }
    (void)collect(&f);
    for (int i = 0; i < DEAD; i++) {
        assert_int_equal(release(&f, dead[i]), HD_OK);
    }
    assert_true(instances(&f) >= DEAD);
    while (instances(&f) >= DEAD && made < MOST) {
        assert_int_equal(release(&f, new_loop(&f)), HD_OK);
        made++;
    }
    assert_true(made < 93233 + LIVE);
    fixture_down(&f);
}

/* Nodes that live long enough to be old.  CPython: 210 MB for the 10 MB that live. */
static void a_queue_holds_twice_what_lives_and_the_floor(void **state)
{
    enum { LIVE = 1000, PAYLOAD = 10000, MADE = 60000 };
    static char payload[PAYLOAD];
    static uint64_t ids[LIVE];
    struct fixture f;
    uint64_t live = 0;
    uint64_t most = 0;

    (void)state;
    open_roomy(&f);
    for (int i = 0; i < MADE; i++) {
        if (i >= LIVE) {
            assert_int_equal(release(&f, ids[i % LIVE]), HD_OK);
        } else {
            live = used_bytes(&f);
        }
        ids[i % LIVE] = new_loaded(&f, payload, sizeof payload);
        most = used_bytes(&f) > most ? used_bytes(&f) : most;
    }
    assert_true(live >= (LIVE - 1) * (uint64_t)PAYLOAD);
    assert_true(most <= 2 * live + FLOOR);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collecting_the_youngest_starves_nobody),
        cmocka_unit_test(the_young_are_collected_when_due_beside_a_full_one),
        cmocka_unit_test(deaths_by_count_are_not_pending),
        cmocka_unit_test(payloads_of_dead_cycles_are_bounded),
        cmocka_unit_test(old_garbage_is_found_though_nothing_grows),
        cmocka_unit_test(a_queue_holds_twice_what_lives_and_the_floor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
