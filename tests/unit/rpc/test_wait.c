/* SPDX-License-Identifier: MIT */
/* Calls that wait for others, and streams: how they live and end, and what they cost. */
#include "rpc/wait.h"

#include <string.h>

#include "heap/events.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"
#include "rpc/call.h"

#define MS          UINT64_C(1000000)
#define KIB         ((size_t)1 << 10)
#define REMOTE_DONE 1
#define REMOTE_OPEN 2
#define END         5 /* remote closed, no data */

/* Something happens in the heap; who: a session's number. */
static void happen(struct channel_fixture *f, enum hd_event_kind kind, uint64_t who)
{
    hd_events_publish(hd_heap_events(f->heap),
                      &(struct hd_event){.kind = kind, .session = who});
}

static void happen_many(struct channel_fixture *f, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        happen(f, HD_EVENT_SESSION_OPENED, i);
    }
}

/* kind 0: any. */
static void put_filter(struct wire_bytes *to, uint64_t kind)
{
    struct wire_bytes filter = {0};

    if (kind != 0) {
        wire_put_number(&filter, 1, kind);
        wire_put_message(to, 1, &filter);
    }
    wire_bytes_free(&filter);
}

/* A stream of events of a kind (0: any) from now on; its number. */
static uint32_t open_stream(struct channel_fixture *f, uint64_t kind, uint8_t flags,
                            int64_t timeout_nano)
{
    struct wire_bytes payload = {0};

    put_filter(&payload, kind);
    channel_fixture_open_stream(f, "EventStreamService", "Events", &payload, flags,
                                timeout_nano);
    wire_bytes_free(&payload);
    return f->stream;
}

/* A call that waits so long for an event of a kind; its stream. */
static uint32_t send_list(struct channel_fixture *f, uint64_t kind, uint32_t wait_ms,
                          int64_t timeout_nano)
{
    struct wire_bytes payload = {0};

    put_filter(&payload, kind);
    wire_put_number(&payload, 3, wait_ms);
    channel_fixture_open_stream(f, "EventService", "ListEvents", &payload, 0, timeout_nano);
    wire_bytes_free(&payload);
    return f->stream;
}

static struct wire_reply take(struct channel_fixture *f)
{
    struct wire_reply reply;

    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    return reply;
}

static void take_nothing(struct channel_fixture *f)
{
    channel_fixture_settle(f);
    assert_int_equal(hd_buf_size(hd_channel_output(f->channel)), 0);
}

/* Data with one event, of this session. */
static void take_event(struct channel_fixture *f, uint32_t stream, uint64_t who)
{
    struct wire_reply reply = take(f);
    struct wire_value event;

    assert_int_equal(reply.type, 3);
    assert_int_equal(reply.flags, 0);
    assert_int_equal(reply.stream, stream);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &event));
    assert_int_equal(wire_number(event.data, event.size, 4), who);
    assert_false(wire_get(reply.payload, reply.payload_size, 1, 1, &event));
}

static void take_end(struct channel_fixture *f, uint32_t stream)
{
    struct wire_reply reply = take(f);

    assert_int_equal(reply.type, 3);
    assert_int_equal(reply.flags, END);
    assert_int_equal(reply.payload_size, 0);
    assert_int_equal(reply.stream, stream);
}

static void take_refusal(struct channel_fixture *f, uint32_t stream, int code,
                         const char *reason)
{
    struct wire_reply reply = take(f);

    assert_int_equal(reply.type, 2);
    assert_int_equal(reply.stream, stream);
    assert_string_equal(reply.reason, reason);
    assert_int_equal(reply.code, code);
    assert_true(strlen(reply.message) > 10);
}

/* An answer of ListEvents with so many events. */
static void take_list(struct channel_fixture *f, uint32_t stream, size_t count)
{
    struct wire_reply reply = take(f);
    struct wire_value event;

    assert_int_equal(reply.type, 2);
    assert_int_equal(reply.code, 0);
    assert_int_equal(reply.stream, stream);
    assert_int_equal(wire_get(reply.payload, reply.payload_size, 1, count, &event), 0);
    assert_true(count == 0 ||
                wire_get(reply.payload, reply.payload_size, 1, count - 1, &event));
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2),
                     hd_heap_events(f->heap)->last);
}

