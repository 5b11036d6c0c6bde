/* SPDX-License-Identifier: MIT */
/* verbs_collect.c: heapctl gc collect: a collection, or what one would free and why it is
 * there. */
#include <getopt.h>
#include <inttypes.h>

#include "heapctl.h"
#include "steps.h"

#define MOST_WAIT_MS 3600000u
#define CYCLES       16u
#define VERB         "gc collect"

struct wish {
    uint64_t generation;
    uint32_t wait_ms;
    bool dry_run;
    bool explain;
};

static int parse_wish(int argc, char **argv, struct wish *wish)
{
    static const struct option longs[] = {{"dry-run", no_argument, NULL, 'n'},
                                          {"explain", no_argument, NULL, 'e'},
                                          {"wait", required_argument, NULL, 'w'},
                                          {NULL, 0, NULL, 0}};
    int option;

    optind = 0; /* from the start again, after the options before the verb */
    while ((option = getopt_long(argc, argv, "n", longs, NULL)) != -1) {
        if (option == '?') {
            return EXIT_USAGE;
        }
        wish->dry_run = wish->dry_run || option == 'n';
        wish->explain = wish->explain || option == 'e';
        if (option == 'w' && !heapctl_seconds(optarg, MOST_WAIT_MS, &wish->wait_ms)) {
            return heapctl_usage_error(VERB, "wait %s out of range (above 0, to %u)", optarg,
                                       MOST_WAIT_MS / 1000);
        }
    }
    if (argc - optind > 1) {
        return heapctl_usage_error(VERB, "expected one generation");
    }
    if (argc - optind == 1 && !heapctl_number(argv[optind], 2, &wish->generation)) {
        return heapctl_usage_error(VERB, "generation %s out of range (0-2)", argv[optind]);
    }
    if (wish->explain && !wish->dry_run) {
        return heapctl_usage_error(VERB, "--explain is for --dry-run");
    }
    if (wish->wait_ms > 0 && wish->dry_run) {
        return heapctl_usage_error(VERB, "--wait is not for --dry-run");
    }
    return EXIT_OK;
}

static int collect(struct heapctl *ctl, const struct wish *wish)
{
    static const struct output_column columns[] = {{"collected", OUTPUT_NUMBER},
                                                   {"uncollectable", OUTPUT_NUMBER},
                                                   {"candidates", OUTPUT_NUMBER},
                                                   {"pending", OUTPUT_NUMBER}};
    struct heapd_collected collected;
    struct heapd_error error;
    struct output_table *table;
    struct output out;
    uint64_t pending = 0;

    if (heapd_collect_wait(ctl->client, (int)wish->generation, wish->wait_ms, &collected,
                           &pending, &error) != HEAPD_OK) {
        return heapctl_report(ctl, VERB, &error);
    }
    if (ctl->quiet) {
        return EXIT_OK;
    }
    output_begin(&out, ctl->format, stdout);
    table = output_table_new(columns, COUNT(columns) - (wish->wait_ms == 0));
    output_cell_number(table, collected.collected);
    output_cell_number(table, collected.uncollectable);
    output_cell_number(table, collected.candidates);
    if (wish->wait_ms > 0) {
        output_cell_number(table, pending);
    }
    output_record_end(&out, "collect", table);
    output_end(&out);
    return EXIT_OK;
}

static void put_sums(struct output *out, const struct heapd_dry_run *dry_run)
{
    static const struct output_column columns[] = {
        {"collected", OUTPUT_NUMBER}, {"kept", OUTPUT_NUMBER},   {"objects", OUTPUT_NUMBER},
        {"bytes", OUTPUT_NUMBER},     {"cycles", OUTPUT_NUMBER}, {"candidates", OUTPUT_NUMBER},
        {"exact", OUTPUT_BOOL}};
    struct output_table *table = output_table_new(columns, COUNT(columns));

    output_cell_number(table, dry_run->collected);
    output_cell_number(table, dry_run->kept);
    output_cell_number(table, dry_run->objects);
    output_cell_number(table, dry_run->bytes);
    output_cell_number(table, dry_run->cycles);
    output_cell_number(table, dry_run->candidates);
    output_cell_bool(table, dry_run->exact);
    output_record_end(out, "dry_run", table);
}

static const char *class_of(const struct heapd_dry_class *row)
{
    return row->kind == 0                     ? "(others)"
           : row->kind == HEAPD_KIND_INSTANCE ? row->class_name
                                              : heapd_kind_name((int)row->kind);
}

