/* SPDX-License-Identifier: MIT */
/* Patched bytes are what protobuf-c packs of the same values. */
#include "template.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "framing.h"
#include "heapd/v1/batch.pb-c.h"
#include "lib/testlib.h"
#include "protocol.h"
#include "ttrpc.h"
#include "ttrpc/envelope.pb-c.h"

#define OBJECT UINT64_C(0x0123456789abcdef)
#define LIST   UINT64_C(0x00000001800003ff)
#define OLD    UINT64_C(0xfedcba9876543210)
#define NAME   UINT64_C(0xa)
#define STREAM 1234567u

static const struct bench_options plain = {.payload = 40};

static const struct bench_values values = {
    .of = {[BENCH_OBJECT] = OBJECT,
           [BENCH_COUNT] = OBJECT,
           [BENCH_LIST] = LIST,
           [BENCH_NAME] = NAME,
           [BENCH_FRESH] = 77,
           [BENCH_RING] = OLD},
};

/* The bytes that are sent; to be freed. */
static uint8_t *sent(const struct bench_protocol *protocol, const struct bench_options *options,
                     const enum bench_step *steps, size_t count, bool batch,
                     const struct bench_values *from, size_t *ret_size)
{
    struct bench_request request;
    uint8_t *bytes;

    assert_true(protocol->build(options, steps, count, batch, &request));
    bytes = malloc(request.template.size);
    assert_non_null(bytes);
    bench_template_write(&request.template, from, bytes);
    protocol->stamp(bytes, STREAM / 2);
    *ret_size = request.template.size;
    bench_request_fini(&request);
    return bytes;
}

static void assert_frame(const uint8_t *bytes, size_t size, const char *service,
                         const char *method, const ProtobufCMessage *message)
{
    Ttrpc__Request request = TTRPC__REQUEST__INIT;
    uint8_t payload[4096];
    uint8_t wanted[4096];

    request.service = (char *)(uintptr_t)service;
    request.method = (char *)(uintptr_t)method;
    request.payload.data = payload;
    request.payload.len = protobuf_c_message_pack(message, payload);
    hdc_frame_header(wanted, (uint32_t)ttrpc__request__pack(&request, wanted + 10), STREAM,
                     HDC_TYPE_REQUEST, 0);
    assert_int_equal(size, 10 + ttrpc__request__get_packed_size(&request));
    assert_memory_equal(bytes, wanted, size);
}

static void an_append_has_two_ids(void **state)
{
    static const enum bench_step step = BENCH_APPEND;
    Heapd__V1__AppendRequest append = HEAPD__V1__APPEND_REQUEST__INIT;
    Heapd__V1__ObjectRef list = HEAPD__V1__OBJECT_REF__INIT;
    Heapd__V1__ObjectRef item = HEAPD__V1__OBJECT_REF__INIT;
    size_t size;
    uint8_t *bytes = sent(bench_ttrpc(), &plain, &step, 1, false, &values, &size);

    (void)state;
    list.by_case = item.by_case = HEAPD__V1__OBJECT_REF__BY_ID;
    list.id = LIST;
    item.id = OBJECT;
    append.container = &list;
    append.item = &item;
    assert_frame(bytes, size, "heapd.v1.ObjectService", "Append", &append.base);
    free(bytes);
}

static void a_release_names_what_was_created(void **state)
{
    static const enum bench_step step = BENCH_RELEASE_CREATED;
    Heapd__V1__ReleaseRequest release = HEAPD__V1__RELEASE_REQUEST__INIT;
    Heapd__V1__Operands objects = HEAPD__V1__OPERANDS__INIT;
    uint64_t id = OLD;
    size_t size;
    uint8_t *bytes = sent(bench_ttrpc(), &plain, &step, 1, false, &values, &size);

    (void)state;
    objects.n_ids = 1;
    objects.ids = &id;
    release.objects = &objects;
    assert_frame(bytes, size, "heapd.v1.ObjectService", "Release", &release.base);
    free(bytes);
}

