/* SPDX-License-Identifier: MIT */
/* heap_digest.c: slots, their values, their owners, settings. */
#include "lib/heap_digest.h"

#include "heap/internal.h"

struct digest {
    const struct hd_heap *heap;
    uint64_t sum;
};

static void add_bytes(struct digest *digest, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        digest->sum = (digest->sum ^ bytes[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
}

static void add(struct digest *digest, uint64_t number)
{
    add_bytes(digest, &number, sizeof number);
}

static void add_reference(void *ctx, uint32_t slot)
{
    struct digest *digest = ctx;

    add(digest, hd_slots_id(hd_objects_slots_const(digest->heap->objects), slot));
}

static void add_object(struct digest *digest, uint32_t slot)
{
    const struct hd_objects *objects = digest->heap->objects;
    const struct hd_slots *slots = hd_objects_slots_const(objects);
    const struct hd_slot *entry = hd_slot_at(slots, slot);

    if (entry->kind == HD_KIND_FREE) {
        return;
    }
    add(digest, hd_slots_id(slots, slot));
    add(digest, entry->count);
    /* a place for a weak reference is room, too */
    add(digest, (uint64_t)entry->kind << 32 |
                    (uint64_t)(entry->flags & (unsigned)~HD_SLOT_WEAK) << 16 | entry->account);
    if (!hd_slot_is_atom(slot)) {
        add(digest, slots->age[slot]);
        hd_object_visit(objects, slot, add_reference, digest);
    } else if (entry->kind == HD_KIND_STR || entry->kind == HD_KIND_BYTES) {
        struct hd_bytes text = hd_object_bytes(objects, slot);

        add_bytes(digest, text.data, text.size);
    } else {
        add(digest, (uint64_t)hd_object_integer(objects, slot));
    }
}

static void add_owner(void *ctx, const struct hd_owner *owner, uint32_t slot, uint32_t n)
{
    struct digest *digest = ctx;

    add(digest, owner->what);
    add(digest, (uint64_t)owner->container << 32 | owner->depth);
    add(digest, owner->session);
    add_bytes(digest, owner->name.data, owner->name.size);
    add(digest, (uint64_t)slot << 32 | n);
}

static void add_limits(struct digest *digest, const struct hd_account *account)
{
    add(digest, account->limit.bytes);
    add(digest, account->limit.objects);
    add(digest, account->used.objects);
}

uint64_t heap_digest(const struct hd_heap *heap)
{
    struct digest digest = {heap, UINT64_C(0xcbf29ce484222325)};
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_collector_state *state = hd_collector_state(heap->collector);

    for (uint32_t i = 1; i < slots->containers.high; i++) {
        add_object(&digest, i);
    }
    for (uint32_t i = 1; i < slots->atoms.high; i++) {
        add_object(&digest, HD_ATOM_BASE + i);
    }
    hd_owners_each(heap, add_owner, &digest);
    HD_LIST_FOREACH (element, &heap->sessions) {
        const struct hd_session *session = HD_CONTAINER_OF(element, struct hd_session, link);

        add(&digest, session->number);
        add(&digest, hd_session_depth(session));
        add(&digest, session->batch != NULL);
    }
    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        add(&digest, state->thresholds[i]);
        add(&digest, state->counts[i]);
        add(&digest, state->stats[i].collections);
    }
    add(&digest, state->enabled);
    add_limits(&digest, &heap->quota.heap);
    for (uint32_t i = 0; i < heap->quota.count; i++) {
        const struct hd_account *account = hd_quota_account_const(&heap->quota, (uint16_t)i);

        /* an account made usable, and not used, is no change */
        if (account->used.objects > 0 || account->limit.bytes != HD_UNLIMITED ||
            account->limit.objects != HD_UNLIMITED) {
            add_limits(&digest, account);
        }
    }
    return digest.sum;
}
