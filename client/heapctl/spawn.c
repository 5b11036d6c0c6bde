/* SPDX-License-Identifier: MIT */
/* spawn.c: a private daemon behind a keeper.
 *
 *   this process --fork--> keeper --fork--> heapd
 *
 * The keeper waits for the daemon and then removes its folder.  It is told to
 * end the daemon by SIGTERM: from `end`, or from the kernel when this process
 * dies, so that nothing is left behind whatever happens here.  It is in a
 * process group of its own: ^C is for the console.  The daemon is in another:
 * it may be a script, and what that leaves behind falls to the keeper. */
#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_SECONDS 10
#define MAX_ARGUMENTS 64
#define NO_DAEMON     3 /* exit status: cannot connect */

struct spawned {
    pid_t keeper;
    int log; /* what the daemon wrote, should somebody want to know; -1: it was not kept */
    char folder[64];
    char url[96];
    char program[PATH_MAX];
};

/* Where the daemon may be, seen from the folder of this program. */
static const char *const near_by[] = {"../src/heapd/heapd", "../../src/heapd/heapd", "heapd",
                                      "../sbin/heapd"};

/* What PATH is asked for if it is nowhere. */
static void find_program(char path[PATH_MAX])
{
    const char *given = getenv("HEAPD_BIN");
    char self[PATH_MAX / 2];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash;

    if (given != NULL && given[0] != '\0') {
        (void)snprintf(path, PATH_MAX, "%s", given);
        return;
    }
    self[length > 0 ? length : 0] = '\0';
    slash = strrchr(self, '/');
    for (size_t i = 0; slash != NULL && i < sizeof(near_by) / sizeof(near_by[0]); i++) {
        slash[1] = '\0';
        (void)snprintf(path, PATH_MAX, "%s%s", self, near_by[i]);
        if (access(path, X_OK) == 0) {
            return;
        }
    }
    (void)snprintf(path, PATH_MAX, "%s/heapd", HEAPCTL_SBINDIR);
    if (access(path, X_OK) != 0) {
        (void)snprintf(path, PATH_MAX, "heapd");
    }
}

/* In the daemon's process. */
static void run_daemon(const struct spawned *daemon, const char *const *arguments, int ready)
{
    const char *words[MAX_ARGUMENTS + 8] = {daemon->program, "--listen", daemon->url,
                                            "--ready-fd"};
    char number[16];
    size_t count = 4;
    sigset_t none;
    union {
        const char **in;
        char **out;
    } cast = {.in = words};

    (void)snprintf(number, sizeof(number), "%d", ready);
    words[count++] = number;
    for (size_t i = 0; arguments != NULL && arguments[i] != NULL && i < MAX_ARGUMENTS; i++) {
        words[count++] = arguments[i];
    }
    words[count] = NULL;
    if (daemon->log >= 0) {
        (void)dup2(daemon->log, STDERR_FILENO);
    }
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)execvp(daemon->program, cast.out);
    (void)fprintf(stderr, "heapctl: %s: %s\n", daemon->program, strerror(errno));
    _exit(127);
}

static const struct timespec grace = {.tv_sec = GRACE_SECONDS};

/* Until the daemon has ended.  Its status as waitpid gives it. */
static int keep(pid_t pid, const sigset_t *watched)
{
    bool ending = false;
    int status = 0;

    while (waitpid(pid, &status, WNOHANG) == 0) {
        int number = ending ? sigtimedwait(watched, NULL, &grace) : sigwaitinfo(watched, NULL);

        if (number == SIGTERM) {
            ending = true;
            (void)kill(pid, SIGTERM);
        } else if (number < 0 && errno == EAGAIN) {
            (void)kill(-pid, SIGKILL);
        }
    }
    return status;
}

/* Until nobody of the group of the daemon, which has ended, is left. */
static void end_rest(pid_t group, const sigset_t *watched)
{
    int number = SIGTERM;

    while (kill(-group, number) == 0) {
        number = sigtimedwait(watched, NULL, &grace) < 0 && errno == EAGAIN ? SIGKILL : 0;
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    }
}

static void remove_folder(const struct spawned *daemon)
{
    (void)unlink(daemon->url + sizeof("unix:") - 1);
    (void)rmdir(daemon->folder);
}

