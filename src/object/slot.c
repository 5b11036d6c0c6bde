/* SPDX-License-Identifier: MIT */
/* slot.c: taking and giving slots; generations as a byte beside each container. */
#include "object/slot.h"

#include <inttypes.h>

#include "base/check.h"

static size_t entry_bytes(uint32_t slots)
{
    return (size_t)slots * sizeof(struct hd_slot);
}

static size_t scratch_bytes(uint32_t slots)
{
    return (size_t)slots * sizeof(uint32_t);
}

static enum hd_status reserve(const struct hd_os *os, size_t bytes, void *ret_base)
{
    void *base;

    if (os->reserve(os->ctx, bytes, os->page_size, &base) != 0) {
        return HD_RESOURCE_EXHAUSTED;
    }
    memcpy(ret_base, &base, sizeof base);
    return HD_OK;
}

static uint32_t round_up(uint32_t slots)
{
    uint64_t up = ((uint64_t)slots + HD_SLOTS_SEGMENT - 1) / HD_SLOTS_SEGMENT;

    return (uint32_t)(up * HD_SLOTS_SEGMENT);
}

static struct hd_slot_range empty_range(uint32_t max)
{
    return (struct hd_slot_range){.max = max, .high = 1};
}

static bool init_sets(struct hd_slots *slots, uint32_t max)
{
    for (unsigned i = 0; i < 2; i++) {
        if (hd_bitset_init(&slots->young[i], slots->os, max) != HD_OK ||
            hd_bitset_init(&slots->held[i], slots->os, max) != HD_OK) {
            return false;
        }
    }
    return true;
}

enum hd_status hd_slots_init(struct hd_slots *slots, const struct hd_os *os, uint32_t seed,
                             uint32_t max_slots)
{
    uint32_t max = round_up(max_slots);

    HD_CHECK(max_slots > 0 && max_slots < HD_ATOM_BASE);
    *slots = (struct hd_slots){.os = os, .seed = seed};
    slots->containers = empty_range(max);
    slots->atoms = empty_range(max);
    if (reserve(os, entry_bytes(max), &slots->containers.entries) != HD_OK ||
        reserve(os, entry_bytes(max), &slots->atoms.entries) != HD_OK ||
        reserve(os, max, &slots->age) != HD_OK ||
        reserve(os, scratch_bytes(max), &slots->scratch) != HD_OK || !init_sets(slots, max)) {
        hd_slots_fini(slots);
        return HD_RESOURCE_EXHAUSTED;
    }
    return HD_OK;
}

static void release(const struct hd_slots *slots, void *base, size_t bytes)
{
    if (base != NULL) {
        (void)slots->os->release(slots->os->ctx, base, bytes);
    }
}

void hd_slots_fini(struct hd_slots *slots)
{
    for (unsigned i = 0; i < 2; i++) {
        hd_bitset_fini(&slots->held[i]);
        hd_bitset_fini(&slots->young[i]);
    }
    release(slots, slots->scratch, scratch_bytes(slots->containers.max));
    release(slots, slots->age, slots->containers.max);
    release(slots, slots->atoms.entries, entry_bytes(slots->atoms.max));
    release(slots, slots->containers.entries, entry_bytes(slots->containers.max));
    *slots = (struct hd_slots){0};
}

static uint64_t bytes_of(const struct hd_slots *slots, const struct hd_slot_range *range,
                         uint32_t count)
{
    return (uint64_t)count * hd_slot_share(range == &slots->containers ? 1 : HD_ATOM_BASE);
}

/* What is committed before a refusal stays so, unused: it is done again next time. */
static bool commit_all(struct hd_slots *slots, struct hd_slot_range *range)
{
    const struct hd_os *os = slots->os;
    uint32_t from = range->committed;

    return os->commit(os->ctx, range->entries + from, entry_bytes(HD_SLOTS_SEGMENT)) == 0 &&
           (range != &slots->containers ||
            (os->commit(os->ctx, slots->age + from, HD_SLOTS_SEGMENT) == 0 &&
             os->commit(os->ctx, slots->scratch + from, scratch_bytes(HD_SLOTS_SEGMENT)) == 0));
}

