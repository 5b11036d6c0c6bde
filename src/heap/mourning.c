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

void hd_notice_drop(struct hd_heap *heap, struct hd_notice *notice)
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
        hd_notice_drop(heap, notice);
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

void hd_notice_retract(struct hd_heap *heap, struct hd_notice *notice,
                       struct hd_cascade *cascade)
{
    if (notice->set != 0) {
        hd_pending_leave(heap, notice);
    }
    hd_queue_retract(notice);
    if (!notice->is_callback) {
        hd_object_set_finalized(heap->objects, notice->slot, false);
        hd_object_arm(heap->objects, notice->slot);
    }
    hd_refs_drop(heap->objects, cascade, notice->slot);
}

static void untell(void *ctx, uint32_t slot, struct hd_cascade *cascade)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    if (notice != NULL && hd_notice_is_coming(notice)) {
        hd_notice_retract(heap, notice, cascade);
    }
}

/* What lives has other references than that of the queue, which would be given up with the last
 * of them. */
static void untell_living(void *ctx, uint32_t slot)
{
    struct hd_cascade none = {0};

    untell(ctx, slot, &none);
    HD_CHECK(none.top == 0);
}

/* A collection may have found the target dead, and not be committed: it has died before. */
static bool call_back(void *ctx, uint32_t weakref)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, weakref);

    untell_living(ctx, weakref);
    return notice != NULL && notice->state == HD_NOTICE_ARMED && put(heap, notice);
}

static void forget(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    if (notice != NULL && notice->state == HD_NOTICE_ARMED) {
        hd_notice_drop(heap, notice);
    }
}

static void begin_cascade(void *ctx, struct hd_cascade *cascade)
{
    (void)ctx;
    cascade->unseen = cascade->top;
}

static void begin(void *ctx)
{
    struct hd_heap *heap = ctx;

    hd_roots_begin(&heap->roots, heap, HD_ROOTS_ALL);
    hd_cascades_each(heap, begin_cascade, NULL);
}

struct burying {
    const struct hd_slots *slots;
    struct hd_bitset *grey;
    uint32_t *units;
    bool is_done;
};

/* What starts to die later is seen by the barrier, and goes on top. */
static void bury_some(void *ctx, struct hd_cascade *cascade)
{
    struct burying *burying = ctx;

    for (; cascade->unseen != 0 && *burying->units > 0; (*burying->units)--) {
        if (!hd_slot_is_atom(cascade->unseen)) {
            hd_bitset_add(burying->grey, cascade->unseen);
        }
        cascade->unseen = hd_slot_at(burying->slots, cascade->unseen)->count;
    }
    burying->is_done = burying->is_done && cascade->unseen == 0;
}

/* The dying are looked at like the living, for what they have not released. */
static bool bury(void *ctx, struct hd_bitset *grey, uint32_t *units)
{
    struct hd_heap *heap = ctx;
    struct burying burying = {hd_objects_slots_const(heap->objects), grey, units, true};

    hd_cascades_each(heap, bury_some, &burying);
    return burying.is_done;
}

#define STEPS_PER_UNIT 32u

static bool visit_roots(void *ctx, hd_visit_cb visit, void *visit_ctx, uint32_t *units)
{
    struct hd_heap *heap = ctx;
    uint64_t steps = (uint64_t)*units * STEPS_PER_UNIT;
    uint64_t before = steps;
    struct hd_owner owner;
    uint32_t slot;
    uint32_t n;

    hd_roots_resume(&heap->roots);
    while (hd_roots_next(&heap->roots, &steps, &owner, &slot, &n)) {
        visit(visit_ctx, slot);
    }
    *units -= steps == 0 ? *units : (uint32_t)((before - steps) / STEPS_PER_UNIT);
    return heap->roots.stage == HD_ROOTS_END;
}

static bool tell(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    if (notice == NULL || notice->state != HD_NOTICE_ARMED) {
        return false;
    }
    if (!notice->is_callback) {
        hd_object_disarm(heap->objects, slot);
    }
    if (notice->queue->closed) {
        hd_notice_drop(heap, notice);
        return false;
    }
    if (!notice->is_callback) {
        hd_object_set_finalized(heap->objects, slot, true);
    }
    heap->last_finalized = notice->number;
    hd_refs_take_spare_of_dead(heap->objects, slot);
    hd_queue_announce(heap, notice, heap->pending.sliced);
    return true;
}

static bool told(void *ctx, uint32_t slot)
{
    struct hd_heap *heap = ctx;
    const struct hd_notice *notice = hd_notices_armed(&heap->notices, slot);

    return notice == NULL || notice->state != HD_NOTICE_ARMED;
}

static void publish(struct hd_heap *heap, struct hd_queue *queue)
{
    const struct hd_notice *first =
        HD_CONTAINER_OF(hd_list_first(&queue->coming), struct hd_notice, link);
    uint64_t count = queue->coming_count;

    hd_queue_publish(queue, heap->pending.sliced);
    hd_tell(heap, HD_EVENT_FINALIZER_QUEUED, first, count);
}

static void commit(void *ctx)
{
    struct hd_heap *heap = ctx;

    while (!hd_list_is_empty(&heap->coming)) {
        struct hd_queue *queue =
            HD_CONTAINER_OF(hd_list_first(&heap->coming), struct hd_queue, of_coming);

        hd_list_unlink(&queue->of_coming);
        publish(heap, queue);
    }
}

static uint64_t bytes(void *ctx)
{
    const struct hd_heap *heap = ctx;

    return heap->quota.heap.used.bytes;
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
    heap->mourner =
        (struct hd_mourner){finalize, call_back, forget, untell_living, untell, heap};
    heap->host = (struct hd_collector_host){.begin = begin,
                                            .dying = bury,
                                            .roots = visit_roots,
                                            .expects = expects,
                                            .tell = tell,
                                            .untell = untell,
                                            .told = told,
                                            .commit = commit,
                                            .mark_of = mark_of,
                                            .join = join,
                                            .save = save,
                                            .bytes = bytes,
                                            .ctx = heap};
}
