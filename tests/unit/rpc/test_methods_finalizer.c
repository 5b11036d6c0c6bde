/* SPDX-License-Identifier: MIT */
/* Weak references by hand-written bytes. */
#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define FINALIZER "FinalizerService"

static uint64_t make_set(struct channel_fixture *f)
{
    struct wire_bytes payload = {0};
    struct wire_bytes object = {0};
    struct wire_bytes items = {0};
    struct wire_reply reply;

    wire_put_message(&object, 10, &items);
    wire_put_message(&payload, 1, &object);
    reply = channel_fixture_must(f, "ObjectService", "Create", &payload);
    wire_bytes_free(&payload);
    wire_bytes_free(&object);
    wire_bytes_free(&items);
    return wire_number(reply.payload, reply.payload_size, 1);
}

static uint64_t ask(struct channel_fixture *f, const char *method, uint64_t id, bool hold)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_ref(&payload, 1, id);
    wire_put_number(&payload, 2, hold);
    reply = channel_fixture_must(f, FINALIZER, method, &payload);
    wire_bytes_free(&payload);
    return wire_number(reply.payload, reply.payload_size, 1);
}

static void release(struct channel_fixture *f, uint64_t id)
{
    struct wire_bytes payload = {0};

    wire_put_ids(&payload, 1, &id, 1);
    (void)channel_fixture_must(f, "ObjectService", "Release", &payload);
    wire_bytes_free(&payload);
}

static void a_weak_reference_is_a_way_in_and_no_hold(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t set = make_set(f);
    uint64_t weak = ask(f, "NewWeakref", set, true);

    assert_true(weak != 0 && weak != set);
    assert_true(ask(f, "NewWeakref", set, true) == weak);
    assert_int_equal(channel_fixture_refcount(f, set), 1);
    assert_int_equal(channel_fixture_refcount(f, weak), 2);
    assert_true(ask(f, "Deref", weak, false) == set);
    assert_true(ask(f, "Deref", weak, true) == set);
    assert_int_equal(channel_fixture_refcount(f, set), 2);
    assert_int_equal(ask(f, "CountWeakrefs", set, false), 1);
    release(f, set);
    release(f, set);
    assert_int_equal(ask(f, "Deref", weak, true), 0);
    assert_int_equal(ask(f, "CountWeakrefs", weak, false), 0);
}

static void what_is_none_is_refused(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t number = channel_fixture_int(f, 1000);
    uint64_t set = make_set(f);
    struct wire_bytes payload = {0};

    wire_put_ref(&payload, 1, number);
    wire_put_number(&payload, 2, 1);
    channel_fixture_refused(f, FINALIZER, "NewWeakref", &payload, 3, "PY_TYPE_ERROR",
                            "cannot create weak reference to 'int' object");
    wire_put_ref(&payload, 1, number);
    channel_fixture_refused(f, FINALIZER, "Deref", &payload, 3, "PY_TYPE_ERROR",
                            "'int' object is not a weak reference");
    wire_put_ref(&payload, 1, set);
    channel_fixture_refused(f, FINALIZER, "NewWeakref", &payload, 3, "BAD_ARGUMENT",
                            "outside a batch nothing would keep the weak reference");
    wire_put_ref(&payload, 1, set ^ UINT64_C(1) << 40);
    channel_fixture_refused(f, FINALIZER, "Deref", &payload, 5, "STALE_ID", NULL);
    channel_fixture_refused(f, FINALIZER, "SetFinalizer", NULL, 3, "BAD_OPERAND", NULL);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_weak_reference_is_a_way_in_and_no_hold),
        TEST(what_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
