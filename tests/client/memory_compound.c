/* SPDX-License-Identifier: MIT */
#include "client/memory_compound.h"

#include "client/memory_calls.h"
#include "lib/testlib.h"

char untouched;

int took(void *block, int code)
{
    if (code != HEAPD_OK) {
        assert_ptr_equal(block, &untouched);
    } else {
        assert_ptr_not_equal(block, &untouched);
        heapd_free(block);
    }
    return code;
}

/* ------------------------------------------------------------ the world */

static struct heapd_ref made(struct heapd_batch *batch, struct heapd_new object)
{
    return heapd_result(heapd_batch_create(batch, object, heapd_keep_batch()));
}

static void bind(struct heapd_batch *batch, const char *name, struct heapd_new object)
{
    (void)heapd_batch_create(batch, object, heapd_keep_name(name, HEAP));
}

void memory_calls_fill(struct heapd_batch *batch)
{
    struct heapd_ref numbers[4];
    struct heapd_ref key = made(batch, heapd_new_str("key", 3));
    const char *attribute = "a";

    for (int i = 0; i < 4; i++) {
        numbers[i] = made(batch, heapd_new_int(100000 + i));
    }
    bind(batch, "x", heapd_new_str("key", 3));
    bind(batch, "l", heapd_new_list(numbers, 4));
    bind(batch, "t", heapd_new_tuple(numbers, 4));
    bind(batch, "s", heapd_new_set(numbers, 4));
    bind(batch, "d", heapd_new_dict(&key, numbers, 1));
    bind(batch, "o", heapd_new_instance("Node", &attribute, numbers, 1));
    (void)heapd_batch_bind(batch, "n", numbers[0], HEAP, NULL);
    for (int i = 0; i < 2; i++) {
        (void)heapd_batch_set_finalizer(
            batch, made(batch, heapd_new_instance("Node", NULL, NULL, 0)), "q");
    }
}

/* ------------------------------------------------------------ calls of more than one */

int receive_and_acknowledge(struct heapd_client *client, struct heapd_error *error)
{
    struct heapd_delivery *deliveries = (void *)&untouched;
    size_t count = 0;
    int code = heapd_receive(client, "q", 1, 0, &deliveries, &count, error);

    if (code == HEAPD_OK) {
        assert_int_equal(count, 1);
        code = heapd_acknowledge(client, &deliveries->delivery, 1, error);
        heapd_free(deliveries);
    }
    return code;
}

int call_and_return(struct heapd_client *client, struct heapd_error *error)
{
    const struct heapd_argument arguments[2] = {{"a", NAME(l)}, {"b", heapd_nothing()}};
    int code = heapd_call(client, "f", arguments, 2, NULL, error);

    return code != HEAPD_OK ? code : heapd_return(client, NAME(a), NULL, NULL, error);
}

int kill_nobody(struct heapd_client *client, struct heapd_error *error)
{
    return heapd_kill(client, UINT64_MAX, error);
}

int own_holdings(struct heapd_client *client, struct heapd_error *error)
{
    struct heapd_session *sessions = (void *)&untouched;
    struct heapd_holding *holdings = (void *)&untouched;
    uint64_t number = 0;
    size_t count;
    int code = heapd_bind(client, "mine", NAME(l), HEAPD_SCOPE_FRAME, NULL, NULL, error);

    if (code == HEAPD_OK) {
        code = heapd_sessions(client, &sessions, &count, error);
    }
    if (code != HEAPD_OK) {
        assert_ptr_equal(sessions, &untouched);
        return code;
    }
    for (size_t i = 0; i < count; i++) {
        number = sessions[i].own ? sessions[i].number : number;
    }
    heapd_free(sessions);
    return took(holdings, heapd_holdings(client, number, &holdings, &count, error));
}

int read_events(struct heapd_client *client, struct heapd_error *error)
{
    struct heapd_stream *stream = (void *)&untouched;
    struct heapd_event event;
    int code = heapd_events_open(client, NULL, 0, &stream, error);

    if (code != HEAPD_OK) {
        assert_ptr_equal(stream, &untouched);
        return code;
    }
    for (int i = 0; i < 3 && code == HEAPD_OK; i++) {
        code = heapd_events_next(stream, &event, error);
    }
    heapd_stream_close(stream);
    return code;
}

int read_deliveries(struct heapd_client *client, struct heapd_error *error)
{
    struct heapd_stream *stream = (void *)&untouched;
    struct heapd_delivery delivery;
    int code = heapd_deliveries_open(client, "q", 1, &stream, error);

    if (code != HEAPD_OK) {
        assert_ptr_equal(stream, &untouched);
        return code;
    }
    code = heapd_deliveries_next(stream, &delivery, error);
    heapd_stream_close(stream);
    return code;
}

static int run_batch(struct heapd_client *client, bool atomic, bool fails,
                     struct heapd_error *error)
{
    struct heapd_batch *batch = heapd_batch_new();
    uint32_t failed = 0;
    int code;

    if (batch == NULL) {
        *error = (struct heapd_error){HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY", ""};
        return error->code;
    }
    heapd_batch_set_atomic(batch, atomic);
    memory_calls_fill(batch);
    for (int i = 0; i < MANY; i++) {
        (void)heapd_batch_get(batch, REFS(NAME(l), NAME(o)), 2, NULL);
    }
    if (fails) {
        (void)heapd_batch_length(batch, MISSING);
    }
    code = heapd_batch_run(client, batch, error);
    if (code == HEAPD_NOT_FOUND) {
        (void)heapd_batch_status(batch, &failed, NULL);
        assert_int_equal(failed, heapd_batch_count(batch) - 1);
    }
    heapd_batch_free(batch);
    return code;
}

int a_batch(struct heapd_client *client, struct heapd_error *error)
{
    return run_batch(client, false, false, error);
}

int a_batch_that_fails(struct heapd_client *client, struct heapd_error *error)
{
    return run_batch(client, false, true, error);
}

int an_atomic_batch(struct heapd_client *client, struct heapd_error *error)
{
    return run_batch(client, true, false, error);
}

int an_atomic_batch_that_fails(struct heapd_client *client, struct heapd_error *error)
{
    return run_batch(client, true, true, error);
}

static void on_done(struct heapd_batch *batch, void *ctx)
{
    *(int *)ctx += 1;
    (void)batch;
}

/* Each is called back once, or was never in flight. */
int pipelined(struct heapd_client *client, struct heapd_error *error)
{
    struct heapd_batch *batches[100];
    int sent = 0;
    int done = 0;
    int count = 0;
    int code = HEAPD_OK;

    while (count < 100 && code == HEAPD_OK && (batches[count] = heapd_batch_new()) != NULL) {
        (void)heapd_batch_length(batches[count], NAME(l));
        code = heapd_batch_send(client, batches[count++], on_done, &done, error);
        sent += code == HEAPD_OK;
    }
    if (code == HEAPD_OK) {
        code = heapd_client_wait(client, NULL, error);
    } else {
        (void)heapd_client_wait(client, NULL, NULL);
    }
    assert_int_equal(done, sent);
    while (count > 0) {
        heapd_batch_free(batches[--count]);
    }
    return code;
}

int reconnect(struct heapd_client *client, struct heapd_error *error)
{
    int code = heapd_client_reconnect(client, NULL, error);

    return code == HEAPD_OK ? heapd_ping(client, NULL, error) : code;
}
