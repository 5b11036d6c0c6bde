/* SPDX-License-Identifier: MIT */
/* roots.h: the owners of references that are no containers, one after the other: the heap's
 * names; gc.garbage; the queues; of each session its frames from the top down, names before
 * holds, then the frames it is leaving, then its batch.
 *
 * A walk may stop anywhere, and go on when operations have passed.  It then misses none of the
 * references that stayed; if a table was made anew meanwhile, it begins it again. */
#ifndef HD_HEAP_ROOTS_H
#define HD_HEAP_ROOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct hd_heap;
struct hd_session;
struct hd_frame;

enum hd_owner_kind {
    HD_OWNER_CONTAINER,
    HD_OWNER_GLOBAL_NAME,
    HD_OWNER_NAME,
    HD_OWNER_HOLD,
    HD_OWNER_BATCH,
    HD_OWNER_QUEUE,
    HD_OWNER_GARBAGE,
    HD_OWNER_WORK,
    HD_OWNER_KINDS
};

struct hd_owner {
    enum hd_owner_kind what;
    bool leaving; /* NAME, HOLD: of a frame that its session is leaving */
    uint32_t container;
    uint64_t session;     /* number */
    uint32_t depth;       /* of the frame */
    struct hd_bytes name; /* of a name, or of a queue */
};

#define HD_ROOTS_ALL ((1u << HD_OWNER_KINDS) - 1)

/* What an owner counts as when its kind is asked for: what is being left is work in progress.
 */
enum hd_owner_kind hd_owner_kind(const struct hd_owner *owner);

struct hd_roots {
    const struct hd_heap *heap;
    unsigned kinds; /* wanted: 1 << enum hd_owner_kind */
    bool only;      /* that session, and no other */
    enum {
        HD_ROOTS_HEAP,
        HD_ROOTS_GARBAGE,
        HD_ROOTS_QUEUES,
        HD_ROOTS_FRAMES,
        HD_ROOTS_LEAVING,
        HD_ROOTS_BATCH, /* its results; then what it keeps */
        HD_ROOTS_KEPT,
        HD_ROOTS_END
    } stage;
    const struct hd_session *session;
    const struct hd_frame *frame;
    uint32_t depth; /* of the frame, or of the last there was */
    bool of_holds;  /* its names are done */
    uint32_t index;
    uint32_t remade; /* of the table, when the walk came to it */
    uint32_t floor;  /* where it goes on if its rows have moved since */
};

/* All of the heap; or of one session. */
void hd_roots_begin(struct hd_roots *roots, const struct hd_heap *heap, unsigned kinds);
void hd_roots_begin_session(struct hd_roots *roots, const struct hd_session *session);

/* The next reference, which `n` counts at once; every entry looked at takes one of *steps.
 * False: none is left (at the stage HD_ROOTS_END), or no step. */
bool hd_roots_next(struct hd_roots *roots, uint64_t *steps, struct hd_owner *ret_owner,
                   uint32_t *ret_slot, uint32_t *ret_n);

/* Operations may have passed. */
void hd_roots_resume(struct hd_roots *roots);

/* A session ends, which the walk may stand at. */
void hd_roots_leave_session(struct hd_roots *roots, const struct hd_session *session);

/* Where it stands in its session, as a number other than 0; and back there. */
uint64_t hd_roots_place(const struct hd_roots *roots);
void hd_roots_seek(struct hd_roots *roots, uint64_t place);

#endif
