/* SPDX-License-Identifier: MIT */
/* scenarios_state.h: what the operations of scenarios.h are about. */
#ifndef HD_TESTS_HEAP_SCENARIOS_STATE_H
#define HD_TESTS_HEAP_SCENARIOS_STATE_H

#include "heap/dry_report.h"
#include "heap/path.h"
#include "unit/heap/death_fixture.h"

#define ITEMS 12 /* tables of more than 8 have an index */

/* What is on "queue" in the state DEATHS; else it is empty: a dead letter, one that was
 * delivered and is overdue, one that waits; on "second", which nobody takes from, one that
 * waits. */
struct deaths {
    uint64_t letter;
    uint64_t delivery;
    struct hd_delivery told[4];
};

struct state {
    uint64_t ids[ITEMS]; /* floats, held; the last is held nowhere else */
    uint64_t list;
    uint64_t dict; /* full: the next key makes it grow */
    uint64_t set;
    uint64_t instance;
    uint64_t text;
    uint64_t weakref;
    uint64_t twins[2]; /* SLICED: lists in lists, equal */
    struct hd_bytes names[2];
    struct hd_copy_part parts[2];
    struct hd_argument arguments[2];
    struct hd_new_limit limit;
    uint64_t found[4];
    struct hd_path paths[HD_PATHS];
    struct hd_dry_report report;
    uint32_t counts[2];
    int64_t threshold;
    struct deaths deaths;
};

typedef void (*fill_fn)(struct state *s, struct hd_op *op);

#define FILL(name) static void fill_##name(struct state *s, struct hd_op *op)

#endif
