/* SPDX-License-Identifier: MIT */
/* compact.c: the walk over the slot table, and over the blocks of what is big. */
#include "object/compact.h"

#include "base/check.h"
#include "object/internal.h"
#include "pool/evacuate.h"

#define SLOTS_PER_UNIT 16u
#define BYTES_PER_UNIT 256u

struct walk {
    struct hd_objects *objects;
    struct hd_memory *memory;
    struct hd_sweep *sweep;
    uint32_t units;
};

static void spend(struct walk *walk, size_t units)
{
    walk->units -= units < walk->units ? (uint32_t)units : walk->units;
}

/* A block that finds no other place stays where it is. */
static void *relocate(void *ctx, void *block, size_t bytes)
{
    struct walk *walk = ctx;
    void *moved = NULL;

    if (hd_memory_is_evacuating(walk->memory, block)) {
        spend(walk, 1 + bytes / BYTES_PER_UNIT);
        moved = hd_memory_move(walk->memory, block, bytes);
    }
    return moved != NULL ? moved : block;
}

static bool has_body(const struct hd_slot *entry)
{
    return ((entry->kind >= HD_KIND_STR && entry->kind <= HD_KIND_INSTANCE) ||
            (entry->flags & HD_SLOT_CALLBACK) != 0) &&
           hd_slot_body(entry) != NULL;
}

/* Dying objects move, too: how far they have got stands in the body.  False: the units
 * ran out within it. */
static bool relocate_body(struct walk *walk, struct hd_slot *entry)
{
    void *body;

    if (!has_body(entry)) {
        return true;
    }
    while (hd_object_relocate_part(entry, walk->sweep->part, relocate, walk)) {
        walk->sweep->part++;
        spend(walk, 1);
        if (walk->units == 0) {
            return false;
        }
    }
    walk->sweep->part = 0;
    body = hd_slot_body(entry);
    if (hd_memory_is_evacuating(walk->memory, body)) {
        hd_slot_set_body(entry, relocate(walk, body, hd_object_own_bytes(entry)));
    }
    return true;
}

/* The next 16 slots of a range. */
static void look_on(struct walk *walk, const struct hd_slot_range *range)
{
    struct hd_sweep *sweep = walk->sweep;
    uint32_t left = range->high - 1 - sweep->seen;
    uint32_t end = sweep->seen + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);

    spend(walk, 1);
    while (sweep->seen < end && relocate_body(walk, &range->entries[sweep->seen + 1])) {
        sweep->seen++;
    }
}

bool hd_objects_compact(struct hd_objects *objects, struct hd_memory *memory,
                        struct hd_sweep *sweep, uint32_t *units)
{
    struct walk walk = {objects, memory, sweep, *units};

    while (walk.units > 0) {
        const struct hd_slot_range *range =
            sweep->atoms ? &objects->slots.atoms : &objects->slots.containers;

        if (sweep->seen + 1 < range->high) {
            look_on(&walk, range);
        } else if (!sweep->atoms) {
            *sweep = (struct hd_sweep){.atoms = true};
        } else {
            break;
        }
    }
    *units = walk.units;
    return walk.units > 0;
}
