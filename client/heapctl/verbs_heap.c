/* SPDX-License-Identifier: MIT */
/* verbs_heap.c: the daemon, and its heap as a whole. */
#include <inttypes.h>
#include <string.h>

#include "heapctl.h"

/* For verbs without arguments. */
static int connect_alone(struct heapctl *ctl, int argc, char **argv)
{
    return argc > 1 ? heapctl_usage_error(argv[0], "takes no arguments")
                    : heapctl_connect(ctl, argv[0]);
}

int verb_ping(struct heapctl *ctl, int argc, char **argv)
{
    static const struct output_column columns[] = {{"microseconds", OUTPUT_NUMBER}};
    struct heapd_error error;
    struct output_table *table;
    struct output out;
    uint64_t ns;
    int status = connect_alone(ctl, argc, argv);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_ping(ctl->client, &ns, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    if (ctl->quiet) {
        return EXIT_OK;
    }
    output_begin(&out, ctl->format, stdout);
    table = output_table_new(columns, COUNT(columns));
    output_cell_number(table, ns / 1000);
    output_record_end(&out, "ping", table);
    output_end(&out);
    return EXIT_OK;
}

int verb_heaps(struct heapctl *ctl, int argc, char **argv)
{
    static const struct output_column columns[] = {{"heap", OUTPUT_TEXT}};
    struct heapd_heaps *heaps;
    struct heapd_error error;
    struct output_table *table;
    struct output out;
    int status = connect_alone(ctl, argc, argv);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_list_heaps(ctl->client, &heaps, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < heaps->count; i++) {
        output_cell(table, heaps->names[i]);
    }
    heapd_free(heaps);
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "heaps", table);
    output_end(&out);
    return EXIT_OK;
}

static int put_server(struct heapctl *ctl, struct output *out, struct heapd_error *error)
{
    static const struct output_column columns[] = {
        {"version", OUTPUT_TEXT},
        {"features", OUTPUT_TEXT},
        {"pid", OUTPUT_NUMBER},
        {"uptime_seconds", OUTPUT_NUMBER},
        {"connections", OUTPUT_NUMBER},
        {"requests", OUTPUT_NUMBER},
        {"limit_frame", OUTPUT_NUMBER},
        {"limit_batch", OUTPUT_NUMBER},
        {"limit_frames", OUTPUT_NUMBER},
        {"limit_names", OUTPUT_NUMBER},
        {"limit_holds", OUTPUT_NUMBER},
        {"limit_connections", OUTPUT_NUMBER},
        {"limit_waiting_calls", OUTPUT_NUMBER},
    };
    struct heapd_server_info info;
    struct output_table *table;
    int code = heapd_server_info(ctl->client, &info, error);

    if (code != HEAPD_OK) {
        return code;
    }
    table = output_table_new(columns, COUNT(columns));
    output_cell(table, info.version);
    output_cell(table, info.features);
    output_cell_number(table, info.pid);
    output_cell_number(table, info.uptime_seconds);
    output_cell_number(table, info.connections);
    output_cell_number(table, info.requests);
    output_cell_number(table, info.limit_frame_bytes);
    output_cell_number(table, info.limit_batch_operations);
    output_cell_number(table, info.limit_frames);
    output_cell_number(table, info.limit_names);
    output_cell_number(table, info.limit_holds);
    output_cell_number(table, info.limit_connections);
    output_cell_number(table, info.limit_waiting_calls);
    output_record_end(out, "server", table);
    return HEAPD_OK;
}

