/* SPDX-License-Identifier: MIT */
/* inspect_queues.c: what is known of queues, and of what SAVEALL kept. */
#include "heap/inspect.h"
#include "heap/internal.h"

void hd_notice_describe(const struct hd_heap *heap, const struct hd_notice *notice,
                        struct hd_delivery *ret_delivery)
{
    *ret_delivery = (struct hd_delivery){
        .delivery = hd_notice_delivery(notice),
        .object = hd_slots_id(hd_objects_slots_const(heap->objects), notice->slot),
        .is_callback = notice->is_callback,
        .tries = notice->tries,
        .left_ns = notice->state == HD_NOTICE_DELIVERED ? notice->queue->deadline_ns : 0,
    };
}

uint64_t hd_inspect_waiting(const struct hd_session *session)
{
    uint64_t waiting = 0;

    HD_LIST_FOREACH (element, &session->subscriptions) {
        const struct hd_subscription *subscription =
            HD_CONTAINER_OF(element, struct hd_subscription, of_session);

        waiting += subscription->queue->waiting_count;
    }
    return waiting;
}

uint64_t hd_inspect_queue_waiting(const struct hd_heap *heap, struct hd_bytes name)
{
    const struct hd_queue *queue = hd_queue_find(heap, name);

    return queue == NULL ? 0 : queue->waiting_count;
}

uint64_t hd_inspect_delivered(const struct hd_heap *heap, struct hd_bytes name,
                              const struct hd_session *session)
{
    const struct hd_queue *queue = hd_queue_find(heap, name);
    uint64_t delivered = 0;

    HD_LIST_FOREACH (element, &session->subscriptions) {
        const struct hd_subscription *subscription =
            HD_CONTAINER_OF(element, struct hd_subscription, of_session);

        if (subscription->queue == queue) {
            delivered = subscription->count;
        }
    }
    return delivered;
}

uint64_t hd_inspect_deadline(const struct hd_heap *heap)
{
    return hd_queues_deadline(heap);
}

static void describe(const struct hd_queue *queue, struct hd_queue_info *ret_info)
{
    *ret_info = (struct hd_queue_info){
        .name = {queue->name, queue->name_size},
        .deadline_ns = queue->deadline_ns,
        .tries = queue->tries,
        .session = queue->owner == NULL ? 0 : queue->owner->number,
        .armed = hd_queue_set_count(queue),
        .waiting = queue->waiting_count,
        .delivered = queue->delivered_count,
        .dead = queue->letter_count,
    };
    HD_LIST_FOREACH (element, &queue->takers) {
        (void)element;
        ret_info->takers++;
    }
}

size_t hd_inspect_queues(const struct hd_heap *heap, size_t max,
                         struct hd_queue_info *ret_infos)
{
    size_t n = 0;

    HD_LIST_FOREACH (element, &heap->queues) {
        const struct hd_queue *queue = HD_CONTAINER_OF(element, struct hd_queue, link);

        if (n < max && !queue->closed) {
            describe(queue, &ret_infos[n++]);
        }
    }
    return n;
}

enum hd_status hd_inspect_dead(const struct hd_heap *heap, struct hd_bytes name,
                               uint64_t *cursor, size_t max, struct hd_delivery *ret_letters,
                               size_t *ret_count, struct hd_error *error)
{
    const struct hd_notice *after = hd_notices_delivered(&heap->notices, *cursor);
    struct hd_list *element;
    struct hd_queue *queue;
    enum hd_status status = hd_queue_resolve(heap, name, &queue, error);
    size_t n = 0;

    if (status != HD_OK) {
        return status;
    }
    element = after != NULL && after->state == HD_NOTICE_LETTER && after->queue == queue
                  ? after->link.next
                  : queue->letters.next;
    *cursor = 0;
    for (; element != &queue->letters && n < max; element = element->next) {
        hd_notice_describe(heap, HD_CONTAINER_OF(element, struct hd_notice, link),
                           &ret_letters[n++]);
    }
    if (n > 0 && element != &queue->letters) {
        *cursor = ret_letters[n - 1].delivery;
    }
    *ret_count = n;
    return HD_OK;
}

uint64_t hd_inspect_garbage_count(const struct hd_heap *heap)
{
    return heap->garbage_count;
}

size_t hd_inspect_garbage(const struct hd_heap *heap, uint64_t *cursor, size_t max,
                          uint64_t *ret_ids)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    uint32_t slot = hd_bitset_next(&heap->garbage, (uint32_t)*cursor);
    size_t n = 0;

    for (; slot != HD_BITSET_END && n < max; slot = hd_bitset_next(&heap->garbage, slot + 1)) {
        ret_ids[n++] = hd_slots_id(slots, slot);
    }
    *cursor = slot == HD_BITSET_END ? 0 : slot;
    return n;
}
