/* SPDX-License-Identifier: MIT */
/* op_queues.c: making queues and doing away with them. */
#include "base/check.h"
#include "heap/internal.h"

#define NS_PER_MS UINT64_C(1000000)

enum hd_status hd_queue_resolve(const struct hd_heap *heap, struct hd_bytes name,
                                struct hd_queue **ret_queue, struct hd_error *error)
{
    int size = (int)(name.size < 64 ? name.size : 64);

    *ret_queue = hd_queue_find(heap, name);
    return *ret_queue != NULL ? HD_OK
                              : hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_QUEUE,
                                        "there is no queue '%.*s'", size, name.data);
}

static enum hd_status judge_settings(struct hd_op *op)
{
    if (op->in.queue.deadline_ms > HD_QUEUE_DEADLINE_MS_MAX) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "a deadline of %llu ms is longer than a week",
                       (unsigned long long)op->in.queue.deadline_ms);
    }
    if (op->in.queue.tries > HD_QUEUE_TRIES_MAX) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "%u tries are more than %u", (unsigned)op->in.queue.tries,
                       (unsigned)HD_QUEUE_TRIES_MAX);
    }
    return HD_OK;
}

static void set(struct hd_queue *queue, const struct hd_op *op)
{
    uint64_t deadline_ms = op->in.queue.deadline_ms;
    uint32_t tries = op->in.queue.tries;

    if (deadline_ms != 0 || queue->deadline_ns == 0) {
        queue->deadline_ns =
            (deadline_ms != 0 ? deadline_ms : HD_QUEUE_DEADLINE_MS) * NS_PER_MS;
    }
    if (tries != 0 || queue->tries == 0) {
        queue->tries = (uint16_t)(tries != 0 ? tries : HD_QUEUE_TRIES);
    }
}

enum hd_status hd_op_create_queue(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_queue *queue = hd_queue_find(heap, op->in.queue.name);
    enum hd_status status = hd_judge_name(heap, "queue", op->in.queue.name, &op->error);

    if (status == HD_OK) {
        status = judge_settings(op);
    }
    if (status != HD_OK) {
        return status;
    }
    if (queue == NULL && heap->queue_count >= heap->options.limits.queues) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_QUEUES,
                       "the heap has %u queues, and may have no more",
                       (unsigned)heap->queue_count);
    }
    if (queue == NULL) {
        queue = hd_queue_new(heap, op->in.queue.name);
        if (queue == NULL) {
            return hd_refuse_memory(&op->error, "a queue");
        }
        queue->owner = op->in.queue.of_session ? op->session : NULL;
        op->out.changed = true;
    }
    set(queue, op);
    return HD_OK;
}

static bool is_used(const struct hd_queue *queue)
{
    return hd_queue_set_count(queue) + queue->waiting_count + queue->delivered_count +
               queue->letter_count >
           0;
}

enum hd_status hd_op_delete_queue(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_queue *queue;
    enum hd_status status = hd_queue_resolve(heap, op->in.queue.name, &queue, &op->error);

    if (status != HD_OK) {
        return status;
    }
    if (is_used(queue)) {
        return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_QUEUE_IN_USE,
                       "queue '%.*s' has %llu set, %llu waiting, %llu delivered, %llu dead",
                       (int)queue->name_size, queue->name,
                       (unsigned long long)hd_queue_set_count(queue),
                       (unsigned long long)queue->waiting_count,
                       (unsigned long long)queue->delivered_count,
                       (unsigned long long)queue->letter_count);
    }
    hd_queue_close(heap, queue);
    return HD_OK;
}

/* The next of what a closed queue holds.  NULL: it holds nothing. */
static struct hd_notice *next_of(const struct hd_queue *queue)
{
    struct hd_list *first = hd_list_first(&queue->coming);

    if (first == NULL) {
        first = hd_list_first(&queue->waiting);
    }
    if (first == NULL) {
        first = hd_list_first(&queue->letters);
    }
    if (first == NULL) {
        HD_LIST_FOREACH (element, &queue->takers) {
            struct hd_subscription *taker =
                HD_CONTAINER_OF(element, struct hd_subscription, of_queue);

            first = first == NULL ? hd_list_first(&taker->delivered) : first;
        }
    }
    return first == NULL ? NULL : HD_CONTAINER_OF(first, struct hd_notice, link);
}

bool hd_queue_empty_next(struct hd_heap *heap, struct hd_queue *queue,
                         struct hd_cascade *cascade)
{
    struct hd_notice *notice = next_of(queue);

    if (notice == NULL) {
        return false;
    }
    if (hd_notice_is_coming(notice)) {
        hd_notice_retract(heap, notice, cascade);
    } else {
        hd_notice_conclude(heap, notice, cascade);
    }
    return true;
}

bool hd_session_queues_next(struct hd_heap *heap, struct hd_session *session,
                            struct hd_cascade *cascade)
{
    struct hd_list *first = hd_list_first(&session->subscriptions);

    if (first != NULL) {
        struct hd_subscription *subscription =
            HD_CONTAINER_OF(first, struct hd_subscription, of_session);
        struct hd_list *delivered = hd_list_first(&subscription->delivered);

        if (delivered != NULL) {
            hd_notice_take_back(heap, HD_CONTAINER_OF(delivered, struct hd_notice, link));
        } else {
            hd_subscription_free(heap, subscription);
        }
        return true;
    }
    HD_LIST_FOREACH (element, &heap->queues) {
        struct hd_queue *queue = HD_CONTAINER_OF(element, struct hd_queue, link);

        if (queue->owner != session) {
            continue;
        }
        queue->closed = true;
        if (!hd_queue_empty_next(heap, queue, cascade)) {
            hd_queue_close(heap, queue);
        }
        return true;
    }
    return false;
}
