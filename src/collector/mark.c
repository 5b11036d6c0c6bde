/* SPDX-License-Identifier: MIT */
/* mark.c: the ring, the bit set, and the look at one object. */
#include "collector/mark.h"

#include "base/check.h"
#include "base/fetch.h"
#include "object/span.h"

#define RING 64u
/* How far ahead bodies are fetched: entries were when they came into the ring. */
#define AHEAD  12u
#define INLINE inline __attribute__((always_inline))

/* What a run has at hand.  It is all local, for to the compiler an age that is written may be
 * part of anything else. */
struct run {
    struct hd_marker *marker;
    uint8_t *age;
    const struct hd_slot *entries;
    struct hd_mark live;
    uint32_t *ring;
    uint32_t head;
    uint32_t used;
    uint32_t units;
    bool plain; /* nothing is kept, joined or told of */
};

static INLINE bool reach(uint8_t *age, struct hd_mark mark)
{
    bool left = hd_mark_is_left(mark, *age);

    if (left) {
        *age = hd_mark_apply(mark, *age);
    }
    return left;
}

void hd_marker_shade(struct hd_marker *marker, uint32_t slot)
{
    if (!hd_slot_is_atom(slot) && reach(&marker->collector->slots->age[slot], marker->live)) {
        hd_bitset_add(marker->grey, slot);
    }
}

void hd_marker_keep(struct hd_marker *marker, uint32_t slot)
{
    if (reach(&marker->collector->slots->age[slot], marker->keep)) {
        hd_bitset_add(marker->grey, slot);
    }
}

static INLINE void push(struct run *run, uint32_t slot)
{
    if (run->used == RING) {
        hd_bitset_add(run->marker->grey, slot);
        return;
    }
    run->ring[(run->head + run->used) % RING] = slot;
    run->used++;
    hd_fetch(&run->entries[slot]);
}

/* A pending set is known by its mark, in the scratch of its members; two that meet are one. */
static void join(struct hd_marker *marker, uint32_t from, uint32_t to)
{
    struct hd_collector *collector = marker->collector;
    uint8_t age = collector->slots->age[to];

    if (hd_mark_is_left(marker->keep, age)) {
        collector->scratch[to] = collector->scratch[from];
    } else if ((age & (HD_AGE_PENDING | HD_AGE_KEPT)) != 0) {
        collector->host->join(collector->host->ctx, collector->scratch[from],
                              collector->scratch[to]);
    }
}

/* The plain mark turns one bit of what is left. */
static INLINE bool reach_plainly(uint8_t *age, struct hd_mark mark)
{
    bool left = hd_mark_is_left(mark, *age);

    if (left) {
        *age ^= mark.flip;
    }
    return left;
}

static INLINE void look_at_one(struct run *run, const struct hd_look *look, uint32_t to)
{
    if (hd_slot_is_atom(to)) {
        return; /* and a hole is slot 0, whose age is never left */
    }
    if (!run->plain && look->joins) {
        join(run->marker, look->from, to);
    }
    if (run->plain ? reach_plainly(&run->age[to], run->live)
                   : reach(&run->age[to], look->mark)) {
        push(run, to);
    }
}

static INLINE void look_at_span(struct run *run, const struct hd_look *look,
                                struct hd_span span)
{
    const uint32_t *at = span.first;

    if (span.step == 1) {
        for (uint32_t i = 0; i < span.count; i++) {
            look_at_one(run, look, at[i]);
        }
        return;
    }
    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        look_at_one(run, look, *at);
        if (span.pairs) {
            look_at_one(run, look, at[1]);
        }
    }
}

/* Words of the bit set in the making: references often lead to neighbours. */
struct batch {
    uint32_t first; /* the 64 slots from here on */
    uint64_t word;
};

static INLINE void flush(struct hd_bitset *grey, const struct batch *batch)
{
    if (batch->word != 0) {
        hd_bitset_add_word(grey, batch->first, batch->word);
    }
}

static INLINE void gather(struct hd_marker *marker, struct batch *batch, uint32_t to)
{
    if (hd_slot_is_atom(to) ||
        !reach_plainly(&marker->collector->slots->age[to], marker->live)) {
        return;
    }
    if (to / 64 * 64 != batch->first) {
        flush(marker->grey, batch);
        *batch = (struct batch){.first = to / 64 * 64};
    }
    batch->word |= UINT64_C(1) << to % 64;
}

/* Many references: the ring would be full at once. */
static __attribute__((noinline)) void gather_span(struct hd_marker *marker, struct hd_span span)
{
    struct batch batch = {0};
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        gather(marker, &batch, *at);
        if (span.pairs) {
            gather(marker, &batch, at[1]);
        }
    }
    flush(marker->grey, &batch);
}

static INLINE bool is_atom_or_tuple(const void *entries, uint32_t to)
{
    return hd_slot_is_atom(to) || to == 0 ||
           ((const struct hd_slot *)entries)[to].kind == HD_KIND_TUPLE;
}

/* References to atoms and tuples only: the object may turn out to be inert. */
static INLINE bool may_be_inert(const struct hd_slot *entries, struct hd_span span)
{
    return hd_span_has_only(span, is_atom_or_tuple, entries);
}

/* Those of a large or dying container below where the last piece ended.  True: that was
 * the last piece. */
