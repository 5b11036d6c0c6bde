/* SPDX-License-Identifier: MIT */
/* dead.c: members of a dead set, one step at a time [object.inv.husk]. */
#include "object/dead.h"

#include "base/check.h"
#include "object/internal.h"

#define REFERENCES_PER_UNIT 16u
#define BLOCKS_PER_UNIT     4u
#define PIECE               2048u /* references released at once */

void hd_object_dead_begin(struct hd_objects *objects, uint32_t slot)
{
    hd_weak_part(objects, slot);
    hd_object_forget(objects, slot);
    hd_slots_untrack(&objects->slots, slot);
    hd_slots_kill(&objects->slots, slot);
}

/* Its slot says that it is a member: condemned, or a husk by now. */
static bool is_inside(const struct hd_slots *slots, uint32_t target)
{
    return hd_slots_is_husk(slots, target) ||
           (slots->condemned && hd_slots_is_condemned(slots, target));
}

static void drop_if_outside(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t target)
{
    struct hd_slot *entry;

    if (target == 0 || (!hd_slot_is_atom(target) && is_inside(&objects->slots, target))) {
        return;
    }
    entry = hd_slot_at(&objects->slots, target);
    if (hd_slot_is_atom(target) && entry->count > 1) {
        entry->count -=
            entry->count != HD_COUNT_IMMORTAL; /* neither dead nor seen by anybody */
    } else if (entry->count != HD_COUNT_IMMORTAL && entry->kind != HD_KIND_FREE &&
               (entry->flags & HD_SLOT_DYING) == 0) {
        hd_refs_strand(objects, target);
        hd_refs_drop(objects, cascade, target);
    }
}

static void release_span(struct hd_objects *objects, struct hd_cascade *cascade,
                         struct hd_span span)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        drop_if_outside(objects, cascade, *at);
        if (span.pairs && *at != 0) {
            drop_if_outside(objects, cascade, at[1]);
        }
    }
}

static void spend(uint32_t *units, uint32_t used)
{
    *units -= used < *units ? used : *units;
}

/* Some of the references of a part. */
static void release_piece(struct hd_objects *objects, struct hd_cascade *cascade,
                          const struct hd_slot *entry, struct hd_dead_release *release,
                          uint32_t *units)
{
    uint32_t part = release->part;
    struct hd_span span = hd_object_span(entry, &part);
    uint32_t left = span.count - release->index;
    uint32_t count = left < PIECE ? left : PIECE;

    if (span.first != NULL) {
        span.first += (size_t)release->index * span.step;
    }
    span.count = count;
    release_span(objects, cascade, span);
    spend(units, 1 + count / REFERENCES_PER_UNIT);
    release->index += count;
    if (count == left) {
        release->index = 0;
        release->part = part;
        release->referred = part == 0;
    }
}

bool hd_object_dead_release(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t slot, struct hd_dead_release *release, uint32_t *units)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    uint32_t blocks;

    while (!release->referred) {
        if (*units == 0) {
            return false;
        }
        release_piece(objects, cascade, entry, release, units);
    }
    blocks = *units < UINT32_MAX / BLOCKS_PER_UNIT ? *units * BLOCKS_PER_UNIT : UINT32_MAX;
    if (!hd_object_shed(objects, entry, &blocks)) {
        *units = 0;
        return false;
    }
    hd_object_strip(objects, slot);
    hd_slot_set_body(entry, NULL);
    *release = (struct hd_dead_release){0};
    return true;
}

/* More references than this are released in pieces. */
#define SMALL 64u

bool hd_object_dead_reap(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot)
{
    struct hd_slot *entry = &objects->slots.containers.entries[slot];
    uint32_t part = 0;
    struct hd_span span;

    if (entry->flags != 0 || entry->kind == HD_KIND_WEAKREF || !hd_object_is_flat(entry)) {
        return false;
    }
    span = hd_object_span(entry, &part);
    if (span.count > SMALL) {
        return false;
    }
    hd_slots_bury(&objects->slots, slot);
    release_span(objects, cascade, span);
    hd_object_strip_flat(objects, entry, slot);
    hd_slot_set_body(entry, NULL);
    return true;
}

void hd_object_dead_finish(struct hd_objects *objects, uint32_t slot)
{
    hd_slots_give(&objects->slots, slot);
}
