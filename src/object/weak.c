/* SPDX-License-Identifier: MIT */
/* weak.c: a target's word and a weak reference's payload name each other [object.inv.weak]. */
#include "object/weak.h"

#include "base/check.h"
#include "object/internal.h"

static bool can_be_referred_to(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET || kind == HD_KIND_INSTANCE;
}

uint32_t hd_weak_target(const struct hd_objects *objects, uint32_t slot)
{
    return hd_slot_at(&objects->slots, slot)->payload[0];
}

static uint32_t reference_to(const struct hd_objects *objects, uint32_t target)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, target);

    return (entry->flags & HD_SLOT_WEAK) == 0 ? 0 : *hd_table_weak_word(entry);
}

uint32_t hd_weak_count(const struct hd_objects *objects, uint32_t target)
{
    return reference_to(objects, target) != 0;
}

enum hd_status hd_weak_new(struct hd_objects *objects, uint32_t target, uint32_t *ret_slot,
                           struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, target);
    uint32_t slot;
    enum hd_status status = HD_OK;

    if (!can_be_referred_to((enum hd_kind)entry->kind)) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "cannot create weak reference to '%s' object",
                       hd_kind_name((enum hd_kind)entry->kind));
    }
    *ret_slot = reference_to(objects, target);
    if (*ret_slot != 0) {
        return HD_OK;
    }
    if ((entry->flags & HD_SLOT_WEAK) == 0) {
        status = hd_table_give_weak_word(objects, entry, error);
    }
    if (status == HD_OK) {
        status = hd_object_make(objects, HD_KIND_WEAKREF, false, &slot, error);
    }
    if (status != HD_OK) {
        return status;
    }
    *hd_table_weak_word(entry) = slot;
    hd_slot_at(&objects->slots, slot)->payload[0] = target;
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

void hd_weak_part(struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    uint32_t *word;

    if (entry->kind == HD_KIND_WEAKREF) {
        if (entry->payload[0] != 0) {
            *hd_table_weak_word(hd_slot_at(&objects->slots, entry->payload[0])) = 0;
            entry->payload[0] = 0;
        }
    } else if ((entry->flags & HD_SLOT_WEAK) != 0) {
        word = hd_table_weak_word(entry);
        if (*word != 0) {
            hd_slot_at(&objects->slots, *word)->payload[0] = 0;
            *word = 0;
        }
    }
}

bool hd_weak_check(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    uint32_t other =
        entry->kind == HD_KIND_WEAKREF ? entry->payload[0] : reference_to(objects, slot);
    const struct hd_slot *named;

    if (other == 0) {
        return true;
    }
    named = hd_slot_at(&objects->slots, other);
    if (named->kind == HD_KIND_FREE || (named->flags & HD_SLOT_DYING) != 0) {
        return false;
    }
    return entry->kind == HD_KIND_WEAKREF ? reference_to(objects, other) == slot
                                          : named->payload[0] == slot;
}
