/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

enum {
    O_CLIENTS = 256,
    O_PIPELINE,
    O_PAYLOAD,
    O_BATCH,
    O_OBJECTS,
    O_REQUESTS,
    O_SECONDS,
    O_WARMUP,
    O_RATE,
    O_PROTOCOL,
    O_FORMAT,
    O_HEAP,
    O_HELP,
    O_VERSION
};

static const struct option table[] = {
    {"url", required_argument, NULL, 'u'},
    {"heap", required_argument, NULL, O_HEAP},
    {"protocol", required_argument, NULL, O_PROTOCOL},
    {"clients", required_argument, NULL, O_CLIENTS},
    {"pipeline", required_argument, NULL, O_PIPELINE},
    {"payload", required_argument, NULL, O_PAYLOAD},
    {"batch", required_argument, NULL, O_BATCH},
    {"objects", required_argument, NULL, O_OBJECTS},
    {"requests", required_argument, NULL, O_REQUESTS},
    {"seconds", required_argument, NULL, O_SECONDS},
    {"warmup", required_argument, NULL, O_WARMUP},
    {"rate", required_argument, NULL, O_RATE},
    {"format", required_argument, NULL, O_FORMAT},
    {"help", no_argument, NULL, O_HELP},
    {"version", no_argument, NULL, O_VERSION},
    {NULL, 0, NULL, 0},
};

void bench_usage(void)
{
    (void)printf(
        "usage: heapd-bench [OPTION...] [WORKLOAD...]\n"
        "Workloads (default: the first six):\n "
        " create_release hold_release bind_delete append_pop get mixed bulk graph\n\n"
        "  -u, --url URL        unix:PATH or tcp://HOST:PORT (default: as heapctl; with resp\n"
        "                       tcp://127.0.0.1:6379)\n"
        "      --protocol P     ttrpc (heapd, the default) or resp (Redis)\n"
        "      --heap NAME      the heap to work on\n"
        "      --clients N      connections (50)\n"
        "      --pipeline N     requests in flight of each (1)\n"
        "      --payload BYTES  of an object, or of a value (32)\n"
        "      --batch N        operations of a request; of bulk: ids\n"
        "      --objects N      of bulk: objects of all clients; of graph: nodes\n"
        "      --requests N     of each workload (100000)\n"
        "      --seconds S      so long instead\n"
        "      --warmup S       so long before, not counted (0)\n"
        "      --rate N         requests in a second; latency from when each was due\n"
        "      --format F       text, json or csv\n"
        "      --help, --version\n");
}

struct parse {
    struct bench_options options;
    char *message;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool bad(struct parse *parse, const char *format,
                                                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(parse->message, parse->size, format, arguments);
    va_end(arguments);
    return false;
}

static bool number(struct parse *parse, const char *name, const char *text, double least,
                   double most, double *ret_number)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !isfinite(value) || value < least || value > most) {
        return bad(parse, "--%s: %.60s is no number from %g to %.10g", name, text, least, most);
    }
    *ret_number = value;
    return true;
}

static bool whole(struct parse *parse, const char *name, const char *text, uint64_t least,
                  uint64_t most, uint64_t *ret_number)
{
    double value;

    if (!number(parse, name, text, (double)least, (double)most, &value)) {
        return false;
    }
    if (value != floor(value)) {
        return bad(parse, "--%s: %.60s is no whole number", name, text);
    }
    *ret_number = (uint64_t)value;
    return true;
}

static bool whole32(struct parse *parse, const char *name, const char *text, uint64_t least,
                    uint64_t most, uint32_t *ret_number)
{
    uint64_t value;

    if (!whole(parse, name, text, least, most, &value)) {
        return false;
    }
    *ret_number = (uint32_t)value;
    return true;
}

/* The place of text among words, or an error. */
static bool choice(struct parse *parse, const char *name, const char *text,
                   const char *const *words, int *ret_choice)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_choice = i;
            return true;
        }
    }
    return bad(parse, "--%s: there is no %.60s", name, text);
}

static bool choose(struct parse *parse, int option, const char *text)
{
    static const char *const protocols[] = {"ttrpc", "resp", NULL};
    static const char *const formats[] = {"text", "json", "csv", NULL};
    int chosen = 0;
    bool is_protocol = option == O_PROTOCOL;

    if (!choice(parse, is_protocol ? "protocol" : "format", text,
                is_protocol ? protocols : formats, &chosen)) {
        return false;
    }
    if (is_protocol) {
        parse->options.protocol = (enum bench_speaks)chosen;
    } else {
        parse->options.format = (enum bench_format)chosen;
    }
    return true;
}

