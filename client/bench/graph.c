/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "heapd/v1/object.pb-c.h"
#include "ttrpc.h"
#include "ttrpc_messages.h"

/* In the templates BENCH_LIST is the last node of the chain, BENCH_BULK what is drawn. */
struct graph {
    const struct bench_options *options;
    struct bench_client client;
    struct bench_request first; /* of a chain */
    struct bench_request later;
    uint32_t batch;
    uint64_t batches;
    uint64_t chains;
    uint64_t sent;
    uint64_t known;    /* batches answered, all before this number */
    uint32_t base;     /* number of the connection's request that was batch 0 */
    uint64_t *ids;     /* of all nodes by number; owned */
    uint64_t *drawn;   /* of the batch being sent; owned */
    uint8_t *answered; /* by batch; owned */
    uint64_t random;
};

static uint64_t below(struct graph *graph, uint64_t bound)
{
    uint64_t x = graph->random;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    graph->random = x;
    return (uint64_t)(((unsigned __int128)x * bound) >> 64);
}

/* Create of one node; before < 0: the chain's last node, or nothing where it begins. */
static bool pack_node(bool begins, int before, bool hold, uint8_t **ret_bytes, size_t *ret_size)
{
    Heapd__V1__CreateRequest create = HEAPD__V1__CREATE_REQUEST__INIT;
    Heapd__V1__NewObject object = HEAPD__V1__NEW_OBJECT__INIT;
    Heapd__V1__Operands items = HEAPD__V1__OPERANDS__INIT;
    Heapd__V1__ObjectRef first = HEAPD__V1__OBJECT_REF__INIT;
    Heapd__V1__ObjectRef second = HEAPD__V1__OBJECT_REF__INIT;
    Heapd__V1__ObjectRef *refs[] = {&first, &second};

    first.by_case =
        before < 0 ? HEAPD__V1__OBJECT_REF__BY_ID : HEAPD__V1__OBJECT_REF__BY_RESULT;
    if (before < 0) {
        first.id = bench_mark(BENCH_LIST);
    } else {
        first.result = (uint32_t)before;
    }
    second.by_case = begins ? HEAPD__V1__OBJECT_REF__BY_RESULT : HEAPD__V1__OBJECT_REF__BY_ID;
    if (begins) {
        second.result = (uint32_t)before / 2;
    } else {
        second.id = bench_mark(BENCH_BULK);
    }
    items.n_refs = begins && before < 0 ? 0 : 2;
    items.refs = refs;
    object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_LIST;
    object.list = &items;
    create.object = &object;
    create.place_case = HEAPD__V1__CREATE_REQUEST__PLACE_HOLD;
    create.hold = hold;
    *ret_size = heapd__v1__create_request__get_packed_size(&create);
    *ret_bytes = malloc(*ret_size + 1);
    return *ret_bytes != NULL && heapd__v1__create_request__pack(&create, *ret_bytes) > 0;
}

/* A batch of so many nodes, the last of which is held, and the one before it no longer. */
static bool build(const struct graph *graph, bool begins, struct bench_request *ret_request)
{
    uint32_t count = graph->batch;
    enum hdc_method_id *methods = calloc(count + 1, sizeof(*methods));
    uint8_t **payloads = calloc(count + 1, sizeof(*payloads));
    size_t *sizes = calloc(count + 1, sizeof(*sizes));
    uint8_t *bytes = NULL;
    size_t size = 0;
    uint32_t all = begins ? count : count + 1;
    bool good = methods != NULL && payloads != NULL && sizes != NULL;

    *ret_request = (struct bench_request){.operations = count, .replies = 1, .batch = true};
    for (uint32_t i = 0; good && i < count; i++) {
        methods[i] = HDC_CREATE;
        good = pack_node(begins, (int)i - 1, i + 1 == count, &payloads[i], &sizes[i]);
    }
    if (good && !begins) {
        good = bench_pack_step(BENCH_DROP_LIST, graph->options, -1, &methods[count],
                               &payloads[count], &sizes[count]);
    }
    good = good && bench_pack_batch(methods, payloads, sizes, all, &bytes, &size) &&
           bench_pack_frame(graph->options, HDC_EXECUTE, bytes, size, &bytes, &size) &&
           bench_template_init(&ret_request->template, bytes, size);
    for (uint32_t i = 0; payloads != NULL && i < count + 1; i++) {
        free(payloads[i]);
    }
    free(methods);
    free(payloads);
    free(sizes);
    return good;
}

