/* SPDX-License-Identifier: MIT */
/* Streams against a scripted peer: what comes, what is kept, how they end. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/event.pb-c.h"
#include "heapd/v1/event_stream.pb-c.h"
#include "heapd/v1/server.pb-c.h"
#include "message_stream.h"

#define END 5

/* A message with events first to last. */
static void send_events(struct fake_peer *peer, uint32_t stream, uint64_t first, uint64_t last)
{
    Heapd__V1__EventsResponse message = HEAPD__V1__EVENTS_RESPONSE__INIT;
    Heapd__V1__Event events[32];
    Heapd__V1__Event *list[32];

    for (uint64_t i = first; i <= last; i++) {
        Heapd__V1__Event *event = &events[message.n_events];

        heapd__v1__event__init(event);
        event->sequence = i;
        event->kind = HEAPD__V1__EVENT_KIND__EVENT_KIND_SESSION_OPENED;
        event->time_ns = 1000 * i;
        event->session = i;
        list[message.n_events++] = event;
    }
    message.events = list;
    message.now_ns = 1000 * last + 7;
    fake_peer_data(peer, stream, 0, &message.base);
}

static struct heapd_stream *open_stream(struct fake_peer *peer)
{
    struct heapd_stream *stream;

    assert_int_equal(
        heapd_events_open(peer->client, NULL, HEAPD_EVENTS_FROM_NOW, &stream, NULL), HEAPD_OK);
    ttrpc__request__free_unpacked(fake_peer_stream_request(peer, NULL), NULL);
    return stream;
}

static void assert_next(struct heapd_stream *stream, uint64_t sequence)
{
    struct heapd_event event;

    assert_int_equal(heapd_events_next(stream, &event, NULL), HEAPD_OK);
    assert_true(event.sequence == sequence);
}

static void assert_ended(struct heapd_stream *stream, int code, const char *reason)
{
    struct heapd_event event;
    struct heapd_error error;

    assert_false(heapd_events_take(stream, &event));
    assert_int_equal(heapd_stream_status(stream, &error), code);
    assert_string_equal(error.reason, reason);
    assert_true(error.message[0] != '\0');
    memset(&error, 0, sizeof(error));
    assert_int_equal(heapd_events_next(stream, &event, &error), code);
    assert_string_equal(error.reason, reason);
}

static void the_request_says_what_is_wanted(void **state)
{
    const struct heapd_event_filter filter = {
        1u << HEAPD_EVENT_SESSION_OPENED | 1u << HEAPD_EVENT_PAUSE, 1u << 2, 9, "q"};
    struct fake_peer *peer = *state;
    Heapd__V1__EventsRequest *events;
    Ttrpc__Request *request;
    struct heapd_stream *stream;
    uint32_t number;

    heapd_client_set_timeout(peer->client, 5000); /* is not the stream's */
    assert_int_equal(heapd_client_set_heap(peer->client, "other", NULL), HEAPD_OK);
    assert_int_equal(heapd_events_open(peer->client, &filter, 41, &stream, NULL), HEAPD_OK);
    request = fake_peer_stream_request(peer, &number);
    assert_int_equal(number, 1);
    assert_string_equal(request->service, "heapd.v1.EventStreamService");
    assert_string_equal(request->method, "Events");
    assert_int_equal(request->timeout_nano, 0);
    assert_int_equal(request->n_metadata, 1);
    events =
        heapd__v1__events_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_non_null(events);
    assert_int_equal(events->start_case, HEAPD__V1__EVENTS_REQUEST__START_AFTER);
    assert_int_equal(events->after, 41);
    assert_int_equal(events->filter->n_kinds, 2);
    assert_int_equal(events->filter->kinds[1], 18);
    assert_int_equal(events->filter->n_generations, 1);
    assert_int_equal(events->filter->generations[0], 2);
    assert_int_equal(events->filter->session, 9);
    assert_string_equal(events->filter->queue, "q");
    heapd__v1__events_request__free_unpacked(events, NULL);
    ttrpc__request__free_unpacked(request, NULL);
    heapd_stream_close(stream);
    fake_peer_expect_end(peer, 1);
}

