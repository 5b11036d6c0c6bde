/* SPDX-License-Identifier: MIT */
/* test_compare.c: Contains, Equals and Remove in slices, and what happens between these. */
#include "unit/heap/fixture.h"

#include "heap/internal.h"

#define LONG 400

static void open_with(struct fixture *f, uint32_t slice_units)
{
    fixture_options(f);
    f->options.slice_units = slice_units;
    fixture_open(f);
}

/* A list of so many floats, in heaps where nothing is shared. */
static uint64_t floats(struct fixture *f, enum hd_kind kind, size_t count, double first)
{
    uint64_t items[LONG];
    uint64_t made;

    for (size_t i = 0; i < count; i++) {
        items[i] = new_float(f, first + (double)i);
    }
    made = new_of(f, kind, items, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(release(f, items[i]), HD_OK);
    }
    return made;
}

/* {0.0: [0.0], 1.0: [1.0], ...}, with one value that differs if it is asked for. */
static uint64_t dict_of(struct fixture *f, size_t count, double differs)
{
    uint64_t dict = new_dict(f);

    for (size_t i = count; i-- > 0;) { /* in another order than the values say */
        uint64_t key = new_float(f, (double)(i * 7 % count));
        uint64_t value = floats(f, HD_KIND_LIST, 1,
                                (double)(i * 7 % count) + ((double)i == differs ? 0.5 : 0));

        assert_int_equal(place_op(f, HD_OP_SET_ITEM, dict, at_key(key), value), HD_OK);
        assert_int_equal(release(f, key), HD_OK);
        assert_int_equal(release(f, value), HD_OK);
    }
    return dict;
}

/* The same questions; the answers as bits. */
static unsigned ask_all(struct fixture *f)
{
    const double shapes[][2] = {{0, 0}, {0, 1}, {-1, 100}, {-1, -1}};
    unsigned answers = 0;

    for (size_t kind = 0; kind < 4; kind++) {
        static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_TUPLE, HD_KIND_SET,
                                             HD_KIND_DICT};
        uint64_t ids[2];

        for (size_t i = 0; i < 2; i++) {
            ids[i] = kinds[kind] == HD_KIND_DICT
                         ? dict_of(f, 200, shapes[kind][i])
                         : floats(f, kinds[kind], LONG, shapes[kind % 2][i]);
        }
        answers = answers << 1 | holds_true(f, HD_OP_EQUALS, ids[0], ids[1]);
        answers = answers << 1 | holds_true(f, HD_OP_EQUALS, ids[1], ids[0]);
        if (kinds[kind] != HD_KIND_DICT) {
            answers = answers << 1 | holds_true(f, HD_OP_CONTAINS, ids[1], new_float(f, LONG));
            answers = answers << 1 | holds_true(f, HD_OP_CONTAINS, ids[1], ids[1]);
        }
    }
    answers =
        answers << 1 | holds_true(f, HD_OP_EQUALS, dict_of(f, 200, -1), dict_of(f, 200, -1));
    answers = answers << 1 | holds_true(f, HD_OP_EQUALS, floats(f, HD_KIND_SET, LONG, 3),
                                        floats(f, HD_KIND_FROZENSET, LONG, 3));
    return answers;
}

static void slices_of_any_size_give_the_same_answers(void **state)
{
    const uint32_t sizes[] = {1, 2, 3, 7, 1000000};
    unsigned answers[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct fixture f;

        open_with(&f, sizes[i]);
        answers[i] = ask_all(&f);
        assert_int_equal(answers[i], answers[0]);
        fixture_down(&f);
    }
    assert_int_equal(answers[0], 0xC2CF); /* as CPython 3.11 says */
}

static uint64_t nested(struct fixture *f, unsigned depth)
{
    uint64_t id = new_float(f, 1);

    for (unsigned i = 0; i < depth; i++) {
        uint64_t outer = new_of(f, i % 2 == 0 ? HD_KIND_LIST : HD_KIND_TUPLE, &id, 1);

        assert_int_equal(release(f, id), HD_OK);
        id = outer;
    }
    return id;
}

