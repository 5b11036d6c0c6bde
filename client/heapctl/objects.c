/* SPDX-License-Identifier: MIT */
/* objects.c: objects as rows of a table. */
#include "objects.h"

#include <stdlib.h>

#define IMMORTAL      UINT32_MAX
#define SUMMARY_BYTES 120
#define AT_ONCE       256 /* asked for in one request */

static const struct output_column object_columns[] = {
    {"name", OUTPUT_TEXT},       {"scope", OUTPUT_TEXT},   {"id", OUTPUT_ID},
    {"kind", OUTPUT_TEXT},       {"refs", OUTPUT_TEXT},    {"tracked", OUTPUT_BOOL},
    {"generation", OUTPUT_TEXT}, {"bytes", OUTPUT_NUMBER}, {"value", OUTPUT_TEXT},
};

void objects_cell_refcount(struct output_table *table, uint32_t refcount)
{
    if (refcount == IMMORTAL) {
        output_cell(table, "immortal");
    } else {
        output_cell_number(table, refcount);
    }
}

void objects_cell_generation(struct output_table *table, const struct heapd_info *info)
{
    if (!info->tracked) {
        output_cell(table, "");
    } else if (info->generation == 3) {
        output_cell(table, "frozen");
    } else {
        output_cell_number(table, info->generation);
    }
}

void objects_row(struct output_table *table, const char *name, const char *scope,
                 const struct heapd_info *info)
{
    char value[SUMMARY_BYTES];

    heapctl_summary(info, value, sizeof(value));
    output_cell(table, name);
    output_cell(table, scope);
    output_cell_number(table, info->id);
    output_cell(table, info->kind == HEAPD_KIND_INSTANCE ? info->class_name
                                                         : heapd_kind_name((int)info->kind));
    objects_cell_refcount(table, info->refcount);
    output_cell_bool(table, info->tracked);
    objects_cell_generation(table, info);
    output_cell_number(table, info->size_bytes);
    output_cell(table, value);
}

struct output_table *objects_table(void)
{
    return output_table_new(object_columns, COUNT(object_columns));
}

/* As many as one request may ask for; *ret_done of them are, one that is dead among them. */
static int put_some(struct heapctl *ctl, struct output_table *table, const char *scope,
                    const struct heapd_named *named, size_t count, size_t *ret_done,
                    struct heapd_error *error)
{
    static const struct heapd_get_options options = {.limit = 1,
                                                     .value_limit = OBJECTS_VALUE_BYTES};
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_info info;
    uint32_t done = 0;
    int code;

    if (batch == NULL) {
        *error = (struct heapd_error){HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY", "no memory"};
        return error->code;
    }
    for (size_t i = 0; i < count; i++) {
        struct heapd_ref ref = heapd_id(named[i].id);

        (void)heapd_batch_get(batch, &ref, 1, &options);
    }
    code = heapd_batch_run(ctl->client, batch, error);
    (void)heapd_batch_status(batch, &done, NULL);
    done = code == HEAPD_OK ? (uint32_t)count : done;
    for (uint32_t i = 0; i < done; i++) {
        if (heapd_result_info(batch, i, 0, &info)) {
            objects_row(table, named[i].name, scope, &info);
        }
    }
    heapd_batch_free(batch);
    *ret_done = code == HEAPD_OK ? done : done + 1;
    return code == HEAPD_NOT_FOUND ? HEAPD_OK : code;
}

int objects_put(struct heapctl *ctl, struct output_table *table, const char *scope,
                const struct heapd_named *named, size_t count, struct heapd_error *error)
{
    int code = HEAPD_OK;

    for (size_t at = 0; at < count && code == HEAPD_OK;) {
        size_t done = 0;

        code = put_some(ctl, table, scope, named + at,
                        count - at < AT_ONCE ? count - at : AT_ONCE, &done, error);
        at += done;
    }
    return code;
}

int objects_put_ids(struct heapctl *ctl, struct output *out, const char *name,
                    const uint64_t *ids, size_t count, struct heapd_error *error)
{
    struct output_table *table = objects_table();
    struct heapd_named *named = calloc(count + 1, sizeof(*named));
    int code = HEAPD_OK;

    for (size_t i = 0; named != NULL && i < count; i++) {
        named[i].id = ids[i];
        named[i].name = "";
    }
    if (named != NULL) {
        code = objects_put(ctl, table, "", named, count, error);
    }
    free(named);
    output_table_end(out, name, table);
    return code;
}

int objects_check(const char *verb, int count, char **words)
{
    struct heapd_ref ref;

    for (int i = 0; i < count; i++) {
        if (!heapctl_operand(words[i], &ref)) {
            return heapctl_usage_error(verb, "neither id nor name: %s", words[i]);
        }
    }
    return EXIT_OK;
}

int objects_operand(struct heapctl *ctl, int argc, char **argv, struct heapd_ref *ret_ref)
{
    int status = argc == 2 ? objects_check(argv[0], 1, argv + 1)
                           : heapctl_usage_error(argv[0], "expected one ID or NAME");

    if (status != EXIT_OK) {
        return status;
    }
    (void)heapctl_operand(argv[1], ret_ref);
    return heapctl_connect(ctl, argv[0]);
}
