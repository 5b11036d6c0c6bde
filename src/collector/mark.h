/* SPDX-License-Identifier: MIT */
/* mark.h: reaching everything that some objects lead to, without recursion or memory.
 *
 * What has been reached and not looked at yet is grey: a few in a ring, so that the
 * memory of one is fetched while another is looked at; the others in a bit set, which is
 * walked in slot order.  So a graph in any order is visited in sweeps over memory, and
 * nothing can overflow.
 *
 *   [mark.inv.grey]  Between two calls of hd_mark_run all grey objects are in the bit set.
 *   [mark.inv.done]  When it says that it is done, nothing that was reached refers to
 *                    something that is still to be reached. */
#ifndef HD_COLLECTOR_MARK_H
#define HD_COLLECTOR_MARK_H

#include "collector/internal.h"

#define HD_MARK_RING 64u

struct hd_marker {
    struct hd_collector *collector;
    struct hd_mark mark;
    uint8_t extra;    /* set in the age of what is reached */
    bool joins;       /* what is reached is told of its pending set */
    bool notes_inert; /* what may be untracked is noted */
    uint64_t reached; /* frozen objects left out */
    uint32_t cursor;  /* in the bit set */
    uint32_t head;
    uint32_t used;
    uint32_t ring[HD_MARK_RING];
};

void hd_marker_init(struct hd_marker *marker, struct hd_collector *collector,
                    struct hd_mark mark);

/* If it is still to be reached, it is reached, and grey. */
void hd_marker_shade(struct hd_marker *marker, uint32_t slot);

/* Looks at what is grey; one unit is an object, or some hundred references of a large one.
 * True: nothing is grey. */
bool hd_marker_run(struct hd_marker *marker, uint32_t *units);

#endif
