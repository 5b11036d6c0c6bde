/* SPDX-License-Identifier: MIT */
/* test_heap.c: a heap comes and goes whole; want of memory at any point changes nothing. */
#include "unit/heap/fixture.h"

static void a_heap_is_made_whole_or_not_at_all(void **state)
{
    struct fixture f;
    struct hd_heap *heap;
    enum hd_status status = HD_RESOURCE_EXHAUSTED;

    (void)state;
    for (long n = 0; status != HD_OK; n++) {
        fixture_options(&f);
        f.options.memory.kind = HD_ALLOCATOR_MALLOC;
        fault_alloc_rearm(&f.memory, n, false);
        status = hd_heap_new(
            &f.options,
            &(struct hd_heap_world){hd_os_system(), &f.memory.iface, &f.clock.iface}, &heap);
        if (status == HD_OK) {
            assert_true(n > 3);
            hd_heap_free(heap);
        }
        assert_int_equal(f.memory.live_blocks, 0);
        assert_true(n < 5000);
    }
    hd_heap_free(NULL);
}

static void global_names_may_outlive_their_sessions(void **state)
{
    struct fixture f;
    struct hd_heap_info info;
    struct hd_op *op;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    op = begin(&f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_LIST;
    op->in.create.keep = HD_KEEP_BIND;
    op->in.create.bind = (struct hd_name_target){text_of("root"), HD_SCOPE_HEAP};
    x = created(&f);
    end_session(&f, f.session);
    f.session = f.other;
    assert_int_equal(refcount(&f, x), 1);
    hd_inspect_heap(f.heap, &info);
    assert_int_equal(info.objects, 1);
    assert_int_equal(info.kinds[HD_KIND_LIST], 1);
    assert_int_equal(info.sessions, 1);
    assert_int_equal(info.names, 1);
    assert_sound(&f);
    end_session(&f, f.other);
    hd_heap_free(f.heap); /* with the list in it */
    assert_int_equal(f.memory.live_blocks, 0);
}

/* Once refused for want of memory, an operation goes through when there is some. */
static void insist(struct fixture *f, struct hd_op *op, unsigned *refusals)
{
    struct hd_heap_info before;
    struct hd_heap_info after;

    hd_inspect_heap(f->heap, &before);
    if (carry_out(f, op) != HD_OK) {
        assert_string_equal(hd_reason_name(op->error.reason), "LIMIT_MEMORY");
        (*refusals)++;
        hd_inspect_heap(f->heap, &after);
        assert_int_equal(before.objects, after.objects);
        assert_int_equal(before.names, after.names);
        assert_sound(f);
        assert_int_equal(carry_out(f, op), HD_OK);
    }
}

static uint64_t insist_new(struct fixture *f, enum hd_kind kind, const uint64_t *ids, size_t n,
                           unsigned *refusals)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = kind;
    if (kind == HD_KIND_STR) {
        op->in.create.object.bytes = text_of("some text");
        op->in.create.object.interned = true;
    } else if (kind == HD_KIND_DICT) {
        op->in.create.object.pairs.keys = ids_of(ids, n);
        op->in.create.object.pairs.values = ids_of(ids, n);
    } else if (kind == HD_KIND_INSTANCE) {
        static const struct hd_bytes names[] = {{"first", 5}, {"second", 6}};

        op->in.create.object.instance.class_name = text_of("Node");
        op->in.create.object.instance.names = names;
        op->in.create.object.instance.name_count = n < 2 ? n : 2;
        op->in.create.object.instance.values = ids_of(ids, n < 2 ? n : 2);
    } else if (kind != HD_KIND_FLOAT) {
        op->in.create.object.items = ids_of(ids, n);
    }
    insist(f, op, refusals);
    return op->out.id;
}

static void insist_on_names(struct fixture *f, uint64_t id, unsigned *refusals)
{
    struct hd_argument argument = {text_of("argument"), by_id(id)};
    struct hd_op *op = begin(f, HD_OP_CALL);

    op->in.call.function = text_of("function");
    op->in.call.arguments = &argument;
    op->in.call.count = 1;
    insist(f, op, refusals);
    op = begin(f, HD_OP_BIND);
    op->in.name.name = text_of("name");
    op->in.name.object = by_id(id);
    insist(f, op, refusals);
    op = begin(f, HD_OP_RETURN);
    op->in.item.item = by_name("name");
    insist(f, op, refusals);
}

