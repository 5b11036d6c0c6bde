/* SPDX-License-Identifier: MIT */
/* mourning.c: the layers below say who dies; the notices say who is to be told. */
#include "base/check.h"
#include "heap/internal.h"

/* A callback's kinds stand behind those of finalizers, in the same order. */
void hd_tell(struct hd_heap *heap, enum hd_event_kind finalizer_kind,
             const struct hd_notice *notice, uint64_t count)
{
    unsigned shift =
        notice->is_callback ? HD_EVENT_CALLBACK_QUEUED - HD_EVENT_FINALIZER_QUEUED : 0;

    hd_events_publish(
        &heap->events,
        &(struct hd_event){
            .kind = (enum hd_event_kind)(finalizer_kind + shift),
            .session = notice->taker == NULL ? 0 : notice->taker->session->number,
            .object = hd_slots_id(hd_objects_slots_const(heap->objects), notice->slot),
            .count = count,
            .queue = {notice->queue->name, notice->queue->name_size}});
}

static void drop(struct hd_heap *heap, struct hd_notice *notice)
{
    struct hd_queue *queue = notice->queue;

    hd_queue_remove(notice);
    hd_notices_free(&heap->notices, notice);
    hd_queue_free_if_done(heap, queue);
}

/* False: its queue is closed, nobody will be told. */
static bool put(struct hd_heap *heap, struct hd_notice *notice)
{
    hd_notices_disarm(&heap->notices, notice);
    if (notice->queue->closed) {
        drop(heap, notice);
        return false;
    }
    hd_queue_put(notice);
    hd_tell(heap, HD_EVENT_FINALIZER_QUEUED, notice, 0);
    return true;
}

static bool finalize(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    HD_CHECK(notice != NULL);
    heap->last_finalized = notice->number;
    return put(heap, notice);
}

static bool call_back(void *ctx, uint32_t weakref)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, weakref);

    return notice != NULL && put(heap, notice);
}

static void forget(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    if (notice != NULL) {
        drop(heap, notice);
    }
}

struct shading {
    const struct hd_heap *heap;
    hd_visit_cb visit;
    void *ctx;
};

static void each_pending(void *ctx, const struct hd_cascade *cascade)
{
    const struct shading *shading = ctx;

    hd_refs_each_pending(shading->heap->objects, cascade, shading->visit, shading->ctx);
}

static void visit_roots(void *ctx, hd_visit_cb visit, void *visit_ctx)
{
    struct shading shading = {ctx, visit, visit_ctx};
    struct hd_owner owner;
    struct hd_roots roots;
    uint32_t slot;
    uint32_t n;

    hd_roots_begin(&roots, shading.heap, HD_ROOTS_ALL);
    while (roots.stage != HD_ROOTS_END) {
        uint64_t steps = UINT64_MAX;

        while (hd_roots_next(&roots, &steps, &owner, &slot, &n)) {
            visit(visit_ctx, slot);
        }
    }
    hd_cascades_each(shading.heap, each_pending, &shading);
}

static bool expects(void *ctx)
{
    const struct hd_heap *heap = ctx;

    return heap->notices.live > 0;
}

static uint32_t mark_of(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_at(&heap->notices, heap->last_finalized);

    HD_CHECK(notice != NULL && notice->slot == slot);
    return hd_pending_add(heap, notice);
}

static void join(void *ctx, uint32_t mark, uint32_t other)
{
    hd_pending_join(ctx, mark, other);
}

static void save(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;

    hd_refs_take_spare(heap->objects, slot);
    hd_bitset_add(&heap->garbage, slot);
    heap->garbage_count++;
}

void hd_mourning_init(struct hd_heap *heap)
{
    heap->mourner = (struct hd_mourner){finalize, call_back, forget, heap};
    heap->host = (struct hd_collector_host){visit_roots, expects, mark_of, join, save, heap};
}
