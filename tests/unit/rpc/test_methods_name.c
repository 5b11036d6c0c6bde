/* SPDX-License-Identifier: MIT */
/* Each method of NameService, and the scopes. */
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define NAME "NameService"

enum scope { DEFAULT, FRAME, MODULE, HEAP };

static void bind(struct channel_fixture *f, const char *name, uint64_t id, enum scope scope)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_text(&payload, 1, name);
    wire_put_ref(&payload, 2, id);
    wire_put_number(&payload, 3, scope);
    reply = channel_fixture_must(f, NAME, "Bind", &payload);
    assert_true(wire_number(reply.payload, reply.payload_size, 1) == id);
    wire_bytes_free(&payload);
}

/* Finds it, in this scope. */
static void check(struct channel_fixture *f, const char *name, uint64_t id, enum scope scope)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_text(&payload, 1, name);
    reply = channel_fixture_must(f, NAME, "Lookup", &payload);
    assert_true(wire_number(reply.payload, reply.payload_size, 1) == id);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 3); /* KIND_INT */
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 3), scope);
    wire_bytes_free(&payload);
}

static void names_are_looked_up_from_the_inside_out(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_bytes argument = {0};
    struct wire_reply reply;
    uint64_t ids[3];

    for (int i = 0; i < 3; i++) {
        ids[i] = channel_fixture_int(f, 1000 + i);
    }
    bind(f, "x", ids[0], HEAP);
    check(f, "x", ids[0], HEAP);
    bind(f, "x", ids[1], DEFAULT);
    check(f, "x", ids[1], MODULE);
    wire_put_text(&payload, 1, "f");
    wire_put_text(&argument, 1, "x");
    wire_put_ref(&argument, 2, ids[2]);
    wire_put_message(&payload, 2, &argument);
    wire_put_text(&argument, 1, "later"); /* a place without a value */
    wire_put_message(&payload, 2, &argument);
    reply = channel_fixture_must(f, NAME, "Call", &payload);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 1), 2);
    check(f, "x", ids[2], FRAME);
    assert_int_equal(channel_fixture_refcount(f, ids[2]), 2);

    wire_put_ref(&payload, 1, ids[2]);
    reply = channel_fixture_must(f, NAME, "Return", &payload);
    assert_true(wire_number(reply.payload, reply.payload_size, 1) == ids[2]);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 1);
    assert_int_equal(channel_fixture_refcount(f, ids[2]), 2); /* a hold of the caller's */
    check(f, "x", ids[1], MODULE);
    channel_fixture_refused(f, NAME, "Return", NULL, 9, "NO_FRAME", NULL);
    wire_bytes_free(&payload);
    wire_bytes_free(&argument);
}

static void expectations_are_kept(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_bytes expect = {0};
    uint64_t ids[2] = {channel_fixture_int(f, 1000), channel_fixture_int(f, 1001)};

    bind(f, "x", ids[0], HEAP);
    wire_put_text(&payload, 1, "x");
    wire_put_ref(&payload, 2, ids[1]);
    wire_put_number(&payload, 3, HEAP);
    wire_put_number(&expect, 1, 1); /* absent */
    wire_put_message(&payload, 4, &expect);
    channel_fixture_refused(f, NAME, "Bind", &payload, 9, "EXPECTATION", NULL);
    wire_put_text(&payload, 1, "x");
    wire_put_number(&payload, 2, HEAP);
    wire_put_fixed64(&expect, 2, ids[1]);
    wire_put_message(&payload, 3, &expect);
    channel_fixture_refused(f, NAME, "Delete", &payload, 9, "EXPECTATION", NULL);
    wire_put_text(&payload, 1, "x");
    wire_put_number(&payload, 2, HEAP);
    wire_put_fixed64(&expect, 2, ids[0]);
    wire_put_message(&payload, 3, &expect);
    (void)channel_fixture_must(f, NAME, "Delete", &payload);
    assert_int_equal(channel_fixture_refcount(f, ids[0]), 1);
    wire_bytes_free(&payload);
    wire_bytes_free(&expect);
}

static void names_are_listed_page_by_page(void **state)
{
    static const char *const names[] = {"one", "two", "three"};
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_value name;
    struct wire_value named;
    struct wire_value token;
    struct wire_reply reply;
    uint64_t id = channel_fixture_int(f, 1000);

    for (int i = 0; i < 3; i++) {
        bind(f, names[i], id, MODULE);
    }
    wire_put_number(&payload, 1, MODULE);
    wire_put_number(&payload, 2, 2);
    reply = channel_fixture_must(f, NAME, "List", &payload);
    for (int i = 0; i < 2; i++) {
        assert_true(wire_get(reply.payload, reply.payload_size, 1, (size_t)i, &named));
        assert_true(wire_get(named.data, named.size, 1, 0, &name));
        assert_memory_equal(name.data, names[i], name.size);
        assert_true(wire_number(named.data, named.size, 2) == id);
    }
    assert_true(wire_get(reply.payload, reply.payload_size, 2, 0, &token));
    wire_put_number(&payload, 1, MODULE);
    wire_put_bytes(&payload, 3, token.data, token.size);
    reply = channel_fixture_must(f, NAME, "List", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &named));
    assert_true(wire_get(named.data, named.size, 1, 0, &name));
    assert_memory_equal(name.data, "three", 5);
    assert_false(wire_get(reply.payload, reply.payload_size, 1, 1, &named));
    assert_false(wire_get(reply.payload, reply.payload_size, 2, 0, &token));
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_are_looked_up_from_the_inside_out),
        TEST(expectations_are_kept),
        TEST(names_are_listed_page_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
