/* SPDX-License-Identifier: MIT */
/* ListEvents and Events by hand-written bytes: what is told, filters, pages, and bad input. */
#include <string.h>

#include "heap/events.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define EVENT  "EventService"
#define STREAM "EventStreamService"

static void publish(struct channel_fixture *f, const struct hd_event *event)
{
    hd_events_publish(hd_heap_events(f->heap), event);
}

static struct wire_value event_of(const struct wire_reply *reply, size_t index)
{
    struct wire_value event;

    assert_true(wire_get(reply->payload, reply->payload_size, 1, index, &event));
    return event;
}

static uint64_t number_of(struct wire_value event, unsigned field)
{
    return wire_number(event.data, event.size, field);
}

static size_t count_of(const struct wire_reply *reply)
{
    struct wire_value event;
    size_t count = 0;

    while (wire_get(reply->payload, reply->payload_size, 1, count, &event)) {
        count++;
    }
    return count;
}

static struct wire_reply list(struct channel_fixture *f, struct wire_bytes *filter,
                              uint64_t after, uint32_t page)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    if (filter != NULL) {
        wire_put_message(&payload, 1, filter);
    }
    wire_put_number(&payload, 2, after);
    wire_put_number(&payload, 4, page);
    reply = channel_fixture_must(f, EVENT, "ListEvents", &payload);
    wire_bytes_free(&payload);
    return reply;
}

static void an_event_is_told_with_all_it_has(void **state)
{
    struct channel_fixture *f = *state;
    const struct hd_event all = {.kind = HD_EVENT_COLLECTION_FINISHED,
                                 .generation = 2,
                                 .mode = HD_EVENT_CLASSIC,
                                 .cause = HD_EVENT_BY_LIMIT,
                                 .limit = HD_REASON_LIMIT_HEAP_BYTES,
                                 .session = 7,
                                 .object = 0x123456789abcdef0,
                                 .count = 1,
                                 .uncollectable = 2,
                                 .candidates = 3,
                                 .bytes = 4,
                                 .duration_ns = 5,
                                 .queue = {"blobs", 5}};
    static const uint64_t wanted[] = {0, 1, 5, SECOND, 7, 0x123456789abcdef0, 1, 4, 5,
                                      2, 1, 3, 2,      3};
    struct wire_reply reply;
    struct wire_value event;
    struct wire_value text;

    publish(f, &all);
    fake_clock_advance(&f->clock, 11);
    reply = list(f, NULL, 0, 0);
    assert_int_equal(count_of(&reply), 2); /* and the session that asks */
    event = event_of(&reply, 0);
    for (unsigned field = 1; field <= 13; field++) {
        assert_true(number_of(event, field) == wanted[field]);
    }
    assert_true(wire_get(event.data, event.size, 14, 0, &text));
    assert_memory_equal(text.data, "blobs", 5);
    assert_true(wire_get(event.data, event.size, 15, 0, &text));
    assert_memory_equal(text.data, "LIMIT_HEAP_BYTES", 16);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 2);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 3), SECOND + 11);
}

static void pages_follow_each_other(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_reply reply;
    uint64_t after = 0;

    for (int i = 0; i < 2500; i++) {
        publish(f, &(struct hd_event){.kind = HD_EVENT_PAUSE});
    }
    for (uint64_t pages = 0; pages < 3; pages++) {
        reply = list(f, NULL, after, (uint32_t)(pages == 1 ? 5000 : 0));
        assert_int_equal(count_of(&reply), pages < 2 ? 1000 : 501);
        assert_int_equal(number_of(event_of(&reply, 0), 1), after + 1);
        after = wire_number(reply.payload, reply.payload_size, 2);
    }
    assert_int_equal(after, 2501);
    reply = list(f, NULL, after, 0);
    assert_int_equal(count_of(&reply), 0);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), after);
    reply = list(f, NULL, 7, 3);
    assert_int_equal(count_of(&reply), 3);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 10);
}

static void without_a_start_it_is_from_now_on(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_reply reply;

    publish(f, &(struct hd_event){.kind = HD_EVENT_PAUSE});
    reply = channel_fixture_must(f, EVENT, "ListEvents", NULL);
    assert_int_equal(count_of(&reply), 0);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 2);
}

static void what_was_lost_is_told_to_a_reader_of_anything(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes filter = {0};
    struct wire_reply reply;

    for (int i = 0; i < 5000; i++) {
        publish(f, &(struct hd_event){.kind = HD_EVENT_PAUSE});
    }
    wire_put_number(&filter, 1, HD_EVENT_SESSION_OPENED);
    reply = list(f, &filter, 0, 0);
    assert_int_equal(count_of(&reply), 2);
    assert_int_equal(number_of(event_of(&reply, 0), 2), HD_EVENT_OVERFLOW);
    assert_int_equal(number_of(event_of(&reply, 0), 1), 905); /* of 5001 4096 are kept */
    assert_int_equal(number_of(event_of(&reply, 0), 6), 905);
    assert_int_equal(number_of(event_of(&reply, 1), 1), 5001);
    wire_bytes_free(&filter);
}

