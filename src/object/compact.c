/* SPDX-License-Identifier: MIT */
/* compact.c: the walk over the slot table, and what there is to move in one body. */
#include "object/compact.h"

#include "base/check.h"
#include "object/internal.h"
#include "pool/evacuate.h"

#define SLOTS_PER_UNIT 16u
#define BYTES_PER_UNIT 256u

static bool has_body(const struct hd_slot *entry)
{
    return entry->kind >= HD_KIND_STR && entry->kind <= HD_KIND_INSTANCE &&
           hd_slot_body(entry) != NULL;
}

/* Dying objects move, too: how far they have got stands in the body.  Returns the units
 * it took; a body that finds no place stays where it is. */
static uint32_t move_body(struct hd_objects *objects, struct hd_memory *memory,
                          struct hd_slot *entry, uint32_t slot)
{
    size_t bytes;
    void *moved;

    if (!has_body(entry) || !hd_memory_is_evacuating(memory, hd_slot_body(entry))) {
        return 0;
    }
    bytes = hd_object_body_bytes(objects, slot);
    moved = hd_memory_move(memory, hd_slot_body(entry), bytes);
    if (moved != NULL) {
        hd_slot_set_body(entry, moved);
    }
    return 1 + (uint32_t)(bytes / BYTES_PER_UNIT);
}

/* The next 16 slots of a range. */
static uint32_t look_on(struct hd_objects *objects, struct hd_memory *memory,
                        struct hd_slot_range *range, struct hd_sweep *sweep)
{
    uint32_t base = sweep->atoms ? HD_ATOM_BASE : 0;
    uint32_t left = range->high - sweep->next;
    uint32_t end = sweep->next + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);
    uint32_t units = 1;

    for (; sweep->next < end; sweep->next++) {
        units += move_body(objects, memory, &range->entries[sweep->next], base + sweep->next);
    }
    return units;
}

bool hd_objects_compact(struct hd_objects *objects, struct hd_memory *memory,
                        struct hd_sweep *sweep, uint32_t *units)
{
    while (*units > 0) {
        struct hd_slot_range *range =
            sweep->atoms ? &objects->slots.atoms : &objects->slots.containers;
        uint32_t took;

        if (sweep->next < range->high) {
            took = look_on(objects, memory, range, sweep);
            *units -= took < *units ? took : *units;
        } else if (!sweep->atoms) {
            *sweep = (struct hd_sweep){.atoms = true};
        } else {
            return true;
        }
    }
    return false;
}
