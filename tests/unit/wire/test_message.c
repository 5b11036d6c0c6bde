/* SPDX-License-Identifier: MIT */
#include "wire/message.h"

#include <string.h>

#include "heapd/v1/batch.pb-c.h"
#include "heapd/v1/collector.pb-c.h"
#include "heapd/v1/heap.pb-c.h"
#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "lib/fault_alloc.h"
#include "lib/testlib.h"
#include "lib/wire_bytes.h"

struct fixture {
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    struct wire_bytes bytes;
    struct hd_error error;
};

static int setup(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    fault_alloc_init(&f->alloc, FAULT_NEVER);
    hd_scratch_init(&f->scratch, &f->alloc.iface);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    hd_scratch_fini(&f->scratch);
    assert_int_equal(f->alloc.live_bytes, 0);
    wire_bytes_free(&f->bytes);
    test_free(f);
    return 0;
}

static enum hd_status decode(struct fixture *f, const ProtobufCMessageDescriptor *type,
                             ProtobufCMessage **ret_message)
{
    hd_error_clear(&f->error);
    return hd_message_decode(type,
                             (struct hd_bytes){(const char *)f->bytes.data, f->bytes.size},
                             &f->scratch, ret_message, &f->error);
}

static void a_message_is_decoded_into_the_scratch(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;
    Heapd__V1__BindRequest *bind;

    wire_put_text(&f->bytes, 1, "x\xc3\xa4");
    wire_put_ref(&f->bytes, 2, 77);
    assert_int_equal(decode(f, &heapd__v1__bind_request__descriptor, &message), HD_OK);
    bind = (Heapd__V1__BindRequest *)(void *)message;
    assert_string_equal(bind->name, "x\xc3\xa4");
    assert_int_equal(bind->object->id, 77);
}

static void text_that_is_none_is_named(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;

    wire_put_bytes(&f->bytes, 1, "a\xff", 2);
    assert_int_equal(decode(f, &heapd__v1__bind_request__descriptor, &message),
                     HD_INVALID_ARGUMENT);
    assert_string_equal(f->error.text, "BindRequest.name is not valid UTF-8");
    assert_int_equal(f->error.reason, HD_REASON_BAD_UTF8);

    wire_bytes_clear(&f->bytes);
    wire_put_bytes(&f->bytes, 1, "a\0b", 3);
    assert_int_equal(decode(f, &heapd__v1__bind_request__descriptor, &message),
                     HD_INVALID_ARGUMENT);
    assert_string_equal(f->error.text, "BindRequest.name contains U+0000");
}

static void text_deep_inside_is_judged_too(void **state)
{
    struct fixture *f = *state;
    struct wire_bytes inner = {0};
    struct wire_bytes outer = {0};
    ProtobufCMessage *message;

    wire_put_bytes(&inner, 2, "\xed\xa0\x80", 3); /* a surrogate, as an ObjectRef.name */
    wire_put_message(&outer, 1, &inner);          /* ClearRequest.container */
    wire_put_message(&inner, 14, &outer);         /* Operation.clear */
    wire_put_message(&f->bytes, 1, &inner);       /* ExecuteRequest.operations */
    assert_int_equal(decode(f, &heapd__v1__execute_request__descriptor, &message),
                     HD_INVALID_ARGUMENT);
    assert_string_equal(f->error.text, "ObjectRef.name is not valid UTF-8");
    wire_bytes_free(&inner);
    wire_bytes_free(&outer);
}

static void bytes_that_are_no_message_are_malformed(void **state)
{
    static const struct hd_bytes bad[] = {
        {"\xff\xff\xff", 3}, {"\x0a\x7f", 2},     {"\x0b\x0c", 2},
        {"\x08\x01", 2},     {"\x12\x01\x08", 3},
    };
    struct fixture *f = *state;
    ProtobufCMessage *message;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wire_bytes_clear(&f->bytes);
        wire_bytes_add(&f->bytes, bad[i].data, bad[i].size);
        assert_int_equal(decode(f, &heapd__v1__bind_request__descriptor, &message),
                         HD_INTERNAL);
        assert_int_equal(f->error.reason, HD_REASON_MALFORMED);
        assert_memory_equal(f->error.text, "ttrpc: error unmarshalling payload: ", 36);
        hd_scratch_reset(&f->scratch);
    }
}

