/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

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
        TEST(a_reply_never_grows_beyond_the_limit),
        TEST(many_objects_are_described_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
