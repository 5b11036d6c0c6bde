/* SPDX-License-Identifier: MIT */
/* Queues and dead letters against a scripted peer. */
#include "fake_peer.h"
#include "heapd/v1/finalizer.pb-c.h"

static void release(void *payload)
{
    protobuf_c_message_free_unpacked(payload, NULL);
}

static void queues_are_made_and_listed(void **state)
{
    const struct heapd_queue_options options = {
        .deadline_ms = 500, .tries = 7, .of_session = true};
    struct fake_peer *peer = *state;
    Heapd__V1__CreateQueueResponse created = HEAPD__V1__CREATE_QUEUE_RESPONSE__INIT;
    Heapd__V1__DeleteQueueResponse deleted = HEAPD__V1__DELETE_QUEUE_RESPONSE__INIT;
    Heapd__V1__ListQueuesResponse answer = HEAPD__V1__LIST_QUEUES_RESPONSE__INIT;
    Heapd__V1__CreateQueueRequest *create;
    Heapd__V1__Queue rows[2];
    Heapd__V1__Queue *pointers[2] = {&rows[0], &rows[1]};
    static char first[] = "files";
    static char second[] = "π";
    struct heapd_queue *queues;
    size_t count;
    bool new_one = false;

    created.created = true;
    fake_peer_answer(peer, 1, &created.base);
    assert_int_equal(heapd_create_queue(peer->client, "files", &options, &new_one, NULL),
                     HEAPD_OK);
    assert_true(new_one);
    create = fake_peer_payload(peer, "CreateQueue",
                               &heapd__v1__create_queue_request__descriptor, NULL);
    assert_string_equal(create->queue, "files");
    assert_int_equal(create->deadline_ms, 500);
    assert_int_equal(create->tries, 7);
    assert_true(create->of_session);
    release(create);
    fake_peer_answer(peer, 3, &deleted.base);
    assert_int_equal(heapd_delete_queue(peer->client, "files", NULL), HEAPD_OK);
    release(fake_peer_payload(peer, "DeleteQueue", &heapd__v1__delete_queue_request__descriptor,
                              NULL));

    heapd__v1__queue__init(&rows[0]);
    heapd__v1__queue__init(&rows[1]);
    rows[0].name = first;
    rows[0].session = 4;
    rows[1] = (Heapd__V1__Queue){rows[1].base, second, 30000, 5, 0, 1, 2, 3, 4, 6};
    answer.queues = pointers;
    answer.n_queues = 2;
    fake_peer_answer(peer, 5, &answer.base);
    assert_int_equal(heapd_list_queues(peer->client, &queues, &count, NULL), HEAPD_OK);
    assert_int_equal(count, 2);
    assert_string_equal(queues[0].name, "files");
    assert_true(queues[0].session == 4);
    assert_string_equal(queues[1].name, "π");
    assert_int_equal(queues[1].deadline_ms, 30000);
    assert_int_equal(queues[1].tries, 5);
    assert_true(queues[1].armed == 1 && queues[1].waiting == 2 && queues[1].delivered == 3 &&
                queues[1].dead == 4 && queues[1].receivers == 6);
    heapd_free(queues);
    answer.n_queues = 0;
    fake_peer_answer(peer, 7, &answer.base);
    assert_int_equal(heapd_list_queues(peer->client, &queues, &count, NULL), HEAPD_OK);
    assert_int_equal(count, 0);
    assert_non_null(queues);
    heapd_free(queues);
}

static void dead_letters_come_page_by_page(void **state)
{
    static const char *const tokens[] = {"files", "second"};
    struct fake_peer *peer = *state;
    Heapd__V1__ListDeadResponse pages[2];
    const ProtobufCMessage *const messages[] = {&pages[0].base, &pages[1].base};
    Heapd__V1__Delivery letters[3];
    Heapd__V1__Delivery *list[3] = {&letters[0], &letters[1], &letters[2]};
    static char token[] = "second";
    struct heapd_delivery *found;
    size_t count;
    pid_t child;

    for (size_t i = 0; i < 3; i++) {
        heapd__v1__delivery__init(&letters[i]);
        letters[i].delivery = 71 + i;
        letters[i].id = 0x100000001 + i;
        letters[i].callback = i == 1;
        letters[i].tries = 5;
    }
    heapd__v1__list_dead_response__init(&pages[0]);
    heapd__v1__list_dead_response__init(&pages[1]);
    pages[0].letters = list;
    pages[0].n_letters = 2;
    pages[0].next_page_token = token;
    pages[1].letters = list + 2;
    pages[1].n_letters = 1;
    child = fake_peer_answer_pages(peer, messages, tokens, 2);
    assert_int_equal(heapd_list_dead(peer->client, "files", &found, &count, NULL), HEAPD_OK);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(found[i].delivery == 71 + i && found[i].id == 0x100000001 + i);
        assert_int_equal(found[i].callback, i == 1);
        assert_int_equal(found[i].tries, 5);
    }
    heapd_free(found);
    fake_peer_assert_ended(child);

    pages[1].n_letters = 0;
    fake_peer_answer(peer, 5, &pages[1].base);
    assert_int_equal(heapd_list_dead(peer->client, "files", &found, NULL, NULL), HEAPD_OK);
    assert_non_null(found); /* also for none */
    heapd_free(found);
}

static void redriving_none_is_not_redriving_all(void **state)
{
    static const uint64_t named[] = {71};
    struct fake_peer *peer = *state;
    Heapd__V1__RedriveResponse answer = HEAPD__V1__REDRIVE_RESPONSE__INIT;
    Heapd__V1__RedriveRequest *request;
    uint64_t count = 0;

    answer.count = 12;
    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_redrive(peer->client, "files", NULL, 0, &count, NULL), HEAPD_OK);
    assert_true(count == 12);
    request = fake_peer_payload(peer, "Redrive", &heapd__v1__redrive_request__descriptor, NULL);
    assert_string_equal(request->queue, "files");
    assert_int_equal(request->n_deliveries, 0);
    release(request);
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_redrive(peer->client, NULL, named, 1, NULL, NULL), HEAPD_OK);
    request = fake_peer_payload(peer, "Redrive", &heapd__v1__redrive_request__descriptor, NULL);
    assert_int_equal(request->n_deliveries, 1);
    release(request);
    assert_int_equal(heapd_redrive(peer->client, "files", named, 0, NULL, NULL),
                     HEAPD_INVALID_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(queues_are_made_and_listed),
        TEST(dead_letters_come_page_by_page),
        TEST(redriving_none_is_not_redriving_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
