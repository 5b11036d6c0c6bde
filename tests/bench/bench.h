/* SPDX-License-Identifier: MIT */
/* bench.h: what every bench program has: a way to end with a sentence, clocks, and what
 * the process has resident. */
#ifndef HD_BENCH_BENCH_H
#define HD_BENCH_BENCH_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static inline void must(bool truth, const char *what)
{
    if (!truth) {
        (void)fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
        exit(1);
    }
}

static inline double clock_ns(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Processor time: of the process, and of the calling thread; and time by the wall. */
static inline double cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static inline double thread_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static inline double wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static inline double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long pages = 0;

    must(file != NULL && fscanf(file, "%*s %ld", &pages) == 1, "no /proc/self/statm");
    (void)fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

#endif
