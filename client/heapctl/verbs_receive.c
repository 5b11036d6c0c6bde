/* SPDX-License-Identifier: MIT */
/* verbs_receive.c: what waits on a queue, once or as it comes. */
#include <getopt.h>

#include "deliveries.h"
#include "follow.h"

#define MOST         1000u    /* of one call */
#define MOST_WAIT_MS 3600000u /* of one call */

struct wish {
    const char *queue;
    uint64_t max;
    uint32_t wait_ms;
    uint64_t window;
    bool follow;
    bool ack;
};

static int parse_option(int option, struct wish *wish)
{
    switch (option) {
    case 'f':
        wish->follow = true;
        return EXIT_OK;
    case 'a':
        wish->ack = true;
        return EXIT_OK;
    case 'm':
        return heapctl_number(optarg, MOST, &wish->max) && wish->max > 0
                   ? EXIT_OK
                   : heapctl_usage_error("receive", "max %s out of range (1-%u)", optarg, MOST);
    case 'n':
        return heapctl_number(optarg, UINT32_MAX, &wish->window) && wish->window > 0
                   ? EXIT_OK
                   : heapctl_usage_error("receive", "no window: %s", optarg);
    case 'w':
        return heapctl_seconds(optarg, MOST_WAIT_MS, &wish->wait_ms)
                   ? EXIT_OK
                   : heapctl_usage_error("receive", "wait %s out of range (above 0, to %u)",
                                         optarg, MOST_WAIT_MS / 1000);
    default:
        return EXIT_USAGE;
    }
}

static int parse_wish(int argc, char **argv, struct wish *wish)
{
    static const struct option longs[] = {
        {"max", required_argument, NULL, 'm'},    {"wait", required_argument, NULL, 'w'},
        {"follow", no_argument, NULL, 'f'},       {"ack", no_argument, NULL, 'a'},
        {"window", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0},
    };
    int status = EXIT_OK;
    int option;

    optind = 0; /* from the start again, after the options before the verb */
    while (status == EXIT_OK && (option = getopt_long(argc, argv, "f", longs, NULL)) != -1) {
        status = parse_option(option, wish);
    }
    if (status == EXIT_OK && optind + 1 != argc) {
        return heapctl_usage_error("receive", "expected one QUEUE");
    }
    if (status == EXIT_OK && wish->follow && (wish->max > 0 || wish->wait_ms > 0)) {
        return heapctl_usage_error("receive", "--max and --wait are not for --follow");
    }
    if (status == EXIT_OK && !wish->follow && wish->window > 0) {
        return heapctl_usage_error("receive", "--window is for --follow");
    }
    wish->queue = argv[optind];
    return status;
}

/* Acknowledges only what has left. */
static int put(struct heapctl *ctl, const struct wish *wish,
               const struct heapd_delivery *deliveries, size_t count)
{
    struct heapd_error error;
    uint64_t numbers[MOST];

    for (size_t i = 0; i < count; i++) {
        numbers[i] = deliveries[i].delivery;
        if (!ctl->quiet) {
            delivery_line(ctl, &deliveries[i]);
        }
    }
    if (!wish->ack || count == 0) {
        return EXIT_OK;
    }
    if (fflush(stdout) != 0) {
        return EXIT_FAILED;
    }
    return heapd_acknowledge(ctl->client, numbers, count, &error) == HEAPD_OK
               ? EXIT_OK
               : heapctl_report(ctl, "receive", &error);
}

static int put_read(struct heapctl *ctl, struct heapd_stream *stream, void *ctx)
{
    struct heapd_delivery deliveries[MOST];
    int status = EXIT_OK;
    size_t count;

    do {
        for (count = 0; count < MOST && heapd_deliveries_take(stream, &deliveries[count]);
             count++) {
        }
        status = put(ctl, ctx, deliveries, count);
    } while (status == EXIT_OK && count > 0);
    return status;
}

static int follow_queue(struct heapctl *ctl, struct wish *wish)
{
    struct heapd_stream *stream;
    struct heapd_error error;

    if (heapd_deliveries_open(ctl->client, wish->queue, (uint32_t)wish->window, &stream,
                              &error) != HEAPD_OK) {
        return heapctl_report(ctl, "receive", &error);
    }
    return follow(ctl, "receive", stream, put_read, wish);
}

static int receive_once(struct heapctl *ctl, const struct wish *wish)
{
    struct heapd_delivery *deliveries;
    struct heapd_error error;
    size_t count;
    int status;

    if (heapd_receive(ctl->client, wish->queue, (uint32_t)wish->max, wish->wait_ms, &deliveries,
                      &count, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "receive", &error);
    }
    status = put(ctl, wish, deliveries, count <= MOST ? count : MOST);
    heapd_free(deliveries);
    return status;
}

int verb_receive(struct heapctl *ctl, int argc, char **argv)
{
    struct wish wish = {0};
    int status = parse_wish(argc, argv, &wish);

    status = status == EXIT_OK ? heapctl_connect(ctl, "receive") : status;
    if (status != EXIT_OK) {
        return status;
    }
    return wish.follow ? follow_queue(ctl, &wish) : receive_once(ctl, &wish);
}
