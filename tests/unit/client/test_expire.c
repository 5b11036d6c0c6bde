/* SPDX-License-Identifier: MIT */
/* Requests that end before their answer: out of time, or cancelled. */
#include <poll.h>
#include <stdlib.h>

#include "fake_peer.h"
#include "heapd/v1/object.pb-c.h"

static void count(struct heapd_batch *batch, void *ctx)
{
    (void)batch;
    (*(int *)ctx)++;
}

static struct heapd_batch *question(void)
{
    struct heapd_batch *batch = heapd_batch_new();

    assert_non_null(batch);
    (void)heapd_batch_length(batch, heapd_id(7));
    return batch;
}

static void send(struct fake_peer *peer, struct heapd_batch *batch, int *done)
{
    assert_int_equal(heapd_batch_send(peer->client, batch, count, done, NULL), HEAPD_OK);
}

static void its_time_is_its_own_and_told_to_the_daemon(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_batch *batch = question();
    int64_t nano;
    void *payload;
    int done = 0;

    heapd_client_set_timeout(peer->client, 3600000);
    heapd_batch_set_timeout(batch, 0);
    send(peer, batch, &done);
    assert_int_equal(heapd_client_timeout(peer->client), 0);
    assert_int_equal(done, 0);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    assert_int_equal(done, 1);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_DEADLINE_EXCEEDED);
    assert_int_equal(heapd_client_timeout(peer->client), -1);
    payload = fake_peer_payload(peer, "Length", &heapd__v1__length_request__descriptor, &nano);
    protobuf_c_message_free_unpacked(payload, NULL);
    assert_true(nano == 1);

    heapd_batch_reset(batch); /* the client's again */
    (void)heapd_batch_length(batch, heapd_id(7));
    send(peer, batch, &done);
    assert_in_range(heapd_client_timeout(peer->client), 3000000, 3600000);
    heapd_batch_free(batch);
}

static void one_out_of_time_leaves_the_others(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *late = question();
    struct heapd_batch *other = question();
    int done = 0;

    answer.length = 5;
    heapd_batch_set_timeout(late, 1);
    send(peer, late, &done);
    send(peer, other, &done);
    assert_int_equal(heapd_client_wait(peer->client, late, NULL),
                     HEAPD_OK); /* no timeout of its own */
    assert_int_equal(heapd_batch_status(late, NULL, NULL), HEAPD_DEADLINE_EXCEEDED);
    assert_int_equal(heapd_client_in_flight(peer->client), 1);
    fake_peer_answer(peer, 1, &answer.base); /* dropped */
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_client_wait(peer->client, NULL, NULL), HEAPD_OK);
    assert_int_equal(done, 2);
    assert_true(heapd_result_number(other, 0) == 5);
    assert_int_equal(heapd_batch_status(late, NULL, NULL), HEAPD_DEADLINE_EXCEEDED);
    heapd_batch_free(late);
    heapd_batch_free(other);
}

static void an_answer_that_is_there_counts(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batch = question();
    int done = 0;

    heapd_batch_set_timeout(batch, 0);
    fake_peer_answer(peer, 1, &answer.base);
    send(peer, batch, &done);
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_OK);
    heapd_batch_free(batch);
}

static void the_answer_of_a_cancelled_one_is_dropped(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    struct heapd_batch *batch = question();
    int done = 0;

    assert_false(heapd_batch_cancel(batch)); /* not sent */
    send(peer, batch, &done);
    assert_true(heapd_batch_cancel(batch));
    assert_int_equal(done, 0); /* never from inside */
    assert_false(heapd_batch_cancel(batch));
    assert_int_equal(heapd_client_timeout(peer->client), 0); /* a callback is due */
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    assert_int_equal(done, 1);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_CANCELLED);
    assert_int_equal(heapd_client_in_flight(peer->client), 0);

    heapd_batch_reset(batch);
    (void)heapd_batch_length(batch, heapd_id(7));
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_OK);
    heapd_batch_free(batch);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)
    const struct CMUnitTest tests[] = {
        TEST(its_time_is_its_own_and_told_to_the_daemon),
        TEST(one_out_of_time_leaves_the_others),
        TEST(an_answer_that_is_there_counts),
        TEST(the_answer_of_a_cancelled_one_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
