/* SPDX-License-Identifier: MIT */
/* Bad input: each kind gets its code, its reason and its sentence; nothing changes;
 * the connection lives on. */
#include <stdio.h>
#include <string.h>

#include "heap/inspect.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define OBJECT    "ObjectService"
#define NAME      "NameService"
#define COLLECTOR "CollectorService"

struct bad {
    struct channel_fixture *f;
    struct wire_bytes payload;
    struct wire_bytes inner;
    uint64_t list; /* [1000], held once */
    uint64_t number;
    struct hd_heap_info before;
};

static int setup(void **state)
{
    struct bad *b = test_calloc(1, sizeof *b);

    assert_int_equal(channel_fixture_setup((void **)&b->f), 0);
    b->number = channel_fixture_int(b->f, 1000);
    b->list = channel_fixture_list(b->f, &b->number, 1);
    hd_inspect_heap(b->f->heap, &b->before);
    *state = b;
    return 0;
}

static void nothing_has_changed(struct bad *b)
{
    struct hd_heap_info after;

    hd_inspect_heap(b->f->heap, &after);
    assert_int_equal(after.objects, b->before.objects);
    assert_int_equal(after.object_bytes, b->before.object_bytes);
    assert_int_equal(after.names, b->before.names);
    assert_int_equal(channel_fixture_refcount(b->f, b->list), 1);
    assert_int_equal(channel_fixture_refcount(b->f, b->number), 2);
    channel_fixture_verify(b->f->heap);
}

static int teardown(void **state)
{
    struct bad *b = *state;
    void *f = b->f;

    nothing_has_changed(b);
    wire_bytes_free(&b->payload);
    wire_bytes_free(&b->inner);
    test_free(b);
    return channel_fixture_teardown(&f);
}

static void refused(struct bad *b, const char *service, const char *method, int code,
                    const char *reason, const char *message)
{
    channel_fixture_refused(b->f, service, method, &b->payload, code, reason, message);
    nothing_has_changed(b);
}

static void put_container(struct bad *b, uint64_t id)
{
    wire_put_ref(&b->payload, 1, id);
}

/* Subscript.index in field 2. */
static void put_index(struct bad *b, int64_t index)
{
    wire_put_signed(&b->inner, 1, index);
    wire_put_message(&b->payload, 2, &b->inner);
}

static void invalid_utf8(void **state)
{
    struct bad *b = *state;

    wire_put_bytes(&b->payload, 1, "\xc3", 1);
    wire_put_ref(&b->payload, 2, b->list);
    refused(b, NAME, "Bind", 3, "BAD_UTF8", "BindRequest.name is not valid UTF-8");

    wire_put_bytes(&b->inner, 5, "\xff", 1); /* NewObject.str_value: bytes on the wire */
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Create", 3, "BAD_UTF8", NULL);
}

static void names_that_are_none(void **state)
{
    struct bad *b = *state;
    char name[300];

    memset(name, 'x', sizeof name);
    wire_put_ref(&b->payload, 2, b->list);
    refused(b, NAME, "Bind", 3, "BAD_NAME", NULL); /* empty */
    wire_put_bytes(&b->payload, 1, name, 256);
    wire_put_ref(&b->payload, 2, b->list);
    refused(b, NAME, "Bind", 3, "BAD_NAME", NULL);
    wire_put_bytes(&b->payload, 1, "a\0b", 3);
    wire_put_ref(&b->payload, 2, b->list);
    refused(b, NAME, "Bind", 3, "BAD_NAME", "BindRequest.name contains U+0000");
}

