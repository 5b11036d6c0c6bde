/* SPDX-License-Identifier: MIT */
/* test_limits.c: what happens at a limit: who is refused, what is tried first, what goes on. */
#include "unit/heap/fixture.h"

#include "heap/internal.h"

static void limit_heap(struct fixture *f, uint64_t bytes, uint64_t objects)
{
    f->heap->quota.heap.limit = (struct hd_amount){bytes, objects};
}

static uint64_t used_bytes(const struct fixture *f)
{
    return f->heap->quota.heap.used.bytes;
}

static enum hd_status try_bytes(struct fixture *f, const char *name, size_t size)
{
    static const char text[20000];
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_BYTES;
    op->in.create.object.bytes = (struct hd_bytes){text, size};
    if (name != NULL) {
        op->in.create.keep = HD_KEEP_BIND;
        op->in.create.bind.name = text_of(name);
    }
    return finish(f);
}

/* l = []; l.append(l), held by nobody. */
static enum hd_status try_cycle(struct fixture *f)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);
    uint64_t list;

    op->in.create.object.kind = HD_KIND_LIST;
    if (finish(f) != HD_OK) {
        return f->op.error.status;
    }
    list = f->op.out.id;
    if (append(f, list, list) != HD_OK) {
        struct hd_error error = f->op.error;

        assert_int_equal(release(f, list), HD_OK);
        f->op.error = error;
        return error.status;
    }
    return release(f, list);
}

static size_t fill(struct fixture *f, uint64_t *ids, size_t most)
{
    size_t n = 0;

    while (n < most && try_bytes(f, NULL, 40 + n * 37 % 5000) == HD_OK) {
        ids[n++] = f->op.out.id;
    }
    return n;
}

static void what_was_freed_can_be_filled_again(void **state)
{
    enum { MOST = 5000 };
    static uint64_t ids[MOST];
    struct fixture f;
    size_t first = 0;
    uint64_t empty = 0;

    (void)state;
    fixture_up(&f);
    limit_heap(&f, used_bytes(&f) + (3 << 20), HD_UNLIMITED);
    for (int round = 0; round < 20; round++) {
        size_t n = fill(&f, ids, MOST);

        assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_HEAP_BYTES, NULL);
        assert_true(n > 500 && n < MOST);
        first = round == 0 ? n : first;
        assert_int_equal(n, first);
        for (size_t i = 0; i < n; i++) { /* in another order each time */
            assert_int_equal(release(&f, ids[(i * 7919 + (size_t)round) % n]), HD_OK);
        }
        empty = round == 0 ? used_bytes(&f) : empty;
        assert_int_equal(used_bytes(&f), empty);
        assert_sound(&f);
    }
    fixture_down(&f);
}

static void the_refusal_says_what_was_asked_used_and_allowed(void **state)
{
    struct fixture f;
    char text[200];
    uint64_t used;

    (void)state;
    fixture_up(&f);
    assert_int_equal(try_bytes(&f, NULL, 10), HD_OK); /* room for holds */
    used = used_bytes(&f);
    limit_heap(&f, used + 100, HD_UNLIMITED);
    assert_int_equal(try_bytes(&f, NULL, 1000), HD_RESOURCE_EXHAUSTED);
    (void)snprintf(text, sizeof text,
                   "1024 bytes were asked for; the heap uses %" PRIu64
                   " and is allowed %" PRIu64,
                   used, used + 100);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_HEAP_BYTES, text);
    limit_heap(&f, HD_UNLIMITED, 1);
    assert_int_equal(try_bytes(&f, NULL, 1000), HD_RESOURCE_EXHAUSTED);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_HEAP_OBJECTS,
                   "1 objects were asked for; the heap uses 1 and is allowed 1");
    fixture_down(&f);
}

/* Automatic collection is far away: only the limit finds them. */
static void never_collect(struct fixture *f)
{
    const int64_t zero = 0;
    struct hd_op *op = begin(f, HD_OP_SET_THRESHOLD);

    op->in.threshold.values = &zero;
    op->in.threshold.count = 1;
    assert_int_equal(finish(f), HD_OK);
}

