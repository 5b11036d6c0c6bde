/* SPDX-License-Identifier: MIT */
/* options.h: the command line of heapd-bench, judged before anything is done. */
#ifndef HEAPD_BENCH_OPTIONS_H
#define HEAPD_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workload.h"

enum bench_speaks { BENCH_TTRPC, BENCH_RESP };
enum bench_format { BENCH_TEXT, BENCH_JSON, BENCH_CSV };

#define BENCH_NAMED_MAX 16

struct bench_options {
    const char *url;  /* NULL: the default of the protocol */
    const char *heap; /* NULL: the socket's */
    enum bench_speaks protocol;
    enum bench_format format;
    uint32_t clients;  /* 1 to 65536 */
    uint32_t pipeline; /* requests in flight of each, 1 to 65536 */
    uint32_t payload;  /* bytes, 0 to 1 MiB */
    uint32_t batch;    /* operations, or ids, of a request; 0: single calls */
    uint64_t objects;  /* bulk: of all clients; graph: nodes */
    uint64_t requests; /* of each workload; 0: for so many seconds */
    double seconds;
    double warmup; /* seconds; nothing of it is counted */
    double rate;   /* requests in a second of all clients; 0: as fast as answers come */
    size_t named;
    const struct bench_workload *workloads[BENCH_NAMED_MAX];
};

enum bench_parsed { BENCH_GO, BENCH_HELP, BENCH_VERSION, BENCH_BAD };

/* Borrows from argv.  BENCH_BAD: a sentence in message says what is wrong. */
enum bench_parsed bench_options_parse(int argc, char **argv, struct bench_options *ret_options,
                                      char *message, size_t size);

void bench_usage(void);

#endif