/* Nothing waits: not in the channel, the hub or the heap. */
static void assert_nobody_waits(struct channel_fixture *f)
{
    assert_int_equal(f->channel == NULL ? 0 : f->channel->outside_count, 0);
    assert_true(hd_list_is_empty(&f->hub->asleep));
    assert_true(hd_hub_deadline_ns(f->hub) == UINT64_MAX);
    assert_true(hd_list_is_empty(&hd_heap_events(f->heap)->waiting));
}

static void a_stream_gives_what_happens(void **state)
{
    static const uint8_t flags[] = {0, REMOTE_DONE, REMOTE_OPEN};
    struct channel_fixture *f = *state;

    happen(f, HD_EVENT_SESSION_OPENED, 1); /* before */
    for (size_t i = 0; i < 3; i++) {
        uint32_t stream = open_stream(f, 0, flags[i], 0);
        unsigned woken = f->woken;

        take_nothing(f);
        happen(f, HD_EVENT_SESSION_OPENED, 100);
        assert_int_equal(f->woken, woken + 1);
        happen(f, HD_EVENT_SESSION_OPENED, 101);
        assert_int_equal(f->woken, woken + 1); /* it knows already */
        channel_fixture_settle(f);
        {
            struct wire_reply reply = take(f);
            struct wire_value event;

            assert_int_equal(reply.stream, stream);
            assert_true(wire_get(reply.payload, reply.payload_size, 1, 1, &event));
            assert_int_equal(wire_number(event.data, event.size, 4), 101);
        }
        take_nothing(f);
        happen(f, HD_EVENT_SESSION_OPENED, 102);
        take_event(f, stream, 102);
        channel_fixture_send_data(f, stream, END, "");
        take_end(f, stream);
    }
    assert_nobody_waits(f);
}

static void an_idle_stream_is_left_in_peace(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, HD_EVENT_SESSION_CLOSED, REMOTE_DONE, 0);
    unsigned woken = f->woken;
    long requests = f->alloc.requests;

    happen_many(f, 20000);
    assert_int_equal(f->woken, woken);
    assert_int_equal(hd_heap_events(f->heap)->looked, 0);
    assert_false(hd_channel_wants_turn(f->channel));
    assert_int_equal(f->alloc.requests, requests);
    happen(f, HD_EVENT_SESSION_CLOSED, 5);
    take_event(f, stream, 5); /* and it was not overtaken */
}

static void two_streams_and_a_call_share_a_channel(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t opened = open_stream(f, HD_EVENT_SESSION_OPENED, REMOTE_DONE, 0);
    uint32_t closed = open_stream(f, HD_EVENT_SESSION_CLOSED, REMOTE_DONE, 0);
    uint32_t list;

    (void)channel_fixture_int(f, 1000);
    happen(f, HD_EVENT_SESSION_CLOSED, 1);
    take_event(f, closed, 1);
    list = send_list(f, HD_EVENT_SESSION_CLOSED, 1000, 0);
    happen(f, HD_EVENT_SESSION_OPENED, 2);
    take_event(f, opened, 2);
    take_nothing(f);
    channel_fixture_send_data(f, opened, END, "");
    take_end(f, opened);
    happen(f, HD_EVENT_SESSION_OPENED, 3);
    take_nothing(f);
    happen(f, HD_EVENT_SESSION_CLOSED, 4);
    take_event(f, closed, 4);
    take_list(f, list, 1);
    take_nothing(f);
}

static void streams_take_turns(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t first = open_stream(f, 0, REMOTE_DONE, 0);
    uint32_t second = open_stream(f, 0, REMOTE_DONE, 0);

    happen_many(f, 100); /* four messages for each */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(take(f).stream, first);
        assert_int_equal(take(f).stream, second);
    }
    take_nothing(f);
}

static void a_call_that_waits_holds_nothing_back(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t list = send_list(f, HD_EVENT_SESSION_CLOSED, 1000, 0);
    uint64_t id = channel_fixture_int(f, 1000); /* of the same session */

    assert_int_equal(channel_fixture_refcount(f, id), 1);
    happen(f, HD_EVENT_SESSION_CLOSED, 1);
    take_list(f, list, 1);
    assert_nobody_waits(f);
}