static void events_come_one_by_one(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *stream = open_stream(peer);
    struct heapd_event event;
    struct heapd_error error;

    send_events(peer, 1, 1, 3);
    fake_peer_data(peer, 1, 4, NULL); /* no data, and not the end */
    fake_peer_data(peer, 1, 0, NULL); /* an empty message */
    send_events(peer, 1, 4, 4);
    assert_false(heapd_events_take(stream, &event)); /* the socket was not read yet */
    assert_next(stream, 1);
    assert_int_equal(heapd_events_next(stream, &event, NULL), HEAPD_OK);
    assert_int_equal(event.kind, HEAPD_EVENT_SESSION_OPENED);
    assert_true(event.time_ns == 2000 && event.age_ns == 1007 && event.session == 2);
    assert_string_equal(event.queue, "");
    assert_string_equal(event.limit, "");
    assert_true(heapd_events_take(stream, &event));
    assert_next(stream, 4);
    assert_int_equal(heapd_stream_status(stream, NULL), HEAPD_OK);
    heapd_client_set_timeout(peer->client, 1);
    assert_int_equal(heapd_events_next(stream, &event, &error), HEAPD_DEADLINE_EXCEEDED);
    assert_int_equal(heapd_stream_status(stream, NULL), HEAPD_OK); /* it goes on */
    send_events(peer, 1, 5, 5);
    assert_next(stream, 5);
    heapd_stream_close(stream);
    fake_peer_expect_end(peer, 1);
    send_events(peer, 1, 6, 6); /* was under way */
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
}

static void calls_and_streams_share_a_connection(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *first = open_stream(peer);
    struct heapd_stream *second = open_stream(peer);
    Heapd__V1__PingResponse ping = HEAPD__V1__PING_RESPONSE__INIT;
    struct heapd_event event;
    uint64_t ns;

    send_events(peer, 3, 1, 2);
    send_events(peer, 1, 7, 7);
    fake_peer_answer(peer, 5, &ping.base);
    assert_int_equal(heapd_ping(peer->client, &ns, NULL), HEAPD_OK);
    assert_true(heapd_events_take(second, &event)); /* was kept meanwhile */
    assert_next(first, 7);
    fake_peer_data(peer, 1, END, NULL);
    send_events(peer, 3, 3, 3);
    assert_next(second, 2);
    assert_next(second, 3);
    assert_ended(first, HEAPD_CANCELLED, "STREAM_END");
    heapd_stream_close(first); /* has ended: nothing is sent */
    heapd_stream_close(second);
    ttrpc__request__free_unpacked(fake_peer_request(peer, NULL), NULL);
    fake_peer_expect_end(peer, 3);
}

static void how_it_ends_comes_behind_what_was_sent(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *refused = open_stream(peer);
    struct heapd_stream *drained = open_stream(peer);
    struct heapd_stream *broken = open_stream(peer);
    struct heapd_stream *lost = open_stream(peer);

    fake_peer_refuse(peer, 1, HEAPD_OUT_OF_RANGE, "BAD_ARGUMENT", "there is no event 5 yet");
    send_events(peer, 3, 1, 1);
    fake_peer_refuse(peer, 3, HEAPD_UNAVAILABLE, "DRAINING", "shutting down");
    send_events(peer, 5, 1, 1);
    fake_peer_frame(peer, 5, 3, "\xff\xff", 2);
    send_events(peer, 7, 1, 2);
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    assert_ended(refused, HEAPD_OUT_OF_RANGE, "BAD_ARGUMENT");
    assert_int_equal(heapd_stream_status(drained, NULL), HEAPD_OK); /* something is left */
    assert_next(drained, 1);
    assert_ended(drained, HEAPD_UNAVAILABLE, "DRAINING");
    assert_next(broken, 1);
    assert_ended(broken, HEAPD_INTERNAL, "BAD_REPLY");
    fake_peer_expect_end(peer, 5);
    assert_next(lost, 1);
    (void)close(peer->fd);
    peer->fd = -1;
    assert_next(lost, 2);
    {
        struct heapd_event event;

        assert_int_equal(heapd_events_next(lost, &event, NULL), HEAPD_UNAVAILABLE);
    }
    assert_ended(lost, HEAPD_UNAVAILABLE, "CONNECTION_LOST");
    assert_int_equal(heapd_events_open(peer->client, NULL, 0, &lost, NULL), HEAPD_UNAVAILABLE);
    heapd_stream_close(refused);
    heapd_stream_close(drained);
    heapd_stream_close(broken);
    heapd_stream_close(lost);
}

