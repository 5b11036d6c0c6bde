/* SPDX-License-Identifier: MIT */
/* daemon_fixture.h: the daemon itself, in a process of its own, as the state of a test. */
#ifndef HEAPD_TESTS_DAEMON_FIXTURE_H
#define HEAPD_TESTS_DAEMON_FIXTURE_H

#include <heapd/client.h>
#include <sys/types.h>

struct daemon_fixture {
    char folder[32];
    char url[64];
    pid_t pid;
};

/* Runs the tests with the program that the command line names: usage: TEST HEAPD. */
#define DAEMON_FIXTURE_RUN(argc, argv, tests)                                                  \
    (daemon_fixture_find(argc, argv) ? cmocka_run_group_tests(tests, NULL, NULL) : 2)
bool daemon_fixture_find(int argc, char **argv);

int daemon_fixture_setup(void **state);
/* Verifies its heap and ends it, which must go well. */
int daemon_fixture_teardown(void **state);

struct heapd_client *daemon_fixture_open(const struct daemon_fixture *daemon);

#endif