static void ids_that_are_stale_invented_or_of_another_heap(void **state)
{
    struct bad *b = *state;
    struct channel_fixture *f = b->f;
    struct hd_channel *mine = f->channel;
    uint64_t stale = channel_fixture_int(f, 2000);
    uint64_t foreign;
    uint64_t ids[] = {stale, 0, 77, UINT64_MAX, b->list ^ 1ULL << 63, 0};
    struct wire_request request = {.service = OBJECT, .method = "Create", .heap = "other"};
    struct wire_reply reply;

    wire_put_ids(&b->payload, 1, &stale, 1);
    (void)channel_fixture_must(f, OBJECT, "Release", &b->payload);

    f->channel = channel_fixture_open(f);
    wire_put_signed(&b->inner, 3, 3000);
    wire_put_message(&b->payload, 1, &b->inner);
    request.payload = &b->payload;
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, 1, &request);
    wire_bytes_clear(&b->payload);
    channel_fixture_feed(f, f->out.data, f->out.size);
    assert_true(channel_fixture_reply(f, &reply));
    foreign = wire_number(reply.payload, reply.payload_size, 1);
    hd_channel_close(f->channel);
    f->channel = mine;
    ids[5] = foreign ^ 0x5555000000000000; /* the other heap's, wherever that points here */

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char sentence[100];

        (void)snprintf(sentence, sizeof sentence, "id %llu names no living object of this heap",
                       (unsigned long long)ids[i]);
        wire_put_ids(&b->payload, 1, &ids[i], 1);
        refused(b, OBJECT, "Hold", 5, "STALE_ID", sentence);
        wire_put_ids(&b->payload, 1, &ids[i], 1);
        refused(b, OBJECT, "Release", 5, "STALE_ID", sentence);
        put_container(b, ids[i]);
        refused(b, OBJECT, "Clear", 5, "STALE_ID", sentence);
        wire_put_ids(&b->payload, 1, &ids[i], 1);
        refused(b, OBJECT, "Get", 5, "STALE_ID", sentence);
    }
}

static void one_bad_operand_of_many_refuses_all(void **state)
{
    struct bad *b = *state;
    uint64_t ids[] = {b->list, b->number, 77};

    wire_put_ids(&b->payload, 1, ids, 3);
    refused(b, OBJECT, "Hold", 5, "STALE_ID", NULL);
    wire_put_ids(&b->payload, 1, ids, 2);
    wire_put_bytes(&b->payload, 2, "\x01\x02", 2); /* the number is held once */
    refused(b, OBJECT, "Release", 9, "NOT_HELD", NULL);
    wire_put_ids(&b->payload, 1, ids, 2);
    wire_put_bytes(&b->payload, 2, "\x01", 1);
    refused(b, OBJECT, "Release", 3, "BAD_ARGUMENT", "1 counts for 2 objects");
    wire_put_ids(&b->payload, 1, ids, 2);
    wire_put_bytes(&b->payload, 2, "\x01\x00", 2);
    refused(b, OBJECT, "Hold", 3, "BAD_ARGUMENT", NULL);
}

static void a_name_that_does_not_exist(void **state)
{
    struct bad *b = *state;

    wire_put_text(&b->payload, 1, "nobody");
    refused(b, NAME, "Lookup", 5, "NO_SUCH_NAME", "name 'nobody' is not defined");
    wire_put_text(&b->payload, 1, "nobody");
    refused(b, NAME, "Delete", 5, "NO_SUCH_NAME", "name 'nobody' is not defined");
    wire_put_text(&b->inner, 2, "nobody");
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Length", 5, "NO_SUCH_NAME", "name 'nobody' is not defined");
}

static void an_index_out_of_range(void **state)
{
    struct bad *b = *state;

    put_container(b, b->list);
    put_index(b, 1);
    refused(b, OBJECT, "GetItem", 11, "PY_INDEX_ERROR", "list index out of range");
    put_container(b, b->list);
    put_index(b, -2);
    wire_put_ref(&b->payload, 3, b->number);
    refused(b, OBJECT, "SetItem", 11, "PY_INDEX_ERROR", "list assignment index out of range");
    put_container(b, b->list);
    put_index(b, INT64_MIN);
    refused(b, OBJECT, "Pop", 11, "PY_INDEX_ERROR", "pop index out of range");
}

