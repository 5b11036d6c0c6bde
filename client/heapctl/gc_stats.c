/* SPDX-License-Identifier: MIT */
/* gc_stats.c: heapctl gc stats: collections, pauses, work, and garbage that floats. */
#include "heapctl.h"

static void put_generations(struct output *out, const struct heapd_generation_stats stats[3])
{
    static const struct output_column columns[] = {
        {"generation", OUTPUT_NUMBER},    {"objects", OUTPUT_NUMBER},
        {"collections", OUTPUT_NUMBER},   {"collected", OUTPUT_NUMBER},
        {"uncollectable", OUTPUT_NUMBER}, {"candidates", OUTPUT_NUMBER},
        {"duration_us", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < 3; i++) {
        output_cell_number(table, i);
        output_cell_number(table, stats[i].objects);
        output_cell_number(table, stats[i].collections);
        output_cell_number(table, stats[i].collected);
        output_cell_number(table, stats[i].uncollectable);
        output_cell_number(table, stats[i].candidates);
        output_cell_number(table, stats[i].duration_ns / 1000);
    }
    output_table_end(out, "stats", table);
}

static void put_series(struct output *out, const struct heapd_gc_pauses *pauses)
{
    static const struct output_column columns[] = {
        {"pauses", OUTPUT_TEXT},     {"generation", OUTPUT_NUMBER}, {"count", OUTPUT_NUMBER},
        {"total_us", OUTPUT_NUMBER}, {"longest_ns", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < HEAPD_PAUSE_SERIES; i++) {
        const struct heapd_pause_stats *series = &pauses->series[i];

        output_cell(table, heapd_pause_kind_name(series->kind));
        output_cell_number(table, series->generation);
        output_cell_number(table, series->count);
        output_cell_number(table, series->total_ns / 1000);
        output_cell_number(table, series->longest_ns);
    }
    output_table_end(out, "pauses", table);
}

/* A row for each length that occurred, a column for each series. */
static void put_histogram(struct output *out, const struct heapd_gc_pauses *pauses)
{
    static const struct output_column columns[] = {
        {"from_ns", OUTPUT_NUMBER}, {"young_0", OUTPUT_NUMBER}, {"young_1", OUTPUT_NUMBER},
        {"slice_0", OUTPUT_NUMBER}, {"slice_1", OUTPUT_NUMBER}, {"slice_2", OUTPUT_NUMBER},
        {"cascade", OUTPUT_NUMBER}, {"relief", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (unsigned bucket = 0; bucket < HEAPD_PAUSE_BUCKETS; bucket++) {
        uint64_t all = 0;

        for (size_t i = 0; i < HEAPD_PAUSE_SERIES; i++) {
            all += pauses->series[i].histogram[bucket];
        }
        if (all > 0) {
            output_cell_number(table, bucket == 0 ? 0 : UINT64_C(512) << bucket);
            for (size_t i = 0; i < HEAPD_PAUSE_SERIES; i++) {
                output_cell_number(table, pauses->series[i].histogram[bucket]);
            }
        }
    }
    output_table_end(out, "histogram", table);
}

static void put_longest(struct output *out, const struct heapd_gc_pauses *pauses)
{
    static const struct output_column columns[] = {
        {"longest", OUTPUT_TEXT}, {"generation", OUTPUT_NUMBER},
        {"stage", OUTPUT_TEXT},   {"duration_ns", OUTPUT_NUMBER},
        {"units", OUTPUT_NUMBER}, {"objects", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell(table, heapd_pause_kind_name(pauses->longest.kind));
    output_cell_number(table, pauses->longest.generation);
    output_cell(table, heapd_collection_stage_name(pauses->longest.stage));
    output_cell_number(table, pauses->longest.duration_ns);
    output_cell_number(table, pauses->longest.units);
    output_cell_number(table, pauses->longest.objects);
    output_record_end(out, "longest", table);
}

static void put_work(struct output *out, const struct heapd_gc_pauses *pauses)
{
    static const struct output_column columns[] = {
        {"stage", OUTPUT_TEXT},         {"generation", OUTPUT_NUMBER},
        {"slice_units", OUTPUT_NUMBER}, {"cascade_units", OUTPUT_NUMBER},
        {"owed_units", OUTPUT_NUMBER},  {"operations", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell(table, heapd_collection_stage_name(pauses->work.stage));
    output_cell_number(table, pauses->work.generation);
    output_cell_number(table, pauses->work.slice_units);
    output_cell_number(table, pauses->work.cascade_units);
    output_cell_number(table, pauses->work.owed_units);
    output_cell_number(table, pauses->work.operations);
    output_record_end(out, "work", table);
}

static void put_floating(struct output *out, const struct heapd_gc_pauses *pauses)
{
    static const struct output_column columns[] = {
        {"dying_objects", OUTPUT_NUMBER}, {"pending_sets", OUTPUT_NUMBER},
        {"found_objects", OUTPUT_NUMBER}, {"found_bytes", OUTPUT_NUMBER},
        {"grown_objects", OUTPUT_NUMBER}, {"grown_bytes", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell_number(table, pauses->floating.dying_objects);
    output_cell_number(table, pauses->floating.pending_sets);
    output_cell_number(table, pauses->floating.found_objects);
    output_cell_number(table, pauses->floating.found_bytes);
    output_cell_number(table, pauses->floating.grown_objects);
    output_cell_number(table, pauses->floating.grown_bytes);
    output_record_end(out, "floating", table);
}

int heapctl_gc_stats(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_generation_stats stats[3];
    struct heapd_gc_pauses pauses;
    struct heapd_error error;
    struct output out;

    (void)argc;
    (void)argv;
    if (heapd_gc_get_stats(ctl->client, stats, &error) != HEAPD_OK ||
        heapd_gc_get_pauses(ctl->client, &pauses, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "gc stats", &error);
    }
    output_begin(&out, ctl->format, stdout);
    put_generations(&out, stats);
    put_series(&out, &pauses);
    put_histogram(&out, &pauses);
    put_longest(&out, &pauses);
    put_work(&out, &pauses);
    put_floating(&out, &pauses);
    output_end(&out);
    return EXIT_OK;
}
