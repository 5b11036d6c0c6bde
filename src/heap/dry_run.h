/* SPDX-License-Identifier: MIT */
/* dry_run.h: the search of DRY_RUN, stage by stage.
 *
 * Trial deletion as in collector/trial.c, but with tables of its own and in slices, so that it
 * leaves no trace.  What is found dead is given only if it is so when it is given: TALLY counts
 * the references to it anew [search.inv.there]. */
#ifndef HD_HEAP_DRY_RUN_H
#define HD_HEAP_DRY_RUN_H

#include "heap/dry_report.h"
#include "heap/search.h"

enum hd_dry_stage {
    HD_DRY_BEGIN,  /* a try */
    HD_DRY_COUNT,  /* the references that candidates have from each other */
    HD_DRY_HELD,   /* those with more are living */
    HD_DRY_SPREAD, /* and what they lead to */
    HD_DRY_DEAD,   /* the others */
    HD_DRY_KEEP,   /* of these, what somebody is to be told of leads to */
    HD_DRY_WALK,   /* the cycles of the dead: Tarjan's strongly connected components */
    HD_DRY_CYCLES, /* a shortest way around in the largest */
    HD_DRY_TALLY,  /* all once more, and added up */
    HD_DRY_STAGES,
    HD_DRY_FREE = HD_DRY_STAGES,
};

#define HD_DRY_DONE UINT32_MAX

/* Of a dead object.  In WALK those that are being visited are a list, the latest on top; those
 * left whose component is not complete are a stack through `below`.  Numbers from 1. */
struct hd_dry_node {
    uint32_t above; /* HD_DRY_DONE: its component is complete */
    uint32_t below;
    uint32_t order; /* of the first visit; TALLY: references from the dead */
    uint32_t low;   /* the earliest it leads to; then the number of its component */
};

struct hd_dry_component {
    uint64_t objects;
    uint32_t number;
    uint32_t first; /* slot: the lowest */
    uint32_t order; /* of the first to be entered */
};

struct hd_dry_walk {
    enum { HD_WALK_NEXT, HD_WALK_ENTER, HD_WALK_LEAVE, HD_WALK_POP } turn;
    uint32_t node; /* that is entered or left */
    uint32_t top;
    uint32_t stack;
    uint32_t order;
    bool refers_to_itself;
    struct hd_dry_component component; /* that is being popped */
    struct hd_dry_component largest[HD_DRY_LARGEST];
    uint32_t count; /* of largest */
};

struct hd_dry_run {
    struct hd_heap *heap;
    enum hd_dry_stage stage;
    unsigned tries;
    unsigned generation;
    uint32_t wanted; /* cycles */
    uint64_t changes;
    uint32_t limit; /* slots below it are looked at */
    bool refused;   /* there was no memory */
    bool lost;      /* it changed */
    bool answered;

    uint32_t next; /* slot, or number in a trail */
    uint32_t end;  /* of its references those from here on are seen */
    /* uint32_t, by slot: the references from candidates; of the dead, the number. */
    struct hd_pages numbers;
    struct hd_pages nodes; /* struct hd_dry_node, by number */
    struct hd_trail living;
    struct hd_trail dead;
    struct hd_trail kept;

    struct hd_dry_walk walk;
    uint32_t cycle; /* CYCLES: which; and how far */
    enum { HD_CYCLE_BEGIN, HD_CYCLE_SPREAD, HD_CYCLE_TRACE, HD_CYCLE_PLACES, HD_CYCLE_FREE } at;
    struct hd_search search;

    enum { HD_TALLY_BEGIN, HD_TALLY_DEAD, HD_TALLY_TAIL, HD_TALLY_COMPARE } part;
    uint64_t tallied; /* the changes when TALLY began */
    struct hd_trail tail;
    struct hd_pages others[2]; /* uint32_t: references from the freed; to atoms, to others */
    struct hd_dry_report *report;
};

typedef bool (*hd_dry_visit)(struct hd_dry_run *run, uint32_t slot, uint64_t *steps);
typedef void (*hd_dry_meet)(struct hd_dry_run *run, uint32_t from, uint32_t to);

/* dry_run.c */
bool hd_dry_stops(const struct hd_dry_run *run);
bool hd_dry_is_candidate(const struct hd_dry_run *run, uint32_t slot);
/* False for slots that no trail can have. */
bool hd_dry_is_in(const struct hd_dry_run *run, const struct hd_trail *trail, uint32_t slot);
void hd_dry_add(struct hd_dry_run *run, struct hd_trail *trail, uint32_t slot, uint32_t from);
/* Of one of the dead. */
struct hd_dry_node *hd_dry_node_of(const struct hd_dry_run *run, uint32_t slot);
/* Somebody is to be told before it goes. */
bool hd_dry_has_finalizer(const struct hd_dry_run *run, uint32_t slot);
/* Each goes on for so many steps.  True: it is over, or the run stops. */
bool hd_dry_each_met(struct hd_dry_run *run, const struct hd_trail *trail, hd_dry_visit visit,
                     uint64_t *steps);
bool hd_dry_look(struct hd_dry_run *run, uint32_t slot, hd_dry_meet meet, uint64_t *steps);

/* The stages, as in search.h.  dry_run.c: */
bool hd_dry_count(struct hd_dry_run *run, uint64_t *steps);
bool hd_dry_held(struct hd_dry_run *run, uint64_t *steps);
bool hd_dry_spread(struct hd_dry_run *run, uint64_t *steps);
bool hd_dry_dead(struct hd_dry_run *run, uint64_t *steps);
bool hd_dry_keep(struct hd_dry_run *run, uint64_t *steps);
/* dry_walk.c: */
bool hd_dry_walk(struct hd_dry_run *run, uint64_t *steps);
/* dry_cycles.c: */
bool hd_dry_cycles(struct hd_dry_run *run, uint64_t *steps);
/* dry_tally.c: */
bool hd_dry_tally(struct hd_dry_run *run, uint64_t *steps);

#endif
