/* SPDX-License-Identifier: MIT */
/* workload.h: what is asked for, in heapd's words and in Redis's: one table.
 *
 * A workload is a round of steps, which each client goes through again and
 * again.  What a round takes it gives back. */
#ifndef HEAPD_BENCH_WORKLOAD_H
#define HEAPD_BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "template.h"

/* X(constant, Redis's command, its key, whether the payload follows, how its answer begins)
 * Redis has no word for packed columns of ids: "" */
#define BENCH_STEPS(X)                                                                         \
    X(CREATE, "SET", BENCH_FRESH, true, "+")                                                   \
    X(RELEASE_CREATED, "DEL", BENCH_RING, false, ":1")                                         \
    X(HOLD, "INCR", BENCH_COUNT, false, ":")                                                   \
    X(RELEASE, "DECR", BENCH_COUNT, false, ":")                                                \
    X(BIND, "SET", BENCH_NAME, true, "+")                                                      \
    X(DELETE, "DEL", BENCH_NAME, false, ":1")                                                  \
    X(APPEND, "LPUSH", BENCH_LIST, true, ":")                                                  \
    X(POP, "LPOP", BENCH_LIST, false, "$")                                                     \
    X(GET, "GET", BENCH_OBJECT, false, "$")                                                    \
    X(BULK_HOLD, "", BENCH_BULK, false, "")                                                    \
    X(BULK_RELEASE, "", BENCH_BULK, false, "")                                                 \
    X(BULK_REFCOUNTS, "", BENCH_BULK, false, "")                                               \
    /* before and after */                                                                     \
    X(MAKE_OBJECT, "SET", BENCH_OBJECT, true, "+")                                             \
    X(MAKE_LIST, "DEL", BENCH_LIST, false, ":")                                                \
    X(MAKE_COUNT, "DEL", BENCH_COUNT, false, ":")                                              \
    X(DROP_OBJECT, "DEL", BENCH_OBJECT, false, ":")                                            \
    X(DROP_LIST, "DEL", BENCH_LIST, false, ":")                                                \
    X(DROP_COUNT, "DEL", BENCH_COUNT, false, ":")

enum bench_step {
#define X(constant, command, key, payload, answer) BENCH_##constant,
    BENCH_STEPS(X)
#undef X
        BENCH_STEP_COUNT
};

struct bench_redis {
    const char *command;
    enum bench_source key;
    bool payload;
    const char *answer; /* its first bytes, at most two */
};

const struct bench_redis *bench_redis(enum bench_step step);

enum bench_kind { BENCH_STEPS_IN_TURN, BENCH_PACKED, BENCH_GRAPH };

#define BENCH_ROUND_MAX 10

struct bench_workload {
    const char *name;
    enum bench_kind kind; /* but the first: heapd only, and only when named */
    size_t count;
    enum bench_step round[BENCH_ROUND_MAX];
};

/* The table; ends with a name NULL. */
const struct bench_workload *bench_workloads(void);
/* NULL: there is none of that name. */
const struct bench_workload *bench_workload_find(const char *name);

#endif
