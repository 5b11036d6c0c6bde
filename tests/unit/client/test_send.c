/* SPDX-License-Identifier: MIT */
/* Batches in flight: what is sent, when callbacks run, what comes of them. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/batch.pb-c.h"
#include "heapd/v1/collector.pb-c.h"

struct log {
    struct heapd_batch *order[8];
    size_t count;
};

static void note(struct heapd_batch *batch, void *ctx)
{
    struct log *log = ctx;

    log->order[log->count++] = batch;
}

static void answers_are_matched_by_stream(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batches[3];
    struct log log = {.count = 0};

    for (uint32_t i = 0; i < 3; i++) {
        batches[i] = heapd_batch_new();
        (void)heapd_batch_length(batches[i], heapd_id(i));
        answer.length = 100 + i;
        fake_peer_answer(peer, 5 - 2 * i, &answer.base); /* 5, 3, 1 */
    }
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(heapd_batch_send(peer->client, batches[i], note, &log, NULL),
                         HEAPD_OK);
        assert_int_equal(log.count, 0); /* never from inside the send */
    }
    assert_int_equal(heapd_client_in_flight(peer->client), 3);
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_OK);
    assert_int_equal(log.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(log.order[i], batches[2 - i]);
        assert_true(heapd_result_number(batches[i], 0) == 102 - i);
        heapd_batch_free(batches[i]);
    }
}

/* A response to Execute with results of create for every operation before `failed`. */
static void answer_creates(struct fake_peer *peer, uint32_t stream, uint32_t count,
                           Heapd__V1__BatchFailure *failure)
{
    Heapd__V1__ExecuteResponse response = HEAPD__V1__EXECUTE_RESPONSE__INIT;
    Heapd__V1__OperationResult results[4];
    Heapd__V1__OperationResult *pointers[4];
    Heapd__V1__CreateResponse creates[4];

    for (uint32_t i = 0; i < count; i++) {
        heapd__v1__create_response__init(&creates[i]);
        creates[i].id = 1000 + i;
        heapd__v1__operation_result__init(&results[i]);
        results[i].result_case = HEAPD__V1__OPERATION_RESULT__RESULT_CREATE;
        results[i].create = &creates[i];
        pointers[i] = &results[i];
    }
    response.results = pointers;
    response.n_results = count;
    response.failure = failure;
    fake_peer_answer(peer, stream, &response.base);
}

static struct heapd_batch *three_creates(void)
{
    struct heapd_batch *batch = heapd_batch_new();

    for (int i = 0; i < 3; i++) {
        (void)heapd_batch_create(batch, heapd_new_int(i), heapd_keep_hold());
    }
    return batch;
}

static void a_batch_is_one_request_and_gives_each_result(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = three_creates();
    Heapd__V1__ExecuteRequest *execute;
    Ttrpc__Request *request;

    answer_creates(peer, 1, 3, NULL);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_OK);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(heapd_result_id(batch, i) == 1000 + i);
    }
    assert_true(heapd_result_id(batch, 3) == 0);
    assert_false(heapd_result_bool(batch, 0));
    request = fake_peer_request(peer, NULL);
    assert_string_equal(request->service, "heapd.v1.BatchService");
    assert_string_equal(request->method, "Execute");
    execute =
        heapd__v1__execute_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_int_equal(execute->n_operations, 3);
    assert_false(execute->quiet);
    heapd__v1__execute_request__free_unpacked(execute, NULL);
    ttrpc__request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void a_failure_names_its_operation(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = three_creates();
    Heapd__V1__BatchFailure failure;
    char reason[] = "LIMIT_MEMORY";
    struct heapd_error error;
    uint32_t failed;

    heapd__v1__batch_failure__init(&failure);
    failure.index = 2;
    failure.code = HEAPD_RESOURCE_EXHAUSTED;
    failure.reason = reason;
    answer_creates(peer, 1, 2, &failure);
    assert_int_equal(heapd_batch_run(peer->client, batch, &error), HEAPD_RESOURCE_EXHAUSTED);
    assert_string_equal(error.reason, "LIMIT_MEMORY");
    assert_int_equal(heapd_batch_status(batch, &failed, NULL), HEAPD_RESOURCE_EXHAUSTED);
    assert_int_equal(failed, 2);
    assert_true(heapd_result_id(batch, 1) == 1001); /* done before it */
    assert_true(heapd_result_id(batch, 2) == 0);
    heapd_batch_free(batch);
}