static void put_heap(const struct heapd_heap_info *info, struct output *out)
{
    static const struct output_column columns[] = {
        {"name", OUTPUT_TEXT},
        {"objects", OUTPUT_NUMBER},
        {"generation_0", OUTPUT_NUMBER},
        {"generation_1", OUTPUT_NUMBER},
        {"generation_2", OUTPUT_NUMBER},
        {"frozen", OUTPUT_NUMBER},
        {"sessions", OUTPUT_NUMBER},
        {"names", OUTPUT_NUMBER},
        {"object_bytes", OUTPUT_NUMBER},
        {"book_bytes", OUTPUT_NUMBER},
        {"slot_bytes", OUTPUT_NUMBER},
        {"allocator", OUTPUT_TEXT},
        {"collector", OUTPUT_TEXT},
        {"collecting", OUTPUT_BOOL},
        {"used_bytes", OUTPUT_NUMBER},
        {"committed_bytes", OUTPUT_NUMBER},
        {"limit_bytes", OUTPUT_NUMBER},
        {"limit_objects", OUTPUT_NUMBER},
        {"relief_collections", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell(table, info->name);
    output_cell_number(table, info->objects);
    for (size_t i = 0; i < 4; i++) {
        output_cell_number(table, info->generations[i]);
    }
    output_cell_number(table, info->sessions);
    output_cell_number(table, info->names);
    output_cell_number(table, info->object_bytes);
    output_cell_number(table, info->book_bytes);
    output_cell_number(table, info->slot_bytes);
    output_cell(table, info->allocator);
    output_cell(table, info->collector_mode);
    output_cell_bool(table, info->collector_enabled);
    output_cell_number(table, info->used_bytes);
    output_cell_number(table, info->committed_bytes);
    output_cell_number(table, info->limit_bytes);
    output_cell_number(table, info->limit_objects);
    output_cell_number(table, info->relief_collections);
    output_record_end(out, "heap", table);
}

static void put_kinds(const struct heapd_heap_info *info, struct output *out)
{
    static const struct output_column columns[] = {{"kind", OUTPUT_TEXT},
                                                   {"objects", OUTPUT_NUMBER}};
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (int kind = 1; kind < HEAPD_KIND_COUNT; kind++) {
        if (info->by_kind[kind] > 0) {
            output_cell(table, heapd_kind_name(kind));
            output_cell_number(table, info->by_kind[kind]);
        }
    }
    output_table_end(out, "kinds", table);
}

int verb_info(struct heapctl *ctl, int argc, char **argv)
{
    const char *section = argc > 1 ? argv[1] : NULL;
    bool all = section == NULL;
    bool server = all || strcmp(section, "server") == 0;
    bool heap = all || strcmp(section, "heap") == 0;
    bool kinds = all || strcmp(section, "kinds") == 0;
    struct heapd_heap_info info;
    struct heapd_error error;
    struct output out;
    int code = HEAPD_OK;
    int status;

    if (argc > 2 || !(server || heap || kinds)) {
        return heapctl_usage_error(argv[0], "expected server, heap or kinds");
    }
    status = heapctl_connect(ctl, argv[0]);
    if (status != EXIT_OK) {
        return status;
    }
    if (heap || kinds) {
        code = heapd_heap_info(ctl->client, &info, &error);
    }
    if (code != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    output_begin(&out, ctl->format, stdout);
    if (server) {
        code = put_server(ctl, &out, &error);
    }
    if (heap) {
        put_heap(&info, &out);
    }
    if (kinds) {
        put_kinds(&info, &out);
    }
    output_end(&out);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}

static void put_verified(const struct heapctl *ctl, const struct heapd_verified *verified)
{
    static const struct output_column counts[] = {
        {"objects", OUTPUT_NUMBER}, {"references", OUTPUT_NUMBER}, {"defects", OUTPUT_NUMBER}};
    static const struct output_column columns[] = {{"defect", OUTPUT_TEXT}};
    struct output_table *table;
    struct output out;

    output_begin(&out, ctl->format, stdout);
    table = output_table_new(counts, COUNT(counts));
    output_cell_number(table, verified->objects);
    output_cell_number(table, verified->references);
    output_cell_number(table, verified->defect_count);
    output_record_end(&out, "verified", table);
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < verified->defect_count; i++) {
        output_cell(table, verified->defects[i]);
    }
    output_table_end(&out, "list", table);
    output_end(&out);
}

int verb_verify(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_verified *verified;
    struct heapd_error error;
    int status = connect_alone(ctl, argc, argv);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_verify(ctl->client, &verified, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    if (!ctl->quiet || verified->defect_count > 0) {
        put_verified(ctl, verified);
    }
    status = verified->defect_count > 0 ? EXIT_FAILED : EXIT_OK;
    heapd_free(verified);
    return status;
}
