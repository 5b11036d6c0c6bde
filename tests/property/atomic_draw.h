/* SPDX-License-Identifier: MIT */
/* atomic_draw.h: random operations for batches, drawn by what the heap has: the same numbers
 * on the same heap give the same operation. */
#ifndef HD_TESTS_PROPERTY_ATOMIC_DRAW_H
#define HD_TESTS_PROPERTY_ATOMIC_DRAW_H

#include "lib/random.h"
#include "unit/heap/death_fixture.h"

#define KNOWN 96
#define MANY  40

struct world {
    struct fixture f;
    uint64_t known[KNOWN]; /* ids; 0, or dead: nothing */
    bool missed;           /* nothing was found of a kind that was looked for */
    /* what the operation at hand points to */
    struct hd_operand many[MANY];
    struct hd_operand others[MANY];
    struct hd_argument arguments[4];
    struct hd_bytes names[4];
    uint32_t counts[MANY];
    uint64_t delivery;
};

/* Fills f.op for f.session, in this batch or in none.  Most of them are allowed. */
struct hd_op *draw(struct world *w, struct random *rng, struct hd_batch *batch);

#endif
