/* SPDX-License-Identifier: MIT */
/* fit.h: the fullest arena with room, the lowest among equals.
 *
 * A tree of maxima over the arenas in order of address: for each length of run
 * a node knows the best score among the arenas below it.  Finding and updating
 * cost the tree's height, however many arenas there are.  It knows numbers of
 * arenas, not arenas. */
#ifndef HD_POOL_FIT_H
#define HD_POOL_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool/geometry.h"

/* Scores: no run of that length · an arena not in use, to be taken last · else
 * 1 + number of taken units. */
#define HD_FIT_NO_ROOM (-1)
#define HD_FIT_FRESH   0

#define HD_FIT_NONE UINT32_MAX

/* score[i] is for runs of i + 1 units. */
struct hd_fit_scores {
    int8_t score[HD_POOL_UNITS_MAX];
};

struct hd_fit {
    struct hd_fit_scores *nodes; /* borrowed; children of i are 2i and 2i + 1 */
    uint32_t leaves;             /* a power of two; arena i is node leaves + i */
};

/* Bytes of the table for that many arenas. */
size_t hd_fit_table_bytes(uint32_t arenas);

/* table is zeroed, which makes every arena fresh. */
void hd_fit_init(struct hd_fit *fit, void *table, uint32_t arenas);

void hd_fit_set(struct hd_fit *fit, uint32_t arena, const struct hd_fit_scores *scores);

/* The arena for a run of that many units, or NONE.  May be past the last one
 * if the table is larger than the number of arenas. */
uint32_t hd_fit_find(const struct hd_fit *fit, unsigned units);

const struct hd_fit_scores *hd_fit_scores_of(const struct hd_fit *fit, uint32_t arena);

/* The ancestors of the first `arenas` leaves are the maxima of their children. */
bool hd_fit_check(const struct hd_fit *fit, uint32_t arenas);

#endif
