/* SPDX-License-Identifier: MIT */
/* heapctl.h: the verbs, in one table, and what they share. */
#ifndef HEAPCTL_HEAPCTL_H
#define HEAPCTL_HEAPCTL_H

#include <heapd/client.h>

#include "output.h"
#include "spawn.h"

/* Exit statuses; docs/man/heapctl.1.scd. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NO_DAEMON = 3,
    EXIT_NOT_FOUND = 4,
    EXIT_DENIED = 5,
    EXIT_TIMEOUT = 124,
};

struct heapctl {
    const char *url; /* as given, or the private daemon's; NULL: the default */
    const char *heap;
    int timeout_ms;
    enum output_format format;
    bool quiet;
    bool verbose;
    struct console_spawner spawner;
    struct heapd_client *client; /* NULL for verbs that connect themselves */
};

/* X(verb, connects first, arguments, what it does): the usage text, the manual's
 * order and the dispatch all come from here. */
#define HEAPCTL_VERBS(X)                                                                       \
    X(ping, true, "", "there and back, and how long it took")                                  \
    X(info, true, "[server|heap|kinds]", "the daemon and its heap in numbers")                 \
    X(ls, true, "[-a] [ID|NAME...]", "names and what they are bound to, or objects")           \
    X(show, true, "ID|NAME", "one object: kind, value, count, age, place")                     \
    X(refs, true, "ID|NAME", "what an object refers to, and what refers to it")                \
    X(gc, true,                                                                                \
      "collect [GEN] | threshold [A [B [C]]] | count | stats | enable | disable | "            \
      "freeze | unfreeze",                                                                     \
      "the collector")                                                                         \
    X(pools, true, "", "memory: size classes and arenas")                                      \
    X(trim, true, "", "give empty memory back to the system")                                  \
    X(verify, true, "", "re-derive every count; status 1 if one is wrong")                     \
    X(eval, true, "LINE...", "run lines of Python and print what they give")                   \
    X(run, true, "FILE", "run a transcript and show what happens (-: standard input)")         \
    X(test, false, "[FLAG...] FILE...", "run transcripts and compare what they expect")

#define X(verb, connects, arguments, what)                                                     \
    int verb_##verb(struct heapctl *ctl, int argc, char **argv);
HEAPCTL_VERBS(X)
#undef X

/* One line on stderr, `heapctl: VERB: message`, or an object with -o json.  The
 * exit status for it. */
int heapctl_report(const struct heapctl *ctl, const char *verb,
                   const struct heapd_error *error);
int heapctl_usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "ID|NAME": what starts with a digit is an id (0x: in hexadecimal). */
bool heapctl_operand(const char *text, struct heapd_ref *ret_ref);

/* A value in a line of a table, cut to size. */
void heapctl_summary(const struct heapd_info *info, char *to, size_t size);

#endif
