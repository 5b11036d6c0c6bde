/* SPDX-License-Identifier: MIT */
/* refs.c: counts, and the cascade.
 *
 * The stack of the dying is linked through `count`, which is 0 and not needed
 * any more.  How far an object has got is kept in its body: a list shrinks; a
 * tuple keeps it in the place of its last item once that is released; a table
 * counts upward in `live`.  Nothing is allocated and nothing recurses. */
#include "object/refs.h"

#include "base/check.h"
#include "object/internal.h"

/* Blocks of a big body that are given back for one unit of work. */
#define BLOCKS_PER_UNIT 4

bool hd_refs_take_many(struct hd_objects *objects, uint32_t slot, uint32_t n)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if (entry->count == HD_COUNT_IMMORTAL) {
        return true;
    }
    if (n > HD_COUNT_MAX - entry->count) {
        return false;
    }
    entry->count += n;
    if (objects->barrier.marking) {
        hd_barrier_shade(&objects->barrier, &objects->slots, slot);
    }
    return true;
}

bool hd_refs_take(struct hd_objects *objects, uint32_t slot)
{
    return hd_refs_take_many(objects, slot, 1);
}

void hd_refs_take_spare(struct hd_objects *objects, uint32_t slot)
{
    hd_slot_at(&objects->slots, slot)->count++;
    if (objects->barrier.marking) {
        hd_barrier_shade(&objects->barrier, &objects->slots, slot);
    }
}

void hd_refs_take_spare_of_dead(struct hd_objects *objects, uint32_t slot)
{
    hd_slot_at(&objects->slots, slot)->count++;
}

void hd_refs_forgo(struct hd_objects *objects, uint32_t slot)
{
    hd_slot_at(&objects->slots, slot)->count--;
}

void hd_refs_restore(struct hd_objects *objects, uint32_t slot, uint32_t n)
{
    if (!hd_object_is_immortal(slot)) {
        hd_slot_at(&objects->slots, slot)->count += n;
        if (objects->barrier.marking) {
            hd_barrier_shade(&objects->barrier, &objects->slots, slot);
        }
    }
}

/* One that is not pending any more has been looked at again: it was held. */
static void count_stranded(struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if ((objects->slots.age[slot] & HD_AGE_PENDING) == 0) {
        entry->flags &= (uint8_t)~HD_SLOT_STRANDED;
    }
    objects->stranded_deaths += (entry->flags & HD_SLOT_STRANDED) != 0;
}

void hd_refs_strand(struct hd_objects *objects, uint32_t slot)
{
    if (!hd_slot_is_atom(slot) &&
        (objects->slots.age[slot] & (HD_AGE_PENDING | HD_AGE_KEPT)) != 0) {
        hd_slot_at(&objects->slots, slot)->flags |= HD_SLOT_STRANDED;
    }
}

uint64_t hd_objects_take_stranded_deaths(struct hd_objects *objects)
{
    uint64_t deaths = objects->stranded_deaths;

    objects->stranded_deaths = 0;
    return deaths;
}

void hd_refs_kill(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot)
{
    hd_slots_kill(&objects->slots, slot);
    hd_slot_at(&objects->slots, slot)->count = cascade->top;
    cascade->top = slot;
}

/* From here on its id is stale and the collector does not know it. */
static void start_dying(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_table *table = hd_slot_body(entry);

    if (hd_object_finalize(objects, slot)) {
        return;
    }
    if (!hd_slot_is_atom(slot)) {
        if (objects->barrier.marking) {
            hd_barrier_bury(&objects->barrier, &objects->slots, slot);
        }
        count_stranded(objects, slot);
        hd_slots_untrack(&objects->slots, slot);
        hd_weak_part(objects, slot);
        hd_object_forget(objects, slot);
        if (hd_kind_is_table((enum hd_kind)entry->kind) && table != NULL) {
            table->live = 0;
        }
    }
    if (hd_slot_is_atom(slot) && (entry->flags & HD_SLOT_INTERNED) != 0) {
        const struct hd_text *text = hd_slot_body(entry);

        hd_intern_remove(&objects->intern, text->hash, slot); /* nobody may find it now */
    }
    hd_refs_kill(objects, cascade, slot);
}

void hd_refs_drop_many(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot,
                       uint32_t n)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if (entry->count == HD_COUNT_IMMORTAL || n == 0) {
        return;
    }
    HD_CHECK(entry->count >= n && (entry->flags & HD_SLOT_DYING) == 0);
    if (cascade->keeper != NULL) {
        cascade->keeper->keep(cascade->keeper, slot, n);
    } else {
        entry->count -= n;
    }
    if (entry->count == 0) {
        start_dying(objects, cascade, slot);
    } else if (objects->barrier.marking) {
        hd_barrier_shade(&objects->barrier, &objects->slots, slot);
        if (entry->count == 1 && (entry->flags & (HD_SLOT_CALLBACK | HD_SLOT_FINALIZED)) != 0) {
            objects->mourner->abandon(objects->mourner->ctx, slot, cascade);
        }
    }
}

