/* SPDX-License-Identifier: MIT */
/* walk.c: what an object refers to, how big it is, and its end when all of it goes at once. */
#include "base/check.h"
#include "object/internal.h"

static size_t body_bytes_of(const struct hd_slot *entry)
{
    const void *body = hd_slot_body(entry);

    switch (entry->kind) {
    case HD_KIND_STR:
    case HD_KIND_BYTES: {
        size_t size = body == NULL ? 0 : ((const struct hd_text *)body)->size;

        return body == NULL ? 0 : sizeof(struct hd_text) + (size > 0 ? size : 1);
    }
    case HD_KIND_TUPLE:
        return body == NULL ? 0
                            : sizeof(struct hd_tuple) +
                                  ((const struct hd_tuple *)body)->length * sizeof(uint32_t);
    case HD_KIND_LIST:
        return body == NULL
                   ? 0
                   : sizeof(struct hd_list_body) +
                         ((const struct hd_list_body *)body)->capacity * sizeof(uint32_t);
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
    case HD_KIND_INSTANCE:
        return body == NULL ? 0
                            : hd_table_bytes((enum hd_kind)entry->kind,
                                             ((const struct hd_table *)body)->capacity);
    default:
        return 0;
    }
}

size_t hd_object_body_bytes(const struct hd_objects *objects, uint32_t slot)
{
    return body_bytes_of(hd_slot_at(&objects->slots, slot));
}

const void *hd_object_body(const struct hd_objects *objects, uint32_t slot)
{
    return hd_object_body_bytes(objects, slot) > 0
               ? hd_slot_body(hd_slot_at(&objects->slots, slot))
               : NULL;
}

static uint64_t bytes_of_range(const struct hd_slot_range *range)
{
    uint64_t bytes = 0;

    for (uint32_t i = 1; i < range->high; i++) {
        if (range->entries[i].kind != HD_KIND_FREE) {
            bytes += body_bytes_of(&range->entries[i]);
        }
    }
    return bytes;
}

uint64_t hd_objects_body_bytes(const struct hd_objects *objects)
{
    return bytes_of_range(&objects->slots.containers) + bytes_of_range(&objects->slots.atoms);
}

struct hd_span hd_object_span(const struct hd_slot *entry)
{
    const void *body = hd_slot_body(entry);
    const struct hd_table *table = body;

    if (body == NULL) {
        return (struct hd_span){0};
    }
    switch (entry->kind) {
    case HD_KIND_LIST: {
        const struct hd_list_body *list = body;

        return (struct hd_span){list->items, list->length, 1, false};
    }
    case HD_KIND_TUPLE: {
        const struct hd_tuple *tuple = body;

        return (struct hd_span){tuple->items, tuple->length, 1, false};
    }
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
        return (struct hd_span){table->words + 1, table->span, 2, false};
    default:
        return (struct hd_span){table->words + 1, table->span, 3, true};
    }
}

void hd_object_visit(const struct hd_objects *objects, uint32_t slot, hd_visit_cb visit,
                     void *ctx)
{
    struct hd_span span = {0};

    if (!hd_slot_is_atom(slot)) {
        span = hd_object_span(hd_slot_at(&objects->slots, slot));
    }
    for (uint32_t i = 0; i < span.count; i++) {
        const uint32_t *at = span.first + (size_t)i * span.step;

        if (*at != 0) {
            visit(ctx, *at);
            if (span.pairs) {
                visit(ctx, at[1]);
            }
        }
    }
}

bool hd_object_is_inert(const struct hd_objects *objects, uint32_t slot)
{
    return hd_slot_is_atom(slot) || (hd_object_kind(objects, slot) == HD_KIND_TUPLE &&
                                     !hd_slots_is_tracked(&objects->slots, slot));
}

enum hd_status hd_object_bury(struct hd_objects *objects, struct hd_cascade *cascade,
                              const struct hd_slot *of, void *body, struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)of->kind;
    struct hd_slot *entry;
    uint32_t slot;
    enum hd_status status = hd_slots_take(&objects->slots, kind, false, &slot, error);

    if (status != HD_OK) {
        return status;
    }
    objects->kinds[kind]++;
    entry = hd_slot_at(&objects->slots, slot);
    entry->flags |= HD_SLOT_SHELL;
    entry->account = of->account;
    entry->count = 1;
    hd_slot_set_body(entry, body);
    hd_refs_drop(objects, cascade, slot);
    return HD_OK;
}

enum hd_status hd_object_clear(struct hd_objects *objects, struct hd_cascade *cascade,
                               uint32_t slot, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    void *body = hd_slot_body(entry);
    enum hd_status status;

    if (body == NULL) {
        return HD_OK;
    }
    status = hd_object_bury(objects, cascade, entry, body, error);
    if (status == HD_OK) {
        hd_slot_set_body(entry, NULL);
    }
    return status;
}

void hd_object_dead_begin(struct hd_objects *objects, uint32_t slot)
{
    hd_slots_untrack(&objects->slots, slot);
    hd_slots_kill(&objects->slots, slot);
}

struct dead_release {
    struct hd_objects *objects;
    struct hd_cascade *cascade;
};

/* No slot refers to what died before: a dying target is a member of the set. */
static void drop_if_outside(void *ctx, uint32_t slot)
{
    struct dead_release *release = ctx;

    if ((hd_slot_at(&release->objects->slots, slot)->flags & HD_SLOT_DYING) == 0) {
        hd_refs_drop(release->objects, release->cascade, slot);
    }
}

void hd_object_dead_release(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t slot)
{
    struct dead_release release = {objects, cascade};

    hd_object_visit(objects, slot, drop_if_outside, &release);
}

void hd_object_dead_finish(struct hd_objects *objects, uint32_t slot)
{
    hd_object_unmake(objects, slot);
}
