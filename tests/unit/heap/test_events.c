/* SPDX-License-Identifier: MIT */
/* test_events.c: the ring and its readers; and what a heap tells of itself. */
#include "fixture.h"

#include "heap/events.h"

#define CAPACITY 8

struct bench {
    struct fault_alloc memory;
    struct fake_clock clock;
    struct hd_events events;
    unsigned woken;
};

static void on_wake(void *ctx)
{
    struct bench *b = ctx;

    b->woken++;
}

static void bench_up(struct bench *b)
{
    memset(b, 0, sizeof *b);
    fault_alloc_init(&b->memory, FAULT_NEVER);
    fake_clock_init(&b->clock, 1000);
    assert_int_equal(hd_events_init(&b->events, &b->memory.iface, &b->clock.iface, CAPACITY),
                     HD_OK);
}

static void bench_down(struct bench *b)
{
    hd_events_fini(&b->events);
    assert_int_equal(b->memory.live_bytes, 0);
}

static void start_reading(struct bench *b, struct hd_event_reader *reader,
                          struct hd_event_filter filter)
{
    *reader = (struct hd_event_reader){.filter = filter};
    hd_waiter_init(&reader->waiter, on_wake, b);
}

static void publish(struct bench *b, enum hd_event_kind kind, uint64_t session)
{
    hd_events_publish(&b->events, &(struct hd_event){.kind = kind, .session = session});
}

static void publish_many(struct bench *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        publish(b, HD_EVENT_SESSION_OPENED, b->events.last + 1);
    }
}

static void assert_next(struct bench *b, struct hd_event_reader *reader, uint64_t sequence)
{
    struct hd_event event;

    assert_true(hd_events_next(&b->events, reader, &event));
    assert_int_equal(event.sequence, sequence);
    assert_int_not_equal(event.kind, HD_EVENT_OVERFLOW);
}

static void assert_lost(struct bench *b, struct hd_event_reader *reader, uint64_t count)
{
    struct hd_event event;

    assert_true(hd_events_next(&b->events, reader, &event));
    assert_int_equal(event.kind, HD_EVENT_OVERFLOW);
    assert_int_equal(event.count, count);
    assert_int_equal(event.sequence, reader->after);
}

static void assert_none(struct bench *b, struct hd_event_reader *reader)
{
    struct hd_event event;

    assert_false(hd_events_next(&b->events, reader, &event));
    assert_int_equal(reader->after, b->events.last);
}

static void events_are_numbered_and_dated(void **state)
{
    struct bench b;
    struct hd_event_reader reader;
    struct hd_event event;

    (void)state;
    bench_up(&b);
    start_reading(&b, &reader, (struct hd_event_filter){0});
    assert_none(&b, &reader);
    publish(&b, HD_EVENT_SESSION_OPENED, 7);
    fake_clock_advance(&b.clock, 500);
    hd_events_publish(&b.events, &(struct hd_event){.kind = HD_EVENT_FINALIZER_QUEUED,
                                                    .object = 99,
                                                    .queue = hd_bytes_of("blobs")});
    assert_true(hd_events_next(&b.events, &reader, &event));
    assert_int_equal(event.sequence, 1);
    assert_int_equal(event.kind, HD_EVENT_SESSION_OPENED);
    assert_int_equal(event.session, 7);
    assert_int_equal(event.time_ns, 1000);
    assert_int_equal(event.queue.size, 0);
    assert_true(hd_events_next(&b.events, &reader, &event));
    assert_int_equal(event.sequence, 2);
    assert_int_equal(event.time_ns, 1500);
    assert_int_equal(event.object, 99);
    assert_true(hd_bytes_equal(event.queue, hd_bytes_of("blobs")));
    assert_none(&b, &reader);
    bench_down(&b);
}

static void what_was_overwritten_is_told_once(void **state)
{
    struct bench b;
    struct hd_event_reader reader;

    (void)state;
    bench_up(&b);
    start_reading(&b, &reader, (struct hd_event_filter){0});
    publish_many(&b, CAPACITY);
    assert_next(&b, &reader, 1); /* all that fit are there */
    publish_many(&b, 1);
    assert_next(&b, &reader, 2); /* 1 is gone, and was seen */
    publish_many(&b, 3);         /* 3 and 4 are gone */
    assert_lost(&b, &reader, 2);
    for (uint64_t i = 5; i <= 12; i++) {
        assert_next(&b, &reader, i);
    }
    assert_none(&b, &reader);
    publish_many(&b, 100);
    assert_lost(&b, &reader, 92);
    publish_many(&b, 2); /* and lost more before it went on */
    assert_lost(&b, &reader, 2);
    assert_next(&b, &reader, 107);
    bench_down(&b);
}

