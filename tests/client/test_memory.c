/* SPDX-License-Identifier: MIT */
/* test_memory.c: the client has no memory: in each kind of call, each allocation fails in turn,
 * once or from then on.  No crash, no leak, the error the header names; and the client can be
 * used as soon as there is memory again, or has lost its connection and says so.
 *
 * usage: test_memory HEAPD */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "client/daemon_fixture.h"
#include "client/fault_malloc.h"
#include "client/memory_calls.h"
#include "lib/testlib.h"

#define TIMEOUT_MS 20000 /* whoever waits for ever fails */
#define MOST       1000  /* allocations of one call */

static void check(const struct daemon_fixture *daemon, int code)
{
    if (code != HEAPD_OK) {
        fail_msg("a call that should not fail did: %s (%s)", heapd_code_name(code),
                 daemon->url);
    }
}

/* What the calls work on, anew: named objects, and a queue with something on it. */
static void make_world(struct heapd_client *admin)
{
    struct heapd_batch *batch = heapd_batch_new();
    const struct heapd_queue_options options = {.tries = 1000};

    assert_int_equal(heapd_create_queue(admin, "q", &options, NULL, NULL), HEAPD_OK);
    memory_calls_fill(batch);
    assert_int_equal(heapd_batch_run(admin, batch, NULL), HEAPD_OK);
    heapd_batch_free(batch);
}

/* What is seen of the world by others. */
struct sight {
    uint64_t lengths[4];
    bool has_x; /* the name */
    uint64_t objects;
};

static struct sight look(struct heapd_client *admin)
{
    static const char *const names[4] = {"l", "d", "s", "o"};
    struct heapd_heap_info heap;
    struct heapd_info *info;
    struct sight sight;

    for (int i = 0; i < 4; i++) {
        assert_int_equal(heapd_get(admin, heapd_name(names[i]), NULL, &info, NULL), HEAPD_OK);
        sight.lengths[i] = info->length;
        heapd_free(info);
    }
    assert_int_equal(heapd_heap_info(admin, &heap, NULL), HEAPD_OK);
    sight.has_x = heapd_lookup(admin, "x", HEAPD_SCOPE_HEAP, 0, NULL, NULL) == HEAPD_OK;
    sight.objects = heap.objects;
    return sight;
}

/* Objects that earlier clients have left may die meanwhile. */
static void assert_not_carried_out(const struct memory_call *call, struct heapd_client *admin,
                                   const struct sight *before)
{
    struct sight after = look(admin);

    if (memcmp(after.lengths, before->lengths, sizeof(after.lengths)) != 0 ||
        after.has_x != before->has_x || after.objects > before->objects) {
        fail_msg("%s has failed, and was carried out", call->name);
    }
}

/* Memory is there again: so is the client, if not its connection. */
static void assert_usable(const struct memory_call *call, struct heapd_client *client)
{
    struct heapd_error error;
    int code = heapd_ping(client, NULL, &error);

    if (code == HEAPD_UNAVAILABLE) {
        assert_string_equal(error.reason, "CONNECTION_LOST");
        assert_string_equal(error.message, strerror(ENOMEM));
        assert_int_equal(heapd_client_reconnect(client, NULL, NULL), HEAPD_OK);
        code = heapd_ping(client, NULL, &error);
    }
    if (code != HEAPD_OK) {
        fail_msg("%s: the client cannot be used afterwards: %s", call->name, error.message);
    }
}

static bool is_documented(const struct memory_call *call, int code,
                          const struct heapd_error *error)
{
    if (code == call->expected) {
        return code == HEAPD_OK || error->reason[0] != '\0';
    }
    if (code == HEAPD_RESOURCE_EXHAUSTED) {
        return strcmp(error->reason, "LIMIT_MEMORY") == 0 ||
               (call->is_long && strcmp(error->reason, "LIMIT_ANSWER") == 0);
    }
    return code == HEAPD_UNAVAILABLE && strcmp(error->reason, "CONNECTION_LOST") == 0 &&
           strcmp(error->message, strerror(ENOMEM)) == 0;
}

