/* SPDX-License-Identifier: MIT */
/* verify_owners.c: every reference there is, and who has it (contract §2). */
#include <inttypes.h>
#include <stdio.h>

#include "heap/internal.h"

struct walk {
    struct hd_owner owner;
    hd_owner_cb visit;
    void *ctx;
    const struct hd_heap *heap;
};

static void visit_one(void *ctx, uint32_t slot)
{
    struct walk *walk = ctx;

    walk->visit(walk->ctx, &walk->owner, slot, 1);
}

static void walk_containers(struct walk *walk)
{
    const struct hd_slots *slots = hd_objects_slots_const(walk->heap->objects);

    walk->owner.what = HD_OWNER_CONTAINER;
    for (uint32_t slot = 1; slot < slots->containers.high; slot++) {
        if (hd_slots_is_alive(slots, slot)) {
            walk->owner.container = slot;
            hd_object_visit(walk->heap->objects, slot, visit_one, walk);
        }
    }
}

static void walk_cascade(void *ctx, struct hd_cascade *cascade)
{
    struct walk *walk = ctx;

    hd_refs_each_pending(walk->heap->objects, cascade, visit_one, walk);
}

typedef void (*cascade_cb)(void *ctx, struct hd_cascade *cascade);

static void visit_draft(const struct hd_op *op, cascade_cb visit, void *ctx)
{
    struct hd_cascade *draft = hd_copying_draft(op);

    if (draft != NULL) {
        visit(ctx, draft);
    }
}

void hd_cascades_each(const struct hd_heap *heap, cascade_cb visit, void *ctx)
{
    if (heap->current != NULL && heap->current->batch == NULL) {
        visit(ctx, &heap->current->cascade);
        visit_draft(heap->current, visit, ctx);
    }
    visit(ctx, hd_collector_cascade(heap->collector));
    HD_LIST_FOREACH (element, &heap->running) {
        struct hd_op *op = HD_CONTAINER_OF(element, struct hd_op, running);

        visit(ctx, &op->cascade);
        visit_draft(op, visit, ctx);
    }
    HD_LIST_FOREACH (element, &heap->batches) {
        visit(ctx, &HD_CONTAINER_OF(element, struct hd_batch, link)->cascade);
    }
}

static void walk_kept(struct walk *walk)
{
    const struct hd_notices *notices = &walk->heap->notices;

    for (uint32_t number = 1; number < notices->high; number++) {
        const struct hd_notice *notice = hd_notices_at(notices, number);

        if (notice != NULL && hd_notice_keeps(walk->heap, notice)) {
            visit_one(walk, notice->slot);
        }
    }
}

void hd_owners_each(const struct hd_heap *heap, hd_owner_cb visit, void *ctx)
{
    struct walk walk = {.visit = visit, .ctx = ctx, .heap = heap};
    struct hd_roots roots;
    uint32_t slot;
    uint32_t n;

    walk_containers(&walk);
    hd_roots_begin(&roots, heap, HD_ROOTS_ALL);
    while (roots.stage != HD_ROOTS_END) {
        uint64_t steps = UINT64_MAX;

        while (hd_roots_next(&roots, &steps, &walk.owner, &slot, &n)) {
            visit(ctx, &walk.owner, slot, n);
        }
    }
    walk.owner = (struct hd_owner){.what = HD_OWNER_WORK};
    walk_kept(&walk);
    hd_cascades_each(heap, walk_cascade, &walk);
    hd_collector_each_condemned(heap->collector, visit_one, &walk);
}

void hd_owner_describe(const struct hd_heap *heap, const struct hd_owner *owner, char *ret_text,
                       size_t size)
{
    int name_size = (int)(owner->name.size < 64 ? owner->name.size : 64);
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    switch (owner->what) {
    case HD_OWNER_CONTAINER:
        (void)snprintf(ret_text, size, "%s %" PRIu64,
                       hd_kind_name(hd_object_kind(heap->objects, owner->container)),
                       hd_slots_id(slots, owner->container));
        return;
    case HD_OWNER_GLOBAL_NAME:
        (void)snprintf(ret_text, size, "the heap's name '%.*s'", name_size, owner->name.data);
        return;
    case HD_OWNER_NAME:
        (void)snprintf(ret_text, size, "name '%.*s' of frame %" PRIu32 " of session %" PRIu64,
                       name_size, owner->name.data, owner->depth - 1, owner->session);
        return;
    case HD_OWNER_HOLD:
        (void)snprintf(ret_text, size, "a hold of frame %" PRIu32 " of session %" PRIu64,
                       owner->depth - 1, owner->session);
        return;
    case HD_OWNER_QUEUE:
        (void)snprintf(ret_text, size, "queue '%.*s'", name_size, owner->name.data);
        return;
    case HD_OWNER_GARBAGE:
        (void)snprintf(ret_text, size, "gc.garbage");
        return;
    case HD_OWNER_BATCH:
        (void)snprintf(ret_text, size, "the batch of session %" PRIu64, owner->session);
        return;
    default:
        (void)snprintf(ret_text, size, "release work in progress");
    }
}