static void a_reader_goes_on_from_any_number(void **state)
{
    struct bench b;
    struct hd_event_reader reader;

    (void)state;
    bench_up(&b);
    publish_many(&b, 20);
    for (uint64_t after = 0; after <= 20; after++) {
        start_reading(&b, &reader, (struct hd_event_filter){0});
        reader.after = after;
        if (after < 12) {
            assert_lost(&b, &reader, 12 - after);
        }
        for (uint64_t i = after < 12 ? 13 : after + 1; i <= 20; i++) {
            assert_next(&b, &reader, i);
        }
        assert_none(&b, &reader);
    }
    bench_down(&b);
}

static void the_filter_is_kept_to(void **state)
{
    static const char long_name[] =
        "a name that is longer than what is kept of it \xc3\xa9\xc3\xa9";
    struct bench b;
    struct hd_event_reader reader;

    (void)state;
    bench_up(&b);
    publish(&b, HD_EVENT_SESSION_OPENED, 1);
    hd_events_publish(
        &b.events,
        &(struct hd_event){.kind = HD_EVENT_COLLECTION_STARTED, .generation = 2, .session = 1});
    hd_events_publish(&b.events, &(struct hd_event){.kind = HD_EVENT_COLLECTION_FINISHED,
                                                    .generation = 0,
                                                    .session = 2});
    hd_events_publish(&b.events, &(struct hd_event){.kind = HD_EVENT_FINALIZER_QUEUED,
                                                    .queue = hd_bytes_of("one")});
    hd_events_publish(&b.events, &(struct hd_event){.kind = HD_EVENT_FINALIZER_DELIVERED,
                                                    .session = 2,
                                                    .queue = hd_bytes_of(long_name)});

    start_reading(&b, &reader,
                  (struct hd_event_filter){.kinds = 1u << HD_EVENT_SESSION_OPENED |
                                                    1u << HD_EVENT_FINALIZER_QUEUED});
    assert_next(&b, &reader, 1);
    assert_next(&b, &reader, 4);
    assert_none(&b, &reader);
    start_reading(&b, &reader, (struct hd_event_filter){.generations = 1 << 0});
    assert_next(&b, &reader, 3);
    assert_none(&b, &reader);
    start_reading(&b, &reader, (struct hd_event_filter){.session = 2});
    assert_next(&b, &reader, 3);
    assert_next(&b, &reader, 5);
    assert_none(&b, &reader);
    start_reading(&b, &reader, (struct hd_event_filter){.queue = hd_bytes_of("one")});
    assert_next(&b, &reader, 4);
    assert_none(&b, &reader);
    start_reading(&b, &reader, (struct hd_event_filter){.queue = hd_bytes_of(long_name)});
    assert_next(&b, &reader, 5);
    assert_none(&b, &reader);
    start_reading(&b, &reader, (struct hd_event_filter){.session = 1, .generations = 1 << 0});
    assert_none(&b, &reader);
    bench_down(&b);
}

static void a_long_name_is_cut_at_a_character(void **state)
{
    char name[256];
    struct bench b;
    struct hd_event_reader reader;
    struct hd_event event;

    (void)state;
    memset(name, 'x', sizeof name);
    memcpy(name + HD_EVENT_QUEUE_BYTES - 1, "\xc3\xa9", 2);
    bench_up(&b);
    hd_events_publish(&b.events, &(struct hd_event){.kind = HD_EVENT_FINALIZER_QUEUED,
                                                    .queue = {name, sizeof name}});
    start_reading(&b, &reader, (struct hd_event_filter){0});
    assert_true(hd_events_next(&b.events, &reader, &event));
    assert_int_equal(event.queue.size, HD_EVENT_QUEUE_BYTES - 1);
    assert_memory_equal(event.queue.data, name, HD_EVENT_QUEUE_BYTES - 1);
    bench_down(&b);
}

static void who_waits_is_woken_once_by_what_it_wants(void **state)
{
    struct bench b;
    struct hd_event_reader all;
    struct hd_event_reader closed;

    (void)state;
    bench_up(&b);
    start_reading(&b, &all, (struct hd_event_filter){0});
    start_reading(&b, &closed,
                  (struct hd_event_filter){.kinds = 1u << HD_EVENT_SESSION_CLOSED});
    publish_many(&b, 3);
    all.after = 3;
    assert_none(&b, &all);
    assert_none(&b, &closed);
    hd_events_wait(&b.events, &all);
    hd_events_wait(&b.events, &closed);
    publish_many(&b, 1);
    assert_int_equal(b.woken, 1);
    publish_many(&b, 1);
    assert_int_equal(b.woken, 1);
    assert_next(&b, &all, 4);
    publish(&b, HD_EVENT_SESSION_CLOSED, 1);
    assert_int_equal(b.woken, 2);
    assert_next(&b, &closed, 6);
    assert_none(&b, &closed);
    assert_next(&b, &all, 5);
    assert_next(&b, &all, 6);
    bench_down(&b);
}

