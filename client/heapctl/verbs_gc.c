/* SPDX-License-Identifier: MIT */
/* verbs_gc.c: heapctl gc ..., each named as in Python's module. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heapctl.h"

static bool parse_number(const char *text, int64_t *ret_number)
{
    char *end;

    errno = 0;
    *ret_number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

/* verb: for errors.  None given: *ret_generation stays as it is. */
static int parse_generation(const char *verb, int argc, char **argv, int64_t *ret_generation)
{
    if (argc > 2) {
        return heapctl_usage_error(verb, "expected one generation");
    }
    if (argc == 2 && !parse_number(argv[1], ret_generation)) {
        return heapctl_usage_error(verb, "no number: %s", argv[1]);
    }
    if (argc == 2 && (*ret_generation < 0 || *ret_generation > 2)) {
        return heapctl_usage_error(verb, "generation %s out of range (0-2)", argv[1]);
    }
    return EXIT_OK;
}

static void put_three(const struct heapctl *ctl, const char *name, const uint64_t values[3])
{
    static const struct output_column columns[] = {{"generation_0", OUTPUT_NUMBER},
                                                   {"generation_1", OUTPUT_NUMBER},
                                                   {"generation_2", OUTPUT_NUMBER}};
    struct output_table *table = output_table_new(columns, COUNT(columns));
    struct output out;

    output_begin(&out, ctl->format, stdout);
    for (size_t i = 0; i < 3; i++) {
        output_cell_number(table, values[i]);
    }
    output_table_end(&out, name, table);
    output_end(&out);
}

static int parse_thresholds(int argc, char **argv, int64_t wanted[3])
{
    if (argc > 4) {
        return heapctl_usage_error("gc threshold", "expected at most three numbers");
    }
    for (int i = 1; i < argc; i++) {
        if (!parse_number(argv[i], &wanted[i - 1])) {
            return heapctl_usage_error("gc threshold", "no number: %s", argv[i]);
        }
    }
    return EXIT_OK;
}

static int gc_threshold(struct heapctl *ctl, int argc, char **argv)
{
    int64_t wanted[3];
    uint32_t thresholds[3];
    uint64_t values[3];
    struct heapd_error error;
    int status = parse_thresholds(argc, argv, wanted);

    status = status == EXIT_OK ? heapctl_connect(ctl, "gc threshold") : status;
    if (status != EXIT_OK) {
        return status;
    }
    if (argc > 1) {
        int code = heapd_gc_set_threshold(ctl->client, wanted, (size_t)argc - 1, &error);

        return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, "gc threshold", &error);
    }
    if (heapd_gc_get_threshold(ctl->client, thresholds, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "gc threshold", &error);
    }
    for (size_t i = 0; i < 3; i++) {
        values[i] = thresholds[i];
    }
    put_three(ctl, "threshold", values);
    return EXIT_OK;
}

static int gc_count(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    uint64_t counts[3];

    (void)argc;
    (void)argv;
    if (heapd_gc_get_count(ctl->client, counts, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "gc count", &error);
    }
    put_three(ctl, "count", counts);
    return EXIT_OK;
}

static int gc_objects(struct heapctl *ctl, int argc, char **argv)
{
    int64_t generation = HEAPD_ALL_GENERATIONS;
    int status = parse_generation("gc objects", argc, argv, &generation);

    status = status == EXIT_OK ? heapctl_connect(ctl, "gc objects") : status;
    return status == EXIT_OK ? heapctl_gc_objects(ctl, (int)generation) : status;
}

/* The four that take nothing and say nothing. */
static int gc_switch(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    char name[32];
    int code;

    (void)argc;
    if (strcmp(argv[0], "enable") == 0) {
        code = heapd_gc_enable(ctl->client, &error);
    } else if (strcmp(argv[0], "disable") == 0) {
        code = heapd_gc_disable(ctl->client, &error);
    } else if (strcmp(argv[0], "freeze") == 0) {
        code = heapd_gc_freeze(ctl->client, &error);
    } else {
        code = heapd_gc_unfreeze(ctl->client, &error);
    }
    (void)snprintf(name, sizeof(name), "gc %s", argv[0]);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, name, &error);
}

static const struct {
    const char *name;
    bool takes_arguments;
    int (*run)(struct heapctl *ctl, int argc, char **argv);
} commands[] = {
    {"collect", true, heapctl_gc_collect},
    {"threshold", true, gc_threshold},
    {"objects", true, gc_objects},
    {"mode", true, heapctl_gc_mode},
    {"count", false, gc_count},
    {"stats", false, heapctl_gc_stats},
    {"enable", false, gc_switch},
    {"disable", false, gc_switch},
    {"freeze", false, gc_switch},
    {"unfreeze", false, gc_switch},
};

int verb_gc(struct heapctl *ctl, int argc, char **argv)
{
    if (argc < 2) {
        return heapctl_usage_error("gc", "expected collect, threshold, count, stats, mode, "
                                         "objects, enable, disable, freeze or unfreeze");
    }
    for (size_t i = 0; i < COUNT(commands); i++) {
        int status = EXIT_OK;

        if (strcmp(argv[1], commands[i].name) != 0) {
            continue;
        }
        if (!commands[i].takes_arguments) {
            status = argc > 2 ? heapctl_usage_error("gc", "%s takes no arguments", argv[1])
                              : heapctl_connect(ctl, argv[0]);
        }
        return status == EXIT_OK ? commands[i].run(ctl, argc - 1, argv + 1) : status;
    }
    return heapctl_usage_error("gc", "no such command: %s", argv[1]);
}