static void filters_are_carried(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes filter = {0};
    struct wire_reply reply;

    publish(f, &(struct hd_event){.kind = HD_EVENT_PAUSE});
    publish(f, &(struct hd_event){
                   .kind = HD_EVENT_COLLECTION_STARTED, .generation = 1, .session = 9});
    publish(f, &(struct hd_event){.kind = HD_EVENT_COLLECTION_FINISHED, .generation = 2});
    publish(f, &(struct hd_event){.kind = HD_EVENT_FINALIZER_QUEUED, .queue = {"q", 1}});
    wire_put_bytes(&filter, 1, "\x05\x12", 2); /* kinds, packed: 5 and 18 */
    reply = list(f, &filter, 0, 0);
    assert_int_equal(count_of(&reply), 2);
    assert_int_equal(number_of(event_of(&reply, 1), 1), 3);
    wire_put_bytes(&filter, 2, "\x01\x00", 2);
    reply = list(f, &filter, 0, 0);
    assert_int_equal(count_of(&reply), 1);
    assert_int_equal(number_of(event_of(&reply, 0), 1), 2);
    wire_put_number(&filter, 3, 9);
    reply = list(f, &filter, 0, 0);
    assert_int_equal(count_of(&reply), 1);
    wire_put_text(&filter, 4, "q");
    reply = list(f, &filter, 0, 0);
    assert_int_equal(count_of(&reply), 1);
    assert_int_equal(number_of(event_of(&reply, 0), 1), 4);
    wire_bytes_free(&filter);
}

/* Both calls judge alike. */
static void refused(struct channel_fixture *f, struct wire_bytes *payload, int code,
                    const char *reason, const char *message)
{
    struct wire_bytes copy = {0};

    wire_bytes_add(&copy, payload->data, payload->size);
    channel_fixture_refused(f, EVENT, "ListEvents", payload, code, reason, message);
    channel_fixture_refused(f, STREAM, "Events", &copy, code, reason, message);
    wire_bytes_free(&copy);
}

static void bad_input_is_refused(void **state)
{
    static const struct {
        unsigned field;
        uint64_t value;
        const char *message;
    } bad[] = {
        {1, 0, "event kind 0 is none that exists"},
        {1, 19, "event kind 19 is none that exists"},
        {1, UINT64_MAX, "event kind 4294967295 is none that exists"},
        {2, 3, "generation 3 is none that exists"},
        {2, 4294967295, "generation 4294967295 is none that exists"},
    };
    struct channel_fixture *f = *state;
    struct wire_bytes filter = {0};
    struct wire_bytes payload = {0};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wire_put_number(&filter, bad[i].field, bad[i].value);
        wire_put_message(&payload, 1, &filter);
        refused(f, &payload, 3, "BAD_ARGUMENT", bad[i].message);
    }
    wire_put_text(&filter, 4, "\xff");
    wire_put_message(&payload, 1, &filter);
    refused(f, &payload, 3, "BAD_UTF8", "EventFilter.queue is not valid UTF-8");
    wire_put_number(&payload, 2, 2);
    refused(f, &payload, 11, "BAD_ARGUMENT", "there is no event 2 yet; the last one is 1");
    wire_put_number(&payload, 2, UINT64_MAX);
    refused(f, &payload, 11, "BAD_ARGUMENT", NULL);
    wire_put_number(&payload, 3, 3600001);
    channel_fixture_refused(f, EVENT, "ListEvents", &payload, 3, "BAD_ARGUMENT",
                            "wait_ms 3600001 is more than 3600000");
    wire_put_number(&payload, 3, UINT32_MAX);
    channel_fixture_refused(f, EVENT, "ListEvents", &payload, 3, "BAD_ARGUMENT", NULL);
    wire_put_bytes(&payload, 1, "\xff", 1);
    refused(f, &payload, 13, "MALFORMED", NULL);
    wire_bytes_free(&filter);
    wire_bytes_free(&payload);
}

static void heaps_have_events_of_their_own(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_channel *first = f->channel;
    struct wire_request request = {.service = EVENT, .method = "ListEvents", .heap = "other"};
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    (void)list(f, NULL, 0, 0);
    f->channel = channel_fixture_open(f);
    wire_put_number(&payload, 2, 0);
    request.payload = &payload;
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, 1, &request);
    channel_fixture_feed(f, f->out.data, f->out.size);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(count_of(&reply),
                     1); /* this session's beginning, and nothing of the other */
    hd_channel_close(f->channel);
    f->channel = first;
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_is_told_with_all_it_has),
        TEST(pages_follow_each_other),
        TEST(without_a_start_it_is_from_now_on),
        TEST(what_was_lost_is_told_to_a_reader_of_anything),
        TEST(filters_are_carried),
        TEST(bad_input_is_refused),
        TEST(heaps_have_events_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
