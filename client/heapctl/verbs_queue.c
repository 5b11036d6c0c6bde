/* SPDX-License-Identifier: MIT */
/* verbs_queue.c: heapctl queues: listed, made, done away with. */
#include <getopt.h>
#include <string.h>

#include "heapctl.h"

#define MOST_DEADLINE_MS 604800000u /* a week */
#define MOST_TRIES       1000u

static int list_queues(struct heapctl *ctl)
{
    static const struct output_column columns[] = {
        {"queue", OUTPUT_TEXT},       {"deadline_ms", OUTPUT_NUMBER},
        {"tries", OUTPUT_NUMBER},     {"session", OUTPUT_NUMBER},
        {"armed", OUTPUT_NUMBER},     {"waiting", OUTPUT_NUMBER},
        {"delivered", OUTPUT_NUMBER}, {"dead", OUTPUT_NUMBER},
        {"receivers", OUTPUT_NUMBER},
    };
    struct heapd_queue *queues;
    struct output_table *table;
    struct heapd_error error;
    struct output out;
    size_t count;

    if (heapd_list_queues(ctl->client, &queues, &count, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "queues", &error);
    }
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        output_cell(table, queues[i].name);
        output_cell_number(table, queues[i].deadline_ms);
        output_cell_number(table, queues[i].tries);
        if (queues[i].session != 0) {
            output_cell_number(table, queues[i].session);
        } else {
            output_cell(table, "");
        }
        output_cell_number(table, queues[i].armed);
        output_cell_number(table, queues[i].waiting);
        output_cell_number(table, queues[i].delivered);
        output_cell_number(table, queues[i].dead);
        output_cell_number(table, queues[i].receivers);
    }
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "queues", table);
    output_end(&out);
    heapd_free(queues);
    return EXIT_OK;
}

static int parse_option(int option, struct heapd_queue_options *options)
{
    uint64_t tries = 0;

    if (option == 'd') {
        return heapctl_seconds(optarg, MOST_DEADLINE_MS, &options->deadline_ms)
                   ? EXIT_OK
                   : heapctl_usage_error("queues", "deadline %s out of range (above 0, to %u)",
                                         optarg, MOST_DEADLINE_MS / 1000);
    }
    if (option != 't') {
        return EXIT_USAGE;
    }
    if (!heapctl_number(optarg, MOST_TRIES, &tries) || tries == 0) {
        return heapctl_usage_error("queues", "tries %s out of range (1-%u)", optarg,
                                   MOST_TRIES);
    }
    options->tries = (uint32_t)tries;
    return EXIT_OK;
}

/* create NAME [--deadline S] [--tries N] */
static int create_queue(struct heapctl *ctl, int argc, char **argv)
{
    static const struct option longs[] = {
        {"deadline", required_argument, NULL, 'd'},
        {"tries", required_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    struct heapd_queue_options options = {0};
    struct heapd_error error;
    int status = EXIT_OK;
    int option;

    optind = 0; /* from the start again, after the options before the verb */
    while (status == EXIT_OK && (option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        status = parse_option(option, &options);
    }
    if (status == EXIT_OK && optind + 1 != argc) {
        return heapctl_usage_error("queues", "expected one NAME to create");
    }
    status = status == EXIT_OK ? heapctl_connect(ctl, "queues") : status;
    if (status != EXIT_OK) {
        return status;
    }
    return heapd_create_queue(ctl->client, argv[optind], &options, NULL, &error) == HEAPD_OK
               ? EXIT_OK
               : heapctl_report(ctl, "queues", &error);
}

static int delete_queue(struct heapctl *ctl, const char *name)
{
    struct heapd_error error;
    int status = heapctl_connect(ctl, "queues");

    if (status == EXIT_OK && heapd_delete_queue(ctl->client, name, &error) != HEAPD_OK) {
        status = heapctl_report(ctl, "queues", &error);
    }
    return status;
}

int verb_queues(struct heapctl *ctl, int argc, char **argv)
{
    int status;

    if (argc > 1 && strcmp(argv[1], "create") == 0) {
        return create_queue(ctl, argc - 1, argv + 1);
    }
    if (argc == 3 && strcmp(argv[1], "delete") == 0) {
        return delete_queue(ctl, argv[2]);
    }
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "list") != 0)) {
        return heapctl_usage_error("queues", "expected list, create NAME or delete NAME");
    }
    status = heapctl_connect(ctl, "queues");
    return status == EXIT_OK ? list_queues(ctl) : status;
}
