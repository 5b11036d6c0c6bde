/* SPDX-License-Identifier: MIT */
/* bench_pause.c: how long the loop of a daemon in this process is busy without a pause.
 *
 * usage: bench_pause N [all]
 *
 * One client builds N lists of two through a socket, automatic collection on; then it goes on
 * with mixed operations (garbage in cycles, stores into the N, what reads) while another one
 * asks for full collections.  A turn lasts from one wait of the loop to the next.  Prints
 * the longest in nanoseconds of the loop's processor time; with all a line before it for
 * each part: the 99.9th percentile, the longest by the clock on the wall, how many. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "heapd/client.h"
#include "inside.h"
#include "server/server.h"

#define BATCH       128
#define COLLECTIONS 3
#define BUCKETS     20000 /* of a microsecond */

struct load {
    long n;
    int fds[2];
    pthread_t builder;
    pthread_t asker;
    atomic_bool done;
    atomic_bool asked; /* the second part has begun */
    uv_async_t end;
};

/* Of the building, and of what follows. */
struct turns {
    struct load *load;
    struct part {
        double longest;
        double longest_wall;
        unsigned long count;
        unsigned long histogram[BUCKETS];
    } parts[2];
    double last_cpu;
    double last_wall;
};

static void check(int code, const struct heapd_error *error)
{
    must(code == HEAPD_OK, error->message);
}

static struct heapd_client *client_on(int fd)
{
    struct heapd_client *client;
    struct heapd_error error;

    check(heapd_client_from_fd(fd, &client, &error), &error);
    return client;
}

static void build(struct heapd_client *client, long n)
{
    struct heapd_batch *batch = heapd_batch_new();
    const struct heapd_ref live = heapd_name("live");
    const struct heapd_ref items[2] = {heapd_name("one"), heapd_name("one")};
    struct heapd_error error;
    uint64_t id;

    must(batch != NULL, "no memory");
    check(heapd_create(client, heapd_new_list(NULL, 0),
                       heapd_keep_name("live", HEAPD_SCOPE_HEAP), &id, &error),
          &error);
    check(heapd_create(client, heapd_new_int(1), heapd_keep_name("one", HEAPD_SCOPE_HEAP), &id,
                       &error),
          &error);
    for (long i = 0; i < n; i++) {
        (void)heapd_batch_create(batch, heapd_new_list(items, 2), heapd_keep_append(live));
        if (heapd_batch_count(batch) == BATCH || i == n - 1) {
            check(heapd_batch_run(client, batch, &error), &error);
            heapd_batch_reset(batch);
        }
    }
    heapd_batch_free(batch);
}

/* A list that refers to itself and dies, a store of another one, a look. */
static void mix(struct heapd_client *client, uint64_t number, long n)
{
    const struct heapd_ref live = heapd_name("live");
    struct heapd_error error;
    uint64_t loop;
    uint64_t length;

    check(heapd_create(client, heapd_new_list(&live, 1), heapd_keep_hold(), &loop, &error),
          &error);
    check(heapd_append(client, heapd_id(loop), heapd_id(loop), &error), &error);
    check(heapd_set_item(client, live, heapd_at_index((long)(number * 7919) % n),
                         heapd_id(loop), &error),
          &error);
    check(heapd_length(client, heapd_id(loop), &length, &error), &error);
    check(heapd_release(client, &(struct heapd_ref){.by = HEAPD_BY_ID, .id = loop}, NULL, 1,
                        &error),
          &error);
}

static void *ask(void *argument)
{
    struct load *load = argument;
    struct heapd_client *client = client_on(load->fds[1]);
    struct heapd_error error;
    struct heapd_collected collected;

    for (int i = 0; i < COLLECTIONS; i++) {
        check(heapd_collect(client, 2, &collected, &error), &error);
    }
    heapd_client_close(client);
    atomic_store(&load->done, true);
    return NULL;
}

static void *work(void *argument)
{
    struct load *load = argument;
    struct heapd_client *client = client_on(load->fds[0]);

    build(client, load->n);
    atomic_store(&load->asked, true);
    must(pthread_create(&load->asker, NULL, ask, load) == 0, "no thread");
    for (uint64_t i = 0; !atomic_load(&load->done); i++) {
        mix(client, i, load->n);
    }
    must(pthread_join(load->asker, NULL) == 0, "no thread");
    heapd_client_close(client);
    (void)uv_async_send(&load->end);
    return NULL;
}

