/* SPDX-License-Identifier: MIT */
/* What a client makes of the bytes that come back. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/object.pb-c.h"
#include "heapd/v1/server.pb-c.h"

static void note_done(struct heapd_batch *batch, void *ctx)
{
    (void)batch;
    (*(int *)ctx)++;
}

static struct heapd_batch *sent_length(struct fake_peer *peer, int *done)
{
    struct heapd_batch *batch = heapd_batch_new();

    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batch, note_done, done, NULL), HEAPD_OK);
    return batch;
}

static void a_blocking_call_is_its_own_request(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__CreateResponse answer = HEAPD__V1__CREATE_RESPONSE__INIT;
    Heapd__V1__CreateRequest *create;
    Ttrpc__Request *request;
    uint32_t stream;
    uint64_t id;

    answer.id = 77;
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(
        heapd_create(peer->client, heapd_new_int(1000), heapd_keep_hold(), &id, NULL),
        HEAPD_OK);
    assert_true(id == 77);
    request = fake_peer_request(peer, &stream);
    assert_int_equal(stream, 1);
    assert_string_equal(request->service, "heapd.v1.ObjectService");
    assert_string_equal(request->method, "Create");
    assert_int_equal(request->timeout_nano, 0);
    create =
        heapd__v1__create_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_non_null(create);
    assert_int_equal(create->object->int_value, 1000);
    heapd__v1__create_request__free_unpacked(create, NULL);
    ttrpc__request__free_unpacked(request, NULL);
}

static void an_answer_may_come_byte_by_byte(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batch;
    uint8_t bytes[256];
    size_t size;
    int done = 0;

    answer.length = 123456789;
    batch = sent_length(peer, &done);
    size = fake_peer_answer_bytes(1, &answer.base, bytes, sizeof(bytes));
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(done, 0);
        fake_peer_write(peer, &bytes[i], 1);
        assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    }
    assert_int_equal(done, 1);
    assert_true(heapd_result_number(batch, 0) == 123456789);
    heapd_batch_free(batch);
}

/* The answers to two requests in one write up to `cut`, and another for the rest. */
static size_t cut_at(struct fake_peer *peer, uint32_t stream, size_t cut)
{
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    uint8_t bytes[256];
    int done = 0;
    struct heapd_batch *first = sent_length(peer, &done);
    struct heapd_batch *second = sent_length(peer, &done);
    size_t size;

    answer.length = 5;
    size = fake_peer_answer_bytes(stream + 2, &answer.base, bytes, sizeof(bytes));
    size += fake_peer_answer_bytes(stream, &answer.base, bytes + size, sizeof(bytes) - size);
    fake_peer_write(peer, bytes, cut);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    fake_peer_write(peer, bytes + cut, size - cut);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    assert_int_equal(done, 2);
    heapd_batch_free(first);
    heapd_batch_free(second);
    return size;
}

static void two_answers_may_be_cut_anywhere(void **state)
{
    struct fake_peer *peer = *state;
    size_t size = cut_at(peer, 1, 0);

    for (size_t cut = 1; cut <= size; cut++) {
        (void)cut_at(peer, 1 + 4 * (uint32_t)cut, cut);
    }
}

static void a_refusal_has_code_reason_and_sentence(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_error error;

    fake_peer_refuse(peer, 1, HEAPD_NOT_FOUND, "STALE_ID", "the object 42 is gone");
    assert_int_equal(heapd_clear(peer->client, heapd_id(42), &error), HEAPD_NOT_FOUND);
    assert_int_equal(error.code, HEAPD_NOT_FOUND);
    assert_string_equal(error.reason, "STALE_ID");
    assert_string_equal(error.message, "the object 42 is gone");

    fake_peer_refuse(peer, 3, HEAPD_UNIMPLEMENTED, NULL, "method\nNope");
    assert_int_equal(heapd_clear(peer->client, heapd_id(42), &error), HEAPD_UNIMPLEMENTED);
    assert_string_equal(error.reason, "");
    assert_string_equal(error.message, "method Nope");

    fake_peer_refuse(peer, 5, 99, NULL, "?");
    assert_int_equal(heapd_clear(peer->client, heapd_id(42), NULL), HEAPD_UNKNOWN);
}

static void what_nobody_asked_for_is_dropped(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__PingResponse answer = HEAPD__V1__PING_RESPONSE__INIT;

    fake_peer_frame(peer, 99, 2, "whatever", 8);
    fake_peer_frame(peer, 1, 77, "a type of the future", 20);
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_ping(peer->client, NULL, NULL), HEAPD_OK);
}

