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
    bool spawns;     /* --spawn: a private daemon */
    const char *heap;
    int timeout_ms;
    enum output_format format;
    bool quiet;
    bool verbose;
    struct console_spawner spawner;
    struct spawned *daemon;      /* owned; NULL: none */
    struct heapd_client *client; /* owned; NULL until heapctl_connect */
};

/* X(verb, arguments, what it does, more for its --help): the usage text, the manual's
 * order and the dispatch all come from here. */
#define HEAPCTL_VERBS(X)                                                                       \
    X(ping, "", "there and back, and how long it took", "")                                    \
    X(info, "[server|heap|kinds]", "the daemon and its heap in numbers",                       \
      "  server   version, limits, load\n"                                                     \
      "  heap     objects by generation, sessions, names, bytes\n"                             \
      "  kinds    objects by kind\n")                                                          \
    X(ls, "[-a] [ID|NAME...]", "names and what they are bound to, or objects",                 \
      "  -a       this session's own names, too\n")                                            \
    X(show, "ID|NAME", "one object: kind, value, count, age, place",                           \
      "An id begins with a digit (0x: hexadecimal); anything else is a name.\n")               \
    X(refs, "ID|NAME", "what an object refers to, and what refers to it", "")                  \
    X(referrers, "ID|NAME", "the tracked containers that refer to an object", "")              \
    X(referents, "ID|NAME", "what an object refers to", "")                                    \
    X(why, "ID|NAME", "why an object is there: a path from each kind of owner",                \
      "Owners are names and holds of sessions, global names, queues, gc.garbage,\n"            \
      "running batches, and what the daemon has not worked off yet.\n")                        \
    X(gc,                                                                                      \
      "collect [GEN] [--dry-run [--explain] | --wait S] | threshold [A [B [C]]] | "            \
      "mode [SETTING...] | count | stats | objects [GEN] | "                                   \
      "enable | disable | freeze | unfreeze",                                                  \
      "the collector",                                                                         \
      "  collect     generation 0, 1 or 2 (the default, and everything)\n"                     \
      "    --dry-run   frees nothing: what would be freed, by class\n"                         \
      "    --explain   and the largest cycles, step by step\n"                                 \
      "    --wait S    waits for finalizers, so many seconds at most\n"                        \
      "  threshold   shown, or set; 0 as the first: no automatic collection\n"                 \
      "  count       since the last collection of each generation\n"                           \
      "  stats       what was collected so far, by generation\n"                               \
      "  objects     the tracked ones of generation 0, 1 or 2; of all: what is not frozen\n")  \
    X(heaps, "", "the heaps of the daemon: -n names the one to work on", "")                   \
    X(sessions, "", "who is connected, and what each holds in numbers", "")                    \
    X(holdings, "SESSION", "names and holds of a session, frame by frame",                     \
      "A session is named by its number: heapctl sessions.\n")                                 \
    X(kill, "SESSION", "break a session off: all it holds is released", "")                    \
    X(pools, "[--map]", "memory: size classes, arenas, compaction",                            \
      "  --map   the arenas, too, by occupancy\n")                                             \
    X(trim, "", "move objects together and give memory back to the system", "")                \
    X(events, "[-f] [--after N] [FILTER...]", "what happened in the heap, or what happens",    \
      "Without -f those events that are kept. -o json: an object for each, on its own line.\n" \
      "  -f, --follow     go on with what comes, until interrupted\n"                          \
      "  --after N        events with higher numbers (with -f else: from now on)\n"            \
      "Filters; all that are given must agree:\n"                                              \
      "  --kind KIND,...  session_opened, collection_finished, ..., or session,\n"             \
      "                   collection, finalizer, callback, limit: all that begin so\n"         \
      "  --generation G   collections of generation 0, 1 or 2\n"                               \
      "  --session N      of this session\n"                                                   \
      "  --queue NAME     of this queue\n")                                                    \
    X(queues, "[list] | create NAME [--deadline S] [--tries N] | delete NAME",                 \
      "queues on which the end of objects is told",                                            \
      "  list          the queues, and what is on them (also without a word)\n"                \
      "  create        makes one, or gives one other settings\n"                               \
      "  --deadline S  seconds that a receiver has to acknowledge (at first 30)\n"             \
      "  --tries N     deliveries before it is a dead letter (at first 5)\n"                   \
      "  delete        one that nothing is on and nothing is set for\n")                       \
    X(finalizer, "set ID|NAME QUEUE | unset ID|NAME", "who is told before an object dies", "") \
    X(receive, "[--max N] [--wait S] [-f [--window N]] [--ack] QUEUE",                         \
      "take what waits on a queue",                                                            \
      "A line for each delivery; -o json: an object. What was not acknowledged when this\n"    \
      "ends comes again, to whoever receives next; each time is one of its tries.\n"           \
      "  --max N       at most so many (1000)\n"                                               \
      "  --wait S      seconds to wait for the first\n"                                        \
      "  -f, --follow  go on with what comes, until interrupted\n"                             \
      "  --window N    at most so many that are not acknowledged (with -f)\n"                  \
      "  --ack         acknowledge what has been written\n")                                   \
    X(ack, "DELIVERY...", "what was received, or is a dead letter, is done with",              \
      "By the numbers that receive and dead show; all of them, or none.\n")                    \
    X(dead, "QUEUE", "the dead letters of a queue", "")                                        \
    X(redrive, "QUEUE [DELIVERY...]", "put dead letters back on their queue",                  \
      "All of the queue, or those that are named.\n")                                          \
    X(config, "[set NAME VALUE...]", "limits, and what is used",                               \
      "  limit-bytes, limit-objects                         of the heap\n"                     \
      "  account.N.limit-bytes, account.N.limit-objects     of one account\n"                  \
      "Bytes may have K, M or G; none: no limit.\n")                                           \
    X(verify, "", "re-derive every count; status 1 if one is wrong", "")                       \
    X(eval, "LINE...", "run lines of Python and print what they give",                         \
      "Status 1 if one of them raises.\n")                                                     \
    X(batch, "[--atomic] FILE", "many operations in one request (-: standard input)",          \
      "A line for each: [$LABEL =] OPERATION OPERAND...; # begins a comment. An operand is\n"  \
      "an id, a name, the $LABEL of a line above, or a literal: int:5, float:2.5,\n"           \
      "str:'two words', bytes:'\\x00', None, True, False.\n"                                   \
      "  create list|tuple|set|frozenset OBJECT..., create dict [KEY VALUE]...,\n"             \
      "  create instance CLASS [NAME OBJECT]..., create LITERAL\n"                             \
      "  bind NAME OBJECT [absent|was ID], delete NAME [was ID], lookup NAME\n"                \
      "  append, insert, extend, extend_from, set_item, get_item, del_item, pop, remove,\n"    \
      "  clear, add, discard, contains, copy, length, equals, intern, set_attr, get_attr,\n"   \
      "  del_attr, show, refcounts, referents, is_tracked, weakref, deref, weakref_count,\n"   \
      "  finalizer set|unset, ack: container, place ([0], [1:3] or a key), object\n"           \
      "The lines are carried out in order, with nobody in between, up to the first that\n"     \
      "is refused.\n"                                                                          \
      "  --atomic   all or nothing\n")                                                         \
    X(run, "FILE", "run a transcript or script and show what happens (-: standard input)",     \
      "Status 1 if a statement raises.\n")                                                     \
    X(test, "[-j N] [--update] [--tap] [--junit FILE] FILE...",                                \
      "run transcripts and compare what they expect",                                          \
      "Each file is tested on a private daemon (or on -u's): transcripts in doctest\n"         \
      "syntax, and blocks marked heap, pycon or python of Markdown files (.md).\n"             \
      "  -j N           so many files at a time\n"                                             \
      "  --update       write what came in the place of what was expected\n"                   \
      "  --tap          as TAP, for prove and others\n"                                        \
      "  --junit FILE   a JUnit report, too\n"                                                 \
      "Status 0 only if every line agreed.\n")