/* How many requests for memory failed: 0: the n-th is not reached any more. */
static long try_call(const struct daemon_fixture *daemon, struct heapd_client *admin,
                     const struct memory_call *call, long n, bool for_ever)
{
    struct heapd_error error = {0};
    struct heapd_client *client;
    struct sight before;
    long live, refused;
    int code;

    make_world(admin);
    before = look(admin);
    live = fault_malloc_live();
    check(daemon, heapd_client_open(daemon->url, TIMEOUT_MS, &client, NULL));
    fault_malloc_arm(n, for_ever);
    code = call->run(client, &error);
    refused = fault_malloc_disarm();
    if (!is_documented(call, code, &error) || (refused == 0 && code != call->expected)) {
        fail_msg("%s, allocation %ld%s: %s, %s: %s", call->name, n, for_ever ? " on" : "",
                 heapd_code_name(code), error.reason, error.message);
    }
    if (call->single && code != call->expected && strcmp(error.reason, "LIMIT_MEMORY") == 0) {
        assert_not_carried_out(call, admin, &before);
    }
    assert_usable(call, client);
    heapd_client_close(client);
    if (fault_malloc_live() != live) {
        fail_msg("%s, allocation %ld: a leak", call->name, n);
    }
    return refused;
}

static void each_call(void **state, bool for_ever)
{
    const struct daemon_fixture *daemon = *state;
    struct heapd_client *admin = daemon_fixture_open(daemon);

    for (size_t i = 0; i < memory_call_count; i++) {
        long n = 0;

        while (try_call(daemon, admin, &memory_calls[i], n, for_ever) > 0) {
            assert_true(++n < MOST);
        }
        assert_true(n > 0); /* each needs some */
    }
    heapd_client_close(admin);
}

static void each_allocation_of_each_call_fails_once(void **state)
{
    each_call(state, false);
}

static void each_call_gets_no_more_memory(void **state)
{
    each_call(state, true);
}

static void each_allocation_of_connecting_fails(void **state)
{
    const struct daemon_fixture *daemon = *state;
    struct heapd_client *client = NULL;
    struct heapd_error error;
    long live = fault_malloc_live();
    long n = 0;

    for (;; n++) {
        int code;

        fault_malloc_arm(n, false);
        code = heapd_client_open(daemon->url, TIMEOUT_MS, &client, &error);
        if (fault_malloc_disarm() == 0) {
            assert_int_equal(code, HEAPD_OK);
            break;
        }
        assert_int_equal(code, HEAPD_RESOURCE_EXHAUSTED);
        assert_string_equal(error.reason, "LIMIT_MEMORY");
        assert_null(client);
        assert_true(fault_malloc_live() == live);
    }
    assert_true(n > 1);
    heapd_client_close(client);
    assert_true(fault_malloc_live() == live);
}

/* ------------------------------------------------------------ gathered releases */

#define GATHERED 6

struct releasing {
    uint64_t ids[GATHERED];
    bool given_up[GATHERED]; /* reported, or refused at once */
};

static void on_not_released(struct heapd_client *client, const uint64_t *ids,
                            const uint32_t *counts, size_t count,
                            const struct heapd_error *error, void *ctx)
{
    struct releasing *releasing = ctx;

    (void)client;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(counts[i], 1);
        for (size_t k = 0; k < GATHERED; k++) {
            if (ids[i] == releasing->ids[k]) {
                assert_false(releasing->given_up[k]); /* once */
                assert_int_not_equal(error->code, HEAPD_OK);
                releasing->given_up[k] = true;
            }
        }
    }
}

/* Whoever is not told otherwise finds every hold given back, although one of the ids was never
 * held, which the others are found out from by halving. */
static long try_releases(const struct daemon_fixture *daemon, struct heapd_client *admin,
                         long n, bool for_ever)
{
    struct releasing releasing = {.given_up = {false}};
    struct heapd_client *client;
    struct heapd_error error;
    long refused;
    int code;

    check(daemon, heapd_client_open(daemon->url, TIMEOUT_MS, &client, NULL));
    heapd_client_set_release_callback(client, on_not_released, &releasing);
    for (int i = 0; i < GATHERED; i++) {
        check(daemon, heapd_create(i == 4 ? admin : client, heapd_new_list(NULL, 0),
                                   heapd_keep_hold(), &releasing.ids[i], NULL));
    }
    fault_malloc_arm(n, for_ever);
    for (int i = 0; i < GATHERED; i++) {
        code = heapd_release_later(client, releasing.ids[i], &error);
        releasing.given_up[i] = code != HEAPD_OK;
        assert_true(code == HEAPD_OK || code == HEAPD_RESOURCE_EXHAUSTED);
    }
    code = heapd_client_wait(client, NULL, &error);
    refused = fault_malloc_disarm();
    if (code == HEAPD_RESOURCE_EXHAUSTED) { /* with memory they can leave */
        code = heapd_client_wait(client, NULL, &error);
    }
    if (code == HEAPD_OK) {
        assert_true(releasing.given_up[4]);
        for (int i = 0; i < GATHERED; i++) {
            int lives = heapd_length(admin, heapd_id(releasing.ids[i]), NULL, NULL);

            assert_int_equal(lives, releasing.given_up[i] ? HEAPD_OK : HEAPD_NOT_FOUND);
        }
    } else {
        assert_int_equal(code, HEAPD_UNAVAILABLE);
        assert_string_equal(error.message, strerror(ENOMEM));
    }
    (void)heapd_release(admin, (struct heapd_ref[]){heapd_id(releasing.ids[4])}, NULL, 1, NULL);
    heapd_client_close(client);
    return refused;
}

