/* SPDX-License-Identifier: MIT */
/* mourn.c: whose end somebody wants to be told of. */
#include "base/check.h"
#include "object/internal.h"

void hd_objects_set_mourner(struct hd_objects *objects, const struct hd_mourner *mourner)
{
    objects->mourner = mourner;
}

enum hd_status hd_object_judge_finalizer(const struct hd_objects *objects, uint32_t slot,
                                         struct hd_error *error)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_bytes type = hd_object_type_name(objects, slot);

    if (hd_slot_is_atom(slot) || entry->kind == HD_KIND_WEAKREF) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "cannot set a finalizer on '%.*s' object", (int)type.size, type.data);
    }
    if ((entry->flags & HD_SLOT_FINALIZED) != 0) {
        return hd_fail(error, HD_FAILED_PRECONDITION, HD_REASON_FINALIZED,
                       "'%.*s' object has been finalized already", (int)type.size, type.data);
    }
    return HD_OK;
}

void hd_object_arm(struct hd_objects *objects, uint32_t slot)
{
    HD_CHECK(objects->mourner != NULL);
    hd_slot_at(&objects->slots, slot)->flags |= HD_SLOT_FINALIZER;
}

void hd_object_disarm(struct hd_objects *objects, uint32_t slot)
{
    hd_slot_at(&objects->slots, slot)->flags &= (uint8_t)~HD_SLOT_FINALIZER;
}

void hd_object_set_finalized(struct hd_objects *objects, uint32_t slot, bool finalized)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    entry->flags = (uint8_t)(finalized ? entry->flags | HD_SLOT_FINALIZED
                                       : entry->flags & ~HD_SLOT_FINALIZED);
}

bool hd_object_finalize(struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if ((entry->flags & HD_SLOT_FINALIZER) == 0) {
        return false;
    }
    hd_object_disarm(objects, slot);
    if (!objects->mourner->finalize(objects->mourner->ctx, slot)) {
        return false;
    }
    entry->flags |= HD_SLOT_FINALIZED;
    hd_refs_take_spare(objects, slot);
    return true;
}

void hd_object_forget(struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = hd_slot_at(&objects->slots, slot);

    if ((entry->flags & (HD_SLOT_FINALIZER | HD_SLOT_CALLBACK)) != 0) {
        objects->mourner->forget(objects->mourner->ctx, slot);
    }
}