static void answers_that_do_not_fit_are_refused(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = three_creates();
    Heapd__V1__BatchFailure failure;
    uint32_t failed;

    heapd__v1__batch_failure__init(&failure);
    failure.index = 3; /* there is no such operation */
    for (uint32_t i = 0; i < 4; i++) {
        static const uint32_t counts[] = {2, 4, 3, 0};

        answer_creates(peer, 1 + 2 * i, counts[i], i == 2 ? &failure : NULL);
        assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_INTERNAL);
        assert_int_equal(heapd_batch_status(batch, &failed, NULL), HEAPD_INTERNAL);
        assert_int_equal(failed, 3);
    }
    heapd_batch_reset(batch);
    (void)heapd_batch_length(batch, heapd_id(1)); /* answered as if it were creates */
    (void)heapd_batch_length(batch, heapd_id(1));
    answer_creates(peer, 9, 2, NULL);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_INTERNAL);
    heapd_batch_free(batch);
}

static void a_quiet_batch_has_no_results(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = three_creates();
    Heapd__V1__ExecuteRequest *execute;
    Ttrpc__Request *request;

    heapd_batch_set_quiet(batch, true);
    heapd_batch_set_request(batch, UINT64_MAX);
    answer_creates(peer, 1, 0, NULL);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_OK);
    assert_true(heapd_result_id(batch, 0) == 0);
    request = fake_peer_request(peer, NULL);
    assert_int_equal(request->n_metadata, 1);
    assert_string_equal(request->metadata[0]->key, "heapd-request");
    assert_string_equal(request->metadata[0]->value, "18446744073709551615");
    execute =
        heapd__v1__execute_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_true(execute->quiet);
    assert_int_equal(execute->n_operations, 3);
    heapd__v1__execute_request__free_unpacked(execute, NULL);
    ttrpc__request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void an_atomic_batch_that_failed_has_no_results(void **state)
{
    static char reason[] = "LIMIT_MEMORY";
    static char text[] = "no memory";
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = three_creates();
    Heapd__V1__ExecuteRequest *execute;
    Heapd__V1__BatchFailure failure;
    Ttrpc__Request *request;
    uint32_t failed = 0;

    heapd__v1__batch_failure__init(&failure);
    failure.index = 2;
    failure.code = HEAPD_RESOURCE_EXHAUSTED;
    failure.reason = reason;
    failure.message = text;
    heapd_batch_set_atomic(batch, true);
    heapd_batch_set_quiet(batch, true);
    answer_creates(peer, 1, 0, &failure);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_RESOURCE_EXHAUSTED);
    (void)heapd_batch_status(batch, &failed, NULL);
    assert_int_equal(failed, 2);
    request = fake_peer_request(peer, NULL);
    execute =
        heapd__v1__execute_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_true(execute->atomic);
    assert_true(execute->quiet);
    heapd__v1__execute_request__free_unpacked(execute, NULL);
    ttrpc__request__free_unpacked(request, NULL);

    heapd_batch_reset(batch);
    for (int i = 0; i < 3; i++) {
        (void)heapd_batch_create(batch, heapd_new_int(i), heapd_keep_hold());
    }
    heapd_batch_set_atomic(batch, true);
    answer_creates(peer, 3, 2, &failure); /* as if the first two had been done */
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_INTERNAL);
    heapd_batch_free(batch);
}

