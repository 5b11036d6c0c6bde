/* SPDX-License-Identifier: MIT */
/* verbs_console.c: the verbs that speak Python; the work is console/'s. */
#include "console/console.h"
#include "heapctl.h"

int verb_eval(struct heapctl *ctl, int argc, char **argv)
{
    int status = argc > 1 ? heapctl_connect(ctl, argv[0])
                          : heapctl_usage_error(argv[0], "expected a line of Python");

    return status == EXIT_OK ? console_eval(ctl->client, argc - 1, argv + 1) : status;
}

int verb_run(struct heapctl *ctl, int argc, char **argv)
{
    int status = argc == 2 ? heapctl_connect(ctl, argv[0])
                           : heapctl_usage_error(argv[0], "expected one file");

    return status == EXIT_OK ? console_run(ctl->client, argv[1]) : status;
}

int verb_test(struct heapctl *ctl, int argc, char **argv)
{
    return console_test(&ctl->spawner, ctl->url, argc, argv);
}
