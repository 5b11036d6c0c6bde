/* SPDX-License-Identifier: MIT */
/* test_clear.c: big containers are emptied: at once for who looks, and in bounded steps. */
#include "unit/heap/fixture.h"

#include "heap/internal.h"

#define MANY 20000 /* of either kind: more than one block */

/* Of so many ints beyond the cache that nothing else holds. */
static uint64_t filled(struct fixture *f, enum hd_kind kind, uint64_t *ids)
{
    uint64_t made;

    for (size_t i = 0; i < MANY; i++) {
        ids[i] = new_int(f, (int64_t)i + 1000);
    }
    if (kind != HD_KIND_DICT) {
        made = new_of(f, kind, ids, MANY);
    } else {
        begin(f, HD_OP_CREATE)->in.create.object.kind = kind;
        f->op.in.create.object.pairs.keys = ids_of(ids, MANY);
        f->op.in.create.object.pairs.values = ids_of(ids, MANY);
        made = created(f);
    }
    begin(f, HD_OP_RELEASE)->in.hold.objects = ids_of(ids, MANY);
    assert_int_equal(finish(f), HD_OK);
    return made;
}

static void a_big_container_is_cleared_in_slices(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_SET, HD_KIND_DICT};
    uint64_t *ids = test_calloc(MANY, sizeof *ids);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t id;
        uint64_t living;

        fixture_options(&f);
        f.options.slice_units = 100;
        fixture_open(&f);
        id = filled(&f, kinds[i], ids);
        hd_op_init(&op, HD_OP_CLEAR, f.other);
        op.in.item.container = by_id(id);
        assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
        assert_int_equal(length(&f, id), 0);
        living = hd_objects_count(f.heap->objects, HD_KIND_INT);
        assert_in_range(living, MANY - 100, MANY);
        assert_sound(&f);
        while (hd_heap_work(f.heap, 100)) {
            uint64_t now = hd_objects_count(f.heap->objects, HD_KIND_INT);

            assert_true(now >= living - 100 || living < 100);
            living = now;
        }
        assert_true(hd_objects_count(f.heap->objects, HD_KIND_INT) <= 1);
        fixture_down(&f);
    }
    test_free(ids);
}

/* Whatever holes there are, the last one goes. */
static void a_big_set_is_popped_empty_from_its_end(void **state)
{
    uint64_t *ids = test_calloc(MANY, sizeof *ids);
    struct fixture f;
    uint64_t set;

    (void)state;
    fixture_up(&f);
    set = filled(&f, HD_KIND_SET, ids);
    for (size_t i = 0; i < MANY; i++) {
        if (i < MANY / 2 || i % 3 != 0) {
            assert_int_equal(item_op(&f, HD_OP_DISCARD, set, ids[i]), HD_OK);
        }
    }
    for (size_t i = MANY; i-- > MANY / 2;) {
        if (i % 3 == 0) {
            begin(&f, HD_OP_POP)->in.item.container = by_id(set);
            f.op.in.item.hold = true;
            assert_int_equal(created(&f), ids[i]);
            assert_int_equal(release(&f, ids[i]), HD_OK);
        }
    }
    assert_int_equal(length(&f, set), 0);
    test_free(ids);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_big_container_is_cleared_in_slices),
        cmocka_unit_test(a_big_set_is_popped_empty_from_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
