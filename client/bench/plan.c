/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "ttrpc.h"

#define MANY 1000

static bool build_round(struct bench_plan *plan)
{
    const struct bench_workload *workload = plan->workload;
    size_t count = plan->options->batch;
    enum bench_step *steps;
    bool good;

    if (count == 0 || workload->kind == BENCH_PACKED) {
        for (size_t i = 0; i < workload->count; i++) {
            if (!plan->protocol->build(plan->options, &workload->round[i], 1, false,
                                       &plan->round[i])) {
                return false;
            }
            plan->round_count++;
        }
        return true;
    }
    steps = malloc(count * sizeof(*steps));
    for (size_t i = 0; steps != NULL && i < count; i++) {
        steps[i] = workload->round[i % workload->count];
    }
    good = steps != NULL &&
           plan->protocol->build(plan->options, steps, count, true, &plan->round[0]);
    free(steps);
    plan->round_count = 1;
    return good;
}

static bool build_one(struct bench_plan *plan, enum bench_step step,
                      struct bench_request *ret_request)
{
    return plan->protocol->build(plan->options, &step, 1, false, ret_request);
}

static bool build_many(struct bench_plan *plan)
{
    struct bench_options many = *plan->options;
    enum bench_step step = BENCH_BULK_RELEASE;
    enum bench_step creates[MANY];

    if (plan->workload->kind != BENCH_PACKED) {
        return true;
    }
    for (size_t i = 0; i < MANY; i++) {
        creates[i] = BENCH_CREATE;
    }
    many.batch = MANY;
    return plan->protocol->build(&many, creates, MANY, true, &plan->create_many) &&
           plan->protocol->build(&many, &step, 1, false, &plan->release_many);
}

bool bench_plan_init(struct bench_plan *plan, const struct bench_options *options,
                     const struct bench_workload *workload)
{
    *plan = (struct bench_plan){
        .options = options,
        .protocol = options->protocol == BENCH_TTRPC ? bench_ttrpc() : bench_resp(),
        .workload = workload,
    };
    return build_round(plan) && build_one(plan, BENCH_MAKE_OBJECT, &plan->make_object) &&
           build_one(plan, BENCH_MAKE_LIST, &plan->make_list) &&
           build_one(plan, BENCH_MAKE_COUNT, &plan->make_count) &&
           build_one(plan, BENCH_DROP_OBJECT, &plan->drop_object) &&
           build_one(plan, BENCH_DROP_LIST, &plan->drop_list) &&
           build_one(plan, BENCH_DROP_COUNT, &plan->drop_count) && build_many(plan);
}

void bench_plan_fini(struct bench_plan *plan)
{
    for (size_t i = 0; i < BENCH_ROUND_MAX; i++) {
        bench_request_fini(&plan->round[i]);
    }
    bench_request_fini(&plan->make_object);
    bench_request_fini(&plan->make_list);
    bench_request_fini(&plan->make_count);
    bench_request_fini(&plan->drop_object);
    bench_request_fini(&plan->drop_list);
    bench_request_fini(&plan->drop_count);
    bench_request_fini(&plan->create_many);
    bench_request_fini(&plan->release_many);
}

/* A call, whose answer says the id that stands for these sources from now on; Redis's keys
 * stay as they are. */
static bool make(struct bench_client *client, const struct bench_request *request,
                 enum bench_source source)
{
    if (!bench_client_call(client, request)) {
        return false;
    }
    if (request->creates) {
        client->values.of[source] = client->id;
    }
    return true;
}

static bool make_many(const struct bench_plan *plan, struct bench_client *client)
{
    uint64_t count = plan->options->objects / plan->options->clients;
    uint64_t *ids = malloc(count * sizeof(*ids));
    uint32_t drawn = plan->round[0].operations;
    uint64_t i = 0;

    client->bulk = ids;
    client->drawn = malloc(drawn * sizeof(*client->drawn));
    client->drawn_count = drawn;
    if (ids == NULL || client->drawn == NULL) {
        (void)snprintf(client->message, sizeof(client->message), "no memory");
        return false;
    }
    while (i < count) {
        bool many = count - i >= MANY;

        if (!bench_client_call(client, many ? &plan->create_many : &plan->make_object)) {
            return false;
        }
        ids[i] = client->id;
        if (many && !bench_ttrpc_ids(&client->reply, ids + i, MANY)) {
            (void)snprintf(client->message, sizeof(client->message),
                           "Execute gave no id for each object");
            return false;
        }
        i += many ? MANY : 1;
        client->bulk_count = i;
    }
    for (i = 0; i < count; i++) {
        ids[i] = htole64(ids[i]);
    }
    return true;
}

bool bench_plan_begin(const struct bench_plan *plan, struct bench_client *client,
                      uint32_t number)
{
    if (!bench_client_open(client, plan->protocol, plan->options, number)) {
        return false;
    }
    if (plan->workload->kind == BENCH_PACKED) {
        if (!make_many(plan, client)) {
            return false;
        }
    } else if (!make(client, &plan->make_object, BENCH_OBJECT) ||
               !make(client, &plan->make_list, BENCH_LIST) ||
               !make(client, &plan->make_count, BENCH_COUNT)) {
        return false;
    }
    if (plan->make_object.creates) { /* one object is held as well as read */
        client->values.of[BENCH_COUNT] = client->values.of[BENCH_OBJECT];
    }
    return bench_client_prepare(client, plan->round, plan->round_count,
                                plan->options->pipeline);
}

static bool drop_many(const struct bench_plan *plan, struct bench_client *client)
{
    uint64_t i = 0;

    while (i < client->bulk_count) {
        bool many = client->bulk_count - i >= MANY;

        client->values.bulk = (const uint8_t *)(client->bulk + i);
        client->values.of[BENCH_OBJECT] = le64toh(client->bulk[i]);
        if (!bench_client_call(client, many ? &plan->release_many : &plan->drop_object)) {
            return false;
        }
        i += many ? MANY : 1;
    }
    return true;
}

bool bench_plan_end(const struct bench_plan *plan, struct bench_client *client)
{
    if (!bench_client_finish(client)) {
        return false;
    }
    if (plan->workload->kind == BENCH_PACKED) {
        return drop_many(plan, client);
    }
    return bench_client_call(client, &plan->drop_list) &&
           bench_client_call(client, &plan->drop_count) &&
           bench_client_call(client, &plan->drop_object);
}
