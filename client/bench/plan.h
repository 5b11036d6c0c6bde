/* SPDX-License-Identifier: MIT */
/* plan.h: a workload's requests, encoded once for all clients; what each client needs before,
 * and leaves behind. */
#ifndef HEAPD_BENCH_PLAN_H
#define HEAPD_BENCH_PLAN_H

#include "client.h"

struct bench_plan {
    const struct bench_options *options;
    const struct bench_protocol *protocol;
    const struct bench_workload *workload;
    struct bench_request round[BENCH_ROUND_MAX];
    size_t round_count;
    struct bench_request make_object;
    struct bench_request make_list;
    struct bench_request make_count;
    struct bench_request drop_object;
    struct bench_request drop_list;
    struct bench_request drop_count;
    struct bench_request create_many; /* of bulk */
    struct bench_request release_many;
};

/* false: no memory.  To be finished all the same. */
bool bench_plan_init(struct bench_plan *plan, const struct bench_options *options,
                     const struct bench_workload *workload);
void bench_plan_fini(struct bench_plan *plan);

/* A connected client, with its objects, ready for the round.  false: its message. */
bool bench_plan_begin(const struct bench_plan *plan, struct bench_client *client,
                      uint32_t number);
/* With nothing in flight: everything is given back. */
bool bench_plan_end(const struct bench_plan *plan, struct bench_client *client);

#endif
