/* SPDX-License-Identifier: MIT */
/* call_queue.c: queues: made, listed, done away with. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/finalizer.pb-c.h"
#include "operand.h"

HEAPD_API int heapd_create_queue(struct heapd_client *client, const char *queue,
                                 const struct heapd_queue_options *options, bool *ret_created,
                                 struct heapd_error *error)
{
    Heapd__V1__CreateQueueRequest request;
    const Heapd__V1__CreateQueueResponse *create;
    const void *answer;
    int code;

    heapd__v1__create_queue_request__init(&request);
    request.queue = hdc_text(queue);
    if (options != NULL) {
        request.deadline_ms = options->deadline_ms;
        request.tries = options->tries;
        request.of_session = options->of_session;
    }
    code = hdc_call(client, HDC_CREATE_QUEUE, &request.base, &answer, error);
    if (code == HEAPD_OK && ret_created != NULL) {
        create = answer;
        *ret_created = create->created;
    }
    return code;
}

HEAPD_API int heapd_delete_queue(struct heapd_client *client, const char *queue,
                                 struct heapd_error *error)
{
    Heapd__V1__DeleteQueueRequest request;
    const void *answer;

    heapd__v1__delete_queue_request__init(&request);
    request.queue = hdc_text(queue);
    return hdc_call(client, HDC_DELETE_QUEUE, &request.base, &answer, error);
}

/* One block: the queues, then their names. */
static struct heapd_queue *copy_queues(const Heapd__V1__ListQueuesResponse *from)
{
    size_t size = (from->n_queues + 1) * sizeof(struct heapd_queue);
    struct heapd_queue *queues;
    char *text;

    for (size_t i = 0; i < from->n_queues; i++) {
        size += strlen(from->queues[i]->name) + 1;
    }
    queues = malloc(size);
    if (queues == NULL) {
        return NULL;
    }
    text = (char *)(queues + from->n_queues + 1);
    for (size_t i = 0; i < from->n_queues; i++) {
        const Heapd__V1__Queue *queue = from->queues[i];

        queues[i] = (struct heapd_queue){
            .name = text,
            .deadline_ms = queue->deadline_ms,
            .tries = queue->tries,
            .session = queue->session,
            .armed = queue->armed,
            .waiting = queue->waiting,
            .delivered = queue->delivered,
            .dead = queue->dead,
            .receivers = queue->receivers,
        };
        memcpy(text, queue->name, strlen(queue->name) + 1);
        text += strlen(queue->name) + 1;
    }
    queues[from->n_queues] = (struct heapd_queue){0};
    return queues;
}

HEAPD_API int heapd_list_queues(struct heapd_client *client, struct heapd_queue **ret_queues,
                                size_t *ret_count, struct heapd_error *error)
{
    Heapd__V1__ListQueuesRequest request = HEAPD__V1__LIST_QUEUES_REQUEST__INIT;
    const Heapd__V1__ListQueuesResponse *list;
    struct heapd_queue *queues;
    const void *answer;
    int code = hdc_call(client, HDC_LIST_QUEUES, &request.base, &answer, error);

    if (code != HEAPD_OK) {
        return code;
    }
    list = answer;
    if (ret_queues != NULL) {
        queues = copy_queues(list);
        if (queues == NULL) {
            return hdc_fail_memory(error);
        }
        *ret_queues = queues;
    }
    if (ret_count != NULL) {
        *ret_count = list->n_queues;
    }
    return HEAPD_OK;
}
