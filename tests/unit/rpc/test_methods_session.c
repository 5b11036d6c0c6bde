/* SPDX-License-Identifier: MIT */
/* SessionService: who is there, what each has, and the end of one. */
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

#define SESSION "SessionService"

static bool get(const struct wire_reply *reply, unsigned field, size_t index,
                struct wire_value *ret)
{
    return wire_get(reply->payload, reply->payload_size, field, index, ret);
}

static bool is_text(struct wire_value message, unsigned field, const char *text)
{
    struct wire_value found = {0};

    (void)wire_get(message.data, message.size, field, 0, &found);
    return found.size == strlen(text) &&
           (found.size == 0 || memcmp(found.data, text, found.size) == 0);
}

static uint64_t number_in(struct wire_value message, unsigned field)
{
    return wire_number(message.data, message.size, field);
}

/* One request on another channel; its reply is not looked at. */
static void ask(struct hd_channel *channel, uint32_t stream, const char *service,
                const char *method, struct wire_bytes *payload)
{
    struct wire_bytes bytes = {0};
    struct wire_request request = {.service = service, .method = method, .payload = payload};

    wire_put_request(&bytes, stream, &request);
    assert_int_equal(hd_channel_feed(channel, bytes.data, bytes.size), HD_OK);
    assert_true(hd_buf_size(hd_channel_output(channel)) > 0);
    hd_buf_consume(hd_channel_output(channel), hd_buf_size(hd_channel_output(channel)));
    wire_bytes_free(&bytes);
}

static void call_function(struct channel_fixture *f, uint64_t id)
{
    struct wire_bytes payload = {0};
    struct wire_bytes argument = {0};
    struct wire_bytes ref = {0};

    wire_put_text(&payload, 1, "foobar");
    wire_put_text(&argument, 1, "n");
    wire_put_fixed64(&ref, 1, id);
    wire_put_message(&argument, 2, &ref);
    wire_put_message(&payload, 2, &argument);
    (void)channel_fixture_must(f, "NameService", "Call", &payload);
    wire_bytes_free(&payload);
    wire_bytes_free(&argument);
    wire_bytes_free(&ref);
}

static void sessions_are_listed(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_channel *other = channel_fixture_open(f);
    struct wire_bytes payload = {0};
    struct wire_value session;
    struct wire_reply reply;
    uint64_t list = channel_fixture_list(f, NULL, 0);

    call_function(f, list);
    (void)channel_fixture_int(f, 100000);
    ask(other, 1, "CollectorService", "IsEnabled", NULL);
    reply = channel_fixture_must(f, SESSION, "List", NULL);
    assert_true(get(&reply, 1, 0, &session));
    assert_int_equal(number_in(session, 1), 1);
    assert_int_equal(number_in(session, 2), 1); /* own */
    assert_int_equal(number_in(session, 5), 2);
    assert_int_equal(number_in(session, 6), 1);
    assert_int_equal(number_in(session, 7), 2);
    assert_true(is_text(session, 8, ""));
    assert_true(get(&reply, 1, 1, &session));
    assert_int_equal(number_in(session, 1), 2);
    assert_int_equal(number_in(session, 2), 0);
    assert_int_equal(number_in(session, 5), 1);
    assert_false(get(&reply, 1, 2, &session));
    wire_put_number(&payload, 1, 1); /* a page of one */
    reply = channel_fixture_must(f, SESSION, "List", &payload);
    assert_false(get(&reply, 1, 1, &session));
    assert_true(get(&reply, 2, 0, &session));
    wire_put_text(&payload, 2, "2");
    reply = channel_fixture_must(f, SESSION, "List", &payload);
    assert_true(get(&reply, 1, 0, &session));
    assert_int_equal(number_in(session, 1), 2);
    assert_false(get(&reply, 2, 0, &session));
    hd_channel_close(other);
    wire_bytes_free(&payload);
}

static void ask_for_holdings(struct wire_bytes *payload, uint32_t page_size, const char *token)
{
    wire_put_number(payload, 1, 1);
    wire_put_number(payload, 2, page_size);
    wire_put_text(payload, 3, token);
}

