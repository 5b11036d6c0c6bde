/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "heapd/v1/object.pb-c.h"
#include "lib/channel_fixture.h"
#include "lib/testlib.h"

/* The ObjectInfo of the object made from b; the object is held. */
static struct wire_value describe(struct channel_fixture *f, struct wire_bytes *object,
                                  uint32_t value_limit)
{
    struct wire_bytes payload = {0};
    struct wire_value info;
    struct wire_reply reply;
    uint64_t id;

    wire_put_message(&payload, 1, object);
    reply = channel_fixture_must(f, "ObjectService", "Create", &payload);
    id = wire_number(reply.payload, reply.payload_size, 1);
    wire_put_ids(&payload, 1, &id, 1);
    wire_put_number(&payload, 4, value_limit);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &info));
    assert_true(wire_number(info.data, info.size, 1) == id);
    wire_bytes_free(&payload);
    return info;
}

static void scalars_show_their_value(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes object = {0};
    struct wire_value info;
    struct wire_value value;
    double real = 2.5;
    uint64_t bits;

    wire_put_signed(&object, 3, -1000);
    info = describe(f, &object, 0);
    assert_int_equal(wire_number(info.data, info.size, 2), 3);     /* KIND_INT */
    assert_int_equal(wire_number(info.data, info.size, 3), 1);     /* refcount */
    assert_int_equal(wire_number(info.data, info.size, 11), 1999); /* zigzag of -1000 */

    memcpy(&bits, &real, sizeof bits);
    wire_put_fixed64(&object, 4, bits);
    info = describe(f, &object, 0);
    assert_true(wire_number(info.data, info.size, 12) == bits);

    wire_put_text(&object, 5, "h\xc3\xa4\xc3\xa4");
    info = describe(f, &object, 4); /* cut at a character */
    assert_true(wire_get(info.data, info.size, 13, 0, &value));
    assert_int_equal(value.size, 3);
    assert_int_equal(wire_number(info.data, info.size, 16), 3); /* characters of the whole */

    wire_put_bytes(&object, 6, "\x00\xff\x00", 3);
    info = describe(f, &object, 2);
    assert_true(wire_get(info.data, info.size, 14, 0, &value));
    assert_int_equal(value.size, 2);

    wire_put_number(&object, 2, 1);
    info = describe(f, &object, 0); /* True */
    assert_int_equal(wire_number(info.data, info.size, 10), 1);
    assert_true(wire_number(info.data, info.size, 3) == UINT32_MAX);
    wire_bytes_free(&object);
}

static void an_instance_shows_class_names_and_values(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t number = channel_fixture_int(f, 1000);
    struct wire_bytes instance = {0};
    struct wire_bytes object = {0};
    struct wire_value info;
    struct wire_value value;

    wire_put_text(&instance, 1, "Node");
    wire_put_text(&instance, 2, "left");
    wire_put_ids(&instance, 3, &number, 1);
    wire_put_message(&object, 12, &instance);
    info = describe(f, &object, 0);
    assert_true(wire_get(info.data, info.size, 17, 0, &value));
    assert_int_equal(value.size, 4);
    assert_memory_equal(value.data, "Node", 4);
    assert_true(wire_get(info.data, info.size, 18, 0, &value)); /* the attribute's name */
    assert_int_equal(value.size, 8);
    assert_true(wire_get(info.data, info.size, 19, 0, &value));
    assert_memory_equal(value.data, &number, 8);
    wire_bytes_free(&instance);
    wire_bytes_free(&object);
}

static void pages_are_cut_at_what_is_asked_for(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_value items;
    struct wire_value info;
    struct wire_reply reply;
    uint64_t ids[3000];
    uint64_t list;

    ids[0] = channel_fixture_int(f, 1000);
    for (int i = 1; i < 3000; i++) {
        ids[i] = ids[0];
    }
    list = channel_fixture_list(f, ids, 3000);
    wire_put_ids(&payload, 1, &list, 1);
    wire_put_number(&payload, 2, 2500);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &info));
    assert_int_equal(wire_number(info.data, info.size, 16), 3000);
    assert_true(wire_get(info.data, info.size, 18, 0, &items));
    assert_int_equal(items.size, 500 * 8);
    wire_put_ids(&payload, 1, &list, 1);
    wire_put_number(&payload, 2, 99999);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &info));
    assert_false(wire_get(info.data, info.size, 18, 0, &items));
    wire_put_ids(&payload, 1, &list, 1);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &info));
    assert_true(wire_get(info.data, info.size, 18, 0, &items));
    assert_int_equal(items.size, 1000 * 8); /* what the daemon chooses */
    wire_bytes_free(&payload);
}

static void of_a_value_only_the_value_is_told(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t id = channel_fixture_int(f, 1000);
    struct wire_bytes payload = {0};
    struct wire_value info;
    struct wire_value field;
    struct wire_reply reply;

    wire_put_ids(&payload, 1, &id, 1);
    wire_put_number(&payload, 5, 1);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &info));
    assert_true(wire_get(info.data, info.size, 1, 0, &field));
    assert_int_equal(wire_number(info.data, info.size, 2), 3);     /* an int */
    assert_int_equal(wire_number(info.data, info.size, 11), 2000); /* in zigzag */
    for (unsigned number = 3; number <= 9; number++) {
        assert_false(wire_get(info.data, info.size, number, 0, &field));
    }
    wire_bytes_free(&payload);
}

