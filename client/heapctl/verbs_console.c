/* SPDX-License-Identifier: MIT */
/* verbs_console.c: the verbs that speak Python; the work is console/'s. */
#include "heapctl.h"

#ifdef HEAPCTL_CONSOLE
#include "console/console.h"
#else /* a build without console/: the entry points, and nothing behind them */
static int missing(void)
{
    return heapctl_usage_error("", "built without its console");
}
#define console_eval(client, count, lines)                                                     \
    ((void)(client), (void)(count), (void)(lines), missing())
#define console_run(client, path) ((void)(client), missing())
#define console_test(spawner, url, count, words)                                               \
    ((void)(spawner), (void)(count), (void)(words), missing())
#endif

int verb_eval(struct heapctl *ctl, int argc, char **argv)
{
    if (argc < 2) {
        return heapctl_usage_error(argv[0], "expected a line of Python");
    }
    return console_eval(ctl->client, argc - 1, argv + 1);
}

int verb_run(struct heapctl *ctl, int argc, char **argv)
{
    if (argc != 2) {
        return heapctl_usage_error(argv[0], "expected one file");
    }
    return console_run(ctl->client, argv[1]);
}

int verb_test(struct heapctl *ctl, int argc, char **argv)
{
    return console_test(&ctl->spawner, ctl->url, argc - 1, argv + 1);
}
