/* SPDX-License-Identifier: MIT */
/* verbs_console.c: the verbs that speak Python; the work is console/'s. */
#include "console/console.h"
#include "heapctl.h"

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
    return console_test(&ctl->spawner, ctl->url, argc, argv);
}
