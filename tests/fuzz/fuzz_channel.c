/* SPDX-License-Identifier: MIT */
/* Two channels of one heap, driven by whatever comes; every reply is well formed, and
 * at the end the heap verifies and is empty.
 *
 * The first byte: 0, the rest are raw bytes for one channel; else they are
 * records of a byte for the method, a byte for channel and length, and a
 * payload, in which ids are put where the bytes say so.  Two numbers of
 * methods are something else: a frame of data for one of the last streams,
 * and time that passes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "heap/inspect.h"
#include "heap/verify.h"
#include "lib/wire_bytes.h"
#include "rpc/channel.h"

#define CHANNELS 2
#define IDS      64
#define DATA     255 /* payload: which stream, flags, data */
#define TIME     254 /* payload: milliseconds */

struct fuzz {
    uint64_t now_ns;
    struct hd_heap *heap;
    struct hd_hub *hub;
    struct hd_channel *channels[CHANNELS];
    uint32_t streams[CHANNELS];
    uint64_t ids[IDS]; /* the last ones given back, in turn */
    unsigned id_count;
};

static const struct hd_service *const services[] = {
    &hd_service_object, &hd_service_name,   &hd_service_collector, &hd_service_heap,
    &hd_service_batch,  &hd_service_server, &hd_service_event,     &hd_service_event_stream,
};

static void must(bool truth)
{
    if (!truth) {
        abort();
    }
}

static uint64_t held_clock(void *ctx)
{
    const struct fuzz *fuzz = ctx;

    return fuzz->now_ns;
}

static void on_woken(struct hd_channel *channel, void *ctx)
{
    (void)channel;
    (void)ctx;
}

static void start(struct fuzz *fuzz, const struct hd_clock *clock)
{
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(), clock};
    struct hd_hub_options hub = {
        .allocator = hd_libc_allocator(), .clock = clock, .version = "fuzz"};

    options.memory.reserve_bytes = (size_t)16 << 20;
    options.max_slots = 1 << 20;
    options.slice_units = 16;
    options.events = 16;
    must(hd_heap_new(&options, &world, &fuzz->heap) == HD_OK);
    must(hd_hub_new(&hub, &fuzz->hub) == HD_OK);
    must(hd_hub_add_heap(fuzz->hub, fuzz->heap) == HD_OK);
    for (int i = 0; i < CHANNELS; i++) {
        must(hd_channel_new(fuzz->hub, NULL, on_woken, NULL, &fuzz->channels[i]) == HD_OK);
        fuzz->streams[i] = 1;
    }
}

static void on_defect(void *ctx, const char *sentence)
{
    (void)ctx;
    (void)fprintf(stderr, "defect: %s\n", sentence);
}

static void finish(struct fuzz *fuzz)
{
    struct hd_verify_result result;
    struct hd_heap_info info;

    for (int i = 0; i < CHANNELS; i++) {
        hd_channel_close(fuzz->channels[i]);
    }
    while (hd_heap_work(fuzz->heap, 100)) {
    }
    must(fuzz->hub->channels == 0);
    must(hd_list_is_empty(&fuzz->hub->asleep));
    must(hd_hub_deadline_ns(fuzz->hub) == UINT64_MAX);
    must(hd_heap_verify(fuzz->heap, on_defect, NULL, &result) == HD_OK && result.defects == 0);
    hd_inspect_heap(fuzz->heap, &info);
    must(info.sessions == 0);
    hd_heap_free(fuzz->heap);
    hd_hub_free(fuzz->hub);
}

/* Takes whole replies, and remembers a fixed64 in field 1: an id, mostly. */
static void take_replies(struct fuzz *fuzz, struct hd_channel *channel, bool raw)
{
    struct hd_buf *output = hd_channel_output(channel);
    struct wire_reply reply;
    size_t size;

    while (hd_buf_size(output) > 0 &&
           (size = wire_take_reply(hd_buf_front(output), hd_buf_size(output), &reply)) > 0) {
        must(reply.code >= 0 && reply.code <= 16 &&
             (reply.code == 0) == (reply.reason[0] == 0));
        must(reply.type == 2 || reply.flags == 0 ||
             (reply.flags == 5 && reply.payload_size == 0));
        must(strcmp(reply.reason, "BROKEN") != 0);
        if (reply.code == 0 && reply.payload_size >= 9 && reply.payload[0] == 9) {
            fuzz->ids[fuzz->id_count++ % IDS] =
                wire_number(reply.payload, reply.payload_size, 1);
        }
        hd_buf_consume(output, size);
    }
    must(raw || hd_buf_size(output) == 0);
    hd_buf_consume(output, hd_buf_size(output)); /* a farewell to HTTP/2 or TLS */
}

