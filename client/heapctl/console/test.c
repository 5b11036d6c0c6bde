/* SPDX-License-Identifier: MIT */
/* test.c: heapctl test: many transcripts, several at once, each in a process and
 * on a daemon of its own. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../spawn.h"
#include "console.h"
#include "trial.h"

#define JOBS_MAX 64

struct options {
    struct console_spawner *spawner;
    const char *url; /* NULL: a daemon for each file */
    int jobs;
    bool update;
    bool tap;
    const char *junit;
};

/* A file being tested by a child. */
struct job {
    const char *path;
    pid_t child;
    FILE *result; /* owned; what the child wrote */
    bool done;
    int status;
};

/* ------------------------------------------------------------ the child */

static void test_one(const struct options *options, const char *path,
                     struct hd_verdict *verdict)
{
    struct spawned *daemon = NULL;
    char message[512];
    int status;

    if (options->url != NULL) {
        hd_trial_run(path, options->url, options->update, verdict);
        return;
    }
    if (options->spawner->start(options->spawner, &daemon, message, sizeof(message)) != 0) {
        hd_verdict_fail(verdict, path, message);
        return;
    }
    hd_trial_run(path, options->spawner->url(daemon), options->update, verdict);
    status = options->spawner->end(daemon);
    if (status != 0) {
        (void)snprintf(message, sizeof(message), "the daemon ended with status %d", status);
        hd_verdict_fail(verdict, path, message);
    }
}

static void run_child(const struct options *options, const struct job *job)
{
    struct hd_verdict verdict;

    hd_verdict_init(&verdict);
    test_one(options, job->path, &verdict);
    (void)fprintf(job->result, "%lu %lu\n%s", verdict.passed, verdict.failed,
                  hd_text_data(&verdict.report));
    (void)fflush(job->result);
    hd_verdict_fini(&verdict);
    _exit(0);
}

static bool start_job(const struct options *options, struct job *job)
{
    (void)fflush(NULL);
    job->result = tmpfile();
    job->child = job->result == NULL ? -1 : fork();
    if (job->child == 0) {
        run_child(options, job);
    }
    return job->child > 0;
}

/* ------------------------------------------------------------ the parent */

static void read_result(struct job *job, struct hd_verdict *verdict)
{
    char block[4096];
    size_t size;

    rewind(job->result);
    if (!WIFEXITED(job->status) || WEXITSTATUS(job->status) != 0 ||
        fscanf(job->result, "%lu %lu", &verdict->passed, &verdict->failed) != 2) {
        verdict->passed = verdict->failed = 0;
        hd_verdict_fail(verdict, job->path, "the test ended badly");
        return;
    }
    (void)fgetc(job->result);
    while ((size = fread(block, 1, sizeof(block), job->result)) > 0) {
        hd_text_add(&verdict->report, block, size);
    }
}

static void tell(struct hd_tally *tally, struct job *job)
{
    struct hd_verdict verdict;

    hd_verdict_init(&verdict);
    if (job->child > 0) {
        read_result(job, &verdict);
    } else {
        hd_verdict_fail(&verdict, job->path, "no process could be started for it");
    }
    hd_tally_add(tally, job->path, &verdict);
    hd_verdict_fini(&verdict);
    if (job->result != NULL) {
        (void)fclose(job->result);
    }
}

/* Waits for one of the children. */
static void reap(struct job *jobs, size_t count)
{
    int status;
    pid_t child;

    do {
        child = wait(&status);
    } while (child < 0 && errno == EINTR);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].child == child && !jobs[i].done) {
            jobs[i].done = true;
            jobs[i].status = status;
        }
    }
}

static void run_jobs(const struct options *options, struct job *jobs, size_t count,
                     struct hd_tally *tally)
{
    size_t started = 0;
    size_t told = 0;
    int running = 0;

    while (told < count) {
        while (started < count && running < options->jobs) {
            running += start_job(options, &jobs[started]);
            jobs[started].done = jobs[started].child <= 0;
            started++;
        }
        if (running > 0 && !jobs[told].done) {
            reap(jobs, started);
            running--;
        }
        while (told < started && jobs[told].done) {
            tell(tally, &jobs[told++]);
        }
    }
}

static int cannot_write(const char *path)
{
    (void)fprintf(stderr, "heapctl: test: %s: %s\n", path, strerror(errno));
    return 1;
}

static int test_files(const struct options *options, char **paths, size_t count)
{
    struct hd_tally tally = {.tap = options->tap ? stdout : NULL};
    struct job *jobs;

    if (options->junit != NULL) {
        tally.junit = fopen(options->junit, "w");
        if (tally.junit == NULL) {
            return cannot_write(options->junit);
        }
    }
    jobs = hd_must_alloc(count * sizeof(jobs[0]));
    memset(jobs, 0, count * sizeof(jobs[0]));
    for (size_t i = 0; i < count; i++) {
        jobs[i].path = paths[i];
    }
    hd_tally_begin(&tally, count);
    run_jobs(options, jobs, count, &tally);
    hd_tally_end(&tally);
    free(jobs);
    if (tally.junit != NULL && (ferror(tally.junit) != 0) + (fclose(tally.junit) != 0) > 0) {
        return cannot_write(options->junit);
    }
    return tally.failed > 0;
}

/* ------------------------------------------------------------ the verb */

static int usage(void)
{
    (void)fputs("usage: heapctl test [-j N] [--update] [--tap] [--junit FILE] FILE...\n",
                stderr);
    return 2;
}

static int parse_jobs(const char *text, int *ret_jobs)
{
    char *end;
    long jobs = strtol(text, &end, 10);

    if (end == text || *end != '\0' || jobs < 1 || jobs > JOBS_MAX) {
        (void)fprintf(stderr, "heapctl: test: -j takes 1 to %d, not %s\n", JOBS_MAX, text);
        return 2;
    }
    *ret_jobs = (int)jobs;
    return 0;
}

int console_test(struct console_spawner *spawner, const char *default_url, int argc,
                 char **argv)
{
    static const struct option longs[] = {
        {"jobs", required_argument, NULL, 'j'},
        {"update", no_argument, NULL, 'u'},
        {"tap", no_argument, NULL, 't'},
        {"junit", required_argument, NULL, 'x'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.spawner = spawner, .url = default_url, .jobs = 1};
    int letter;

    optind = 0; /* from the start: main() has parsed its own */
    while ((letter = getopt_long(argc, argv, "j:", longs, NULL)) != -1) {
        if (letter == 'j') {
            if (parse_jobs(optarg, &options.jobs) != 0) {
                return 2;
            }
        } else if (letter == 'u') {
            options.update = true;
        } else if (letter == 't') {
            options.tap = true;
        } else if (letter == 'x') {
            options.junit = optarg;
        } else {
            return usage();
        }
    }
    if (optind == argc) {
        return usage();
    }
    return test_files(&options, argv + optind, (size_t)(argc - optind));
}
