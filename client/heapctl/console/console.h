/* SPDX-License-Identifier: MIT */
/* console.h: the console in Python's notation, as heapctl calls it. */
#ifndef HEAPD_CONSOLE_CONSOLE_H
#define HEAPD_CONSOLE_CONSOLE_H

struct console_spawner;
struct heapd_client;

/* All return heapctl's exit status: 0 well, 1 a statement or an expectation
 * failed, 2 usage, 3 no connection. */

/* The prompt: line editing, history, `... ` to go on. */
int console_interactive(struct heapd_client *client);

/* Carries out each expression as a line at the prompt. */
int console_eval(struct heapd_client *client, int count, char **expressions);

/* Plays a transcript or a plain script ("-": standard input) and prints what
 * its statements print. */
int console_run(struct heapd_client *client, const char *path);

/* heapctl test [-j N] [--update] [--tap] [--junit FILE] FILE...
 * argv[0] is the verb.  Each file gets a daemon of its own from spawner, unless
 * default_url names one. */
int console_test(struct console_spawner *spawner, const char *default_url, int argc,
                 char **argv);

#endif
