/* SPDX-License-Identifier: MIT */
/* Deliveries as a stream, against a scripted peer. */
#include "fake_peer.h"
#include "heapd/v1/finalizer_stream.pb-c.h"

#define END 5

/* A message with deliveries first to last; even ones are callbacks. */
static void deliver(struct fake_peer *peer, uint32_t stream, uint64_t first, uint64_t last)
{
    Heapd__V1__DeliverResponse message = HEAPD__V1__DELIVER_RESPONSE__INIT;
    Heapd__V1__Delivery deliveries[32];
    Heapd__V1__Delivery *list[32];

    for (uint64_t i = first; i <= last; i++) {
        Heapd__V1__Delivery *delivery = &deliveries[message.n_deliveries];

        heapd__v1__delivery__init(delivery);
        delivery->delivery = i;
        delivery->id = 0x100000000 + i;
        delivery->callback = i % 2 == 0;
        delivery->tries = 1;
        list[message.n_deliveries++] = delivery;
    }
    message.deliveries = list;
    fake_peer_data(peer, stream, 0, &message.base);
}

static void assert_delivery(const struct heapd_delivery *delivery, uint64_t number)
{
    assert_true(delivery->delivery == number && delivery->id == 0x100000000 + number);
    assert_int_equal(delivery->callback, number % 2 == 0);
    assert_int_equal(delivery->tries, 1);
}

static void deliveries_come_one_by_one(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__DeliverRequest *deliver_request;
    Heapd__V1__AcknowledgeResponse answer = HEAPD__V1__ACKNOWLEDGE_RESPONSE__INIT;
    struct heapd_delivery delivery;
    struct heapd_stream *stream;
    Ttrpc__Request *request;
    struct heapd_error error;

    assert_int_equal(heapd_deliveries_open(peer->client, "files", 16, &stream, NULL), HEAPD_OK);
    request = fake_peer_stream_request(peer, NULL);
    assert_string_equal(request->service, "heapd.v1.FinalizerStreamService");
    assert_string_equal(request->method, "Deliver");
    deliver_request =
        heapd__v1__deliver_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_string_equal(deliver_request->queue, "files");
    assert_int_equal(deliver_request->window, 16);
    heapd__v1__deliver_request__free_unpacked(deliver_request, NULL);
    ttrpc__request__free_unpacked(request, NULL);

    assert_false(heapd_deliveries_take(stream, &delivery));
    deliver(peer, 1, 1, 3);
    fake_peer_data(peer, 1, 0, NULL); /* an empty message */
    deliver(peer, 1, 4, 4);
    for (uint64_t i = 1; i <= 2; i++) {
        assert_int_equal(heapd_deliveries_next(stream, &delivery, NULL), HEAPD_OK);
        assert_delivery(&delivery, i);
    }
    fake_peer_answer_waiting(peer, 3, &answer.base, 9);
    assert_int_equal(heapd_acknowledge(peer->client, &delivery.delivery, 1, NULL), HEAPD_OK);
    assert_true(heapd_waiting(peer->client) == 9);
    assert_true(heapd_deliveries_take(stream, &delivery));
    assert_delivery(&delivery, 3);
    assert_int_equal(heapd_deliveries_next(stream, &delivery, NULL), HEAPD_OK);
    assert_delivery(&delivery, 4);
    fake_peer_data(peer, 1, END, NULL);
    assert_int_equal(heapd_deliveries_next(stream, &delivery, &error), HEAPD_CANCELLED);
    assert_string_equal(error.reason, "STREAM_END");
    assert_int_equal(heapd_stream_status(stream, NULL), HEAPD_CANCELLED);
    heapd_stream_close(stream);
}

static void a_refusal_is_how_it_ends(void **state)
{
    struct fake_peer *peer = *state;
    struct heapd_delivery delivery;
    struct heapd_stream *stream;
    struct heapd_error error;

    assert_int_equal(heapd_deliveries_open(peer->client, NULL, 0, &stream, NULL), HEAPD_OK);
    fake_peer_refuse(peer, 1, HEAPD_NOT_FOUND, "NO_SUCH_QUEUE", "there is no queue ''");
    assert_int_equal(heapd_deliveries_next(stream, &delivery, &error), HEAPD_NOT_FOUND);
    assert_string_equal(error.reason, "NO_SUCH_QUEUE");
    assert_false(heapd_deliveries_take(stream, &delivery));
    heapd_stream_close(stream);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(deliveries_come_one_by_one),
        TEST(a_refusal_is_how_it_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