static void an_idle_reader_is_not_overtaken_by_what_it_does_not_want(void **state)
{
    struct bench b;
    struct hd_event_reader by_event;
    struct hd_event_reader by_time;

    (void)state;
    bench_up(&b);
    start_reading(&b, &by_event,
                  (struct hd_event_filter){.kinds = 1u << HD_EVENT_SESSION_CLOSED});
    start_reading(&b, &by_time, (struct hd_event_filter){.kinds = 1u << HD_EVENT_PAUSE});
    assert_none(&b, &by_event);
    assert_none(&b, &by_time);
    hd_events_wait(&b.events, &by_event);
    hd_events_wait(&b.events, &by_time);
    publish_many(&b, 10 * CAPACITY);
    publish(&b, HD_EVENT_SESSION_CLOSED, 1);
    publish_many(&b, 1);
    assert_int_equal(b.woken, 1);
    assert_next(&b, &by_event, 10 * CAPACITY + 1);
    assert_none(&b, &by_event);
    hd_waiter_leave(&by_time.waiter); /* its time was up */
    assert_none(&b, &by_time);
    publish_many(&b, 2 * CAPACITY);
    assert_lost(&b, &by_time, CAPACITY); /* it does not wait any more */
    bench_down(&b);
}

static void publishing_looks_at_nobody_who_does_not_want_it(void **state)
{
    struct bench b;
    struct hd_event_reader readers[50];

    (void)state;
    bench_up(&b);
    for (size_t i = 0; i < 50; i++) {
        start_reading(
            &b, &readers[i],
            (struct hd_event_filter){.kinds = 1u << HD_EVENT_SESSION_CLOSED, .session = i});
        hd_events_wait(&b.events, &readers[i]);
    }
    publish_many(&b, 1000);
    assert_int_equal(b.events.looked, 0);
    publish(&b, HD_EVENT_SESSION_CLOSED, 7); /* of 50: the one of session 7, and that of any */
    assert_int_equal(b.woken, 2);
    assert_int_equal(b.events.looked, 50);
    for (size_t i = 0; i < 50; i++) {
        hd_waiter_leave(&readers[i].waiter);
    }
    publish(&b, HD_EVENT_SESSION_CLOSED, 8);
    publish(&b, HD_EVENT_SESSION_CLOSED, 9);
    assert_int_equal(b.events.looked, 50);
    assert_int_equal(b.woken, 2);
    assert_int_equal(b.memory.requests, 1); /* the ring, and nothing since */
    bench_down(&b);
}

static void without_memory_there_is_no_ring(void **state)
{
    struct bench b;
    struct hd_events events;

    (void)state;
    bench_up(&b);
    fault_alloc_rearm(&b.memory, 0, false);
    assert_int_equal(hd_events_init(&events, &b.memory.iface, &b.clock.iface, 4),
                     HD_RESOURCE_EXHAUSTED);
    hd_events_fini(&events);
    bench_down(&b);
}

/* Reads on, and leaves what was told in told, each event as a line. */
static void tell(struct fixture *f, struct hd_event_reader *reader, char *told, size_t size)
{
    struct hd_event event;
    size_t used = 0;

    told[0] = '\0';
    while (hd_events_next(hd_heap_events(f->heap), reader, &event)) {
        used +=
            (size_t)snprintf(told + used, size - used,
                             "%" PRIu64 " kind %d session %" PRIu64 " generation %u cause %u"
                             " limit %s count %" PRIu64 " bytes %s\n",
                             event.sequence, (int)event.kind, event.session, event.generation,
                             event.cause, hd_reason_name((enum hd_reason)event.limit),
                             event.count, event.bytes > 0 ? "some" : "none");
        assert_true(used < size);
    }
}

static void a_heap_tells_of_sessions_and_collections(void **state)
{
    struct fixture f;
    struct hd_event_reader reader = {0};
    struct hd_session *third;
    uint64_t list;
    char told[2000];

    (void)state;
    fixture_up(&f);
    tell(&f, &reader, told, sizeof told);
    assert_string_equal(
        told, "1 kind 2 session 1 generation 0 cause 0 limit NONE count 0 bytes none\n"
              "2 kind 2 session 2 generation 0 cause 0 limit NONE count 0 bytes none\n");
    list = new_list(&f);
    assert_int_equal(append(&f, list, list), HD_OK);
    assert_int_equal(release(&f, list), HD_OK);
    tell(&f, &reader, told, sizeof told);
    assert_string_equal(told, ""); /* that an object came or went is no event */
    assert_int_equal(collect(&f), 1);
    assert_int_equal(hd_heap_open_session(f.heap, &third, NULL), HD_OK);
    end_session(&f, third);
    tell(&f, &reader, told, sizeof told);
    assert_string_equal(
        told, "3 kind 4 session 1 generation 2 cause 1 limit NONE count 0 bytes none\n"
              "4 kind 5 session 1 generation 2 cause 1 limit NONE count 1 bytes some\n"
              "5 kind 2 session 3 generation 0 cause 0 limit NONE count 0 bytes none\n"
              "6 kind 3 session 3 generation 0 cause 0 limit NONE count 0 bytes none\n");
    fixture_down(&f);
}

