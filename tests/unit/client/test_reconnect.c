/* SPDX-License-Identifier: MIT */
/* A connection that is lost, and another one: to a listener in the same thread, whose backlog
 * takes the connection before it is accepted. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/object.pb-c.h"

struct place {
    int listener;
    char url[128];
    struct fake_peer peer;
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof(sa_family_t); /* the kernel finds an abstract name */

    assert_non_null(place);
    place->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(place->listener, (struct sockaddr *)&name, size), 0);
    assert_int_equal(listen(place->listener, 8), 0);
    size = sizeof(name);
    assert_int_equal(getsockname(place->listener, (struct sockaddr *)&name, &size), 0);
    (void)snprintf(place->url, sizeof(place->url), "unix:@%.*s",
                   (int)(size - offsetof(struct sockaddr_un, sun_path) - 1), name.sun_path + 1);
    assert_int_equal(heapd_client_open(place->url, -1, &place->peer.client, NULL), HEAPD_OK);
    place->peer.fd = accept(place->listener, NULL, NULL);
    assert_true(place->peer.fd >= 0);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    heapd_client_close(place->peer.client);
    if (place->peer.fd >= 0) {
        (void)close(place->peer.fd);
    }
    if (place->listener >= 0) {
        (void)close(place->listener);
    }
    free(place);
    return 0;
}

static void hang_up(struct place *place)
{
    (void)close(place->peer.fd);
    place->peer.fd = -1;
}

static void pick_up(struct place *place)
{
    place->peer.fd = accept(place->listener, NULL, NULL);
    assert_true(place->peer.fd >= 0);
}

static struct heapd_batch *question(void)
{
    struct heapd_batch *batch = heapd_batch_new();

    assert_non_null(batch);
    (void)heapd_batch_length(batch, heapd_id(7));
    return batch;
}

static void assert_works(struct place *place)
{
    Heapd__V1__LengthResponse answer = HEAPD__V1__LENGTH_RESPONSE__INIT;
    uint64_t length;

    answer.length = 42;
    fake_peer_answer(&place->peer, 1, &answer.base); /* streams count from the start */
    assert_int_equal(heapd_length(place->peer.client, heapd_id(7), &length, NULL), HEAPD_OK);
    assert_true(length == 42);
}

