/* SPDX-License-Identifier: MIT */
#include "client/daemon_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/testlib.h"

static const char *program; /* argv[1], of this test program alone */

bool daemon_fixture_find(int argc, char **argv)
{
    program = argc == 2 ? argv[1] : NULL;
    if (program == NULL) {
        (void)fprintf(stderr, "usage: %s HEAPD\n", argv[0]);
    }
    return program != NULL;
}

int daemon_fixture_setup(void **state)
{
    struct daemon_fixture *daemon = calloc(1, sizeof(*daemon));
    char number[12];
    char ready[6];
    int pipes[2];

    assert_non_null(daemon);
    (void)snprintf(daemon->folder, sizeof(daemon->folder), "/tmp/heapd-client-XXXXXX");
    assert_non_null(mkdtemp(daemon->folder));
    (void)snprintf(daemon->url, sizeof(daemon->url), "unix:%s/s", daemon->folder);
    assert_int_equal(pipe(pipes), 0);
    (void)snprintf(number, sizeof(number), "%d", pipes[1]);
    daemon->pid = fork();
    assert_true(daemon->pid >= 0);
    if (daemon->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that failed may not end it */
        (void)execl(program, program, "--listen", daemon->url, "--ready-fd", number,
                    (char *)NULL);
        _exit(127);
    }
    (void)close(pipes[1]);
    assert_int_equal(read(pipes[0], ready, 6), 6);
    assert_memory_equal(ready, "READY\n", 6);
    (void)close(pipes[0]);
    *state = daemon;
    return 0;
}

struct heapd_client *daemon_fixture_open(const struct daemon_fixture *daemon)
{
    struct heapd_client *client;

    assert_int_equal(heapd_client_open(daemon->url, -1, &client, NULL), HEAPD_OK);
    return client;
}

static void verify(const struct daemon_fixture *daemon)
{
    struct heapd_client *client = daemon_fixture_open(daemon);
    struct heapd_verified *verified;

    assert_int_equal(heapd_verify(client, &verified, NULL), HEAPD_OK);
    assert_int_equal(verified->defect_count, 0);
    heapd_free(verified);
    heapd_client_close(client);
}

int daemon_fixture_teardown(void **state)
{
    struct daemon_fixture *daemon = *state;
    int status;

    verify(daemon);
    assert_int_equal(kill(daemon->pid, SIGTERM), 0);
    assert_int_equal(waitpid(daemon->pid, &status, 0), daemon->pid);
    assert_int_equal(status, 0);
    (void)rmdir(daemon->folder);
    free(daemon);
    return 0;
}