/* What is asked of an object; the reply's payload is valid until the next call. */
static struct wire_reply get(struct channel_fixture *f, uint64_t id, uint32_t value_limit,
                             bool value_only)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_ids(&payload, 1, &id, 1);
    wire_put_number(&payload, 4, value_limit);
    wire_put_number(&payload, 5, value_only);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    wire_bytes_free(&payload);
    return reply;
}

/* value_only gives, byte for byte, what protobuf writes of the whole answer without the fields
 * that value_only leaves out. */
static void assert_value_as_protobuf_writes_it(struct channel_fixture *f, uint64_t id,
                                               uint32_t value_limit)
{
    struct wire_reply reply = get(f, id, value_limit, false);
    Heapd__V1__GetResponse *whole =
        heapd__v1__get_response__unpack(NULL, reply.payload_size, reply.payload);
    Heapd__V1__ObjectInfo *info;
    uint8_t *packed;
    size_t size;

    assert_non_null(whole);
    assert_int_equal(whole->n_objects, 1);
    info = whole->objects[0];
    info->refcount = 0;
    info->tracked = false;
    info->generation = 0;
    info->finalized = false;
    info->interned = false;
    info->size_bytes = 0;
    if (info->place != NULL) {
        heapd__v1__block_place__free_unpacked(info->place, NULL);
        info->place = NULL;
    }
    packed = test_malloc(heapd__v1__get_response__get_packed_size(whole));
    size = heapd__v1__get_response__pack(whole, packed);
    reply = get(f, id, value_limit, true);
    assert_int_equal(reply.payload_size, size);
    assert_memory_equal(reply.payload, packed, size);
    test_free(packed);
    heapd__v1__get_response__free_unpacked(whole, NULL);
}

/* object is emptied. */
static void assert_value_of(struct channel_fixture *f, struct wire_bytes *object,
                            uint32_t value_limit)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_message(&payload, 1, object);
    reply = channel_fixture_must(f, "ObjectService", "Create", &payload);
    wire_bytes_free(&payload);
    assert_value_as_protobuf_writes_it(f, wire_number(reply.payload, reply.payload_size, 1),
                                       value_limit);
}

static void values_are_written_as_protobuf_writes_them(void **state)
{
    static const int64_t integers[] = {0,   1,   -1,     63,        64,        -64,
                                       -65, 300, 100000, INT32_MAX, INT64_MAX, INT64_MIN};
    static const double reals[] = {0.0, -0.0, 1.5, -1e300};
    struct channel_fixture *f = *state;
    struct wire_bytes object = {0};

    wire_put_number(&object, 1, 1); /* None */
    assert_value_of(f, &object, 0);
    for (unsigned truth = 0; truth < 2; truth++) {
        wire_put_number(&object, 2, truth);
        assert_value_of(f, &object, 0);
    }
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        wire_put_signed(&object, 3, integers[i]);
        assert_value_of(f, &object, 0);
    }
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
        uint64_t bits;

        memcpy(&bits, &reals[i], sizeof bits);
        wire_put_fixed64(&object, 4, bits);
        assert_value_of(f, &object, 0);
    }
    wire_put_text(&object, 5, "h\xc3\xa4\xc3\xa4");
    assert_value_of(f, &object, 4);
    wire_bytes_free(&object);
}

static void strs_and_bytes_of_any_size_are_written_as_protobuf_writes_them(void **state)
{
    static const size_t sizes[] = {0, 1, 90, 100, 127, 128, 255, 256, 257, 500, 20000};
    struct channel_fixture *f = *state;
    struct wire_bytes object = {0};
    char *text = test_malloc(20000);

    memset(text, 'x', 20000);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (unsigned field = 5; field <= 6; field++) {
            wire_put_bytes(&object, field, text, sizes[i]);
            assert_value_of(f, &object, 0);
            wire_put_bytes(&object, field, text, sizes[i]);
            assert_value_of(f, &object, 100);
        }
    }
    test_free(text);
    wire_bytes_free(&object);
}

static void containers_are_written_as_protobuf_writes_them(void **state)
{
    static const unsigned sequences[] = {7, 8, 10, 11}; /* tuple, list, set, frozenset */
    struct channel_fixture *f = *state;
    struct wire_bytes object = {0};
    struct wire_bytes inner = {0};
    uint64_t id = channel_fixture_int(f, 1000);

    for (unsigned i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        wire_put_bytes(&object, sequences[i], "", 0);
        assert_value_of(f, &object, 0);
        wire_put_ids(&object, sequences[i], &id, 1);
        assert_value_of(f, &object, 0);
    }
    for (unsigned column = 1; column <= 2; column++) {
        wire_put_ids(&inner, column, &id, 1);
    }
    wire_put_message(&object, 9, &inner);
    assert_value_of(f, &object, 0);
    wire_put_text(&inner, 1, "Class");
    wire_put_text(&inner, 2, "name");
    wire_put_ids(&inner, 3, &id, 1);
    wire_put_message(&object, 12, &inner);
    assert_value_of(f, &object, 0);
    wire_bytes_free(&inner);
    wire_bytes_free(&object);
}

