/* SPDX-License-Identifier: MIT */
/* pacer.c: the clock decides how many slices; what a slice does depends on units alone. */
#include "server/pacer.h"

#define SLICE_UNITS      256u /* some ten microseconds; a turn is too long by one at most */
#define TRIM_SLICE_UNITS 1024u
/* This part of a turn is left for the slice that is the last, and for what is written then. */
#define RESERVE 8u

void hd_pacer_init(struct hd_pacer *pacer, struct hd_hub *hub, const struct hd_clock *clock,
                   uint64_t turn_ns)
{
    *pacer = (struct hd_pacer){.hub = hub, .clock = clock, .turn_ns = turn_ns};
}

/* The next heap that has work, in turn, or NULL. */
static struct hd_heap *next_heap(struct hd_pacer *pacer)
{
    const struct hd_hub *hub = pacer->hub;

    for (size_t i = 0; i < hub->heap_count; i++) {
        struct hd_heap *heap = hub->heaps[pacer->next];

        pacer->next = (pacer->next + 1) % hub->heap_count;
        if (hd_heap_has_work(heap)) {
            return heap;
        }
    }
    return NULL;
}

/* One slice of each heap.  True: there is more to move or to give back. */
static bool trim_slice(struct hd_pacer *pacer)
{
    bool more = false;

    for (size_t i = 0; i < pacer->hub->heap_count; i++) {
        struct hd_op op;

        hd_op_init(&op, HD_OP_TRIM, NULL);
        op.in.trim.compact = HD_COMPACT_IF_WORTH;
        op.in.trim.units = TRIM_SLICE_UNITS;
        (void)hd_heap_do(pacer->hub->heaps[i], &op);
        more |= op.out.trim.more;
    }
    return more;
}

static bool trim(struct hd_pacer *pacer)
{
    uint64_t start = hd_clock_now_ns(pacer->clock);
    bool more = true;

    if (pacer->hub->requests != pacer->seen_requests) {
        return false; /* somebody is busy again, and will want the memory */
    }
    while (more && hd_clock_now_ns(pacer->clock) - start < pacer->turn_ns / 2) {
        more = trim_slice(pacer);
    }
    return more;
}

void hd_pacer_note(struct hd_pacer *pacer)
{
    if (!pacer->in_turn) {
        pacer->in_turn = true;
        pacer->turn_began_ns = hd_clock_now_ns(pacer->clock);
    }
}

bool hd_pacer_work(struct hd_pacer *pacer)
{
    struct hd_heap *heap = next_heap(pacer);
    uint64_t start = pacer->turn_began_ns;
    bool in_turn = pacer->in_turn;

    pacer->in_turn = false;
    if (heap == NULL) {
        pacer->trimming = pacer->trimming && trim(pacer);
        return pacer->trimming;
    }
    start = in_turn ? start : hd_clock_now_ns(pacer->clock);
    do {
        (void)hd_heap_work(heap, SLICE_UNITS);
        heap = next_heap(pacer);
    } while (heap != NULL &&
             hd_clock_now_ns(pacer->clock) - start < pacer->turn_ns - pacer->turn_ns / RESERVE);
    return heap != NULL;
}

void hd_pacer_consider_trim(struct hd_pacer *pacer)
{
    pacer->trimming = pacer->hub->requests == pacer->seen_requests;
    pacer->seen_requests = pacer->hub->requests;
}