static void it_takes_effect_on_arrival(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    uint64_t ids[2000];
    uint32_t release;
    uint32_t info;
    uint32_t list;

    for (int i = 0; i < 2000; i++) {
        ids[i] = channel_fixture_int(f, 1000 + i);
    }
    wire_put_ids(&payload, 1, ids, 2000);
    channel_fixture_send(f, "ObjectService", "Release", &payload);
    assert_true(hd_session_is_busy(f->channel->session)); /* it takes slices */
    release = f->stream;
    channel_fixture_send(f, "HeapService", "Info", NULL);
    info = f->stream;
    list = send_list(f, 0, 0, 0);
    {
        struct wire_reply reply;

        assert_true(channel_fixture_reply(f, &reply)); /* without a slice of work */
        assert_int_equal(reply.stream, list);
    }
    assert_int_equal(take(f).stream, release);
    assert_int_equal(take(f).stream, info);
    wire_bytes_free(&payload);
}

static void what_there_is_is_the_answer_when_time_is_up(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t list = send_list(f, HD_EVENT_SESSION_CLOSED, 5, 0);
    uint32_t sooner = send_list(f, HD_EVENT_SESSION_CLOSED, 5, (int64_t)(2 * MS));
    uint64_t now = f->clock.now_ns;

    happen_many(f, 20000); /* is not for them: they lose nothing by it */
    take_nothing(f);
    assert_true(hd_hub_deadline_ns(f->hub) == now + 2 * MS);
    fake_clock_advance(&f->clock, 2 * MS - 1);
    hd_hub_expire(f->hub);
    take_nothing(f);
    fake_clock_advance(&f->clock, 1);
    hd_hub_expire(f->hub);
    take_list(f, sooner, 0);
    assert_true(hd_hub_deadline_ns(f->hub) == now + 5 * MS);
    fake_clock_advance(&f->clock, 100 * MS);
    hd_hub_expire(f->hub);
    take_list(f, list, 0);
    take_list(f, send_list(f, 0, 0, 0), 0); /* one that does not wait */
    assert_nobody_waits(f);
}

static void a_stream_ends_at_its_deadline(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, (int64_t)(3 * MS));

    happen(f, HD_EVENT_SESSION_OPENED, 1);
    take_event(f, stream, 1);
    fake_clock_advance(&f->clock, 3 * MS);
    hd_hub_expire(f->hub);
    take_refusal(f, stream, 4, "DEADLINE");
    assert_nobody_waits(f);
}

static void a_client_ends_its_stream(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_OPEN, 0);
    uint32_t other = open_stream(f, 0, REMOTE_OPEN, 0);
    uint32_t list = send_list(f, HD_EVENT_SESSION_CLOSED, 1000, 0);

    channel_fixture_send_data(f, stream, 4, ""); /* no data, and not the end: nothing */
    take_nothing(f);
    happen(f, HD_EVENT_SESSION_OPENED, 1); /* unsent when the end comes */
    wire_bytes_clear(&f->out);
    wire_put_frame(&f->out, stream, 3, REMOTE_DONE, "with data", 9);
    assert_int_equal(hd_channel_feed(f->channel, f->out.data, f->out.size), HD_OK);
    take_end(f, stream);
    take_event(f, other, 1);
    channel_fixture_send_data(f, stream, END, "");
    take_refusal(f, stream, 3, "BAD_STREAM"); /* no longer active */
    channel_fixture_send_data(f, other, 0, "");
    take_refusal(f, other, 3, "BAD_STREAM"); /* it takes none, not even an empty one */
    channel_fixture_send_data(f, list, END, "");
    take_refusal(f, list, 3, "BAD_STREAM"); /* not a stream, and it waits on */
    happen(f, HD_EVENT_SESSION_CLOSED, 2);
    take_list(f, list, 1);
    assert_nobody_waits(f);
}

static void so_many_may_wait_and_no_more(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t first = open_stream(f, 0, REMOTE_OPEN, 0);

    for (unsigned i = 1; i < HD_WAITS_MAX; i++) {
        (void)(i % 2 == 0 ? open_stream(f, 0, 0, 0) : send_list(f, 0, 1000, 0));
    }
    take_nothing(f);
    take_refusal(f, open_stream(f, 0, 0, 0), 8, "LIMIT_CALLS");
    take_refusal(f, send_list(f, 0, 1, 0), 8, "LIMIT_CALLS");
    take_list(f, send_list(f, 0, 0, 0), 0); /* does not wait */
    (void)channel_fixture_int(f, 1000);     /* nor does that */
    channel_fixture_send_data(f, first, END, "");
    take_end(f, first);
    (void)send_list(f, 0, 1000, 0);
    take_nothing(f);
    assert_int_equal(f->channel->outside_count, HD_WAITS_MAX);
}

