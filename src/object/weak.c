/* SPDX-License-Identifier: MIT */
/* weak.c: the chain of weak references to one object [object.inv.weak]. */
#include "object/weak.h"

#include "base/check.h"
#include "object/internal.h"

/* The body of one with a callback.  A plain one has the target and the newest of these in
 * its payload. */
struct watch {
    uint32_t target;
    uint32_t newer; /* or the plain one; 0: it is the first */
    uint32_t older;
};

static bool can_be_referred_to(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET || kind == HD_KIND_INSTANCE;
}

static bool has_callback(const struct hd_slot *entry)
{
    return (entry->flags & HD_SLOT_CALLBACK) != 0;
}

size_t hd_weak_bytes(const struct hd_slot *entry)
{
    return has_callback(entry) && hd_slot_body(entry) != NULL ? sizeof(struct watch) : 0;
}

static struct hd_slot *at(const struct hd_objects *objects, uint32_t slot)
{
    return hd_slot_at(&objects->slots, slot);
}

/* Where a weak reference says what its target is, and which is the next older one. */
static uint32_t *target_of(struct hd_slot *entry)
{
    return has_callback(entry) ? &((struct watch *)hd_slot_body(entry))->target
                               : &entry->payload[0];
}

static uint32_t *older_of(struct hd_slot *entry)
{
    return has_callback(entry) ? &((struct watch *)hd_slot_body(entry))->older
                               : &entry->payload[1];
}

uint32_t hd_weak_target(const struct hd_objects *objects, uint32_t slot)
{
    uint32_t target = *target_of(at(objects, slot));

    return target != 0 && hd_slots_is_alive(&objects->slots, target) ? target : 0;
}

/* 0: there is none. */
static uint32_t first_of(const struct hd_objects *objects, uint32_t target)
{
    const struct hd_slot *entry = at(objects, target);

    return (entry->flags & HD_SLOT_WEAK) == 0 ? 0 : *hd_table_weak_word(entry);
}

static uint32_t plain_of(const struct hd_objects *objects, uint32_t target)
{
    uint32_t first = first_of(objects, target);

    return first != 0 && !has_callback(at(objects, first)) ? first : 0;
}

uint32_t hd_weak_first_callback(const struct hd_objects *objects, uint32_t target)
{
    uint32_t plain = plain_of(objects, target);

    return plain != 0 ? *older_of(at(objects, plain)) : first_of(objects, target);
}

uint32_t hd_weak_older_callback(const struct hd_objects *objects, uint32_t weakref)
{
    return *older_of(at(objects, weakref));
}

uint32_t hd_weak_count(const struct hd_objects *objects, uint32_t target)
{
    uint32_t n = 0;

    for (uint32_t slot = first_of(objects, target); slot != 0;
         slot = *older_of(at(objects, slot))) {
        n += hd_slots_is_alive(&objects->slots, slot);
    }
    return n;
}

static enum hd_status judge_target(const struct hd_slot *entry, struct hd_error *error)
{
    enum hd_kind kind = (enum hd_kind)entry->kind;

    return can_be_referred_to(kind)
               ? HD_OK
               : hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                         "cannot create weak reference to '%s' object", hd_kind_name(kind));
}

static enum hd_status make(struct hd_objects *objects, uint32_t target, uint32_t *ret_slot,
                           struct hd_error *error)
{
    struct hd_slot *entry = at(objects, target);
    enum hd_status status = HD_OK;

    if ((entry->flags & HD_SLOT_WEAK) == 0) {
        status = hd_table_give_weak_word(objects, entry, error);
    }
    return status != HD_OK ? status
                           : hd_object_make(objects, HD_KIND_WEAKREF, false, ret_slot, error);
}

/* Takes a weak reference out of its target's chain. */
static void unlink(struct hd_objects *objects, uint32_t weakref)
{
    struct hd_slot *entry = at(objects, weakref);
    uint32_t target = *target_of(entry);
    uint32_t older = *older_of(entry);
    uint32_t newer = 0;

    if (target == 0) {
        return;
    }
    if (has_callback(entry)) {
        newer = ((struct watch *)hd_slot_body(entry))->newer;
    }
    if (older != 0) {
        ((struct watch *)hd_slot_body(at(objects, older)))->newer = newer;
    }
    *(newer != 0 ? older_of(at(objects, newer)) : hd_table_weak_word(at(objects, target))) =
        older;
    *target_of(entry) = 0;
    *older_of(entry) = 0;
}

