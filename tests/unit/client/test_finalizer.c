/* SPDX-License-Identifier: MIT */
/* Finalizers, receiving and acknowledging against a scripted peer. */
#include <poll.h>

#include "fake_peer.h"
#include "heapd/v1/batch.pb-c.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "heapd/v1/server.pb-c.h"
#include "operations.h"

#define NS_PER_MS 1000000

static void release(void *payload)
{
    protobuf_c_message_free_unpacked(payload, NULL);
}

static const struct deliveries {
    Heapd__V1__Delivery all[3];
} deliveries = {{
    {PROTOBUF_C_MESSAGE_INIT(&heapd__v1__delivery__descriptor), 71, 0x100000001, false, 1},
    {PROTOBUF_C_MESSAGE_INIT(&heapd__v1__delivery__descriptor), 72, 0x100000002, true, 2},
    {PROTOBUF_C_MESSAGE_INIT(&heapd__v1__delivery__descriptor), 73, 0x100000003, false, 5},
}};

/* Deliveries first to last, as a response has them. */
static struct deliveries room;
static Heapd__V1__Delivery *list[3];

static Heapd__V1__Delivery **pages_of(size_t first, size_t count)
{
    room = deliveries;
    for (size_t i = 0; i < count; i++) {
        list[i] = &room.all[first + i];
    }
    return list;
}

static void assert_delivery(const struct heapd_delivery *delivery, size_t i)
{
    assert_true(delivery->delivery == deliveries.all[i].delivery);
    assert_true(delivery->id == deliveries.all[i].id);
    assert_int_equal(delivery->callback, deliveries.all[i].callback);
    assert_int_equal(delivery->tries, deliveries.all[i].tries);
}

static void a_batch_sets_and_acknowledges(void **state)
{
    static const uint64_t done[] = {71, 72};
    struct heapd_batch *batch = heapd_batch_new();
    Heapd__V1__ExecuteRequest *request;

    (void)state;
    (void)heapd_batch_create(batch, heapd_new_instance("File", NULL, NULL, 0),
                             heapd_keep_hold());
    assert_int_equal(heapd_batch_set_finalizer(batch, heapd_result(0), "files"), 1);
    assert_int_equal(heapd_batch_weakref_callback(batch, heapd_result(0), "gone", HEAPD_HOLD),
                     2);
    assert_int_equal(heapd_batch_acknowledge(batch, done, 2), 3);
    assert_int_equal(heapd_batch_set_finalizer(batch, heapd_id(9), NULL), 4);
    assert_int_equal(heapd_batch_weakref(batch, heapd_id(9), 0), 5);
    request = heapd__v1__execute_request__unpack(NULL, heapd_batch_bytes(batch),
                                                 hdc_buffer_front(&batch->requests));
    assert_non_null(request);
    assert_int_equal(request->n_operations, 6);
    assert_int_equal(request->operations[1]->set_finalizer->object->result, 0);
    assert_string_equal(request->operations[1]->set_finalizer->queue, "files");
    assert_string_equal(request->operations[2]->new_weakref->queue, "gone");
    assert_true(request->operations[2]->new_weakref->hold);
    assert_int_equal(request->operations[3]->acknowledge->n_deliveries, 2);
    assert_int_equal(request->operations[3]->acknowledge->deliveries[1], 72);
    assert_string_equal(request->operations[4]->set_finalizer->queue, "");
    assert_string_equal(request->operations[5]->new_weakref->queue, "");
    assert_false(request->operations[5]->new_weakref->hold);
    heapd__v1__execute_request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void what_is_received_is_one_block(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReceiveResponse answer = HEAPD__V1__RECEIVE_RESPONSE__INIT;
    Heapd__V1__ReceiveRequest *request;
    struct heapd_delivery *received;
    size_t count;

    answer.deliveries = pages_of(0, 2);
    answer.n_deliveries = 2;
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_receive(peer->client, "files", 2, 0, &received, &count, NULL),
                     HEAPD_OK);
    assert_int_equal(count, 2);
    assert_delivery(&received[0], 0);
    assert_delivery(&received[1], 1);
    heapd_free(received);
    request = fake_peer_payload(peer, "Receive", &heapd__v1__receive_request__descriptor, NULL);
    assert_string_equal(request->queue, "files");
    assert_int_equal(request->max, 2);
    release(request);

    answer.n_deliveries = 0;
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_receive(peer->client, "files", 0, 0, &received, &count, NULL),
                     HEAPD_OK);
    assert_int_equal(count, 0);
    assert_non_null(received);
    heapd_free(received);
}

