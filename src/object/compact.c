/* SPDX-License-Identifier: MIT */
/* compact.c: the walk over the slot table, and what there is to move in one body. */
#include "object/compact.h"

#include "object/blocks.h"
#include "object/internal.h"
#include "pool/evacuate.h"

#define SLOTS_PER_UNIT 16u
#define BYTES_PER_UNIT 256u

static bool has_body(const struct hd_slot *entry)
{
    return entry->kind >= HD_KIND_STR && entry->kind <= HD_KIND_INSTANCE &&
           hd_slot_body(entry) != NULL;
}

/* What of a budget is left. */
static void spend(uint32_t *units, size_t bytes)
{
    size_t took = 1 + bytes / BYTES_PER_UNIT;

    *units -= took < *units ? (uint32_t)took : *units;
}

/* Dying objects move, too: how far they have got stands in the body.  What finds no
 * place stays where it is. */
static void move_body(struct hd_memory *memory, struct hd_slot *entry, uint32_t *units)
{
    size_t bytes;
    void *moved;

    if (hd_memory_is_evacuating(memory, hd_slot_body(entry))) {
        bytes = hd_object_own_bytes(entry);
        moved = hd_memory_move(memory, hd_slot_body(entry), bytes);
        if (moved != NULL) {
            hd_slot_set_body(entry, moved);
        }
        spend(units, bytes);
    }
}

/* What a big body has beside its own block, from *part on.  True: all of it was looked
 * at.  If it changes between two slices, some may be missed: they stay. */
static bool move_parts(struct hd_memory *memory, const struct hd_slot *entry, uint32_t *part,
                       uint32_t *units)
{
    for (; *part < hd_object_block_count(entry); (*part)++) {
        size_t bytes;
        void *block = hd_object_block(entry, *part, &bytes);
        void *moved = NULL;

        if (*units == 0) {
            return false;
        }
        if (block == NULL || !hd_memory_is_evacuating(memory, block)) {
            continue;
        }
        moved = hd_memory_move(memory, block, bytes);
        if (moved != NULL) {
            hd_object_block_moved(entry, *part, moved);
        }
        spend(units, bytes);
    }
    *part = 0;
    return true;
}

/* The next 16 slots of a range, or fewer. */
static void look_on(struct hd_memory *memory, struct hd_slot_range *range,
                    struct hd_sweep *sweep, uint32_t *units)
{
    uint32_t left = range->high - sweep->next;
    uint32_t end = sweep->next + (left < SLOTS_PER_UNIT ? left : SLOTS_PER_UNIT);

    spend(units, 0);
    for (; sweep->next < end; sweep->next++) {
        struct hd_slot *entry = &range->entries[sweep->next];

        if (!has_body(entry)) {
            sweep->part = 0;
            continue;
        }
        if (!move_parts(memory, entry, &sweep->part, units)) {
            return;
        }
        move_body(memory, entry, units);
    }
}

bool hd_objects_compact(struct hd_objects *objects, struct hd_memory *memory,
                        struct hd_sweep *sweep, uint32_t *units)
{
    while (*units > 0) {
        struct hd_slot_range *range =
            sweep->atoms ? &objects->slots.atoms : &objects->slots.containers;

        if (sweep->next < range->high) {
            look_on(memory, range, sweep, units);
        } else if (!sweep->atoms) {
            *sweep = (struct hd_sweep){.atoms = true};
        } else {
            return true;
        }
    }
    return false;
}
