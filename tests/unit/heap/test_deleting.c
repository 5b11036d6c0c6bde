/* SPDX-License-Identifier: MIT */
/* test_deleting.c: a slice with a step is deleted in slices: what is left is copied, nobody
 * sees it before it is complete, and it takes the place of all. */
#include "unit/heap/copying_fixture.h"

#include "object/big_list.h"
#include "object/draft.h"
#include "object/internal.h"

#define SLICE 256
#define WIDE  70000
#define MANY  10 /* lists that are in it: one at the front, the others in turn */

/* del list[start::step] */
static struct hd_op *fill(struct hd_op *op, uint64_t list, int64_t start, int64_t step)
{
    op->in.item.container = by_id(list);
    op->in.item.at.at = HD_AT_SLICE;
    op->in.item.at.slice = (struct hd_slice){.has_start = true, .start = start, .step = step};
    return op;
}

static void start(struct fixture *f, struct hd_op *op, uint64_t list, int64_t step)
{
    hd_op_init(op, HD_OP_DEL_ITEM, f->other);
    fill(op, list, 0, step);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
}

static void go_on_in(struct fixture *f, uint32_t units)
{
    while (hd_heap_work(f->heap, units)) {
    }
}

/* Which nothing else has, afterwards. */
static uint64_t wide_list(struct fixture *f)
{
    static uint64_t items[WIDE];
    uint64_t list;

    for (unsigned i = 0; i < WIDE; i++) {
        items[i] = i < MANY ? new_list(f) : items[1 + i % (MANY - 1)];
    }
    list = new_of(f, HD_KIND_LIST, items, WIDE);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(release(f, items[i]), HD_OK);
    }
    return list;
}

static void the_same_is_left(void **state)
{
    static const struct {
        int64_t start;
        int64_t step;
        bool slices;
    } cases[] = {{0, 2, true},
                 {1, 2, true},
                 {0, 3, true},
                 {3, 1000, true},
                 {-1, -2, true},
                 {-5, -7, true},
                 {0, WIDE - 1, true},
                 {0, WIDE, false},
                 {WIDE - 65536, 2, false},
                 {WIDE - 65538, 2, true},
                 {2000, 1, false}};

    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t list;
        uint64_t same;

        open_with(&f, 100);
        list = wide_list(&f);
        same = wide_list(&f);
        hd_op_init(&op, HD_OP_DEL_ITEM, f.other);
        (void)hd_heap_do(f.heap, fill(&op, list, cases[i].start, cases[i].step));
        assert_int_equal(length(&f, list) == WIDE, cases[i].slices);
        go_on_in(&f, 10000);
        assert_int_equal(op.error.status, HD_OK);
        (void)fill(begin(&f, HD_OP_DEL_ITEM), same, cases[i].start, cases[i].step);
        finish_at_once(&f);
        assert_int_equal(length(&f, list), length(&f, same));
        for (uint32_t n = 0; n < MANY; n++) {
            uint32_t left = hd_seq_item(f.heap->objects, slot_of(&f, list), n);
            uint32_t left_too = hd_seq_item(f.heap->objects, slot_of(&f, same), n);

            assert_int_equal(hd_slot_at(hd_objects_slots(f.heap->objects), left)->count,
                             hd_slot_at(hd_objects_slots(f.heap->objects), left_too)->count);
        }
        fixture_down(&f);
    }
}

/* All of it, and what is appended later. */
static void nothing_is_seen_before_the_end(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t bytes;
    unsigned slices = 0;

    (void)state;
    open_with(&f, 100);
    list = wide_list(&f);
    bytes = hd_objects_body_bytes(f.heap->objects);
    start(&f, &op, list, 2);
    for (; hd_copying_draft(&op) != NULL; slices++) {
        assert_int_equal(length(&f, list), WIDE);
        (void)hd_heap_work(f.heap, 100);
    }
    assert_in_range(slices, WIDE / 400 - 2, WIDE / 400 + 2);
    assert_int_equal(length(&f, list), WIDE / 2);
    assert_sound(&f); /* the others are still to go */
    assert_true(hd_session_is_busy(f.other));
    assert_int_equal(append(&f, list, list), HD_OK);
    go_on_in(&f, 10000);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, list), WIDE / 2 + 1);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), MANY);
    assert_true(hd_objects_body_bytes(f.heap->objects) < bytes * 2 / 3);
    assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
    fixture_down(&f);
}

static void a_change_makes_it_begin_again(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    char sentence[128];

    (void)state;
    for (unsigned changes = 1; changes < 4; changes++) {
        open_with(&f, 100);
        list = wide_list(&f);
        start(&f, &op, list, 2);
        for (unsigned i = 0; i < changes; i++) {
            while (hd_copying_draft(&op)->top == 0 ||
                   hd_draft_length(f.heap->objects, hd_copying_draft(&op)) == 0) {
                assert_true(hd_heap_work(f.heap, 100));
            }
            assert_int_equal(append(&f, list, list), HD_OK);
            assert_true(hd_heap_work(f.heap, 1));
        }
        go_on_in(&f, 10000);
        if (changes < 3) {
            assert_int_equal(op.error.status, HD_OK);
            assert_int_equal(length(&f, list), (WIDE + changes) / 2);
        } else {
            assert_int_equal(op.error.status, HD_ABORTED);
            (void)snprintf(sentence, sizeof sentence,
                           "object %" PRIu64 " changed 3 times while its items were deleted",
                           list);
            assert_string_equal(op.error.text, sentence);
            assert_int_equal(length(&f, list), WIDE + changes);
        }
        f.heap->options.slice_units = 1u << 20;
        assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
        fixture_down(&f);
    }
}