void hd_refs_drop(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot)
{
    hd_refs_drop_many(objects, cascade, slot, 1);
}

/* A tuple's last item goes first; its place then says how many are left. */
static uint32_t next_of_tuple(struct hd_slot *entry)
{
    struct hd_tuple *tuple = hd_slot_body(entry);
    uint32_t *last = &tuple->items[tuple->length - 1];
    uint32_t item;

    if ((entry->flags & HD_SLOT_STARTED) == 0) {
        entry->flags |= HD_SLOT_STARTED;
        item = *last;
        *last = tuple->length - 1;
        return item;
    }
    if (*last == 0) {
        return 0;
    }
    (*last)--;
    return tuple->items[*last];
}

/* A table's cursor counts words: the key, then the value, of each entry in turn. */
static uint32_t next_of_table(struct hd_slot *entry)
{
    struct hd_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    bool is_set = kind == HD_KIND_SET || kind == HD_KIND_FROZENSET;

    while (table != NULL && table->live < table->span * 2) {
        const uint32_t *words = hd_table_entry(table, kind, table->live / 2);
        bool is_value = table->live % 2 != 0;

        table->live++;
        if (words[1] != 0 && !(is_value && is_set)) {
            return is_value ? words[2] : words[1];
        }
    }
    return 0;
}

/* The next reference a dying object releases, or 0. */
static uint32_t next_of(struct hd_objects *objects, struct hd_slot *entry, uint32_t slot)
{
    if (hd_slot_is_atom(slot) || entry->kind == HD_KIND_WEAKREF) {
        return 0;
    }
    switch (entry->kind) {
    case HD_KIND_LIST:
        return hd_list_pop_dying(objects, entry);
    case HD_KIND_TUPLE:
        return next_of_tuple(entry);
    default:
        return next_of_table(entry);
    }
}

bool hd_refs_work(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t *units)
{
    while (cascade->top != 0) {
        uint32_t slot = cascade->top;
        struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
        uint32_t blocks = BLOCKS_PER_UNIT;
        uint32_t child;

        if (*units == 0) {
            return false;
        }
        (*units)--;
        child = next_of(objects, entry, slot);
        if (child != 0) {
            if (!hd_slot_is_atom(slot) && (entry->flags & HD_SLOT_STRANDED) != 0) {
                hd_refs_strand(objects, child);
            }
            hd_refs_drop(objects, cascade, child);
        } else if (hd_object_shed(objects, entry, &blocks)) {
            cascade->top = entry->count;
            cascade->unseen = cascade->unseen == slot ? entry->count : cascade->unseen;
            hd_object_unmake(objects, slot);
        }
    }
    return true;
}

static void each_left_of_tuple(const struct hd_slot *entry, hd_visit_cb visit, void *ctx)
{
    const struct hd_tuple *tuple = hd_slot_body(entry);
    uint32_t left =
        (entry->flags & HD_SLOT_STARTED) != 0 ? tuple->items[tuple->length - 1] : tuple->length;

    for (uint32_t i = 0; i < left; i++) {
        visit(ctx, tuple->items[i]);
    }
}

static void each_left_of_table(const struct hd_slot *entry, hd_visit_cb visit, void *ctx)
{
    const struct hd_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    bool is_set = kind == HD_KIND_SET || kind == HD_KIND_FROZENSET;

    for (uint32_t i = table == NULL ? 0 : table->live; table != NULL && i < table->span * 2;
         i++) {
        const uint32_t *words = hd_table_entry(table, kind, i / 2);

        if (words[1] != 0 && !(i % 2 != 0 && is_set)) {
            visit(ctx, i % 2 != 0 ? words[2] : words[1]);
        }
    }
}

void hd_refs_each_pending(const struct hd_objects *objects, const struct hd_cascade *cascade,
                          void (*visit)(void *ctx, uint32_t slot), void *ctx)
{
    for (uint32_t slot = cascade->top; slot != 0;
         slot = hd_slot_at(&objects->slots, slot)->count) {
        const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

        if (hd_slot_is_atom(slot) || entry->kind == HD_KIND_WEAKREF) {
            continue;
        }
        if (entry->kind == HD_KIND_TUPLE) {
            each_left_of_tuple(entry, visit, ctx);
        } else if (entry->kind == HD_KIND_LIST) {
            for (uint32_t i = 0; i < hd_seq_length(objects, slot); i++) {
                visit(ctx, hd_seq_item(objects, slot, i));
            }
        } else {
            each_left_of_table(entry, visit, ctx);
        }
    }
}
