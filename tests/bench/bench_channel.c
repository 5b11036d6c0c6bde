/* SPDX-License-Identifier: MIT */
/* bench_channel.c: the path of a request from bytes to bytes, without a socket.
 *
 * usage: bench_channel hold_release|create_release|append_pop|bind_delete|get|batch THREADS
 * REQUESTS [cpu]
 *
 * Prepared bytes are fed to a channel for as many requests, shared out among the threads; each
 * has a hub, a heap and a channel of its own, as the loops of `heapd --threads` have.  Prints
 * nanoseconds of wall time per request of all threads together; with cpu, behind it those of
 * the threads' own processor time: on a machine that others use they say whether the threads
 * ran. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench.h"
#include "lib/wire_bytes.h"
#include "rpc/channel.h"

/* Requests of one piece of prepared bytes: as many as a client keeps on their way. */
#define PIECE 64u
/* Bytes of the answer to a Create: it ends with the id. */
#define ID_REPLY (10u + 2 + 9)

struct worker {
    _Alignas(128) pthread_t thread; /* no line of the cache, nor its neighbour, is another's */
    const char *workload;
    long pieces;
    struct hd_heap *heap;
    struct hd_hub *hub;
    struct hd_channel *channel;
    struct wire_bytes bytes;
    struct wire_bytes releases; /* of create_release: what the bytes created */
    double cpu_ns;
    uint32_t stream;
    uint64_t id;
    uint64_t list;
};

static void on_woken(struct hd_channel *channel, void *ctx)
{
    (void)channel;
    (void)ctx;
}

static void start(struct worker *w)
{
    struct hd_hub_options hub = {.allocator = hd_libc_allocator(),
                                 .clock = hd_monotonic_clock(),
                                 .version = "bench",
                                 .max_channels = 1};
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(), hd_monotonic_clock()};

    options.max_slots = 1u << 22;
    options.memory.reserve_bytes = (size_t)1 << 30;

    must(hd_hub_new(&hub, &w->hub) == HD_OK &&
             hd_heap_new(&options, &world, &w->heap) == HD_OK &&
             hd_hub_add_heap(w->hub, w->heap) == HD_OK &&
             hd_channel_new(w->hub, NULL, on_woken, NULL, &w->channel) == HD_OK,
         "cannot start");
    w->stream = 1;
}

static void put(struct worker *w, const char *service, const char *method,
                struct wire_bytes *payload)
{
    struct wire_request request = {.service = service, .method = method, .payload = payload};

    wire_put_request(&w->bytes, w->stream, &request);
    w->stream += 2;
    wire_bytes_free(payload);
}

static size_t frame_size(const uint8_t *frame)
{
    return 10 +
           ((size_t)frame[0] << 24 | (size_t)frame[1] << 16 | (size_t)frame[2] << 8 | frame[3]);
}

/* Streams rise: they are written into the prepared frames anew for each piece. */
static void renumber(struct worker *w)
{
    size_t at = 0;

    while (at < w->bytes.size) {
        uint8_t *frame = w->bytes.data + at;

        frame[4] = (uint8_t)(w->stream >> 24);
        frame[5] = (uint8_t)(w->stream >> 16);
        frame[6] = (uint8_t)(w->stream >> 8);
        frame[7] = (uint8_t)w->stream;
        w->stream += 2;
        at += frame_size(frame);
    }
}

/* Gives the id in the first field of the last answer, if there is one. */
static uint64_t drain(struct worker *w)
{
    struct hd_buf *out = hd_channel_output(w->channel);
    struct wire_reply reply;
    uint64_t id = 0;
    size_t one;

    while ((one = wire_take_reply(hd_buf_front(out), hd_buf_size(out), &reply)) > 0) {
        struct wire_value value;

        must(reply.code == 0, reply.message);
        if (reply.payload_size > 0 &&
            wire_get(reply.payload, reply.payload_size, 1, 0, &value) && value.size == 8) {
            id = value.value;
        }
        hd_buf_consume(out, one);
    }
    return id;
}

static void feed(struct worker *w)
{
    must(hd_channel_wants_input(w->channel), "the channel takes nothing");
    must(hd_channel_feed(w->channel, w->bytes.data, w->bytes.size) == HD_OK, "no memory");
    while (hd_channel_wants_turn(w->channel)) {
        hd_channel_turn(w->channel);
    }
}

/* Writes the ids that the answers give to the end of the prepared Releases, where each has its
 * only one. */
static void pass_ids(struct worker *w)
{
    struct hd_buf *out = hd_channel_output(w->channel);
    size_t end = 0;

    while (end < w->releases.size) {
        end += frame_size(w->releases.data + end);
        must(hd_buf_size(out) >= ID_REPLY, "no id");
        memcpy(w->releases.data + end - 8, hd_buf_front(out) + ID_REPLY - 8, 8);
        hd_buf_consume(out, ID_REPLY);
    }
}

static void swap(struct worker *w)
{
    struct wire_bytes bytes = w->bytes;

    w->bytes = w->releases;
    w->releases = bytes;
}

static void put_create(struct worker *w, unsigned kind)
{
    struct wire_bytes object = {0};
    struct wire_bytes create = {0};

    if (kind == 6) {
        wire_put_bytes(&object, 6, "sixteen bytes...", 16);
    } else {
        wire_put_bytes(&object, kind, "", 0);
    }
    wire_put_message(&create, 1, &object);
    put(w, "ObjectService", "Create", &create);
}