/* What is left then goes at once. */
static void it_may_be_short_when_it_begins_again(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;

    (void)state;
    open_with(&f, 100);
    list = wide_list(&f);
    start(&f, &op, list, 2);
    (void)fill(begin(&f, HD_OP_DEL_ITEM), list, 3, 1);
    f.heap->options.slice_units = 1u << 20;
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    f.heap->options.slice_units = 100;
    assert_int_equal(length(&f, list), 3);
    go_on_in(&f, 100);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, list), 1);
    fixture_down(&f);
}

static void the_list_may_go_meanwhile(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;

    (void)state;
    open_with(&f, 100);
    list = wide_list(&f);
    start(&f, &op, list, 2);
    assert_true(hd_heap_work(f.heap, 100));
    assert_int_equal(release(&f, list), HD_OK);
    go_on_in(&f, 100);
    assert_int_equal(op.error.status, HD_NOT_FOUND);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), 0);
    fixture_down(&f);
}

static void leave_room(struct fixture *f, uint64_t bytes)
{
    f->heap->quota.heap.limit.bytes = 1;
    f->heap->quota.reserve_from = f->heap->quota.heap.used.bytes - (2u << 20) + bytes;
}

/* It helps those that have too much: at a limit it is done in one piece, if that takes less.
 * Whether the room is gone when it begins, or when it begins again. */
static void without_room_it_is_done_at_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t list;

        open_with(&f, 100);
        list = wide_list(&f);
        hd_op_init(&op, HD_OP_DEL_ITEM, f.other);
        (void)fill(&op, list, 0, 100);
        if (i == 1) {
            assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
            assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), list), HD_OK);
            while (hd_copying_draft(&op)->top != 0) {
                assert_true(hd_heap_work(f.heap, 1));
            }
        }
        leave_room(&f, 100000);
        if (i == 0) {
            (void)hd_heap_do(f.heap, &op);
        } else {
            (void)hd_heap_work(f.heap, 1000);
        }
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, list), WIDE - WIDE / 100);
        go_on_in(&f, 10000);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, list), WIDE - WIDE / 100);
        f.heap->quota.heap.limit.bytes = HD_UNLIMITED;
        fixture_down(&f);
    }
}

/* A full collection is marking when the list loses them, and is busy with another one: it comes
 * to the list then, and is over when the one at the front has still to be released. */
static void a_collection_knows_what_it_gave_up(void **state)
{
    static const int64_t others[] = {100000, 300000, 1000000};

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        uint64_t list;
        uint32_t left = 0;

        open_with(&f, 100);
        list = new_list(&f);
        (void)list_of(&f, list, others[i]);
        list = wide_list(&f);
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        assert_int_equal(hd_heap_do(f.heap, &full), HD_MORE);
        start(&f, &op, list, 2);
        while (hd_session_is_busy(f.session)) {
            assert_true(hd_heap_work(f.heap, 2 * SLICE)); /* half of it for each */
            left = hd_copying_draft(&op) == NULL ? op.cascade.top : 0;
        }
        assert_int_equal(left != 0, i == 2);
        assert_sound(&f);
        assert_int_equal(full.out.collect.collected, 0);
        go_on_in(&f, 10000);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, list), WIDE / 2);
        assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), MANY + 2);
        f.heap->options.slice_units = 1u << 21;
        fixture_down(&f);
    }
}

/* It has changed for who reads it. */
static void a_copy_of_it_begins_again(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t list;

    (void)state;
    open_with(&f, 100);
    list = wide_list(&f);
    start(&f, &op, list, 2);
    while (hd_draft_length(f.heap->objects, hd_copying_draft(&op)) < WIDE / 4) {
        assert_true(hd_heap_work(f.heap, 100));
    }
    part = (struct hd_copy_part){.source = by_id(list)};
    begin(&f, HD_OP_COPY);
    f.op.in.copy.parts = &part;
    f.op.in.copy.count = 1;
    f.op.in.copy.hold = true;
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_MORE);
    go_on_in(&f, 100);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(f.op.error.status, HD_OK);
    assert_int_equal(length(&f, list), WIDE / 2);
    assert_same_items(&f, f.op.out.id, list);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_left),
        cmocka_unit_test(nothing_is_seen_before_the_end),
        cmocka_unit_test(a_change_makes_it_begin_again),
        cmocka_unit_test(it_may_be_short_when_it_begins_again),
        cmocka_unit_test(the_list_may_go_meanwhile),
        cmocka_unit_test(without_room_it_is_done_at_once),
        cmocka_unit_test(a_collection_knows_what_it_gave_up),
        cmocka_unit_test(a_copy_of_it_begins_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