static void a_session_is_closed_when_all_is_released(void **state)
{
    struct fixture f;
    struct hd_event_reader reader = {.filter = {.kinds = 1u << HD_EVENT_SESSION_CLOSED}};
    struct hd_event event;
    struct hd_op op;

    (void)state;
    fixture_options(&f);
    f.options.slice_units = 1;
    fixture_open(&f);
    for (int i = 0; i < 10; i++) {
        (void)new_int(&f, 1000 + i);
    }
    hd_op_init(&op, HD_OP_SESSION_END, f.session);
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    assert_false(hd_events_next(hd_heap_events(f.heap), &reader, &event));
    while (hd_heap_work(f.heap, 1)) {
    }
    assert_true(hd_events_next(hd_heap_events(f.heap), &reader, &event));
    assert_int_equal(event.session, 1);
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
}

/* Allocates until a limit has been met a few times. */
static void meet_the_limit(struct fixture *f, char *told, size_t size)
{
    struct hd_event_reader reader = {0};

    fixture_options(f);
    f->options.limit = (struct hd_amount){HD_UNLIMITED, 60};
    fixture_open(f);
    for (int i = 0; i < 40; i++) {
        struct hd_op *op = begin(f, HD_OP_CREATE);
        uint64_t id;

        op->in.create.object.kind = HD_KIND_LIST;
        if (finish(f) == HD_OK) {
            id = op->out.id;
            assert_int_equal(append(f, id, id), HD_OK);
            assert_int_equal(release(f, id), HD_OK);
        }
    }
    tell(f, &reader, told, size);
}

static void a_heap_tells_of_limits(void **state)
{
    struct fixture f;
    struct hd_event_reader reader = {0};
    char told[10000];

    (void)state;
    fixture_options(&f);
    f.options.limit = (struct hd_amount){HD_UNLIMITED, 3};
    fixture_open(&f);
    reader.after = 2;
    for (int i = 0; i < 3; i++) {
        uint64_t list = new_list(&f);

        assert_int_equal(append(&f, list, list), HD_OK);
        assert_int_equal(release(&f, list), HD_OK);
    }
    (void)new_list(&f); /* what is unheld goes first */
    tell(&f, &reader, told, sizeof told);
    assert_string_equal(
        told,
        "3 kind 16 session 1 generation 0 cause 0 limit LIMIT_HEAP_OBJECTS count 1 bytes some\n"
        "4 kind 4 session 1 generation 2 cause 3 limit NONE count 0 bytes none\n"
        "5 kind 5 session 1 generation 2 cause 3 limit NONE count 3 bytes some\n"
        "6 kind 17 session 1 generation 0 cause 0 limit LIMIT_HEAP_OBJECTS count 3 bytes "
        "some\n");
    fixture_down(&f);
}

static void the_same_operations_tell_the_same(void **state)
{
    static char first[100000];
    static char second[100000];
    struct fixture f;

    (void)state;
    meet_the_limit(&f, first, sizeof first);
    fixture_down(&f);
    meet_the_limit(&f, second, sizeof second);
    assert_string_equal(first, second);
    assert_true(strlen(first) > 100);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_numbered_and_dated),
        cmocka_unit_test(what_was_overwritten_is_told_once),
        cmocka_unit_test(a_reader_goes_on_from_any_number),
        cmocka_unit_test(the_filter_is_kept_to),
        cmocka_unit_test(a_long_name_is_cut_at_a_character),
        cmocka_unit_test(who_waits_is_woken_once_by_what_it_wants),
        cmocka_unit_test(an_idle_reader_is_not_overtaken_by_what_it_does_not_want),
        cmocka_unit_test(publishing_looks_at_nobody_who_does_not_want_it),
        cmocka_unit_test(without_memory_there_is_no_ring),
        cmocka_unit_test(a_heap_tells_of_sessions_and_collections),
        cmocka_unit_test(a_session_is_closed_when_all_is_released),
        cmocka_unit_test(a_heap_tells_of_limits),
        cmocka_unit_test(the_same_operations_tell_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
