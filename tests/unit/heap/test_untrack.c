/* SPDX-License-Identifier: MIT */
/* Wide tuples and dicts are found inert in pieces, and what CPython untracks is untracked. */
#include "unit/heap/budget_fixture.h"

#define WIDE 1000000u
#define KEYS 20000u
#define LOOK (WIDE / 16 / SLICE) /* slices that one look at a wide tuple takes */

static bool is_tracked(struct fixture *f, uint64_t id)
{
    return hd_inspect_is_tracked(f->heap, slot_of(f, id));
}

static void a_wide_tuple_of_atoms_is_untracked_in_slices(void **state)
{
    struct fixture f;
    uint64_t item;
    uint64_t wide;

    (void)state;
    open_roomy(&f);
    item = new_int(&f, 1000);
    wide = new_wide(&f, HD_KIND_TUPLE, item, WIDE);
    assert_true(is_tracked(&f, wide));
    /* the marker looks at it as well */
    assert_in_range(collect_in_slices(&f, 0), 2 * LOOK - LOOK / 8, 2 * LOOK + LOOK / 8);
    assert_false(is_tracked(&f, wide));
    assert_true(collect_in_slices(&f, 2) < LOOK / 8);
    fixture_down(&f);
}

static void a_wide_tuple_of_tuples_follows_them(void **state)
{
    struct fixture f;
    uint64_t list;
    uint64_t inner[2];
    uint64_t wide[2];

    (void)state;
    open_roomy(&f);
    list = new_int(&f, 1000);
    inner[0] = new_of(&f, HD_KIND_TUPLE, &list, 1);
    list = new_list(&f);
    inner[1] = new_of(&f, HD_KIND_TUPLE, &list, 1);
    for (int i = 0; i < 2; i++) {
        wide[i] = new_wide(&f, HD_KIND_TUPLE, inner[i], WIDE);
    }
    (void)collect_in_slices(&f, 2);
    assert_false(is_tracked(&f, wide[0]));
    assert_true(is_tracked(&f, wide[1]));
    fixture_down(&f);
}

/* One list among the last is enough: nobody looks at the others again. */
static void a_look_ends_with_the_first_that_is_tracked(void **state)
{
    struct fixture f;
    uint64_t *items = calloc(WIDE, sizeof *items);
    uint64_t wide;

    (void)state;
    assert_non_null(items);
    open_roomy(&f);
    for (unsigned i = 0; i < WIDE; i++) {
        items[i] = i == 0 ? new_int(&f, 1000) : items[0];
    }
    items[WIDE / 2] = new_list(&f);
    wide = new_of(&f, HD_KIND_TUPLE, items, WIDE);
    assert_in_range(collect_in_slices(&f, 2), LOOK - LOOK / 8, LOOK + LOOK / 8);
    assert_true(is_tracked(&f, wide));
    free(items);
    fixture_down(&f);
}

/* Tracked, and of nothing but numbers; *ret_last is its last key. */
static uint64_t wide_dict(struct fixture *f, uint64_t *ret_last)
{
    uint64_t list = new_list(f);
    uint64_t dict = new_dict(f);

    for (unsigned i = 0; i < KEYS; i++) {
        *ret_last = new_int(f, i);
        assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(*ret_last), list), HD_OK);
        assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(*ret_last), *ret_last),
                         HD_OK);
    }
    assert_true(is_tracked(f, dict));
    return dict;
}

static void a_wide_dict_of_atoms_is_untracked(void **state)
{
    struct fixture f;
    uint64_t last;
    uint64_t dict;

    (void)state;
    open_roomy(&f);
    dict = wide_dict(&f, &last);
    (void)collect_in_slices(&f, 1);
    assert_true(is_tracked(&f, dict)); /* in full collections only */
    (void)collect_in_slices(&f, 2);
    assert_false(is_tracked(&f, dict));
    fixture_down(&f);
}

/* A full collection goes on until it has looked at a piece of this. */
static void stop_in_the_look_at(struct fixture *f, struct hd_op *op, uint64_t id)
{
    const struct hd_inert_look *look = &f->heap->collector->full.inert;

    start_collect(f, op);
    do {
        assert_true(hd_heap_work(f->heap, 1));
    } while (look->reader.slot != slot_of(f, id) || look->end == UINT32_MAX);
    assert_true(look->end > 0);
}

static void end_collection(struct fixture *f)
{
    while (hd_heap_work(f->heap, 1)) {
    }
}

static void a_dict_that_changes_meanwhile_stays_tracked(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t last;
    uint64_t dict;
    uint64_t list;

    (void)state;
    open_roomy(&f);
    dict = wide_dict(&f, &last);
    list = new_list(&f);
    stop_in_the_look_at(&f, &op, dict);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(last), list), HD_OK);
    end_collection(&f);
    assert_true(is_tracked(&f, dict));
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(last), last), HD_OK);
    (void)collect_in_slices(&f, 2);
    assert_false(is_tracked(&f, dict));
    fixture_down(&f);
}

/* Its slot is another one's when the look goes on. */
static void one_that_dies_meanwhile_is_left_alone(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t item;
    uint64_t wide;
    uint64_t list;
    uint32_t slot;

    (void)state;
    open_roomy(&f);
    item = new_int(&f, 1000);
    wide = new_wide(&f, HD_KIND_TUPLE, item, 3 * HD_PIECE);
    slot = slot_of(&f, wide);
    stop_in_the_look_at(&f, &op, wide);
    f.heap->options.slice_units = 10 * HD_PIECE; /* it dies at once */
    assert_int_equal(release(&f, wide), HD_OK);
    list = new_list(&f);
    assert_int_equal(slot_of(&f, list), slot);
    end_collection(&f);
    assert_true(is_tracked(&f, list));
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_tuple_of_atoms_is_untracked_in_slices),
        cmocka_unit_test(a_wide_tuple_of_tuples_follows_them),
        cmocka_unit_test(a_look_ends_with_the_first_that_is_tracked),
        cmocka_unit_test(a_wide_dict_of_atoms_is_untracked),
        cmocka_unit_test(a_dict_that_changes_meanwhile_stays_tracked),
        cmocka_unit_test(one_that_dies_meanwhile_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
