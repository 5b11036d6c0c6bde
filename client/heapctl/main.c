/* SPDX-License-Identifier: MIT */
/* main.c: the command line: options, a connection or a private daemon, a verb. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console/console.h"
#include "heapctl.h"

#define MAX_SPAWN_WORDS 64

static const struct verb {
    const char *name;
    bool connects;
    const char *arguments;
    const char *what;
    int (*run)(struct heapctl *ctl, int argc, char **argv);
} verbs[] = {
#define X(verb, connects, arguments, what) {#verb, connects, arguments, what, verb_##verb},
    HEAPCTL_VERBS(X)
#undef X
};

enum { OPTION_SPAWN = 256, OPTION_TIMEOUT, OPTION_HELP, OPTION_VERSION };

static const struct option options[] = {
    {"url", required_argument, NULL, 'u'},
    {"heap", required_argument, NULL, 'n'},
    {"output", required_argument, NULL, 'o'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"spawn", optional_argument, NULL, OPTION_SPAWN},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static void print_usage(FILE *file)
{
    (void)fprintf(
        file, "usage: heapctl [OPTION...] [VERB [ARGUMENT...]]\n"
              "Without a verb: a console in Python's notation.\n\n"
              "  -u, --url URL        unix:PATH or tcp://HOST:PORT (default: HEAPD_URL, the\n"
              "                       system's daemon, the user's)\n"
              "      --spawn[=ARGS]   a private daemon, which ends with this program\n"
              "  -n, --heap NAME      the heap to work on\n"
              "  -o, --output FORMAT  table, json or raw (default: table on a terminal, "
              "else raw)\n"
              "      --timeout S      seconds that a request may take\n"
              "  -q, --quiet          nothing but errors\n"
              "  -v, --verbose        errors with their codes\n"
              "      --help           this\n"
              "      --version        the version\n\n");
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strlen(verbs[i].arguments) > 28) {
            (void)fprintf(file, "  %s %s\n  %-32s  %s\n", verbs[i].name, verbs[i].arguments, "",
                          verbs[i].what);
        } else {
            int used = (int)strlen(verbs[i].name) + 1;

            (void)fprintf(file, "  %s %-*s  %s\n", verbs[i].name, 32 - used, verbs[i].arguments,
                          verbs[i].what);
        }
    }
    (void)fprintf(file, "\nExit status: 0 done, 1 failed, 2 usage, 3 no daemon, 4 not found, "
                        "5 denied or\nover a limit, 124 timed out.\n");
}

static int parse_format(const char *text, enum output_format *format)
{
    if (strcmp(text, "table") == 0) {
        *format = OUTPUT_TABLE;
    } else if (strcmp(text, "json") == 0) {
        *format = OUTPUT_JSON;
    } else if (strcmp(text, "raw") == 0) {
        *format = OUTPUT_RAW;
    } else {
        return heapctl_usage_error("", "no output format: %s (table, json or raw)", text);
    }
    return EXIT_OK;
}

static int parse_timeout(const char *text, int *timeout_ms)
{
    char *end;
    double seconds = strtod(text, &end);

    if (end == text || *end != '\0' || !(seconds > 0 && seconds < 2000000)) {
        return heapctl_usage_error("", "no timeout: %s (seconds above 0)", text);
    }
    *timeout_ms = seconds < 0.001 ? 1 : (int)(seconds * 1000);
    return EXIT_OK;
}

/* How far the options got: a status, or CONTINUE with a verb to come. */
#define CONTINUE (-1)

