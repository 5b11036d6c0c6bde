/* SPDX-License-Identifier: MIT */
/* The cadence to the object: python.md, "Counters and triggers". */
#include "lib/testlib.h"

#include "collector/policy.h"

struct cadence {
    struct hd_collector_state state;
    uint64_t count0;
    uint64_t allocated;
    uint64_t runs[3];
};

/* One surviving allocation; true if a collection of this generation followed. */
static int allocate(struct cadence *c)
{
    int due;

    c->count0++;
    c->allocated++;
    due = hd_policy_due(&c->state, c->count0);
    if (due >= 0) {
        hd_policy_begin(&c->state, (unsigned)due);
        c->count0 = 0;
        hd_policy_survivors(&c->state, (unsigned)due, due == 1 ? 701 * 12 : 0);
        c->runs[due]++;
    }
    return due;
}

static void generation_0_is_owed_at_the_701st_allocation(void **state)
{
    struct cadence c = {0};

    (void)state;
    hd_policy_init(&c.state);
    while (allocate(&c) < 0) {
    }
    assert_int_equal(c.allocated, 701);
    assert_int_equal(c.runs[0], 1);
}

static void every_12th_trigger_is_of_generation_1(void **state)
{
    struct cadence c = {0};

    (void)state;
    hd_policy_init(&c.state);
    while (allocate(&c) != 1) {
    }
    assert_int_equal(c.runs[0], 11);
    assert_int_equal(c.allocated, 12 * 701);
}

static void a_full_one_comes_after_93233_allocations(void **state)
{
    struct cadence c = {0};

    (void)state;
    hd_policy_init(&c.state);
    while (allocate(&c) != 2) {
    }
    assert_int_equal(c.allocated, 93233);
    assert_int_equal(c.runs[0], 121);
    assert_int_equal(c.runs[1], 11);
}

static void a_full_one_waits_for_a_quarter(void **state)
{
    struct cadence c = {0};

    (void)state;
    hd_policy_init(&c.state);
    c.state.long_lived_total = 4 * 93233;
    while (c.allocated < 93233) {
        assert_int_not_equal(allocate(&c), 2);
    }
    assert_int_equal(c.runs[2], 0);
}

static void threshold_0_and_disable_turn_it_off(void **state)
{
    struct hd_collector_state s;

    (void)state;
    hd_policy_init(&s);
    assert_int_equal(hd_policy_due(&s, 700), -1);
    assert_int_equal(hd_policy_due(&s, 701), 0);
    s.enabled = false;
    assert_int_equal(hd_policy_due(&s, 701), -1);
    s.enabled = true;
    s.thresholds[0] = 0;
    assert_int_equal(hd_policy_due(&s, 1000000), -1);
}

static uint64_t below(uint64_t *seed, uint64_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (*seed >> 33) % n;
}

static int due(const struct hd_collector_state *s, const struct hd_growth *g)
{
    int classic = hd_policy_due(s, g->young);

    return classic >= 0 ? classic : hd_policy_due_incremental(s, g);
}

/* Whatever is made, and dies, within the room: nothing is due. */
static void nothing_is_due_while_there_is_room(void **state)
{
    uint64_t seed = 1;
    unsigned tight = 0;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        struct hd_collector_state s;
        struct hd_growth g = {.young = below(&seed, 702),
                              .old = below(&seed, 200000),
                              .made = below(&seed, 200000),
                              .died = below(&seed, 50000),
                              .bytes = below(&seed, 64u << 20)};
        struct hd_growth later;
        struct hd_room room;

        hd_policy_init(&s);
        s.long_lived_total = below(&seed, 200000);
        s.counts[1] = (uint32_t)below(&seed, 11);
        s.counts[2] = (uint32_t)below(&seed, 12);
        g.bytes_after_full = below(&seed, 64u << 20);
        g.bytes_at_last = below(&seed, 64u << 20);
        if (due(&s, &g) >= 0) {
            continue;
        }
        room = hd_policy_room(&s, &g);
        later = g;
        later.young += room.made;
        later.made += room.made;
        later.died += below(&seed, 2) * below(&seed, 1000);
        later.bytes = room.bytes - 1;
        assert_int_equal(due(&s, &later), -1);
        later.young++;
        later.made++;
        tight += due(&s, &later) >= 0;
        later.bytes++;
        assert_true(due(&s, &later) >= 0);
    }
    assert_true(tight > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generation_0_is_owed_at_the_701st_allocation),
        cmocka_unit_test(every_12th_trigger_is_of_generation_1),
        cmocka_unit_test(a_full_one_comes_after_93233_allocations),
        cmocka_unit_test(a_full_one_waits_for_a_quarter),
        cmocka_unit_test(threshold_0_and_disable_turn_it_off),
        cmocka_unit_test(nothing_is_due_while_there_is_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
