/* SPDX-License-Identifier: MIT */
/* verbs_object.c: names, and objects one by one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "objects.h"

#define LIST_ITEMS 20 /* of a container that show lists */

static int put_scope(struct heapctl *ctl, struct output_table *table, enum heapd_scope scope,
                     const char *word, struct heapd_error *error)
{
    struct heapd_named *names;
    size_t count;
    int code = heapd_names(ctl->client, scope, &names, &count, error);

    if (code == HEAPD_OK) {
        code = objects_put(ctl, table, word, names, count, error);
        heapd_free(names);
    }
    return code;
}

/* The objects that were named on the command line, by id or name. */
static int put_operands(struct heapctl *ctl, struct output_table *table, int count,
                        char **words, struct heapd_error *error)
{
    static const struct heapd_get_options options = {.limit = 1,
                                                     .value_limit = OBJECTS_VALUE_BYTES};
    int code = HEAPD_OK;

    for (int i = 0; i < count && code == HEAPD_OK; i++) {
        struct heapd_info *info;
        struct heapd_ref ref;

        (void)heapctl_operand(words[i], &ref);
        code = heapd_get(ctl->client, ref, &options, &info, error);
        if (code == HEAPD_OK) {
            objects_row(table, ref.by == HEAPD_BY_NAME ? words[i] : "", "", info);
            heapd_free(info);
        }
    }
    return code;
}

int verb_ls(struct heapctl *ctl, int argc, char **argv)
{
    bool all = argc > 1 && strcmp(argv[1], "-a") == 0;
    int first = all ? 2 : 1;
    struct output_table *table;
    struct heapd_error error = {0};
    struct output out;
    int code = HEAPD_OK;
    int status = objects_check(argv[0], argc - first, argv + first);

    status = status == EXIT_OK ? heapctl_connect(ctl, argv[0]) : status;
    if (status != EXIT_OK) {
        return status;
    }
    table = objects_table();
    if (argc > first) {
        code = put_operands(ctl, table, argc - first, argv + first, &error);
    } else {
        code = put_scope(ctl, table, HEAPD_SCOPE_HEAP, "heap", &error);
        if (code == HEAPD_OK && all) {
            code = put_scope(ctl, table, HEAPD_SCOPE_MODULE, "module", &error);
        }
    }
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "objects", table);
    output_end(&out);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}

static void cell_place(struct output_table *table, const struct heapd_info *info)
{
    char text[96];

    if (!info->has_block) {
        output_cell(table, "in its slot");
    } else if (!info->in_pool) {
        output_cell(table, "malloc");
    } else {
        (void)snprintf(text, sizeof(text),
                       "arena %" PRIu32 ", pool %" PRIu32 ", block %" PRIu32 " of %" PRIu32
                       " bytes",
                       info->arena, info->pool, info->block, info->block_size);
        output_cell(table, text);
    }
}

static void put_object(struct output *out, const struct heapd_info *info)
{
    static const struct output_column columns[] = {
        {"id", OUTPUT_ID},           {"kind", OUTPUT_TEXT},     {"class", OUTPUT_TEXT},
        {"value", OUTPUT_TEXT},      {"refcount", OUTPUT_TEXT}, {"length", OUTPUT_NUMBER},
        {"bytes", OUTPUT_NUMBER},    {"place", OUTPUT_TEXT},    {"tracked", OUTPUT_BOOL},
        {"generation", OUTPUT_TEXT}, {"interned", OUTPUT_BOOL}, {"finalized", OUTPUT_BOOL},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));
    char value[4 * OBJECTS_VALUE_BYTES];

    heapctl_summary(info, value, sizeof(value));
    output_cell_number(table, info->id);
    output_cell(table, heapd_kind_name((int)info->kind));
    output_cell(table, info->class_name != NULL ? info->class_name : "");
    output_cell(table, value);
    objects_cell_refcount(table, info->refcount);
    output_cell_number(table, info->length);
    output_cell_number(table, info->size_bytes);
    cell_place(table, info);
    output_cell_bool(table, info->tracked);
    objects_cell_generation(table, info);
    output_cell_bool(table, info->interned);
    output_cell_bool(table, info->finalized);
    output_record_end(out, "object", table);
}

int verb_show(struct heapctl *ctl, int argc, char **argv)
{
    static const struct heapd_get_options options = {.limit = LIST_ITEMS,
                                                     .value_limit = OBJECTS_VALUE_BYTES};
    struct heapd_error error;
    struct heapd_info *info;
    struct heapd_ref ref;
    struct output out;
    int code;
    int status = objects_operand(ctl, argc, argv, &ref);

    if (status != EXIT_OK) {
        return status;
    }
    code = heapd_get(ctl->client, ref, &options, &info, &error);
    if (code != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    output_begin(&out, ctl->format, stdout);
    put_object(&out, info);
    if (info->item_count > 0) {
        bool pairs = info->values != NULL;

        code = objects_put_ids(ctl, &out, pairs ? "keys" : "items", info->items,
                               info->item_count, &error);
        if (code == HEAPD_OK && pairs) {
            code = objects_put_ids(ctl, &out, "values", info->values, info->item_count, &error);
        }
    }
    output_end(&out);
    heapd_free(info);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}
