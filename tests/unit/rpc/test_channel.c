/* SPDX-License-Identifier: MIT */
/* Frames in, frames out: the table of wire.md 1.6, splitting, order, bounds, the end. */
#include "rpc/channel.h"

#include <stdio.h>
#include <string.h>

#include "heap/inspect.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"
#include "rpc/call.h"

#define MIB ((size_t)1 << 20)

static void put_ping(struct wire_bytes *to, uint32_t stream)
{
    wire_put_request(to, stream,
                     &(struct wire_request){.service = "ServerService", .method = "Ping"});
}

/* What is sent, and what must come back: the whole output is these replies. */
struct golden {
    const char *name;
    uint32_t stream;
    uint8_t type;
    uint8_t flags;
    const char *data;
    size_t size;
    int code; /* -1: no reply */
    const char *reason;
    const char *message;
};

#define PING "\x0a\x16heapd.v1.ServerService\x12\x04Ping"

static const struct golden goldens[] = {
    {"unary", 1, 1, 0, PING, 30, 0, "", ""},
    {"RC and RO of a unary request are ignored", 3, 1, 3, PING, 30, 0, "", ""},
    {"unknown service", 5, 1, 0, "\x0a\x03x.Y\x12\x01Z", 8, 12, "NO_SUCH_SERVICE",
     "service x.Y"},
    {"unknown method", 7, 1, 0, "\x0a\x16heapd.v1.ServerService\x12\x04Nope", 30, 12,
     "NO_SUCH_METHOD", "method Nope"},
    {"empty request", 9, 1, 0, "", 0, 12, "NO_SUCH_SERVICE", "service "},
    {"even stream", 10, 1, 0, PING, 30, 3, "BAD_STREAM",
     "StreamID must be odd for client initiated streams"},
    {"stream 0", 0, 1, 0, PING, 30, 3, "BAD_STREAM",
     "StreamID must be odd for client initiated streams"},
    {"stream used again", 9, 1, 0, PING, 30, 3, "BAD_STREAM",
     "StreamID cannot be re-used and must increment"},
    {"stream of long ago", 1, 1, 0, PING, 30, 3, "BAD_STREAM",
     "StreamID cannot be re-used and must increment"},
    {"no request", 11, 1, 0, "\xff\xff", 2, 3, "MALFORMED",
     "unmarshal request error: it is no ttrpc.Request"},
    {"no payload", 13, 1, 0, PING "\x1a\x02\xff\xff", 34, 13, "MALFORMED",
     "ttrpc: error unmarshalling payload: it is no heapd.v1.PingRequest"},
    {"a response from a client", 15, 2, 0, "abc", 3, -1, "", ""},
    {"an unknown type", 15, 77, 0, "abc", 3, -1, "", ""},
    {"data on an unknown stream", 99, 3, 0, "abc", 3, 3, "BAD_STREAM",
     "StreamID is no longer active"},
    {"data on a stream that was answered", 1, 3, 0, "abc", 3, 3, "BAD_STREAM",
     "StreamID is no longer active"},
    {"too late already", 17, 1, 0, PING "\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 41, 4,
     "DEADLINE", "context deadline exceeded before the call was begun"},
    {"not built", 19, 1, 0, "\x0a\x17heapd.v1.SessionService\x12\x04Open", 31, 12, "NOT_BUILT",
     "Open of heapd.v1.SessionService is not built in this version"},
    {"the method before the service", 21, 1, 0, "\x12\x04Ping\x0a\x16heapd.v1.ServerService",
     30, 0, "", ""},
    {"the last of two services counts", 23, 1, 0, PING "\x0a\x03x.Y", 35, 12, "NO_SUCH_SERVICE",
     "service x.Y"},
    {"the last of two methods counts", 25, 1, 0, PING "\x12\x04Nope", 36, 12, "NO_SUCH_METHOD",
     "method Nope"},
    {"and if it is good", 27, 1, 0, "\x0a\x16heapd.v1.ServerService\x12\x04Nope\x12\x04Ping",
     36, 0, "", ""},
    {"an empty one, too", 29, 1, 0, PING "\x12\x00", 32, 12, "NO_SUCH_METHOD", "method "},
    {"and the connection lives on", 31, 1, 0, PING, 30, 0, "", ""},
};

