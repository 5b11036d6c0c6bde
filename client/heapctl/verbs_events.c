/* SPDX-License-Identifier: MIT */
/* verbs_events.c: heapctl events: those that are kept, or those to come. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "event_line.h"
#include "follow.h"
#include "heapctl.h"

struct wish {
    bool follow;
    bool has_after;
    uint64_t after;
    struct heapd_event_filter filter;
};

/* KIND, or what comes before the "_" of several kinds. */
static bool add_kind(const char *word, size_t size, uint32_t *kinds)
{
    uint32_t before = *kinds;

    for (int kind = 1; kind < HEAPD_EVENT_KIND_COUNT; kind++) {
        const char *name = heapd_event_kind_name(kind);

        if (size > 0 && strncmp(name, word, size) == 0 &&
            (name[size] == '\0' || name[size] == '_')) {
            *kinds |= 1u << kind;
        }
    }
    return *kinds != before;
}

static int parse_kinds(const char *text, uint32_t *kinds)
{
    while (true) {
        size_t size = strcspn(text, ",");

        if (!add_kind(text, size, kinds)) {
            return heapctl_usage_error("events", "no event kind: %.*s", (int)size, text);
        }
        if (text[size] == '\0') {
            return EXIT_OK;
        }
        text += size + 1;
    }
}

static int parse_value(int option, struct wish *wish)
{
    uint64_t number = 0;

    switch (option) {
    case 'k':
        return parse_kinds(optarg, &wish->filter.kinds);
    case 'q':
        wish->filter.queue = optarg;
        return EXIT_OK;
    case 'g':
        if (!heapctl_number(optarg, 2, &number)) {
            return heapctl_usage_error("events", "generation %s out of range (0-2)", optarg);
        }
        wish->filter.generations |= 1u << number;
        return EXIT_OK;
    default:
        if (!heapctl_number(optarg, UINT64_MAX - 1, &number)) {
            return heapctl_usage_error("events", "no number: %s", optarg);
        }
        if (option == 's') {
            wish->filter.session = number;
        } else {
            wish->after = number;
            wish->has_after = true;
        }
        return EXIT_OK;
    }
}

static int parse_wish(int argc, char **argv, struct wish *wish)
{
    static const struct option longs[] = {
        {"follow", no_argument, NULL, 'f'},
        {"after", required_argument, NULL, 'a'},
        {"kind", required_argument, NULL, 'k'},
        {"generation", required_argument, NULL, 'g'},
        {"session", required_argument, NULL, 's'},
        {"queue", required_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    int status = EXIT_OK;
    int option;

    optind = 0; /* from the start again, after the options before the verb */
    while (status == EXIT_OK && (option = getopt_long(argc, argv, "f", longs, NULL)) != -1) {
        if (option == '?') {
            return EXIT_USAGE;
        }
        if (option == 'f') {
            wish->follow = true;
        } else {
            status = parse_value(option, wish);
        }
    }
    if (status == EXIT_OK && optind < argc) {
        return heapctl_usage_error("events", "unexpected: %s", argv[optind]);
    }
    return status;
}

static void put(const struct heapctl *ctl, const struct heapd_event *event)
{
    if (!ctl->quiet) {
        event_line(event, ctl->format, stdout);
    }
}

/* Those that are kept now; what comes meanwhile is left out, or it might never end. */
static int list_events(struct heapctl *ctl, const struct wish *wish)
{
    uint64_t after = wish->after;
    struct heapd_event_list *list;
    struct heapd_error error;
    uint64_t last;
    int code = heapd_list_events(ctl->client, NULL, HEAPD_EVENTS_FROM_NOW, 1, 0, &list, &error);

    if (code == HEAPD_OK) {
        last = list->next_after;
        heapd_free(list);
        do {
            code = heapd_list_events(ctl->client, &wish->filter, after, 0, 0, &list, &error);
            if (code != HEAPD_OK) {
                break;
            }
            for (size_t i = 0; i < list->count; i++) {
                put(ctl, &list->events[i]);
            }
            after = list->next_after;
            heapd_free(list);
        } while (after < last);
    }
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, "events", &error);
}

/* All that were read. */
static int put_read(struct heapctl *ctl, struct heapd_stream *stream, void *ctx)
{
    struct heapd_event event;

    (void)ctx;
    while (heapd_events_take(stream, &event)) {
        put(ctl, &event);
    }
    return EXIT_OK;
}

static int follow_events(struct heapctl *ctl, const struct wish *wish)
{
    uint64_t after = wish->has_after ? wish->after : HEAPD_EVENTS_FROM_NOW;
    struct heapd_stream *stream;
    struct heapd_error error;

    if (heapd_events_open(ctl->client, &wish->filter, after, &stream, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "events", &error);
    }
    return follow(ctl, "events", stream, put_read, NULL);
}

int verb_events(struct heapctl *ctl, int argc, char **argv)
{
    struct wish wish = {0};
    int status = parse_wish(argc, argv, &wish);

    status = status == EXIT_OK ? heapctl_connect(ctl, "events") : status;
    if (status != EXIT_OK) {
        return status;
    }
    return wish.follow ? follow_events(ctl, &wish) : list_events(ctl, &wish);
}