static int parse_options(struct heapctl *ctl, int argc, char **argv, const char **ret_spawn)
{
    int status = EXIT_OK;
    int option;

    while (status == EXIT_OK &&
           (option = getopt_long(argc, argv, "+u:n:o:qv", options, NULL)) != -1) {
        switch (option) {
        case 'u':
            ctl->url = optarg;
            break;
        case 'n':
            ctl->heap = optarg;
            break;
        case 'o':
            status = parse_format(optarg, &ctl->format);
            break;
        case 'q':
            ctl->quiet = true;
            break;
        case 'v':
            ctl->verbose = true;
            break;
        case OPTION_SPAWN:
            *ret_spawn = optarg != NULL ? optarg : "";
            break;
        case OPTION_TIMEOUT:
            status = parse_timeout(optarg, &ctl->timeout_ms);
            break;
        case OPTION_HELP:
            print_usage(stdout);
            return EXIT_OK;
        case OPTION_VERSION:
            (void)printf("heapctl %s\n", HEAPCTL_VERSION);
            return EXIT_OK;
        default:
            return EXIT_USAGE;
        }
    }
    return status == EXIT_OK ? CONTINUE : status;
}

/* Starts a private daemon with the words of --spawn=ARGS. */
static int spawn(struct heapctl *ctl, const char *words, struct spawned **ret_daemon)
{
    const char *arguments[MAX_SPAWN_WORDS + 1];
    char *text = strdup(words);
    char *rest = NULL;
    char message[512];
    size_t count = 0;
    int status;

    if (text == NULL) {
        return heapctl_usage_error("", "no memory");
    }
    for (char *word = strtok_r(text, " ", &rest); word != NULL && count < MAX_SPAWN_WORDS;
         word = strtok_r(NULL, " ", &rest)) {
        arguments[count++] = word;
    }
    arguments[count] = NULL;
    status =
        ctl->spawner.start(ctl->spawner.ctx, arguments, ret_daemon, message, sizeof(message));
    if (status != EXIT_OK) {
        (void)fprintf(stderr, "heapctl: %s\n", message);
    } else {
        ctl->url = ctl->spawner.url(*ret_daemon);
    }
    free(text);
    return status;
}

static int connect_daemon(struct heapctl *ctl, const char *verb)
{
    struct heapd_error error;

    if (heapd_client_open(ctl->url, ctl->timeout_ms, &ctl->client, &error) != HEAPD_OK ||
        heapd_client_set_heap(ctl->client, ctl->heap, &error) != HEAPD_OK) {
        int status = heapctl_report(ctl, verb, &error);

        return error.code == HEAPD_INVALID_ARGUMENT ? EXIT_USAGE : status;
    }
    return EXIT_OK;
}

static int run_console(struct heapctl *ctl)
{
    int status = connect_daemon(ctl, "console");

    return status == EXIT_OK ? console_interactive(ctl->client) : status;
}

static int run_verb(struct heapctl *ctl, int argc, char **argv)
{
    if (argc == 0) {
        return run_console(ctl);
    }
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(argv[0], verbs[i].name) == 0) {
            int status = verbs[i].connects ? connect_daemon(ctl, argv[0]) : EXIT_OK;

            return status == EXIT_OK ? verbs[i].run(ctl, argc, argv) : status;
        }
    }
    return heapctl_usage_error("", "no such verb: %s (see heapctl --help)", argv[0]);
}

/* A result that could not be written is a failure. */
static int flush_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "heapctl: cannot write the output\n");
        return status == EXIT_OK ? EXIT_FAILED : status;
    }
    return status;
}

int main(int argc, char **argv)
{
    struct heapctl ctl = {.timeout_ms = -1};
    struct spawned *daemon = NULL;
    const char *words = NULL;
    int status;

    ctl.format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_RAW;
    spawner_init(&ctl.spawner);
    status = parse_options(&ctl, argc, argv, &words);
    if (status != CONTINUE) {
        return status;
    }
    if (words != NULL) {
        status = spawn(&ctl, words, &daemon);
        if (status != EXIT_OK) {
            return status;
        }
    }
    status = run_verb(&ctl, argc - optind, argv + optind);
    heapd_client_close(ctl.client);
    status = flush_output(status);
    (void)ctl.spawner.end(daemon);
    return status;
}
