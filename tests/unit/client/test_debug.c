/* SPDX-License-Identifier: MIT */
/* The collector's settings and debugging against a scripted peer. */
#include "fake_peer.h"
#include "heapd/v1/collector.pb-c.h"

static void release(void *payload)
{
    protobuf_c_message_free_unpacked(payload, NULL);
}

static void debug_flags_are_numbers(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__SetDebugResponse set = HEAPD__V1__SET_DEBUG_RESPONSE__INIT;
    Heapd__V1__GetDebugResponse get = HEAPD__V1__GET_DEBUG_RESPONSE__INIT;
    Heapd__V1__SetDebugRequest *request;
    uint32_t flags = 0;

    fake_peer_answer(peer, 1, &set.base);
    assert_int_equal(heapd_gc_set_debug(peer->client, HEAPD_DEBUG_LEAK, NULL), HEAPD_OK);
    request =
        fake_peer_payload(peer, "SetDebug", &heapd__v1__set_debug_request__descriptor, NULL);
    assert_int_equal(request->flags, 38);
    release(request);
    get.flags = 38;
    fake_peer_answer(peer, 3, &get.base);
    assert_int_equal(heapd_gc_get_debug(peer->client, &flags, NULL), HEAPD_OK);
    assert_int_equal(flags, 38);
}

static void the_mode_is_a_setting(void **state)
{
    struct fake_peer *peer = *state;
    const struct heapd_gc_mode wanted = {HEAPD_MODE_CLASSIC, 60, 0, 1 << 20};
    Heapd__V1__SetModeResponse set = HEAPD__V1__SET_MODE_RESPONSE__INIT;
    Heapd__V1__GetModeResponse get = HEAPD__V1__GET_MODE_RESPONSE__INIT;
    Heapd__V1__SetModeRequest *request;
    struct heapd_gc_mode mode;

    fake_peer_answer(peer, 1, &set.base);
    assert_int_equal(heapd_gc_set_mode(peer->client, &wanted, NULL), HEAPD_OK);
    request =
        fake_peer_payload(peer, "SetMode", &heapd__v1__set_mode_request__descriptor, NULL);
    assert_int_equal(request->mode, 1);
    assert_int_equal(request->growth_percent, 60);
    assert_int_equal(request->floor_bytes, 0);
    assert_int_equal(request->young_bytes, 1 << 20);
    release(request);
    get.mode = HEAPD__V1__COLLECTOR_MODE__COLLECTOR_MODE_INCREMENTAL;
    get.growth_percent = 50;
    get.floor_bytes = 7;
    get.young_bytes = 8;
    fake_peer_answer(peer, 3, &get.base);
    assert_int_equal(heapd_gc_get_mode(peer->client, &mode, NULL), HEAPD_OK);
    assert_int_equal(mode.mode, HEAPD_MODE_INCREMENTAL);
    assert_int_equal(mode.growth_percent, 50);
    assert_int_equal(mode.floor_bytes, 7);
    assert_int_equal(mode.young_bytes, 8);
}

static void garbage_comes_page_by_page(void **state)
{
    static const char *const tokens[] = {NULL, "next"};
    struct fake_peer *peer = *state;
    Heapd__V1__GetGarbageResponse first;
    Heapd__V1__GetGarbageResponse last;
    const ProtobufCMessage *const pages[] = {&first.base, &last.base};
    Heapd__V1__ClearGarbageResponse clear = HEAPD__V1__CLEAR_GARBAGE_RESPONSE__INIT;
    static char token[] = "next";
    uint64_t ids[] = {11, 12, 13};
    uint64_t *found;
    uint64_t cleared = 0;
    size_t count;
    pid_t child;

    heapd__v1__get_garbage_response__init(&first);
    heapd__v1__get_garbage_response__init(&last);
    first.ids = ids;
    first.n_ids = 2;
    first.next_page_token = token;
    last.ids = ids + 2;
    last.n_ids = 1;
    child = fake_peer_answer_pages(peer, pages, tokens, 2);
    assert_int_equal(heapd_gc_get_garbage(peer->client, &found, &count, NULL), HEAPD_OK);
    assert_int_equal(count, 3);
    assert_memory_equal(found, ids, sizeof(ids));
    heapd_free(found);
    fake_peer_assert_ended(child);
    clear.count = 3;
    fake_peer_answer(peer, 5, &clear.base);
    assert_int_equal(heapd_gc_clear_garbage(peer->client, &cleared, NULL), HEAPD_OK);
    assert_true(cleared == 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(debug_flags_are_numbers),
        TEST(the_mode_is_a_setting),
        TEST(garbage_comes_page_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
