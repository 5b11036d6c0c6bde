/* SPDX-License-Identifier: MIT */
/* check.c: bodies, looked at from nothing. */
#include "object/big_list.h"
#include "object/big_table.h"
#include "object/flat_table.h"
#include "object/weak.h"

bool hd_object_check(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    enum hd_kind kind = (enum hd_kind)entry->kind;

    if (hd_slot_is_atom(slot) || hd_slot_body(entry) == NULL) {
        return true;
    }
    if (!hd_weak_check(objects, slot)) {
        return false;
    }
    switch (kind) {
    case HD_KIND_LIST:
        return !hd_list_is_big(entry) || hd_big_list_check(hd_slot_body(entry));
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
    case HD_KIND_INSTANCE:
        return hd_table_is_big(entry) ? hd_big_table_check(hd_slot_body(entry), kind)
                                      : hd_flat_check(hd_slot_body(entry), kind);
    default:
        return true;
    }
}
