/* SPDX-License-Identifier: MIT */
/* bench_death.c: finalizations through one subscriber, over a socket.
 *
 * usage: bench_death URL N      (N objects die by count; they are received and acknowledged, a
 * thousand in a call) Prints nanoseconds of elapsed time for each.
 */
#include <heapd/client.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

#define AT_ONCE 1000u
#define QUEUE   "bench.death"

/* A thousand that die when the batch ends. */
static void make_and_lose(struct heapd_client *client, struct heapd_batch *batch)
{
    struct heapd_error error;

    heapd_batch_reset(batch);
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        uint32_t made = heapd_batch_create(batch, heapd_new_list(NULL, 0), heapd_keep_hold());
        struct heapd_ref ref = heapd_result(made);

        (void)heapd_batch_set_finalizer(batch, ref, QUEUE);
        (void)heapd_batch_release(batch, &ref, NULL, 1);
    }
    must(heapd_batch_run(client, batch, &error) == HEAPD_OK, error.message);
}

static size_t take(struct heapd_client *client)
{
    uint64_t numbers[AT_ONCE];
    struct heapd_delivery *deliveries;
    struct heapd_error error;
    size_t count;

    must(heapd_receive(client, QUEUE, AT_ONCE, 1000, &deliveries, &count, &error) == HEAPD_OK,
         error.message);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = deliveries[i].delivery;
    }
    heapd_free(deliveries);
    if (count > 0) {
        must(heapd_acknowledge(client, numbers, count, &error) == HEAPD_OK, error.message);
    }
    return count;
}

int main(int argc, char **argv)
{
    struct heapd_error error;
    struct heapd_client *client;
    struct heapd_batch *batch = heapd_batch_new();
    size_t wanted = argc == 3 ? (size_t)strtod(argv[2], NULL) : 0;
    size_t made = 0;
    size_t done = 0;
    double start;

    if (argc != 3 || wanted == 0 || batch == NULL) {
        (void)fprintf(stderr, "usage: bench_death URL N\n");
        return 2;
    }
    must(heapd_client_open(argv[1], -1, &client, &error) == HEAPD_OK, error.message);
    must(heapd_create_queue(client, QUEUE, NULL, NULL, &error) == HEAPD_OK, error.message);
    for (; made < wanted; made += AT_ONCE) {
        make_and_lose(client, batch);
    }
    start = wall_ns();
    while (done < made) {
        done += take(client);
    }
    (void)printf("%.2f\n", (wall_ns() - start) / (double)done);
    heapd_batch_free(batch);
    heapd_client_close(client);
    return 0;
}
