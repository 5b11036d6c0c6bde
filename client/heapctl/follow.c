/* SPDX-License-Identifier: MIT */
#include "follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int until_it_ends(struct heapctl *ctl, const char *verb, struct heapd_stream *stream,
                         int signals, follow_fn show, void *ctx)
{
    struct pollfd polls[2] = {{.fd = heapd_client_fd(ctl->client)},
                              {.fd = signals, .events = POLLIN}};
    struct heapd_error error;

    while (true) {
        int status = show(ctl, stream, ctx);

        if (status != EXIT_OK || fflush(stdout) != 0) {
            return status != EXIT_OK ? status : EXIT_FAILED;
        }
        if (heapd_stream_status(stream, &error) != HEAPD_OK) {
            return heapctl_report(ctl, verb, &error);
        }
        polls[0].events = (short)heapd_client_events(ctl->client);
        if (poll(polls, 2, -1) < 0 && errno != EINTR) {
            return EXIT_FAILED;
        }
        if (polls[1].revents != 0) {
            return EXIT_OK;
        }
        (void)heapd_client_process(ctl->client, polls[0].revents, NULL); /* see the status */
    }
}

int follow(struct heapctl *ctl, const char *verb, struct heapd_stream *stream, follow_fn show,
           void *ctx)
{
    sigset_t set;
    int signals;
    int status = EXIT_FAILED;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, NULL); /* the private daemon has been started */
    signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) {
        (void)fprintf(stderr, "heapctl: %s: %s\n", verb, strerror(errno));
    } else {
        status = until_it_ends(ctl, verb, stream, signals, show, ctx);
        (void)close(signals);
    }
    heapd_stream_close(stream);
    return status;
}
