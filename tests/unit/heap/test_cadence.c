/* SPDX-License-Identifier: MIT */
/* When automatic collection runs, through the door, against CPython's rules written down
 * a second time: 701st net allocation, every 12th trigger, the quarter rule. */
#include "fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(automatic_collections_come_when_cpythons_would),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
