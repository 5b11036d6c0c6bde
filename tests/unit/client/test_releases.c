/* SPDX-License-Identifier: MIT */
/* Holds given back later: gathered, in order with everything else, and the bad ones found. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/object.pb-c.h"

#define MANY 512

struct log {
    uint64_t ids[8];
    uint32_t counts[8];
    size_t count;
    size_t calls;
    int code;
    char reason[48];
};

static void note(struct heapd_client *client, const uint64_t *ids, const uint32_t *counts,
                 size_t count, const struct heapd_error *error, void *ctx)
{
    struct log *log = ctx;

    (void)client;
    for (size_t i = 0; i < count && log->count < 8; i++) {
        log->ids[log->count] = ids[i];
        log->counts[log->count++] = counts[i];
    }
    log->calls++;
    log->code = error->code;
    (void)snprintf(log->reason, sizeof(log->reason), "%s", error->reason);
}

static void later(struct fake_peer *peer, uint64_t id)
{
    assert_int_equal(heapd_release_later(peer->client, id, NULL), HEAPD_OK);
}

/* The next request releases count objects, the first and its count being these. */
static void expect_release(struct fake_peer *peer, size_t count, uint64_t first,
                           uint32_t first_count)
{
    Heapd__V1__ReleaseRequest *request =
        fake_peer_payload(peer, "Release", &heapd__v1__release_request__descriptor, NULL);

    assert_int_equal(request->objects->n_ids, count);
    assert_int_equal(request->n_counts, count);
    assert_true(request->objects->ids[0] == first);
    assert_int_equal(request->counts[0], first_count);
    protobuf_c_message_free_unpacked(&request->base, NULL);
}

static void they_leave_before_the_next_request(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReleaseResponse released = HEAPD__V1__RELEASE_RESPONSE__INIT;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    Ttrpc__Request *request;

    later(peer, 7);
    later(peer, 8);
    later(peer, 7);
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
    assert_int_equal(heapd_client_events(peer->client), POLLIN | POLLOUT);
    fake_peer_answer(peer, 1, &released.base);
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_length(peer->client, heapd_id(9), NULL, NULL), HEAPD_OK);
    expect_release(peer, 2, 7, 2);
    request = fake_peer_request(peer, NULL);
    assert_string_equal(request->method, "Length");
    ttrpc__request__free_unpacked(request, NULL);
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
    assert_int_equal(heapd_client_events(peer->client), POLLIN);
}

static void they_leave_before_a_stream_and_when_processed(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReleaseResponse released = HEAPD__V1__RELEASE_RESPONSE__INIT;
    struct heapd_stream *stream;

    later(peer, 7);
    assert_int_equal(heapd_events_open(peer->client, NULL, 0, &stream, NULL), HEAPD_OK);
    expect_release(peer, 1, 7, 1);
    ttrpc__request__free_unpacked(fake_peer_stream_request(peer, NULL), NULL);
    heapd_stream_close(stream);
    fake_peer_expect_end(peer, 3);

    later(peer, 8);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    expect_release(peer, 1, 8, 1);
    fake_peer_answer(peer, 1, &released.base);
    fake_peer_answer(peer, 5, &released.base);
    later(peer, 9);
    fake_peer_answer(peer, 7, &released.base);
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_OK);
    expect_release(peer, 1, 9, 1);
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
}

static void a_full_gathering_leaves_by_itself(void **state)
{
    struct fake_peer *peer = *state;

    for (uint64_t id = 1; id <= MANY; id++) {
        later(peer, id);
    }
    later(peer, 1); /* no other object */
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
    later(peer, MANY + 1);
    assert_int_equal(heapd_client_in_flight(peer->client), 1);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    expect_release(peer, MANY, 1, 2);
    expect_release(peer, 1, MANY + 1, 1);
}

static void refuse(struct fake_peer *peer, uint32_t stream)
{
    fake_peer_refuse(peer, stream, HEAPD_FAILED_PRECONDITION, "NOT_HELD", "#3 is not held");
}

/* Of three the last is bad: (1 2 3), then 1, and (2 3), then 2 and 3. */
static void a_bad_one_stands_alone_in_the_end(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReleaseResponse released = HEAPD__V1__RELEASE_RESPONSE__INIT;
    struct log log = {.count = 0};

    heapd_client_set_release_callback(peer->client, note, &log);
    later(peer, 1);
    later(peer, 2);
    later(peer, 3);
    later(peer, 3);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    refuse(peer, 1);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    refuse(peer, 3);
    fake_peer_answer(peer, 5, &released.base);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    refuse(peer, 7);
    fake_peer_answer(peer, 9, &released.base);
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_OK);
    assert_int_equal(log.calls, 1);
    assert_int_equal(log.count, 1);
    assert_true(log.ids[0] == 3);
    assert_int_equal(log.counts[0], 2);
    assert_int_equal(log.code, HEAPD_FAILED_PRECONDITION);
    assert_string_equal(log.reason, "NOT_HELD");
    expect_release(peer, 3, 1, 1);
    expect_release(peer, 2, 2, 1);
    expect_release(peer, 1, 1, 1);
    expect_release(peer, 1, 3, 2);
    expect_release(peer, 1, 2, 1);
}

static void a_lost_connection_is_reported_for_both(void **state)
{
    struct fake_peer *peer = *state;
    struct log log = {.count = 0};
    struct heapd_error error;

    heapd_client_set_release_callback(peer->client, note, &log);
    later(peer, 1);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    later(peer, 2);
    (void)close(peer->fd);
    peer->fd = -1;
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_UNAVAILABLE);
    assert_int_equal(log.count, 2);
    assert_true(log.ids[0] + log.ids[1] == 3);
    assert_int_equal(log.code, HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_release_later(peer->client, 3, &error), HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
}

static void nothing_is_no_object(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_error error;

    assert_int_equal(heapd_release_later(peer->client, 0, &error), HEAPD_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "BAD_OPERAND");
    later(peer, 1); /* and is freed with the client */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)
    const struct CMUnitTest tests[] = {
        TEST(they_leave_before_the_next_request),
        TEST(they_leave_before_a_stream_and_when_processed),
        TEST(a_full_gathering_leaves_by_itself),
        TEST(a_bad_one_stands_alone_in_the_end),
        TEST(a_lost_connection_is_reported_for_both),
        TEST(nothing_is_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