static bool send_batch(struct graph *graph)
{
    struct bench_client *client = &graph->client;
    uint64_t number = graph->sent++;
    uint64_t earlier;

    if (number < graph->chains) {
        return bench_client_send(client, &graph->first);
    }
    earlier = (number - graph->chains + 1) * graph->batch;
    client->values.of[BENCH_LIST] = graph->ids[earlier - 1];
    client->values.bulk = (const uint8_t *)graph->drawn;
    for (uint32_t i = 0; i < graph->batch; i++) {
        graph->drawn[i] = htole64(graph->ids[below(graph, earlier)]);
    }
    return bench_client_send(client, &graph->later);
}

static bool take_answer(struct graph *graph)
{
    struct bench_client *client = &graph->client;
    struct bench_slot slot;
    uint64_t number;

    if (!bench_client_await(client, &slot)) {
        return false;
    }
    number = client->reply.number - graph->base;
    if (number >= graph->batches ||
        !bench_ttrpc_ids(&client->reply, graph->ids + number * graph->batch, graph->batch)) {
        (void)snprintf(client->message, sizeof(client->message),
                       "Execute gave no id for each node");
        return false;
    }
    graph->answered[number] = 1;
    while (graph->known < graph->batches && graph->answered[graph->known] != 0) {
        graph->known++;
    }
    return true;
}

static bool build_graph(struct graph *graph)
{
    graph->base = graph->client.sent;
    while (graph->known < graph->batches) {
        while (graph->sent < graph->batches && graph->sent < graph->known + graph->chains) {
            if (!send_batch(graph)) {
                return false;
            }
        }
        if (!take_answer(graph)) {
            return false;
        }
    }
    return true;
}

/* The last node of each chain is what keeps all the others. */
static bool give_back(struct graph *graph)
{
    struct bench_request drop;
    enum bench_step step = BENCH_DROP_OBJECT;
    bool good = bench_ttrpc()->build(graph->options, &step, 1, false, &drop);

    for (uint64_t i = graph->batches - graph->chains; good && i < graph->batches; i++) {
        graph->client.values.of[BENCH_OBJECT] = graph->ids[(i + 1) * graph->batch - 1];
        good = bench_client_call(&graph->client, &drop);
    }
    bench_request_fini(&drop);
    return good;
}

static bool prepare(struct graph *graph)
{
    struct bench_client *client = &graph->client;

    graph->ids = calloc(graph->batches * graph->batch, sizeof(*graph->ids));
    graph->drawn = calloc(graph->batch, sizeof(*graph->drawn));
    graph->answered = calloc(graph->batches, 1);
    if (!bench_client_open(client, bench_ttrpc(), graph->options, 0)) {
        return false;
    }
    return graph->ids != NULL && graph->drawn != NULL && graph->answered != NULL &&
           build(graph, true, &graph->first) && build(graph, false, &graph->later) &&
           bench_client_prepare(client, &graph->later, 1, (uint32_t)graph->chains);
}

static bool timed(struct graph *graph, struct bench_result *result)
{
    uint64_t start = bench_now_ns();
    double cpu = bench_cpu_seconds();

    if (!build_graph(graph)) {
        return false;
    }
    result->seconds = (double)(bench_now_ns() - start) / 1e9;
    result->cpu_seconds = bench_cpu_seconds() - cpu;
    result->requests = graph->batches;
    result->operations = graph->batches * graph->batch;
    return true;
}

bool bench_graph(const struct bench_options *options, const struct bench_workload *workload,
                 struct bench_result *ret_result, char *message, size_t room)
{
    struct graph graph = {.options = options, .random = 88172645463325252u};
    bool good;

    *ret_result = (struct bench_result){.workload = workload};
    graph.batch = options->batch > 0 ? options->batch : BENCH_GRAPH_BATCH;
    graph.batches = options->objects / graph.batch;
    graph.chains = options->pipeline < graph.batches ? options->pipeline : graph.batches;
    good = prepare(&graph) && timed(&graph, ret_result) && give_back(&graph);
    if (!good) {
        const char *why = graph.client.message;

        (void)snprintf(message, room, "%s: %s", workload->name,
                       why[0] != '\0' ? why : "no memory");
    }
    bench_client_close(&graph.client);
    bench_request_fini(&graph.first);
    bench_request_fini(&graph.later);
    free(graph.ids);
    free(graph.drawn);
    free(graph.answered);
    return good;
}