/* A value that is freed later in the same batch is shown as it was. */
static void a_batch_shows_values_as_they_were(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes execute = {0};
    struct wire_bytes operation = {0};
    struct wire_bytes inner = {0};
    struct wire_value result;
    struct wire_value got;
    struct wire_value info;
    struct wire_value value;
    struct wire_reply reply;
    uint64_t id;

    wire_put_bytes(&inner, 6, "sixteen bytes...", 16);
    wire_put_message(&operation, 1, &inner);
    reply = channel_fixture_must(f, "ObjectService", "Create", &operation);
    id = wire_number(reply.payload, reply.payload_size, 1);
    wire_put_ids(&inner, 1, &id, 1);
    wire_put_number(&inner, 5, 1);
    wire_put_message(&operation, 2, &inner);
    wire_put_message(&execute, 1, &operation);
    wire_put_ids(&inner, 1, &id, 1);
    wire_put_message(&operation, 5, &inner); /* release */
    wire_put_message(&execute, 1, &operation);
    reply = channel_fixture_must(f, "BatchService", "Execute", &execute);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &result));
    assert_true(wire_get(result.data, result.size, 2, 0, &got));
    assert_true(wire_get(got.data, got.size, 1, 0, &info));
    assert_true(wire_number(info.data, info.size, 1) == id);
    assert_true(wire_get(info.data, info.size, 14, 0, &value));
    assert_int_equal(value.size, 16);
    assert_memory_equal(value.data, "sixteen bytes...", 16);
    wire_bytes_free(&inner);
    wire_bytes_free(&operation);
    wire_bytes_free(&execute);
}

/* A list too long for one reply is cut; values too long for one are refused. */
static void a_reply_never_grows_beyond_the_limit(void **state)
{
    struct channel_fixture *f = *state;
    size_t count = 450000;
    uint64_t *ids = test_malloc(count * sizeof *ids);
    struct wire_bytes payload = {0};
    struct wire_value items;
    struct wire_value info;
    struct wire_reply reply;
    uint64_t list[3];

    ids[0] = channel_fixture_int(f, 1000);
    for (size_t i = 1; i < count; i++) {
        ids[i] = ids[0];
    }
    list[0] = channel_fixture_list(f, ids, count);
    list[1] = list[0];
    list[2] = list[0];
    wire_put_ids(&payload, 1, list, 3);
    wire_put_number(&payload, 3, UINT32_MAX);
    reply = channel_fixture_must(f, "ObjectService", "Get", &payload);
    assert_in_range(reply.payload_size, 4128768 - 512, 4128768); /* as full as can be */
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 1, &info));
    assert_true(wire_get(info.data, info.size, 18, 0, &items));
    assert_in_range(items.size / 8, 1, count - 1);
    test_free(ids);

    memset(list, 0, sizeof list);
    for (int i = 0; i < 3; i++) {
        struct wire_bytes object = {0};
        char *text = test_calloc(1, 1500000);

        wire_put_bytes(&object, 6, text, 1500000);
        wire_put_message(&payload, 1, &object);
        reply = channel_fixture_must(f, "ObjectService", "Create", &payload);
        list[i] = wire_number(reply.payload, reply.payload_size, 1);
        test_free(text);
        wire_bytes_free(&object);
    }
    wire_put_ids(&payload, 1, list, 3);
    channel_fixture_refused(f, "ObjectService", "Get", &payload, 8, "LIMIT_SIZE", NULL);
    wire_put_ids(&payload, 1, list, 2);
    (void)channel_fixture_must(f, "ObjectService", "Get", &payload);
    wire_bytes_free(&payload);
}

static void many_objects_are_described_at_once(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t *ids = test_malloc(65537 * sizeof *ids);
    struct wire_bytes payload = {0};

    ids[0] = channel_fixture_int(f, 1000);
    for (size_t i = 1; i < 65537; i++) {
        ids[i] = ids[0];
    }
    wire_put_ids(&payload, 1, ids, 65536);
    (void)channel_fixture_must(f, "ObjectService", "Get", &payload);
    wire_put_ids(&payload, 1, ids, 65537);
    channel_fixture_refused(f, "ObjectService", "Get", &payload, 8, "LIMIT_SIZE", NULL);
    test_free(ids);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(scalars_show_their_value),
        TEST(an_instance_shows_class_names_and_values),
        TEST(pages_are_cut_at_what_is_asked_for),
        TEST(of_a_value_only_the_value_is_told),
        TEST(values_are_written_as_protobuf_writes_them),
        TEST(strs_and_bytes_of_any_size_are_written_as_protobuf_writes_them),
        TEST(containers_are_written_as_protobuf_writes_them),
        TEST(a_batch_shows_values_as_they_were),
        TEST(a_reply_never_grows_beyond_the_limit),
        TEST(many_objects_are_described_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