static void run_keeper(const struct spawned *daemon, const char *const *arguments, int ready,
                       pid_t parent)
{
    sigset_t watched;
    int status = 1 << 8;
    pid_t pid;

    (void)sigemptyset(&watched);
    (void)sigaddset(&watched, SIGTERM);
    (void)sigaddset(&watched, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &watched, NULL);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (getppid() != parent) {
        remove_folder(daemon);
        _exit(1); /* it has died before we were told */
    }
    pid = fork();
    if (pid == 0) {
        run_daemon(daemon, arguments, ready);
    }
    (void)close(ready);
    if (pid > 0) {
        (void)setpgid(pid, pid); /* whoever of the two is first */
        status = keep(pid, &watched);
        end_rest(pid, &watched);
    }
    remove_folder(daemon);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Until the daemon says READY, or nobody can say it any more. */
static bool wait_ready(int fd)
{
    char text[16];
    size_t got = 0;

    while (got < sizeof(text)) {
        ssize_t n = read(fd, text + got, sizeof(text) - got);

        if (n == 0 || (n < 0 && errno != EINTR)) {
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    return got >= 6 && memcmp(text, "READY\n", 6) == 0;
}

static void show_log(const struct spawned *daemon)
{
    char block[4096];
    off_t at = 0;
    ssize_t size;

    while (daemon->log >= 0 && (size = pread(daemon->log, block, sizeof(block), at)) > 0) {
        (void)fwrite(block, 1, (size_t)size, stderr);
        at += size;
    }
}

static int end(struct spawned *daemon)
{
    int status = 0;

    if (daemon == NULL) {
        return 0;
    }
    (void)kill(daemon->keeper, SIGTERM);
    while (waitpid(daemon->keeper, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        show_log(daemon);
    }
    if (daemon->log >= 0) {
        (void)close(daemon->log);
    }
    free(daemon);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Starts the keeper.  The reading end of the pipe, or -1 with errno. */
static int start_keeper(struct spawned *daemon, const char *const *arguments)
{
    pid_t parent = getpid();
    int ready[2];

    if (pipe(ready) != 0) {
        return -1;
    }
    (void)fflush(NULL);
    daemon->keeper = fork();
    if (daemon->keeper == 0) {
        (void)close(ready[0]);
        run_keeper(daemon, arguments, ready[1], parent);
    }
    (void)close(ready[1]);
    if (daemon->keeper < 0) {
        (void)close(ready[0]);
        return -1;
    }
    return ready[0];
}

/* A folder, a URL in it, a log: the daemon is yet to come.  NULL with a message. */
static struct spawned *prepare(bool verbose, char *message, size_t message_size)
{
    struct spawned *daemon = calloc(1, sizeof(*daemon));

    if (daemon == NULL) {
        (void)snprintf(message, message_size, "no memory");
        return NULL;
    }
    (void)snprintf(daemon->folder, sizeof(daemon->folder), "/tmp/heapctl-XXXXXX");
    if (mkdtemp(daemon->folder) == NULL) {
        (void)snprintf(message, message_size, "%s: %s", daemon->folder, strerror(errno));
        free(daemon);
        return NULL;
    }
    (void)snprintf(daemon->url, sizeof(daemon->url), "unix:%s/heapd.sock", daemon->folder);
    find_program(daemon->program);
    daemon->log = verbose ? -1 : memfd_create("heapd", MFD_CLOEXEC);
    return daemon;
}

static int start(const struct console_spawner *spawner, struct spawned **ret_daemon,
                 char *message, size_t message_size)
{
    struct spawned *daemon = prepare(spawner->verbose, message, message_size);
    bool answers;
    int ready;

    if (daemon == NULL) {
        return NO_DAEMON;
    }
    ready = start_keeper(daemon, spawner->arguments);
    if (ready < 0) {
        (void)snprintf(message, message_size, "%s: %s", daemon->program, strerror(errno));
        remove_folder(daemon);
        free(daemon);
        return NO_DAEMON;
    }
    answers = wait_ready(ready);
    (void)close(ready);
    if (!answers) {
        (void)snprintf(message, message_size, "%s did not get ready", daemon->program);
        (void)end(daemon); /* and shows what it wrote */
        return NO_DAEMON;
    }
    *ret_daemon = daemon;
    return 0;
}

static const char *url(const struct spawned *daemon)
{
    return daemon->url;
}

void spawner_init(struct console_spawner *spawner)
{
    *spawner = (struct console_spawner){.start = start, .url = url, .end = end};
}
