/* SPDX-License-Identifier: MIT */
#include "rpc/page.h"

#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/testlib.h"

static void decimals_are_exact(void **state)
{
    static const char *const bad[] = {
        "",   "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616", "99999999999999999999",
        "1\n"};
    uint64_t value = 5;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(hd_decimal_parse(hd_bytes_of(bad[i]), &value));
    }
    assert_int_equal(value, 5);
    assert_true(hd_decimal_parse(hd_bytes_of("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_true(hd_decimal_parse(hd_bytes_of("007"), &value));
    assert_int_equal(value, 7);
}

/* All pages of a list, by GetReferents, count them and end. */
static void pages_follow_each_other_to_the_end(void **state)
{
    struct channel_fixture *f = *state;
    struct wire_bytes payload = {0};
    uint64_t ids[25];
    uint64_t list;
    char token[30] = "";
    unsigned seen = 0;
    unsigned pages = 0;

    for (unsigned i = 0; i < 25; i++) {
        ids[i] = channel_fixture_int(f, 1000 + i);
    }
    list = channel_fixture_list(f, ids, 25);
    do {
        struct wire_value page = {0};
        struct wire_value next = {0};
        struct wire_reply reply;

        wire_put_ref(&payload, 1, list);
        wire_put_number(&payload, 2, 10);
        wire_put_text(&payload, 3, token);
        reply = channel_fixture_must(f, "CollectorService", "GetReferents", &payload);
        assert_true(wire_get(reply.payload, reply.payload_size, 1, 0, &page));
        assert_memory_equal(page.data, ids + seen, page.size);
        seen += (unsigned)(page.size / 8);
        (void)wire_get(reply.payload, reply.payload_size, 2, 0, &next);
        assert_in_range(next.size, 0, sizeof token - 1);
        if (next.size > 0) {
            memcpy(token, next.data, next.size);
        }
        token[next.size] = '\0';
        pages++;
    } while (token[0] != '\0');
    assert_int_equal(seen, 25);
    assert_int_equal(pages, 3);
    wire_bytes_free(&payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_exact),
        cmocka_unit_test_setup_teardown(pages_follow_each_other_to_the_end,
                                        channel_fixture_setup, channel_fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
