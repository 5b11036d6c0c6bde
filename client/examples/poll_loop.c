/* SPDX-License-Identifier: MIT */
/* poll_loop.c: libheapd in a loop of one's own, with poll(2): hundreds of requests in flight on
 * two connections, and no thread.
 *
 * Each connection makes objects in a heapd heap, 256 at a time, and lets go of each as soon as
 * it is made; gathered releases go along by themselves.
 *
 *   HEAPD_URL=unix:/run/heapd/heapd.sock poll_loop [COUNT] */
#include <heapd/client.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define CLIENTS 2
#define FLIGHT  256

struct worker {
    struct heapd_client *client;
    struct heapd_batch *batches[FLIGHT];
    long left; /* to be sent */
    long done;
    long failed;
};

static bool complain(const struct heapd_error *error)
{
    (void)fprintf(stderr, "poll_loop: %s: %s\n", heapd_code_name(error->code), error->message);
    return false;
}

static void on_done(struct heapd_batch *batch, void *ctx);

/* The next object, in a batch that is free. */
static void send_next(struct worker *worker, struct heapd_batch *batch)
{
    struct heapd_error error;

    if (worker->left-- <= 0) {
        return;
    }
    heapd_batch_reset(batch);
    (void)heapd_batch_create(batch, heapd_new_list(NULL, 0), heapd_keep_hold());
    if (heapd_batch_send(worker->client, batch, on_done, worker, &error) != HEAPD_OK) {
        worker->failed++;
        (void)complain(&error);
    }
}

static void on_done(struct heapd_batch *batch, void *ctx)
{
    struct worker *worker = ctx;
    struct heapd_error error;

    if (heapd_batch_status(batch, NULL, &error) != HEAPD_OK ||
        heapd_release_later(worker->client, heapd_result_id(batch, 0), &error) != HEAPD_OK) {
        worker->failed++;
        (void)complain(&error);
    } else {
        worker->done++;
    }
    send_next(worker, batch);
}

static void on_bad_release(struct heapd_client *client, const uint64_t *ids,
                           const uint32_t *counts, size_t count,
                           const struct heapd_error *error, void *ctx)
{
    struct worker *worker = ctx;

    (void)client, (void)ids, (void)counts;
    worker->failed += (long)count;
    (void)complain(error);
}

static bool start(struct worker *worker, long count)
{
    struct heapd_error error;

    if (heapd_client_open(NULL, 10000, &worker->client, &error) != HEAPD_OK) {
        return complain(&error);
    }
    heapd_client_set_release_callback(worker->client, on_bad_release, worker);
    worker->left = count;
    for (int i = 0; i < FLIGHT; i++) {
        worker->batches[i] = heapd_batch_new();
        if (worker->batches[i] == NULL) {
            return false;
        }
        send_next(worker, worker->batches[i]);
    }
    return true;
}

static bool is_busy(const struct worker *worker)
{
    return heapd_client_in_flight(worker->client) > 0 ||
           (heapd_client_events(worker->client) & POLLOUT) != 0; /* releases, for one */
}

/* Until nobody has anything in flight or to send.  False: a connection was lost. */
static bool loop(struct worker workers[CLIENTS])
{
    struct pollfd polled[CLIENTS];
    struct heapd_error error;

    while (is_busy(&workers[0]) || is_busy(&workers[1])) {
        int timeout_ms = -1;

        for (int i = 0; i < CLIENTS; i++) {
            int left_ms = heapd_client_timeout(workers[i].client);

            polled[i].fd = heapd_client_fd(workers[i].client);
            polled[i].events = (short)heapd_client_events(workers[i].client);
            if (left_ms >= 0 && (timeout_ms < 0 || left_ms < timeout_ms)) {
                timeout_ms = left_ms;
            }
        }
        (void)poll(polled, CLIENTS, timeout_ms);
        for (int i = 0; i < CLIENTS; i++) {
            if (heapd_client_process(workers[i].client, polled[i].revents, &error) !=
                HEAPD_OK) {
                return complain(&error);
            }
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct worker workers[CLIENTS] = {{0}};
    long count = argc > 1 ? atol(argv[1]) : 10000;
    bool ok = true;

    for (int i = 0; i < CLIENTS; i++) {
        ok = ok && start(&workers[i], count);
    }
    ok = ok && loop(workers);
    for (int i = 0; i < CLIENTS; i++) {
        ok = ok && workers[i].done == count && workers[i].failed == 0;
        (void)printf("%ld objects made and let go, %ld failures\n", workers[i].done,
                     workers[i].failed);
        heapd_client_close(workers[i].client);
        for (int j = 0; j < FLIGHT; j++) {
            heapd_batch_free(workers[i].batches[j]);
        }
    }
    return ok ? 0 : 1;
}