/* One request was written, one was not, two holds were given back, a stream was open. */
static void it_says_what_was_lost(void **state)
{
    struct place *place = *state;
    struct heapd_client *client = place->peer.client;
    struct heapd_batch *written = question();
    struct heapd_batch *unsent = question();
    struct heapd_stream *stream;
    struct heapd_event event;
    struct heapd_error error;
    struct heapd_lost lost;

    assert_int_equal(heapd_events_open(client, NULL, 0, &stream, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_send(client, written, NULL, NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_flush(client, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_send(client, unsent, NULL, NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_release_later(client, 8, NULL), HEAPD_OK);
    assert_int_equal(heapd_release_later(client, 8, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_reconnect(client, &lost, &error), HEAPD_OK); /* given up */
    assert_int_equal(lost.error.code, HEAPD_UNAVAILABLE);
    assert_int_equal(lost.requests, 1);
    assert_int_equal(lost.unsent, 1);
    assert_int_equal(lost.releases, 2);
    assert_int_equal(lost.streams, 1);
    assert_int_equal(heapd_client_wait(client, NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_batch_status(written, NULL, &error), HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "CONNECTION_LOST");
    assert_int_equal(heapd_batch_status(unsent, NULL, &error), HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "NOT_SENT");
    assert_int_equal(heapd_events_next(stream, &event, NULL), HEAPD_UNAVAILABLE);
    hang_up(place);
    pick_up(place);
    assert_works(place); /* number 1 again, which is not the old stream's */
    heapd_stream_close(stream);
    heapd_batch_free(written);
    heapd_batch_free(unsent);
}

static void nobody_there_can_be_tried_again(void **state)
{
    struct place *place = *state;
    struct heapd_error error;

    (void)close(place->listener);
    place->listener = -1;
    hang_up(place);
    assert_int_equal(heapd_client_reconnect(place->peer.client, NULL, &error),
                     HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "NO_DAEMON");
    assert_int_equal(heapd_client_reconnect(place->peer.client, NULL, NULL), HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_ping(place->peer.client, NULL, NULL), HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_client_timeout(place->peer.client), -1);
}

struct told {
    int times;
    size_t requests;
    int code;
};

static void on_reconnected(struct heapd_client *client, const struct heapd_lost *lost,
                           const struct heapd_error *failure, void *ctx)
{
    struct told *told = ctx;

    (void)client;
    told->times++;
    told->requests = lost->requests;
    told->code = failure != NULL ? failure->code : HEAPD_OK;
}

/* As a poll loop does, until somebody was told. */
static void turn_until_told(struct heapd_client *client, const struct told *told)
{
    while (told->times == 0) {
        struct pollfd poller = {.fd = heapd_client_fd(client),
                                .events = (short)heapd_client_events(client)};

        assert_true(poll(&poller, 1, heapd_client_timeout(client)) >= 0);
        (void)heapd_client_process(client, poller.revents, NULL);
    }
}

static void a_poll_loop_gets_another_by_itself(void **state)
{
    const struct heapd_backoff backoff = {.first_ms = 1, .most_ms = 2};
    struct place *place = *state;
    struct heapd_client *client = place->peer.client;
    struct heapd_batch *batch = question();
    struct told told = {.times = 0};

    assert_int_equal(heapd_client_set_reconnect(client, &backoff, on_reconnected, &told, NULL),
                     HEAPD_OK);
    assert_int_equal(heapd_batch_send(client, batch, NULL, NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_flush(client, NULL), HEAPD_OK);
    hang_up(place);
    turn_until_told(client, &told);
    assert_int_equal(told.code, HEAPD_OK);
    assert_int_equal(told.requests, 1);
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_UNAVAILABLE);
    pick_up(place);
    assert_works(place);
    heapd_batch_free(batch);
}

static void after_so_many_attempts_it_gives_up(void **state)
{
    const struct heapd_backoff backoff = {.first_ms = 1, .most_ms = 1, .tries = 3};
    struct place *place = *state;
    struct told told = {.times = 0};

    assert_int_equal(
        heapd_client_set_reconnect(place->peer.client, &backoff, on_reconnected, &told, NULL),
        HEAPD_OK);
    (void)close(place->listener);
    place->listener = -1;
    hang_up(place);
    turn_until_told(place->peer.client, &told);
    assert_int_equal(told.code, HEAPD_UNAVAILABLE);
    assert_int_equal(heapd_client_process(place->peer.client, 0, NULL), HEAPD_UNAVAILABLE);
    assert_int_equal(told.times, 1);
    assert_int_equal(heapd_client_timeout(place->peer.client), -1);
}

static void a_socket_without_an_address_has_none(void **state)
{
    struct heapd_error error;
    struct told told = {.times = 0};
    struct fake_peer *peer;
    void *bare;

    (void)state;
    (void)fake_peer_setup(&bare);
    peer = bare;
    assert_int_equal(heapd_client_reconnect(peer->client, NULL, &error),
                     HEAPD_FAILED_PRECONDITION);
    assert_string_equal(error.reason, "NO_ADDRESS");
    assert_int_equal(
        heapd_client_set_reconnect(peer->client, NULL, on_reconnected, &told, NULL),
        HEAPD_FAILED_PRECONDITION);
    (void)fake_peer_teardown(&bare);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(it_says_what_was_lost),
        TEST(nobody_there_can_be_tried_again),
        TEST(a_poll_loop_gets_another_by_itself),
        TEST(after_so_many_attempts_it_gives_up),
        cmocka_unit_test(a_socket_without_an_address_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
