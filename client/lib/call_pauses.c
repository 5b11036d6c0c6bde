/* SPDX-License-Identifier: MIT */
/* call_pauses.c: pauses of the heap, and work and garbage that are left. */
#include "connection.h"
#include "heapd/v1/collector.pb-c.h"

HEAPD_API const char *heapd_pause_kind_name(int kind)
{
    static const char *const names[] = {"none", "slice", "young", "cascade", "relief"};

    return kind >= 0 && kind <= HEAPD_PAUSE_RELIEF ? names[kind] : "unknown";
}

HEAPD_API const char *heapd_collection_stage_name(int stage)
{
    static const char *const names[] = {"none",      "uncollected", "roots", "mark",
                                        "callbacks", "finalizers",  "save",  "release",
                                        "promote",   "finish",      "commit"};

    return stage >= 0 && stage <= HEAPD_STAGE_COMMIT ? names[stage] : "unknown";
}

/* Of a later daemon there may be more series and buckets. */
static void read_series(const Heapd__V1__GetStatsResponse *from, struct heapd_gc_pauses *to)
{
    for (size_t i = 0; i < from->n_pauses && i < HEAPD_PAUSE_SERIES; i++) {
        const Heapd__V1__PauseStats *stats = from->pauses[i];
        struct heapd_pause_stats *series = &to->series[i];

        series->kind = (enum heapd_pause_kind)stats->kind;
        series->generation = stats->generation;
        series->count = stats->count;
        series->total_ns = stats->total_ns;
        series->longest_ns = stats->longest_ns;
        for (size_t j = 0; j < stats->n_histogram && j < HEAPD_PAUSE_BUCKETS; j++) {
            series->histogram[j] = stats->histogram[j];
        }
    }
}

static void read_longest(const Heapd__V1__Pause *from, struct heapd_gc_pauses *to)
{
    if (from != NULL) {
        to->longest.kind = (enum heapd_pause_kind)from->kind;
        to->longest.generation = from->generation;
        to->longest.stage = (enum heapd_collection_stage)from->stage;
        to->longest.duration_ns = from->duration_ns;
        to->longest.time_ns = from->time_ns;
        to->longest.units = from->units;
        to->longest.objects = from->objects;
    }
}

static void read_work(const Heapd__V1__CollectorWork *work,
                      const Heapd__V1__FloatingGarbage *floating, struct heapd_gc_pauses *to)
{
    if (work != NULL) {
        to->work.stage = (enum heapd_collection_stage)work->stage;
        to->work.generation = work->generation;
        to->work.slice_units = work->slice_units;
        to->work.cascade_units = work->cascade_units;
        to->work.owed_units = work->owed_units;
        to->work.operations = work->operations;
    }
    if (floating != NULL) {
        to->floating.dying_objects = floating->dying_objects;
        to->floating.pending_sets = floating->pending_sets;
        to->floating.found_objects = floating->found_objects;
        to->floating.found_bytes = floating->found_bytes;
        to->floating.grown_objects = floating->grown_objects;
        to->floating.grown_bytes = floating->grown_bytes;
    }
}

HEAPD_API int heapd_gc_get_pauses(struct heapd_client *client,
                                  struct heapd_gc_pauses *ret_pauses, struct heapd_error *error)
{
    Heapd__V1__GetStatsRequest request = HEAPD__V1__GET_STATS_REQUEST__INIT;
    const Heapd__V1__GetStatsResponse *stats;
    const void *answer;
    int code = hdc_call(client, HDC_GET_STATS, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_pauses != NULL) {
        stats = answer;
        *ret_pauses = (struct heapd_gc_pauses){0};
        read_series(stats, ret_pauses);
        read_longest(stats->longest, ret_pauses);
        read_work(stats->work, stats->floating, ret_pauses);
    }
    return code;
}
