/* SPDX-License-Identifier: MIT */
/* mark.c: the ring, the bit set, and the look at one object. */
#include "collector/mark.h"

#include "base/check.h"

/* How far ahead bodies are fetched: entries were when they came into the ring. */
#define AHEAD               12u
#define REFERENCES_PER_UNIT 16u
#define PIECE               2048u /* references looked at without a pause */

static void push(struct hd_marker *marker, uint32_t slot)
{
    if (marker->used == HD_MARK_RING) {
        hd_bitset_add(marker->grey, slot);
        return;
    }
    marker->ring[(marker->head + marker->used) % HD_MARK_RING] = slot;
    marker->used++;
    __builtin_prefetch(&marker->collector->slots->containers.entries[slot]);
}

static void reach(struct hd_marker *marker, struct hd_mark mark, uint32_t slot)
{
    uint8_t *age = &marker->collector->slots->age[slot];

    if (hd_mark_is_left(mark, *age)) {
        *age = hd_mark_apply(mark, *age);
        push(marker, slot);
    }
}

void hd_marker_shade(struct hd_marker *marker, uint32_t slot)
{
    if (!hd_slot_is_atom(slot)) {
        reach(marker, marker->live, slot);
    }
}

void hd_marker_keep(struct hd_marker *marker, uint32_t slot)
{
    reach(marker, marker->keep, slot);
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

static void look_at_one(struct hd_marker *marker, const struct hd_look *look, uint32_t to)
{
    if (hd_slot_is_atom(to)) {
        return; /* and a hole is slot 0, whose age is never left */
    }
    if (look->joins) {
        join(marker, look->from, to);
    }
    reach(marker, look->mark, to);
}

static void look_at_span(struct hd_marker *marker, const struct hd_look *look,
                         struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        look_at_one(marker, look, *at);
        if (span.pairs) {
            look_at_one(marker, look, at[1]);
        }
    }
}

static bool is_atom_or_tuple(const struct hd_slots *slots, uint32_t to)
{
    return hd_slot_is_atom(to) || to == 0 ||
           slots->containers.entries[to].kind == HD_KIND_TUPLE;
}

/* References to atoms and tuples only: the object may turn out to be inert. */
static bool may_be_inert(const struct hd_slots *slots, struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        if (!is_atom_or_tuple(slots, *at) || (span.pairs && !is_atom_or_tuple(slots, at[1]))) {
            return false;
        }
    }
    return true;
}

static void pay(uint32_t *units, uint32_t references)
{
    uint32_t cost = 1 + references / REFERENCES_PER_UNIT;

    *units -= cost < *units ? cost : *units;
}

/* Those of a large or dying container below where the last piece ended. */
static void look_at_piece(struct hd_marker *marker, uint32_t slot, uint32_t *units)
{
    struct hd_barrier *barrier = marker->barrier;
    const struct hd_slot *entry = &marker->collector->slots->containers.entries[slot];
    struct hd_span span = hd_object_span_below(entry, &barrier->partial_end);
    uint32_t skipped = span.count > PIECE ? span.count - PIECE : 0;

    if (skipped > 0) {
        span.first += (size_t)skipped * span.step;
        span.count = PIECE;
        barrier->partial_end += skipped;
    }
    look_at_span(marker, &marker->partial, span);
    pay(units, span.count);
    if (barrier->partial_end == 0) {
        barrier->partial = 0;
    }
}

static void note_inert(struct hd_marker *marker, const struct hd_slot *entry, uint32_t slot,
                       struct hd_span span, bool whole)
{
    uint8_t *age = &marker->collector->slots->age[slot];

    if ((entry->kind == HD_KIND_TUPLE || entry->kind == HD_KIND_DICT) &&
        (*age & HD_AGE_TRACKED) != 0 && (*age & HD_AGE_GENERATION) < HD_GENERATIONS &&
        (!whole || may_be_inert(marker->collector->slots, span))) {
        *age |= HD_AGE_INERT;
    }
}

/* It died when it was still to be looked at, or its slot is another one's by now: which is
 * of the color of the living, and looked at for nothing. */
static bool is_there(const struct hd_slot *entry)
{
    return entry->kind != HD_KIND_FREE;
}

static void look_at(struct hd_marker *marker, uint32_t slot, uint32_t *units)
{
    struct hd_collector *collector = marker->collector;
    const struct hd_slot *entry = &collector->slots->containers.entries[slot];
    bool kept = hd_mark_was_kept(marker, collector->slots->age[slot]);
    const struct hd_look look = {kept ? marker->keep : marker->live, slot,
                                 kept || marker->joins};
    uint32_t part = 0;
    struct hd_span span;

    if (!is_there(entry)) {
        pay(units, 0);
        return;
    }
    if (marker->reached != NULL && !kept) {
        marker->reached(collector, slot);
    }
    if ((entry->flags & HD_SLOT_DYING) != 0) {
        part = 1;
    } else {
        span = hd_object_span(entry, &part);
    }
    if (part != 0 || span.count > PIECE) {
        marker->partial = look;
        marker->barrier->partial = slot;
        marker->barrier->partial_end = UINT32_MAX;
        if (marker->notes_inert) {
            note_inert(marker, entry, slot, (struct hd_span){0}, false);
        }
        return;
    }
    look_at_span(marker, &look, span);
    if (marker->notes_inert) {
        note_inert(marker, entry, slot, span, true);
    }
    pay(units, span.count);
}

/* The ring takes the members of the next word of the bit set that has any. */
static bool refill(struct hd_marker *marker)
{
    struct hd_bitset *grey = marker->grey;
    uint32_t at = hd_bitset_next(grey, marker->cursor);
    uint64_t word;

    if (at == HD_BITSET_END) {
        at = hd_bitset_next(grey, 0);
        if (at == HD_BITSET_END) {
            return false;
        }
    }
    marker->cursor = at;
    for (word = hd_bitset_take_word(grey, at); word != 0; word &= word - 1) {
        push(marker, at / 64 * 64 + (uint32_t)__builtin_ctzll(word));
    }
    return true;
}

static void fetch_ahead(const struct hd_marker *marker)
{
    if (marker->used > AHEAD) {
        uint32_t slot = marker->ring[(marker->head + AHEAD) % HD_MARK_RING];

        __builtin_prefetch(hd_slot_body(&marker->collector->slots->containers.entries[slot]));
    }
}

static uint32_t pop(struct hd_marker *marker)
{
    uint32_t slot = marker->ring[marker->head];

    marker->head = (marker->head + 1) % HD_MARK_RING;
    marker->used--;
    return slot;
}

/* [mark.inv.grey] */
static void put_back(struct hd_marker *marker)
{
    while (marker->used > 0) {
        hd_bitset_add(marker->grey, pop(marker));
    }
}

bool hd_marker_run(struct hd_marker *marker, uint32_t *units)
{
    while (marker->barrier->partial != 0 || marker->used > 0 || refill(marker)) {
        if (*units == 0) {
            put_back(marker);
            return false;
        }
        if (marker->barrier->partial != 0) {
            look_at_piece(marker, marker->barrier->partial, units);
            continue;
        }
        fetch_ahead(marker);
        look_at(marker, pop(marker), units);
    }
    return true;
}