static enum hd_status commit_segment(struct hd_slots *slots, struct hd_slot_range *range)
{
    uint64_t bytes = bytes_of(slots, range, HD_SLOTS_SEGMENT);

    if (slots->quota != NULL && !hd_quota_take_shared(slots->quota, bytes)) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (!commit_all(slots, range)) {
        if (slots->quota != NULL) {
            hd_quota_give_shared(slots->quota, bytes);
        }
        return HD_RESOURCE_EXHAUSTED;
    }
    range->committed += HD_SLOTS_SEGMENT;
    return HD_OK;
}

static enum hd_status fresh_slot(struct hd_slots *slots, struct hd_slot_range *range,
                                 struct hd_error *error)
{
    if (range->high == range->max) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SLOTS,
                       "the heap has no slot number left: %" PRIu32 " are in use or retired",
                       range->max - 1);
    }
    if (range->high >= range->committed && commit_segment(slots, range) != HD_OK) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                       "no memory for more slots");
    }
    range->entries[range->high].version = slots->seed;
    range->high++;
    return HD_OK;
}

enum hd_status hd_slots_take(struct hd_slots *slots, enum hd_kind kind, bool atom,
                             uint32_t *ret_slot, struct hd_error *error)
{
    struct hd_slot_range *range = atom ? &slots->atoms : &slots->containers;
    uint32_t number = range->free;
    struct hd_slot *entry;

    if (number == 0) {
        enum hd_status status = fresh_slot(slots, range, error);

        if (status != HD_OK) {
            return status;
        }
        number = range->high - 1;
        entry = &range->entries[number];
    } else {
        entry = &range->entries[number];
        range->free = entry->count;
    }
    entry->count = 0;
    entry->payload[0] = 0;
    entry->payload[1] = 0;
    entry->kind = (uint8_t)kind;
    entry->flags = 0;
    entry->account = 0;
    range->live++;
    *ret_slot = atom ? number + HD_ATOM_BASE : number;
    return HD_OK;
}

void hd_slots_kill(struct hd_slots *slots, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(slots, slot);

    HD_CHECK(entry->kind != HD_KIND_FREE && (entry->flags & HD_SLOT_DYING) == 0);
    HD_CHECK(!hd_slots_is_tracked(slots, slot));
    entry->version++;
    entry->flags |= HD_SLOT_DYING;
    slots->killed++;
}

void hd_slots_hide(struct hd_slots *slots, uint32_t slot)
{
    hd_slot_at(slots, slot)->flags |= HD_SLOT_DYING;
    slots->killed++;
}

void hd_slots_show(struct hd_slots *slots, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(slots, slot);

    HD_CHECK((entry->flags & HD_SLOT_DYING) != 0);
    entry->flags &= (uint8_t)~HD_SLOT_DYING;
    slots->killed--;
}

void hd_slots_give(struct hd_slots *slots, uint32_t slot)
{
    bool atom = hd_slot_is_atom(slot);
    struct hd_slot_range *range = atom ? &slots->atoms : &slots->containers;
    uint32_t number = atom ? slot - HD_ATOM_BASE : slot;
    struct hd_slot *entry = &range->entries[number];

    HD_CHECK((entry->flags & HD_SLOT_DYING) != 0);
    slots->killed--;
    entry->kind = HD_KIND_FREE;
    entry->flags = 0;
    range->live--;
    if (entry->version == slots->seed) {
        range->retired++; /* every version has been used once */
        return;
    }
    entry->count = range->free;
    range->free = number;
}

uint64_t hd_slots_id(const struct hd_slots *slots, uint32_t slot)
{
    return (uint64_t)hd_slot_at(slots, slot)->version << 32 | slot;
}

enum hd_status hd_slots_resolve(const struct hd_slots *slots, uint64_t id, uint32_t *ret_slot,
                                struct hd_error *error)
{
    uint32_t slot = (uint32_t)id;
    uint32_t version = (uint32_t)(id >> 32);
    bool atom = hd_slot_is_atom(slot);
    uint32_t number = atom ? slot - HD_ATOM_BASE : slot;

