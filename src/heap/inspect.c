/* SPDX-License-Identifier: MIT */
/* inspect.c: reading objects and names. */
#include "heap/inspect.h"

#include <string.h>

#include "base/utf8.h"
#include "heap/internal.h"
#include "object/weak.h"

uint64_t hd_inspect_id(const struct hd_heap *heap, uint32_t slot)
{
    return hd_slots_id(hd_objects_slots_const(heap->objects), slot);
}

uint32_t hd_inspect_refcount(const struct hd_heap *heap, const struct hd_batch *batch,
                             uint32_t slot)
{
    uint32_t count = hd_slot_at(hd_objects_slots_const(heap->objects), slot)->count;

    if (count == HD_COUNT_IMMORTAL) {
        return HD_REFCOUNT_IMMORTAL;
    }
    return batch == NULL ? count : count - hd_batch_references(batch, slot);
}

bool hd_inspect_is_tracked(const struct hd_heap *heap, uint32_t slot)
{
    return hd_slots_is_tracked(hd_objects_slots_const(heap->objects), slot);
}

/* False: it has no len(). */
static bool length_of(const struct hd_heap *heap, uint32_t slot, uint64_t *ret_length)
{
    struct hd_bytes text;

    switch (hd_object_kind(heap->objects, slot)) {
    case HD_KIND_STR:
        text = hd_object_bytes(heap->objects, slot);
        *ret_length = hd_utf8_length(text.data, text.size);
        return true;
    case HD_KIND_BYTES:
        *ret_length = hd_object_bytes(heap->objects, slot).size;
        return true;
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
        *ret_length = hd_items_count(heap, slot);
        return true;
    default:
        return false;
    }
}

static void fill_value(const struct hd_heap *heap, uint32_t slot, struct hd_object_info *info)
{
    const struct hd_objects *objects = heap->objects;

    (void)length_of(heap, slot, &info->length);
    switch (info->kind) {
    case HD_KIND_BOOL:
        info->flag = hd_object_flag(objects, slot);
        info->integer = hd_object_integer(objects, slot);
        return;
    case HD_KIND_INT:
        info->integer = hd_object_integer(objects, slot);
        return;
    case HD_KIND_FLOAT:
        info->real = hd_object_real(objects, slot);
        return;
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        info->bytes = hd_object_bytes(objects, slot);
        return;
    case HD_KIND_INSTANCE:
        info->length = hd_table_length(objects, slot);
        info->class_name = hd_object_class_name(objects, slot);
        return;
    default:
        return;
    }
}

uint32_t hd_inspect_weakrefs(const struct hd_heap *heap, uint32_t slot)
{
    return hd_weak_count(heap->objects, slot);
}

void hd_inspect_value(const struct hd_heap *heap, uint32_t slot,
                      struct hd_object_info *ret_info)
{
    *ret_info = (struct hd_object_info){
        .id = hd_inspect_id(heap, slot),
        .kind = hd_object_kind(heap->objects, slot),
    };
    fill_value(heap, slot, ret_info);
}

void hd_inspect_object(const struct hd_heap *heap, const struct hd_batch *batch, uint32_t slot,
                       struct hd_object_info *ret_info)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_slot *entry = hd_slot_at(slots, slot);
    size_t body = hd_object_body_bytes(heap->objects, slot);

    hd_inspect_value(heap, slot, ret_info);
    ret_info->refcount = hd_inspect_refcount(heap, batch, slot);
    ret_info->tracked = hd_slots_is_tracked(slots, slot);
    ret_info->finalized = (entry->flags & HD_SLOT_FINALIZED) != 0;
    ret_info->interned = hd_slot_is_atom(slot) && (entry->flags & HD_SLOT_INTERNED) != 0;
    ret_info->has_body = body > 0;
    ret_info->generation = hd_slot_is_atom(slot) ? 0 : hd_slots_generation(slots, slot);
    ret_info->size_bytes = sizeof *entry;
    if (body > 0) {
        size_t own;
        const void *block = hd_object_body(heap->objects, slot, &own);

        ret_info->size_bytes += body - own + hd_memory_block_bytes(heap->memory, own);
        ret_info->place = hd_memory_place(heap->memory, block, own);
    }
}

void hd_inspect_repr(const struct hd_heap *heap, uint32_t slot, char *ret_text, size_t size)
{
    hd_repr(heap->objects, slot, ret_text, size);
}

size_t hd_inspect_items(const struct hd_heap *heap, uint32_t slot, uint64_t first, size_t max,
                        uint64_t *ret_items, uint64_t *ret_values)
{
    const struct hd_objects *objects = heap->objects;
    bool is_table = hd_kind_is_table(hd_object_kind(objects, slot));
    uint64_t number = 0;
    size_t n = 0;
    uint32_t span;

    if (!is_table && !hd_items_iterable(heap, slot)) {
        return 0;
    }
    span = is_table ? hd_table_span(objects, slot) : hd_seq_length(objects, slot);
    for (uint32_t i = is_table || first > span ? 0 : (uint32_t)first;
         i < span && n < max && first < span; i++) {
        uint32_t item =
            is_table ? hd_table_key(objects, slot, i) : hd_seq_item(objects, slot, i);
        uint32_t value = is_table && item != 0 ? hd_table_value(objects, slot, i) : 0;

        if (item != 0 && (!is_table || number++ >= first)) {
            ret_items[n] = hd_inspect_id(heap, item);
            ret_values[n] = value == 0 ? 0 : hd_inspect_id(heap, value);
            n++;
        }
    }
    return n;
}

enum hd_status hd_inspect_length(const struct hd_heap *heap, uint32_t slot,
                                 uint64_t *ret_length, struct hd_error *error)
{
    return length_of(heap, slot, ret_length)
               ? HD_OK
               : hd_refuse_type(heap, "object of type '", slot, "' has no len()", error);
}

size_t hd_inspect_names(const struct hd_heap *heap, const struct hd_session *session,
                        enum hd_scope scope, uint64_t *cursor, size_t max,
                        struct hd_named *ret_names)
{
    const struct hd_names *names = hd_scope_names(heap, session, scope);
    size_t n = 0;
    uint64_t at;

    for (at = *cursor; at < names->rows.used; at++) {
        const struct hd_name *name = hd_names_at(names, (uint32_t)at);

        if (name->text == NULL || name->slot == 0) {
            continue;
        }
        if (n == max) {
            *cursor = at;
            return n;
        }
        ret_names[n].name = (struct hd_bytes){name->text, name->size};
        ret_names[n].id = hd_inspect_id(heap, name->slot);
        n++;
    }
    *cursor = 0;
    return n;
}