#define GOLDEN_COUNT (sizeof goldens / sizeof goldens[0])

static void check_goldens(struct channel_fixture *f)
{
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        const struct golden *golden = &goldens[i];
        struct wire_reply reply;

        if (golden->code < 0) {
            continue;
        }
        assert_true(channel_fixture_reply(f, &reply));
        assert_int_equal(reply.stream, golden->stream);
        assert_string_equal(reply.message, golden->message);
        assert_string_equal(reply.reason, golden->reason);
        assert_int_equal(reply.code, golden->code);
    }
    assert_int_equal(hd_buf_size(hd_channel_output(f->channel)), 0);
    assert_int_equal(f->channel->ignored, 2);
}

static void put_goldens(struct wire_bytes *to)
{
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        wire_put_frame(to, goldens[i].stream, goldens[i].type, goldens[i].flags,
                       goldens[i].data, goldens[i].size);
    }
}

static void every_case_of_the_table_is_answered_so(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};

    put_goldens(&bytes);
    channel_fixture_feed(f, bytes.data, bytes.size);
    channel_fixture_settle(f);
    check_goldens(f);
    wire_bytes_free(&bytes);
}

static void it_does_not_matter_where_bytes_are_split(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};

    put_goldens(&bytes);
    for (size_t step = 1; step <= 64; step++) {
        for (size_t at = 0; at < bytes.size; at += step) {
            size_t n = bytes.size - at < step ? bytes.size - at : step;

            channel_fixture_feed(f, bytes.data + at, n);
            channel_fixture_settle(f);
        }
        check_goldens(f);
        hd_channel_close(f->channel);
        f->channel = channel_fixture_open(f);
    }
    wire_bytes_free(&bytes);
}

static void a_long_frame_is_skipped_and_refused(void **state)
{
    static const size_t sizes[] = {4 * MIB + 1, 16 * MIB - 1};
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};
    struct wire_reply reply;
    char text[100];
    void *zeros = test_calloc(1, 16 * MIB);

    for (size_t i = 0; i < 2; i++) {
        wire_bytes_clear(&bytes);
        wire_put_frame(&bytes, 1 + 4 * (uint32_t)i, 1, 0, zeros, sizes[i]);
        put_ping(&bytes, 3 + 4 * (uint32_t)i);
        for (size_t at = 0; at < bytes.size; at += 65536) {
            channel_fixture_feed(f, bytes.data + at,
                                 bytes.size - at < 65536 ? bytes.size - at : 65536);
        }
        (void)snprintf(text, sizeof text,
                       "message length %zu exceed maximum message size of 4194304", sizes[i]);
        assert_true(channel_fixture_reply(f, &reply));
        assert_int_equal(reply.code, 8);
        assert_string_equal(reply.message, text);
        assert_string_equal(reply.reason, "LIMIT_SIZE");
        assert_true(channel_fixture_reply(f, &reply));
        assert_int_equal(reply.code, 0);
        assert_int_equal(reply.stream, 3 + 4 * i);
    }
    assert_in_range(f->alloc.highest_bytes, 0, 300000); /* nothing of it was kept */
    test_free(zeros);
    wire_bytes_free(&bytes);
}

static void a_request_of_4_mib_is_taken(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    void *bytes = test_calloc(1, 4 * MIB);

    wire_put_bytes(&payload, 1, bytes, 4 * MIB - 100);
    reply = channel_fixture_call(f, "ServerService", "Ping", &payload);
    assert_int_equal(reply.code, 8); /* but cannot be given back */
    assert_string_equal(reply.reason, "LIMIT_SIZE");
    wire_put_bytes(&payload, 1, bytes, 4 * MIB - 65536 - 100);
    reply = channel_fixture_must(f, "ServerService", "Ping", &payload);
    assert_int_equal(reply.payload_size, 4 * MIB - 65536 - 100 + 5);
    test_free(bytes);
    wire_bytes_free(&payload);
}

static void garbage_is_answered_and_ends_the_channel(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_reply reply;

    channel_fixture_feed(f, "GET / HTTP/1.1\r\n\r\n", 18);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 8);
    assert_true(hd_channel_is_finished(f->channel));
    assert_false(hd_channel_wants_input(f->channel));
}