static void what_cannot_be_sent_is_refused_at_once(void **state)
{
    static char big[4194304];
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_error error;

    assert_int_equal(heapd_batch_run(peer->client, batch, &error), HEAPD_INVALID_ARGUMENT);
    (void)heapd_batch_length(batch, heapd_id(1));
    (void)heapd_batch_collect(batch, 2);
    assert_int_equal(heapd_batch_run(peer->client, batch, &error), HEAPD_INVALID_ARGUMENT);
    assert_non_null(strstr(error.message, "operation 1: Collect"));
    heapd_batch_reset(batch);
    (void)heapd_batch_create(batch, heapd_new_bytes(big, sizeof(big)), heapd_keep_hold());
    assert_int_equal(heapd_batch_run(peer->client, batch, &error), HEAPD_RESOURCE_EXHAUSTED);
    assert_string_equal(error.reason, "LIMIT_SIZE");
    heapd_batch_reset(batch);
    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batch, NULL, NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_send(peer->client, batch, NULL, NULL, &error),
                     HEAPD_INVALID_ARGUMENT);
    heapd_batch_free(batch); /* in flight: forgotten */
    assert_int_equal(heapd_client_in_flight(peer->client), 0);
}

struct relay {
    struct fake_peer *peer;
    uint32_t stream;
    int left;
};

static void answer_relay(struct relay *relay)
{
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;

    fake_peer_answer(relay->peer, relay->stream, &answer.base);
    relay->stream += 2;
}

static void send_again(struct heapd_batch *batch, void *ctx)
{
    struct relay *relay = ctx;

    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_OK);
    if (relay->left-- > 0) {
        heapd_batch_reset(batch);
        (void)heapd_batch_length(batch, heapd_id(1));
        assert_int_equal(heapd_batch_send(relay->peer->client, batch, send_again, relay, NULL),
                         HEAPD_OK);
        answer_relay(relay);
    } else {
        heapd_batch_free(batch);
    }
}

static void a_callback_may_send_its_batch_again(void **state)
{
    struct fake_peer *peer = *state;
    struct relay relay = {peer, 1, 10};
    struct heapd_batch *batch = heapd_batch_new();

    answer_relay(&relay);
    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batch, send_again, &relay, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_OK);
    assert_int_equal(relay.left, -1);
}

static void a_blocking_call_leaves_callbacks_for_later(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batch = heapd_batch_new();
    struct log log = {.count = 0};
    uint64_t length;

    fake_peer_answer(peer, 1, &answer.base);
    answer.length = 7;
    fake_peer_answer(peer, 3, &answer.base);
    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batch, note, &log, NULL), HEAPD_OK);
    assert_true((heapd_client_events(peer->client) & POLLOUT) != 0);
    assert_int_equal(heapd_length(peer->client, heapd_id(2), &length, NULL), HEAPD_OK);
    assert_true(length == 7);
    assert_int_equal(log.count, 0);
    assert_true(heapd_batch_is_done(batch));
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    assert_int_equal(log.count, 1);
    heapd_batch_free(batch);
}

static void closing_cancels_without_callbacks(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = heapd_batch_new();
    struct log log = {.count = 0};

    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_send(peer->client, batch, note, &log, NULL), HEAPD_OK);
    heapd_client_close(peer->client);
    peer->client = NULL;
    assert_int_equal(log.count, 0);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_CANCELLED);
    heapd_batch_free(batch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_are_matched_by_stream),
        TEST(a_batch_is_one_request_and_gives_each_result),
        TEST(a_failure_names_its_operation),
        TEST(answers_that_do_not_fit_are_refused),
        TEST(a_quiet_batch_has_no_results),
        TEST(an_atomic_batch_that_failed_has_no_results),
        TEST(what_cannot_be_sent_is_refused_at_once),
        TEST(a_callback_may_send_its_batch_again),
        TEST(a_blocking_call_leaves_callbacks_for_later),
        TEST(closing_cancels_without_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
