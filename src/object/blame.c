/* SPDX-License-Identifier: MIT */
/* blame.c: a walk over all slots, and over the blocks of what is big. */
#include "object/blame.h"

#include "object/internal.h"

struct search {
    const void *block;
    bool found;
};

static void *compare(void *ctx, void *block, size_t bytes)
{
    struct search *search = ctx;

    (void)bytes;
    search->found = search->found || block == search->block;
    return block; /* it stays where it is */
}

static bool is_part_of(const struct hd_slot *entry, const void *block)
{
    struct search search = {block, false};
    uint32_t part = 0;

    while (!search.found && hd_object_relocate_part(entry, part, compare, &search)) {
        part++;
    }
    return search.found;
}

/* A free slot still says where its last body was. */
static bool has_block(const struct hd_slot *entry, const void *block)
{
    bool may = entry->kind == HD_KIND_FREE ||
               (entry->kind >= HD_KIND_STR && entry->kind <= HD_KIND_INSTANCE);

    return may && (hd_slot_body(entry) == block || is_part_of(entry, block));
}

static uint64_t blame_in(const struct hd_slot_range *range, uint32_t base, const void *block)
{
    for (uint32_t i = 1; i < range->high; i++) {
        const struct hd_slot *entry = &range->entries[i];

        if (has_block(entry, block)) { /* the dead have the next version already */
            bool dead = entry->kind == HD_KIND_FREE || (entry->flags & HD_SLOT_DYING) != 0;

            return (uint64_t)(entry->version - dead) << 32 | (base + i);
        }
    }
    return 0;
}

uint64_t hd_objects_blame(const struct hd_objects *objects, const void *block)
{
    uint64_t id = blame_in(&objects->slots.containers, 0, block);

    return id != 0 ? id : blame_in(&objects->slots.atoms, HD_ATOM_BASE, block);
}
