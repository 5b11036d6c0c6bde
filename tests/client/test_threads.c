/* SPDX-License-Identifier: MIT */
/* Eight threads, each with a client of its own, on one daemon: nothing is shared, so that
 * ThreadSanitizer finds nothing.  And a client that comes back after its session was killed.
 *
 * usage: test_threads HEAPD */
#include <pthread.h>

#include <heapd/client.h>

#include "client/daemon_fixture.h"
#include "lib/testlib.h"

#define THREADS 8
#define ROUNDS  200

struct thread {
    pthread_t thread;
    const char *url;
    int failures;
    int done;
};

static void on_done(struct heapd_batch *batch, void *ctx)
{
    struct thread *thread = ctx;

    thread->failures += heapd_batch_status(batch, NULL, NULL) != HEAPD_OK;
    thread->done++;
    heapd_batch_free(batch);
}

/* Pipelined creates, gathered releases, a blocking call, an error, a stream, and once more on
 * another connection. */
static void *work(void *argument)
{
    struct thread *thread = argument;
    struct heapd_client *client;
    struct heapd_stream *stream;
    struct heapd_event event;
    struct heapd_error error;
    uint64_t id;

    if (heapd_client_open(thread->url, -1, &client, &error) != HEAPD_OK) {
        thread->failures = 1000;
        return NULL;
    }
    for (int i = 0; i < ROUNDS; i++) {
        struct heapd_batch *batch = heapd_batch_new();

        (void)heapd_batch_create(batch, heapd_new_int(1000 + i), heapd_keep_hold());
        thread->failures += heapd_batch_send(client, batch, on_done, thread, NULL) != HEAPD_OK;
        thread->failures += heapd_create(client, heapd_new_list(NULL, 0), heapd_keep_hold(),
                                         &id, NULL) != HEAPD_OK;
        thread->failures += heapd_release_later(client, id, NULL) != HEAPD_OK;
        thread->failures += heapd_lookup(client, "nowhere", HEAPD_SCOPE_ANY, 0, NULL, &error) !=
                            HEAPD_NOT_FOUND;
    }
    thread->failures += heapd_client_wait(client, NULL, NULL) != HEAPD_OK;
    thread->failures += heapd_length(client, heapd_id(id), NULL, NULL) != HEAPD_NOT_FOUND;
    thread->failures += heapd_client_reconnect(client, NULL, NULL) != HEAPD_OK;
    thread->failures += heapd_events_open(client, NULL, 0, &stream, NULL) != HEAPD_OK ||
                        heapd_events_next(stream, &event, NULL) != HEAPD_OK;
    heapd_client_close(client);
    heapd_stream_close(stream);
    return NULL;
}

static void clients_in_threads_are_independent(void **state)
{
    const struct daemon_fixture *daemon = *state;
    struct thread threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        threads[i] = (struct thread){.url = daemon->url};
        assert_int_equal(pthread_create(&threads[i].thread, NULL, work, &threads[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i].thread, NULL), 0);
        assert_int_equal(threads[i].failures, 0);
        assert_int_equal(threads[i].done, ROUNDS);
    }
}

static uint64_t own_session(struct heapd_client *client)
{
    struct heapd_session *sessions;
    uint64_t number = 0;
    size_t count;

    assert_int_equal(heapd_sessions(client, &sessions, &count, NULL), HEAPD_OK);
    for (size_t i = 0; i < count; i++) {
        number = sessions[i].own ? sessions[i].number : number;
    }
    heapd_free(sessions);
    return number;
}

/* Whose session is killed finds its holds gone, what others hold alive, and no event missing.
 */
static void a_killed_client_comes_back(void **state)
{
    const struct daemon_fixture *daemon = *state;
    struct heapd_client *client;
    struct heapd_client *other;
    struct heapd_stream *stream;
    struct heapd_event event = {.sequence = 0};
    struct heapd_lost lost;
    uint64_t kept, held, last;

    assert_int_equal(heapd_client_open(daemon->url, -1, &client, NULL), HEAPD_OK);
    assert_int_equal(heapd_client_open(daemon->url, -1, &other, NULL), HEAPD_OK);
    assert_int_equal(
        heapd_create(client, heapd_new_list(NULL, 0), heapd_keep_hold(), &held, NULL),
        HEAPD_OK);
    assert_int_equal(heapd_create(client, heapd_new_list(NULL, 0),
                                  heapd_keep_name("kept", HEAPD_SCOPE_HEAP), &kept, NULL),
                     HEAPD_OK);
    assert_int_equal(heapd_events_open(client, NULL, 0, &stream, NULL), HEAPD_OK);
    assert_int_equal(heapd_events_next(stream, &event, NULL), HEAPD_OK);
    assert_int_equal(heapd_kill(other, own_session(client), NULL), HEAPD_OK);
    while (heapd_events_next(stream, &event, NULL) == HEAPD_OK) {
    }
    last = event.sequence;
    heapd_stream_close(stream);
    assert_int_equal(heapd_client_reconnect(client, &lost, NULL), HEAPD_OK);
    assert_int_equal(lost.requests + lost.unsent, 0);
    assert_int_equal(heapd_length(client, heapd_id(kept), NULL, NULL), HEAPD_OK);
    assert_int_equal(heapd_length(client, heapd_id(held), NULL, NULL), HEAPD_NOT_FOUND);
    assert_int_equal(heapd_events_open(client, NULL, last, &stream, NULL), HEAPD_OK);
    do { /* the end of the killed session is among them */
        assert_int_equal(heapd_events_next(stream, &event, NULL), HEAPD_OK);
        assert_true(event.sequence == ++last);
    } while (event.kind != HEAPD_EVENT_SESSION_CLOSED);
    heapd_stream_close(stream);
    assert_int_equal(heapd_delete(client, "kept", HEAPD_SCOPE_HEAP, NULL, NULL), HEAPD_OK);
    heapd_client_close(client);
    heapd_client_close(other);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(clients_in_threads_are_independent,
                                        daemon_fixture_setup, daemon_fixture_teardown),
        cmocka_unit_test_setup_teardown(a_killed_client_comes_back, daemon_fixture_setup,
                                        daemon_fixture_teardown),
    };

    return DAEMON_FIXTURE_RUN(argc, argv, tests);
}
