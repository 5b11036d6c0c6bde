/* SPDX-License-Identifier: MIT */
/* walk.c: what an object refers to, and how big it is. */
#include "base/check.h"
#include "object/big_list.h"
#include "object/big_table.h"
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
        return hd_list_bytes(entry);
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
    case HD_KIND_INSTANCE:
        return hd_table_bytes(entry);
    case HD_KIND_WEAKREF:
        return hd_weak_bytes(entry);
    default:
        return 0;
    }
}

size_t hd_object_body_bytes(const struct hd_objects *objects, uint32_t slot)
{
    return body_bytes_of(hd_slot_at(&objects->slots, slot));
}

size_t hd_object_own_bytes(const struct hd_slot *entry)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (kind == HD_KIND_LIST && hd_list_is_big(entry)) {
        return hd_big_list_own_bytes(hd_slot_body(entry));
    }
    if (hd_kind_is_table(kind) && hd_table_is_big(entry)) {
        return sizeof(struct hd_big_table);
    }
    return body_bytes_of(entry);
}

const void *hd_object_body(const struct hd_objects *objects, uint32_t slot, size_t *ret_bytes)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    *ret_bytes = hd_object_own_bytes(entry);
    return *ret_bytes > 0 ? hd_slot_body(entry) : NULL;
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

static struct hd_span span_of_leaf(const struct hd_big_list *big, uint32_t *part)
{
    uint32_t at = *part;

    if (at >= big->leaves) {
        *part = 0;
        return (struct hd_span){0};
    }
    *part = at + 1 < big->leaves ? at + 1 : 0;
    return (struct hd_span){big->leaf[at].items, big->leaf[at].length, 1, false};
}

static struct hd_span span_of_chunk(const struct hd_big_table *big, enum hd_kind kind,
                                    uint32_t *part)
{
    const struct hd_chunk *chunk;

    if (*part >= big->chunks) {
        *part = 0;
        return (struct hd_span){0};
    }
    chunk = &big->chunk[big->order[*part]];
    *part = *part + 1 < big->chunks ? *part + 1 : 0;
    return hd_span_of_entries(chunk->words, chunk->span, kind);
}

struct hd_span hd_object_span_of_big(const struct hd_slot *entry, uint32_t *part)
{
    const void *body = hd_slot_body(entry);

    return entry->kind == HD_KIND_LIST ? span_of_leaf(body, part)
                                       : span_of_chunk(body, (enum hd_kind)entry->kind, part);
}

static void visit_span(struct hd_span span, hd_visit_cb visit, void *ctx)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        if (*at != 0) {
            visit(ctx, *at);
            if (span.pairs) {
                visit(ctx, at[1]);
            }
        }
    }
}

void hd_object_visit(const struct hd_objects *objects, uint32_t slot, hd_visit_cb visit,
                     void *ctx)
{
    uint32_t part = 0;

    if (hd_slot_is_atom(slot)) {
        return;
    }
    do {
        visit_span(hd_object_span(hd_slot_at(&objects->slots, slot), &part), visit, ctx);
    } while (part != 0);
}

bool hd_object_shed(struct hd_objects *objects, struct hd_slot *entry, uint32_t *blocks)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (kind == HD_KIND_LIST && hd_list_is_big(entry)) {
        return hd_big_list_shed(objects, entry->account, hd_slot_body(entry), blocks);
    }
    if (hd_kind_is_table(kind) && hd_table_is_big(entry)) {
        return hd_big_table_shed(objects, entry->account, kind, hd_slot_body(entry), blocks);
    }
    return true;
}

bool hd_object_relocate_part(const struct hd_slot *entry, uint32_t part,
                             hd_relocate_cb relocate, void *ctx)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (kind == HD_KIND_LIST && hd_list_is_big(entry)) {
        return hd_big_list_relocate(hd_slot_body(entry), part, relocate, ctx);
    }
    if (hd_kind_is_table(kind) && hd_table_is_big(entry)) {
        return hd_big_table_relocate(hd_slot_body(entry), kind, part, relocate, ctx);
    }
    return false;
}

bool hd_object_is_inert(const struct hd_objects *objects, uint32_t slot)
{
    return hd_slot_is_atom(slot) || (hd_object_kind(objects, slot) == HD_KIND_TUPLE &&
                                     !hd_slots_is_tracked(&objects->slots, slot));
}

enum hd_status hd_object_make_shell(struct hd_objects *objects, const struct hd_slot *of,
                                    uint32_t *ret_slot, struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)of->kind;
    struct hd_slot *entry;
    enum hd_status status = hd_slots_take(&objects->slots, kind, false, ret_slot, error);

    if (status != HD_OK) {
        return status;
    }
    hd_quota_add_object(objects->quota, of->account, hd_slot_share(*ret_slot));
    objects->kinds[kind]++;
    entry = hd_slot_at(&objects->slots, *ret_slot);
    entry->flags |= HD_SLOT_SHELL;
    entry->account = of->account;
    return HD_OK;
}

enum hd_status hd_object_bury(struct hd_objects *objects, struct hd_cascade *cascade,
                              const struct hd_slot *of, void *body, struct hd_error *error)
{
    struct hd_keeper *keeper = cascade->keeper;
    struct hd_slot *entry;
    uint32_t slot;
    enum hd_status status = hd_object_make_shell(objects, of, &slot, error);

    if (status != HD_OK) {
        return status;
    }
    entry = hd_slot_at(&objects->slots, slot);
    entry->flags |= (uint8_t)(of->flags & HD_SLOT_WEAK);
    entry->count = 1;
    hd_slot_set_body(entry, body);
    if ((entry->flags & HD_SLOT_WEAK) != 0) {
        *hd_table_weak_word(entry) = 0; /* it stays with the object */
    }
    cascade->keeper = NULL; /* what it carries is for the keeper, not itself */
    hd_refs_drop(objects, cascade, slot);
    cascade->keeper = keeper;
    return HD_OK;
}

enum hd_status hd_object_clear(struct hd_objects *objects, struct hd_cascade *cascade,
                               uint32_t slot, struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    void *body = hd_slot_body(entry);
    enum hd_status status;

    struct hd_table *fresh = NULL;

    if (body == NULL) {
        return HD_OK;
    }
    status = hd_table_empty_body(objects, entry, &fresh, error);
    if (status != HD_OK) {
        return status;
    }
    status = hd_object_bury(objects, cascade, entry, body, error);
    if (status == HD_OK) {
        hd_slot_set_body(entry, fresh);
        hd_objects_note_change(objects, slot);
    } else if (fresh != NULL) {
        hd_table_free_body(objects, entry, fresh);
    }
    return status;
}
