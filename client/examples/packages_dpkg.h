/* SPDX-License-Identifier: MIT */
/* packages_dpkg.h: the installed packages of a Debian system and what satisfies their
 * dependencies.
 *
 * Read: Depends and Pre-Depends with alternatives, Provides, architecture
 * qualifiers.  Not read: version restrictions; on a system in order an installed
 * package of the right name has a right version. */
#ifndef HEAPD_EXAMPLES_PACKAGES_DPKG_H
#define HEAPD_EXAMPLES_PACKAGES_DPKG_H

#include <stdbool.h>
#include <stddef.h>

struct package {
    char *name; /* owned, as all strings */
    char *architecture;
    char *depends; /* Pre-Depends and Depends in one list */
    char *provides;
    bool foreign;   /* Multi-Arch: foreign: satisfies other architectures, too */
    bool essential; /* or protected by Priority: required */
    bool automatic; /* installed only because something depends on it */
};

/* A name under which a package can be depended on: its own or one it provides. */
struct capability {
    char *name; /* owned */
    size_t package;
};

struct system {
    struct package *packages; /* owned; in the order of the file */
    size_t count;
    struct capability *capabilities; /* owned; sorted by name, then package */
    size_t capability_count;
    const char *native; /* the architecture of dpkg itself */
};

/* Reads both files; a missing `states` means that everything was installed by
 * hand.  False: the sentence in message says why. */
bool system_read(struct system *system, const char *status, const char *states, char *message,
                 size_t message_size);
void system_fini(struct system *system);

/* The packages that satisfy a dependency of this one, each once, rising.
 * *ret_needs is to be freed.  (size_t)-1: no memory. */
size_t system_needs(const struct system *system, size_t package, size_t **ret_needs);

/* "name", or "name:architecture" of a foreign one. */
void system_title(const struct system *system, size_t package, char *to, size_t size);

#endif