static void http2_and_tls_are_shown_out_politely(void **state)
{
    struct channel_fixture *f = *state;

    channel_fixture_feed(f, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    assert_int_equal(hd_buf_front(hd_channel_output(f->channel))[3], 4); /* SETTINGS */
    assert_true(hd_channel_is_finished(f->channel));
    hd_channel_close(f->channel);
    f->channel = channel_fixture_open(f);
    channel_fixture_feed(f, "\x16\x03\x01", 3);
    assert_int_equal(hd_buf_front(hd_channel_output(f->channel))[0], 0x15); /* alert */
    assert_true(hd_channel_is_finished(f->channel));
}

static void the_last_stream_id_ends_the_channel(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};
    struct wire_reply reply;

    put_ping(&bytes, UINT32_MAX);
    put_ping(&bytes, 1);
    channel_fixture_feed(f, bytes.data, bytes.size);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 0);
    assert_true(reply.stream == UINT32_MAX);
    assert_false(channel_fixture_reply(f, &reply));
    assert_true(hd_channel_is_finished(f->channel));
    wire_bytes_free(&bytes);
}

static void half_closing_waits_for_the_answers(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_reply reply;

    channel_fixture_send(f, "ServerService", "Ping", NULL);
    channel_fixture_feed(f, "\0\0", 2); /* and half a frame */
    hd_channel_feed_end(f->channel);
    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    assert_true(hd_channel_is_finished(f->channel));
}

static void a_peer_that_does_not_read_is_not_read_from(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    char bytes[1000] = {0};
    unsigned sent = 0;
    unsigned answered = 0;

    wire_put_bytes(&payload, 1, bytes, sizeof bytes);
    while (hd_channel_wants_input(f->channel)) {
        struct wire_request request = {
            .service = "ServerService", .method = "Ping", .payload = &payload};

        wire_bytes_clear(&f->out);
        for (int i = 0; i < 60; i++) {
            wire_put_request(&f->out, f->stream += 2, &request);
            sent++;
        }
        channel_fixture_feed(f, f->out.data, f->out.size);
        while (hd_channel_wants_turn(f->channel)) {
            hd_channel_turn(f->channel);
        }
    }
    assert_in_range(hd_buf_size(hd_channel_output(f->channel)), 256 * 1024, 300 * 1024);
    assert_in_range(f->alloc.live_bytes, 256 * 1024, 900 * 1024); /* buffers double */
    do {
        while (channel_fixture_reply(f, &reply)) {
            assert_int_equal(reply.stream, 1 + 2 * answered);
            answered++;
        }
        channel_fixture_settle(f);
    } while (hd_buf_size(hd_channel_output(f->channel)) > 0);
    assert_int_equal(answered, sent);
    assert_true(hd_channel_wants_input(f->channel));
    wire_bytes_free(&payload);
}

static void one_turn_is_bounded(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};

    for (uint32_t i = 0; i < 1000; i++) {
        put_ping(&bytes, 1 + 2 * i);
    }
    channel_fixture_feed(f, bytes.data, bytes.size);
    assert_int_equal(f->hub->requests, 256);
    assert_true(hd_channel_wants_turn(f->channel));
    assert_false(hd_channel_wants_input(f->channel));
    channel_fixture_settle(f);
    assert_int_equal(f->hub->requests, 1000);
    wire_bytes_free(&bytes);
}

static void a_steady_state_allocates_nothing(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    uint64_t id = channel_fixture_int(f, 1000);
    long before = 0;

    for (int i = 0; i < 1000; i++) {
        if (i == 10) {
            before = f->alloc.requests;
        }
        wire_put_ids(&payload, 1, &id, 1);
        (void)channel_fixture_must(f, "ObjectService", "Hold", &payload);
        wire_put_ids(&payload, 1, &id, 1);
        (void)channel_fixture_must(f, "ObjectService", "Release", &payload);
    }
    assert_int_equal(f->alloc.requests, before);
    wire_bytes_free(&payload);
}