static void depth_is_pythons_in_slices_too(void **state)
{
    const uint32_t sizes[] = {1, 1000000};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        uint64_t list;

        open_with(&f, sizes[i]);
        assert_true(holds_true(&f, HD_OP_EQUALS, nested(&f, 999), nested(&f, 999)));
        (void)item_op(&f, HD_OP_EQUALS, nested(&f, 1000), nested(&f, 1000));
        assert_refused(&f, HD_ABORTED, HD_REASON_PY_RECURSION_ERROR,
                       "maximum recursion depth exceeded in comparison");
        list = new_list(&f);
        assert_int_equal(append(&f, list, nested(&f, 999)), HD_OK);
        assert_true(holds_true(&f, HD_OP_CONTAINS, list, nested(&f, 999)));
        (void)item_op(&f, HD_OP_CONTAINS, list, nested(&f, 1001));
        assert_refused(&f, HD_OK, HD_REASON_NONE, NULL);
        fixture_down(&f);
    }
}

/* Begins a question of the other session, so that this one goes on meanwhile. */
static void start(struct fixture *f, struct hd_op *op, enum hd_op_code code, uint64_t left,
                  uint64_t right)
{
    hd_op_init(op, code, f->other);
    op->in.item.container = by_id(left);
    op->in.item.item = by_id(right);
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
}

static void go_on(struct fixture *f)
{
    while (hd_heap_work(f->heap, 3)) {
    }
}

static void others_are_served_and_a_removal_waits_for_its_turn(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t sought;
    uint64_t before;
    unsigned slices = 0;

    (void)state;
    open_with(&f, 4);
    list = floats(&f, HD_KIND_LIST, LONG, 0);
    sought = new_float(&f, LONG - 2);
    before = f.heap->changes;
    start(&f, &op, HD_OP_REMOVE, list, sought);
    assert_int_equal(f.heap->changes, before);
    while (hd_heap_work(f.heap, 1)) {
        assert_int_equal(length(&f, list), LONG - !op.searching);
        assert_int_equal(release(&f, new_float(&f, 1)), HD_OK);
        assert_sound(&f);
        slices++;
    }
    assert_in_range(slices, 20, 80);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(length(&f, list), LONG - 1);
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, list, at_index(LONG - 2), 0), HD_OK);
    start(&f, &op, HD_OP_REMOVE, list, sought);
    go_on(&f);
    assert_int_equal(op.error.reason, HD_REASON_PY_VALUE_ERROR);
    assert_string_equal(op.error.text, "list.remove(x): x not in list");
    assert_int_equal(length(&f, list), LONG - 1);
    fixture_down(&f);
}

static enum hd_status insert_first(struct fixture *f, uint64_t list, uint64_t item)
{
    struct hd_op *op = begin(f, HD_OP_INSERT);

    op->in.item.container = by_id(list);
    op->in.item.at = at_index(0);
    op->in.item.item = by_id(item);
    return finish(f);
}

/* What moves on is found where it is then; and what came is not missed. */
static void a_change_makes_it_begin_again(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t list;
    uint64_t sought;

    (void)state;
    open_with(&f, 1);
    list = floats(&f, HD_KIND_LIST, LONG, 0);
    sought = new_float(&f, LONG - 1);
    start(&f, &op, HD_OP_REMOVE, list, sought);
    assert_int_equal(insert_first(&f, list, sought), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_int_equal(op.comparison.tries, 1);
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, list, at_index(0), 0), HD_OK);
    assert_int_not_equal(f.op.out.id, sought); /* that one went */
    assert_int_equal(length(&f, list), LONG);
    start(&f, &op, HD_OP_CONTAINS, list, sought);
    assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_false(op.out.truth);
    fixture_down(&f);
}

typedef void (*change_fn)(struct fixture *f, uint64_t container, unsigned number);

static void set_an_item(struct fixture *f, uint64_t list, unsigned number)
{
    assert_int_equal(
        place_op(f, HD_OP_SET_ITEM, list, at_index(LONG - 1), new_float(f, number)), HD_OK);
}

