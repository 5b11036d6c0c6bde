/* SPDX-License-Identifier: MIT */
/* main.c: the command line: options, a connection or a private daemon, a verb. */
#include <ctype.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console/console.h"
#include "heapctl.h"

#define MAX_SPAWN_WORDS 64
#define MAX_TIMEOUT_MS  2000000000u

static const struct verb {
    const char *name;
    const char *arguments;
    const char *what;
    const char *more;
    int (*run)(struct heapctl *ctl, int argc, char **argv);
} verbs[] = {
#define X(verb, arguments, what, more) {#verb, arguments, what, more, verb_##verb},
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
              "  -v, --verbose        errors with their codes, and what a private daemon says\n"
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
    (void)fprintf(file, "\nheapctl VERB --help says more.\n"
                        "Exit status: 0 done, 1 failed, 2 usage, 3 no daemon, 4 not found, "
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
    uint32_t ms;

    if (!heapctl_seconds(text, MAX_TIMEOUT_MS, &ms)) {
        return heapctl_usage_error("", "no timeout: %s (seconds above 0)", text);
    }
    *timeout_ms = (int)ms;
    return EXIT_OK;
}

/* How far the options got: a status, or CONTINUE with a verb to come. */
#define CONTINUE (-1)

static int parse_options(struct heapctl *ctl, int argc, char **argv, char **ret_spawn)
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
            ctl->spawner.verbose = true;
            break;
        case OPTION_SPAWN:
            ctl->spawns = true;
            *ret_spawn = optarg;
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

/* The words of --spawn=ARGS; `words` keeps their text. */
static int split_words(char *text, const char *words[MAX_SPAWN_WORDS + 1])
{
    char *rest = NULL;
    size_t count = 0;

    for (char *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (count == MAX_SPAWN_WORDS) {
            return heapctl_usage_error("", "--spawn: more than %d words", MAX_SPAWN_WORDS);
        }
        words[count++] = word;
    }
    words[count] = NULL;
    return EXIT_OK;
}

static int run_console(struct heapctl *ctl)
{
    int status = heapctl_connect(ctl, "console");

    return status == EXIT_OK ? console_interactive(ctl->client) : status;
}

/* A line for each of the alternatives, which " | " separates. */
static int print_verb_usage(const struct verb *verb)
{
    const char *start = verb->arguments;
    const char *word = "usage";

    do {
        const char *end = strstr(start, " | ");
        size_t size = end == NULL ? strlen(start) : (size_t)(end - start);

        (void)printf("%s: heapctl [OPTION...] %s%s%.*s\n", word, verb->name,
                     size > 0 ? " " : "", (int)size, start);
        start = end == NULL ? NULL : end + 3;
        word = "   or";
    } while (start != NULL);
    (void)printf("\n%c%s.\n", toupper((unsigned char)verb->what[0]), verb->what + 1);
    if (verb->more[0] != '\0') {
        (void)printf("\n%s", verb->more);
    }
    (void)printf("\nOptions that stand before the verb: heapctl --help.\n");
    return EXIT_OK;
}

static int run_verb(struct heapctl *ctl, int argc, char **argv)
{
    if (argc == 0) {
        return run_console(ctl);
    }
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(argv[0], verbs[i].name) == 0) {
            return argc > 1 && strcmp(argv[1], "--help") == 0 ? print_verb_usage(&verbs[i])
                                                              : verbs[i].run(ctl, argc, argv);
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
    const char *words[MAX_SPAWN_WORDS + 1];
    char *text = NULL;
    int status;

    /* Whoever ignored it left that to us, and nobody could be waited for. */
    (void)signal(SIGCHLD, SIG_DFL);
    ctl.format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_RAW;
    spawner_init(&ctl.spawner);
    status = parse_options(&ctl, argc, argv, &text);
    if (status == CONTINUE && text != NULL) {
        ctl.spawner.arguments = words;
        status = split_words(text, words) == EXIT_OK ? CONTINUE : EXIT_USAGE;
    }
    if (status != CONTINUE) {
        return flush_output(status);
    }
    status = run_verb(&ctl, argc - optind, argv + optind);
    status = flush_output(status);
    return heapctl_disconnect(&ctl, status);
}
