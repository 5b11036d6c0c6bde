/* SPDX-License-Identifier: MIT */
/* stats.c: what the collector has done, generation by generation; pauses; work; what floats. */
#include "rpc/stats.h"

#include "heap/inspect.h"
#include "heapd/v1/collector.pb-c.h"

#define GENERATIONS 3

_Static_assert((int)HD_PAUSE_RELIEF == HEAPD__V1__PAUSE_KIND__PAUSE_KIND_RELIEF &&
                   (int)HD_STAGE_FINISH ==
                       HEAPD__V1__COLLECTION_STAGE__COLLECTION_STAGE_FINISH &&
                   HD_PAUSE_COMMIT == HEAPD__V1__COLLECTION_STAGE__COLLECTION_STAGE_COMMIT,
               "the heap's numbers are the wire's");

static enum hd_status put_generations(struct hd_call *call, Heapd__V1__GetStatsResponse *reply)
{
    Heapd__V1__GenerationStats *stats = hd_call_take_array(call, GENERATIONS, sizeof *stats);
    struct hd_collector_info info;

    reply->generations =
        hd_call_take_array(call, GENERATIONS, sizeof(Heapd__V1__GenerationStats *));
    if (call->op.error.status != HD_OK) {
        return call->op.error.status;
    }
    hd_inspect_collector(call->heap, &info);
    for (int i = 0; i < GENERATIONS; i++) {
        const struct hd_generation_stats *from = &info.generations[i];

        heapd__v1__generation_stats__init(&stats[i]);
        stats[i].collections = from->collections;
        stats[i].collected = from->collected;
        stats[i].uncollectable = from->uncollectable;
        stats[i].candidates = from->candidates;
        stats[i].duration_ns = from->duration_ns;
        stats[i].objects = from->objects;
        reply->generations[i] = &stats[i];
    }
    reply->n_generations = GENERATIONS;
    return HD_OK;
}

static enum hd_status put_series(struct hd_call *call, const struct hd_pauses *pauses,
                                 Heapd__V1__GetStatsResponse *reply)
{
    Heapd__V1__PauseStats *stats = hd_call_take_array(call, HD_PAUSE_SERIES, sizeof *stats);

    reply->pauses = hd_call_take_array(call, HD_PAUSE_SERIES, sizeof(Heapd__V1__PauseStats *));
    for (int i = 0; call->op.error.status == HD_OK && i < HD_PAUSE_SERIES; i++) {
        const struct hd_pause_series *from = &pauses->series[i];

        heapd__v1__pause_stats__init(&stats[i]);
        stats[i].kind = (Heapd__V1__PauseKind)from->kind;
        stats[i].generation = from->generation;
        stats[i].count = from->count;
        stats[i].total_ns = from->total_ns;
        stats[i].longest_ns = from->longest_ns;
        stats[i].histogram = hd_call_take_array(call, HD_PAUSE_BUCKETS, sizeof(uint64_t));
        for (int j = 0; stats[i].histogram != NULL && j < HD_PAUSE_BUCKETS; j++) {
            stats[i].histogram[j] = from->buckets[j];
            stats[i].n_histogram++;
        }
        reply->pauses[reply->n_pauses++] = &stats[i];
    }
    return call->op.error.status;
}

static enum hd_status put_longest(struct hd_call *call, const struct hd_pause *from,
                                  Heapd__V1__GetStatsResponse *reply)
{
    if (from->kind == 0) {
        return HD_OK;
    }
    reply->longest = hd_call_take_array(call, 1, sizeof *reply->longest);
    if (reply->longest != NULL) {
        heapd__v1__pause__init(reply->longest);
        reply->longest->kind = (Heapd__V1__PauseKind)from->kind;
        reply->longest->generation = from->generation;
        reply->longest->stage = (Heapd__V1__CollectionStage)from->stage;
        reply->longest->duration_ns = from->duration_ns;
        reply->longest->time_ns = from->time_ns;
        reply->longest->units = from->units;
        reply->longest->objects = from->objects;
    }
    return call->op.error.status;
}

static enum hd_status put_work(struct hd_call *call, Heapd__V1__GetStatsResponse *reply)
{
    struct hd_work_info info;

    reply->work = hd_call_take_array(call, 1, sizeof *reply->work);
    reply->floating = hd_call_take_array(call, 1, sizeof *reply->floating);
    if (call->op.error.status != HD_OK) {
        return call->op.error.status;
    }
    hd_inspect_work(call->heap, &info);
    heapd__v1__collector_work__init(reply->work);
    reply->work->stage = (Heapd__V1__CollectionStage)info.stage;
    reply->work->generation = info.generation;
    reply->work->slice_units = info.slice_units;
    reply->work->cascade_units = info.cascade_units;
    reply->work->owed_units = info.owed_units;
    reply->work->operations = info.operations;
    heapd__v1__floating_garbage__init(reply->floating);
    reply->floating->dying_objects = info.dying_objects;
    reply->floating->pending_sets = info.pending_sets;
    reply->floating->found_objects = info.found_objects;
    reply->floating->found_bytes = info.found_bytes;
    reply->floating->grown_objects = info.grown_objects;
    reply->floating->grown_bytes = info.grown_bytes;
    return HD_OK;
}

enum hd_status hd_stats_answer(struct hd_call *call, const void *request, void *response)
{
    const struct hd_pauses *pauses = hd_inspect_pauses(call->heap);
    Heapd__V1__GetStatsResponse *reply = response;

    (void)request;
    if (put_generations(call, reply) != HD_OK || put_series(call, pauses, reply) != HD_OK ||
        put_longest(call, &pauses->longest, reply) != HD_OK) {
        return call->op.error.status;
    }
    return put_work(call, reply);
}