static void append_and_pop(struct fixture *f, uint64_t list, unsigned number)
{
    assert_int_equal(append(f, list, new_float(f, number)), HD_OK);
    assert_int_equal(place_op(f, HD_OP_POP, list, at_index(-1), 0), HD_OK);
}

static void delete_and_append(struct fixture *f, uint64_t list, unsigned number)
{
    assert_int_equal(place_op(f, HD_OP_DEL_ITEM, list, at_index(-1), 0), HD_OK);
    assert_int_equal(append(f, list, new_float(f, number)), HD_OK);
}

static void discard_and_add(struct fixture *f, uint64_t set, unsigned number)
{
    uint64_t item = new_float(f, (double)(number + 100));

    assert_int_equal(item_op(f, HD_OP_DISCARD, set, item), HD_OK);
    assert_int_equal(item_op(f, HD_OP_ADD, set, item), HD_OK);
}

static void the_third_change_is_the_last(void **state)
{
    static const struct {
        enum hd_kind kind;
        change_fn change;
    } cases[] = {
        {HD_KIND_LIST, set_an_item},
        {HD_KIND_LIST, append_and_pop},
        {HD_KIND_LIST, delete_and_append},
        {HD_KIND_SET, discard_and_add},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct hd_op op;
        uint64_t ids[2];
        char sentence[128];

        open_with(&f, 4);
        ids[0] = floats(&f, cases[i].kind, LONG, 0);
        ids[1] = floats(&f, cases[i].kind, LONG, 0);
        start(&f, &op, HD_OP_EQUALS, ids[0], ids[1]);
        for (unsigned n = 0; n < 3; n++) {
            assert_int_equal(op.comparison.tries, n);
            cases[i].change(&f, ids[n % 2], n);
            assert_sound(&f);
            (void)hd_heap_work(f.heap, 2);
        }
        assert_false(hd_heap_has_work(f.heap));
        assert_int_equal(op.error.status, HD_ABORTED);
        assert_int_equal(op.error.reason, HD_REASON_CHANGED);
        (void)snprintf(sentence, sizeof sentence,
                       "object %" PRIu64 " changed 3 times while it was compared", ids[0]);
        assert_string_equal(op.error.text, sentence);
        fixture_down(&f);
    }
}

/* Other containers may change all the time. */
static void changes_elsewhere_do_not_count(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t ids[2];
    uint64_t other;

    (void)state;
    open_with(&f, 4);
    ids[0] = floats(&f, HD_KIND_LIST, LONG, 0);
    ids[1] = floats(&f, HD_KIND_LIST, LONG, 0);
    start(&f, &op, HD_OP_EQUALS, ids[0], ids[1]);
    do {
        for (unsigned i = 0; i < 100; i++) {
            other = new_list(&f);
            assert_int_equal(append(&f, other, other), HD_OK);
            assert_int_equal(item_op(&f, HD_OP_CLEAR, other, 0), HD_OK);
        }
    } while (hd_heap_work(f.heap, 5));
    assert_int_equal(op.error.status, HD_OK);
    assert_true(op.out.truth);
    fixture_down(&f);
}

/* Inner containers, and the objects themselves, go while a comparison stands in them. */
static void what_goes_meanwhile_is_not_touched(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t inner[2];
    uint64_t outer[2];

    (void)state;
    open_with(&f, 1);
    for (size_t i = 0; i < 2; i++) {
        inner[i] = floats(&f, HD_KIND_LIST, LONG, 0);
        outer[i] = new_of(&f, HD_KIND_LIST, &inner[i], 1);
        assert_int_equal(release(&f, inner[i]), HD_OK);
    }
    start(&f, &op, HD_OP_EQUALS, outer[0], outer[1]);
    assert_int_equal(item_op(&f, HD_OP_CLEAR, outer[1], 0), HD_OK); /* inner[1] dies */
    assert_false(is_alive(&f, inner[1]));
    for (unsigned i = 0; i < 20; i++) {
        (void)new_list(&f); /* in its slot */
    }
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_false(op.out.truth);
    outer[1] = floats(&f, HD_KIND_LIST, LONG, 0);
    start(&f, &op, HD_OP_EQUALS, inner[0], outer[1]);
    assert_int_equal(release(&f, outer[1]), HD_OK);
    go_on(&f);
    assert_int_equal(op.error.status, HD_NOT_FOUND);
    assert_int_equal(op.error.reason, HD_REASON_STALE_ID);
    fixture_down(&f);
}