#define X(verb, arguments, what, more)                                                         \
    int verb_##verb(struct heapctl *ctl, int argc, char **argv);
HEAPCTL_VERBS(X)
#undef X

/* Connects, to a private daemon with --spawn.  Verbs look at their arguments first.
 * EXIT_OK, or the exit status, and why on stderr. */
int heapctl_connect(struct heapctl *ctl, const char *verb);
/* Ends connection and private daemon; what to exit with after `status`. */
int heapctl_disconnect(struct heapctl *ctl, int status);

/* One line on stderr, `heapctl: VERB: message`, or an object with -o json.  The
 * exit status for it. */
int heapctl_report(const struct heapctl *ctl, const char *verb,
                   const struct heapd_error *error);
int heapctl_usage_error(const char *verb, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* verbs_collect.c: gc collect, with the words behind it. */
int heapctl_gc_collect(struct heapctl *ctl, int argc, char **argv);
/* verbs_refs.c: gc objects; HEAPD_ALL_GENERATIONS: all. */
int heapctl_gc_objects(struct heapctl *ctl, int generation);
/* gc_stats.c: what the collector did, how long the heap paused, and what is left to do. */
int heapctl_gc_stats(struct heapctl *ctl, int argc, char **argv);

/* gc_mode.c: shows how and when collections run, or sets it. */
int heapctl_gc_mode(struct heapctl *ctl, int argc, char **argv);

/* "ID|NAME": what starts with a digit is an id (0x: in hexadecimal).  False: neither. */
bool heapctl_operand(const char *text, struct heapd_ref *ret_ref);

/* A number in decimal, at most `most`. */
bool heapctl_number(const char *text, uint64_t most, uint64_t *ret_number);
/* Seconds, with a fraction or not, as milliseconds above 0 and at most `most`. */
bool heapctl_seconds(const char *text, uint32_t most, uint32_t *ret_ms);

/* A value in a line of a table, cut to size. */
void heapctl_summary(const struct heapd_info *info, char *to, size_t size);

#endif