/* What the daemon is asked to wait is added to what the client has patience for. */
static void waiting_comes_on_top_of_the_timeout(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReceiveRequest *request;
    struct heapd_error error;
    int64_t timeout;

    heapd_client_set_timeout(peer->client, 2);
    assert_int_equal(heapd_receive(peer->client, "files", 0, 3, NULL, NULL, &error),
                     HEAPD_DEADLINE_EXCEEDED);
    request =
        fake_peer_payload(peer, "Receive", &heapd__v1__receive_request__descriptor, &timeout);
    assert_int_equal(request->wait_ms, 3);
    assert_true(timeout >= 5 * NS_PER_MS && timeout < 6 * NS_PER_MS);
    release(request);
    assert_int_equal(heapd_acknowledge(peer->client, NULL, 0, NULL), HEAPD_DEADLINE_EXCEEDED);
    release(fake_peer_payload(peer, "Acknowledge", &heapd__v1__acknowledge_request__descriptor,
                              &timeout));
    assert_true(timeout < 3 * NS_PER_MS);
}

static void note_done(struct heapd_batch *batch, void *ctx)
{
    (void)batch;
    (*(int *)ctx)++;
}

static void receiving_may_be_in_flight(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ReceiveResponse answer = HEAPD__V1__RECEIVE_RESPONSE__INIT;
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_delivery delivery;
    struct heapd_error error;
    int done = 0;

    assert_int_equal(heapd_batch_receive(batch, "files", 10, 60000), 0);
    assert_int_equal(heapd_batch_send(peer->client, batch, note_done, &done, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_process(peer->client, 0, NULL), HEAPD_OK);
    assert_int_equal(done, 0);
    answer.deliveries = pages_of(1, 2);
    answer.n_deliveries = 2;
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_client_process(peer->client, POLLIN, NULL), HEAPD_OK);
    assert_int_equal(done, 1);
    assert_int_equal(heapd_result_delivery_count(batch, 0), 2);
    assert_true(heapd_result_delivery(batch, 0, 1, &delivery));
    assert_delivery(&delivery, 2);
    assert_false(heapd_result_delivery(batch, 0, 2, &delivery));
    assert_false(heapd_result_delivery(batch, 1, 0, &delivery));
    assert_int_equal(heapd_result_delivery_count(batch, 1), 0);

    heapd_batch_reset(batch);
    (void)heapd_batch_receive(batch, "files", 1, 0);
    (void)heapd_batch_length(batch, heapd_id(1));
    assert_int_equal(heapd_batch_run(peer->client, batch, &error), HEAPD_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "BAD_ARGUMENT");
    heapd_batch_free(batch);
}

/* Only answers of the session say it; refusals and calls of the server do not. */
static void every_answer_says_how_many_wait(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__AcknowledgeResponse answer = HEAPD__V1__ACKNOWLEDGE_RESPONSE__INIT;
    Heapd__V1__PingResponse ping = HEAPD__V1__PING_RESPONSE__INIT;
    Heapd__V1__ExecuteResponse execute = HEAPD__V1__EXECUTE_RESPONSE__INIT;
    struct heapd_batch *batch = heapd_batch_new();

    assert_true(heapd_waiting(peer->client) == 0);
    fake_peer_answer_waiting(peer, 1, &answer.base, 300);
    assert_int_equal(heapd_acknowledge(peer->client, NULL, 0, NULL), HEAPD_OK);
    assert_true(heapd_waiting(peer->client) == 300);
    fake_peer_answer(peer, 3, &ping.base);
    assert_int_equal(heapd_ping(peer->client, NULL, NULL), HEAPD_OK);
    assert_true(heapd_waiting(peer->client) == 300);
    fake_peer_refuse(peer, 5, HEAPD_NOT_FOUND, "NO_SUCH_DELIVERY", "no");
    assert_int_equal(heapd_acknowledge(peer->client, NULL, 0, NULL), HEAPD_NOT_FOUND);
    assert_true(heapd_waiting(peer->client) == 300);
    (void)heapd_batch_clear(batch, heapd_id(1));
    (void)heapd_batch_clear(batch, heapd_id(2));
    heapd_batch_set_quiet(batch, true);
    fake_peer_answer_waiting(peer, 7, &execute.base, UINT64_MAX);
    assert_int_equal(heapd_batch_run(peer->client, batch, NULL), HEAPD_OK);
    assert_true(heapd_waiting(peer->client) == UINT64_MAX);
    fake_peer_answer(peer, 9, &answer.base);
    assert_int_equal(heapd_acknowledge(peer->client, NULL, 0, NULL), HEAPD_OK);
    assert_true(heapd_waiting(peer->client) == 0);
    heapd_batch_free(batch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_sets_and_acknowledges), TEST(what_is_received_is_one_block),
        TEST(waiting_comes_on_top_of_the_timeout),       TEST(receiving_may_be_in_flight),
        TEST(every_answer_says_how_many_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
