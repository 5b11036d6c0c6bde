/* SPDX-License-Identifier: MIT */
/* uv_loop.c: libheapd in a libuv loop, between whatever else the loop does.
 *
 * 256 requests are in flight at a time, on one connection and without a thread; each binds a
 * name of the session to a number.  A uv_poll_t tells when the socket is ready, a uv_timer_t
 * when a request is out of time.  A connection that is lost is reported;
 * heapd_client_set_reconnect would make another, with another socket.
 *
 *   HEAPD_URL=unix:/run/heapd/heapd.sock uv_loop [COUNT] */
#include <heapd/client.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define FLIGHT 256

struct program {
    uv_poll_t socket;
    uv_timer_t timer;
    struct heapd_client *client;
    struct heapd_batch *batches[FLIGHT];
    long next;
    long count;
    long done;
    bool failed;
};

static void complain(struct program *program, const struct heapd_error *error)
{
    program->failed = true;
    (void)fprintf(stderr, "uv_loop: %s: %s\n", heapd_code_name(error->code), error->message);
}

static void on_done(struct heapd_batch *batch, void *ctx);

static void send_next(struct program *program, struct heapd_batch *batch)
{
    struct heapd_error error;
    struct heapd_ref number;
    char name[32];

    if (program->next == program->count || program->failed) {
        return;
    }
    (void)snprintf(name, sizeof(name), "n%ld", program->next % 1000);
    heapd_batch_reset(batch);
    heapd_batch_set_timeout(batch, 10000);
    number = heapd_result(
        heapd_batch_create(batch, heapd_new_int(program->next++), heapd_keep_batch()));
    (void)heapd_batch_bind(batch, name, number, HEAPD_SCOPE_MODULE, NULL);
    if (heapd_batch_send(program->client, batch, on_done, program, &error) != HEAPD_OK) {
        complain(program, &error);
    }
}

static void on_done(struct heapd_batch *batch, void *ctx)
{
    struct program *program = ctx;
    struct heapd_error error;

    if (heapd_batch_status(batch, NULL, &error) != HEAPD_OK) {
        complain(program, &error);
        return;
    }
    program->done++;
    send_next(program, batch);
}

static void on_socket(uv_poll_t *handle, int status, int events);
static void on_timer(uv_timer_t *handle);

/* Tells the loop what the client waits for now; nothing: the loop ends. */
static void watch(struct program *program)
{
    int events = heapd_client_events(program->client);
    int left_ms = heapd_client_timeout(program->client);

    (void)uv_timer_stop(&program->timer);
    if (program->failed || heapd_client_in_flight(program->client) == 0) {
        (void)uv_poll_stop(&program->socket);
        return;
    }
    if (left_ms >= 0) {
        (void)uv_timer_start(&program->timer, on_timer, (uint64_t)left_ms, 0);
    }
    (void)uv_poll_start(&program->socket,
                        UV_READABLE | ((events & POLLOUT) != 0 ? UV_WRITABLE : 0), on_socket);
}

static void process(struct program *program)
{
    struct heapd_error error;

    if (heapd_client_process(program->client, 0, &error) != HEAPD_OK) {
        complain(program, &error);
    }
    watch(program);
}

static void on_socket(uv_poll_t *handle, int status, int events)
{
    (void)status; /* the client finds out for itself */
    (void)events;
    process(handle->data);
}

static void on_timer(uv_timer_t *handle)
{
    process(handle->data);
}

int main(int argc, char **argv)
{
    struct program program = {.count = argc > 1 ? atol(argv[1]) : 10000};
    struct heapd_error error;
    uv_loop_t *loop = uv_default_loop();

    if (heapd_client_open(NULL, 10000, &program.client, &error) != HEAPD_OK) {
        complain(&program, &error);
        return 1;
    }
    (void)uv_poll_init(loop, &program.socket, heapd_client_fd(program.client));
    (void)uv_timer_init(loop, &program.timer);
    program.socket.data = &program;
    program.timer.data = &program;
    for (int i = 0; i < FLIGHT; i++) {
        program.batches[i] = heapd_batch_new();
        if (program.batches[i] != NULL) {
            send_next(&program, program.batches[i]);
        }
    }
    watch(&program);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    (void)printf("%ld of %ld bound\n", program.done, program.count);
    uv_close((uv_handle_t *)&program.socket, NULL);
    uv_close((uv_handle_t *)&program.timer, NULL);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(loop);
    heapd_client_close(program.client);
    for (int i = 0; i < FLIGHT; i++) {
        heapd_batch_free(program.batches[i]);
    }
    return !program.failed && program.done == program.count ? 0 : 1;
}
