/* SPDX-License-Identifier: MIT */
/* spawn.h: private daemons, for `heapctl --spawn` and for `heapctl test`.
 *
 * A private daemon listens on a socket in a temporary folder of its own, is a
 * child of this process, and ends with it at the latest (it is told to by the
 * kernel should this process be killed).  Several may run at once.
 *
 * The program is $HEAPD_BIN; else, next to this one: ../src/heapd/heapd or
 * ../../src/heapd/heapd (a build tree), heapd, ../sbin/heapd; else the
 * installation's sbin; else what PATH finds. */
#ifndef HEAPCTL_SPAWN_H
#define HEAPCTL_SPAWN_H

#include <stdbool.h>
#include <stddef.h>

struct spawned; /* one private daemon */

/* How private daemons are started; made by main(). */
struct console_spawner {
    /* Starts one with the arguments below after its --listen, and returns when it
     * answers.  *ret_daemon is to be ended with `end`.  0, or 3 (exit status
     * "cannot connect") with a sentence in message; what the daemon wrote is then
     * on standard error. */
    int (*start)(const struct console_spawner *spawner, struct spawned **ret_daemon,
                 char *message, size_t message_size);
    /* Its "unix:PATH"; borrowed until `end`. */
    const char *(*url)(const struct spawned *daemon);
    /* Ends it (SIGTERM; SIGKILL after 10 s), then whatever it left behind in its process
     * group, waits for them and removes its folder.  Returns its exit status, or 128 + the
     * signal it died of; unless that is 0, what it wrote is on standard error.  NULL is
     * allowed: 0. */
    int (*end)(struct spawned *daemon);
    const char *const *arguments; /* NULL-terminated, borrowed; or NULL */
    bool verbose;                 /* daemons write to standard error as they go */
};

/* The spawner of this program: no arguments, not verbose. */
void spawner_init(struct console_spawner *spawner);

#endif
