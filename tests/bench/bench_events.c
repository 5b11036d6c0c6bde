/* SPDX-License-Identifier: MIT */
/* bench_events.c: what events cost who makes them, and who reads them; without sockets.
 *
 * usage: bench_events
 * Prints nanoseconds of processor time per event. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "heap/events.h"
#include "lib/wire_bytes.h"
#include "rpc/channel.h"

#define EVENTS 2000000

static void on_woken(struct hd_channel *channel, void *ctx)
{
    (void)channel;
    (void)ctx;
}

struct bench {
    struct hd_heap *heap;
    struct hd_hub *hub;
};

static void setup(struct bench *b)
{
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(), hd_monotonic_clock()};
    struct hd_hub_options hub = {
        .allocator = hd_libc_allocator(), .clock = hd_monotonic_clock(), .version = "bench"};

    must(hd_heap_new(&options, &world, &b->heap) == HD_OK, "no heap");
    must(hd_hub_new(&hub, &b->hub) == HD_OK, "no hub");
    must(hd_hub_add_heap(b->hub, b->heap) == HD_OK, "no heap in the hub");
}

/* A channel with a stream of one kind of events. */
static struct hd_channel *open_stream(struct bench *b, enum hd_event_kind kind)
{
    struct wire_request request = {.service = "EventStreamService", .method = "Events"};
    struct wire_bytes payload = {0};
    struct wire_bytes filter = {0};
    struct wire_bytes out = {0};
    struct hd_channel *channel;

    must(hd_channel_new(b->hub, NULL, on_woken, NULL, &channel) == HD_OK, "no channel");
    wire_put_number(&filter, 1, kind);
    wire_put_message(&payload, 1, &filter);
    request.payload = &payload;
    wire_put_request(&out, 1, &request);
    must(hd_channel_feed(channel, out.data, out.size) == HD_OK, "no memory");
    wire_bytes_free(&payload);
    wire_bytes_free(&filter);
    wire_bytes_free(&out);
    return channel;
}

static void publish(struct bench *b, long count)
{
    const struct hd_event event = {.kind = HD_EVENT_FINALIZER_QUEUED,
                                   .session = 7,
                                   .object = 0x123456789,
                                   .count = 1,
                                   .queue = {"blobs", 5}};

    for (long i = 0; i < count; i++) {
        hd_events_publish(hd_heap_events(b->heap), &event);
    }
}

static void read_all(struct hd_channel *channel)
{
    while (hd_channel_wants_turn(channel)) {
        struct hd_buf *output = hd_channel_output(channel);

        hd_channel_turn(channel);
        hd_buf_consume(output, hd_buf_size(output));
    }
}

static void report(const char *what, double start)
{
    (void)printf("%-52s %7.1f\n", what, (cpu_ns() - start) / EVENTS);
}

int main(void)
{
    struct hd_channel *idle[1000];
    struct hd_channel *reader;
    struct bench b;
    double start;

    setup(&b);
    start = cpu_ns();
    publish(&b, EVENTS);
    report("published, nobody waits", start);
    for (int i = 0; i < 1000; i++) {
        idle[i] = open_stream(&b, HD_EVENT_PAUSE);
    }
    start = cpu_ns();
    publish(&b, EVENTS);
    report("published, 1000 streams wait for something else", start);
    reader = open_stream(&b, HD_EVENT_FINALIZER_QUEUED);
    start = cpu_ns();
    for (int i = 0; i < EVENTS / 1000; i++) {
        publish(&b, 1000);
        read_all(reader);
    }
    report("published, and read by one stream, 1000 at a time", start);
    start = cpu_ns();
    for (int i = 0; i < EVENTS / 1000; i++) {
        publish(&b, 1000); /* nobody takes the output */
        while (hd_channel_wants_turn(reader)) {
            hd_channel_turn(reader);
        }
    }
    report("published, and one stream that has stopped", start);
    hd_channel_close(reader);
    for (int i = 0; i < 1000; i++) {
        hd_channel_close(idle[i]);
    }
    while (hd_heap_work(b.heap, 1000)) {
    }
    hd_heap_free(b.heap);
    hd_hub_free(b.hub);
    return 0;
}
