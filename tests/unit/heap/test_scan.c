/* SPDX-License-Identifier: MIT */
/* test_scan.c: GetObjects, GetReferrers and GetReferents: what is in their pages. */
#include "unit/heap/scan_fixture.h"

static void do_nothing_but(struct fixture *f, enum hd_op_code code)
{
    (void)begin(f, code);
    assert_int_equal(finish(f), HD_OK);
}

static void survivors_move_from_generation_to_generation(void **state)
{
    struct page page = all();
    struct fixture f;
    uint64_t list;
    uint64_t tuple;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    tuple = new_of(&f, HD_KIND_TUPLE, (uint64_t[]){new_float(&f, 1)}, 1);
    for (int64_t generation = 0; generation < 3; generation++) {
        for (int64_t g = 0; g < 3; g++) {
            objects_of(&f, &page, g, 0);
            assert_int_equal(has(&page, list), g == generation);
            assert_int_equal(page.op.out.ids.cursor, 0);
        }
        objects_of(&f, &page, -1, 0);
        assert_true(has(&page, list));
        assert_int_equal(has(&page, tuple), generation == 0); /* it goes untracked */
        collect_one(&f, generation);
    }
    do_nothing_but(&f, HD_OP_FREEZE);
    objects_of(&f, &page, -1, 0);
    assert_int_equal(page.op.out.ids.count, 0);
    do_nothing_but(&f, HD_OP_UNFREEZE);
    objects_of(&f, &page, 2, 0);
    assert_true(has(&page, list));
    fixture_down(&f);
}

static void a_generation_there_is_not_is_refused_in_pythons_words(void **state)
{
    struct page page = all();
    struct fixture f;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    op = begin_page(&f, &page, HD_OP_GET_OBJECTS, 0, 0);
    op->in.ids.has_generation = true;
    op->in.ids.generation = 3;
    assert_int_equal(carry_out(&f, op), HD_INVALID_ARGUMENT);
    assert_string_equal(
        op->error.text,
        "generation parameter must be less than the number of available generations (3)");
    op->in.ids.generation = -1000;
    assert_int_equal(carry_out(&f, op), HD_INVALID_ARGUMENT);
    assert_string_equal(op->error.text, "generation parameter cannot be negative");
    assert_int_equal(op->error.reason, HD_REASON_PY_VALUE_ERROR);
    fixture_down(&f);
}

static void pages_follow_each_other(void **state)
{
    struct fixture f;
    uint64_t lists[20];
    uint64_t item;

    (void)state;
    fixture_up(&f);
    item = new_float(&f, 1);
    for (int i = 0; i < 20; i++) {
        lists[i] = new_of(&f, HD_KIND_LIST, &item, 1);
    }
    for (size_t max = 1; max < 23; max++) {
        for (int code = HD_OP_GET_OBJECTS; code <= HD_OP_GET_REFERRERS; code++) {
            struct page page = {.max = max};
            uint64_t cursor = 0;
            size_t n = 0;

            do {
                struct hd_op *op = begin_page(&f, &page, (enum hd_op_code)code, item, cursor);

                assert_int_equal(carry_out(&f, op), HD_OK);
                assert_true(op->out.ids.count <= max);
                for (size_t i = 0; i < op->out.ids.count; i++) {
                    assert_int_equal(page.ids[i], lists[n++]);
                }
                cursor = op->out.ids.cursor;
            } while (cursor != 0);
            assert_int_equal(n, 20);
        }
    }
    {
        struct page page = all();

        objects_of(&f, &page, -1, UINT64_MAX); /* a cursor none was given */
        assert_int_equal(page.op.out.ids.count, 0);
        assert_int_equal(page.op.out.ids.cursor, 0);
    }
    fixture_down(&f);
}

static void referrers_are_tracked_containers_each_once(void **state)
{
    struct page page = all();
    struct fixture f;
    uint64_t item;
    uint64_t twice[2];
    uint64_t list;
    uint64_t dict;
    uint64_t instance;
    uint64_t tuple;
    uint64_t set;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    item = new_float(&f, 1);
    twice[0] = item;
    twice[1] = item;
    list = new_of(&f, HD_KIND_LIST, twice, 2);
    set = new_of(&f, HD_KIND_SET, twice, 1);
    tuple = new_of(&f, HD_KIND_TUPLE, twice, 2);
    dict = new_dict(&f);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(item), list), HD_OK);
    instance = new_instance(&f, "Node");
    op = begin(&f, HD_OP_SET_ATTR);
    op->in.attr.object = by_id(instance);
    op->in.attr.name = text_of("x");
    op->in.attr.value = by_id(item);
    assert_int_equal(finish(&f), HD_OK);
    referrers_of(&f, &page, item);
    assert_int_equal(page.op.out.ids.count, 5);
    assert_true(has(&page, list) && has(&page, set) && has(&page, tuple) && has(&page, dict) &&
                has(&page, instance));
    (void)collect(&f);
    referrers_of(&f, &page, item); /* an untracked tuple is not found, as in CPython */
    assert_int_equal(page.op.out.ids.count, 4);
    assert_false(has(&page, tuple));
    do_nothing_but(&f, HD_OP_FREEZE);
    referrers_of(&f, &page, item);
    assert_int_equal(page.op.out.ids.count, 0);
    referrers_of(&f, &page, list);
    assert_int_equal(page.op.out.ids.count, 0);
    fixture_down(&f);
}

static void referents_come_in_pages(void **state)
{
    struct fixture f;
    uint64_t items[10];
    uint64_t dict;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    dict = new_dict(&f);
    for (int i = 0; i < 10; i++) {
        items[i] = new_float(&f, i);
        assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(items[i]), items[0]), HD_OK);
    }
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, dict, at_key(items[4]), 0), HD_OK);
    list = new_of(&f, HD_KIND_LIST, items, 10);
    for (size_t max = 1; max < 20; max++) {
        uint64_t cursor = 0;
        uint64_t got[IDS];
        size_t n = 0;

        do {
            n += hd_inspect_referents(f.heap, slot_of(&f, list), &cursor, max, got + n);
        } while (cursor != 0);
        assert_int_equal(n, 10);
        assert_memory_equal(got, items, sizeof items);
        n = 0;
        do {
            n += hd_inspect_referents(f.heap, slot_of(&f, dict), &cursor, max, got + n);
        } while (cursor != 0);
        assert_int_equal(n, 18);
        for (size_t i = 0; i < 9; i++) {
            assert_int_equal(got[2 * i], items[i < 4 ? i : i + 1]);
            assert_int_equal(got[2 * i + 1], items[0]);
        }
    }
    {
        uint64_t beyond = UINT64_MAX;
        uint64_t got[1];

        assert_int_equal(hd_inspect_referents(f.heap, slot_of(&f, list), &beyond, 1, got), 0);
        assert_int_equal(beyond, 0);
        assert_int_equal(hd_inspect_referents(f.heap, slot_of(&f, items[1]), &beyond, 1, got),
                         0);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survivors_move_from_generation_to_generation),
        cmocka_unit_test(a_generation_there_is_not_is_refused_in_pythons_words),
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(referrers_are_tracked_containers_each_once),
        cmocka_unit_test(referents_come_in_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