static void on_wait_over(uv_check_t *check)
{
    ((struct turns *)check->data)->last_wall = wall_ns();
}

static void on_wait(uv_prepare_t *prepare)
{
    struct turns *turns = prepare->data;
    double now = thread_ns();
    double took = now - turns->last_cpu;
    double wall = wall_ns() - turns->last_wall;
    size_t bucket = (size_t)(took / 1000);
    struct part *part = &turns->parts[atomic_load(&turns->load->asked)];

    turns->last_cpu = now;
    part->longest = took > part->longest ? took : part->longest;
    part->longest_wall = wall > part->longest_wall ? wall : part->longest_wall;
    part->count++;
    part->histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static double percentile(const struct part *part, double of)
{
    double left = (double)part->count * (1 - of);
    size_t bucket = BUCKETS;

    while (bucket > 0 && left >= 0) {
        left -= (double)part->histogram[--bucket];
    }
    return (double)(bucket + 1) * 1000;
}

static void on_end(uv_async_t *end)
{
    uv_stop(end->loop);
}

static void adopt(struct hd_server *server, int *ret_fd)
{
    int fds[2];

    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0, "no sockets");
    must(hd_server_adopt(server, fds[1]) == HD_OK, "no connection");
    *ret_fd = fds[0];
}

static void run(uv_loop_t *loop, struct load *load, struct turns *turns)
{
    uv_prepare_t wait;
    uv_check_t over;

    (void)uv_prepare_init(loop, &wait);
    (void)uv_check_init(loop, &over);
    wait.data = turns;
    over.data = turns;
    turns->last_cpu = thread_ns();
    turns->last_wall = wall_ns();
    (void)uv_prepare_start(&wait, on_wait);
    (void)uv_check_start(&over, on_wait_over);
    (void)uv_async_init(loop, &load->end, on_end);
    must(pthread_create(&load->builder, NULL, work, load) == 0, "no thread");
    (void)uv_run(loop, UV_RUN_DEFAULT);
    must(pthread_join(load->builder, NULL) == 0, "no thread");
}

static void print(const struct turns *turns, bool all)
{
    double longest = 0;

    for (int i = 0; i < 2; i++) {
        const struct part *part = &turns->parts[i];

        longest = part->longest > longest ? part->longest : longest;
        if (all) {
            (void)printf("%s: p99.9 %.0f us, longest %.0f us, by the wall %.0f us, %lu turns\n",
                         i == 0 ? "building" : "mixed", percentile(part, 0.999) / 1e3,
                         part->longest / 1e3, part->longest_wall / 1e3, part->count);
        }
    }
    (void)printf("%.3f\n", longest);
}

int main(int argc, char **argv)
{
    static struct turns turns;
    static struct load load;
    struct hd_heap_options options = bench_options();
    struct hd_hub_options hub_options = {.allocator = hd_libc_allocator(),
                                         .clock = hd_monotonic_clock(),
                                         .version = "0.0.bench"};
    struct hd_server_options server_options = hd_server_options_default();
    struct hd_server *server;
    struct hd_hub *hub;
    struct bench b;
    uv_loop_t loop;

    load.n = argc > 1 ? (long)strtod(argv[1], NULL) : 0;
    must(load.n > 0, "usage: bench_pause N [all]");
    bench_begin(&b, &options);
    must(hd_hub_new(&hub_options, &hub) == HD_OK && hd_hub_add_heap(hub, b.heap) == HD_OK,
         "no hub");
    must(uv_loop_init(&loop) == 0, "no loop");
    must(hd_server_new(&server_options, &loop, hub, &server) == HD_OK, "no server");
    adopt(server, &load.fds[0]);
    adopt(server, &load.fds[1]);
    turns.load = &load;
    run(&loop, &load, &turns);
    print(&turns, argc > 2 && strcmp(argv[2], "all") == 0);
    return 0; /* the daemon goes with the process */
}