/* One that is condemned is nobody's any more, and not to be shared. */
static uint32_t share_plain(struct hd_objects *objects, uint32_t target)
{
    uint32_t plain = plain_of(objects, target);

    if (plain != 0 && !hd_slots_is_alive(&objects->slots, plain)) {
        unlink(objects, plain);
        plain = 0;
    }
    return plain;
}

enum hd_status hd_weak_new(struct hd_objects *objects, uint32_t target, uint32_t *ret_slot,
                           struct hd_error *error)
{
    struct hd_slot *entry = at(objects, target);
    enum hd_status status = judge_target(entry, error);
    uint32_t newest;
    uint32_t slot;

    if (status != HD_OK) {
        return status;
    }
    *ret_slot = share_plain(objects, target);
    if (*ret_slot != 0) {
        return HD_OK;
    }
    status = make(objects, target, &slot, error);
    if (status != HD_OK) {
        return status;
    }
    newest = first_of(objects, target);
    at(objects, slot)->payload[0] = target;
    at(objects, slot)->payload[1] = newest;
    if (newest != 0) {
        ((struct watch *)hd_slot_body(at(objects, newest)))->newer = slot;
    }
    *hd_table_weak_word(entry) = slot;
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

enum hd_status hd_weak_new_with_callback(struct hd_objects *objects, uint32_t target,
                                         uint32_t *ret_slot, struct hd_error *error)
{
    struct hd_slot *entry = at(objects, target);
    enum hd_status status = judge_target(entry, error);
    struct watch *watch;
    uint32_t slot;

    if (status == HD_OK) {
        status = make(objects, target, &slot, error);
    }
    if (status == HD_OK) {
        status = hd_object_give_body(objects, slot, sizeof *watch, (void **)&watch, error);
    }
    if (status != HD_OK) {
        return status;
    }
    *watch = (struct watch){.target = target,
                            .newer = plain_of(objects, target),
                            .older = hd_weak_first_callback(objects, target)};
    at(objects, slot)->flags |= HD_SLOT_CALLBACK;
    if (watch->older != 0) {
        ((struct watch *)hd_slot_body(at(objects, watch->older)))->newer = slot;
    }
    *(watch->newer != 0 ? older_of(at(objects, watch->newer)) : hd_table_weak_word(entry)) =
        slot;
    hd_slots_track(&objects->slots, slot);
    *ret_slot = slot;
    return HD_OK;
}

void hd_weak_call_back(struct hd_objects *objects, uint32_t weakref)
{
    unlink(objects, weakref);
    if (objects->mourner->call_back(objects->mourner->ctx, weakref)) {
        hd_refs_take_spare(objects, weakref);
    }
}

void hd_weak_part(struct hd_objects *objects, uint32_t slot)
{
    const struct hd_slot *entry = at(objects, slot);
    uint32_t weakref;

    if (entry->kind == HD_KIND_WEAKREF) {
        unlink(objects, slot);
        return;
    }
    while ((weakref = first_of(objects, slot)) != 0) {
        if (has_callback(at(objects, weakref)) && hd_slots_is_alive(&objects->slots, weakref)) {
            hd_weak_call_back(objects, weakref);
        } else {
            unlink(objects, weakref);
        }
    }
}

static bool check_chain(const struct hd_objects *objects, uint32_t target)
{
    uint32_t newer = 0;

    for (uint32_t slot = first_of(objects, target); slot != 0;
         newer = slot, slot = *older_of(at(objects, slot))) {
        struct hd_slot *entry = at(objects, slot);

        if (entry->kind != HD_KIND_WEAKREF || *target_of(entry) != target ||
            (entry->flags & HD_SLOT_DYING) != 0) {
            return false;
        }
        if (has_callback(entry) ? ((struct watch *)hd_slot_body(entry))->newer != newer
                                : newer != 0) {
            return false;
        }
    }
    return true;
}

bool hd_weak_check(const struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = at(objects, slot);
    uint32_t target;

    if (entry->kind != HD_KIND_WEAKREF) {
        return check_chain(objects, slot);
    }
    target = *target_of(entry);
    if (target == 0) {
        return true;
    }
    if (has_callback(entry)) {
        const struct watch *watch = hd_slot_body(entry);

        return (watch->newer != 0 ? *older_of(at(objects, watch->newer))
                                  : first_of(objects, target)) == slot;
    }
    return first_of(objects, target) == slot;
}
