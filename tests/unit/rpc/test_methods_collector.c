/* SPDX-License-Identifier: MIT */
/* CollectorService, HeapService and ServerService: each method once. */
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define COLLECTOR "CollectorService"

static struct wire_reply must(struct channel_fixture *f, const char *service,
                              const char *method)
{
    return channel_fixture_must(f, service, method, NULL);
}

static uint64_t number(const struct wire_reply *reply, unsigned field)
{
    return wire_number(reply->payload, reply->payload_size, field);
}

/* A list that contains itself and nothing else holds. */
static void make_cycle(struct channel_fixture *f)
{
    struct wire_bytes payload = {0};
    uint64_t list = channel_fixture_list(f, NULL, 0);

    wire_put_ref(&payload, 1, list);
    wire_put_ref(&payload, 2, list);
    (void)channel_fixture_must(f, "ObjectService", "Append", &payload);
    wire_put_ids(&payload, 1, &list, 1);
    (void)channel_fixture_must(f, "ObjectService", "Release", &payload);
    wire_bytes_free(&payload);
}

/* Of the collections before: the full one in slices, the young one at once; nothing is owed. */
static void assert_pauses(const struct wire_reply *reply)
{
    struct wire_value part;

    assert_true(wire_get(reply->payload, reply->payload_size, 2, 0, &part));
    assert_int_equal(wire_number(part.data, part.size, 1), 2); /* young */
    assert_int_equal(wire_number(part.data, part.size, 3), 1);
    assert_true(wire_get(reply->payload, reply->payload_size, 2, 4, &part));
    assert_int_equal(wire_number(part.data, part.size, 1), 1); /* slices, of generation 2 */
    assert_int_equal(wire_number(part.data, part.size, 2), 2);
    assert_true(wire_number(part.data, part.size, 3) > 0);
    assert_true(wire_get(reply->payload, reply->payload_size, 2, 6, &part));
    assert_false(wire_get(reply->payload, reply->payload_size, 2, 7, &part));
    assert_true(wire_get(reply->payload, reply->payload_size, 3, 0, &part));
    assert_true(wire_get(reply->payload, reply->payload_size, 4, 0, &part));
    assert_true(wire_number(part.data, part.size, 3) > 0);
    assert_int_equal(wire_number(part.data, part.size, 5), 0);
    assert_true(wire_get(reply->payload, reply->payload_size, 5, 0, &part));
    assert_int_equal(wire_number(part.data, part.size, 3), 1); /* found by the full one */
}

static void collections_say_what_they_found(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    make_cycle(f);
    reply = must(f, COLLECTOR, "Collect"); /* the oldest, if none is named */
    assert_int_equal(number(&reply, 1), 1);
    make_cycle(f);
    wire_put_signed(&payload, 1, 0);
    reply = channel_fixture_must(f, COLLECTOR, "Collect", &payload);
    assert_int_equal(number(&reply, 1), 1);
    assert_int_equal(number(&reply, 3), 1);
    reply = must(f, COLLECTOR, "GetStats");
    for (size_t i = 0; i < 3; i++) {
        struct wire_value stats;

        assert_true(wire_get(reply.payload, reply.payload_size, 1, i, &stats));
        assert_int_equal(wire_number(stats.data, stats.size, 1), i != 1);
        assert_int_equal(wire_number(stats.data, stats.size, 2), i != 1);
    }
    assert_pauses(&reply);
    wire_bytes_free(&payload);
}

static void settings_are_kept(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply = must(f, COLLECTOR, "IsEnabled");

    assert_int_equal(number(&reply, 1), 1);
    (void)must(f, COLLECTOR, "Disable");
    reply = must(f, COLLECTOR, "IsEnabled");
    assert_int_equal(number(&reply, 1), 0);
    (void)must(f, COLLECTOR, "Enable");
    reply = must(f, COLLECTOR, "GetThreshold");
    assert_int_equal(reply.payload_size, 6);
    assert_memory_equal(reply.payload, "\x0a\x04\xbc\x05\x0a\x0a", 6);
    wire_put_bytes(&payload, 1, "\x02\x04\x06", 3);
    (void)channel_fixture_must(f, COLLECTOR, "SetThreshold", &payload);
    reply = must(f, COLLECTOR, "GetThreshold");
    assert_memory_equal(reply.payload, "\x0a\x03\x01\x02\x03", 5);
    wire_bytes_free(&payload);
}

/* What is not named stays. */
static void the_mode_and_the_pace_are_settings(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply = must(f, COLLECTOR, "GetMode");

    assert_int_equal(number(&reply, 1), 2);
    assert_int_equal(number(&reply, 2), 50);
    assert_int_equal(number(&reply, 3), 8 << 20);
    assert_int_equal(number(&reply, 4), 4 << 20);
    wire_put_number(&payload, 1, 1);
    wire_put_number(&payload, 3, 1 << 16);
    (void)channel_fixture_must(f, COLLECTOR, "SetMode", &payload);
    reply = must(f, COLLECTOR, "GetMode");
    assert_int_equal(number(&reply, 1), 1);
    assert_int_equal(number(&reply, 2), 50);
    assert_int_equal(number(&reply, 3), 1 << 16);
    assert_int_equal(number(&reply, 4), 4 << 20);
    wire_bytes_free(&payload);
}