static void each_release(void **state, bool for_ever)
{
    const struct daemon_fixture *daemon = *state;
    long live = fault_malloc_live();
    struct heapd_client *admin = daemon_fixture_open(daemon);
    long n = 0;

    while (try_releases(daemon, admin, n, for_ever) > 0) {
        assert_true(++n < MOST);
    }
    assert_true(n > 3);
    heapd_client_close(admin);
    assert_true(fault_malloc_live() == live);
}

static void a_release_is_carried_out_or_reported(void **state)
{
    each_release(state, false);
}

static void a_release_waits_for_memory(void **state)
{
    each_release(state, true);
}

/* ------------------------------------------------------------ reconnecting in a poll loop */

static void on_reconnected(struct heapd_client *client, const struct heapd_lost *lost,
                           const struct heapd_error *failure, void *ctx)
{
    (void)client;
    (void)lost;
    assert_null(failure);
    *(bool *)ctx = true;
}

/* A request in flight, and each allocation fails until the client is connected again. */
static long try_reconnecting(const struct daemon_fixture *daemon, long n)
{
    const struct heapd_backoff backoff = {.first_ms = 1, .most_ms = 1};
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_client *client;
    bool again = false;
    long refused;
    int code;

    check(daemon, heapd_client_open(daemon->url, TIMEOUT_MS, &client, NULL));
    check(daemon, heapd_client_set_reconnect(client, &backoff, on_reconnected, &again, NULL));
    fault_malloc_arm(n, true);
    (void)heapd_batch_length(batch, heapd_name("l"));
    code = heapd_batch_send(client, batch, NULL, NULL, NULL);
    while (code == HEAPD_OK && !heapd_batch_is_done(batch)) {
        struct pollfd poller = {heapd_client_fd(client), (short)heapd_client_events(client), 0};

        (void)poll(&poller, 1, heapd_client_timeout(client));
        (void)heapd_client_process(client, poller.revents, NULL);
    }
    refused = fault_malloc_disarm();
    if (code == HEAPD_OK && refused > 0) {
        code = heapd_batch_status(batch, NULL, NULL);
        assert_true(code == HEAPD_UNAVAILABLE || code == HEAPD_RESOURCE_EXHAUSTED);
        while (code == HEAPD_UNAVAILABLE && !again) {
            (void)poll(NULL, 0, heapd_client_timeout(client));
            (void)heapd_client_process(client, 0, NULL);
        }
    }
    check(daemon, heapd_ping(client, NULL, NULL));
    heapd_batch_free(batch);
    heapd_client_close(client);
    return refused;
}

static void a_client_in_a_poll_loop_comes_back(void **state)
{
    long live = fault_malloc_live();
    struct heapd_client *admin = daemon_fixture_open(*state);
    long n = 0;

    make_world(admin);
    heapd_client_close(admin);
    while (try_reconnecting(*state, n) > 0) {
        assert_true(++n < MOST);
    }
    assert_true(n > 2);
    assert_true(fault_malloc_live() == live);
}

static int teardown(void **state)
{
    (void)fault_malloc_disarm(); /* a test that failed did not */
    return daemon_fixture_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, daemon_fixture_setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(each_allocation_of_connecting_fails),
        TEST(each_allocation_of_each_call_fails_once),
        TEST(each_call_gets_no_more_memory),
        TEST(a_release_is_carried_out_or_reported),
        TEST(a_release_waits_for_memory),
        TEST(a_client_in_a_poll_loop_comes_back),
    };

    return DAEMON_FIXTURE_RUN(argc, argv, tests);
}
