/* SPDX-License-Identifier: MIT */
/* verbs_batch.c: heapctl batch: the operations of a file, in one request. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "console/source.h"
#include "objects.h"
#include "script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VERB         "batch"

static void add_counts(struct hd_text *text, const uint32_t *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hd_text_printf(text, counts[i] == UINT32_MAX ? "%simmortal" : "%s%" PRIu32,
                       i > 0 ? " " : "", counts[i]);
    }
}

static void add_ids(struct hd_text *text, const uint64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hd_text_printf(text, "%s%" PRIu64, i > 0 ? " " : "", ids[i]);
    }
}

/* What an operation gave, in words; *ret_id: the object, 0 for none. */
static void describe(const struct heapd_batch *batch, const struct script_step *step,
                     struct hd_text *text, uint64_t *ret_id)
{
    char value[4 * OBJECTS_VALUE_BYTES];
    struct heapd_info info;
    const uint32_t *counts;
    const uint64_t *ids;
    size_t count;

    switch (step->operation->gives) {
    case SCRIPT_ID:
        *ret_id = heapd_result_id(batch, step->number);
        break;
    case SCRIPT_TRUTH:
        hd_text_add_string(text, heapd_result_bool(batch, step->number) ? "yes" : "no");
        break;
    case SCRIPT_NUMBER:
        hd_text_printf(text, "%" PRIu64, heapd_result_number(batch, step->number));
        break;
    case SCRIPT_COUNTS:
        counts = heapd_result_refcounts(batch, step->number, &count);
        add_counts(text, counts, count);
        break;
    case SCRIPT_IDS:
        ids = heapd_result_ids(batch, step->number, &count);
        add_ids(text, ids, count);
        break;
    case SCRIPT_INFO:
        if (heapd_result_info(batch, step->number, 0, &info)) {
            heapctl_summary(&info, value, sizeof(value));
            hd_text_add_string(text, value);
            *ret_id = info.id;
        }
        break;
    case SCRIPT_NOTHING:
        break;
    }
}

/* A row for each operation that was done, of the first `done` in the batch. */
static void put_results(const struct heapctl *ctl, const struct script *script, uint32_t done)
{
    static const struct output_column columns[] = {
        {"line", OUTPUT_NUMBER},
        {"operation", OUTPUT_TEXT},
        {"id", OUTPUT_ID},
        {"value", OUTPUT_TEXT},
    };
    struct output_table *table;
    struct output out;

    if (ctl->quiet) {
        return;
    }
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < script->step_count && script->steps[i].number < done; i++) {
        struct hd_text text;
        uint64_t id = 0;

        hd_text_init(&text);
        describe(script->batch, &script->steps[i], &text, &id);
        output_cell_number(table, script->steps[i].line);
        output_cell(table, script->steps[i].operation->name);
        if (id != 0) {
            output_cell_number(table, id);
        } else {
            output_cell(table, "");
        }
        output_cell(table, hd_text_data(&text));
        hd_text_fini(&text);
    }
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "results", table);
    output_end(&out);
}

/* The line at fault, and what became of the others; `failed` is the count of operations if no
 * single one is to blame. */
static int report_failure(const struct heapctl *ctl, const struct script *script, bool atomic,
                          uint32_t failed, const struct heapd_error *error)
{
    const struct script_step *step = script_step_of(script, failed);
    struct heapd_error told = *error;
    const char *others = "";

    /* Of one alone nobody knows, if it is the connection that failed. */
    if (atomic && heapd_batch_count(script->batch) > 1) {
        others = "; nothing was done";
    } else if (!atomic && step != script->steps) {
        others = "; the lines before it are done";
    }
    if (step != NULL) {
        (void)snprintf(told.message, sizeof(told.message), "line %zu: %.400s%s", step->line,
                       error->message, others);
    }
    (void)fflush(stdout);
    return heapctl_report(ctl, VERB, &told);
}

static int run(struct heapctl *ctl, struct script *script, bool atomic)
{
    struct heapd_error error;
    uint32_t count = heapd_batch_count(script->batch);
    uint32_t failed = count;
    int code;
    int status = heapctl_connect(ctl, VERB);

    if (status != EXIT_OK) {
        return status;
    }
    if (script->step_count == 0) {
        put_results(ctl, script, 0);
        return EXIT_OK;
    }
    heapd_batch_set_atomic(script->batch, atomic);
    heapd_batch_set_quiet(script->batch, ctl->quiet);
    code = heapd_batch_run(ctl->client, script->batch, &error);
    (void)heapd_batch_status(script->batch, &failed, NULL);
    if (code == HEAPD_OK || (!atomic && failed < count)) {
        put_results(ctl, script, failed);
    }
    return code == HEAPD_OK ? EXIT_OK : report_failure(ctl, script, atomic, failed, &error);
}

/* Reads and checks all of the file before anybody is asked. */
static int read_file(struct script *script, const char *path)
{
    struct hd_pyerror error;
    struct hd_text text;
    int status = EXIT_OK;

    hd_text_init(&text);
    hd_pyerror_init(&error);
    if (!hd_source_read(path, &text, &error)) {
        (void)fprintf(stderr, "heapctl: " VERB ": %s\n", hd_text_data(&error.message));
        status = EXIT_FAILED;
    } else if (!script_read(script, hd_text_data(&text), text.size)) {
        status = heapctl_usage_error(VERB, "%s", script->message);
    }
    hd_pyerror_fini(&error);
    hd_text_fini(&text);
    return status;
}

int verb_batch(struct heapctl *ctl, int argc, char **argv)
{
    static const struct option longs[] = {{"atomic", no_argument, NULL, 'a'},
                                          {NULL, 0, NULL, 0}};
    struct script script;
    bool atomic = false;
    int status;
    int option;

    optind = 0; /* from the start again, after the options before the verb */
    while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (option != 'a') {
            return EXIT_USAGE;
        }
        atomic = true;
    }
    if (optind + 1 != argc) {
        return heapctl_usage_error(VERB, "expected one FILE (-: standard input)");
    }
    script_init(&script);
    if (script.batch == NULL) {
        (void)fprintf(stderr, "heapctl: " VERB ": no memory\n");
        status = EXIT_FAILED;
    } else {
        status = read_file(&script, argv[optind]);
    }
    status = status == EXIT_OK ? run(ctl, &script, atomic) : status;
    script_fini(&script);
    return status;
}
