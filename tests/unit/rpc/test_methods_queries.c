/* SPDX-License-Identifier: MIT */
/* CollectorService: GetObjects, GetReferrers, GetReferents and Why, byte by byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define COLLECTOR "CollectorService"
#define OBJECT    "ObjectService"
#define MANY      25

struct message {
    const void *data;
    size_t size;
};

static struct message inner(struct message of, unsigned field, size_t index)
{
    struct wire_value value = {0};

    assert_true(wire_get(of.data, of.size, field, index, &value));
    return (struct message){value.data, value.size};
}

static struct message whole(const struct wire_reply *reply)
{
    return (struct message){reply->payload, reply->payload_size};
}

static bool has(struct message of, unsigned field)
{
    struct wire_value value;

    return wire_get(of.data, of.size, field, 0, &value);
}

static uint64_t number(struct message of, unsigned field)
{
    struct wire_value value = {0};

    (void)wire_get(of.data, of.size, field, 0, &value);
    if (value.data != NULL && value.size == 8) {
        memcpy(&value.value, value.data, 8);
    }
    return value.value;
}

static void assert_text(struct message of, unsigned field, const char *text)
{
    struct message found = inner(of, field, 0);

    assert_int_equal(found.size, strlen(text));
    assert_memory_equal(found.data, text, found.size);
}

/* All pages of ids; how many. */
static size_t all_pages(struct channel_fixture *f, const char *method, uint64_t of,
                        unsigned size_field, uint32_t page_size, uint64_t *ret_ids)
{
    char token[32] = "";
    size_t n = 0;
    unsigned pages = 0;

    do {
        struct wire_bytes payload = {0};
        struct wire_value value = {0};
        struct wire_reply reply;

        if (of != 0) {
            wire_put_ref(&payload, 1, of);
        }
        wire_put_number(&payload, size_field, page_size);
        wire_put_text(&payload, size_field + 1, token);
        reply = channel_fixture_must(f, COLLECTOR, method, &payload);
        wire_bytes_free(&payload);
        if (wire_get(reply.payload, reply.payload_size, 1, 0, &value)) {
            assert_true(value.size <= (size_t)page_size * 8);
            memcpy(ret_ids + n, value.data, value.size);
            n += value.size / 8;
        }
        token[0] = '\0';
        if (wire_get(reply.payload, reply.payload_size, 2, 0, &value)) {
            assert_true(value.size < sizeof token);
            memcpy(token, value.data, value.size);
            token[value.size] = '\0';
        }
        assert_true(++pages < 100);
    } while (token[0] != '\0');
    return n;
}

static void every_list_comes_in_pages(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t item = channel_fixture_int(f, 100000);
    uint64_t lists[MANY];
    uint64_t outer;
    uint64_t ids[2 * MANY + 2];

    for (int i = 0; i < MANY; i++) {
        lists[i] = channel_fixture_list(f, &item, 1);
    }
    outer = channel_fixture_list(f, lists, MANY);
    for (uint32_t size = 1; size < MANY + 3; size += 4) {
        assert_int_equal(all_pages(f, "GetReferrers", item, 2, size, ids), MANY);
        assert_memory_equal(ids, lists, sizeof lists);
        assert_int_equal(all_pages(f, "GetReferents", outer, 2, size, ids), MANY);
        assert_memory_equal(ids, lists, sizeof lists);
        assert_int_equal(all_pages(f, "GetObjects", 0, 2, size, ids), MANY + 1);
        assert_memory_equal(ids, lists, sizeof lists);
        assert_true(ids[MANY] == outer);
    }
}

static size_t count_of(struct channel_fixture *f, int64_t generation)
{
    struct wire_bytes payload = {0};
    struct wire_value ids = {0};
    struct wire_reply reply;

    wire_put_signed(&payload, 1, generation);
    reply = channel_fixture_must(f, COLLECTOR, "GetObjects", &payload);
    wire_bytes_free(&payload);
    return wire_get(reply.payload, reply.payload_size, 1, 0, &ids) ? ids.size / 8 : 0;
}