static void a_limit_reached_by_dead_cycles_is_cured(void **state)
{
    struct fixture f;

    (void)state;
    for (int by_objects = 0; by_objects < 2; by_objects++) {
        fixture_up(&f);
        never_collect(&f);
        assert_int_equal(try_cycle(&f), HD_OK);
        if (by_objects) {
            limit_heap(&f, HD_UNLIMITED, 1000);
        } else {
            limit_heap(&f, used_bytes(&f) + 24000, HD_UNLIMITED);
        }
        for (int i = 0; i < 10000; i++) {
            assert_int_equal(try_cycle(&f), HD_OK);
        }
        assert_true(f.heap->reliefs >= 7); /* a thousand at a time, or a few more */
        assert_true(f.heap->reliefs <= 12);
        fixture_down(&f);
    }
}

static void no_more_collections_than_allowed(void **state)
{
    struct fixture f;
    uint64_t collections;
    struct hd_collector_info info;

    (void)state;
    fixture_up(&f);
    never_collect(&f);
    while (used_bytes(&f) < (4 << 20)) {
        assert_int_equal(try_bytes(&f, NULL, 20000), HD_OK);
    }
    limit_heap(&f, used_bytes(&f), HD_UNLIMITED);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(try_bytes(&f, NULL, 20000), HD_RESOURCE_EXHAUSTED);
    }
    assert_int_equal(f.heap->reliefs, 1); /* refused ones change nothing */
    for (int i = 0; i < 5000; i++) {
        (void)begin(&f, HD_OP_ENABLE); /* any operation may let go of something */
        assert_int_equal(finish(&f), HD_OK);
        (void)try_bytes(&f, NULL, 20000);
    }
    /* 5000 times 64 bytes are 1.2 sixteenths of 4 MiB */
    assert_int_equal(f.heap->reliefs, 2);
    hd_inspect_collector(f.heap, &info);
    collections = info.generations[2].collections;
    assert_int_equal(collections, 2);
    fixture_down(&f);
}

static void a_collector_that_is_off_stays_off(void **state)
{
    struct fixture f;

    (void)state;
    fixture_up(&f);
    (void)begin(&f, HD_OP_DISABLE);
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(try_cycle(&f), HD_OK);
    limit_heap(&f, HD_UNLIMITED, 100);
    for (int i = 1; i < 100; i++) {
        assert_int_equal(try_cycle(&f), HD_OK);
    }
    assert_int_equal(try_cycle(&f), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(f.heap->reliefs, 0);
    assert_int_equal(collect(&f), 100); /* asked for, it runs */
    assert_int_equal(try_cycle(&f), HD_OK);
    fixture_down(&f);
}

/* A batch at the limit: the tried collection runs between its operations. */
static void batches_are_cured_too(void **state)
{
    struct fixture f;
    struct hd_batch *batch;

    (void)state;
    fixture_up(&f);
    never_collect(&f);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(try_cycle(&f), HD_OK);
    }
    limit_heap(&f, HD_UNLIMITED, 50);
    (void)begin(&f, HD_OP_BATCH_BEGIN);
    assert_int_equal(finish(&f), HD_OK);
    batch = f.op.batch;
    for (uint32_t i = 0; i < 50; i++) {
        struct hd_op *op = begin(&f, HD_OP_CREATE);

        op->batch = batch;
        op->in.create.object.kind = HD_KIND_LIST;
        op->in.create.keep = HD_KEEP_BATCH;
        assert_int_equal(finish(&f), HD_OK);
        assert_int_equal(batch->count, i + 1); /* numbered once, tried twice */
    }
    assert_int_equal(f.heap->reliefs, 1);
    (void)begin(&f, HD_OP_CREATE);
    f.op.batch = batch;
    f.op.in.create.object.kind = HD_KIND_LIST;
    f.op.in.create.keep = HD_KEEP_BATCH;
    assert_int_equal(finish(&f), HD_RESOURCE_EXHAUSTED);
    (void)begin(&f, HD_OP_BATCH_END);
    f.op.batch = batch;
    assert_int_equal(finish(&f), HD_OK);
    fixture_down(&f);
}