static INLINE bool look_at_piece(struct run *run)
{
    struct hd_barrier *barrier = run->marker->barrier;
    const struct hd_slot *entry = &run->entries[barrier->partial];
    uint8_t *age = &run->age[barrier->partial];
    struct hd_span span = hd_object_piece_below(entry, &barrier->partial_end, HD_PIECE);

    if (run->plain) {
        gather_span(run->marker, span);
    } else {
        look_at_span(run, &run->marker->partial, span);
    }
    if ((*age & HD_AGE_INERT) != 0 && !may_be_inert(run->entries, span)) {
        *age &= (uint8_t)~HD_AGE_INERT;
    }
    hd_pay_look(&run->units, span.count);
    if (barrier->partial_end == 0) {
        barrier->partial = 0;
    }
    return barrier->partial == 0;
}

static INLINE void note_inert(struct run *run, const struct hd_slot *entry, uint32_t slot,
                              struct hd_span span, bool whole)
{
    uint8_t *age = &run->age[slot];

    if ((entry->kind == HD_KIND_TUPLE || entry->kind == HD_KIND_DICT) &&
        run->marker->notes_inert && (*age & HD_AGE_TRACKED) != 0 &&
        (*age & HD_AGE_GENERATION) < HD_GENERATIONS &&
        (!whole || may_be_inert(run->entries, span))) {
        *age |= HD_AGE_INERT;
    }
}

/* It died when it was still to be looked at, or its slot is another one's by now: which is
 * of the color of the living, and looked at for nothing. */
static bool is_there(const struct hd_slot *entry)
{
    return entry->kind != HD_KIND_FREE;
}

/* False: it is to be looked at in pieces. */
static INLINE bool look_at(struct run *run, uint32_t slot)
{
    struct hd_marker *marker = run->marker;
    const struct hd_slot *entry = &run->entries[slot];
    bool kept = !run->plain && hd_mark_was_kept(marker, run->age[slot]);
    const struct hd_look look = {kept ? marker->keep : run->live, slot,
                                 kept || (!run->plain && marker->joins)};
    uint32_t part = 0;
    struct hd_span span;

    if (!is_there(entry)) {
        hd_pay_look(&run->units, 0);
        return true;
    }
    if (!run->plain && marker->reached != NULL && !kept) {
        marker->reached(marker->collector, slot);
    }
    if ((entry->flags & HD_SLOT_DYING) != 0) {
        part = 1;
    } else {
        span = hd_object_span(entry, &part);
    }
    if (part != 0 || span.count > HD_PIECE) {
        marker->partial = look;
        marker->barrier->partial = slot;
        marker->barrier->partial_end = UINT32_MAX;
        note_inert(run, entry, slot, (struct hd_span){0}, false);
        return false;
    }
    look_at_span(run, &look, span);
    note_inert(run, entry, slot, span, true);
    hd_pay_look(&run->units, span.count);
    return true;
}

/* The ring takes the members of the next word of the bit set that has any. */
static INLINE bool refill(struct run *run)
{
    struct hd_bitset *grey = run->marker->grey;
    uint32_t at = hd_bitset_next(grey, run->marker->cursor);
    uint64_t word;

    if (at == HD_BITSET_END) {
        at = hd_bitset_next(grey, 0);
        if (at == HD_BITSET_END) {
            return false;
        }
    }
    run->marker->cursor = at;
    for (word = hd_bitset_take_word(grey, at); word != 0; word &= word - 1) {
        push(run, at / 64 * 64 + (uint32_t)__builtin_ctzll(word));
    }
    return true;
}

static INLINE void fetch_ahead(const struct run *run)
{
    if (run->used > AHEAD) {
        hd_fetch(hd_slot_body(&run->entries[run->ring[(run->head + AHEAD) % RING]]));
    }
}

static INLINE uint32_t pop(struct run *run)
{
    uint32_t slot = run->ring[run->head];

    run->head = (run->head + 1) % RING;
    run->used--;
    return slot;
}

/* [mark.inv.grey] */
static INLINE void put_back(struct run *run)
{
    while (run->used > 0) {
        hd_bitset_add(run->marker->grey, pop(run));
    }
}

static INLINE bool work(struct hd_marker *marker, uint32_t *units, struct hd_mark live,
                        bool plain)
{
    struct hd_slots *slots = marker->collector->slots;
    uint32_t ring[RING];
    struct run run = {.marker = marker,
                      .age = slots->age,
                      .entries = slots->containers.entries,
                      .live = live,
                      .ring = ring,
                      .units = *units,
                      .plain = plain};
    bool small = marker->barrier->partial == 0;
    bool left = true;

    while (run.units > 0 && left) {
        while (small && run.units > 0 && run.used > 0) {
            fetch_ahead(&run);
            small = look_at(&run, pop(&run));
        }
        if (!small && run.units > 0) {
            small = look_at_piece(&run);
        }
        left = !small || run.used > 0 || refill(&run);
    }
    put_back(&run);
    *units = run.units;
    return !left;
}

/* The two plain marks, of which the compiler knows most. */
static bool work_on_living(struct hd_marker *marker, uint32_t *units)
{
    return work(marker, units,
                (struct hd_mark){.mask = HD_AGE_TRACKED | HD_AGE_COLOR,
                                 .value = marker->live.value,
                                 .flip = HD_AGE_COLOR},
                true);
}

static bool work_on_trial(struct hd_marker *marker, uint32_t *units)
{
    return work(
        marker, units,
        (struct hd_mark){.mask = HD_AGE_MARK, .value = HD_AGE_MARK, .flip = HD_AGE_MARK}, true);
}

bool hd_marker_run(struct hd_marker *marker, uint32_t *units)
{
    if (marker->reached != NULL || marker->joins) {
        return work(marker, units, marker->live, false);
    }
    return marker->live.mask == HD_AGE_MARK ? work_on_trial(marker, units)
                                            : work_on_living(marker, units);
}
