/* SPDX-License-Identifier: MIT */
/* verbs_memory.c: pools and arenas, and giving back. */
#include <string.h>

#include "heapctl.h"

#define MAP_COLUMNS 64u

static void put_classes(const struct heapd_pool_stats *stats, struct output *out)
{
    static const struct output_column columns[] = {
        {"block_size", OUTPUT_NUMBER},  {"pools", OUTPUT_NUMBER},
        {"blocks_used", OUTPUT_NUMBER}, {"blocks_free", OUTPUT_NUMBER},
        {"used_bytes", OUTPUT_NUMBER},  {"asked_bytes", OUTPUT_NUMBER},
        {"waste_bytes", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < stats->class_count; i++) {
        const struct heapd_class_stats *one = &stats->classes[i];

        output_cell_number(table, one->block_size);
        output_cell_number(table, one->pools);
        output_cell_number(table, one->blocks_used);
        output_cell_number(table, one->blocks_free);
        output_cell_number(table, one->blocks_used * one->block_size);
        output_cell_number(table, one->asked_bytes);
        output_cell_number(table, one->pool_bytes - one->asked_bytes);
    }
    output_table_end(out, "classes", table);
}

static void put_memory(const struct heapd_pool_stats *stats, struct output *out)
{
    static const struct output_column columns[] = {
        {"allocator", OUTPUT_TEXT},         {"boundary", OUTPUT_NUMBER},
        {"arena_bytes", OUTPUT_NUMBER},     {"unit_bytes", OUTPUT_NUMBER},
        {"arenas_now", OUTPUT_NUMBER},      {"arenas_highest", OUTPUT_NUMBER},
        {"arenas_ever", OUTPUT_NUMBER},     {"arenas_returned", OUTPUT_NUMBER},
        {"committed_bytes", OUTPUT_NUMBER}, {"pool_used_bytes", OUTPUT_NUMBER},
        {"empty_bytes", OUTPUT_NUMBER},     {"returned_bytes", OUTPUT_NUMBER},
        {"large_count", OUTPUT_NUMBER},     {"large_bytes", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell(table, stats->allocator);
    output_cell_number(table, stats->boundary);
    output_cell_number(table, stats->arena_bytes);
    output_cell_number(table, stats->unit_bytes);
    output_cell_number(table, stats->arenas_now);
    output_cell_number(table, stats->arenas_highest);
    output_cell_number(table, stats->arenas_ever);
    output_cell_number(table, stats->arenas_returned);
    output_cell_number(table, stats->committed_bytes);
    output_cell_number(table, stats->pool_used_bytes);
    output_cell_number(table, stats->empty_bytes);
    output_cell_number(table, stats->returned_bytes);
    output_cell_number(table, stats->large_count);
    output_cell_number(table, stats->large_bytes);
    output_record_end(out, "memory", table);
}

static void put_compaction(const struct heapd_pool_stats *stats, struct output *out)
{
    static const struct output_column columns[] = {
        {"sparse_bytes", OUTPUT_NUMBER}, {"evacuating_pools", OUTPUT_NUMBER},
        {"chosen_pools", OUTPUT_NUMBER}, {"moved_blocks", OUTPUT_NUMBER},
        {"moved_bytes", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell_number(table, stats->sparse_bytes);
    output_cell_number(table, stats->evacuating_pools);
    output_cell_number(table, stats->chosen_pools);
    output_cell_number(table, stats->moved_blocks);
    output_cell_number(table, stats->moved_bytes);
    output_record_end(out, "compaction", table);
}

/* A letter for each arena in use: how full its blocks make it, in tenths; * is full. */
static void draw_map(const struct heapd_pool_stats *stats, FILE *file)
{
    (void)fprintf(file, "\narenas by occupancy, in tenths (* full, - not in use):");
    for (size_t i = 0; i < stats->arena_count; i++) {
        const struct heapd_arena_stats *one = &stats->arenas[i];
        uint64_t tenths = one->used_bytes * 10 / stats->arena_bytes;
        uint32_t from = i == 0 ? 0 : stats->arenas[i - 1].number + 1;

        for (uint32_t at = from; at <= one->number; at++) {
            if (at % MAP_COLUMNS == 0) {
                (void)fprintf(file, "\n%8u  ", at);
            }
            (void)fputc(at < one->number ? '-' : tenths > 9 ? '*' : '0' + (int)tenths, file);
        }
    }
    (void)fputc('\n', file);
}

static void put_arenas(const struct heapd_pool_stats *stats, struct output *out)
{
    static const struct output_column columns[] = {
        {"number", OUTPUT_NUMBER},
        {"committed_bytes", OUTPUT_NUMBER},
        {"pool_bytes", OUTPUT_NUMBER},
        {"used_bytes", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < stats->arena_count; i++) {
        output_cell_number(table, stats->arenas[i].number);
        output_cell_number(table, stats->arenas[i].committed_bytes);
        output_cell_number(table, stats->arenas[i].pool_bytes);
        output_cell_number(table, stats->arenas[i].used_bytes);
    }
    output_table_end(out, "arenas", table);
}

int verb_pools(struct heapctl *ctl, int argc, char **argv)
{
    bool map = argc == 2 && strcmp(argv[1], "--map") == 0;
    struct heapd_pool_stats *stats;
    struct heapd_error error;
    struct output out;
    int status;

    if (argc > 1 && !map) {
        return heapctl_usage_error(argv[0], "takes nothing but --map");
    }
    status = heapctl_connect(ctl, argv[0]);
    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_pool_stats(ctl->client, map, &stats, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    output_begin(&out, ctl->format, stdout);
    put_classes(stats, &out);
    put_memory(stats, &out);
    put_compaction(stats, &out);
    if (map && ctl->format == OUTPUT_TABLE) {
        draw_map(stats, out.file);
    } else if (map) {
        put_arenas(stats, &out);
    }
    output_end(&out);
    heapd_free(stats);
    return EXIT_OK;
}

int verb_trim(struct heapctl *ctl, int argc, char **argv)
{
    static const struct output_column columns[] = {{"returned_bytes", OUTPUT_NUMBER}};
    struct heapd_error error;
    struct output_table *table;
    struct output out;
    uint64_t bytes;
    int status;

    if (argc > 1) {
        return heapctl_usage_error(argv[0], "takes no arguments");
    }
    status = heapctl_connect(ctl, argv[0]);
    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_trim(ctl->client, &bytes, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    if (ctl->quiet) {
        return EXIT_OK;
    }
    output_begin(&out, ctl->format, stdout);
    table = output_table_new(columns, COUNT(columns));
    output_cell_number(table, bytes);
    output_record_end(&out, "trim", table);
    output_end(&out);
    return EXIT_OK;
}