static void a_place_that_is_none(void **state)
{
    struct bad *b = *state;

    put_container(b, b->list);
    refused(b, OBJECT, "GetItem", 3, "BAD_ARGUMENT",
            "at says no place: index, key and slice are not set");
    refused(b, OBJECT, "Clear", 3, "BAD_OPERAND", "container is not set");
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Clear", 3, "BAD_OPERAND",
            "container names no object: neither id, name nor result is set");
    wire_put_number(&b->inner, 3, 0);
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Clear", 3, "BAD_OPERAND", "result 0 is named outside a batch");
}

static void an_unhashable_key(void **state)
{
    struct bad *b = *state;
    struct wire_bytes pairs = {0};

    wire_put_ids(&pairs, 1, &b->list, 1);
    wire_put_ids(&pairs, 2, &b->list, 1);
    wire_put_message(&b->inner, 9, &pairs);
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Create", 3, "PY_TYPE_ERROR", "unhashable type: 'list'");
    wire_bytes_free(&pairs);
}

static void removing_what_is_not_there(void **state)
{
    struct bad *b = *state;

    put_container(b, b->list);
    wire_put_ref(&b->payload, 2, b->list);
    refused(b, OBJECT, "Remove", 3, "PY_VALUE_ERROR", "list.remove(x): x not in list");
}

static void releasing_what_is_not_held(void **state)
{
    struct bad *b = *state;
    struct channel_fixture *f = b->f;
    struct hd_channel *mine = f->channel;
    uint32_t stream = f->stream;

    f->channel = channel_fixture_open(f);
    f->stream = (uint32_t)-1;
    wire_put_ids(&b->payload, 1, &b->list, 1);
    channel_fixture_refused(f, OBJECT, "Release", &b->payload, 9, "NOT_HELD", NULL);
    hd_channel_close(f->channel);
    f->channel = mine;
    f->stream = stream;
    nothing_has_changed(b);
}

static void collector_arguments(void **state)
{
    struct bad *b = *state;

    wire_put_signed(&b->payload, 1, 3);
    refused(b, COLLECTOR, "Collect", 3, "PY_VALUE_ERROR", "invalid generation");
    wire_put_signed(&b->payload, 1, -1);
    refused(b, COLLECTOR, "Collect", 3, "PY_VALUE_ERROR", "invalid generation");
    wire_put_bytes(&b->payload, 1, "\x01", 1); /* -1 */
    refused(b, COLLECTOR, "SetThreshold", 3, "PY_VALUE_ERROR", NULL);
    refused(b, COLLECTOR, "SetThreshold", 3, "PY_VALUE_ERROR", NULL);
    wire_put_bytes(&b->payload, 1, "\x02\x02\x02\x02", 4);
    refused(b, COLLECTOR, "SetThreshold", 3, "PY_VALUE_ERROR", NULL);
    wire_put_bytes(&b->payload, 1, "\x80\x80\x80\x80\x10", 5); /* 2^31 */
    refused(b, COLLECTOR, "SetThreshold", 3, "PY_VALUE_ERROR", NULL);
}

static void enums_and_oneofs_of_no_known_value(void **state)
{
    struct bad *b = *state;

    refused(b, OBJECT, "Create", 3, "BAD_ARGUMENT",
            "object is not set: it says no kind and no value");
    wire_put_text(&b->payload, 1, "x");
    wire_put_ref(&b->payload, 2, b->list);
    wire_put_number(&b->payload, 3, 4);
    refused(b, NAME, "Bind", 3, "BAD_ARGUMENT", "scope 4 is none of frame, module and heap");
    wire_put_number(&b->payload, 4, 99);
    wire_put_number(&b->payload, 3, 1);
    refused(b, OBJECT, "Copy", 3, "BAD_ARGUMENT", "there is no kind 99");
    wire_put_ids(&b->payload, 1, &b->list, 1);
    wire_put_text(&b->payload, 3, "x"); /* a field of another type is no such field */
    (void)channel_fixture_must(b->f, OBJECT, "GetRefcounts", &b->payload);
    wire_put_text(&b->payload, 3, "12x");
    wire_put_ref(&b->payload, 1, b->list);
    refused(b, COLLECTOR, "GetReferents", 3, "BAD_ARGUMENT",
            "page_token '12x' is not one that a response gave");
}