static void a_draining_hub_ends_them(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, 0);
    uint32_t list = send_list(f, HD_EVENT_SESSION_CLOSED, 1000, 0);

    assert_false(hd_channel_is_idle(f->channel));
    happen(f, HD_EVENT_SESSION_OPENED, 1);
    hd_hub_drain(f->hub);
    take_event(f, stream, 1); /* what there is first */
    take_list(f, list, 0);
    take_refusal(f, stream, 14, "DRAINING");
    take_refusal(f, open_stream(f, 0, 0, 0), 14, "DRAINING");
    assert_nobody_waits(f);
    assert_true(hd_channel_is_idle(f->channel));
}

static void a_peer_that_sends_no_more_waits_no_more(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, 0);
    uint32_t list = send_list(f, HD_EVENT_SESSION_CLOSED, 1000, 0);

    happen(f, HD_EVENT_SESSION_OPENED, 1);
    hd_channel_feed_end(f->channel);
    assert_false(hd_channel_is_finished(f->channel));
    take_event(f, stream, 1);
    take_list(f, list, 0);
    take_end(f, stream);
    assert_nobody_waits(f);
    assert_true(hd_channel_is_finished(f->channel));
}

static void garbage_ends_them_too(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, 0);
    struct wire_reply reply;

    channel_fixture_feed(f, "GET / HTTP/1.1\r\n\r\n", 18);
    assert_true(channel_fixture_reply(f, &reply));
    assert_string_equal(reply.reason, "LIMIT_SIZE");
    take_end(f, stream);
    assert_true(hd_channel_is_finished(f->channel));
}

static void a_channel_that_goes_takes_them_with_it(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_channel *other = channel_fixture_open(f);
    struct wire_request list = {.service = "EventService", .method = "ListEvents"};
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, (int64_t)MS);

    (void)send_list(f, 0, 1000, 0);
    happen(f, HD_EVENT_SESSION_OPENED, 1); /* awake, when it goes */
    wire_bytes_clear(&f->out);
    for (uint32_t i = 0; i < 300; i++) { /* more than a turn's worth */
        wire_put_request(&f->out, stream + 100 + 2 * i, &list);
    }
    channel_fixture_feed(f, f->out.data, f->out.size);
    hd_channel_close(f->channel);
    f->channel = NULL;
    assert_nobody_waits(f);
    happen_many(f, 10);
    hd_channel_close(other);
}

/* What a stopped reader costs: nothing per event, and a bounded amount in all. */
static void a_reader_that_has_stopped_costs_nothing(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_buf *output = hd_channel_output(f->channel);
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, 0);
    uint64_t last = hd_heap_events(f->heap)->last;
    struct wire_reply reply;
    struct wire_value event;
    size_t size;
    size_t bytes;
    long requests;
    uint64_t looked;
    unsigned overflows = 0;

    for (int i = 0; i < 100; i++) {
        happen_many(f, 1000);
        channel_fixture_settle(f);
    }
    size = hd_buf_size(output);
    assert_in_range(size, 64 * KIB, 66 * KIB);
    assert_false(hd_channel_wants_turn(f->channel));
    bytes = f->alloc.live_bytes;
    requests = f->alloc.requests;
    looked = hd_heap_events(f->heap)->looked;

    happen_many(f, 1000000); /* nobody reads */
    assert_false(hd_channel_wants_turn(f->channel));
    assert_int_equal(hd_buf_size(output), size);
    assert_int_equal(f->alloc.live_bytes, bytes);
    assert_int_equal(f->alloc.requests, requests);
    assert_int_equal(hd_heap_events(f->heap)->looked, looked);
    assert_true(hd_channel_wants_input(f->channel));

    while (channel_fixture_reply(f, &reply)) { /* it reads again */
        assert_int_equal(reply.stream, stream);
        for (size_t i = 0; wire_get(reply.payload, reply.payload_size, 1, i, &event); i++) {
            uint64_t sequence = wire_number(event.data, event.size, 1);

            if (wire_number(event.data, event.size, 2) == 1) {
                overflows++;
                assert_int_equal(sequence - last, wire_number(event.data, event.size, 6));
            } else {
                assert_int_equal(sequence, last + 1);
            }
            last = sequence;
        }
        channel_fixture_settle(f);
    }
    assert_int_equal(last, hd_heap_events(f->heap)->last);
    assert_in_range(overflows, 1, 30); /* one for each time it was overtaken */
}