static void put_classes(struct output *out, const struct heapd_dry_run *dry_run)
{
    static const struct output_column columns[] = {{"class", OUTPUT_TEXT},
                                                   {"objects", OUTPUT_NUMBER},
                                                   {"bytes", OUTPUT_NUMBER},
                                                   {"kept", OUTPUT_NUMBER}};
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < dry_run->class_count; i++) {
        const struct heapd_dry_class *row = &dry_run->classes[i];

        output_cell(table, class_of(row));
        output_cell_number(table, row->objects);
        output_cell_number(table, row->bytes);
        output_cell_number(table, row->kept);
    }
    output_table_end(out, "classes", table);
}

static void put_cycle(struct output_table *table, size_t number,
                      const struct heapd_dead_cycle *cycle)
{
    const struct heapd_path *path = &cycle->path;
    char what[STEPS_BYTES];
    uint64_t step = 1;

    for (size_t i = 0; i < path->step_count; i++) {
        step += path->omitted > 0 && i == path->omitted_at ? path->omitted : 0;
        steps_say(&path->steps[i], what, sizeof(what));
        output_cell_number(table, number);
        output_cell_number(table, cycle->objects);
        output_cell_bool(table, cycle->kept);
        output_cell_number(table, step++);
        output_cell(table, what);
        output_cell_number(table, path->steps[i].container);
        output_cell(table, steps_kind(&path->steps[i]));
    }
}

static void put_cycles(struct output *out, const struct heapd_dry_run *dry_run)
{
    static const struct output_column columns[] = {
        {"cycle", OUTPUT_NUMBER}, {"objects", OUTPUT_NUMBER}, {"kept", OUTPUT_BOOL},
        {"step", OUTPUT_NUMBER},  {"what", OUTPUT_TEXT},      {"id", OUTPUT_ID},
        {"kind", OUTPUT_TEXT}};
    struct output_table *table = output_table_new(columns, COUNT(columns));

    for (size_t i = 0; i < dry_run->cycle_count; i++) {
        put_cycle(table, i + 1, &dry_run->cycle[i]);
    }
    output_table_end(out, "cycles", table);
}

/* For people: each cycle as lines. */
static void print_cycles(const struct heapd_dry_run *dry_run)
{
    char what[STEPS_BYTES];

    for (size_t i = 0; i < dry_run->cycle_count; i++) {
        const struct heapd_dead_cycle *cycle = &dry_run->cycle[i];

        (void)printf("\n%s%" PRIu64 " object%s that hold%s each other:\n",
                     cycle->kept ? "kept: " : "", cycle->objects,
                     cycle->objects == 1 ? "" : "s", cycle->objects == 1 ? "s" : "");
        for (size_t k = 0; k < cycle->path.step_count; k++) {
            if (steps_say_omitted(&cycle->path, k, what, sizeof(what))) {
                (void)printf("  %s\n", what);
            }
            steps_say(&cycle->path.steps[k], what, sizeof(what));
            (void)printf("  %s\n", what);
        }
        if (cycle->path.step_count > 0) {
            (void)printf("  and again %s #%" PRIu64 "\n", steps_kind(&cycle->path.steps[0]),
                         cycle->path.steps[0].container);
        }
    }
}

static int dry_run(struct heapctl *ctl, const struct wish *wish)
{
    struct heapd_dry_run *found;
    struct heapd_error error;
    struct output out;

    if (heapd_dry_run(ctl->client, (int)wish->generation, wish->explain ? CYCLES : 0, &found,
                      &error) != HEAPD_OK) {
        return heapctl_report(ctl, VERB, &error);
    }
    output_begin(&out, ctl->format, stdout);
    put_sums(&out, found);
    put_classes(&out, found);
    if (wish->explain && ctl->format != OUTPUT_TABLE) {
        put_cycles(&out, found);
    }
    output_end(&out);
    if (wish->explain && ctl->format == OUTPUT_TABLE) {
        print_cycles(found);
    }
    heapd_free(found);
    return EXIT_OK;
}

int heapctl_gc_collect(struct heapctl *ctl, int argc, char **argv)
{
    struct wish wish = {.generation = 2};
    int status = parse_wish(argc, argv, &wish);

    status = status == EXIT_OK ? heapctl_connect(ctl, VERB) : status;
    if (status != EXIT_OK) {
        return status;
    }
    return wish.dry_run ? dry_run(ctl, &wish) : collect(ctl, &wish);
}
