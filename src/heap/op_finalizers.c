/* SPDX-License-Identifier: MIT */
/* op_finalizers.c: who is to be told is set, told, and says that it is done. */
#include <inttypes.h>

#include "base/check.h"
#include "heap/internal.h"
#include "object/weak.h"

static void move_to(struct hd_heap *heap, struct hd_notice *notice, struct hd_queue *queue)
{
    struct hd_queue *old = notice->queue;

    old->armed--;
    notice->queue = queue;
    queue->armed++;
    hd_queue_free_if_done(heap, old);
}

enum hd_status hd_op_set_finalizer(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_queue *queue = NULL;
    struct hd_notice *notice;
    uint32_t slot;
    enum hd_status status = hd_resolve(heap, op, &op->in.finalizer.object, &slot);

    if (status == HD_OK && op->in.finalizer.queue.size > 0) {
        status = hd_queue_resolve(heap, op->in.finalizer.queue, &queue, &op->error);
    }
    if (status == HD_OK) {
        status = hd_object_judge_finalizer(heap->objects, slot, &op->error);
    }
    if (status != HD_OK) {
        return status;
    }
    notice = hd_notices_armed(&heap->notices, slot);
    if (queue != NULL && notice != NULL) {
        hd_undo_note_rearmed(op, notice, notice->queue);
        move_to(heap, notice, queue);
        return HD_OK;
    }
    if (queue != NULL) {
        notice = hd_notices_arm(&heap->notices, slot, queue, false);
        if (notice == NULL) {
            return hd_refuse_memory(&op->error, "a finalizer");
        }
        queue->armed++;
        hd_object_arm(heap->objects, slot);
        hd_undo_note_armed(op, slot);
    } else if (notice != NULL && hd_op_undo(op) != NULL) {
        hd_undo_disarm(heap, op, notice);
    } else if (notice != NULL) {
        hd_object_disarm(heap->objects, slot);
        hd_notice_drop(heap, notice);
    }
    return HD_OK;
}

enum hd_status hd_op_receive(struct hd_heap *heap, struct hd_op *op)
{
    uint64_t now = hd_clock_now_ns(heap->world.clock);
    struct hd_subscription *taker;
    struct hd_queue *queue;
    enum hd_status status = hd_queue_resolve(heap, op->in.receive.queue, &queue, &op->error);
    size_t n = 0;

    if (status != HD_OK) {
        return status;
    }
    taker = hd_queue_subscribe(heap, queue, op->session);
    if (taker == NULL) {
        return hd_refuse_memory(&op->error, "a subscription");
    }
    while (n < op->in.receive.max && !hd_list_is_empty(&queue->waiting)) {
        struct hd_notice *notice =
            HD_CONTAINER_OF(hd_list_first(&queue->waiting), struct hd_notice, link);

        hd_queue_deliver(heap, notice, taker, now);
        if (notice->is_callback) { /* what SAVEALL saved has not parted from it */
            hd_weak_part(heap->objects, notice->slot);
        }
        hd_tell(heap, HD_EVENT_FINALIZER_DELIVERED, notice, notice->tries);
        hd_notice_describe(heap, notice, &op->in.receive.ret_deliveries[n++]);
    }
    op->out.count = n;
    return HD_OK;
}

/* All that are named, each once.  What was judged is marked. */
static enum hd_status judge(struct hd_heap *heap, struct hd_op *op, bool letters_only)
{
    for (size_t i = 0; i < op->in.deliveries.count; i++) {
        uint64_t delivery = op->in.deliveries.ids[i];
        struct hd_notice *notice = hd_notices_delivered(&heap->notices, delivery);

        if (notice == NULL || notice->is_judged ||
            (letters_only && notice->state != HD_NOTICE_LETTER)) {
            return hd_fail(&op->error, HD_NOT_FOUND, HD_REASON_NO_SUCH_DELIVERY,
                           notice == NULL
                               ? "delivery %" PRIu64
                                 " is not outstanding: acknowledged, taken back, or never made"
                           : notice->is_judged ? "delivery %" PRIu64 " is named twice"
                                               : "delivery %" PRIu64 " is no dead letter",
                           delivery);
        }
        notice->is_judged = true;
    }
    return HD_OK;
}

static void clear_judged(struct hd_heap *heap, const struct hd_op *op)
{
    for (size_t i = 0; i < op->in.deliveries.count; i++) {
        struct hd_notice *notice =
            hd_notices_delivered(&heap->notices, op->in.deliveries.ids[i]);

        if (notice != NULL) {
            notice->is_judged = false;
        }
    }
}

