/* SPDX-License-Identifier: MIT */
/* verbs_finalizer.c: finalizers set, deliveries acknowledged, dead letters. */
#include <stdlib.h>
#include <string.h>

#include "deliveries.h"

int verb_finalizer(struct heapctl *ctl, int argc, char **argv)
{
    bool set = argc > 1 && strcmp(argv[1], "set") == 0;
    bool unset = argc > 1 && strcmp(argv[1], "unset") == 0;
    struct heapd_error error;
    struct heapd_ref object;
    int status = EXIT_OK;

    if ((!set && !unset) || argc != (set ? 4 : 3)) {
        return heapctl_usage_error("finalizer", "expected set ID|NAME QUEUE, or unset ID|NAME");
    }
    if (!heapctl_operand(argv[2], &object)) {
        return heapctl_usage_error("finalizer", "neither id nor name: %s", argv[2]);
    }
    if (set && argv[3][0] == '\0') {
        return heapctl_usage_error("finalizer", "the queue has no name");
    }
    status = heapctl_connect(ctl, "finalizer");
    if (status == EXIT_OK &&
        heapd_set_finalizer(ctl->client, object, set ? argv[3] : NULL, &error) != HEAPD_OK) {
        status = heapctl_report(ctl, "finalizer", &error);
    }
    return status;
}

int verb_ack(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    uint64_t *numbers;
    int status;

    if (argc < 2) {
        return heapctl_usage_error("ack", "expected numbers of deliveries");
    }
    numbers = delivery_numbers("ack", argc - 1, argv + 1);
    if (numbers == NULL) {
        return EXIT_USAGE;
    }
    status = heapctl_connect(ctl, "ack");
    if (status == EXIT_OK &&
        heapd_acknowledge(ctl->client, numbers, (size_t)argc - 1, &error) != HEAPD_OK) {
        status = heapctl_report(ctl, "ack", &error);
    }
    free(numbers);
    return status;
}

int verb_dead(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_delivery *letters;
    struct heapd_error error;
    size_t count;
    int status = argc == 2 ? heapctl_connect(ctl, "dead")
                           : heapctl_usage_error("dead", "expected a QUEUE");

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_list_dead(ctl->client, argv[1], &letters, &count, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "dead", &error);
    }
    delivery_table(ctl, "letters", letters, count);
    heapd_free(letters);
    return EXIT_OK;
}

static void put_redriven(const struct heapctl *ctl, uint64_t redriven)
{
    static const struct output_column columns[] = {{"redriven", OUTPUT_NUMBER}};
    struct output_table *table = output_table_new(columns, 1);
    struct output out;

    output_begin(&out, ctl->format, stdout);
    output_cell_number(table, redriven);
    output_record_end(&out, "redrive", table);
    output_end(&out);
}

int verb_redrive(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    uint64_t *numbers = NULL;
    uint64_t redriven;
    int status;

    if (argc < 2) {
        return heapctl_usage_error("redrive", "expected a QUEUE");
    }
    if (argc > 2) {
        numbers = delivery_numbers("redrive", argc - 2, argv + 2);
        if (numbers == NULL) {
            return EXIT_USAGE;
        }
    }
    status = heapctl_connect(ctl, "redrive");
    if (status == EXIT_OK && heapd_redrive(ctl->client, argv[1], numbers, (size_t)argc - 2,
                                           &redriven, &error) != HEAPD_OK) {
        status = heapctl_report(ctl, "redrive", &error);
    } else if (status == EXIT_OK && !ctl->quiet) {
        put_redriven(ctl, redriven);
    }
    free(numbers);
    return status;
}