/* Operation.create of a list of one: an id, or the result of the operation before. */
static void put_link(struct wire_bytes *to, unsigned number, uint64_t first, bool last)
{
    struct wire_bytes operands = {0};
    struct wire_bytes object = {0};
    struct wire_bytes create = {0};

    if (number == 0) {
        wire_put_ids(&object, 8, &first, 1);
    } else {
        uint32_t before = number - 1;
        uint8_t packed[2] = {(uint8_t)((before & 0x7f) | 0x80), (uint8_t)(before >> 7)};

        wire_put_bytes(&operands, 2, packed, 2);
        wire_put_message(&object, 8, &operands);
    }
    wire_put_message(&create, 1, &object);
    if (!last) {
        wire_put_number(&create, 2, 0); /* only the batch holds it */
    }
    wire_put_message(&object, 1, &create);
    wire_put_message(to, 1, &object);
    wire_bytes_free(&operands);
    wire_bytes_free(&object);
    wire_bytes_free(&create);
}

/* A list of a list of ...: only the first one is held. */
static uint64_t make_chain(struct channel_fixture *f, unsigned length)
{
    struct wire_bytes payload = {0};
    uint64_t head = channel_fixture_list(f, NULL, 0);

    for (unsigned done = 1; done < length;) {
        unsigned n = length - done < 5000 ? length - done : 5000;
        struct wire_reply reply;
        struct wire_value value;
        uint64_t tail = head;

        for (unsigned i = 0; i < n; i++) {
            put_link(&payload, i, tail, i + 1 == n);
        }
        reply = channel_fixture_must(f, "BatchService", "Execute", &payload);
        assert_true(wire_get(reply.payload, reply.payload_size, 1, n - 1, &value));
        assert_true(
            wire_get(value.data, value.size, 1, 0, &value)); /* OperationResult.create */
        head = wire_number(value.data, value.size, 1);
        wire_put_ids(&payload, 1, &tail, 1);
        (void)channel_fixture_must(f, "ObjectService", "Release", &payload);
        done += n;
    }
    wire_bytes_free(&payload);
    return head;
}

static void long_work_holds_back_its_own_session_only(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t chain = make_chain(f, 20000);
    struct wire_bytes payload = {0};
    struct hd_channel *busy = f->channel;
    struct hd_channel *polite;
    struct wire_reply reply;
    uint32_t stream = f->stream;

    wire_put_ids(&payload, 1, &chain, 1);
    channel_fixture_send(f, "ObjectService", "Release", &payload);
    assert_true(hd_heap_has_work(f->heap));
    assert_int_equal(hd_buf_size(hd_channel_output(busy)), 0); /* not answered yet */

    channel_fixture_send(f, "ServerService", "Ping", NULL); /* for no session: at once */
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.stream, stream + 4);
    channel_fixture_send(f, "HeapService", "Info", NULL); /* of the session: waits */
    channel_fixture_send(f, "ObjectService", "Nope", NULL);
    assert_true(channel_fixture_reply(f, &reply)); /* judged without it */
    assert_int_equal(reply.code, 12);
    assert_false(channel_fixture_reply(f, &reply));
    wire_bytes_clear(&f->out);
    wire_put_frame(&f->out, stream + 2, 3, 0, "x", 1); /* data for the running call */
    channel_fixture_feed(f, f->out.data, f->out.size);
    assert_true(channel_fixture_reply(f, &reply));
    assert_string_equal(reply.message, "the stream is of a unary call and takes no data");

    polite = channel_fixture_open(f);
    f->channel = polite;
    f->stream = (uint32_t)-1;
    (void)channel_fixture_int(f, 5000);
    f->channel = busy;

    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.stream, stream + 2);
    assert_int_equal(reply.code, 0);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.stream, stream + 6);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 1); /* the polite int */
    hd_channel_close(polite);
    wire_bytes_free(&payload);
}

static void a_call_that_waited_too_long_is_not_begun(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t chain = make_chain(f, 20000);
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_ids(&payload, 1, &chain, 1);
    channel_fixture_send(f, "ObjectService", "Release", &payload);
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, f->stream + 2,
                     &(struct wire_request){
                         .service = "HeapService", .method = "Info", .timeout_nano = 1000});
    wire_put_request(&f->out, f->stream + 4,
                     &(struct wire_request){.service = "HeapService",
                                            .method = "Info",
                                            .timeout_nano = INT64_MAX});
    channel_fixture_feed(f, f->out.data, f->out.size);
    fake_clock_advance(&f->clock, 1000);
    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 0);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 4);
    assert_string_equal(reply.reason, "DEADLINE");
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 0);
    wire_bytes_free(&payload);
}

