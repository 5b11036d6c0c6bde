/* SPDX-License-Identifier: MIT */
/* Sockets by their URLs: made, refused, stale, inherited. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/server_fixture.h"
#include "lib/testlib.h"
#include "server/address.h"

struct listening {
    struct server_fixture *f;
    char folder[40];
    char path[80];
    char url[90];
    struct hd_error error;
};

static int setup(void **state)
{
    struct listening *l = test_calloc(1, sizeof *l);

    (void)server_fixture_setup((void **)&l->f);
    (void)strcpy(l->folder, "/tmp/heapd-test-XXXXXX");
    assert_non_null(mkdtemp(l->folder));
    (void)snprintf(l->path, sizeof l->path, "%s/s", l->folder);
    (void)snprintf(l->url, sizeof l->url, "unix:%s", l->path);
    *state = l;
    return 0;
}

static int teardown(void **state)
{
    struct listening *l = *state;
    void *f = l->f;

    (void)server_fixture_teardown(&f);
    assert_int_equal(access(l->path, F_OK), -1); /* no file is left behind */
    assert_int_equal(rmdir(l->folder), 0);
    test_free(l);
    return 0;
}

static void check_served(struct listening *l, const char *url)
{
    struct hd_address address;
    struct peer peer = {.stream = (uint32_t)-1};

    assert_int_equal(hd_address_parse(url, &address, &l->error), HD_OK);
    peer.fd = socket(address.any.sa_family, SOCK_STREAM, 0);
    assert_int_equal(connect(peer.fd, &address.any, address.size), 0);
    (void)peer_must(l->f, &peer, "ServerService", "Ping", NULL);
    peer_close(&peer);
}

static void unix_and_tcp_are_served_at_once(void **state)
{
    struct listening *l = *state;
    struct hd_server *server = l->f->a.server;
    struct stat status;

    assert_int_equal(hd_server_listen(server, l->url, &l->error), HD_OK);
    assert_int_equal(hd_server_listen(server, "tcp://127.0.0.1:0", &l->error), HD_OK);
    assert_string_equal(hd_server_url(server, 0), l->url);
    assert_memory_equal(hd_server_url(server, 1), "tcp://127.0.0.1:", 16);
    assert_string_not_equal(hd_server_url(server, 1), "tcp://127.0.0.1:0");
    assert_null(hd_server_url(server, 2));
    assert_int_equal(stat(l->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    check_served(l, hd_server_url(server, 0));
    check_served(l, hd_server_url(server, 1));
}

static void a_socket_somebody_answers_on_is_left_alone(void **state)
{
    struct listening *l = *state;

    assert_int_equal(hd_server_listen(l->f->a.server, l->url, &l->error), HD_OK);
    assert_int_equal(hd_server_listen(l->f->a.server, l->url, &l->error), HD_ALREADY_EXISTS);
    assert_non_null(strstr(l->error.text, "somebody listens there already"));
    check_served(l, l->url);
}

static void a_stale_socket_is_replaced(void **state)
{
    struct listening *l = *state;
    struct hd_address address;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_int_equal(hd_address_parse(l->url, &address, &l->error), HD_OK);
    assert_int_equal(bind(fd, &address.any, address.size), 0);
    (void)close(fd); /* the file stays */
    assert_int_equal(hd_server_listen(l->f->a.server, l->url, &l->error), HD_OK);
    check_served(l, l->url);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    struct listening *l = *state;
    FILE *file = fopen(l->path, "w");

    assert_non_null(file);
    (void)fclose(file);
    assert_int_equal(hd_server_listen(l->f->a.server, l->url, &l->error), HD_ALREADY_EXISTS);
    assert_int_equal(unlink(l->path), 0);
}

static void what_cannot_be_listened_on_is_refused_with_a_sentence(void **state)
{
    static const struct {
        const char *url;
        enum hd_status status;
        const char *part;
    } cases[] = {
        {"tcp://0.0.0.0:4711", HD_INVALID_ARGUMENT, "loopback"},
        {"tcp://192.0.2.1:4711", HD_INVALID_ARGUMENT, "loopback"},
        {"tcp://[::]:4711", HD_INVALID_ARGUMENT, "loopback"},
        {"tcp://[2001:db8::1]:0", HD_INVALID_ARGUMENT, "loopback"},
        {"tcp://example.org:1", HD_INVALID_ARGUMENT, "must be an address"},
        {"tcp://127.0.0.1", HD_INVALID_ARGUMENT, "HOST:PORT"},
        {"tcp://127.0.0.1:65536", HD_INVALID_ARGUMENT, "HOST:PORT"},
        {"tcp://127.0.0.1:-1", HD_INVALID_ARGUMENT, "HOST:PORT"},
        {"tcp://127.0.0.1:1x", HD_INVALID_ARGUMENT, "HOST:PORT"},
        {"unix:", HD_INVALID_ARGUMENT, "path"},
        {"http://x", HD_INVALID_ARGUMENT, "unix:PATH or tcp://HOST:PORT"},
        {"unix:/nonexistent/s?heap=b", HD_NOT_FOUND, "there is no heap 'b'"},
        {"tcp://127.0.0.1:0?heap=", HD_NOT_FOUND, "there is no heap ''"},
        {"unix:/nonexistent/folder/s", HD_UNAVAILABLE, "No such file"},
    };
    struct listening *l = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(hd_server_listen(l->f->a.server, cases[i].url, &l->error),
                         cases[i].status);
        assert_non_null(strstr(l->error.text, cases[i].part));
        assert_non_null(strstr(l->error.text, cases[i].url));
    }
    assert_null(hd_server_url(l->f->a.server, 0));
}

static void sockets_handed_over_are_judged_too(void **state)
{
    struct listening *l = *state;
    struct sockaddr_in any = {.sin_family = AF_INET};
    struct sockaddr_in loopback = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int pipes[2];

    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    assert_int_equal(hd_server_listen_fd(l->f->a.server, fd, NULL, &l->error),
                     HD_INVALID_ARGUMENT);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(hd_server_listen_fd(l->f->a.server, pipes[0], NULL, &l->error),
                     HD_INVALID_ARGUMENT);
    (void)close(pipes[1]);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&loopback, sizeof loopback), 0);
    assert_int_equal(hd_server_listen_fd(l->f->a.server, fd, "b", &l->error), HD_NOT_FOUND);
    assert_non_null(strstr(l->error.text, "tcp://127.0.0.1:"));
    assert_non_null(strstr(l->error.text, "there is no heap 'b'"));
    assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed all the same */
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&loopback, sizeof loopback), 0);
    assert_int_equal(hd_server_listen_fd(l->f->a.server, fd, NULL, &l->error), HD_OK);
    check_served(l, hd_server_url(l->f->a.server, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(unix_and_tcp_are_served_at_once),
        TEST(a_socket_somebody_answers_on_is_left_alone),
        TEST(a_stale_socket_is_replaced),
        TEST(a_file_that_is_no_socket_is_left_alone),
        TEST(what_cannot_be_listened_on_is_refused_with_a_sentence),
        TEST(sockets_handed_over_are_judged_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
