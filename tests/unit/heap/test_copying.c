/* SPDX-License-Identifier: MIT */
/* test_copying.c: Copy in slices: what comes out, what is seen meanwhile, and what becomes of
 * what was made if it does not come to its end. */
#include "unit/heap/copying_fixture.h"

static void fill(struct hd_op *op, const struct hd_copy_part *parts, size_t count,
                 enum hd_kind kind, int64_t repeat)
{
    op->in.copy.parts = parts;
    op->in.copy.count = count;
    op->in.copy.kind = kind;
    op->in.copy.repeat = repeat;
    op->in.copy.hold = true;
}

static struct hd_copy_part all_of(uint64_t id)
{
    return (struct hd_copy_part){.source = by_id(id)};
}

/* Begins a copy of the other session, so that this one goes on meanwhile. */
static void start(struct fixture *f, struct hd_op *op, const struct hd_copy_part *part,
                  enum hd_kind kind)
{
    hd_op_init(op, HD_OP_COPY, f->other);
    fill(op, part, 1, kind, 0);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
}

/* Beside the same copy made in one piece. */
static void try_copy(struct fixture *f, const struct hd_copy_part *parts, enum hd_kind kind,
                     int64_t repeat)
{
    uint32_t units = f->heap->options.slice_units;
    uint64_t ids[2];

    for (unsigned i = 0; i < 2; i++) {
        f->heap->options.slice_units = i == 0 ? units : 1000000;
        fill(begin(f, HD_OP_COPY), parts, 2, kind, repeat);
        ids[i] = created(f);
        assert_sound(f);
    }
    f->heap->options.slice_units = units;
    assert_int_equal(refcount(f, ids[0]), refcount(f, ids[1]));
    assert_same_items(f, ids[0], ids[1]);
    assert_int_equal(hd_inspect_is_tracked(f->heap, slot_of(f, ids[0])),
                     hd_inspect_is_tracked(f->heap, slot_of(f, ids[1])));
}

static void slices_of_any_size_copy_the_same(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_TUPLE, HD_KIND_SET,
                                         HD_KIND_FROZENSET, HD_KIND_DICT};
    static const int64_t steps[] = {1, -1, 3, -7};
    const uint32_t sizes[] = {1, 2, 3, 50};

    (void)state;
    for (size_t i = 0; i < 4 * 5 * 4; i++) {
        struct fixture f;
        struct hd_copy_part parts[2];

        open_with(&f, sizes[i % 4]);
        parts[0] = all_of(source_of(&f, kinds[i / 4 % 5], LONG));
        parts[1] = (struct hd_copy_part){
            by_id(source_of(&f, kinds[i / 4 % 2], LONG - 3)), true, {.step = steps[i / 20]}};
        if (kinds[i / 4 % 5] == HD_KIND_DICT || kinds[i / 4 % 5] == HD_KIND_SET) {
            uint64_t key = hd_slots_id(
                hd_objects_slots(f.heap->objects),
                hd_table_key(f.heap->objects, slot_of(&f, parts[0].source.id), LONG / 2));

            assert_int_equal(
                kinds[i / 4 % 5] == HD_KIND_DICT
                    ? place_op(&f, HD_OP_DEL_ITEM, parts[0].source.id, at_key(key), 0)
                    : item_op(&f, HD_OP_DISCARD, parts[0].source.id, key),
                HD_OK); /* a hole */
        }
        try_copy(&f, parts, HD_KIND_LIST, 0);
        try_copy(&f, parts, HD_KIND_TUPLE, 3);
        fixture_down(&f);
    }
}

/* Leaves, and more than one of them. */
static void a_copy_may_be_a_big_list(void **state)
{
    struct fixture f;
    struct hd_copy_part parts[2];

    (void)state;
    open_with(&f, 100);
    parts[0] = all_of(source_of(&f, HD_KIND_LIST, LONG));
    parts[1] = parts[0];
    try_copy(&f, parts, HD_KIND_LIST, 1000000 / LONG / 2);
    try_copy(&f, parts, HD_KIND_TUPLE, 1000000 / LONG / 2);
    fixture_down(&f);
}

