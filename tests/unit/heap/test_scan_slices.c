/* SPDX-License-Identifier: MIT */
/* test_scan_slices.c: GetObjects and GetReferrers, and what happens between their slices. */
#include "unit/heap/scan_fixture.h"

static void a_dead_object_has_no_referrers(void **state)
{
    struct page page = all();
    struct fixture f;
    struct hd_op *op;
    uint64_t item;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    fixture_open(&f);
    item = new_float(&f, 1);
    for (int i = 0; i < 20; i++) {
        (void)new_list(&f);
    }
    op = begin_page(&f, &page, HD_OP_GET_REFERRERS, 12345, 0);
    assert_int_equal(carry_out(&f, op), HD_NOT_FOUND);
    hd_op_init(&page.op, HD_OP_GET_REFERRERS, f.other);
    op = &page.op;
    op->in.ids.object = by_id(item);
    op->in.ids.ret_ids = page.ids;
    op->in.ids.max = IDS;
    assert_int_equal(hd_heap_do(f.heap, op), HD_MORE);
    assert_int_equal(release(&f, item), HD_OK); /* it dies while it is looked for */
    while (hd_heap_work(f.heap, 1)) {
    }
    assert_int_equal(op->error.status, HD_NOT_FOUND);
    assert_int_equal(op->error.reason, HD_REASON_STALE_ID);
    assert_int_equal(op->out.ids.count, 0);
    fixture_down(&f);
}

/* A heap whose slices are short, and many containers. */
static void open_sliced(struct fixture *f, uint64_t *ids, size_t count, uint64_t item)
{
    fixture_options(f);
    f->options.slice_units = 4;
    fixture_open(f);
    for (size_t i = 0; i < count; i++) {
        ids[i] = item == 0 ? new_list(f) : new_of(f, HD_KIND_LIST, &item, 1);
    }
}

static void note_finished(struct hd_op *op, void *ctx)
{
    (void)op;
    *(bool *)ctx = true;
}

static void others_are_served_between_slices(void **state)
{
    struct page page = all();
    bool finished = false;
    struct fixture f;
    uint64_t ids[IDS];
    struct hd_session *asking;
    uint64_t before;
    unsigned slices = 0;

    (void)state;
    open_sliced(&f, ids, IDS, 0);
    asking = f.session;
    (void)begin_page(&f, &page, HD_OP_GET_OBJECTS, 0, 0);
    page.op.finished = note_finished;
    page.op.ctx = &finished;
    before = f.heap->changes;
    assert_int_equal(hd_heap_do(f.heap, &page.op), HD_MORE);
    assert_true(hd_session_is_busy(asking));
    f.session = f.other;
    while (hd_heap_work(f.heap, 1)) {
        assert_false(finished);
        assert_int_equal(release(&f, new_float(&f, 1)), HD_OK);
        assert_sound(&f);
        slices++;
    }
    assert_true(slices > 5);
    assert_true(finished);
    assert_false(hd_session_is_busy(asking));
    assert_int_equal(page.op.out.ids.count, IDS);
    assert_memory_equal(page.ids, ids, sizeof ids);
    assert_int_equal(f.heap->changes, before + (uint64_t)2 * slices); /* the search is none */
    f.session = asking;
    fixture_down(&f);
}

/* Until so much of it is found; in slices of a unit. */
static void go_on_until(struct fixture *f, struct page *page, size_t found)
{
    while (page->op.scan.found < found) {
        assert_true(hd_heap_work(f->heap, 1));
    }
}

static void what_leaves_its_generation_meanwhile_is_not_given(void **state)
{
    struct page page = all();
    struct fixture f;
    uint64_t ids[IDS];
    struct hd_session *asking;

    (void)state;
    open_sliced(&f, ids, IDS, 0);
    asking = f.session;
    (void)begin_page(&f, &page, HD_OP_GET_OBJECTS, 0, 0);
    page.op.in.ids.has_generation = true;
    assert_int_equal(hd_heap_do(f.heap, &page.op), HD_MORE);
    go_on_until(&f, &page, 20);
    f.session = f.other;
    collect_one(&f, 0);
    while (hd_heap_work(f.heap, 100)) {
    }
    assert_int_equal(page.op.error.status, HD_OK);
    assert_int_equal(page.op.out.ids.count, 0);
    f.session = asking;
    objects_of(&f, &page, 1, 0);
    assert_int_equal(page.op.out.ids.count, IDS);
    fixture_down(&f);
}

