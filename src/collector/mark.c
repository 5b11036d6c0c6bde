/* SPDX-License-Identifier: MIT */
/* mark.c: the ring, the bit set, and the look at one object. */
#include "collector/mark.h"

#include "base/check.h"

/* How far ahead bodies are fetched: entries were when they came into the ring. */
#define AHEAD 6u

void hd_marker_init(struct hd_marker *marker, struct hd_collector *collector,
                    struct hd_mark mark)
{
    *marker = (struct hd_marker){.collector = collector, .mark = mark};
}

static void push(struct hd_marker *marker, uint32_t slot)
{
    if (marker->used == HD_MARK_RING) {
        hd_bitset_add(&marker->collector->grey, slot);
        return;
    }
    marker->ring[(marker->head + marker->used) % HD_MARK_RING] = slot;
    marker->used++;
    __builtin_prefetch(&marker->collector->slots->containers.entries[slot]);
}

static void reach(struct hd_marker *marker, uint32_t slot)
{
    uint8_t *age = &marker->collector->slots->age[slot];

    if (hd_mark_is_left(marker->mark, *age)) {
        *age = (uint8_t)((*age ^ marker->mark.flip) | marker->extra);
        marker->reached += (*age & HD_AGE_GENERATION) != 3;
        push(marker, slot);
    }
}

void hd_marker_shade(struct hd_marker *marker, uint32_t slot)
{
    if (!hd_slot_is_atom(slot)) {
        reach(marker, slot);
    }
}

/* A pending set is known by its mark, in the scratch of its members; two that meet are one. */
static void join(struct hd_marker *marker, uint32_t from, uint32_t to)
{
    struct hd_collector *collector = marker->collector;
    uint8_t age = collector->slots->age[to];

    if (hd_mark_is_left(marker->mark, age)) {
        collector->scratch[to] = collector->scratch[from];
    } else if ((age & HD_AGE_PENDING) != 0) {
        collector->host->join(collector->host->ctx, collector->scratch[from],
                              collector->scratch[to]);
    }
}

static void look_at_one(struct hd_marker *marker, uint32_t from, uint32_t to)
{
    if (hd_slot_is_atom(to)) {
        return; /* and a hole is slot 0, whose age is never left */
    }
    if (marker->joins) {
        join(marker, from, to);
    }
    reach(marker, to);
}

/* References to atoms and tuples only: the object may turn out to be inert. */
static bool may_be_inert(const struct hd_slots *slots, uint32_t to)
{
    return hd_slot_is_atom(to) || to == 0 ||
           slots->containers.entries[to].kind == HD_KIND_TUPLE;
}

static bool look_at_span(struct hd_marker *marker, uint32_t from, struct hd_span span,
                         bool inert)
{
    const struct hd_slots *slots = marker->collector->slots;
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        inert = inert && may_be_inert(slots, *at);
        look_at_one(marker, from, *at);
        if (span.pairs) {
            inert = inert && may_be_inert(slots, at[1]);
            look_at_one(marker, from, at[1]);
        }
    }
    return inert;
}

static void look_at(struct hd_marker *marker, uint32_t slot, uint32_t *units)
{
    const struct hd_slot *entry = &marker->collector->slots->containers.entries[slot];
    bool inert = marker->notes_inert &&
                 hd_slots_generation(marker->collector->slots, slot) < HD_GENERATIONS &&
                 (entry->kind == HD_KIND_TUPLE || entry->kind == HD_KIND_DICT);
    uint32_t part = 0;

    do {
        struct hd_span span = hd_object_span(entry, &part);
        uint32_t cost = 1 + span.count / 64;

        inert = look_at_span(marker, slot, span, inert);
        *units -= cost < *units ? cost : *units;
    } while (part != 0);
    if (inert) {
        marker->collector->slots->age[slot] |= HD_AGE_INERT;
    }
}

/* The ring takes the members of the next word of the bit set that has any. */
static bool refill(struct hd_marker *marker)
{
    struct hd_bitset *grey = &marker->collector->grey;
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

static void put_back(struct hd_marker *marker)
{
    for (; marker->used > 0; marker->used--) {
        hd_bitset_add(&marker->collector->grey, marker->ring[marker->head]);
        marker->head = (marker->head + 1) % HD_MARK_RING;
    }
}

bool hd_marker_run(struct hd_marker *marker, uint32_t *units)
{
    while (marker->used > 0 || refill(marker)) {
        uint32_t slot = marker->ring[marker->head];

        if (*units == 0) {
            put_back(marker);
            return false;
        }
        fetch_ahead(marker);
        marker->head = (marker->head + 1) % HD_MARK_RING;
        marker->used--;
        look_at(marker, slot, units);
    }
    return true;
}