static void others_are_served_and_see_nothing(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint64_t item;
    uint32_t before;
    unsigned slices = 0;

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        open_with(&f, 1);
        source = source_of(&f, i == 0 ? HD_KIND_LIST : HD_KIND_DICT, LONG);
        part = all_of(source);
        item = new_float(&f, 0.5);
        before = refcount(&f, source);
        start(&f, &op, &part, i == 0 ? HD_KIND_TUPLE : HD_KIND_LIST);
        part.source.id = 0; /* that was the request's */
        for (slices = 0; hd_heap_work(f.heap, 1); slices++) {
            uint64_t hidden = hd_slots_id(
                hd_objects_slots(f.heap->objects),
                hd_copying_draft(&op) == NULL ? HD_ATOM_BASE + 1 : hd_copying_draft(&op)->top);

            assert_int_equal(op.out.id, 0);
            assert_int_equal(refcount(&f, source), before);
            assert_int_equal(is_alive(&f, hidden), hd_copying_draft(&op) == NULL);
            assert_int_equal(hold(&f, item), HD_OK);
            assert_sound(&f);
        }
        assert_in_range(slices, LONG / 4 - 2, LONG / 4 + 2);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(length(&f, op.out.id), LONG);
        assert_int_equal(refcount(&f, op.out.id), 1);
        fixture_down(&f);
    }
}

/* Whenever it changes. */
static void a_change_makes_it_begin_again(void **state)
{
    (void)state;
    for (unsigned at = 0; at < LONG / 4 - 1; at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start(&f, &op, &part, at % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        for (unsigned i = 0; i < at; i++) {
            assert_true(hd_heap_work(f.heap, 1));
        }
        f.heap->options.slice_units = 1000; /* nothing of this is left to do */
        assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(0), 0), HD_OK);
        assert_int_equal(append(&f, list, list), HD_OK);
        assert_int_equal(append(&f, list, new_list(&f)), HD_OK);
        f.heap->options.slice_units = 1;
        assert_true(hd_session_is_busy(f.other));
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_same_items(&f, op.out.id, list);
        fixture_down(&f);
    }
}

/* What is left is less than a slice, or nothing. */
static void it_may_be_short_when_it_begins_again(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start(&f, &op, &part, i % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        f.heap->options.slice_units = 1000; /* nothing of this is left to do */
        assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
        if (i < 2) {
            assert_int_equal(append(&f, list, new_list(&f)), HD_OK);
        }
        f.heap->options.slice_units = 1;
        assert_true(hd_session_is_busy(f.other));
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_same_items(&f, op.out.id, list);
        fixture_down(&f);
    }
}

static void the_third_change_is_the_last(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t list;
    uint64_t item;
    uint64_t bytes;
    char sentence[128];

    (void)state;
    open_with(&f, 1);
    list = source_of(&f, HD_KIND_LIST, LONG);
    item = new_list(&f);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), item), HD_OK);
    part = all_of(list);
    bytes = hd_objects_body_bytes(f.heap->objects);
    start(&f, &op, &part, HD_KIND_LIST);
    for (unsigned n = 0; n < 3; n++) {
        while (hd_copying_draft(&op)->top == 0 || refcount(&f, item) != 3) {
            assert_true(hd_heap_work(f.heap, 1));
            assert_sound(&f);
        }
        assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), item), HD_OK);
        (void)hd_heap_work(f.heap, 1);
    }
    go_on(&f);
    assert_int_equal(op.error.status, HD_ABORTED);
    assert_int_equal(op.error.reason, HD_REASON_CHANGED);
    (void)snprintf(sentence, sizeof sentence,
                   "object %" PRIu64 " changed 3 times while it was copied", list);
    assert_string_equal(op.error.text, sentence);
    assert_int_equal(op.out.id, 0);
    assert_int_equal(refcount(&f, item), 2);
    assert_int_equal(hd_objects_body_bytes(f.heap->objects), bytes);
    fixture_down(&f);
}