static void what_is_given_refers_when_it_is_given(void **state)
{
    struct page page = all();
    struct fixture f;
    uint64_t ids[IDS];
    struct hd_session *asking;
    uint64_t item;

    (void)state;
    open_sliced(&f, ids, 0, 0);
    item = new_float(&f, 1);
    for (size_t i = 0; i < IDS; i++) {
        ids[i] = new_of(&f, HD_KIND_LIST, &item, 1);
        assert_int_equal(bind(&f, "keeper", ids[i]), HD_OK);
        begin(&f, HD_OP_BIND)->in.name.scope = HD_SCOPE_HEAP;
        f.op.in.name.name =
            (struct hd_bytes){(char[]){(char)('A' + i % 26), (char)('0' + i / 26)}, 2};
        f.op.in.name.object = by_id(ids[i]);
        assert_int_equal(finish(&f), HD_OK);
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    asking = f.session;
    (void)begin_page(&f, &page, HD_OP_GET_REFERRERS, item, 0);
    assert_int_equal(hd_heap_do(f.heap, &page.op), HD_MORE);
    go_on_until(&f, &page, 10);
    f.session = f.other;
    begin(&f, HD_OP_DELETE)->in.name.name = text_of("A0"); /* it dies */
    f.op.in.name.scope = HD_SCOPE_HEAP;
    assert_int_equal(finish(&f), HD_OK);
    assert_false(is_alive(&f, ids[0]));
    assert_int_equal(place_op(&f, HD_OP_POP, ids[1], at_index(0), 0),
                     HD_OK);                                    /* refers no more */
    begin(&f, HD_OP_INSERT)->in.item.container = by_id(ids[2]); /* elsewhere */
    f.op.in.item.item = by_id(ids[3]);
    f.op.in.item.at = at_index(0);
    assert_int_equal(finish(&f), HD_OK);
    while (hd_heap_work(f.heap, 100)) {
    }
    assert_int_equal(page.op.error.status, HD_OK);
    assert_int_equal(page.op.out.ids.count, IDS - 2);
    assert_memory_equal(page.ids, ids + 2, (IDS - 2) * sizeof ids[0]);
    f.session = asking;
    fixture_down(&f);
}

/* A list of `count` items, one of which, at `index`, is not None. */
static uint64_t long_list(struct fixture *f, uint64_t item, size_t count, size_t index)
{
    uint64_t *items = test_calloc(count, sizeof *items);
    struct hd_op *op = begin(f, HD_OP_CREATE);
    uint64_t none;
    uint64_t list;

    op->in.create.object.kind = HD_KIND_NONE;
    none = created(f);
    for (size_t i = 0; i < count; i++) {
        items[i] = i == index ? item : none;
    }
    list = new_of(f, HD_KIND_LIST, items, count);
    test_free(items);
    return list;
}

static enum hd_status insert(struct fixture *f, uint64_t list, int64_t index, uint64_t item)
{
    struct hd_op *op = begin(f, HD_OP_INSERT);

    op->in.item.container = by_id(list);
    op->in.item.at = at_index(index);
    op->in.item.item = by_id(item);
    return finish(f);
}

/* Stopped in the middle of a list; what is there the whole time is found, whatever comes and
 * goes in front of it. */
static void a_reference_that_stays_is_not_missed(void **state)
{
    (void)state;
    for (int inserts = -3; inserts <= 3; inserts++) {
        for (uint32_t behind = 0; behind < 3; behind++) {
            struct page page = all();
            struct fixture f;
            struct hd_session *asking;
            uint64_t item;
            uint64_t list;
            uint32_t end;

            fixture_options(&f);
            f.options.slice_units = 2;
            fixture_open(&f);
            item = new_float(&f, 1);
            list = long_list(&f, item, 500, 0);
            (void)begin_page(&f, &page, HD_OP_GET_REFERRERS, item, 0);
            asking = f.session;
            assert_int_equal(hd_heap_do(f.heap, &page.op), HD_MORE);
            end = page.op.scan.end;
            assert_in_range(end, 100, 499);
            f.session = f.other; /* it moves to just below where the search stands */
            assert_int_equal(
                place_op(&f, HD_OP_SET_ITEM, list, at_index(end - 1 - behind), item), HD_OK);
            assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(0), list), HD_OK);
            for (int i = 0; i < inserts; i++) {
                assert_int_equal(insert(&f, list, i, list), HD_OK);
            }
            for (int i = 0; i < -inserts; i++) {
                assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(0), 0), HD_OK);
            }
            while (hd_heap_work(f.heap, 1)) {
            }
            assert_int_equal(page.op.error.status, HD_OK);
            assert_true(has(&page, list));
            f.session = asking;
            assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
            fixture_down(&f);
        }
    }
}

static void what_changes_too_much_three_times_is_given_up(void **state)
{
    struct page page = all();
    struct fixture f;
    struct hd_session *asking;
    uint64_t item;
    uint64_t list;
    char sentence[128];

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    fixture_open(&f);
    item = new_float(&f, 1);
    list = long_list(&f, item, 200000, 199999);
    for (int i = 0; i < 100; i++) {
        (void)new_list(&f);
    }
    asking = f.session;
    (void)begin_page(&f, &page, HD_OP_GET_REFERRERS, item, 0);
    assert_int_equal(hd_heap_do(f.heap, &page.op), HD_MORE);
    for (unsigned tries = 0; tries < 3; tries++) {
        while (page.op.scan.tries == tries && page.op.scan.found == 0) {
            assert_true(hd_heap_work(f.heap, 1));
        }
        f.session = f.other; /* from the end, where it was found, to the front */
        assert_int_equal(insert(&f, list, 0, item), HD_OK);
        assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(-1), 0), HD_OK);
        while (page.op.scan.tries == tries && hd_heap_work(f.heap, 1)) {
        }
        assert_int_equal(page.op.scan.tries, tries + 1);
        assert_int_equal(insert(&f, list, 200000, item), HD_OK);
        assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(0), 0), HD_OK);
        f.session = asking;
    }
    assert_false(hd_heap_work(f.heap, 1));
    assert_int_equal(page.op.error.status, HD_ABORTED);
    assert_int_equal(page.op.error.reason, HD_REASON_CHANGED);
    (void)snprintf(sentence, sizeof sentence,
                   "what refers to object %" PRIu64 " changed 3 times while it was looked for",
                   item);
    assert_string_equal(page.op.error.text, sentence);
    referrers_of(&f, &page, item);
    assert_true(has(&page, list));
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_object_has_no_referrers),
        cmocka_unit_test(others_are_served_between_slices),
        cmocka_unit_test(what_leaves_its_generation_meanwhile_is_not_given),
        cmocka_unit_test(what_is_given_refers_when_it_is_given),
        cmocka_unit_test(a_reference_that_stays_is_not_missed),
        cmocka_unit_test(what_changes_too_much_three_times_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
