/* SPDX-License-Identifier: MIT */
/* main.c: heapd-bench, a load generator for heapd and, for comparison, Redis. */
#include <stdio.h>
#include <stdlib.h>

#include "graph.h"
#include "report.h"

enum { EXIT_BAD_USAGE = 2 };

static int run_all(const struct bench_options *options)
{
    struct bench_result *result = malloc(sizeof(*result));
    char message[700] = "no memory";
    bool good = result != NULL;

    bench_report_begin(stdout, options);
    for (size_t i = 0; good && i < options->named; i++) {
        const struct bench_workload *workload = options->workloads[i];

        good = (workload->kind == BENCH_GRAPH ? bench_graph : bench_load)(
            options, workload, result, message, sizeof(message));
        if (good) {
            bench_report_result(stdout, options, result, i);
        }
    }
    bench_report_end(stdout, options);
    free(result);
    if (!good) {
        (void)fprintf(stderr, "heapd-bench: %s\n", message);
        return EXIT_FAILURE;
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    char message[200];

    switch (bench_options_parse(argc, argv, &options, message, sizeof(message))) {
    case BENCH_HELP:
        bench_usage();
        return EXIT_SUCCESS;
    case BENCH_VERSION:
        (void)printf("heapd-bench %s\n", HEAPD_BENCH_VERSION);
        return EXIT_SUCCESS;
    case BENCH_BAD:
        (void)fprintf(stderr, "heapd-bench: %s\n", message);
        return EXIT_BAD_USAGE;
    case BENCH_GO:
        break;
    }
    return run_all(&options);
}