static void what_nothing_would_keep(void **state)
{
    struct bad *b = *state;

    wire_put_signed(&b->inner, 3, 5000);
    wire_put_message(&b->payload, 1, &b->inner);
    wire_put_number(&b->payload, 2, 0);
    refused(b, OBJECT, "Create", 3, "BAD_ARGUMENT",
            "hold is false, and outside a batch nothing else would keep the object");
    wire_put_ref(&b->inner, 1, b->list);
    wire_put_message(&b->payload, 1, &b->inner);
    refused(b, OBJECT, "Copy", 3, "BAD_ARGUMENT", NULL);
}

static struct wire_reply ask(struct bad *b, const struct wire_request *request)
{
    struct wire_reply reply;

    b->f->stream += 2;
    wire_bytes_clear(&b->f->out);
    wire_put_request(&b->f->out, b->f->stream, request);
    channel_fixture_feed(b->f, b->f->out.data, b->f->out.size);
    assert_true(channel_fixture_reply(b->f, &reply));
    return reply;
}

static void metadata_of_heaps_sessions_and_requests(void **state)
{
    static const struct {
        struct wire_request request;
        int code;
        const char *reason;
        const char *message;
    } cases[] = {
        {{.heap = "nowhere"}, 5, "NO_SUCH_HEAP", "there is no heap 'nowhere'"},
        {{.heap = "other"},
         9,
         "OTHER_HEAP",
         "the connection belongs to heap 'default', and the call is for 'other'"},
        {{.heap = "default"}, 0, "", ""},
        {{.session = "token"}, 5, "NO_SUCH_SESSION", "there is no session of this token"},
        {{.number = "x"},
         3,
         "BAD_ARGUMENT",
         "heapd-request 'x' is no decimal number below 2^64"},
        {{.number = ""}, 3, "BAD_ARGUMENT", "heapd-request '' is no decimal number below 2^64"},
        {{.number = "18446744073709551616"},
         3,
         "BAD_ARGUMENT",
         "heapd-request '18446744073709551616' is no decimal number below 2^64"},
        {{.number = "18446744073709551615"}, 0, "", ""},
        {{.timeout_nano = -1},
         4,
         "DEADLINE",
         "context deadline exceeded before the call was begun"},
        {{.timeout_nano = 1}, 0, "", ""},
    };
    struct bad *b = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wire_request request = cases[i].request;
        struct wire_reply reply;

        request.service = "HeapService";
        request.method = "Info";
        reply = ask(b, &request);
        assert_string_equal(reply.message, cases[i].message);
        assert_string_equal(reply.reason, cases[i].reason);
        assert_int_equal(reply.code, cases[i].code);
        nothing_has_changed(b);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(invalid_utf8),
        TEST(names_that_are_none),
        TEST(ids_that_are_stale_invented_or_of_another_heap),
        TEST(one_bad_operand_of_many_refuses_all),
        TEST(a_name_that_does_not_exist),
        TEST(an_index_out_of_range),
        TEST(a_place_that_is_none),
        TEST(an_unhashable_key),
        TEST(removing_what_is_not_there),
        TEST(releasing_what_is_not_held),
        TEST(collector_arguments),
        TEST(enums_and_oneofs_of_no_known_value),
        TEST(what_nothing_would_keep),
        TEST(metadata_of_heaps_sessions_and_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
