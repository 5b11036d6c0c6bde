/* SPDX-License-Identifier: MIT */
/* options.c: one table of options; a row says what its argument does. */
#include "heapd/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_HEAP  "default"
#define EVENTS_MIN    16
#define EVENTS_MAX    1048576
#define BUDGET_US_MIN 100
#define BUDGET_US_MAX 1000000

/* False: the argument is not what it should be. */
typedef bool (*take_argument)(struct hd_options *options, const char *argument);

static bool parse_number(const char *text, int base, uint64_t most, uint64_t *ret_value)
{
    unsigned long long value;
    char *end;

    errno = 0;
    value = strtoull(text, &end, base);
    if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || value > most) {
        return false;
    }
    *ret_value = value;
    return true;
}

static bool take_listen(struct hd_options *options, const char *argument)
{
    if (options->listen_count == HD_OPTIONS_LISTEN) {
        return false;
    }
    options->listen[options->listen_count++] = argument;
    return true;
}

static bool take_allocator(struct hd_options *options, const char *argument)
{
    static const enum hd_allocator_kind kinds[] = {HD_ALLOCATOR_POOL, HD_ALLOCATOR_MALLOC,
                                                   HD_ALLOCATOR_DEBUG};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(argument, hd_allocator_kind_name(kinds[i])) == 0) {
            options->memory.kind = kinds[i];
            return true;
        }
    }
    return false;
}

static bool take_boundary(struct hd_options *options, const char *argument)
{
    uint64_t bytes;

    if (!parse_number(argument, 10, HD_POOL_BOUNDARY_MAX, &bytes)) {
        return false;
    }
    options->memory.boundary = (size_t)bytes;
    return true;
}

static bool take_compact(struct hd_options *options, const char *argument)
{
    options->compact.enabled = strcmp(argument, "on") == 0;
    return options->compact.enabled || strcmp(argument, "off") == 0;
}

static bool take_compact_waste(struct hd_options *options, const char *argument)
{
    uint64_t percent;

    if (!parse_number(argument, 10, 100, &percent)) {
        return false;
    }
    options->compact.waste_percent = (uint32_t)percent;
    return true;
}

/* NUMBER, with K, M or G for bytes; 0: no limit. */
static bool parse_limit(const char *text, const char *units, uint64_t *ret_limit)
{
    size_t size = strlen(text);
    const char *unit = size > 1 ? strchr(units, text[size - 1]) : NULL;
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    char number[24];
    uint64_t value;

    size -= unit != NULL;
    if (size >= sizeof number) {
        return false;
    }
    memcpy(number, text, size);
    number[size] = '\0';
    if (!parse_number(number, 10, (UINT64_MAX >> 1) >> shift, &value)) {
        return false;
    }
    *ret_limit = value == 0 ? HD_UNLIMITED : value << shift;
    return true;
}

static bool take_limit_bytes(struct hd_options *options, const char *argument)
{
    return parse_limit(argument, "KMG", &options->limit.bytes);
}

static bool take_limit_objects(struct hd_options *options, const char *argument)
{
    return parse_limit(argument, "", &options->limit.objects);
}

static bool take_events(struct hd_options *options, const char *argument)
{
    uint64_t events;

    if (!parse_number(argument, 10, EVENTS_MAX, &events) || events < EVENTS_MIN) {
        return false;
    }
    options->events = (uint32_t)events;
    return true;
}

static bool take_heap(struct hd_options *options, const char *argument)
{
    size_t size = strlen(argument);

    if (size == 0 || size > 64 || options->heap_count == HD_OPTIONS_HEAPS) {
        return false;
    }
    for (size_t i = 0; i < options->heap_count; i++) {
        if (strcmp(options->heaps[i], argument) == 0) {
            return i == 0; /* the default heap may be named; another one only once */
        }
    }
    options->heaps[options->heap_count++] = argument;
    return true;
}

static bool take_threads(struct hd_options *options, const char *argument)
{
    uint64_t threads;

    if (!parse_number(argument, 10, HD_OPTIONS_HEAPS, &threads) || threads == 0) {
        return false;
    }
    options->threads = (uint32_t)threads;
    return true;
}

static bool take_ready_fd(struct hd_options *options, const char *argument)
{
    uint64_t fd;

    if (!parse_number(argument, 10, 65535, &fd)) {
        return false;
    }
    options->ready_fd = (int)fd;
    return true;
}

static bool take_collector(struct hd_options *options, const char *argument)
{
    bool classic = strcmp(argument, "classic") == 0;

    options->collector = classic ? HD_COLLECTOR_CLASSIC : HD_COLLECTOR_INCREMENTAL;
    return classic || strcmp(argument, "incremental") == 0;
}

static bool take_budget(struct hd_options *options, const char *argument)
{
    uint64_t us;

    if (!parse_number(argument, 10, BUDGET_US_MAX, &us) || us < BUDGET_US_MIN) {
        return false;
    }
    options->budget_us = (uint32_t)us;
    return true;
}

