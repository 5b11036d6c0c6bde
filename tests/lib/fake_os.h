/* SPDX-License-Identifier: MIT */
/* fake_os.h: the system's memory, watched.
 *
 * Real memory from the real hd_os underneath.  It counts, refuses the n-th
 * call, and aborts when a rule of os.h is broken: release of anything but what
 * reserve gave, commit outside a reservation, decommit of what is not
 * committed.  What was decommitted cannot be touched. */
#ifndef HD_TESTS_FAKE_OS_H
#define HD_TESTS_FAKE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/os.h"

#define FAKE_OS_NEVER        (-1L)
#define FAKE_OS_RESERVATIONS 16

struct fake_reservation {
    char *base; /* NULL: free */
    size_t size;
    uint8_t *committed; /* a bit per page */
};

struct fake_os {
    struct hd_os iface;
    const struct hd_os *real;
    struct fake_reservation reservations[FAKE_OS_RESERVATIONS];
    size_t live_reservations;
    size_t committed_bytes;
    size_t decommitted_bytes; /* ever */
    long commits;
    long decommits;
    long calls; /* reserve, commit and decommit so far; release is never refused */
    long refused;
    long fail_at; /* number of the call that fails, from 0 */
    bool for_ever;
};

/* The fail_at-th call from now on fails, once. */
void fake_os_init(struct fake_os *os, long fail_at);

/* Counts calls from 0 again and sets which fails. */
void fake_os_rearm(struct fake_os *os, long fail_at, bool for_ever);

#endif
