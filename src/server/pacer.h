/* SPDX-License-Identifier: MIT */
/* pacer.h: gives heaps their time between requests, within a budget per turn of the loop.
 *
 * It reads the clock so that the heap need not: slices are counted in units. */
#ifndef HD_SERVER_PACER_H
#define HD_SERVER_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "rpc/hub.h"

struct hd_pacer {
    struct hd_hub *hub;
    const struct hd_clock *clock;
    uint64_t turn_ns;
    size_t next;  /* heap whose turn is next */
    bool in_turn; /* requests have been read in this turn, since */
    uint64_t turn_began_ns;
    uint64_t seen_requests; /* when idleness was last looked at */
    bool trimming;
};

void hd_pacer_init(struct hd_pacer *pacer, struct hd_hub *hub, const struct hd_clock *clock,
                   uint64_t turn_ns);

/* Requests are about to be carried out: their time is of the turn's budget, too. */
void hd_pacer_note(struct hd_pacer *pacer);

/* What is left of a turn, at least one slice.  True: work is owed still. */
bool hd_pacer_work(struct hd_pacer *pacer);

/* To be asked from time to time: nothing was requested since the last time, so
 * memory may go back; hd_pacer_work does it slice by slice. */
void hd_pacer_consider_trim(struct hd_pacer *pacer);

#endif
