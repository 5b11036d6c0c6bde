/* SPDX-License-Identifier: MIT */
/* call_finalizer.c: the blocking calls on finalizers, deliveries and dead letters. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "delivery.h"
#include "error.h"
#include "operand.h"
#include "pages.h"

HEAPD_API int heapd_set_finalizer(struct heapd_client *client, struct heapd_ref object,
                                  const char *queue, struct heapd_error *error)
{
    (void)heapd_batch_set_finalizer(hdc_single(client), object, queue);
    return hdc_single_run(client, error);
}

/* NULL: no memory; not for none. */
static struct heapd_delivery *copy_received(const struct heapd_batch *one, size_t count)
{
    struct heapd_delivery *deliveries = calloc(count + 1, sizeof(*deliveries));

    for (size_t i = 0; deliveries != NULL && i < count; i++) {
        (void)heapd_result_delivery(one, 0, i, &deliveries[i]);
    }
    return deliveries;
}

HEAPD_API int heapd_receive(struct heapd_client *client, const char *queue, uint32_t max,
                            uint32_t wait_ms, struct heapd_delivery **ret_deliveries,
                            size_t *ret_count, struct heapd_error *error)
{
    struct heapd_delivery *deliveries;
    size_t count;
    int code;

    (void)heapd_batch_receive(hdc_single(client), queue, max, wait_ms);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    count = heapd_result_delivery_count(&client->single, 0);
    if (ret_deliveries != NULL) {
        deliveries = copy_received(&client->single, count);
        if (deliveries == NULL) {
            return hdc_fail_answer(error);
        }
        *ret_deliveries = deliveries;
    }
    if (ret_count != NULL) {
        *ret_count = count;
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_acknowledge(struct heapd_client *client, const uint64_t *deliveries,
                                size_t count, struct heapd_error *error)
{
    (void)heapd_batch_acknowledge(hdc_single(client), deliveries, count);
    return hdc_single_run(client, error);
}

static int next_letters(struct heapd_client *client, const char *queue, struct hdc_pages *pages,
                        struct heapd_error *error)
{
    Heapd__V1__ListDeadRequest request;
    const Heapd__V1__ListDeadResponse *page;
    struct heapd_delivery *letters;
    const void *answer;
    int code;

    heapd__v1__list_dead_request__init(&request);
    request.queue = hdc_text(queue);
    request.page_token = pages->token;
    code = hdc_call(client, HDC_LIST_DEAD, &request.base, &answer, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = answer;
    letters = hdc_pages_add(pages, page->n_letters * sizeof(*letters));
    if (letters == NULL) {
        return hdc_fail_memory(error);
    }
    for (size_t i = 0; i < page->n_letters; i++) {
        letters[i] = hdc_delivery(page->letters[i]);
    }
    return hdc_pages_turn(pages, page->next_page_token, error);
}

HEAPD_API int heapd_list_dead(struct heapd_client *client, const char *queue,
                              struct heapd_delivery **ret_letters, size_t *ret_count,
                              struct heapd_error *error)
{
    struct hdc_pages pages = {0};
    void *letters = NULL;
    int code;

    do {
        code = next_letters(client, queue, &pages, error);
    } while (code == HEAPD_OK && pages.token[0] != '\0');
    code = hdc_pages_give(&pages, code, sizeof(**ret_letters),
                          ret_letters != NULL ? &letters : NULL, ret_count);
    if (code == HEAPD_OK && ret_letters != NULL) {
        *ret_letters = letters;
    }
    return code;
}

HEAPD_API int heapd_redrive(struct heapd_client *client, const char *queue,
                            const uint64_t *deliveries, size_t count, uint64_t *ret_redriven,
                            struct heapd_error *error)
{
    Heapd__V1__RedriveRequest request;
    const Heapd__V1__RedriveResponse *redriven;
    struct heapd_batch *one = hdc_single(client);
    int code;

    if (deliveries != NULL && count == 0) {
        return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT",
                        "no deliveries are named: to redrive all, give NULL");
    }
    heapd__v1__redrive_request__init(&request);
    request.queue = hdc_text(queue);
    if (deliveries != NULL) {
        request.deliveries = hdc_batch_take(one, count, sizeof(*deliveries));
    }
    if (request.deliveries != NULL) {
        memcpy(request.deliveries, deliveries, count * sizeof(*deliveries));
        request.n_deliveries = count;
    }
    (void)hdc_batch_put(one, HDC_REDRIVE, &request.base);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_redriven != NULL) {
        redriven = hdc_batch_answer(one, 0, HDC_REDRIVE);
        *ret_redriven = redriven->count;
    }
    return code;
}

HEAPD_API uint64_t heapd_waiting(const struct heapd_client *client)
{
    return client->waiting;
}