static void settle(struct fuzz *fuzz, struct hd_channel *channel, bool raw)
{
    take_replies(fuzz, channel, raw);
    while (hd_channel_wants_turn(channel)) {
        hd_channel_turn(channel);
        take_replies(fuzz, channel, raw);
    }
}

static void feed(struct fuzz *fuzz, struct hd_channel *channel, const uint8_t *data,
                 size_t size, bool raw)
{
    if (!hd_channel_wants_input(channel)) {
        return;
    }
    must(hd_channel_feed(channel, data, size) == HD_OK);
    settle(fuzz, channel, raw);
}

/* Fixed64 fields of the payload whose upper half is 0 become ids that were given. */
static void put_ids(const struct fuzz *fuzz, uint8_t *payload, size_t size)
{
    for (size_t i = 0; i + 8 <= size; i++) {
        uint64_t value;

        memcpy(&value, payload + i, sizeof value);
        if (value < IDS && fuzz->id_count > 0) {
            value = fuzz->ids[value % (fuzz->id_count < IDS ? fuzz->id_count : IDS)];
            memcpy(payload + i, &value, sizeof value);
            i += 7;
        }
    }
}

/* For one of the channel's last eight streams, or the next one. */
static void send_data(struct fuzz *fuzz, unsigned channel, const uint8_t *payload, size_t size)
{
    struct wire_bytes out = {0};

    if (size >= 2) {
        wire_put_frame(&out, fuzz->streams[channel] - 2 * (payload[0] % 9u), 3, payload[1],
                       payload + 2, size - 2);
        feed(fuzz, fuzz->channels[channel], out.data, out.size, false);
        wire_bytes_free(&out);
    }
}

static void pass_time(struct fuzz *fuzz, const uint8_t *payload, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        fuzz->now_ns += payload[i] * UINT64_C(1000000);
    }
    hd_hub_expire(fuzz->hub);
}

static void send_request(struct fuzz *fuzz, uint8_t method, unsigned channel, uint8_t *payload,
                         size_t size)
{
    const struct hd_service *service =
        services[method % (sizeof services / sizeof services[0])];
    size_t number = method / (sizeof services / sizeof services[0]) % service->count;
    struct wire_bytes bytes = {payload, size, size};
    struct wire_bytes out = {0};
    struct wire_request request = {.service = service->name + strlen("heapd.v1."),
                                   .method = service->methods[number].name,
                                   .payload = &bytes};

    put_ids(fuzz, payload, size);
    wire_put_request(&out, fuzz->streams[channel], &request);
    fuzz->streams[channel] += 2;
    feed(fuzz, fuzz->channels[channel], out.data, out.size, false);
    wire_bytes_free(&out);
}

static void run_records(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    uint8_t payload[128];

    while (size >= 2) {
        size_t length = data[1] & 0x7f;

        length = length < size - 2 ? length : size - 2;
        memcpy(payload, data + 2, length);
        if (data[0] == DATA) {
            send_data(fuzz, data[1] >> 7, payload, length);
        } else if (data[0] == TIME) {
            pass_time(fuzz, payload, length);
        } else {
            send_request(fuzz, data[0], data[1] >> 7, payload, length);
        }
        data += 2 + length;
        size -= 2 + length;
        (void)hd_heap_work(fuzz->heap, 8);
        for (int i = 0; i < CHANNELS; i++) {
            settle(fuzz, fuzz->channels[i], false);
        }
    }
}

static void run_raw(struct fuzz *fuzz, const uint8_t *data, size_t size)
{
    size_t step = size > 0 ? 1 + data[0] : 1;

    for (size_t at = 0; at < size; at += step) {
        feed(fuzz, fuzz->channels[0], data + at, size - at < step ? size - at : step, true);
        (void)hd_heap_work(fuzz->heap, 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz = {.now_ns = 1};
    const struct hd_clock clock = {held_clock, &fuzz};

    if (size == 0) {
        return 0;
    }
    start(&fuzz, &clock);
    if (data[0] == 0) {
        run_raw(&fuzz, data + 1, size - 1);
    } else {
        run_records(&fuzz, data + 1, size - 1);
    }
    finish(&fuzz);
    return 0;
}