static void a_generation_is_asked_for_by_number(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};

    (void)channel_fixture_list(f, NULL, 0);
    assert_int_equal(count_of(f, 0), 1);
    (void)channel_fixture_must(f, COLLECTOR, "Collect", NULL);
    (void)channel_fixture_list(f, NULL, 0);
    assert_int_equal(count_of(f, 0), 1);
    assert_int_equal(count_of(f, 1), 0);
    assert_int_equal(count_of(f, 2), 1);
    wire_put_signed(&payload, 1, 3);
    channel_fixture_refused(
        f, COLLECTOR, "GetObjects", &payload, 3, "PY_VALUE_ERROR",
        "generation parameter must be less than the number of available generations (3)");
    wire_put_signed(&payload, 1, -1);
    channel_fixture_refused(f, COLLECTOR, "GetObjects", &payload, 3, "PY_VALUE_ERROR",
                            "generation parameter cannot be negative");
    wire_put_text(&payload, 3, "x");
    channel_fixture_refused(f, COLLECTOR, "GetObjects", &payload, 3, "BAD_ARGUMENT",
                            "page_token 'x' is not one that a response gave");
    channel_fixture_refused(f, COLLECTOR, "GetReferrers", NULL, 3, "BAD_OPERAND", NULL);
    channel_fixture_refused(f, COLLECTOR, "Why", NULL, 3, "BAD_OPERAND", NULL);
    wire_put_ref(&payload, 1, 12345);
    channel_fixture_refused(f, COLLECTOR, "Why", &payload, 5, "STALE_ID", NULL);
    wire_bytes_free(&payload);
}

static struct wire_reply why(struct channel_fixture *f, uint64_t id)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_ref(&payload, 1, id);
    reply = channel_fixture_must(f, COLLECTOR, "Why", &payload);
    wire_bytes_free(&payload);
    assert_int_equal(number(whole(&reply), 1), id);
    return reply;
}

static uint64_t create(struct channel_fixture *f, struct wire_bytes *object)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_message(&payload, 1, object);
    reply = channel_fixture_must(f, OBJECT, "Create", &payload);
    wire_bytes_free(&payload);
    return number(whole(&reply), 1);
}

static void release(struct channel_fixture *f, uint64_t id)
{
    struct wire_bytes payload = {0};

    wire_put_ids(&payload, 1, &id, 1);
    (void)channel_fixture_must(f, OBJECT, "Release", &payload);
    wire_bytes_free(&payload);
}

static void bind_globally(struct channel_fixture *f, const char *name, uint64_t id)
{
    struct wire_bytes payload = {0};

    wire_put_text(&payload, 1, name);
    wire_put_ref(&payload, 2, id);
    wire_put_number(&payload, 3, 3);
    (void)channel_fixture_must(f, "NameService", "Bind", &payload);
    wire_bytes_free(&payload);
}

/* str -> dict value -> instance attribute -> list item -> set item, all by one global name. */
static void a_path_names_each_reference(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes object = {0};
    struct wire_bytes part = {0};
    uint64_t x = channel_fixture_int(f, 100000);
    uint64_t key;
    uint64_t id;
    struct wire_reply reply;
    struct message path;
    struct message step;

    wire_put_ids(&object, 11, &x, 1); /* frozenset */
    id = create(f, &object);
    release(f, x);
    x = id;
    wire_put_text(&object, 5, "a key");
    key = create(f, &object);
    wire_put_ids(&part, 1, &key, 1);
    wire_put_ids(&part, 2, &x, 1);
    wire_put_message(&object, 9, &part);
    id = create(f, &object);
    release(f, x);
    release(f, key);
    x = id;
    wire_put_text(&part, 1, "Node");
    wire_put_text(&part, 2, "next");
    wire_put_ids(&part, 3, &x, 1);
    wire_put_message(&object, 12, &part);
    id = create(f, &object);
    release(f, x);
    x = id;
    id = channel_fixture_list(f, (uint64_t[]){x, x}, 2);
    release(f, x);
    bind_globally(f, "root", id);
    release(f, id);
    {
        struct wire_bytes payload = {0};
        struct wire_value ids;

        reply = channel_fixture_must(f, COLLECTOR, "GetObjects", NULL);
        assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &ids));
        memcpy(&id, ids.data, 8); /* the first that was made: the frozenset */
        wire_put_ref(&payload, 1, id);
        reply = channel_fixture_must(f, COLLECTOR, "GetReferents", &payload);
        assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &ids));
        memcpy(&id, ids.data, 8);
        wire_bytes_free(&payload);
    }
    reply = why(f, id);
    assert_false(has(whole(&reply), 2));
    assert_false(has(whole(&reply), 3));
    assert_int_equal(number(whole(&reply), 4), 1);
    path = inner(whole(&reply), 5, 0);
    assert_int_equal(number(inner(path, 1, 0), 1), 2); /* OWNER_KIND_GLOBAL_NAME */
    assert_text(inner(path, 1, 0), 4, "root");
    assert_int_equal(number(path, 2), 4);
    assert_false(has(path, 4));
    step = inner(path, 3, 0);
    assert_int_equal(number(step, 2), 8); /* KIND_LIST */
    assert_true(has(step, 4));
    step = inner(path, 3, 1);
    assert_int_equal(number(step, 2), 12);
    assert_text(step, 3, "Node");
    assert_text(step, 8, "next");
    step = inner(path, 3, 2);
    assert_int_equal(number(step, 2), 9);
    assert_text(inner(step, 5, 0), 2, "'a key'");
    step = inner(path, 3, 3);
    assert_int_equal(number(step, 2), 11);
    assert_int_equal(number(step, 7), 1);
    wire_bytes_free(&object);
    wire_bytes_free(&part);
}

