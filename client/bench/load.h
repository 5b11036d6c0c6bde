/* SPDX-License-Identifier: MIT */
/* load.h: one workload, from connecting to giving everything back, by one thread. */
#ifndef HEAPD_BENCH_LOAD_H
#define HEAPD_BENCH_LOAD_H

#include "histogram.h"
#include "options.h"

/* What was counted: the requests sent after the warm-up. */
struct bench_result {
    const struct bench_workload *workload;
    uint64_t requests;
    uint64_t operations;
    double seconds;     /* of wall time, from the first to the last answer counted */
    double cpu_seconds; /* of this program's processor time meanwhile */
    struct bench_histogram latency; /* ns */
};

/* false: a sentence in message; there is no result. */
bool bench_load(const struct bench_options *options, const struct bench_workload *workload,
                struct bench_result *ret_result, char *message, size_t room);

uint64_t bench_now_ns(void);
double bench_cpu_seconds(void);

#endif