static void what_waits_is_bounded(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t chain = make_chain(f, 20000);
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    unsigned sent = 1;

    wire_put_ids(&payload, 1, &chain, 1);
    channel_fixture_send(f, "ObjectService", "Release", &payload);
    while (hd_channel_wants_input(f->channel)) {
        channel_fixture_send(f, "HeapService", "Info", NULL);
        sent++;
    }
    assert_int_equal(sent, 128);
    channel_fixture_settle(f);
    while (channel_fixture_reply(f, &reply)) {
        assert_int_equal(reply.code, 0);
        sent--;
    }
    assert_int_equal(sent, 0);
    wire_bytes_free(&payload);
}

static void what_had_arrived_takes_effect_though_the_channel_breaks(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t chain = make_chain(f, 20000);
    uint64_t kept = channel_fixture_int(f, 777);
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    struct hd_heap_info info;

    wire_put_ids(&payload, 1, &chain, 1);
    channel_fixture_send(f, "ObjectService", "Release", &payload);
    wire_put_text(&payload, 1, "kept");
    wire_put_ref(&payload, 2, kept);
    wire_put_number(&payload, 3, 3); /* SCOPE_HEAP */
    channel_fixture_send(f, "NameService", "Bind", &payload);
    hd_channel_close(f->channel);
    assert_int_equal(f->hub->ending, 1);
    f->channel = channel_fixture_open(f);
    f->stream = (uint32_t)-1;
    channel_fixture_settle(f);
    assert_int_equal(f->hub->ending, 0);

    wire_put_text(&payload, 1, "kept");
    reply = channel_fixture_must(f, "NameService", "Lookup", &payload);
    assert_true(wire_number(reply.payload, reply.payload_size, 1) == kept);
    hd_inspect_heap(f->heap, &info);
    assert_int_equal(info.objects, 1); /* all else the session held is gone */
    wire_bytes_free(&payload);
}

static void a_draining_hub_takes_no_more_requests(void **state)
{
    struct channel_fixture *f = *state;

    (void)channel_fixture_int(f, 1000);
    hd_hub_drain(f->hub);
    channel_fixture_refused(f, "ServerService", "Ping", NULL, 14, "DRAINING", NULL);
}

static void every_allocation_may_fail(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes bytes = {0};

    put_ping(&bytes, 1);
    wire_put_request(&bytes, 3,
                     &(struct wire_request){.service = "HeapService", .method = "Info"});
    hd_channel_close(f->channel);
    f->channel = NULL;
    for (long n = 0; n < 100; n++) {
        struct hd_channel *channel;
        bool refused;

        hd_call_free_spare(f->hub);
        fault_alloc_rearm(&f->alloc, n, true);
        if (hd_channel_new(f->hub, NULL, NULL, NULL, &channel) != HD_OK) {
            continue;
        }
        (void)hd_channel_feed(channel, bytes.data, 7);
        if (!hd_channel_is_broken(channel)) {
            (void)hd_channel_feed(channel, bytes.data + 7, bytes.size - 7);
        }
        refused = f->alloc.requests > n;
        hd_channel_close(channel);
        if (!refused) {
            fault_alloc_rearm(&f->alloc, FAULT_NEVER, false);
            wire_bytes_free(&bytes);
            return;
        }
    }
    fail();
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_case_of_the_table_is_answered_so),
        TEST(it_does_not_matter_where_bytes_are_split),
        TEST(a_long_frame_is_skipped_and_refused),
        TEST(a_request_of_4_mib_is_taken),
        TEST(garbage_is_answered_and_ends_the_channel),
        TEST(http2_and_tls_are_shown_out_politely),
        TEST(the_last_stream_id_ends_the_channel),
        TEST(half_closing_waits_for_the_answers),
        TEST(a_peer_that_does_not_read_is_not_read_from),
        TEST(one_turn_is_bounded),
        TEST(a_steady_state_allocates_nothing),
        TEST(long_work_holds_back_its_own_session_only),
        TEST(a_call_that_waited_too_long_is_not_begun),
        TEST(what_waits_is_bounded),
        TEST(what_had_arrived_takes_effect_though_the_channel_breaks),
        TEST(a_draining_hub_takes_no_more_requests),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