/* The decode bombs of robustness.md: what they cost is bounded. */
static void bombs_are_capped(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;

    for (size_t i = 0; i < ((size_t)4 << 20) / 2; i++) {
        wire_bytes_add(&f->bytes, "\x0a\x00", 2); /* empty operations */
    }
    assert_int_equal(decode(f, &heapd__v1__execute_request__descriptor, &message),
                     HD_RESOURCE_EXHAUSTED);
    assert_int_equal(f->error.reason, HD_REASON_LIMIT_SIZE);
    hd_scratch_reset(&f->scratch);

    wire_bytes_clear(&f->bytes);
    wire_bytes_add(&f->bytes, "\x0a\x80\x80\x80\x01", 5); /* 2 MiB of packed one-byte varints */
    for (size_t i = 0; i < (size_t)2 << 20; i++) {
        wire_bytes_add(&f->bytes, "\x02", 1);
    }
    assert_int_equal(decode(f, &heapd__v1__set_threshold_request__descriptor, &message),
                     HD_RESOURCE_EXHAUSTED);
    hd_scratch_reset(&f->scratch);

    wire_bytes_clear(&f->bytes);
    for (size_t i = 0; i < ((size_t)1 << 20) / 4; i++) {
        wire_put_number(&f->bytes, 9999, 1); /* fields nobody knows */
    }
    (void)decode(f, &heapd__v1__execute_request__descriptor, &message);
    assert_in_range(f->alloc.highest_bytes, 0, (size_t)24 << 20);
}

static void the_smallest_operations_fit(void **state)
{
    struct fixture *f = *state;
    struct wire_bytes inner = {0};
    struct wire_bytes outer = {0};
    ProtobufCMessage *message;

    for (unsigned i = 0; i < 10000; i++) {
        wire_put_number(&inner, 3, i);        /* ObjectRef.result */
        wire_put_message(&outer, 1, &inner);  /* ClearRequest.container */
        wire_put_message(&inner, 14, &outer); /* Operation.clear */
        wire_put_message(&f->bytes, 1, &inner);
    }
    assert_int_equal(decode(f, &heapd__v1__execute_request__descriptor, &message), HD_OK);
    wire_bytes_free(&inner);
    wire_bytes_free(&outer);
}

static unsigned depth_of(const ProtobufCMessageDescriptor *type, unsigned most)
{
    unsigned depth = 0;

    assert_true(most > 0); /* else the type contains itself */
    for (unsigned i = 0; i < type->n_fields; i++) {
        if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
            unsigned inner = depth_of(type->fields[i].descriptor, most - 1);

            depth = inner > depth ? inner : depth;
        }
    }
    return depth + 1;
}

static void no_request_is_recursive_or_deeper_than_the_limit(void **state)
{
    (void)state;
    assert_in_range(depth_of(&heapd__v1__execute_request__descriptor, 20), 1, HD_MESSAGE_DEPTH);
    assert_in_range(depth_of(&heapd__v1__execute_response__descriptor, 20), 1,
                    HD_MESSAGE_DEPTH);
    assert_in_range(depth_of(&heapd__v1__info_response__descriptor, 20), 1, HD_MESSAGE_DEPTH);
}

static void every_allocation_may_fail(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;
    uint64_t ids[3000] = {1};

    wire_put_ids(&f->bytes, 1, ids, 3000);
    for (long n = 0;; n++) {
        hd_scratch_fini(&f->scratch);
        hd_scratch_init(&f->scratch, &f->alloc.iface);
        fault_alloc_rearm(&f->alloc, n, false);
        if (decode(f, &heapd__v1__release_request__descriptor, &message) == HD_OK) {
            break;
        }
        assert_int_equal(f->error.status, HD_RESOURCE_EXHAUSTED);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_decoded_into_the_scratch),
        TEST(text_that_is_none_is_named),
        TEST(text_deep_inside_is_judged_too),
        TEST(bytes_that_are_no_message_are_malformed),
        TEST(bombs_are_capped),
        TEST(the_smallest_operations_fit),
        TEST(no_request_is_recursive_or_deeper_than_the_limit),
        TEST(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
