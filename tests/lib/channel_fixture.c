/* SPDX-License-Identifier: MIT */
/* channel_fixture.c: see channel_fixture.h. */
#include "lib/channel_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap/inspect.h"
#include "heap/verify.h"
#include "lib/testlib.h"

static void on_woken(struct hd_channel *channel, void *ctx)
{
    struct channel_fixture *f = ctx;

    (void)channel;
    f->woken++;
}

static struct hd_heap *new_heap(struct channel_fixture *f, enum hd_allocator_kind kind,
                                const char *name)
{
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_heap_world world = {hd_os_system(), &f->heap_alloc.iface, &f->clock.iface};
    struct hd_heap *heap;

    options.name = name;
    options.memory.kind = kind;
    options.memory.reserve_bytes = (size_t)64 << 20;
    options.max_slots = 1 << 22;
    assert_int_equal(hd_heap_new(&options, &world, &heap), HD_OK);
    assert_int_equal(hd_hub_add_heap(f->hub, heap), HD_OK);
    return heap;
}

static int set_up(void **state, enum hd_allocator_kind kind)
{
    struct channel_fixture *f = calloc(1, sizeof *f);
    struct hd_hub_options options = {.version = "0.0.test", .pid = 4711, .max_channels = 17};

    assert_non_null(f);
    fault_alloc_init(&f->alloc, FAULT_NEVER);
    fault_alloc_init(&f->heap_alloc, FAULT_NEVER);
    fake_clock_init(&f->clock, SECOND);
    options.allocator = &f->alloc.iface;
    options.clock = &f->clock.iface;
    assert_int_equal(hd_hub_new(&options, &f->hub), HD_OK);
    f->heap = new_heap(f, kind, "default");
    f->other = new_heap(f, kind, "other");
    f->channel = channel_fixture_open(f);
    f->stream = (uint32_t)-1;
    *state = f;
    return 0;
}

int channel_fixture_setup(void **state)
{
    return set_up(state, HD_ALLOCATOR_POOL);
}

int channel_fixture_setup_malloc(void **state)
{
    return set_up(state, HD_ALLOCATOR_MALLOC);
}

static void work_off(struct channel_fixture *f)
{
    while (hd_heap_work(f->heap, 1024) || hd_heap_work(f->other, 1024)) {
    }
}

int channel_fixture_teardown(void **state)
{
    struct channel_fixture *f = *state;

    if (f->channel != NULL) {
        hd_channel_close(f->channel);
    }
    work_off(f);
    assert_int_equal(f->hub->channels, 0);
    channel_fixture_verify(f->heap);
    channel_fixture_verify(f->other);
    hd_heap_free(f->heap);
    hd_heap_free(f->other);
    hd_hub_free(f->hub);
    assert_int_equal(f->alloc.live_bytes, 0);
    assert_int_equal(f->heap_alloc.live_bytes, 0);
    wire_bytes_free(&f->out);
    wire_bytes_free(&f->reply_bytes);
    free(f);
    return 0;
}

struct hd_channel *channel_fixture_open(struct channel_fixture *f)
{
    struct hd_channel *channel;

    assert_int_equal(hd_channel_new(f->hub, NULL, on_woken, f, &channel), HD_OK);
    return channel;
}

void channel_fixture_feed(struct channel_fixture *f, const void *data, size_t size)
{
    while (hd_channel_wants_turn(f->channel)) {
        hd_channel_turn(f->channel);
    }
    assert_true(hd_channel_wants_input(f->channel));
    assert_int_equal(hd_channel_feed(f->channel, data, size), HD_OK);
}

void channel_fixture_settle(struct channel_fixture *f)
{
    do {
        while (hd_channel_wants_turn(f->channel)) {
            hd_channel_turn(f->channel);
        }
        work_off(f);
    } while (hd_channel_wants_turn(f->channel));
}

bool channel_fixture_reply(struct channel_fixture *f, struct wire_reply *ret_reply)
{
    struct hd_buf *output = hd_channel_output(f->channel);
    size_t size = 0;

    if (hd_buf_size(output) > 0) {
        size = wire_take_reply(hd_buf_front(output), hd_buf_size(output), ret_reply);
    }
    if (size == 0) {
        assert_int_equal(hd_buf_size(output), 0); /* nothing but whole frames */
        return false;
    }
    wire_bytes_clear(&f->reply_bytes);
    wire_bytes_add(&f->reply_bytes, hd_buf_front(output), size);
    hd_buf_consume(output, size);
    (void)wire_take_reply(f->reply_bytes.data, size, ret_reply);
    return true;
}

