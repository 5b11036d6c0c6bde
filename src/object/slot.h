/* SPDX-License-Identifier: MIT */
/* slot.h: the slot table: who is who.
 *
 * An id is version << 32 | slot.  A slot's version starts at the heap's seed and
 * rises each time its object dies; when it comes back to the seed the slot is
 * retired.  So no id names two objects, and a stale one is always noticed.
 *
 * The table is two ranges of reserved address space, committed segment by
 * segment: growth never copies.  Slot 0 is never used: 0 means "none".
 *
 * Beside the entries of containers stand the columns of the collector: age (one
 * byte), a word of scratch, and the sets of the young [object.inv.young].  They
 * are committed with the entries, so that a collection needs no memory.
 *
 *   [object.inv.young]  a tracked object of generation 0 or 1 is in exactly one of the sets
 *                       young and held of its generation, and no other slot is in any.
 *   [object.inv.color]  an object that becomes tracked has the color of the living.  While
 *                       `condemned`, what is tracked, not frozen, and of the other color is
 *                       dead, though nothing of it has been given back yet. */
#ifndef HD_OBJECT_SLOT_H
#define HD_OBJECT_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/fetch.h"
#include "base/status.h"
#include "object/bitset.h"
#include "object/kind.h"
#include "object/quota.h"
#include "pool/os.h"

#define HD_ATOM_BASE      UINT32_C(0x80000000)
#define HD_SLOTS_SEGMENT  UINT32_C(65536) /* slots committed at a time */
#define HD_SLOT_COLUMNS   6u /* bytes: age, scratch, and its bits in the sets of the young */
#define HD_COUNT_IMMORTAL UINT32_MAX
#define HD_COUNT_MAX      (UINT32_MAX - 3) /* what clients can make it; two more are spare */

enum hd_slot_flag {
    HD_SLOT_FINALIZER = 1, /* somebody is to be told before it dies */
    HD_SLOT_INTERNED = 2,  /* a text */
    HD_SLOT_STRANDED =
        2, /* a container, pending: what was dead with it, and had it, is freed */
    HD_SLOT_FINALIZED = 4,
    HD_SLOT_DYING = 8, /* on a cascade: its id is stale, its slots not all released */
    HD_SLOT_STARTED =
        16,             /* a dying tuple whose last item is released, or a draft's not there */
    HD_SLOT_SHELL = 32, /* dying: made to carry what another one gave up, or a draft */
    HD_SLOT_WEAK = 64,  /* a word for its weak references stands behind its table */
    HD_SLOT_CALLBACK = 128, /* a weak reference whose owner is to be told; it has a body */
};

/* 20 bytes.  payload is a value, or the address of the body: use the accessors. */
struct hd_slot {
    uint32_t version;
    uint32_t count; /* dying: the next on the cascade; free: the next free slot */
    uint32_t payload[2];
    uint8_t kind;
    uint8_t flags;
    uint16_t account;
};

enum hd_age {
    HD_AGE_GENERATION = 3, /* 0, 1, 2; 3: the permanent one */
    HD_AGE_TRACKED = 4,
    HD_AGE_MARK = 8,     /* of a trial, clear outside of it */
    HD_AGE_COLOR = 16,   /* reached by the last full collection, or by the one before it */
    HD_AGE_PENDING = 32, /* kept when it was found dead, for somebody who is still to be told */
    HD_AGE_HUSK = 64,    /* not tracked: its slot is all that is left of it */
    HD_AGE_KEPT = 64,    /* tracked: found dead, and to be kept for somebody to be told */
    HD_AGE_INERT = 128,  /* looked at again when the pass ends: it may be untracked */
};

struct hd_slot_range {
    struct hd_slot *entries; /* reserved, committed up to committed */
    uint32_t max;
    uint32_t committed;
    uint32_t high; /* entries in use or free are below; 1 at the start */
    uint32_t free; /* first free slot, linked through count; 0: none */
    uint64_t live;
    uint64_t retired;
};

struct hd_slots {
    const struct hd_os *os;
    struct hd_quota *quota; /* pays for what is committed; NULL: nobody does */
    uint32_t seed;
    struct hd_slot_range containers;
    struct hd_slot_range atoms;
    uint8_t *age;      /* one for each container slot */
    uint32_t *scratch; /* the same; the collector's, means nothing between collections */
    struct hd_bitset young[2]; /* members of generation 0 and 1 */
    struct hd_bitset held[2];  /* the same, of those a full collection took over */
    uint64_t members[4];       /* tracked objects, by generation, held ones included */
    uint64_t held_members[2];  /* of these, those that are held */
    uint64_t killed;           /* dead, and not given back yet */
    uint8_t color;             /* of the living: 0 or HD_AGE_COLOR */
    bool condemned;            /* what has the other color is dead */
};

enum hd_status hd_slots_init(struct hd_slots *slots, const struct hd_os *os, uint32_t seed,
                             uint32_t max_slots);
void hd_slots_fini(struct hd_slots *slots);

/* [object.inv.slot] */
static inline bool hd_slot_is_atom(uint32_t slot)
{
    return slot >= HD_ATOM_BASE;
}