static void holdings_come_frame_by_frame_and_page_by_page(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    uint64_t list = channel_fixture_list(f, NULL, 0);

    call_function(f, list);
    (void)channel_fixture_int(f, 100000);
    (void)channel_fixture_list(f, &list, 1);
    for (uint32_t size = 1; size < 6; size++) {
        static const char *const texts[] = {"[]", "100000", "[[]]", "[]"};
        char token[32] = "";
        size_t n = 0;

        do {
            struct wire_value value;
            struct wire_value owner;
            struct wire_reply reply;

            ask_for_holdings(&payload, size, token);
            reply = channel_fixture_must(f, SESSION, "Holdings", &payload);
            for (size_t i = 0; get(&reply, 1, i, &value); i++, n++) {
                assert_true(n < 4 && is_text(value, 7, texts[n]));
                assert_int_equal(number_in(value, 6), 1);
                assert_true(is_text(value, 2, n < 3 ? "foobar" : ""));
                assert_true(wire_get(value.data, value.size, 1, 0, &owner));
                assert_int_equal(number_in(owner, 1), n == 0 ? 3 : 4);
                assert_int_equal(number_in(owner, 3), n < 3);
                assert_true(is_text(owner, 4, n == 0 ? "n" : ""));
            }
            token[0] = '\0';
            if (get(&reply, 2, 0, &value)) {
                memcpy(token, value.data, value.size);
                token[value.size] = '\0';
            }
        } while (token[0] != '\0');
        assert_int_equal(n, 4);
    }
    ask_for_holdings(&payload, 0, "18446744073709551615"); /* none that was given */
    (void)channel_fixture_must(f, SESSION, "Holdings", &payload);
    wire_put_number(&payload, 1, 77);
    channel_fixture_refused(f, SESSION, "Holdings", &payload, 5, "NO_SUCH_SESSION",
                            "there is no session 77");
    wire_bytes_free(&payload);
}

static void another_session_can_be_killed(void **state)
{
    struct channel_fixture *f = *state;
    struct hd_channel *other = channel_fixture_open(f);
    struct wire_bytes payload = {0};
    struct wire_bytes list = {0};
    struct wire_value session;
    struct wire_reply reply;
    unsigned woken;

    (void)channel_fixture_int(f, 100000);
    wire_put_message(&list, 8, &(struct wire_bytes){0});
    wire_put_message(&payload, 1, &list);
    ask(other, 1, "ObjectService", "Create", &payload);
    wire_bytes_clear(&payload);
    reply = channel_fixture_must(f, "HeapService", "Info", NULL);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 2);
    wire_put_number(&payload, 1, 1);
    channel_fixture_refused(f, SESSION, "Kill", &payload, 3, "BAD_ARGUMENT",
                            "session 1 is the caller's own: close the connection instead");
    wire_put_number(&payload, 1, 3);
    channel_fixture_refused(f, SESSION, "Kill", &payload, 5, "NO_SUCH_SESSION",
                            "there is no session 3");
    assert_false(hd_channel_is_broken(other));
    woken = f->woken;
    wire_put_number(&payload, 1, 2);
    (void)channel_fixture_must(f, SESSION, "Kill", &payload);
    assert_true(hd_channel_is_broken(other));
    assert_int_equal(f->woken, woken + 1);
    assert_false(hd_channel_wants_input(other));
    hd_channel_close(other); /* as whoever drives it does */
    reply = channel_fixture_must(f, "HeapService", "Info", NULL);
    assert_int_equal(wire_number(reply.payload, reply.payload_size, 2), 1);
    reply = channel_fixture_must(f, SESSION, "List", NULL);
    assert_false(get(&reply, 1, 1, &session));
    wire_put_number(&payload, 1, 2);
    channel_fixture_refused(f, SESSION, "Kill", &payload, 5, "NO_SUCH_SESSION", NULL);
    wire_bytes_free(&payload);
    wire_bytes_free(&list);
}

static void what_is_not_built_says_so(void **state)
{
    static const char *const methods[] = {"Open", "Attach", "Renew", "Close"};
    struct channel_fixture *f = *state;

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        channel_fixture_refused(f, SESSION, methods[i], NULL, 12, "NOT_BUILT", NULL);
    }
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, channel_fixture_setup, channel_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sessions_are_listed),
        TEST(holdings_come_frame_by_frame_and_page_by_page),
        TEST(another_session_can_be_killed),
        TEST(what_is_not_built_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
