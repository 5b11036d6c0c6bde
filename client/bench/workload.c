/* SPDX-License-Identifier: MIT */
#include "workload.h"

#include <string.h>

static const struct bench_redis redis[BENCH_STEP_COUNT] = {
#define X(constant, command_, key_, payload_, answer_)                                         \
    [BENCH_##constant] = {command_, key_, payload_, answer_},
    BENCH_STEPS(X)
#undef X
};

static const struct bench_workload workloads[] = {
    {"create_release", BENCH_STEPS_IN_TURN, 2, {BENCH_CREATE, BENCH_RELEASE_CREATED}},
    {"hold_release", BENCH_STEPS_IN_TURN, 2, {BENCH_HOLD, BENCH_RELEASE}},
    {"bind_delete", BENCH_STEPS_IN_TURN, 2, {BENCH_BIND, BENCH_DELETE}},
    {"append_pop", BENCH_STEPS_IN_TURN, 2, {BENCH_APPEND, BENCH_POP}},
    {"get", BENCH_STEPS_IN_TURN, 1, {BENCH_GET}},
    {"mixed",
     BENCH_STEPS_IN_TURN,
     10,
     {BENCH_CREATE, BENCH_HOLD, BENCH_BIND, BENCH_APPEND, BENCH_GET, BENCH_RELEASE_CREATED,
      BENCH_RELEASE, BENCH_DELETE, BENCH_POP, BENCH_GET}},
    {"bulk", BENCH_PACKED, 3, {BENCH_BULK_HOLD, BENCH_BULK_RELEASE, BENCH_BULK_REFCOUNTS}},
    {"graph", BENCH_GRAPH, 1, {BENCH_CREATE}},
    {NULL, BENCH_STEPS_IN_TURN, 0, {0}},
};

const struct bench_redis *bench_redis(enum bench_step step)
{
    return &redis[step];
}

const struct bench_workload *bench_workloads(void)
{
    return workloads;
}

const struct bench_workload *bench_workload_find(const char *name)
{
    for (const struct bench_workload *w = workloads; w->name != NULL; w++) {
        if (strcmp(w->name, name) == 0) {
            return w;
        }
    }
    return NULL;
}