/* By release, or with the session that held it; its slot is another one's then. */
static void a_source_may_go_meanwhile(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4 * LONG / 8; i++) {
        struct fixture f;
        struct hd_op op;
        struct hd_copy_part part;

        open_with(&f, 1);
        part = all_of(source_of(&f, i % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE, LONG));
        start(&f, &op, &part, i % 2 == 0 && i % 4 == 0 ? HD_KIND_TUPLE : HD_KIND_LIST);
        for (unsigned n = 0; n < i / 4; n++) {
            assert_true(hd_heap_work(f.heap, 1));
        }
        if (i % 3 == 0) {
            end_session(&f, f.session);
            assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
        } else {
            assert_int_equal(release(&f, part.source.id), HD_OK);
        }
        (void)new_list(&f);
        go_on(&f);
        assert_int_equal(op.error.status, HD_NOT_FOUND);
        assert_int_equal(op.error.reason, HD_REASON_STALE_ID);
        assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), 1);
        assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_TUPLE), 0);
        fixture_down(&f);
    }
}

/* A full collection begins when so much of it is made, and is in any state when it is complete:
 * what it refers to lives by it alone then. */
static void a_collection_knows_what_it_has(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 2 * (LONG / 4 - 1); at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start(&f, &op, &part, at % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE);
        for (unsigned i = 0; i < at / 2; i++) {
            assert_true(hd_heap_work(f.heap, 1));
        }
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        if (hd_heap_do(f.heap, &full) == HD_MORE) {
            while (hd_session_is_busy(f.other)) {
                (void)hd_heap_work(f.heap, 1);
                assert_sound(&f);
            }
            go_on(&f);
        }
        go_on(&f);
        assert_int_equal(op.error.status, HD_OK);
        assert_int_equal(full.out.collect.collected, 0);
        assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
        assert_int_equal(collect(&f), 0);
        for (uint32_t i = 0; i < LONG; i++) {
            uint32_t item = hd_seq_item(f.heap->objects, slot_of(&f, op.out.id), i);

            assert_true(hd_slots_is_alive(hd_objects_slots(f.heap->objects), item));
        }
        assert_sound(&f);
        fixture_down(&f);
    }
}

/* Marking has passed the source and is not over when the items lose it. */
static void marking_goes_on_when_the_source_is_emptied(void **state)
{
    (void)state;
    for (unsigned at = 0; at < 40; at++) {
        struct fixture f;
        struct hd_op op;
        struct hd_op full;
        struct hd_copy_part part;
        uint64_t list;

        open_with(&f, 1);
        list = source_of(&f, HD_KIND_LIST, LONG);
        (void)source_of(&f, HD_KIND_LIST, LONG);
        part = all_of(list);
        start(&f, &op, &part, HD_KIND_LIST);
        hd_op_init(&full, HD_OP_COLLECT, f.session);
        full.in.collect.generation = 2;
        for (unsigned i = 0; i < at && hd_session_is_busy(f.other); i++) {
            (void)hd_heap_work(f.heap, 1);
        }
        (void)hd_heap_do(f.heap, &full);
        while (hd_session_is_busy(f.other)) {
            (void)hd_heap_work(f.heap, 1);
        }
        assert_int_equal(op.error.status, HD_OK);
        hd_op_init(&f.op, HD_OP_CLEAR, f.other);
        f.op.in.item.container = by_id(list);
        assert_int_equal(carry_out(&f, &f.op), HD_OK);
        go_on(&f);
        assert_int_equal(length(&f, op.out.id), LONG);
        assert_sound(&f);
        fixture_down(&f);
    }
}