    if (number != 0 && number < (atom ? slots->atoms : slots->containers).high) {
        const struct hd_slot *entry = hd_slot_at(slots, slot);

        if (entry->version == version && hd_slots_is_alive(slots, slot)) {
            *ret_slot = slot;
            return HD_OK;
        }
    }
    return hd_fail(error, HD_NOT_FOUND, HD_REASON_STALE_ID,
                   "id %" PRIu64 " names no living object of this heap", id);
}

uint64_t hd_slots_bytes(const struct hd_slots *slots)
{
    return bytes_of(slots, &slots->containers, slots->containers.committed) +
           bytes_of(slots, &slots->atoms, slots->atoms.committed);
}

void hd_slots_track(struct hd_slots *slots, uint32_t slot)
{
    HD_CHECK(!hd_slot_is_atom(slot) && (slots->age[slot] & HD_AGE_TRACKED) == 0);
    slots->age[slot] = HD_AGE_TRACKED | slots->color;
    slots->members[0]++;
    hd_bitset_add(&slots->young[0], slot);
}

static void leave_set(struct hd_slots *slots, uint32_t slot, unsigned generation)
{
    if (generation < 2 && hd_bitset_has(&slots->young[generation], slot)) {
        hd_bitset_remove(&slots->young[generation], slot);
    } else if (generation < 2) {
        hd_bitset_remove(&slots->held[generation], slot);
        slots->held_members[generation]--;
    }
}

void hd_slots_hold_young(struct hd_slots *slots, unsigned generation)
{
    for (unsigned i = 0; i < 2 && i <= generation; i++) {
        struct hd_bitset empty = slots->held[i];

        HD_CHECK(hd_bitset_next(&empty, 0) == HD_BITSET_END);
        slots->held[i] = slots->young[i];
        slots->young[i] = empty;
        slots->held_members[i] = slots->members[i];
    }
}

void hd_slots_untrack(struct hd_slots *slots, uint32_t slot)
{
    unsigned generation;

    if (!hd_slots_is_tracked(slots, slot)) {
        return;
    }
    generation = hd_slots_generation(slots, slot);
    leave_set(slots, slot, generation);
    slots->members[generation]--;
    slots->age[slot] = 0;
}

void hd_slots_bury(struct hd_slots *slots, uint32_t slot)
{
    struct hd_slot *entry = &slots->containers.entries[slot];
    unsigned generation = slots->age[slot] & HD_AGE_GENERATION;

    HD_CHECK(entry->kind != HD_KIND_FREE && (entry->flags & HD_SLOT_DYING) == 0);
    leave_set(slots, slot, generation);
    slots->members[generation]--;
    slots->age[slot] = HD_AGE_HUSK;
    entry->version++;
    entry->flags |= HD_SLOT_DYING;
    slots->killed++;
}

void hd_slots_move(struct hd_slots *slots, uint32_t slot, unsigned generation)
{
    unsigned from = hd_slots_generation(slots, slot);

    HD_CHECK(hd_slots_is_tracked(slots, slot) && generation <= HD_AGE_GENERATION);
    leave_set(slots, slot, from);
    if (generation < 2) {
        hd_bitset_add(&slots->young[generation], slot);
    }
    slots->members[from]--;
    slots->members[generation]++;
    slots->age[slot] = (uint8_t)((slots->age[slot] & ~HD_AGE_GENERATION) | generation);
}

void hd_slots_move_word(struct hd_slots *slots, uint32_t first, uint64_t word, unsigned from,
                        unsigned to)
{
    uint64_t many = (uint64_t)__builtin_popcountll(word);

    HD_CHECK(first % 64 == 0 && from < 2 && from != to);
    if (word == 0) {
        return;
    }
    hd_bitset_remove_word(&slots->young[from], first, word);
    if (to < 2) {
        hd_bitset_add_word(&slots->young[to], first, word);
    }
    slots->members[from] -= many;
    slots->members[to] += many;
    for (; word != 0; word &= word - 1) {
        uint8_t *age = &slots->age[first + (uint32_t)__builtin_ctzll(word)];

        *age = (uint8_t)((*age & ~HD_AGE_GENERATION) | to);
    }
}
