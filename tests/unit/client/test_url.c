/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <string.h>

#include "fake_peer.h"

static void a_path_is_taken_as_it_is(void **state)
{
    struct hdc_url url;

    (void)state;
    assert_int_equal(hdc_url_parse("unix:/run/heapd/heapd.sock", &url, NULL), HEAPD_OK);
    assert_int_equal(url.transport, HDC_UNIX);
    assert_string_equal(url.path, "/run/heapd/heapd.sock");
    assert_int_equal(hdc_url_parse("unix:@abstract", &url, NULL), HEAPD_OK);
    assert_string_equal(url.path, "@abstract");
}

static void a_host_and_a_port_are_told_apart(void **state)
{
    struct hdc_url url;

    (void)state;
    assert_int_equal(hdc_url_parse("tcp://127.0.0.1:7300", &url, NULL), HEAPD_OK);
    assert_int_equal(url.transport, HDC_TCP);
    assert_string_equal(url.host, "127.0.0.1");
    assert_string_equal(url.port, "7300");
    assert_int_equal(hdc_url_parse("tcp://[::1]:65535", &url, NULL), HEAPD_OK);
    assert_string_equal(url.host, "::1");
    assert_string_equal(url.port, "65535");
}

static void what_is_no_url_is_refused_with_a_reason(void **state)
{
    static const char *const bad[] = {
        "",
        "unix:",
        "unix:@",
        "/run/heapd.sock",
        "http://localhost",
        "tcp://",
        "tcp://localhost",
        "tcp://:80",
        "tcp://localhost:",
        "tcp://localhost:0",
        "tcp://localhost:65536",
        "tcp://localhost:123456",
        "tcp://localhost:8o",
        "tcp://localhost:-1",
        "tcp://[::1",
        "tcp://[::1]7300",
        "tcp://::1:7300",
        "tcp:localhost:7300",
    };
    struct heapd_error error;
    struct hdc_url url;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(hdc_url_parse(bad[i], &url, &error), HEAPD_INVALID_ARGUMENT);
        assert_string_equal(error.reason, "BAD_URL");
        assert_true(error.message[0] != '\0');
    }
}

static void a_path_of_107_bytes_is_the_longest(void **state)
{
    char text[5 + 108 + 1] = "unix:";
    struct hdc_url url;

    (void)state;
    memset(text + 5, 'x', 107);
    assert_int_equal(hdc_url_parse(text, &url, NULL), HEAPD_OK);
    assert_int_equal(strlen(url.path), 107);
    text[5 + 107] = 'x';
    assert_int_equal(hdc_url_parse(text, &url, NULL), HEAPD_INVALID_ARGUMENT);
}

static void nobody_there_is_unavailable(void **state)
{
    struct heapd_client *client;
    struct heapd_error error;

    (void)state;
    assert_int_equal(heapd_client_open("unix:/nowhere/at/all", -1, &client, &error),
                     HEAPD_UNAVAILABLE);
    assert_string_equal(error.reason, "NO_DAEMON");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_taken_as_it_is),
        cmocka_unit_test(a_host_and_a_port_are_told_apart),
        cmocka_unit_test(what_is_no_url_is_refused_with_a_reason),
        cmocka_unit_test(a_path_of_107_bytes_is_the_longest),
        cmocka_unit_test(nobody_there_is_unavailable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