/* What is dying makes room, however far its slices have come. */
static void what_is_dying_goes_first(void **state)
{
    struct fixture f;
    struct hd_op ending;
    uint64_t objects;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 4;
    fixture_open(&f);
    for (int i = 0; i < 1000; i++) {
        (void)new_float(&f, i + 0.5);
    }
    limit_heap(&f, HD_UNLIMITED, 1000);
    hd_op_init(&ending, HD_OP_SESSION_END, f.session);
    assert_int_equal(hd_heap_do(f.heap, &ending), HD_MORE);
    f.session = f.other;
    objects = f.heap->quota.heap.used.objects;
    assert_true(objects > 900);
    limit_heap(&f, HD_UNLIMITED, objects);
    for (int i = 0; i < 1000; i++) {
        struct hd_op *op = begin(&f, HD_OP_CREATE);

        op->in.create.object.kind = HD_KIND_FLOAT;
        op->in.create.object.real = i + 0.25;
        if (i < (int)objects) {
            assert_int_equal(finish(&f), HD_OK);
        }
    }
    assert_int_equal(f.heap->reliefs, 0);
    assert_sound(&f);
    while (hd_heap_work(f.heap, 3)) {
    }
    limit_heap(&f, HD_UNLIMITED, HD_UNLIMITED);
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

static enum hd_status configure(struct fixture *f, const struct hd_new_limit *limit)
{
    struct hd_op *op = begin(f, HD_OP_CONFIGURE);

    op->in.configure.limits = limit;
    op->in.configure.count = 1;
    return finish(f);
}

static void accounts_are_apart(void **state)
{
    const struct hd_new_limit limit = {
        .of_account = true, .account = 7, .has_objects = true, .objects = 10};
    const struct hd_new_limit bytes = {
        .of_account = true, .account = 8, .has_bytes = true, .bytes = 4000};
    const struct hd_new_limit none = {.of_account = true, .account = 65536};
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    assert_int_equal(configure(&f, &limit), HD_OK);
    assert_int_equal(configure(&f, &bytes), HD_OK);
    assert_int_equal(configure(&f, &none), HD_INVALID_ARGUMENT);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                   "account 65536 is not between 0 and 65535");
    assert_int_equal(hd_session_set_account(f.session, 7, NULL), HD_OK);
    assert_int_equal(hd_session_set_account(f.other, 8, NULL), HD_OK);
    list = new_list(&f);
    for (int i = 1; i < 10; i++) {
        (void)new_float(&f, i + 0.5);
    }
    assert_int_equal(try_bytes(&f, NULL, 10), HD_RESOURCE_EXHAUSTED);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_ACCOUNT_OBJECTS,
                   "1 objects were asked for; account 7 uses 10 and is allowed 10");
    assert_int_equal(bind(&f, "still", list), HD_OK);
    f.session = f.other;
    for (int i = 0; i < 30; i++) { /* the other one has its own */
        (void)new_float(&f, i + 0.5);
    }
    while (append(&f, list, list) == HD_OK && length(&f, list) < 500) {
        /* what a list grows by is its own account's, whoever appends: 7 has no limit of bytes
         */
    }
    assert_int_equal(length(&f, list), 500);
    assert_int_equal(try_bytes(&f, NULL, 5000), HD_RESOURCE_EXHAUSTED);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_ACCOUNT_BYTES, NULL);
    assert_int_equal(hd_inspect_account(f.heap, 7).used.objects, 10);
    assert_int_equal(hd_inspect_account(f.heap, 8).used.objects, 30);
    assert_int_equal(hd_inspect_account(f.heap, 8).used.bytes, 30 * 20);
    assert_int_equal(hd_inspect_account(f.heap, 0).used.objects, 0);
    assert_sound(&f);
    end_session(&f, f.session);
    assert_int_equal(hd_inspect_account(f.heap, 8).used.bytes, 0);
    assert_int_equal(hd_heap_open_session(f.heap, &f.other, NULL), HD_OK);
    f.session = HD_CONTAINER_OF(hd_list_first(&f.heap->sessions), struct hd_session, link);
    fixture_down(&f);
}