static void a_bind_has_a_name_and_an_id(void **state)
{
    static const enum bench_step step = BENCH_BIND;
    Heapd__V1__BindRequest bind = HEAPD__V1__BIND_REQUEST__INIT;
    Heapd__V1__ObjectRef object = HEAPD__V1__OBJECT_REF__INIT;
    char name[] = "000000000000000a";
    size_t size;
    uint8_t *bytes = sent(bench_ttrpc(), &plain, &step, 1, false, &values, &size);

    (void)state;
    object.by_case = HEAPD__V1__OBJECT_REF__BY_ID;
    object.id = OBJECT;
    bind.name = name;
    bind.object = &object;
    bind.scope = HEAPD__V1__SCOPE__SCOPE_HEAP;
    assert_frame(bytes, size, "heapd.v1.NameService", "Bind", &bind.base);
    free(bytes);
}

static void a_column_is_filled_in_one_go(void **state)
{
    static const enum bench_step step = BENCH_BULK_HOLD;
    struct bench_options options = {.payload = 40, .batch = 100};
    struct bench_values with_bulk = values;
    Heapd__V1__HoldRequest hold = HEAPD__V1__HOLD_REQUEST__INIT;
    Heapd__V1__Operands objects = HEAPD__V1__OPERANDS__INIT;
    uint64_t ids[100];
    uint64_t little[100];
    size_t size;
    uint8_t *bytes;

    (void)state;
    for (uint64_t i = 0; i < 100; i++) {
        ids[i] = i * UINT64_C(0x123456789);
        little[i] = htole64(ids[i]);
    }
    with_bulk.bulk = (const uint8_t *)little;
    bytes = sent(bench_ttrpc(), &options, &step, 1, false, &with_bulk, &size);
    objects.n_ids = 100;
    objects.ids = ids;
    hold.objects = &objects;
    assert_frame(bytes, size, "heapd.v1.ObjectService", "Hold", &hold.base);
    free(bytes);
}

static void a_batch_releases_by_result(void **state)
{
    static const enum bench_step steps[] = {BENCH_GET, BENCH_CREATE, BENCH_RELEASE_CREATED};
    size_t size;
    uint8_t *bytes = sent(bench_ttrpc(), &plain, steps, 3, true, &values, &size);
    Ttrpc__Request *request = ttrpc__request__unpack(NULL, size - 10, bytes + 10);
    Heapd__V1__ExecuteRequest *execute;

    (void)state;
    assert_non_null(request);
    assert_string_equal(request->method, "Execute");
    execute =
        heapd__v1__execute_request__unpack(NULL, request->payload.len, request->payload.data);
    assert_non_null(execute);
    assert_int_equal(execute->n_operations, 3);
    assert_true(execute->operations[0]->get->objects->ids[0] == OBJECT);
    assert_int_equal(execute->operations[1]->create->object->bytes_value.len, 40);
    assert_int_equal(execute->operations[2]->release->objects->results[0], 1);
    heapd__v1__execute_request__free_unpacked(execute, NULL);
    ttrpc__request__free_unpacked(request, NULL);
    free(bytes);
}

static void redis_gets_commands(void **state)
{
    static const enum bench_step steps[] = {BENCH_CREATE, BENCH_RELEASE_CREATED};
    static const struct bench_options short_one = {.payload = 3};
    static const char wanted[] = "*3\r\n$3\r\nSET\r\n$16\r\n000000000000004d\r\n$3\r\nxxx\r\n"
                                 "*2\r\n$3\r\nDEL\r\n$16\r\nfedcba9876543210\r\n";
    size_t size;
    uint8_t *bytes = sent(bench_resp(), &short_one, steps, 2, true, &values, &size);

    (void)state;
    assert_int_equal(size, sizeof(wanted) - 1);
    assert_memory_equal(bytes, wanted, size);
    free(bytes);
}

