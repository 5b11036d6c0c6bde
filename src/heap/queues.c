/* SPDX-License-Identifier: MIT */
/* queues.c: lists of notices, and the steps between them. */
#include "heap/queues.h"

#include <string.h>

#include "base/check.h"
#include "heap/internal.h"

struct hd_queue *hd_queue_find(const struct hd_heap *heap, struct hd_bytes name)
{
    HD_LIST_FOREACH (element, &heap->queues) {
        struct hd_queue *queue = HD_CONTAINER_OF(element, struct hd_queue, link);

        if (!queue->closed && queue->name_size == name.size &&
            memcmp(queue->name, name.data, name.size) == 0) {
            return queue;
        }
    }
    return NULL;
}

size_t hd_queue_bytes(const struct hd_queue *queue)
{
    size_t bytes = sizeof *queue + queue->name_size;

    HD_LIST_FOREACH (element, &queue->takers) {
        (void)element;
        bytes += sizeof(struct hd_subscription);
    }
    return bytes;
}

/* All of them: one that is woken may have gone by the time it is asked. */
static void wake(struct hd_queue *queue)
{
    while (hd_waiters_wake_first(&queue->waiters)) {
    }
}

struct hd_queue *hd_queue_new(struct hd_heap *heap, struct hd_bytes name)
{
    struct hd_queue *queue = hd_alloc(&heap->books.iface, sizeof *queue + name.size);

    if (queue == NULL) {
        return NULL;
    }
    *queue = (struct hd_queue){.name_size = (uint32_t)name.size};
    memcpy(queue->name, name.data, name.size);
    hd_list_init(&queue->link);
    hd_list_init(&queue->waiting);
    hd_list_init(&queue->coming);
    hd_list_init(&queue->of_coming);
    hd_list_init(&queue->letters);
    hd_list_init(&queue->takers);
    hd_list_init(&queue->waiters);
    hd_list_push_back(&heap->queues, &queue->link);
    heap->queue_count++;
    return queue;
}

void hd_queue_free(struct hd_heap *heap, struct hd_queue *queue)
{
    HD_CHECK(hd_list_is_empty(&queue->takers) && hd_list_is_empty(&queue->waiting) &&
             hd_list_is_empty(&queue->coming) && hd_list_is_empty(&queue->letters) &&
             hd_list_is_empty(&queue->of_coming));
    hd_list_unlink(&queue->link);
    heap->queue_count--;
    hd_free(&heap->books.iface, queue, sizeof *queue + queue->name_size);
}

void hd_heap_wait_for_queue(struct hd_heap *heap, struct hd_bytes name,
                            struct hd_waiter *waiter)
{
    struct hd_queue *queue = hd_queue_find(heap, name);

    HD_CHECK(queue != NULL);
    hd_list_push_back(&queue->waiters, &waiter->link);
}

void hd_queues_fini(struct hd_heap *heap)
{
    while (!hd_list_is_empty(&heap->queues)) {
        struct hd_queue *queue =
            HD_CONTAINER_OF(hd_list_first(&heap->queues), struct hd_queue, link);

        HD_CHECK(hd_list_is_empty(&queue->takers));
        hd_list_unlink(&queue->link);
        hd_free(&heap->books.iface, queue, sizeof *queue + queue->name_size);
    }
}

void hd_queue_free_if_done(struct hd_heap *heap, struct hd_queue *queue)
{
    if (queue->closed && queue->owner == NULL && queue->armed == 0 && queue->pins == 0) {
        hd_queue_free(heap, queue);
    }
}

void hd_queue_close(struct hd_heap *heap, struct hd_queue *queue)
{
    queue->closed = true;
    queue->owner = NULL;
    while (!hd_list_is_empty(&queue->takers)) {
        hd_subscription_free(heap, HD_CONTAINER_OF(hd_list_first(&queue->takers),
                                                   struct hd_subscription, of_queue));
    }
    wake(queue);
    hd_queue_free_if_done(heap, queue);
}

struct hd_subscription *hd_queue_subscribe(struct hd_heap *heap, struct hd_queue *queue,
                                           struct hd_session *session)
{
    struct hd_subscription *subscription;

    HD_LIST_FOREACH (element, &session->subscriptions) {
        subscription = HD_CONTAINER_OF(element, struct hd_subscription, of_session);
        if (subscription->queue == queue) {
            return subscription;
        }
    }
    subscription = hd_alloc(&heap->books.iface, sizeof *subscription);
    if (subscription != NULL) {
        *subscription = (struct hd_subscription){.queue = queue, .session = session};
        hd_list_init(&subscription->of_queue);
        hd_list_init(&subscription->of_session);
        hd_list_init(&subscription->delivered);
        hd_timer_init(&subscription->timer);
        hd_list_push_back(&queue->takers, &subscription->of_queue);
        hd_list_push_back(&session->subscriptions, &subscription->of_session);
    }
    return subscription;
}

