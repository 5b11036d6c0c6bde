/* SPDX-License-Identifier: MIT */
/* pauses.h: for how long the heap worked without giving anybody else a turn, and at what.
 *
 * A pause is one uninterrupted piece of work that no request asked to be shown: a slice of
 * a collection, a collection of the young that is done at once, a slice of what an
 * operation has left to release, the making of room at a limit.  It is timed by the
 * heap's clock, which is read around the piece and never inside.  Nothing depends on what
 * is kept here [events.inv.mirror]. */
#ifndef HD_HEAP_PAUSES_H
#define HD_HEAP_PAUSES_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/collector.h"

struct hd_heap;

/* As heapd.v1.PauseKind. */
enum hd_pause_kind {
    HD_PAUSE_SLICE = 1,   /* of a collection that takes slices */
    HD_PAUSE_YOUNG = 2,   /* a collection of the young, done at once */
    HD_PAUSE_CASCADE = 3, /* deaths by count, and what else an operation releases */
    HD_PAUSE_RELIEF = 4,  /* room was made at a limit, collection included */
};

/* What a slice was doing when it began, as heapd.v1.CollectionStage: hd_stage, and of one
 * in which the dead were condemned: */
#define HD_PAUSE_COMMIT 10

/* Bucket 0 is below 1024 ns, bucket i from 2^(9+i) on, the last one without end. */
#define HD_PAUSE_BUCKETS 24
/* Slices of each generation, the young of two, cascades, relief. */
#define HD_PAUSE_SERIES 7

struct hd_pause {
    enum hd_pause_kind kind;
    uint8_t generation; /* of slices and the young */
    uint8_t stage;      /* of slices */
    uint64_t duration_ns;
    uint64_t time_ns; /* when it ended, by the heap's clock */
    uint64_t units;   /* done in it, where units are counted */
    uint64_t objects; /* members of the generations that were collected */
};

struct hd_pause_series {
    enum hd_pause_kind kind;
    uint8_t generation;
    uint64_t count;
    uint64_t total_ns;
    uint64_t longest_ns;
    uint64_t buckets[HD_PAUSE_BUCKETS];
};

struct hd_pauses {
    struct hd_pause_series series[HD_PAUSE_SERIES];
    struct hd_pause longest; /* kind 0: there was none */
    uint64_t slice_units;    /* done in slices of collections, all together */
    uint64_t cascade_units;  /* and in cascades that were timed */
    uint32_t within; /* pauses in this depth are parts of one that is timed as a whole */
};

/* A piece of work that has begun. */
struct hd_pause_start {
    uint64_t ns;
    enum hd_stage stage;
};

void hd_pauses_init(struct hd_pauses *pauses);

struct hd_pause_start hd_pause_begin(const struct hd_heap *heap);
/* It is over: pause's kind, units and objects are set, and the generation.  One above the
 * heap's pause_ns is an event.  Gives how long it took. */
uint64_t hd_pause_end(struct hd_heap *heap, struct hd_pause_start start,
                      struct hd_pause *pause);

#endif