static void it_may_be_refused_at_its_end(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint64_t lists;
    struct hd_slot *last;
    uint32_t count;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    f.options.limits.holds = 1000;
    fixture_open(&f);
    source = source_of(&f, HD_KIND_LIST, LONG);
    lists = hd_objects_count(f.heap->objects, HD_KIND_LIST);
    part = all_of(source);
    f.heap->options.limits.holds = 0;
    start(&f, &op, &part, HD_KIND_LIST);
    go_on(&f);
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_HOLDS);
    assert_int_equal(op.out.id, 0);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_LIST), lists);
    f.heap->options.limits.holds = 1000;

    last = hd_slot_at(hd_objects_slots(f.heap->objects),
                      hd_seq_item(f.heap->objects, slot_of(&f, source), LONG - 1));
    count = last->count;
    last->count = HD_COUNT_MAX;
    start(&f, &op, &part, HD_KIND_TUPLE);
    while (hd_heap_work(f.heap, 1)) {
    }
    assert_int_equal(op.error.reason, HD_REASON_LIMIT_REFCOUNT);
    assert_int_equal(last->count, HD_COUNT_MAX);
    last->count = count;
    assert_sound(&f);
    assert_int_equal(hd_objects_count(f.heap->objects, HD_KIND_TUPLE), 0);
    fixture_down(&f);
}

/* A slot whose draft was given up gives another id, and one whose draft was not gives its own.
 */
static void an_id_is_given_once(void **state)
{
    struct fixture f;
    struct hd_op op;
    struct hd_copy_part part;
    uint64_t source;
    uint32_t slot;
    uint64_t hidden;

    (void)state;
    open_with(&f, 1);
    source = source_of(&f, HD_KIND_LIST, LONG);
    part = all_of(source);
    start(&f, &op, &part, HD_KIND_LIST);
    slot = hd_copying_draft(&op)->top;
    hidden = hd_slots_id(hd_objects_slots(f.heap->objects), slot);
    go_on(&f);
    assert_int_equal(op.out.id, hidden);
    part = all_of(op.out.id);
    start(&f, &op, &part, HD_KIND_LIST);
    slot = hd_copying_draft(&op)->top;
    hidden = hd_slots_id(hd_objects_slots(f.heap->objects), slot);
    assert_int_equal(append(&f, part.source.id, source), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_not_equal(op.out.id, hidden);
    assert_false(is_alive(&f, hidden));
    assert_int_equal(hd_objects_slots(f.heap->objects)->containers.retired, 0);
    fixture_down(&f);
}

static void a_batch_copies_in_one_piece(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_copy_part part;

    (void)state;
    open_with(&f, 1);
    part = all_of(source_of(&f, HD_KIND_LIST, LONG));
    for (unsigned i = 0; i < 2; i++) {
        begin(&f, HD_OP_BATCH_BEGIN)->in.batch.atomic = i == 1;
        assert_int_equal(finish(&f), HD_OK);
        batch = f.op.batch;
        fill(begin(&f, HD_OP_COPY), &part, 1, HD_KIND_LIST, 0);
        f.op.batch = batch;
        assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
        assert_int_equal(length(&f, f.op.out.id), LONG);
        begin(&f, HD_OP_BATCH_END)->batch = batch;
        assert_int_equal(finish(&f), HD_OK);
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_of_any_size_copy_the_same),
        cmocka_unit_test(a_copy_may_be_a_big_list),
        cmocka_unit_test(others_are_served_and_see_nothing),
        cmocka_unit_test(a_change_makes_it_begin_again),
        cmocka_unit_test(it_may_be_short_when_it_begins_again),
        cmocka_unit_test(the_third_change_is_the_last),
        cmocka_unit_test(a_source_may_go_meanwhile),
        cmocka_unit_test(a_collection_knows_what_it_has),
        cmocka_unit_test(marking_goes_on_when_the_source_is_emptied),
        cmocka_unit_test(it_may_be_refused_at_its_end),
        cmocka_unit_test(an_id_is_given_once),
        cmocka_unit_test(a_batch_copies_in_one_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