void hd_subscription_free(struct hd_heap *heap, struct hd_subscription *subscription)
{
    HD_CHECK(hd_list_is_empty(&subscription->delivered));
    hd_timers_remove(&heap->timers, &subscription->timer);
    hd_list_unlink(&subscription->of_queue);
    hd_list_unlink(&subscription->of_session);
    hd_free(&heap->books.iface, subscription, sizeof *subscription);
}

/* Out of the list and the sum of its state. */
static void leave(struct hd_notice *notice)
{
    struct hd_queue *queue = notice->queue;

    switch ((enum hd_notice_state)notice->state) {
    case HD_NOTICE_ARMED:
        queue->armed--;
        return;
    case HD_NOTICE_COMING:
        if (hd_notice_is_coming(notice)) {
            queue->coming_count--;
        } else {
            queue->waiting_count--;
        }
        break;
    case HD_NOTICE_WAITING:
        queue->waiting_count--;
        break;
    case HD_NOTICE_DELIVERED:
        queue->delivered_count--;
        notice->taker->count--;
        notice->taker = NULL;
        break;
    case HD_NOTICE_LETTER:
        queue->letter_count--;
        break;
    default:
        HD_CHECK(false);
    }
    hd_list_unlink(&notice->link);
}

void hd_queue_put(struct hd_notice *notice)
{
    leave(notice);
    notice->state = HD_NOTICE_WAITING;
    notice->queue->waiting_count++;
    hd_list_push_back(&notice->queue->waiting, &notice->link);
    wake(notice->queue);
}

bool hd_notice_is_coming(const struct hd_notice *notice)
{
    return notice->state == HD_NOTICE_COMING && notice->collection > notice->queue->published;
}

void hd_queue_announce(struct hd_heap *heap, struct hd_notice *notice, uint64_t collection)
{
    struct hd_queue *queue = notice->queue;

    leave(notice);
    notice->state = HD_NOTICE_COMING;
    notice->collection = collection;
    queue->coming_count++;
    hd_list_push_back(&queue->coming, &notice->link);
    if (hd_list_is_empty(&queue->of_coming)) {
        hd_list_push_back(&heap->coming, &queue->of_coming);
    }
}

void hd_queue_retract(struct hd_notice *notice)
{
    struct hd_queue *queue = notice->queue;

    leave(notice);
    notice->state = HD_NOTICE_ARMED;
    notice->set = 0;
    queue->armed++;
    if (queue->coming_count == 0) {
        hd_list_unlink(&queue->of_coming);
    }
}

void hd_queue_publish(struct hd_queue *queue, uint64_t collection)
{
    queue->published = collection;
    queue->waiting_count += queue->coming_count;
    queue->coming_count = 0;
    hd_list_append(&queue->waiting, &queue->coming);
    wake(queue);
}

void hd_queue_deliver(struct hd_heap *heap, struct hd_notice *notice,
                      struct hd_subscription *taker, uint64_t now_ns)
{
    leave(notice);
    hd_notices_disarm(&heap->notices, notice);
    notice->state = HD_NOTICE_DELIVERED;
    notice->queue->delivered_count++;
    notice->taker = taker;
    taker->count++;
    notice->serial++;
    notice->tries++;
    notice->deadline_ns = now_ns + notice->queue->deadline_ns;
    hd_list_push_back(&taker->delivered, &notice->link);
    if (!hd_timer_is_set(&taker->timer)) {
        hd_subscription_set_timer(heap, taker);
    }
}

void hd_queue_take_back(struct hd_notice *notice)
{
    struct hd_queue *queue = notice->queue;

    leave(notice);
    if (notice->tries >= queue->tries) {
        notice->state = HD_NOTICE_LETTER;
        queue->letter_count++;
        hd_list_push_back(&queue->letters, &notice->link);
        return;
    }
    notice->state = HD_NOTICE_WAITING;
    queue->waiting_count++;
    hd_list_push_front(&queue->waiting, &notice->link);
    wake(queue);
}

void hd_queue_redrive(struct hd_notice *notice)
{
    hd_queue_put(notice);
    notice->tries = 0;
}

/* Who was told of too many may take more. */
void hd_queue_remove(struct hd_notice *notice)
{
    bool was_delivered = notice->state == HD_NOTICE_DELIVERED;

    leave(notice);
    notice->state = HD_NOTICE_DONE;
    if (was_delivered && notice->queue->waiting_count > 0) {
        wake(notice->queue);
    }
}

uint64_t hd_queues_deadline(const struct hd_heap *heap)
{
    const struct hd_timer *first = hd_timers_first(&heap->timers);

    return first == NULL ? UINT64_MAX : first->at_ns;
}

void hd_subscription_set_timer(struct hd_heap *heap, struct hd_subscription *taker)
{
    struct hd_list *first = hd_list_first(&taker->delivered);

    hd_timers_remove(&heap->timers, &taker->timer);
    if (first != NULL) {
        hd_timers_add(&heap->timers, &taker->timer,
                      HD_CONTAINER_OF(first, struct hd_notice, link)->deadline_ns);
    }
}