static void an_answer_without_a_stream_is_no_answer(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *stream = open_stream(peer);
    struct heapd_stream *big = open_stream(peer);
    Heapd__V1__EventsResponse empty = HEAPD__V1__EVENTS_RESPONSE__INIT;
    static const uint8_t header[10] = {0, 0x40, 0, 1, 0, 0, 0, 3, 3, 0};

    fake_peer_answer(peer, 1, &empty.base);
    fake_peer_write(peer, header, sizeof(header)); /* more than 4 MiB */
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    assert_ended(stream, HEAPD_INTERNAL, "BAD_REPLY");
    assert_ended(big, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_SIZE");
    heapd_stream_close(stream);
    heapd_stream_close(big);
    fake_peer_expect_end(peer, 3);
}

/* What nobody reads is kept to a limit: then the stream ends, behind what was kept. */
static void what_nobody_reads_is_bounded(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *stream = open_stream(peer);
    struct heapd_event event;
    uint64_t seen = 0;
    size_t most = 0;

    for (uint64_t i = 0; i < 60000; i++) {
        send_events(peer, 1, 32 * i + 1, 32 * i + 32);
        if (i % 50 == 49) {
            assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
        }
        most = stream->unread.capacity > most ? stream->unread.capacity : most;
    }
    assert_in_range(most, HDC_UNREAD_MAX, 2 * HDC_UNREAD_MAX);
    while (heapd_events_take(stream, &event)) {
        assert_true(event.sequence == ++seen);
    }
    assert_true(seen > 100000);
    assert_ended(stream, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY");
    fake_peer_expect_end(peer, 1);
    heapd_stream_close(stream);
}

static void a_stream_may_outlive_its_client(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_stream *stream = open_stream(peer);

    send_events(peer, 1, 1, 1);
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    heapd_client_close(peer->client);
    peer->client = NULL;
    assert_next(stream, 1);
    assert_ended(stream, HEAPD_CANCELLED, "");
    heapd_stream_close(stream);
    heapd_stream_close(NULL);
}

static void a_list_is_one_block(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ListEventsResponse answer = HEAPD__V1__LIST_EVENTS_RESPONSE__INIT;
    Heapd__V1__ListEventsRequest *list_request;
    Heapd__V1__Event events[2];
    Heapd__V1__Event *pointers[2] = {&events[0], &events[1]};
    static char queue[] = "blobs";
    static char limit[] = "LIMIT_HEAP_BYTES";
    struct heapd_event_list *list;
    Ttrpc__Request *request;

    heapd__v1__event__init(&events[0]);
    heapd__v1__event__init(&events[1]);
    events[0].sequence = 11;
    events[0].queue = queue;
    events[0].time_ns = 5;
    events[1].sequence = 12;
    events[1].kind = HEAPD__V1__EVENT_KIND__EVENT_KIND_LIMIT_MET;
    events[1].limit = limit;
    events[1].time_ns = 50; /* the clock may not go back, but a peer may lie */
    answer.events = pointers;
    answer.n_events = 2;
    answer.next_after = 13;
    answer.now_ns = 25;
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_list_events(peer->client, NULL, 10, 2, 500, &list, NULL), HEAPD_OK);
    assert_int_equal(list->count, 2);
    assert_true(list->next_after == 13);
    assert_string_equal(list->events[0].queue, "blobs");
    assert_true(list->events[0].age_ns == 20 && list->events[1].age_ns == 0);
    assert_string_equal(list->events[1].limit, "LIMIT_HEAP_BYTES");
    heapd_free(list);
    request = fake_peer_request(peer, NULL);
    list_request = heapd__v1__list_events_request__unpack(NULL, request->payload.len,
                                                          request->payload.data);
    assert_int_equal(list_request->start_case, HEAPD__V1__LIST_EVENTS_REQUEST__START_AFTER);
    assert_int_equal(list_request->after, 10);
    assert_int_equal(list_request->page_size, 2);
    assert_int_equal(list_request->wait_ms, 500);
    assert_null(list_request->filter);
    heapd__v1__list_events_request__free_unpacked(list_request, NULL);
    ttrpc__request__free_unpacked(request, NULL);
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(heapd_event_kind_name(HEAPD_EVENT_PAUSE), "pause");
    assert_string_equal(heapd_event_kind_name(0), "unknown");
    assert_string_equal(heapd_event_kind_name(HEAPD_EVENT_KIND_COUNT), "unknown");
    assert_string_equal(heapd_event_kind_name(-1), "unknown");
    for (int kind = 1; kind < HEAPD_EVENT_KIND_COUNT; kind++) {
        assert_string_not_equal(heapd_event_kind_name(kind), "unknown");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_request_says_what_is_wanted),
        TEST(events_come_one_by_one),
        TEST(calls_and_streams_share_a_connection),
        TEST(how_it_ends_comes_behind_what_was_sent),
        TEST(an_answer_without_a_stream_is_no_answer),
        TEST(what_nobody_reads_is_bounded),
        TEST(a_stream_may_outlive_its_client),
        TEST(a_list_is_one_block),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