static bool take(struct parse *parse, int option, char *text)
{
    struct bench_options *o = &parse->options;

    switch (option) {
    case 'u':
        o->url = text;
        return true;
    case O_HEAP:
        o->heap = text;
        return true;
    case O_PROTOCOL:
    case O_FORMAT:
        return choose(parse, option, text);
    case O_CLIENTS:
        return whole32(parse, "clients", text, 1, 65536, &o->clients);
    case O_PIPELINE:
        return whole32(parse, "pipeline", text, 1, 65536, &o->pipeline);
    case O_PAYLOAD:
        return whole32(parse, "payload", text, 0, 1 << 20, &o->payload);
    case O_BATCH:
        return whole32(parse, "batch", text, 1, 10000, &o->batch);
    case O_OBJECTS:
        return whole(parse, "objects", text, 1, 1000000000, &o->objects);
    case O_REQUESTS:
        return whole(parse, "requests", text, 1, 1000000000000, &o->requests);
    case O_SECONDS:
        return number(parse, "seconds", text, 0.001, 1e6, &o->seconds);
    case O_WARMUP:
        return number(parse, "warmup", text, 0, 1e6, &o->warmup);
    default:
        return number(parse, "rate", text, 0.001, 1e9, &o->rate);
    }
}

/* What one workload cannot do. */
static bool suits(struct parse *parse, const struct bench_workload *w)
{
    const struct bench_options *o = &parse->options;

    if (w->kind != BENCH_STEPS_IN_TURN && o->protocol == BENCH_RESP) {
        return bad(parse, "%s: Redis has no commands for it", w->name);
    }
    if (w->kind == BENCH_STEPS_IN_TURN && o->batch % w->count != 0) {
        return bad(parse, "--batch %u: a batch of %s is whole rounds of %zu", o->batch, w->name,
                   w->count);
    }
    if (w->kind == BENCH_GRAPH &&
        o->objects % (o->batch > 0 ? o->batch : BENCH_GRAPH_BATCH) != 0) {
        return bad(parse, "--objects %llu: %s is built of whole batches",
                   (unsigned long long)o->objects, w->name);
    }
    if (w->kind == BENCH_PACKED && o->objects < o->clients) {
        return bad(parse, "--objects %llu: every one of %u clients needs an object",
                   (unsigned long long)o->objects, o->clients);
    }
    if (w->kind == BENCH_PACKED && o->objects / o->clients > 1000000) {
        return bad(parse, "--objects %llu: a client can hold 1000000, and there are %u",
                   (unsigned long long)o->objects, o->clients);
    }
    return true;
}

static bool name_workloads(struct parse *parse, int count, char **names)
{
    struct bench_options *o = &parse->options;

    if (count > BENCH_NAMED_MAX) {
        return bad(parse, "more than %d workloads", BENCH_NAMED_MAX);
    }
    for (int i = 0; i < count; i++) {
        const struct bench_workload *found = bench_workload_find(names[i]);

        if (found == NULL) {
            return bad(parse, "there is no workload %.60s", names[i]);
        }
        o->workloads[o->named++] = found;
    }
    if (count == 0) {
        for (const struct bench_workload *w = bench_workloads(); w->kind == BENCH_STEPS_IN_TURN;
             w++) {
            o->workloads[o->named++] = w;
        }
    }
    for (size_t i = 0; i < o->named; i++) {
        if (!suits(parse, o->workloads[i])) {
            return false;
        }
    }
    return true;
}

static bool judge(struct parse *parse)
{
    struct bench_options *o = &parse->options;

    if (o->requests > 0 && o->seconds > 0) {
        return bad(parse, "--requests and --seconds exclude each other");
    }
    if (o->requests == 0 && !(o->seconds > 0)) {
        o->requests = 100000;
    }
    if (o->heap != NULL && o->protocol == BENCH_RESP) {
        return bad(parse, "--heap: Redis has no heaps");
    }
    if (o->url == NULL && o->protocol == BENCH_RESP) {
        o->url = "tcp://127.0.0.1:6379";
    }
    return true;
}

enum bench_parsed bench_options_parse(int argc, char **argv, struct bench_options *ret_options,
                                      char *message, size_t size)
{
    struct parse parse = {
        .options = {.clients = 50, .pipeline = 1, .payload = 32, .objects = 1000000},
        .message = message,
        .size = size,
    };
    int option;

    optind = 0; /* begins anew, as tests do */
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":u:", table, NULL)) != -1) {
        if (option == O_HELP || option == O_VERSION) {
            return option == O_HELP ? BENCH_HELP : BENCH_VERSION;
        }
        if (option == '?' || option == ':') {
            (void)bad(&parse, option == '?' ? "unknown option %.60s" : "%.60s needs a value",
                      argv[optind - 1]);
            return BENCH_BAD;
        }
        if (!take(&parse, option, optarg)) {
            return BENCH_BAD;
        }
    }
    if (!judge(&parse) || !name_workloads(&parse, argc - optind, argv + optind)) {
        return BENCH_BAD;
    }
    *ret_options = parse.options;
    return BENCH_GO;
}
