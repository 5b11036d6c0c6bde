/* SPDX-License-Identifier: MIT */
/* pauses.c: each pause is sorted by kind, generation and the logarithm of its length. */
#include "heap/pauses.h"

#include "base/check.h"
#include "heap/internal.h"

#define FIRST_BUCKET_BITS 10 /* 1024 ns */

/* In the order they are shown; slices and the young begin with that of generation 0. */
static const uint8_t first_of[] = {
    [HD_PAUSE_YOUNG] = 0,
    [HD_PAUSE_SLICE] = 2,
    [HD_PAUSE_CASCADE] = 5,
    [HD_PAUSE_RELIEF] = 6,
};

static unsigned series_of(enum hd_pause_kind kind, unsigned generation)
{
    bool has_generation = kind == HD_PAUSE_YOUNG || kind == HD_PAUSE_SLICE;

    return first_of[kind] + (has_generation ? generation : 0);
}

static void name_series(struct hd_pauses *pauses, enum hd_pause_kind kind, unsigned generations)
{
    for (unsigned i = 0; i < generations; i++) {
        struct hd_pause_series *series = &pauses->series[series_of(kind, i)];

        series->kind = kind;
        series->generation = (uint8_t)i;
    }
}

void hd_pauses_init(struct hd_pauses *pauses)
{
    *pauses = (struct hd_pauses){0};
    name_series(pauses, HD_PAUSE_YOUNG, HD_GENERATIONS - 1);
    name_series(pauses, HD_PAUSE_SLICE, HD_GENERATIONS);
    name_series(pauses, HD_PAUSE_CASCADE, 1);
    name_series(pauses, HD_PAUSE_RELIEF, 1);
}

static unsigned bucket_of(uint64_t ns)
{
    unsigned bits = ns == 0 ? 0 : 64 - (unsigned)__builtin_clzll(ns);
    unsigned bucket = bits > FIRST_BUCKET_BITS ? bits - FIRST_BUCKET_BITS : 0;

    return bucket < HD_PAUSE_BUCKETS ? bucket : HD_PAUSE_BUCKETS - 1;
}

static void tell(struct hd_heap *heap, const struct hd_pause *pause)
{
    hd_events_publish(&heap->events, &(struct hd_event){.kind = HD_EVENT_PAUSE,
                                                        .generation = pause->generation,
                                                        .pause = (uint8_t)pause->kind,
                                                        .stage = pause->stage,
                                                        .count = pause->units,
                                                        .candidates = pause->objects,
                                                        .duration_ns = pause->duration_ns});
}

struct hd_pause_start hd_pause_begin(const struct hd_heap *heap)
{
    return (struct hd_pause_start){hd_clock_now_ns(heap->world.clock),
                                   hd_collector_stage(heap->collector)};
}

/* Before the commit it is one thing, after it another. */
static uint8_t stage_between(enum hd_stage before, enum hd_stage after)
{
    bool was_open = before > HD_STAGE_IDLE && before < HD_STAGE_RELEASE;
    bool is_open = after > HD_STAGE_IDLE && after < HD_STAGE_RELEASE;

    return was_open && !is_open ? HD_PAUSE_COMMIT : (uint8_t)before;
}

uint64_t hd_pause_end(struct hd_heap *heap, struct hd_pause_start start, struct hd_pause *pause)
{
    struct hd_pauses *pauses = &heap->pauses;
    struct hd_pause_series *series;

    HD_CHECK(pause->generation < HD_GENERATIONS);
    pause->time_ns = hd_clock_now_ns(heap->world.clock);
    pause->duration_ns = pause->time_ns - start.ns;
    if (pause->kind == HD_PAUSE_SLICE) {
        pauses->slice_units += pause->units;
        pause->stage = pause->stage == 0
                           ? stage_between(start.stage, hd_collector_stage(heap->collector))
                           : pause->stage;
    } else if (pause->kind == HD_PAUSE_CASCADE) {
        pauses->cascade_units += pause->units;
    }
    if (pauses->within > 0) {
        return pause->duration_ns;
    }
    series = &pauses->series[series_of(pause->kind, pause->generation)];
    series->count++;
    series->total_ns += pause->duration_ns;
    series->buckets[bucket_of(pause->duration_ns)]++;
    if (pause->duration_ns > series->longest_ns) {
        series->longest_ns = pause->duration_ns;
    }
    if (pause->duration_ns > pauses->longest.duration_ns || pauses->longest.kind == 0) {
        pauses->longest = *pause;
    }
    if (pause->duration_ns > heap->options.pause_ns) {
        tell(heap, pause);
    }
    return pause->duration_ns;
}