void channel_fixture_send(struct channel_fixture *f, const char *service, const char *method,
                          struct wire_bytes *payload)
{
    channel_fixture_open_stream(f, service, method, payload, 0, 0);
}

void channel_fixture_send_data(struct channel_fixture *f, uint32_t stream, uint8_t flags,
                               const char *data)
{
    wire_bytes_clear(&f->out);
    wire_put_frame(&f->out, stream, 3, flags, data, strlen(data));
    channel_fixture_feed(f, f->out.data, f->out.size);
}

void channel_fixture_open_stream(struct channel_fixture *f, const char *service,
                                 const char *method, struct wire_bytes *payload, uint8_t flags,
                                 int64_t timeout_nano)
{
    struct wire_request request = {.service = service,
                                   .method = method,
                                   .payload = payload,
                                   .timeout_nano = timeout_nano,
                                   .flags = flags};

    f->stream += 2;
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, f->stream, &request);
    channel_fixture_feed(f, f->out.data, f->out.size);
    if (payload != NULL) {
        wire_bytes_clear(payload);
    }
}

struct wire_reply channel_fixture_call(struct channel_fixture *f, const char *service,
                                       const char *method, struct wire_bytes *payload)
{
    struct wire_reply reply;

    channel_fixture_send(f, service, method, payload);
    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.stream, f->stream);
    assert_int_equal(reply.type, 2);
    assert_int_equal(hd_buf_size(hd_channel_output(f->channel)), 0);
    return reply;
}

struct wire_reply channel_fixture_must(struct channel_fixture *f, const char *service,
                                       const char *method, struct wire_bytes *payload)
{
    struct wire_reply reply = channel_fixture_call(f, service, method, payload);

    assert_string_equal(reply.message, "");
    assert_int_equal(reply.code, 0);
    return reply;
}

void channel_fixture_refused(struct channel_fixture *f, const char *service, const char *method,
                             struct wire_bytes *payload, int code, const char *reason,
                             const char *message)
{
    struct wire_reply reply = channel_fixture_call(f, service, method, payload);

    assert_string_equal(reply.reason, reason);
    assert_int_equal(reply.code, code);
    if (message != NULL) {
        assert_string_equal(reply.message, message);
    } else {
        assert_true(strlen(reply.message) > 10); /* a sentence */
    }
}

static uint64_t create(struct channel_fixture *f, struct wire_bytes *object)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_message(&payload, 1, object);
    reply = channel_fixture_must(f, "ObjectService", "Create", &payload);
    wire_bytes_free(&payload);
    wire_bytes_free(object);
    return wire_number(reply.payload, reply.payload_size, 1);
}

uint64_t channel_fixture_int(struct channel_fixture *f, int64_t value)
{
    struct wire_bytes object = {0};

    wire_put_signed(&object, 3, value);
    return create(f, &object);
}

uint64_t channel_fixture_list(struct channel_fixture *f, const uint64_t *ids, size_t count)
{
    struct wire_bytes object = {0};

    wire_put_ids(&object, 8, ids, count);
    return create(f, &object);
}

uint32_t channel_fixture_refcount(struct channel_fixture *f, uint64_t id)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    struct wire_value packed;
    uint32_t count = 0;

    wire_put_ids(&payload, 1, &id, 1);
    reply = channel_fixture_must(f, "ObjectService", "GetRefcounts", &payload);
    wire_bytes_free(&payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &packed));
    for (size_t i = packed.size; i > 0; i--) {
        count = count << 7 | (packed.data[i - 1] & 0x7f);
    }
    return count;
}

static void on_defect(void *ctx, const char *sentence)
{
    (void)ctx;
    (void)fprintf(stderr, "defect: %s\n", sentence);
}

void channel_fixture_verify(struct hd_heap *heap)
{
    struct hd_verify_result result;

    assert_int_equal(hd_heap_verify(heap, on_defect, NULL, &result), HD_OK);
    assert_int_equal(result.defects, 0);
}
