/* SPDX-License-Identifier: MIT */
/* search.h: the search of WHY, stage by stage.
 *
 * For one kind of owner after the other: forward from what such owners hold, breadth first,
 * until the object is met; then back along the trail, and where in each container.  At the end
 * all paths are walked once more, for the heap may have changed since. */
#ifndef HD_HEAP_SEARCH_H
#define HD_HEAP_SEARCH_H

#include "heap/internal.h"
#include "heap/path.h"
#include "heap/trail.h"

enum hd_search_stage {
    HD_SEARCH_BEGIN,  /* a try */
    HD_SEARCH_CLEAR,  /* the trail, for the next kind of owner */
    HD_SEARCH_ROOTS,  /* what its owners hold */
    HD_SEARCH_DYING,  /* WORK: what the dying have not released */
    HD_SEARCH_SPREAD, /* from there */
    HD_SEARCH_TRACE,  /* back along the trail */
    HD_SEARCH_PLACES, /* where in each container */
    HD_SEARCH_OWNER,  /* who has the first */
    HD_SEARCH_FREE,   /* the trail */
    HD_SEARCH_CHECK,
    HD_SEARCH_STAGES
};

struct hd_search {
    const struct hd_heap *heap;
    enum hd_search_stage stage;
    unsigned tries;
    uint64_t changes; /* the heap's, when the try began */
    uint64_t target_id;
    uint32_t target;
    bool refused; /* there was no memory */
    bool reached; /* the target, from number `next` of the trail */
    bool lost;    /* what was met is not there any more */

    enum hd_owner_kind kind;
    struct hd_trail trail;
    struct hd_roots roots;
    uint32_t next; /* DYING: slot; SPREAD, TRACE: number in the trail; PLACES: step */
    uint32_t end;  /* SPREAD, PLACES: of a container's references those from here on are seen */

    struct hd_path *paths; /* the results */
    uint32_t found;
    struct hd_roots owners[HD_PATHS]; /* where the owner of each stands */
    uint32_t ring[HD_PATH_END + 1];   /* TRACE: of what is not its end, the last slots */
};

/* The object in the slot, if there is one: living, or dead and not worked off yet. */
enum hd_presence { HD_NOWHERE, HD_ALIVE, HD_DEAD };
enum hd_presence hd_search_presence(const struct hd_search *search, uint32_t slot);

/* Whether it may stand in a path of this kind of owner, as its first or further on. */
bool hd_search_may_pass(const struct hd_search *search, uint32_t slot, bool first);

/* The stages.  Each goes on for so many steps; true: it is over.  search.c: */
bool hd_search_clear(struct hd_search *search, uint64_t *steps);
bool hd_search_roots(struct hd_search *search, uint64_t *steps);
bool hd_search_dying(struct hd_search *search, uint64_t *steps);
bool hd_search_spread(struct hd_search *search, uint64_t *steps);
bool hd_search_free(struct hd_search *search, uint64_t *steps);
/* path.c: */
bool hd_path_trace(struct hd_search *search, uint64_t *steps);
bool hd_path_places(struct hd_search *search, uint64_t *steps);
bool hd_path_owner(struct hd_search *search, uint64_t *steps);

/* All that were found, in one piece.  False: one of them is not there any more. */
bool hd_path_check(struct hd_search *search);
/* The steps of one, which leads to the search's target; dead: its first container is. */
bool hd_path_check_steps(struct hd_search *search, struct hd_path *path, bool dead);

#endif