static void answers_are_judged(void **state)
{
    static const enum bench_step steps[] = {BENCH_RELEASE_CREATED, BENCH_POP};
    static const char none[] = ":0\r\n";
    static const char one[] = ":1\r\n";
    static const char nil[] = "$-1\r\n";
    struct bench_request request;
    struct bench_reply reply;
    char message[200];
    uint64_t id;

    (void)state;
    assert_true(bench_resp()->build(&plain, steps, 2, true, &request));
    assert_int_equal(bench_resp()->find((const uint8_t *)one, 3, &reply), BENCH_PART);
    assert_int_equal(bench_resp()->find((const uint8_t *)one, 4, &reply), BENCH_WHOLE);
    assert_true(bench_resp()->check(&request, 0, &reply, &id, message, sizeof(message)));
    assert_int_equal(bench_resp()->find((const uint8_t *)none, 4, &reply), BENCH_WHOLE);
    assert_false(bench_resp()->check(&request, 0, &reply, &id, message, sizeof(message)));
    assert_string_equal(message, "a pipeline: Redis answered :0");
    assert_int_equal(bench_resp()->find((const uint8_t *)nil, 5, &reply), BENCH_WHOLE);
    assert_false(bench_resp()->check(&request, 1, &reply, &id, message, sizeof(message)));
    bench_request_fini(&request);
}

/* A whole response, with this body. */
static struct bench_reply response(const Ttrpc__Response *message, uint8_t *to)
{
    struct bench_reply reply;
    size_t size = ttrpc__response__pack(message, to + 10);

    hdc_frame_header(to, (uint32_t)size, STREAM, HDC_TYPE_RESPONSE, 0);
    assert_int_equal(bench_ttrpc()->find(to, size + 9, &reply), BENCH_PART);
    assert_int_equal(bench_ttrpc()->find(to, size + 10, &reply), BENCH_WHOLE);
    assert_int_equal(reply.number, STREAM / 2);
    assert_int_equal(reply.used, size + 10);
    return reply;
}

static void a_refusal_is_told_in_heapds_words(void **state)
{
    static const enum bench_step step = BENCH_CREATE;
    Ttrpc__Response answer = TTRPC__RESPONSE__INIT;
    Ttrpc__Status status = TTRPC__STATUS__INIT;
    Heapd__V1__CreateResponse created = HEAPD__V1__CREATE_RESPONSE__INIT;
    char text[] = "no room";
    uint8_t bytes[200];
    uint8_t payload[50];
    struct bench_request request;
    struct bench_reply reply;
    char message[200];
    uint64_t id = 0;

    (void)state;
    assert_true(bench_ttrpc()->build(&plain, &step, 1, false, &request));
    status.code = 8;
    status.message = text;
    answer.status = &status;
    reply = response(&answer, bytes);
    assert_false(bench_ttrpc()->check(&request, 0, &reply, &id, message, sizeof(message)));
    assert_string_equal(message, "Create: no room");
    answer.status = NULL;
    reply = response(&answer, bytes);
    assert_false(bench_ttrpc()->check(&request, 0, &reply, &id, message, sizeof(message)));
    assert_string_equal(message, "Create: the answer has no id");
    created.id = OLD;
    answer.payload.data = payload;
    answer.payload.len = heapd__v1__create_response__pack(&created, payload);
    answer.waiting = 3;
    reply = response(&answer, bytes);
    assert_true(bench_ttrpc()->check(&request, 0, &reply, &id, message, sizeof(message)));
    assert_true(id == OLD);
    bench_request_fini(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_append_has_two_ids),
        cmocka_unit_test(a_release_names_what_was_created),
        cmocka_unit_test(a_bind_has_a_name_and_an_id),
        cmocka_unit_test(a_column_is_filled_in_one_go),
        cmocka_unit_test(a_batch_releases_by_result),
        cmocka_unit_test(redis_gets_commands),
        cmocka_unit_test(answers_are_judged),
        cmocka_unit_test(a_refusal_is_told_in_heapds_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