static void insist_on_all(struct fixture *f, unsigned *refusals)
{
    uint64_t ids[10];
    uint64_t set;
    struct hd_op *op;
    struct hd_copy_part part;
    struct hd_batch *batch;

    for (int i = 0; i < 10; i++) {
        ids[i] = insist_new(f, i == 9 ? HD_KIND_STR : HD_KIND_FLOAT, NULL, 0, refusals);
    }
    set = insist_new(f, HD_KIND_SET, ids, 2, refusals);
    op = begin(f, HD_OP_EXTEND);
    op->in.extend.container = by_id(set);
    op->in.extend.items = ids_of(ids, 10);
    insist(f, op, refusals);
    for (enum hd_kind kind = HD_KIND_TUPLE; kind <= HD_KIND_INSTANCE; kind++) {
        part.source = by_id(insist_new(f, kind, ids, 10, refusals));
        insist_on_names(f, part.source.id, refusals);
        part.sliced = false;
        op = begin(f, HD_OP_COPY);
        op->in.copy.parts = &part;
        op->in.copy.count = 1;
        op->in.copy.kind = HD_KIND_LIST;
        op->in.copy.hold = true;
        if (kind != HD_KIND_INSTANCE) {
            insist(f, op, refusals);
        }
    }
    op = begin(f, HD_OP_BATCH_BEGIN);
    insist(f, op, refusals);
    batch = op->batch;
    op = begin(f, HD_OP_CREATE);
    op->batch = batch;
    op->in.create.object.kind = HD_KIND_LIST;
    op->in.create.keep = HD_KEEP_BATCH;
    insist(f, op, refusals);
    op = begin(f, HD_OP_BATCH_END);
    op->batch = batch;
    insist(f, op, refusals);
}

static void want_of_memory_changes_nothing(void **state)
{
    struct fixture f;
    unsigned refusals = 1;

    (void)state;
    for (long n = 0; refusals > 0; n++) {
        fixture_options(&f);
        f.options.memory.kind = HD_ALLOCATOR_MALLOC;
        fixture_open(&f);
        refusals = 0;
        fault_alloc_rearm(&f.memory, n, false);
        insist_on_all(&f, &refusals);
        fixture_down(&f);
        assert_true(n < 1000);
    }
}

/* Release, delete, return and the end of a session need none. */
static void death_needs_no_memory(void **state)
{
    struct fixture f;
    struct hd_argument argument = {.name = text_of("a")};
    struct hd_op *op;
    uint64_t list;

    (void)state;
    fixture_options(&f);
    f.options.memory.kind = HD_ALLOCATOR_MALLOC;
    f.options.slice_units = 2;
    fixture_open(&f);
    list = new_list(&f);
    for (int i = 0; i < 20; i++) {
        uint64_t item = new_of(&f, HD_KIND_TUPLE, &list, 1);

        assert_int_equal(append(&f, list, new_float(&f, i)), HD_OK);
        assert_int_equal(bind(&f, i % 2 == 0 ? "even" : "odd", item), HD_OK);
    }
    argument.object = by_id(list);
    op = begin(&f, HD_OP_CALL);
    op->in.call.arguments = &argument;
    op->in.call.count = 1;
    assert_int_equal(finish(&f), HD_OK);
    fault_alloc_rearm(&f.memory, 0, true);
    (void)begin(&f, HD_OP_RETURN);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(unbind(&f, "even"), HD_OK);
    assert_int_equal(release(&f, list), HD_OK);
    end_session(&f, f.session);
    assert_int_equal(f.memory.requests, 0);
    f.session = f.other;
    assert_false(is_alive(&f, list));
    fault_alloc_rearm(&f.memory, FAULT_NEVER, false);
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

static void two_heaps_never_notice_each_other(void **state)
{
    struct fixture f;
    struct fixture g;
    uint64_t x;
    uint64_t y;

    (void)state;
    fixture_up(&f);
    fixture_up(&g);
    x = new_list(&f);
    y = new_list(&g);
    assert_int_equal(x, y); /* the same operations, the same ids */
    assert_int_equal(release(&f, x), HD_OK);
    assert_true(is_alive(&g, y));
    fixture_down(&f);
    fixture_down(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heap_is_made_whole_or_not_at_all),
        cmocka_unit_test(global_names_may_outlive_their_sessions),
        cmocka_unit_test(want_of_memory_changes_nothing),
        cmocka_unit_test(death_needs_no_memory),
        cmocka_unit_test(two_heaps_never_notice_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
