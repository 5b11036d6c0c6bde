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

#include <stddef.h>

struct spawned; /* one private daemon */

/* How the console starts private daemons; made by main(). */
struct console_spawner {
    /* Starts one with `arguments` (NULL-terminated, or NULL) after its --listen,
     * and returns when it answers.  *ret_daemon is to be ended with `end`.
     * 0, or 3 (exit status "cannot connect") with a sentence in message. */
    int (*start)(void *ctx, const char *const *arguments, struct spawned **ret_daemon,
                 char *message, size_t message_size);
    /* Its "unix:PATH"; borrowed until `end`. */
    const char *(*url)(const struct spawned *daemon);
    /* Ends it (SIGTERM; SIGKILL after 10 s), waits for it and removes its folder.
     * Returns its exit status, or 128 + the signal it died of.  NULL is allowed: 0. */
    int (*end)(struct spawned *daemon);
    void *ctx;
};

/* The spawner of this program. */
void spawner_init(struct console_spawner *spawner);

#endif
