/* SPDX-License-Identifier: MIT */
/* main.c: options in, instances up, a word that the sockets answer, and the loop. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "heapd/daemon.h"
#include "heapd/options.h"
#include "server/notify.h"

#define EXIT_USAGE     2
#define MMAP_THRESHOLD (128 * 1024)

/* From any thread: one call of fprintf is one line.  Lines that the journal takes carry their
 * severity in front. */
static void log_line(void *ctx, enum hd_log_level level, const char *sentence)
{
    (void)ctx;
    if (getenv("JOURNAL_STREAM") != NULL) {
        (void)fprintf(stderr, "<%d>%s\n", (int)level, sentence);
    } else {
        (void)fprintf(stderr, "heapd: %s\n", sentence);
    }
}

/* For whoever started us: "READY" and the sockets, one to a line. */
static void report_ready(const struct hd_daemon *daemon, int fd)
{
    const char *url;
    FILE *to;

    if (fd < 0) {
        return;
    }
    to = fdopen(fd, "w");
    if (to == NULL) {
        log_line(NULL, HD_LOG_WARNING, "--ready-fd is no descriptor that can be written to");
        return;
    }
    (void)fprintf(to, "READY\n");
    for (size_t i = 0; (url = hd_daemon_url(daemon, i)) != NULL; i++) {
        (void)fprintf(to, "%s\n", url);
    }
    (void)fclose(to);
}

int main(int argc, char **argv)
{
    struct hd_options options;
    struct hd_daemon daemon;
    const char *url;
    char line[160];

    switch (hd_options_parse(argc, argv, &options)) {
    case HD_OPTIONS_DONE:
        return EXIT_SUCCESS;
    case HD_OPTIONS_WRONG:
        return EXIT_USAGE;
    default:
        break;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    /* Fixed: glibc would raise it to what was last freed, and keep large blocks for good. */
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    if (!hd_daemon_start(&daemon, &options, log_line)) {
        return EXIT_FAILURE;
    }
    for (size_t i = 0; (url = hd_daemon_url(&daemon, i)) != NULL; i++) {
        (void)snprintf(line, sizeof line, "listening on %s", url);
        log_line(NULL, HD_LOG_INFO, line);
    }
    report_ready(&daemon, options.ready_fd);
    hd_notify_ready("serving");
    hd_daemon_run(&daemon);
    return EXIT_SUCCESS;
}
