/* SPDX-License-Identifier: MIT */
/* report.h: results, for people and for programs. */
#ifndef HEAPD_BENCH_REPORT_H
#define HEAPD_BENCH_REPORT_H

#include <stdio.h>

#include "load.h"

/* The workloads' results stand between the two. */
void bench_report_begin(FILE *file, const struct bench_options *options);
void bench_report_result(FILE *file, const struct bench_options *options,
                         const struct bench_result *result, size_t which);
void bench_report_end(FILE *file, const struct bench_options *options);

#endif