static void who_holds_it_himself_is_named(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t list = channel_fixture_list(f, NULL, 0);
    struct wire_bytes payload = {0};
    struct wire_reply reply = why(f, list);
    struct message path = inner(whole(&reply), 5, 0);

    assert_int_equal(number(inner(path, 1, 0), 1), 4); /* OWNER_KIND_HOLD */
    assert_int_equal(number(inner(path, 1, 0), 2), 1);
    assert_false(has(path, 2));
    assert_false(has(path, 3));
    wire_put_ref(&payload, 1, list);
    wire_put_ref(&payload, 2, list);
    (void)channel_fixture_must(f, OBJECT, "Append", &payload);
    release(f, list);
    reply = why(f, list);
    assert_int_equal(number(whole(&reply), 3), 1); /* unreachable */
    assert_int_equal(number(whole(&reply), 4), 1);
    assert_false(has(whole(&reply), 5));
    reply = why(f, channel_fixture_int(f, 1));
    assert_int_equal(number(whole(&reply), 2), 1); /* immortal */
    assert_false(has(whole(&reply), 3));
    wire_bytes_free(&payload);
}

/* Of a long way the two ends. */
static void a_long_path_is_cut_in_the_middle(void **state)
{
    struct channel_fixture *f = *state;
    uint64_t first = channel_fixture_list(f, NULL, 0);
    uint64_t list = first;
    struct wire_reply reply;
    struct message path;

    for (int i = 0; i < 100; i++) {
        uint64_t outer = channel_fixture_list(f, &list, 1);

        release(f, list);
        list = outer;
    }
    reply = why(f, first);
    path = inner(whole(&reply), 5, 0);
    assert_int_equal(number(path, 2), 100);
    assert_int_equal(number(path, 4), 36);
    assert_int_equal(number(path, 5), 32);
    assert_true(number(inner(path, 3, 0), 1) == list);
    assert_int_equal(inner(path, 3, 63).size > 0, 1);
}

/* A search that takes slices holds back its own session, and no other. */
static void others_are_served_during_a_search(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_channel *other = channel_fixture_open(f);
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    uint64_t item;

    for (int i = 0; i < 4000; i++) {
        (void)channel_fixture_list(f, NULL, 0);
    }
    item = channel_fixture_list(f, NULL, 0);
    wire_put_ref(&payload, 1, item);
    channel_fixture_send(f, COLLECTOR, "Why", &payload);
    assert_false(channel_fixture_reply(f, &reply)); /* it is under way */
    assert_true(hd_heap_has_work(f->heap));
    channel_fixture_send(f, "ServerService", "Ping", NULL);
    assert_true(channel_fixture_reply(f, &reply));
    {
        struct wire_bytes bytes = {0};
        struct wire_request request = {.service = COLLECTOR, .method = "IsEnabled"};

        wire_put_request(&bytes, 1, &request);
        assert_int_equal(hd_channel_feed(other, bytes.data, bytes.size), HD_OK);
        assert_true(hd_buf_size(hd_channel_output(other)) > 0);
        wire_bytes_free(&bytes);
    }
    channel_fixture_settle(f);
    assert_true(channel_fixture_reply(f, &reply));
    assert_int_equal(reply.code, 0);
    assert_int_equal(number(whole(&reply), 1), item);
    hd_channel_close(other);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_list_comes_in_pages),        TEST(a_generation_is_asked_for_by_number),
        TEST(a_path_names_each_reference),      TEST(who_holds_it_himself_is_named),
        TEST(a_long_path_is_cut_in_the_middle), TEST(others_are_served_during_a_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
