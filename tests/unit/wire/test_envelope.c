/* SPDX-License-Identifier: MIT */
#include "wire/envelope.h"

#include <string.h>

#include "heapd/v1/server.pb-c.h"
#include "lib/fault_alloc.h"
#include "lib/testlib.h"
#include "lib/wire_bytes.h"
#include "ttrpc/envelope.pb-c.h"

static enum hd_status scan(const struct wire_bytes *bytes, struct hd_request *ret_request,
                           struct hd_error *error)
{
    hd_error_clear(error);
    return hd_envelope_scan((struct hd_bytes){(const char *)bytes->data, bytes->size},
                            ret_request, error);
}

static bool says(struct hd_bytes bytes, const char *text)
{
    return hd_bytes_equal(bytes, hd_bytes_of(text));
}

static void put_pair(struct wire_bytes *to, const char *key, const char *value)
{
    struct wire_bytes pair = {0};

    wire_put_text(&pair, 1, key);
    wire_put_text(&pair, 2, value);
    wire_put_message(to, 5, &pair);
    wire_bytes_free(&pair);
}

static void a_request_is_read_where_it_lies(void **state)
{
    struct wire_bytes bytes = {0};
    struct hd_request request;
    struct hd_error error;

    (void)state;
    wire_put_text(&bytes, 1, "a.B");
    wire_put_text(&bytes, 2, "C");
    wire_put_bytes(&bytes, 3, "\x00\xff", 2);
    wire_put_number(&bytes, 4, (uint64_t)-5);
    put_pair(&bytes, "heapd-heap", "h");
    put_pair(&bytes, "heapd-request", "1");
    put_pair(&bytes, "heapd-request", "2");
    put_pair(&bytes, "something-else", "x");
    wire_put_number(&bytes, 99, 1); /* of a later protocol */
    assert_int_equal(scan(&bytes, &request, &error), HD_OK);
    assert_true(says(request.service, "a.B"));
    assert_true(says(request.method, "C"));
    assert_int_equal(request.payload.size, 2);
    assert_in_range((uintptr_t)request.payload.data, (uintptr_t)bytes.data,
                    (uintptr_t)bytes.data + bytes.size);
    assert_true(request.timeout_nano == -5);
    assert_true(says(request.heap, "h"));
    assert_true(says(request.number, "2"));
    assert_null(request.session.data);
    wire_bytes_free(&bytes);
}

static void an_empty_request_is_one(void **state)
{
    struct wire_bytes bytes = {0};
    struct hd_request request;
    struct hd_error error;

    (void)state;
    assert_int_equal(scan(&bytes, &request, &error), HD_OK);
    assert_int_equal(request.service.size, 0);
}

static void names_in_order_come_off_the_front(void **state)
{
    static const char whole[] = "\x0a\x03"
                                "a.B\x12\x01"
                                "C\x1a\x01p";
    static const struct hd_bytes others[] = {
        {"", 0},
        {"\x0a\x03"
         "a.B",
         5}, /* no method */
        {"\x0a\x03"
         "a.B\x12\x02"
         "C",
         8}, /* cut short */
        {"\x12\x01"
         "C\x0a\x03"
         "a.B",
         8}, /* in another order */
        {"\x0a\x05"
         "a.B\x12",
         6},                         /* a service cut short */
        {"\x0a\x80\x01\x12\x00", 5}, /* a size of two bytes */
    };
    struct hd_bytes data = {whole, sizeof whole - 1};
    struct hd_bytes service;
    struct hd_bytes method;

    (void)state;
    assert_true(hd_envelope_take_names(&data, &service, &method));
    assert_true(hd_bytes_equal(service, hd_bytes_of("a.B")));
    assert_true(hd_bytes_equal(method, hd_bytes_of("C")));
    assert_true(hd_bytes_equal(data, hd_bytes_of("\x1a\x01p")));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        data = others[i];
        assert_false(hd_envelope_take_names(&data, &service, &method));
        assert_ptr_equal(data.data, others[i].data);
    }
}