static void a_flood_of_events_does_not_hold_up_other_calls(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_reply reply;
    unsigned messages = 0;

    (void)open_stream(f, 0, REMOTE_DONE, 0);
    happen_many(f, 4000);
    hd_channel_turn(f->channel);
    assert_true(hd_channel_wants_input(f->channel));
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, 99,
                     &(struct wire_request){.service = "ServerService", .method = "Ping"});
    assert_int_equal(hd_channel_feed(f->channel, f->out.data, f->out.size), HD_OK);
    while (channel_fixture_reply(f, &reply) && reply.type == 3) {
        messages++;
    }
    assert_int_equal(reply.stream, 99);
    assert_in_range(messages, 10, 64);
    assert_true(hd_channel_wants_turn(f->channel)); /* one turn was not all of them */
}

static void a_steady_stream_allocates_nothing(void **state)
{
    struct channel_fixture *f = *state;
    uint32_t stream = open_stream(f, 0, REMOTE_DONE, 0);
    struct wire_reply reply;
    long before = 0;

    for (int i = 0; i < 1000; i++) {
        if (i == 600) { /* sequence numbers have grown, and the output with them */
            before = f->alloc.requests;
        }
        happen_many(f, 32);
        reply = take(f);
        assert_int_equal(reply.stream, stream);
        take_nothing(f);
    }
    assert_int_equal(f->alloc.requests, before);
}

/* A stream and a call that waits, events for them, and the answers: as far as memory goes. */
static void converse(struct channel_fixture *f, const struct wire_bytes *requests)
{
    struct wire_reply reply;
    unsigned answers = 0;

    (void)hd_channel_feed(f->channel, requests->data, requests->size);
    happen_many(f, 100);
    while (!hd_channel_is_broken(f->channel) && hd_channel_wants_turn(f->channel)) {
        hd_channel_turn(f->channel);
    }
    if (hd_channel_is_broken(f->channel)) {
        return;
    }
    while (channel_fixture_reply(f, &reply)) {
        assert_true(reply.type == 3 || reply.code == 0 || reply.code == 8);
        answers++;
    }
    assert_in_range(answers, 2, 5);
}

static void every_allocation_may_fail(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes requests = {0};
    struct wire_bytes payload = {0};
    bool failed = true;

    wire_put_request(
        &requests, 1,
        &(struct wire_request){.service = "EventStreamService", .method = "Events"});
    wire_put_number(&payload, 3, 1000);
    wire_put_request(&requests, 3,
                     &(struct wire_request){.service = "EventService",
                                            .method = "ListEvents",
                                            .payload = &payload});
    hd_channel_close(f->channel);
    for (long n = 0; failed; n++) {
        assert_in_range(n, 0, 100);
        f->channel = channel_fixture_open(f);
        hd_call_free_spare(f->hub);
        fault_alloc_rearm(&f->alloc, n, true);
        converse(f, &requests);
        failed = f->alloc.requests > n;
        fault_alloc_rearm(&f->alloc, FAULT_NEVER, false);
        hd_channel_close(f->channel);
        f->channel = NULL;
        assert_nobody_waits(f);
    }
    wire_bytes_free(&requests);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stream_gives_what_happens),
        TEST(an_idle_stream_is_left_in_peace),
        TEST(two_streams_and_a_call_share_a_channel),
        TEST(streams_take_turns),
        TEST(a_call_that_waits_holds_nothing_back),
        TEST(it_takes_effect_on_arrival),
        TEST(what_there_is_is_the_answer_when_time_is_up),
        TEST(a_stream_ends_at_its_deadline),
        TEST(a_client_ends_its_stream),
        TEST(so_many_may_wait_and_no_more),
        TEST(a_draining_hub_ends_them),
        TEST(a_peer_that_sends_no_more_waits_no_more),
        TEST(garbage_ends_them_too),
        TEST(a_channel_that_goes_takes_them_with_it),
        TEST(a_reader_that_has_stopped_costs_nothing),
        TEST(a_flood_of_events_does_not_hold_up_other_calls),
        TEST(a_steady_stream_allocates_nothing),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