static void counts_and_freezing(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t list = channel_fixture_list(f, NULL, 0);
    struct wire_bytes payload = {0};
    struct wire_reply reply = must(f, COLLECTOR, "GetCount");

    assert_memory_equal(reply.payload, "\x0a\x03\x01\x00\x00", 5);
    wire_put_ref(&payload, 1, list);
    reply = channel_fixture_must(f, COLLECTOR, "IsTracked", &payload);
    assert_int_equal(number(&reply, 1), 1);
    wire_put_ref(&payload, 1, list);
    reply = channel_fixture_must(f, COLLECTOR, "IsFinalized", &payload);
    assert_int_equal(number(&reply, 1), 0);
    (void)must(f, COLLECTOR, "Freeze");
    reply = must(f, COLLECTOR, "GetFreezeCount");
    assert_int_equal(number(&reply, 1), 1);
    (void)must(f, COLLECTOR, "Unfreeze");
    reply = must(f, COLLECTOR, "GetFreezeCount");
    assert_int_equal(number(&reply, 1), 0);
    wire_bytes_free(&payload);
}

static void referrers_are_found(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t item = channel_fixture_int(f, 1000);
    uint64_t list = channel_fixture_list(f, &item, 1);
    struct wire_bytes payload = {0};
    struct wire_value ids;
    struct wire_reply reply;

    wire_put_ref(&payload, 1, item);
    reply = channel_fixture_must(f, COLLECTOR, "GetReferrers", &payload);
    assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &ids));
    assert_int_equal(ids.size, 8);
    assert_memory_equal(ids.data, &list, 8);
    assert_false(wire_get(reply.payload, reply.payload_size, 2, 0, &ids));
    wire_bytes_free(&payload);
}

static bool has_text(const struct wire_reply *reply, unsigned field, const char *text)
{
    struct wire_value value;

    for (size_t i = 0; wire_get(reply->payload, reply->payload_size, field, i, &value); i++) {
        if (value.size == strlen(text) && memcmp(value.data, text, value.size) == 0) {
            return true;
        }
    }
    return false;
}

static void a_heap_tells_of_itself(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_value kind;
    struct wire_reply reply;

    (void)channel_fixture_list(f, NULL, 0);
    reply = must(f, "HeapService", "Info");
    assert_true(has_text(&reply, 1, "default"));
    assert_int_equal(number(&reply, 2), 1);
    assert_int_equal(number(&reply, 4), 1);
    assert_true(wire_get(reply.payload, reply.payload_size, 6, 0, &kind));
    assert_int_equal(wire_number(kind.data, kind.size, 1), 8); /* KIND_LIST */
    assert_int_equal(wire_number(kind.data, kind.size, 2), 1);
    assert_true(has_text(&reply, 10, "pool"));
    assert_true(has_text(&reply, 11, "incremental"));
    wire_put_number(&payload, 1, 1);
    (void)channel_fixture_must(f, "CollectorService", "SetMode", &payload);
    reply = must(f, "HeapService", "Info");
    assert_true(has_text(&reply, 11, "classic"));
    wire_bytes_free(&payload);
    reply = must(f, "HeapService", "Verify");
    assert_int_equal(number(&reply, 1), 1);
    assert_false(wire_get(reply.payload, reply.payload_size, 3, 0, &kind));
    reply = must(f, "HeapService", "PoolStats");
    assert_true(has_text(&reply, 1, "pool"));
    assert_int_equal(number(&reply, 2), 256 * 1024);
    assert_true(wire_get(reply.payload, reply.payload_size, 3, 0, &kind));
    (void)must(f, "HeapService", "Trim");
    channel_fixture_refused(f, "HeapService", "Create", NULL, 12, "NOT_BUILT", NULL);
}

static void the_server_tells_of_itself_without_a_heap(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_value limits;
    struct wire_reply reply;

    fake_clock_advance(&f->clock, 90 * SECOND);
    reply = must(f, "ServerService", "ServerInfo");
    assert_true(has_text(&reply, 1, "0.0.test"));
    assert_int_equal(number(&reply, 2), 90);
    assert_int_equal(number(&reply, 3), 4711);
    assert_int_equal(number(&reply, 4), 1);
    assert_true(has_text(&reply, 6, "ttrpc"));
    assert_true(wire_get(reply.payload, reply.payload_size, 7, 0, &limits));
    assert_int_equal(wire_number(limits.data, limits.size, 1), 4 << 20);
    assert_int_equal(wire_number(limits.data, limits.size, 2), 10000);
    assert_int_equal(wire_number(limits.data, limits.size, 7), 17);
    wire_put_text(&payload, 1, "echo");
    reply = channel_fixture_must(f, "ServerService", "Ping", &payload);
    assert_true(has_text(&reply, 1, "echo"));
    assert_null(f->channel->heap);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(collections_say_what_they_found),
        TEST(the_mode_and_the_pace_are_settings),
        TEST(settings_are_kept),
        TEST(counts_and_freezing),
        TEST(referrers_are_found),
        TEST(a_heap_tells_of_itself),
        TEST(the_server_tells_of_itself_without_a_heap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