/* The entry of a slot below high.  Valid for the table's life. */
static inline struct hd_slot *hd_slot_at(const struct hd_slots *slots, uint32_t slot)
{
    return hd_slot_is_atom(slot) ? &slots->atoms.entries[slot - HD_ATOM_BASE]
                                 : &slots->containers.entries[slot];
}

/* The entry that an id names, if there is one, is asked for soon. */
static inline void hd_slots_fetch(const struct hd_slots *slots, uint64_t id)
{
    uint32_t slot = (uint32_t)id;
    bool atom = hd_slot_is_atom(slot);
    const struct hd_slot_range *range = atom ? &slots->atoms : &slots->containers;
    uint32_t number = atom ? slot - HD_ATOM_BASE : slot;

    if (number < range->high) {
        hd_fetch(&range->entries[number]);
    }
}

/* A slot with count 0, no payload, untracked.  LIMIT_SLOTS, LIMIT_MEMORY. */
enum hd_status hd_slots_take(struct hd_slots *slots, enum hd_kind kind, bool atom,
                             uint32_t *ret_slot, struct hd_error *error);

/* The object's last hour: its id is stale from here on.  It must be untracked. */
void hd_slots_kill(struct hd_slots *slots, uint32_t slot);

/* Of an object in the making: until it is shown its id names nothing, as if it were dying. */
void hd_slots_hide(struct hd_slots *slots, uint32_t slot);
void hd_slots_show(struct hd_slots *slots, uint32_t slot);

/* Untracks and kills at once, and makes it a husk. */
void hd_slots_bury(struct hd_slots *slots, uint32_t slot);

/* A killed slot may be used again, or is retired. */
void hd_slots_give(struct hd_slots *slots, uint32_t slot);

uint64_t hd_slots_id(const struct hd_slots *slots, uint32_t slot);

/* HD_NOT_FOUND, STALE_ID: names no living object here. */
enum hd_status hd_slots_resolve(const struct hd_slots *slots, uint64_t id, uint32_t *ret_slot,
                                struct hd_error *error);

/* A dead object is not there for anybody: it dies by count, or was condemned. */
static inline bool hd_slots_is_alive(const struct hd_slots *slots, uint32_t slot);

/* The young up to this generation become held; there are none held. */
void hd_slots_hold_young(struct hd_slots *slots, unsigned generation);

/* Members of generation 0 or 1 that no full collection has taken over. */
static inline uint64_t hd_slots_young(const struct hd_slots *slots, unsigned generation)
{
    return slots->members[generation] - slots->held_members[generation];
}

/* Bytes of entries and columns that are committed. */
uint64_t hd_slots_bytes(const struct hd_slots *slots);

/* What one slot has of these: the entry, and a container's part of the columns. */
static inline uint32_t hd_slot_share(uint32_t slot)
{
    return sizeof(struct hd_slot) + (slot >= HD_ATOM_BASE ? 0 : HD_SLOT_COLUMNS);
}

/* Generations: track puts into 0. */
void hd_slots_track(struct hd_slots *slots, uint32_t slot);
void hd_slots_untrack(struct hd_slots *slots, uint32_t slot);
void hd_slots_move(struct hd_slots *slots, uint32_t slot, unsigned generation);
/* The same for some of the 64 slots from first on, by bits: members of the young set `from`. */
void hd_slots_move_word(struct hd_slots *slots, uint32_t first, uint64_t word, unsigned from,
                        unsigned to);

static inline bool hd_slots_is_tracked(const struct hd_slots *slots, uint32_t slot)
{
    return !hd_slot_is_atom(slot) && (slots->age[slot] & HD_AGE_TRACKED) != 0;
}

/* Of the color of those a full collection has not reached; frozen ones never are. */
static inline bool hd_slots_is_white(const struct hd_slots *slots, uint32_t slot)
{
    uint8_t age = hd_slot_is_atom(slot) ? 0 : slots->age[slot];

    return (age & (HD_AGE_TRACKED | HD_AGE_COLOR)) ==
           (HD_AGE_TRACKED | (slots->color ^ HD_AGE_COLOR));
}

/* Once the dead are condemned: one of them. */
static inline bool hd_slots_is_condemned(const struct hd_slots *slots, uint32_t slot)
{
    return hd_slots_is_white(slots, slot) && (slots->age[slot] & HD_AGE_KEPT) == 0;
}

/* Nothing is left of it but the slot. */
static inline bool hd_slots_is_husk(const struct hd_slots *slots, uint32_t slot)
{
    return !hd_slot_is_atom(slot) &&
           (slots->age[slot] & (HD_AGE_HUSK | HD_AGE_TRACKED)) == HD_AGE_HUSK;
}

static inline bool hd_slots_is_alive(const struct hd_slots *slots, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(slots, slot);

    return entry->kind != HD_KIND_FREE && (entry->flags & HD_SLOT_DYING) == 0 &&
           !(slots->condemned && hd_slots_is_condemned(slots, slot));
}

static inline unsigned hd_slots_generation(const struct hd_slots *slots, uint32_t slot)
{
    return slots->age[slot] & HD_AGE_GENERATION;
}

static inline void *hd_slot_body(const struct hd_slot *entry)
{
    void *body;

    memcpy(&body, entry->payload, sizeof body);
    return body;
}

static inline void hd_slot_set_body(struct hd_slot *entry, const void *body)
{
    memcpy(entry->payload, &body, sizeof body);
}

#endif