static uint64_t create(struct worker *w, unsigned kind)
{
    put_create(w, kind);
    feed(w);
    wire_bytes_clear(&w->bytes);
    return drain(w);
}

static void put_ids(struct worker *w, const char *method)
{
    struct wire_bytes payload = {0};

    wire_put_ids(&payload, 1, &w->id, 1);
    if (strcmp(method, "Get") == 0) {
        wire_put_number(&payload, 5, 1); /* value_only */
    }
    put(w, "ObjectService", method, &payload);
}

static void put_create_or_release(struct worker *w, bool create)
{
    if (create) {
        put_create(w, 6);
        return;
    }
    swap(w);
    put_ids(w, "Release");
    swap(w);
}

static void put_append_or_pop(struct worker *w, bool append)
{
    struct wire_bytes payload = {0};

    wire_put_ref(&payload, 1, w->list);
    if (append) {
        wire_put_ref(&payload, 2, w->id);
    }
    put(w, "ObjectService", append ? "Append" : "Pop", &payload);
}

static void put_bind_or_delete(struct worker *w, bool bind)
{
    struct wire_bytes target = {0};
    struct wire_bytes payload = {0};

    wire_put_text(&target, 1, "key:000000012345");
    wire_put_message(&payload, 1, &target);
    if (bind) {
        wire_put_ref(&payload, 2, w->id);
    }
    put(w, "NameService", bind ? "Bind" : "Delete", &payload);
}

static void put_batch(struct worker *w)
{
    struct wire_bytes execute = {0};

    for (unsigned i = 0; i < PIECE; i++) {
        struct wire_bytes operation = {0};
        struct wire_bytes inner = {0};

        if (i % 4 < 2) {
            wire_put_ids(&inner, 1, &w->id, 1);
            wire_put_message(&operation, i % 2 == 0 ? 4 : 5, &inner);
        } else {
            wire_put_ref(&inner, 1, w->list);
            if (i % 4 == 2) {
                wire_put_ref(&inner, 2, w->id);
            }
            wire_put_message(&operation, i % 4 == 2 ? 6 : 11, &inner);
        }
        wire_put_message(&execute, 1, &operation);
        wire_bytes_free(&operation);
        wire_bytes_free(&inner);
    }
    put(w, "BatchService", "Execute", &execute);
}

static void prepare(struct worker *w)
{
    const char *workload = w->workload;

    w->id = create(w, 6);
    w->list = create(w, 8);
    if (strcmp(workload, "batch") == 0) {
        put_batch(w);
        return;
    }
    for (unsigned i = 0; i < PIECE; i++) {
        bool even = i % 2 == 0;

        if (strcmp(workload, "hold_release") == 0) {
            put_ids(w, even ? "Hold" : "Release");
        } else if (strcmp(workload, "append_pop") == 0) {
            put_append_or_pop(w, even);
        } else if (strcmp(workload, "bind_delete") == 0) {
            put_bind_or_delete(w, even);
        } else if (strcmp(workload, "get") == 0) {
            put_ids(w, "Get");
        } else {
            must(strcmp(workload, "create_release") == 0, "no such workload");
            put_create_or_release(w, even);
        }
    }
}

static void one_piece(struct worker *w)
{
    renumber(w);
    feed(w);
    if (w->releases.size > 0) {
        pass_ids(w);
        swap(w);
        renumber(w);
        feed(w);
        swap(w);
    }
    hd_buf_consume(hd_channel_output(w->channel), hd_buf_size(hd_channel_output(w->channel)));
}

static void *work(void *ctx)
{
    struct worker *w = ctx;

    w->cpu_ns = -thread_ns();
    for (long i = 0; i < w->pieces; i++) {
        one_piece(w);
    }
    w->cpu_ns += thread_ns();
    return NULL;
}

static void end(struct worker *w)
{
    hd_channel_close(w->channel);
    while (hd_heap_work(w->heap, 1024)) {
    }
    hd_heap_free(w->heap);
    hd_hub_free(w->hub);
    wire_bytes_free(&w->bytes);
    wire_bytes_free(&w->releases);
}

int main(int argc, char **argv)
{
    struct worker workers[16] = {{0}};
    int threads;
    long requests;
    double start_ns;
    double spent_ns = 0;

    must(argc == 4 || (argc == 5 && strcmp(argv[4], "cpu") == 0),
         "usage: bench_channel WORKLOAD THREADS REQUESTS [cpu]");
    threads = atoi(argv[2]);
    requests = (long)strtod(argv[3], NULL);
    must(threads > 0 && threads <= 16 && requests > 0, "bad numbers");
    for (int i = 0; i < threads; i++) {
        workers[i].workload = argv[1];
        workers[i].pieces = requests / (PIECE * threads);
        start(&workers[i]);
        prepare(&workers[i]);
        (void)drain(&workers[i]);
    }
    start_ns = wall_ns();
    for (int i = 0; i < threads; i++) {
        must(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0, "no thread");
    }
    for (int i = 0; i < threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        spent_ns += workers[i].cpu_ns;
    }
    requests = workers[0].pieces * (long)PIECE * threads;
    (void)printf("%.3f", (wall_ns() - start_ns) / (double)requests);
    if (argc == 5) {
        (void)printf(" %.3f", spent_ns / (double)requests);
    }
    (void)printf("\n");
    for (int i = 0; i < threads; i++) {
        end(&workers[i]);
    }
    return 0;
}
