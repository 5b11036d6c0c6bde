/* SPDX-License-Identifier: MIT */
/* How and when collections run is a setting of the heap, which can change at any time. */
#include "unit/heap/death_fixture.h"

struct wanted {
    uint32_t mode;
    uint32_t growth_percent;
    uint64_t floor_bytes;
    uint64_t young_bytes;
};

static enum hd_status set_mode(struct fixture *f, struct wanted wanted)
{
    struct hd_op *op = begin(f, HD_OP_SET_MODE);

    op->in.mode.mode = wanted.mode;
    op->in.mode.growth_percent = wanted.growth_percent;
    op->in.mode.floor_bytes = wanted.floor_bytes;
    op->in.mode.young_bytes = wanted.young_bytes;
    return finish(f);
}

static void assert_mode(struct fixture *f, struct wanted wanted)
{
    struct hd_collector_info info;

    hd_inspect_collector(f->heap, &info);
    assert_int_equal(info.mode, wanted.mode);
    assert_int_equal(info.pace.growth_percent, wanted.growth_percent);
    assert_int_equal(info.pace.floor_bytes, wanted.floor_bytes);
    assert_int_equal(info.pace.young_bytes, wanted.young_bytes);
}

static void what_is_not_given_stays(void **state)
{
    struct fixture f;

    (void)state;
    fixture_up(&f);
    assert_mode(&f, (struct wanted){HD_COLLECTOR_INCREMENTAL, 50, 8 << 20, 4 << 20});
    assert_int_equal(set_mode(&f, (struct wanted){.growth_percent = 100}), HD_OK);
    assert_int_equal(set_mode(&f, (struct wanted){.mode = HD_COLLECTOR_CLASSIC}), HD_OK);
    assert_int_equal(set_mode(&f, (struct wanted){.floor_bytes = 1 << 20}), HD_OK);
    assert_int_equal(set_mode(&f, (struct wanted){.young_bytes = 1 << 19}), HD_OK);
    assert_mode(&f, (struct wanted){HD_COLLECTOR_CLASSIC, 100, 1 << 20, 1 << 19});
    fixture_down(&f);
}

static void what_is_out_of_range_is_refused(void **state)
{
    static const struct {
        struct wanted wanted;
        const char *sentence;
    } rows[] = {
        {{.mode = 3}, "mode 3 of the collector is not 1 or 2"},
        {{.mode = 1, .growth_percent = 10001}, "growth_percent 10001 is more than 10000"},
        {{.mode = 1, .floor_bytes = 65535},
         "floor_bytes 65535 is not between 65536 and 1099511627776"},
        {{.mode = 1, .young_bytes = UINT64_C(1) << 41},
         "young_bytes 2199023255552 is not between 65536 and 1099511627776"},
    };
    struct fixture f;

    (void)state;
    fixture_up(&f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(set_mode(&f, rows[i].wanted), HD_INVALID_ARGUMENT);
        assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, rows[i].sentence);
    }
    assert_mode(&f, (struct wanted){HD_COLLECTOR_INCREMENTAL, 50, 8 << 20, 4 << 20});
    fixture_down(&f);
}

/* A collection in progress comes up to its commit at once. */
static void the_mode_changes_while_a_collection_runs(void **state)
{
    struct hd_op collecting;
    struct fixture f;
    uint64_t loop;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 200; i++) {
        (void)new_loop(&f);
    }
    loop = new_loop(&f);
    assert_int_equal(release(&f, loop), HD_OK);
    f.heap->options.slice_units = 1;
    hd_op_init(&collecting, HD_OP_COLLECT, f.other);
    collecting.in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f.heap, &collecting), HD_MORE);
    assert_int_not_equal(
        hd_slots_resolve(hd_objects_slots(f.heap->objects), loop, &(uint32_t){0}, NULL),
        HD_NOT_FOUND);
    begin(&f, HD_OP_SET_MODE)->in.mode.mode = HD_COLLECTOR_CLASSIC;
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    (void)hd_heap_work(f.heap, 1);
    assert_false(is_alive(&f, loop));
    work_soundly(&f);
    assert_int_equal(collecting.out.collect.collected, 1);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_given_stays),
        cmocka_unit_test(what_is_out_of_range_is_refused),
        cmocka_unit_test(the_mode_changes_while_a_collection_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