static void an_answer_that_is_none_is_an_internal_error(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__PingResponse answer = HEAPD__V1__PING_RESPONSE__INIT;
    struct heapd_error error;

    fake_peer_frame(peer, 1, 2, "\xff\xff\xff\xff", 4);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_INTERNAL);
    assert_string_equal(error.reason, "BAD_REPLY");
    fake_peer_frame(peer, 3, 2, "\x12\x02\xff\xff", 4);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_INTERNAL);
    fake_peer_frame(peer, 5, 3, "data", 4);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_INTERNAL);
    fake_peer_answer(peer, 7, &answer.base);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_OK); /* still in step */
}

static void an_answer_too_big_is_refused_and_the_connection_lives_on(void **state)
{
    static const uint8_t header[] = {0, 0x40, 0, 1, 0, 0, 0, 1, 2, 0};
    static uint8_t chunk[65536];
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_error error;
    int done = 0;
    struct heapd_batch *batch = sent_length(peer, &done);

    fake_peer_write(peer, header, sizeof(header));
    for (size_t left = 4194305; left > 0;) {
        size_t size = left < sizeof(chunk) ? left : sizeof(chunk);

        fake_peer_write(peer, chunk, size);
        assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
        left -= size;
    }
    assert_int_equal(done, 1);
    assert_int_equal(heapd_batch_status(batch, NULL, &error), HEAPD_RESOURCE_EXHAUSTED);
    assert_string_equal(error.reason, "LIMIT_SIZE");
    heapd_batch_free(batch);

    batch = sent_length(peer, &done);
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_client_wait(peer->client, batch, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_OK);
    heapd_batch_free(batch);
}

static void garbage_ends_the_connection(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_error error;

    fake_peer_write(peer, "HTTP/1.1 400 Bad Request\r\n", 26);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "BAD_REPLY");
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_UNAVAILABLE);
}

static void a_lost_connection_fails_all_that_wait(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batches[3];
    struct heapd_error error;
    int done = 0;

    for (size_t i = 0; i < 3; i++) {
        batches[i] = sent_length(peer, &done);
    }
    assert_int_equal(heapd_client_flush(peer->client, NULL), HEAPD_OK);
    fake_peer_answer(peer, 3, &answer.base);
    (void)close(peer->fd);
    peer->fd = -1;
    assert_int_equal(heapd_client_wait(peer->client, NULL, &error), HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "CONNECTION_LOST");
    assert_int_equal(done, 3);
    assert_int_equal(heapd_batch_status(batches[0], NULL, &error), HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_batch_status(batches[1], NULL, &error), HEAPD_OK);
    assert_int_equal(heapd_batch_status(batches[2], NULL, &error), HEAPD_UNAVAILABLE);
    heapd_batch_reset(batches[0]);
    (void)heapd_batch_length(batches[0], heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batches[0], note_done, &done, &error),
                     HEAPD_UNAVAILABLE);
    for (size_t i = 0; i < 3; i++) {
        heapd_batch_free(batches[i]);
    }
}

static void a_call_out_of_time_leaves_the_connection_alive(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__PingResponse answer = HEAPD__V1__PING_RESPONSE__INIT;
    struct heapd_error error;
    Ttrpc__Request *request;

    heapd_client_set_timeout(peer->client, 1);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_DEADLINE_EXCEEDED);
    request = fake_peer_request(peer, NULL);
    assert_true(request->timeout_nano > 0);
    ttrpc__request__free_unpacked(request, NULL);
    fake_peer_answer(peer, 1, &answer.base); /* too late */
    fake_peer_answer(peer, 3, &answer.base);
    heapd_client_set_timeout(peer->client, -1);
    assert_int_equal(heapd_ping(peer->client, NULL, &error), HEAPD_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_blocking_call_is_its_own_request),
        TEST(an_answer_may_come_byte_by_byte),
        TEST(two_answers_may_be_cut_anywhere),
        TEST(a_refusal_has_code_reason_and_sentence),
        TEST(what_nobody_asked_for_is_dropped),
        TEST(an_answer_that_is_none_is_an_internal_error),
        TEST(an_answer_too_big_is_refused_and_the_connection_lives_on),
        TEST(garbage_ends_the_connection),
        TEST(a_lost_connection_fails_all_that_wait),
        TEST(a_call_out_of_time_leaves_the_connection_alive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
