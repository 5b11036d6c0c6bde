/* SPDX-License-Identifier: MIT */
/* verbs_object.c: names, and objects one by one. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "heapctl.h"

#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define VALUE_BYTES   200 /* of a str or bytes worth asking for */
#define LIST_ITEMS    20  /* of a container that show lists */
#define IMMORTAL      UINT32_MAX
#define SUMMARY_BYTES 120

static const struct output_column object_columns[] = {
    {"name", OUTPUT_TEXT},       {"scope", OUTPUT_TEXT},   {"id", OUTPUT_ID},
    {"kind", OUTPUT_TEXT},       {"refs", OUTPUT_TEXT},    {"tracked", OUTPUT_BOOL},
    {"generation", OUTPUT_TEXT}, {"bytes", OUTPUT_NUMBER}, {"value", OUTPUT_TEXT},
};

static void cell_refcount(struct output_table *table, uint32_t refcount)
{
    if (refcount == IMMORTAL) {
        output_cell(table, "immortal");
    } else {
        output_cell_number(table, refcount);
    }
}

static void cell_generation(struct output_table *table, const struct heapd_info *info)
{
    if (!info->tracked) {
        output_cell(table, "");
    } else if (info->generation == 3) {
        output_cell(table, "frozen");
    } else {
        output_cell_number(table, info->generation);
    }
}

static void put_row(struct output_table *table, const char *name, const char *scope,
                    const struct heapd_info *info)
{
    char value[SUMMARY_BYTES];

    heapctl_summary(info, value, sizeof(value));
    output_cell(table, name);
    output_cell(table, scope);
    output_cell_number(table, info->id);
    output_cell(table, info->kind == HEAPD_KIND_INSTANCE ? info->class_name
                                                         : heapd_kind_name((int)info->kind));
    cell_refcount(table, info->refcount);
    output_cell_bool(table, info->tracked);
    cell_generation(table, info);
    output_cell_number(table, info->size_bytes);
    output_cell(table, value);
}

/* Adds a row for each of the named; one that died meanwhile is left out. */
static int put_objects(struct heapctl *ctl, struct output_table *table, const char *scope,
                       const struct heapd_named *named, size_t count, struct heapd_error *error)
{
    static const struct heapd_get_options options = {.limit = 1, .value_limit = VALUE_BYTES};
    int code = HEAPD_OK;

    for (size_t i = 0; i < count && code == HEAPD_OK; i++) {
        struct heapd_info *info;

        code = heapd_get(ctl->client, heapd_id(named[i].id), &options, &info, error);
        if (code == HEAPD_OK) {
            put_row(table, named[i].name, scope, info);
            heapd_free(info);
        } else if (code == HEAPD_NOT_FOUND) {
            code = HEAPD_OK;
        }
    }
    return code;
}

static int put_scope(struct heapctl *ctl, struct output_table *table, enum heapd_scope scope,
                     const char *word, struct heapd_error *error)
{
    struct heapd_named *names;
    size_t count;
    int code = heapd_names(ctl->client, scope, &names, &count, error);

    if (code == HEAPD_OK) {
        code = put_objects(ctl, table, word, names, count, error);
        heapd_free(names);
    }
    return code;
}

/* The objects that were named on the command line, by id or name. */
static int put_operands(struct heapctl *ctl, struct output_table *table, int count,
                        char **words, struct heapd_error *error)
{
    static const struct heapd_get_options options = {.limit = 1, .value_limit = VALUE_BYTES};
    int code = HEAPD_OK;

    for (int i = 0; i < count && code == HEAPD_OK; i++) {
        struct heapd_info *info;
        struct heapd_ref ref;

        (void)heapctl_operand(words[i], &ref);
        code = heapd_get(ctl->client, ref, &options, &info, error);
        if (code == HEAPD_OK) {
            put_row(table, ref.by == HEAPD_BY_NAME ? words[i] : "", "", info);
            heapd_free(info);
        }
    }
    return code;
}

static int check_operands(const char *verb, int count, char **words)
{
    struct heapd_ref ref;

    for (int i = 0; i < count; i++) {
        if (!heapctl_operand(words[i], &ref)) {
            return heapctl_usage_error(verb, "neither id nor name: %s", words[i]);
        }
    }
    return EXIT_OK;
}

