/* SPDX-License-Identifier: MIT */
/* op_weakrefs.c: weak references: making one, and the way in that it is. */
#include "heap/internal.h"
#include "object/weak.h"

/* One with a callback: the notice is prepared with it. */
static enum hd_status watch(struct hd_heap *heap, struct hd_op *op, uint32_t target,
                            uint32_t *ret_slot)
{
    struct hd_queue *queue;
    enum hd_status status = hd_queue_resolve(heap, op->in.finalizer.queue, &queue, &op->error);

    if (status == HD_OK) {
        status = hd_weak_new_with_callback(heap->objects, target, ret_slot, &op->error);
    }
    if (status != HD_OK) {
        return status;
    }
    if (hd_notices_arm(&heap->notices, *ret_slot, queue, true) == NULL) {
        hd_object_discard(heap->objects, hd_op_cascade(op), *ret_slot);
        return hd_refuse_memory(&op->error, "a callback");
    }
    queue->armed++;
    hd_undo_note_armed(op, *ret_slot);
    return HD_OK;
}

enum hd_status hd_op_new_weakref(struct hd_heap *heap, struct hd_op *op)
{
    bool hold = op->in.finalizer.hold;
    uint32_t target;
    uint32_t slot;
    enum hd_status status = hd_resolve(heap, op, &op->in.finalizer.object, &target);

    if (status == HD_OK && !hold && op->batch == NULL) {
        status = hd_refuse_argument(&op->error,
                                    "outside a batch nothing would keep the weak reference");
    }
    if (status == HD_OK) {
        status = op->in.finalizer.queue.size > 0
                     ? watch(heap, op, target, &slot)
                     : hd_weak_new(heap->objects, target, &slot, &op->error);
    }
    if (status != HD_OK) {
        return status;
    }
    status = hd_result_keep(heap, op, hd_result_frame(op, hold), slot);
    if (status != HD_OK) {
        hd_object_discard(heap->objects, hd_op_cascade(op), slot);
    }
    return status;
}

/* Since the commit that told of its callback it knows its target no more, though the sweep has
 * not come so far, and never will if the target was saved. */
static bool is_told(const struct hd_heap *heap, uint32_t weakref)
{
    const struct hd_notice *notice = hd_notices_armed(&heap->notices, weakref);

    return notice != NULL && notice->state != HD_NOTICE_ARMED && !hd_notice_is_coming(notice);
}

enum hd_status hd_op_deref(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t slot;
    uint32_t target;
    enum hd_status status = hd_resolve(heap, op, &op->in.item.item, &slot);

    if (status != HD_OK) {
        return status;
    }
    if (hd_object_kind(heap->objects, slot) != HD_KIND_WEAKREF) {
        return hd_refuse_type(heap, "'", slot, "' object is not a weak reference", &op->error);
    }
    target = hd_weak_target(heap->objects, slot);
    if (target == 0 || is_told(heap, slot)) {
        op->out.id = 0;
        return HD_OK;
    }
    return hd_result_keep(heap, op, hd_result_frame(op, op->in.item.hold), target);
}
