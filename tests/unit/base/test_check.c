/* SPDX-License-Identifier: MIT */
/* test_check.c: a failed check says where and aborts; a report tells the truth and goes on. */
#include "lib/testlib.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

static int evaluated(int *count, int value)
{
    (*count)++;
    return value;
}

static void a_check_that_holds_does_nothing(void **state)
{
    int count = 0;

    (void)state;
    HD_CHECK(evaluated(&count, 1));
    assert_int_equal(count, 1);
}

static void higher_checks_are_evaluated_at_their_level_only(void **state)
{
    int local = 0, heap = 0;

    (void)state;
    HD_CHECK_LOCAL(evaluated(&local, 1));
    HD_CHECK_HEAP(evaluated(&heap, 1));
    assert_int_equal(local, HD_CHECK_LEVEL >= 2);
    assert_int_equal(heap, HD_CHECK_LEVEL >= 3);
}

/* Runs act in a child and returns what it wrote to stderr. */
static int run_in_child(void (*act)(void), char *text, size_t size)
{
    int ends[2];
    int status;
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    (void)close(ends[1]);
    n = read(ends[0], text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void check_two_plus_two(void)
{
    HD_CHECK(2 + 2 == 5);
}

static void a_failed_check_says_where_and_what_and_aborts(void **state)
{
    char text[256];
    int status = run_in_child(check_two_plus_two, text, sizeof text);

    (void)state;
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "test_check.c:"));
    assert_non_null(strstr(text, "2 + 2 == 5"));
}

static void report_two_plus_two(void)
{
    bool truth = HD_HOLDS(2 + 2 == 5);

    if (!truth && HD_HOLDS(2 + 2 == 4)) {
        _exit(7);
    }
}

static void a_report_returns_the_truth_and_goes_on(void **state)
{
    char text[256];
    int status = run_in_child(report_two_plus_two, text, sizeof text);

    (void)state;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_non_null(strstr(text, "2 + 2 == 5"));
    assert_null(strstr(text, "2 + 2 == 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_that_holds_does_nothing),
        cmocka_unit_test(higher_checks_are_evaluated_at_their_level_only),
        cmocka_unit_test(a_failed_check_says_where_and_what_and_aborts),
        cmocka_unit_test(a_report_returns_the_truth_and_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