int verb_ls(struct heapctl *ctl, int argc, char **argv)
{
    bool all = argc > 1 && strcmp(argv[1], "-a") == 0;
    int first = all ? 2 : 1;
    struct output_table *table;
    struct heapd_error error = {0};
    struct output out;
    int code = HEAPD_OK;
    int status = check_operands(argv[0], argc - first, argv + first);

    status = status == EXIT_OK ? heapctl_connect(ctl, argv[0]) : status;
    if (status != EXIT_OK) {
        return status;
    }
    table = output_table_new(object_columns, COUNT(object_columns));
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

/* Of a verb with one operand; connects. */
static int only_operand(struct heapctl *ctl, int argc, char **argv, struct heapd_ref *ret_ref)
{
    int status = argc == 2 ? check_operands(argv[0], 1, argv + 1)
                           : heapctl_usage_error(argv[0], "expected one ID or NAME");

    if (status != EXIT_OK) {
        return status;
    }
    (void)heapctl_operand(argv[1], ret_ref);
    return heapctl_connect(ctl, argv[0]);
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
    char value[4 * VALUE_BYTES];

    heapctl_summary(info, value, sizeof(value));
    output_cell_number(table, info->id);
    output_cell(table, heapd_kind_name((int)info->kind));
    output_cell(table, info->class_name != NULL ? info->class_name : "");
    output_cell(table, value);
    cell_refcount(table, info->refcount);
    output_cell_number(table, info->length);
    output_cell_number(table, info->size_bytes);
    cell_place(table, info);
    output_cell_bool(table, info->tracked);
    cell_generation(table, info);
    output_cell_bool(table, info->interned);
    output_cell_bool(table, info->finalized);
    output_record_end(out, "object", table);
}

/* Rows for ids. */
static int put_ids(struct heapctl *ctl, struct output *out, const char *name,
                   const uint64_t *ids, size_t count, struct heapd_error *error)
{
    struct output_table *table = output_table_new(object_columns, COUNT(object_columns));
    struct heapd_named *named = calloc(count + 1, sizeof(*named));
    int code = HEAPD_OK;

    for (size_t i = 0; named != NULL && i < count; i++) {
        named[i].id = ids[i];
        named[i].name = "";
    }
    if (named != NULL) {
        code = put_objects(ctl, table, "", named, count, error);
    }
    free(named);
    output_table_end(out, name, table);
    return code;
}

int verb_show(struct heapctl *ctl, int argc, char **argv)
{
    static const struct heapd_get_options options = {.limit = LIST_ITEMS,
                                                     .value_limit = VALUE_BYTES};
    struct heapd_error error;
    struct heapd_info *info;
    struct heapd_ref ref;
    struct output out;
    int code;
    int status = only_operand(ctl, argc, argv, &ref);

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

        code =
            put_ids(ctl, &out, pairs ? "keys" : "items", info->items, info->item_count, &error);
        if (code == HEAPD_OK && pairs) {
            code = put_ids(ctl, &out, "values", info->values, info->item_count, &error);
        }
    }
    output_end(&out);
    heapd_free(info);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}

typedef int (*refs_call)(struct heapd_client *client, struct heapd_ref object,
                         uint64_t **ret_ids, size_t *ret_count, struct heapd_error *error);

static int put_refs(struct heapctl *ctl, struct output *out, const char *name,
                    struct heapd_ref ref, refs_call get, struct heapd_error *error)
{
    uint64_t *ids;
    size_t count;
    int code = get(ctl->client, ref, &ids, &count, error);

    if (code == HEAPD_OK) {
        if (ctl->format == OUTPUT_TABLE) {
            (void)printf("%s%s: %zu\n", out->parts > 0 ? "\n" : "", name, count);
        }
        code = put_ids(ctl, out, name, ids, count, error);
        heapd_free(ids);
    }
    return code;
}

int verb_refs(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    struct heapd_ref ref;
    struct output out;
    int code;
    int status = only_operand(ctl, argc, argv, &ref);

    if (status != EXIT_OK) {
        return status;
    }
    output_begin(&out, ctl->format, stdout);
    code = put_refs(ctl, &out, "referents", ref, heapd_gc_get_referents, &error);
    if (code == HEAPD_OK) {
        code = put_refs(ctl, &out, "referrers", ref, heapd_gc_get_referrers, &error);
    }
    output_end(&out);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}