void hd_acknowledge(struct hd_heap *heap, struct hd_notice *notice, struct hd_cascade *cascade)
{
    hd_tell(heap, HD_EVENT_FINALIZER_ACKNOWLEDGED, notice, 0);
    hd_notice_conclude(heap, notice, cascade);
}

/* It takes effect when the batch ends, and may not be named again before. */
static enum hd_status acknowledge_later(struct hd_heap *heap, struct hd_op *op)
{
    enum hd_status status = hd_undo_reserve(op, op->in.deliveries.count);

    for (size_t i = 0; status == HD_OK && i < op->in.deliveries.count; i++) {
        struct hd_notice *notice =
            hd_notices_delivered(&heap->notices, op->in.deliveries.ids[i]);

        notice->is_judged = true;
        hd_undo_note_acknowledged(op, notice);
    }
    return status;
}

enum hd_status hd_op_acknowledge(struct hd_heap *heap, struct hd_op *op)
{
    enum hd_status status = judge(heap, op, false);

    if (status == HD_OK && hd_op_undo(op) != NULL) {
        clear_judged(heap, op);
        return acknowledge_later(heap, op);
    }
    clear_judged(heap, op);
    for (size_t i = 0; status == HD_OK && i < op->in.deliveries.count; i++) {
        struct hd_notice *notice =
            hd_notices_delivered(&heap->notices, op->in.deliveries.ids[i]);

        hd_acknowledge(heap, notice, hd_op_cascade(op));
    }
    return status;
}

static enum hd_status judge_queue(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_queue *queue;

    return hd_queue_resolve(heap, op->in.deliveries.queue, &queue, &op->error);
}

static void redrive(struct hd_heap *heap, struct hd_op *op, struct hd_notice *notice)
{
    hd_queue_redrive(notice);
    hd_tell(heap, HD_EVENT_FINALIZER_QUEUED, notice, 0);
    op->out.count++;
}

enum hd_status hd_op_redrive(struct hd_heap *heap, struct hd_op *op)
{
    enum hd_status status =
        op->in.deliveries.count > 0 ? judge(heap, op, true) : judge_queue(heap, op);

    clear_judged(heap, op);
    for (size_t i = 0; status == HD_OK && i < op->in.deliveries.count; i++) {
        redrive(heap, op, hd_notices_delivered(&heap->notices, op->in.deliveries.ids[i]));
    }
    return status;
}

/* Without ids all letters of the queue, as many as there are at each step. */
bool hd_redrive_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_queue *queue = hd_queue_find(heap, op->in.deliveries.queue);

    while (op->in.deliveries.count == 0 && queue != NULL &&
           !hd_list_is_empty(&queue->letters)) {
        if (*units == 0) {
            return false;
        }
        (*units)--;
        redrive(heap, op,
                HD_CONTAINER_OF(hd_list_first(&queue->letters), struct hd_notice, link));
    }
    return true;
}

void hd_notice_take_back(struct hd_heap *heap, struct hd_notice *notice)
{
    hd_queue_take_back(notice);
    if (notice->state == HD_NOTICE_LETTER) {
        hd_tell(heap, HD_EVENT_FINALIZER_DEAD, notice, notice->tries);
    } else {
        hd_tell(heap, HD_EVENT_FINALIZER_RETURNED, notice, 0);
    }
}

enum hd_status hd_op_expire(struct hd_heap *heap, struct hd_op *op)
{
    uint64_t now = hd_clock_now_ns(heap->world.clock);
    uint32_t units = op->in.expire.units;
    struct hd_timer *timer = hd_timers_first(&heap->timers);

    for (; timer != NULL && timer->at_ns <= now && units > 0;
         timer = hd_timers_first(&heap->timers)) {
        struct hd_subscription *taker = HD_CONTAINER_OF(timer, struct hd_subscription, timer);
        struct hd_notice *notice;

        units--;
        hd_subscription_set_timer(heap, taker);
        if (hd_timer_is_set(timer) && timer->at_ns <= now) {
            notice = HD_CONTAINER_OF(hd_list_first(&taker->delivered), struct hd_notice, link);
            hd_notice_take_back(heap, notice);
            hd_subscription_set_timer(heap, taker);
        }
    }
    return HD_OK;
}