/* Sets that only a weak reference leads to. */
static void a_weak_target_that_goes_is_not_touched(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t sets[2];
    uint64_t weak[2];

    (void)state;
    open_with(&f, 1);
    for (size_t i = 0; i < 2; i++) {
        sets[i] = floats(&f, HD_KIND_SET, LONG, 0);
        begin(&f, HD_OP_NEW_WEAKREF)->in.finalizer.object = by_id(sets[i]);
        f.op.in.finalizer.hold = true;
        weak[i] = created(&f);
    }
    assert_true(holds_true(&f, HD_OP_EQUALS, weak[0], weak[1]));
    start(&f, &op, HD_OP_EQUALS, weak[0], weak[1]);
    assert_int_equal(release(&f, sets[1]), HD_OK);
    (void)floats(&f, HD_KIND_LIST, 3, 0);
    go_on(&f);
    assert_int_equal(op.error.status, HD_OK);
    assert_false(op.out.truth);
    fixture_down(&f);
}

/* The session that held both ends; another one asks. */
static void a_session_may_end_meanwhile(void **state)
{
    struct fixture f;
    struct hd_op op;
    uint64_t ids[2];

    (void)state;
    open_with(&f, 1);
    ids[0] = floats(&f, HD_KIND_LIST, LONG, 0);
    ids[1] = floats(&f, HD_KIND_LIST, LONG, 0);
    start(&f, &op, HD_OP_EQUALS, ids[0], ids[1]);
    end_session(&f, f.session);
    go_on(&f);
    assert_int_equal(op.error.reason, HD_REASON_STALE_ID);
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

/* Inside a batch nothing takes slices; what is the same object twice is work, too. */
static void a_batch_has_a_limit_of_work(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    uint64_t items[LONG];
    uint64_t ids[2];

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    f.options.limits.compare_work = 300;
    fixture_open(&f);
    for (size_t i = 0; i < LONG; i++) {
        items[i] = i == 0 ? new_float(&f, 1) : items[0];
    }
    for (size_t i = 0; i < 2; i++) {
        ids[i] = new_of(&f, HD_KIND_LIST, items, LONG);
    }
    assert_true(holds_true(&f, HD_OP_EQUALS, ids[0], ids[1]));
    (void)begin(&f, HD_OP_BATCH_BEGIN);
    assert_int_equal(finish(&f), HD_OK);
    batch = f.op.batch;
    begin(&f, HD_OP_EQUALS)->batch = batch;
    f.op.in.item.container = by_id(ids[0]);
    f.op.in.item.item = by_id(ids[1]);
    assert_int_equal(hd_heap_do(f.heap, &f.op), HD_DONE);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_WORK, NULL);
    begin(&f, HD_OP_BATCH_END)->batch = batch;
    assert_int_equal(finish(&f), HD_OK);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_of_any_size_give_the_same_answers),
        cmocka_unit_test(depth_is_pythons_in_slices_too),
        cmocka_unit_test(others_are_served_and_a_removal_waits_for_its_turn),
        cmocka_unit_test(a_change_makes_it_begin_again),
        cmocka_unit_test(the_third_change_is_the_last),
        cmocka_unit_test(changes_elsewhere_do_not_count),
        cmocka_unit_test(what_goes_meanwhile_is_not_touched),
        cmocka_unit_test(a_weak_target_that_goes_is_not_touched),
        cmocka_unit_test(a_session_may_end_meanwhile),
        cmocka_unit_test(a_batch_has_a_limit_of_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
