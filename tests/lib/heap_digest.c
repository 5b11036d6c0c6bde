/* SPDX-License-Identifier: MIT */
/* heap_digest.c: slots, their values, their owners, queues, settings. */
#include "lib/heap_digest.h"

#include "heap/internal.h"

struct digest {
    const struct hd_heap *heap;
    uint64_t sum;
    bool ageless;
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
        add(digest, digest->ageless ? hd_slots_is_tracked(slots, slot) : slots->age[slot]);
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

static void add_notices(struct digest *digest, const struct hd_list *list)
{
    HD_LIST_FOREACH (element, list) {
        const struct hd_notice *notice = HD_CONTAINER_OF(element, struct hd_notice, link);

        add(digest, hd_notice_delivery(notice));
        add(digest, (uint64_t)notice->state << 32 | notice->tries);
        add(digest, notice->deadline_ns);
        add(digest, notice->is_callback);
        add_reference(digest, notice->slot);
    }
}

static void add_queue(struct digest *digest, const struct hd_queue *queue)
{
    add_bytes(digest, queue->name, queue->name_size);
    add(digest, queue->owner == NULL ? 0 : queue->owner->number);
    add(digest, queue->deadline_ns);
    add(digest, (uint64_t)queue->tries << 1 | queue->closed);
    add(digest, queue->armed);
    add_notices(digest, &queue->waiting);
    add_notices(digest, &queue->letters);
    HD_LIST_FOREACH (element, &queue->takers) {
        const struct hd_subscription *taker =
            HD_CONTAINER_OF(element, struct hd_subscription, of_queue);

        add(digest, taker->session->number);
        add_notices(digest, &taker->delivered);
    }
}

/* Who is armed for which queue; and the pending sets. */
static void add_deaths(struct digest *digest)
{
    const struct hd_heap *heap = digest->heap;

    HD_LIST_FOREACH (element, &heap->queues) {
        add_queue(digest, HD_CONTAINER_OF(element, struct hd_queue, link));
    }
    for (uint32_t number = 1; number < heap->notices.high; number++) {
        const struct hd_notice *notice = hd_notices_at(&heap->notices, number);

        if (notice->state == HD_NOTICE_ARMED) {
            add_reference(digest, notice->slot);
            add_bytes(digest, notice->queue->name, notice->queue->name_size);
        } else if (notice->state != HD_NOTICE_FREE && notice->set != 0) {
            add(digest, (uint64_t)notice->set << 32 | notice->ring);
            add(digest, (uint64_t)notice->left << 8 | notice->generation);
        }
    }
    add(digest, heap->pending.sets);
    add(digest, heap->garbage_count);
}

static void add_limits(struct digest *digest, const struct hd_account *account)
{
    add(digest, account->limit.bytes);
    add(digest, account->limit.objects);
    add(digest, account->used.objects);
}

static uint64_t sum_up(const struct hd_heap *heap, bool ageless)
{
    struct digest digest = {heap, UINT64_C(0xcbf29ce484222325), ageless};
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_collector_state *state = hd_collector_state(heap->collector);

    for (uint32_t i = 1; i < slots->containers.high; i++) {
        add_object(&digest, i);
    }
    for (uint32_t i = 1; i < slots->atoms.high; i++) {
        add_object(&digest, HD_ATOM_BASE + i);
    }
    hd_owners_each(heap, add_owner, &digest);
    add_deaths(&digest);
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
    add(&digest, state->debug);
    add(&digest, state->mode);
    add(&digest, state->pace.growth_percent);
    add(&digest, state->pace.floor_bytes);
    add(&digest, state->pace.young_bytes);
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

uint64_t heap_digest(const struct hd_heap *heap)
{
    return sum_up(heap, false);
}

uint64_t heap_digest_ageless(const struct hd_heap *heap)
{
    return sum_up(heap, true);
}
