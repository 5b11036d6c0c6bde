/* SPDX-License-Identifier: MIT */
/* When automatic collection runs, through the door, against CPython's rules written down
 * a second time: 701st net allocation, every 12th trigger, the quarter rule. */
#include "fixture.h"
#include "heap/internal.h"

struct model {
    uint64_t count[3];
    uint64_t runs[3];
    uint64_t members[3];
    uint64_t pending;
    uint64_t total;
};

/* One more object that lives for ever. */
static void model_allocate(struct model *m)
{
    int g = 0;

    m->count[0]++;
    m->members[0]++;
    if (m->count[0] <= 700) {
        return;
    }
    if (m->count[2] > 10 && m->pending >= m->total / 4) {
        g = 2;
    } else if (m->count[1] > 10) {
        g = 1;
    }
    m->runs[g]++;
    for (int i = 0; i <= g; i++) {
        m->count[i] = 0;
    }
    if (g < 2) {
        m->count[g + 1]++;
        for (int i = 0; i <= g; i++) {
            m->members[g + 1] += m->members[i];
        }
        m->pending += g == 1 ? m->members[0] + m->members[1] : 0;
        m->members[0] = 0;
        m->members[1] = g == 1 ? 0 : m->members[1];
    } else {
        m->members[2] += m->members[0] + m->members[1];
        m->members[0] = 0;
        m->members[1] = 0;
        m->pending = 0;
        m->total = m->members[2];
    }
}

static void automatic_collections_come_when_cpythons_would(void **state)
{
    enum { OBJECTS = 300000 };
    static uint64_t ids[OBJECTS];
    struct fixture f;
    struct model m = {{0}, {0}, {0}, 0, 0};
    struct hd_collector_info info;

    (void)state;
    fixture_options(&f);
    f.options.max_slots = 2 * OBJECTS;
    f.options.mode = HD_COLLECTOR_CLASSIC;
    fixture_open(&f);
    for (int i = 0; i < OBJECTS; i++) {
        ids[i] = new_list(&f);
        model_allocate(&m);
        while (hd_heap_work(f.heap, 1000)) {
        }
        if (i % 701 < 2 || i % 9973 == 0) {
            hd_inspect_collector(f.heap, &info);
            for (int g = 0; g < 3; g++) {
                assert_int_equal(info.generations[g].collections, m.runs[g]);
                assert_int_equal(info.generations[g].objects, m.members[g]);
                assert_int_equal(info.counts[g], m.count[g]);
            }
        }
    }
    assert_true(m.runs[2] >= 2);
    for (int i = 0; i < OBJECTS; i++) {
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    fixture_down(&f);
}

static int due(struct fixture *f)
{
    return hd_collector_due(f->heap->collector);
}

static void make_lists(struct fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)new_list(f);
    }
}

static uint64_t new_large(struct fixture *f, size_t size)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);
    static const char zeros[1 << 20];

    op->in.create.object.kind = HD_KIND_BYTES;
    op->in.create.object.bytes = (struct hd_bytes){zeros, size};
    return created(f);
}

/* Nothing was due, and was not going to be for a while, before the setting was another one. */
static void a_setting_counts_at_once(void **state)
{
    static const uint32_t never[] = {1u << 30, 1u << 30, 1u << 30};
    static const uint32_t low[] = {100, 1u << 30, 1u << 30};
    static const uint32_t middle[] = {1u << 30, 0, 1u << 30};
    struct hd_collector *collector;
    struct hd_collector_pace pace;
    struct fixture f;

    (void)state;
    fixture_up(&f);
    collector = f.heap->collector;
    pace = hd_collector_state(collector)->pace;
    hd_collector_set_enabled(collector, false);
    make_lists(&f, 800);
    assert_int_equal(due(&f), -1);
    hd_collector_set_enabled(collector, true);
    assert_int_equal(due(&f), 0);
    hd_collector_set_thresholds(collector, never);
    assert_int_equal(due(&f), -1);
    hd_collector_set_thresholds(collector, low);
    assert_int_equal(due(&f), 0);
    hd_collector_set_thresholds(collector, never);
    assert_int_equal(due(&f), -1);
    pace.young_bytes = 1;
    hd_collector_set_pace(collector, &pace);
    assert_int_equal(due(&f), 1);
    pace.young_bytes = 1u << 30;
    hd_collector_set_pace(collector, &pace);
    assert_int_equal(due(&f), -1);
    begin(&f, HD_OP_COLLECT)->in.collect.generation = 0;
    assert_int_equal(finish(&f), HD_OK);
    hd_collector_set_thresholds(collector, middle);
    hd_collector_set_mode(collector, HD_COLLECTOR_CLASSIC);
    assert_int_equal(due(&f), -1);
    hd_collector_set_mode(collector, HD_COLLECTOR_INCREMENTAL);
    assert_int_equal(due(&f), 1);
    fixture_down(&f);
}

/* The young are heavy from what the last collection left on. */
static void a_collection_counts_at_once(void **state)
{
    enum { MB = 1 << 20 };
    const struct hd_collector_stats *stats;
    uint64_t collections;
    uint64_t before[3];
    struct fixture f;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 3; i++) {
        before[i] = new_large(&f, MB);
    }
    (void)collect(&f);
    assert_int_equal(due(&f), -1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(release(&f, before[i]), HD_OK);
    }
    (void)collect(&f);
    stats = &hd_collector_state(f.heap->collector)->stats[1];
    collections = stats->collections;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(stats->collections, collections);
        (void)new_large(&f, MB);
    }
    assert_int_equal(stats->collections, collections + 1);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(automatic_collections_come_when_cpythons_would),
        cmocka_unit_test(a_setting_counts_at_once),
        cmocka_unit_test(a_collection_counts_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
