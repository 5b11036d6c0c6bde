/* SPDX-License-Identifier: MIT */
/* Against a peer in another process that stops reading while it writes. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_peer.h"
#include "heapd/v1/object.pb-c.h"

#define ROUNDS 2000
#define FLIGHT 64

static void write_all(int fd, const void *data, size_t size)
{
    for (const char *at = data; size > 0;) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);

        if (n <= 0) {
            _exit(0); /* the client has what it wanted, and has closed */
        }
        at += n;
        size -= (size_t)n;
    }
}

static bool read_some(int fd, void *data, size_t size)
{
    for (char *at = data; size > 0;) {
        ssize_t n = read(fd, at, size);

        if (n <= 0) {
            return false;
        }
        at += n;
        size -= (size_t)n;
    }
    return true;
}

/* Answers every request with one as large, and reads nothing meanwhile. */
static void echo(int fd)
{
    static uint8_t data[1 << 20];
    uint8_t header[10];

    while (read_some(fd, header, sizeof(header))) {
        size_t size = (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];

        if (!read_some(fd, data, size)) {
            break;
        }
        header[8] = 2;
        header[1] = header[2] = header[3] = 0; /* an empty response ... */
        write_all(fd, header, sizeof(header));
        header[1] = (uint8_t)(size >> 16);
        header[2] = (uint8_t)(size >> 8);
        header[3] = (uint8_t)size;
        memset(header + 4, 0xee, 4); /* ... and as much for a stream nobody knows */
        write_all(fd, header, sizeof(header));
        write_all(fd, data, size);
    }
    _exit(0);
}

/* A client of an echo that has small buffers on both sides. */
static struct heapd_client *start_echo(pid_t *ret_pid)
{
    struct heapd_client *client;
    int small = 4096;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    for (size_t i = 0; i < 2; i++) {
        (void)setsockopt(pair[i], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
        (void)setsockopt(pair[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    }
    *ret_pid = fork();
    assert_true(*ret_pid >= 0);
    if (*ret_pid == 0) {
        (void)close(pair[0]);
        echo(pair[1]);
    }
    (void)close(pair[1]);
    assert_int_equal(heapd_client_from_fd(pair[0], &client, NULL), HEAPD_OK);
    return client;
}

static void end_echo(struct heapd_client *client, pid_t pid)
{
    int status;

    heapd_client_close(client);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void count_done(struct heapd_batch *batch, void *ctx)
{
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_OK);
    (*(int *)ctx)++;
    heapd_batch_free(batch);
}

/* 40 MB each way with pipes of a few kilobytes: whoever only writes is stuck. */
static void a_full_pipe_is_read_while_it_is_written(void **state)
{
    static char text[200000];
    struct heapd_client *client;
    int done = 0;
    pid_t pid;

    (void)state;
    client = start_echo(&pid);
    for (int i = 0; i < 200; i++) {
        struct heapd_batch *batch = heapd_batch_new();

        (void)heapd_batch_create(batch, heapd_new_bytes(text, sizeof(text)), heapd_keep_hold());
        assert_int_equal(heapd_batch_send(client, batch, count_done, &done, NULL), HEAPD_OK);
    }
    assert_int_equal(heapd_client_wait(client, NULL, NULL), HEAPD_OK);
    assert_int_equal(done, 200);
    end_echo(client, pid);
}

struct stream_of_calls {
    struct heapd_client *client;
    int left;
    int in_flight;
};

static void next_call(struct heapd_batch *batch, void *ctx)
{
    struct stream_of_calls *calls = ctx;
    const struct heapd_ref ref = heapd_id(7);

    calls->in_flight--;
    if (calls->left == 0) {
        heapd_batch_free(batch);
        return;
    }
    calls->left--;
    calls->in_flight++;
    heapd_batch_reset(batch);
    (void)heapd_batch_hold(batch, &ref, NULL, 1);
    assert_int_equal(heapd_batch_send(calls->client, batch, next_call, calls, NULL), HEAPD_OK);
}

static void many_are_in_flight_for_long(void **state)
{
    struct stream_of_calls calls = {.left = ROUNDS * FLIGHT};
    pid_t pid;

    (void)state;
    calls.client = start_echo(&pid);
    for (int i = 0; i < FLIGHT; i++) {
        calls.in_flight++;
        next_call(heapd_batch_new(), &calls);
        assert_true(calls.in_flight == i + 1);
    }
    assert_int_equal(heapd_client_wait(calls.client, NULL, NULL), HEAPD_OK);
    assert_int_equal(calls.in_flight, 0);
    end_echo(calls.client, pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_pipe_is_read_while_it_is_written),
        cmocka_unit_test(many_are_in_flight_for_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