static void a_lower_limit_only_refuses_what_is_new(void **state)
{
    struct hd_new_limit limit = {.has_objects = true, .objects = 3};
    struct fixture f;
    uint64_t ids[6];

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 6; i++) {
        ids[i] = new_float(&f, i + 0.5);
    }
    assert_int_equal(configure(&f, &limit), HD_OK);
    assert_int_equal(f.heap->quota.heap.limit.bytes, HD_UNLIMITED); /* was not set */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(try_bytes(&f, NULL, 9), HD_RESOURCE_EXHAUSTED);
        assert_true(is_alive(&f, ids[i]));
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    assert_int_equal(try_bytes(&f, NULL, 9), HD_OK);
    limit.objects = HD_UNLIMITED;
    assert_int_equal(configure(&f, &limit), HD_OK);
    assert_int_equal(try_bytes(&f, NULL, 9), HD_OK);
    fixture_down(&f);
}

static void far_below_what_is_used_much_can_still_be_done(void **state)
{
    const struct hd_new_limit limit = {
        .has_bytes = true, .bytes = 1000, .has_objects = true, .objects = 1};
    struct fixture f;
    struct hd_session *third;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    while (used_bytes(&f) < (UINT64_C(6) << 20)) {
        assert_int_equal(try_bytes(&f, NULL, 20000), HD_OK);
    }
    assert_int_equal(configure(&f, &limit), HD_OK);
    assert_int_equal(try_bytes(&f, NULL, 3), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(hd_heap_open_session(f.heap, &third, NULL), HD_OK);
    end_session(&f, third);
    (void)begin(&f, HD_OP_BATCH_BEGIN);
    assert_int_equal(finish(&f), HD_OK);
    (void)begin(&f, HD_OP_RELEASE);
    f.op.batch = f.session->batch;
    f.op.in.hold.objects = ids_of(&list, 1);
    assert_int_equal(finish(&f), HD_OK);
    (void)begin(&f, HD_OP_BATCH_END);
    f.op.batch = f.session->batch;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(collect(&f), 0);
    fixture_down(&f);
}

static void a_session_can_come_in_to_see(void **state)
{
    struct fixture f;
    struct hd_session *third;
    struct hd_error error;

    (void)state;
    fixture_up(&f);
    assert_int_equal(try_bytes(&f, "kept", 3000), HD_OK);
    limit_heap(&f, 1000, 0);
    assert_int_equal(hd_heap_open_session(f.heap, &third, &error), HD_OK);
    end_session(&f, third);
    assert_int_equal(try_bytes(&f, NULL, 3), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(unbind(&f, "kept"), HD_OK);
    f.heap->quota.heap.limit.bytes = 0;
    while (hd_heap_open_session(f.heap, &third, &error) == HD_OK) { /* the reserve has an end */
        assert_true(used_bytes(&f) <= f.heap->quota.reserve_from + (2 << 20));
    }
    assert_string_equal(hd_reason_name(error.reason), "LIMIT_HEAP_BYTES");
    while (f.heap->session_count > 2) {
        end_session(&f, HD_CONTAINER_OF(f.heap->sessions.prev, struct hd_session, link));
    }
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_freed_can_be_filled_again),
        cmocka_unit_test(the_refusal_says_what_was_asked_used_and_allowed),
        cmocka_unit_test(a_limit_reached_by_dead_cycles_is_cured),
        cmocka_unit_test(no_more_collections_than_allowed),
        cmocka_unit_test(a_collector_that_is_off_stays_off),
        cmocka_unit_test(batches_are_cured_too),
        cmocka_unit_test(what_is_dying_goes_first),
        cmocka_unit_test(accounts_are_apart),
        cmocka_unit_test(a_lower_limit_only_refuses_what_is_new),
        cmocka_unit_test(far_below_what_is_used_much_can_still_be_done),
        cmocka_unit_test(a_session_can_come_in_to_see),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
