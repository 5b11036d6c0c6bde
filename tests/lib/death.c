/* SPDX-License-Identifier: MIT */
/* death.c: fork, act, wait. */
#include "lib/death.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"

static int status_of_child(void (*act)(void *ctx), void *ctx)
{
    pid_t child = fork();
    int status;

    HD_CHECK(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL); /* not the test runner's */
        (void)signal(SIGSEGV, SIG_DFL);
        (void)close(STDERR_FILENO);
        act(ctx);
        _exit(0);
    }
    HD_CHECK(waitpid(child, &status, 0) == child);
    return status;
}

bool aborts(void (*act)(void *ctx), void *ctx)
{
    int status = status_of_child(act, ctx);

    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

bool dies(void (*act)(void *ctx), void *ctx)
{
    int status = status_of_child(act, ctx);

    return WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0);
}
