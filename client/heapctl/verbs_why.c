/* SPDX-License-Identifier: MIT */
/* verbs_why.c: why an object is there: who holds it, step by step. */
#include <inttypes.h>

#include "objects.h"
#include "owners.h"
#include "steps.h"

static void put_row(struct output_table *table, size_t path, uint64_t step, const char *what,
                    uint64_t id, const char *kind)
{
    output_cell_number(table, path);
    output_cell_number(table, step);
    output_cell(table, what);
    if (id == 0) {
        output_cell(table, "");
    } else {
        output_cell_number(table, id);
    }
    output_cell(table, kind);
}

/* Rows: the owner, then each container. */
static void put_path(struct output_table *table, size_t number, const struct heapd_path *path)
{
    char what[STEPS_BYTES];
    uint64_t row = 0;

    owners_say(&path->owner, what, sizeof(what));
    put_row(table, number, row++, what, 0, heapd_owner_kind_name((int)path->owner.kind));
    for (size_t i = 0; i < path->step_count; i++) {
        if (steps_say_omitted(path, i, what, sizeof(what))) {
            put_row(table, number, row, what, 0, "");
            row += path->omitted;
        }
        steps_say(&path->steps[i], what, sizeof(what));
        put_row(table, number, row++, what, path->steps[i].container,
                steps_kind(&path->steps[i]));
    }
}

static void put_rows(struct output *out, const struct heapd_why *why)
{
    static const struct output_column heads[] = {{"id", OUTPUT_ID},
                                                 {"immortal", OUTPUT_BOOL},
                                                 {"unreachable", OUTPUT_BOOL},
                                                 {"exact", OUTPUT_BOOL}};
    static const struct output_column columns[] = {{"path", OUTPUT_NUMBER},
                                                   {"step", OUTPUT_NUMBER},
                                                   {"what", OUTPUT_TEXT},
                                                   {"id", OUTPUT_ID},
                                                   {"kind", OUTPUT_TEXT}};
    struct output_table *table = output_table_new(heads, COUNT(heads));

    output_cell_number(table, why->id);
    output_cell_bool(table, why->immortal);
    output_cell_bool(table, why->unreachable);
    output_cell_bool(table, why->exact);
    output_record_end(out, "why", table);
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < why->path_count; i++) {
        put_path(table, i + 1, &why->paths[i]);
    }
    output_table_end(out, "paths", table);
}

/* For people: each path as lines, its steps below its owner. */
static void print_path(const struct heapd_path *path)
{
    char what[STEPS_BYTES];

    owners_say(&path->owner, what, sizeof(what));
    (void)printf("%s\n", what);
    for (size_t i = 0; i < path->step_count; i++) {
        if (steps_say_omitted(path, i, what, sizeof(what))) {
            (void)printf("  %s\n", what);
        }
        steps_say(&path->steps[i], what, sizeof(what));
        (void)printf("  %s\n", what);
    }
}

static void print_why(const struct heapd_why *why)
{
    if (why->immortal) {
        (void)printf("it is immortal\n");
    } else if (why->unreachable) {
        (void)printf("no owner reaches it: it is garbage, and waits for a collection\n");
    }
    for (size_t i = 0; i < why->path_count; i++) {
        print_path(&why->paths[i]);
    }
    if (!why->exact) {
        (void)printf("(the heap changed meanwhile: there may be shorter paths, and others)\n");
    }
}

int verb_why(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    struct heapd_why *why;
    struct heapd_ref ref;
    struct output out;
    int status = objects_operand(ctl, argc, argv, &ref);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_why(ctl->client, ref, &why, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    if (ctl->format == OUTPUT_TABLE) {
        print_why(why);
    } else {
        output_begin(&out, ctl->format, stdout);
        put_rows(&out, why);
        output_end(&out);
    }
    heapd_free(why);
    return EXIT_OK;
}