static bool take_seed(struct hd_options *options, const char *argument)
{
    options->seeded = true;
    return parse_number(argument, 16, UINT64_MAX, &options->seed);
}

struct row {
    const char *name;
    const char *argument; /* NULL: none */
    take_argument take;
    const char *help;
};

static const struct row rows[] = {
    {"listen", "URL", take_listen,
     "unix:PATH or tcp://HOST:PORT (loopback; port 0: any), with ?heap=NAME for another heap\n"
     "      than the default; up to 16 times; default unix:/run/heapd/heapd.sock, or the "
     "sockets\n"
     "      handed over by systemd"},
    {"heap", "NAME", take_heap, "a further heap, of 1 to 64 bytes; up to 63 times"},
    {"threads", "N", take_threads,
     "event loops, each with heaps of its own, dealt in turn; 1 (default) to the number of "
     "heaps"},
    {"allocator", "KIND", take_allocator, "pool (default), malloc or debug"},
    {"boundary", "BYTES", take_boundary, "largest request served from pools; at most 262144"},
    {"compact", "on|off", take_compact, "move objects together when idle (default on)"},
    {"compact-waste", "PERCENT", take_compact_waste,
     "when so much of the pools could be saved (default 15)"},
    {"limit-bytes", "N[K|M|G]", take_limit_bytes,
     "most memory of each heap, all of it; default 0: no limit"},
    {"limit-objects", "N", take_limit_objects,
     "most objects of each heap; default 0: no limit"},
    {"collector", "MODE", take_collector,
     "how each heap is collected to begin with: incremental (default) or classic"},
    {"budget", "US", take_budget,
     "microseconds for collecting and releasing in one turn of the loop, 100 to 1000000;\n"
     "      default 1000"},
    {"events", "N", take_events, "events that each heap keeps, 16 to 1048576; default 4096"},
    {"ready-fd", "N", take_ready_fd,
     "write READY and the URLs listened on to this descriptor, then close it"},
    {"seed", "HEX", take_seed, "fixed seeds, for tests: ids and hashes are predictable then"},
    {"version", NULL, NULL, "print the version"},
    {"help", NULL, NULL, "print this"},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static void print_help(void)
{
    (void)printf("usage: heapd [OPTION...]\n\nThe managed heap as a daemon.\n\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        (void)printf("  --%s%s%s\n      %s\n", rows[i].name,
                     rows[i].argument == NULL ? "" : " ",
                     rows[i].argument == NULL ? "" : rows[i].argument, rows[i].help);
    }
}

static enum hd_options_result take(const struct row *row, struct hd_options *options)
{
    if (row->take == NULL) {
        if (strcmp(row->name, "help") == 0) {
            print_help();
        } else {
            (void)printf("heapd %s\n", HEAPD_VERSION);
        }
        return HD_OPTIONS_DONE;
    }
    if (!row->take(options, optarg)) {
        (void)fprintf(stderr, "heapd: --%s %s: wrong; it wants: %s\n", row->name, optarg,
                      row->help);
        return HD_OPTIONS_WRONG;
    }
    return HD_OPTIONS_RUN;
}

enum hd_options_result hd_options_parse(int argc, char **argv, struct hd_options *ret_options)
{
    struct option names[ROW_COUNT + 1] = {{0}};
    enum hd_options_result result = HD_OPTIONS_RUN;
    int index = 0;
    int found;

    *ret_options = (struct hd_options){
        .heaps = {DEFAULT_HEAP},
        .heap_count = 1,
        .memory = hd_memory_options_default(),
        .compact = hd_heap_options_default().compact,
        .limit = {HD_UNLIMITED, HD_UNLIMITED},
        .events = hd_heap_options_default().events,
        .collector = hd_heap_options_default().mode,
        .budget_us = 1000,
        .threads = 1,
        .ready_fd = -1,
    };
    for (size_t i = 0; i < ROW_COUNT; i++) {
        names[i].name = rows[i].name;
        names[i].has_arg = rows[i].argument == NULL ? no_argument : required_argument;
    }
    while (result == HD_OPTIONS_RUN &&
           (found = getopt_long(argc, argv, "", names, &index)) != -1) {
        result = found == 0 ? take(&rows[index], ret_options) : HD_OPTIONS_WRONG;
    }
    if (result == HD_OPTIONS_RUN && optind < argc) {
        (void)fprintf(stderr, "heapd: '%s' is no option\n", argv[optind]);
        result = HD_OPTIONS_WRONG;
    }
    if (result == HD_OPTIONS_RUN && ret_options->threads > ret_options->heap_count) {
        (void)fprintf(stderr,
                      "heapd: --threads %u: a loop owns one heap at least, and there are %zu\n",
                      ret_options->threads, ret_options->heap_count);
        result = HD_OPTIONS_WRONG;
    }
    return result;
}