static void what_is_no_request_is_refused(void **state)
{
    static const struct hd_bytes bad[] = {
        {"\x0a\x05"
         "ab",
         4},                         /* a service cut short */
        {"\x0a\x01\xff", 3},         /* not UTF-8 */
        {"\x12\x01\xff", 3},         /* nor the method */
        {"\x2a\x03\x0a\x01\xff", 5}, /* nor a key */
        {"\x2a\x02\x0a\x05", 4},     /* a pair cut short */
        {"\xff", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct hd_request request;
        struct hd_error error;

        assert_int_equal(hd_envelope_scan(bad[i], &request, &error), HD_INVALID_ARGUMENT);
        assert_int_equal(error.reason, HD_REASON_MALFORMED);
        assert_memory_equal(error.text, "unmarshal request error: ", 25);
    }
}

/* protobuf-c reads what was written by hand. */
static void a_refusal_is_a_status_with_error_info(void **state)
{
    struct hd_error error;
    struct hd_buf out;
    Ttrpc__Response *response;
    Ttrpc__ErrorInfo *info;

    (void)state;
    hd_buf_init(&out, hd_libc_allocator());
    (void)hd_fail(&error, HD_NOT_FOUND, HD_REASON_STALE_ID, "%0200d", 7);
    assert_int_equal(hd_envelope_put_error(&out, 9, &error), HD_OK);
    assert_int_equal(hd_buf_front(&out)[7], 9);
    response = ttrpc__response__unpack(NULL, hd_buf_size(&out) - 10, hd_buf_front(&out) + 10);
    assert_non_null(response);
    assert_int_equal(response->status->code, 5);
    assert_string_equal(response->status->message, error.text);
    assert_int_equal(response->status->n_details, 1);
    assert_string_equal(response->status->details[0]->type_url,
                        "type.googleapis.com/google.rpc.ErrorInfo");
    info = ttrpc__error_info__unpack(NULL, response->status->details[0]->value.len,
                                     response->status->details[0]->value.data);
    assert_non_null(info);
    assert_string_equal(info->reason, "STALE_ID");
    assert_string_equal(info->domain, "heapd");
    ttrpc__error_info__free_unpacked(info, NULL);
    ttrpc__response__free_unpacked(response, NULL);
    hd_buf_fini(&out);
}

static void a_reply_is_packed_in_place(void **state)
{
    Heapd__V1__PingResponse ping = HEAPD__V1__PING_RESPONSE__INIT;
    uint8_t payload[300] = {1, 2, 3};
    struct wire_reply reply;
    struct hd_error error;
    struct hd_buf out;

    (void)state;
    hd_buf_init(&out, hd_libc_allocator());
    assert_int_equal(hd_envelope_put_reply(&out, 1, 0, NULL, &error), HD_OK);
    assert_int_equal(hd_buf_size(&out), 10); /* OK and empty: no data at all */
    hd_buf_consume(&out, 10);
    ping.payload = (ProtobufCBinaryData){sizeof payload, payload};
    assert_int_equal(hd_envelope_put_reply(&out, 3, 0, &ping.base, &error), HD_OK);
    assert_int_equal(wire_take_reply(hd_buf_front(&out), hd_buf_size(&out), &reply),
                     hd_buf_size(&out));
    assert_int_equal(reply.code, 0);
    assert_int_equal(reply.payload_size, sizeof payload + 3);
    hd_buf_fini(&out);
}

static void messages_of_a_stream_have_no_envelope(void **state)
{
    Heapd__V1__PingResponse ping = HEAPD__V1__PING_RESPONSE__INIT;
    uint8_t payload[3] = {1, 2, 3};
    struct wire_reply reply;
    struct fault_alloc alloc;
    struct hd_error error;
    struct hd_buf out;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    hd_buf_init(&out, &alloc.iface);
    assert_int_equal(hd_envelope_put_data(&out, 5, &ping.base, &error), HD_OK);
    assert_memory_equal(hd_buf_front(&out), "\0\0\0\0\0\0\0\5\3\0", 10); /* an empty one */
    hd_buf_consume(&out, 10);
    ping.payload = (ProtobufCBinaryData){sizeof payload, payload};
    assert_int_equal(hd_envelope_put_data(&out, 5, &ping.base, &error), HD_OK);
    assert_int_equal(wire_take_reply(hd_buf_front(&out), hd_buf_size(&out), &reply), 15);
    assert_int_equal(reply.type, 3);
    assert_int_equal(reply.flags, 0);
    assert_memory_equal(reply.payload, "\x0a\3\1\2\3", 5);
    hd_buf_consume(&out, 15);
    assert_int_equal(hd_envelope_put_end(&out, 5), HD_OK);
    assert_memory_equal(hd_buf_front(&out), "\0\0\0\0\0\0\0\5\3\5", 10);
    hd_buf_fini(&out);
    hd_buf_init(&out, &alloc.iface);
    fault_alloc_rearm(&alloc, 0, true);
    assert_int_equal(hd_envelope_put_end(&out, 5), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(hd_envelope_put_data(&out, 5, &ping.base, &error), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_MEMORY);
    ping.payload.len = HD_REPLY_BYTES;
    assert_int_equal(hd_envelope_put_data(&out, 5, &ping.base, &error), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_SIZE);
    assert_int_equal(hd_buf_size(&out), 0);
}

static void a_reply_that_is_too_big_is_refused(void **state)
{
    Heapd__V1__PingResponse ping = HEAPD__V1__PING_RESPONSE__INIT;
    struct fault_alloc alloc;
    struct hd_error error;
    struct hd_buf out;

    (void)state;
    fault_alloc_init(&alloc, FAULT_NEVER);
    fault_alloc_rearm(&alloc, 0, true);
    hd_buf_init(&out, &alloc.iface);
    ping.payload.len = HD_REPLY_BYTES;
    ping.payload.data = test_calloc(1, HD_REPLY_BYTES);
    assert_int_equal(hd_envelope_put_reply(&out, 1, 0, &ping.base, &error),
                     HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_SIZE);
    ping.payload.len = 100;
    assert_int_equal(hd_envelope_put_reply(&out, 1, 0, &ping.base, &error),
                     HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_MEMORY);
    assert_int_equal(hd_buf_size(&out), 0);
    test_free(ping.payload.data);
    hd_buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_where_it_lies),
        cmocka_unit_test(an_empty_request_is_one),
        cmocka_unit_test(names_in_order_come_off_the_front),
        cmocka_unit_test(what_is_no_request_is_refused),
        cmocka_unit_test(a_refusal_is_a_status_with_error_info),
        cmocka_unit_test(a_reply_is_packed_in_place),
        cmocka_unit_test(messages_of_a_stream_have_no_envelope),
        cmocka_unit_test(a_reply_that_is_too_big_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
