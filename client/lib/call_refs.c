/* SPDX-License-Identifier: MIT */
/* call_refs.c: gc.get_referents and gc.get_referrers, page after page. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/collector.pb-c.h"
#include "operand.h"

/* One page, as either of the two answers has it. */
struct page {
    const uint64_t *ids;
    size_t count;
    const char *next;
};

static uint32_t put_referents(struct heapd_batch *one, const struct heapd_ref *object,
                              const char *token)
{
    Heapd__V1__GetReferentsRequest request;

    heapd__v1__get_referents_request__init(&request);
    request.object = hdc_ref(one, object);
    request.page_token = hdc_text(token);
    return hdc_batch_put(one, HDC_GET_REFERENTS, &request.base);
}

static uint32_t put_referrers(struct heapd_batch *one, const struct heapd_ref *object,
                              const char *token)
{
    Heapd__V1__GetReferrersRequest request;

    heapd__v1__get_referrers_request__init(&request);
    request.object = hdc_ref(one, object);
    request.page_token = hdc_text(token);
    return hdc_batch_put(one, HDC_GET_REFERRERS, &request.base);
}

static struct page page_of(const struct heapd_batch *one, enum hdc_method_id method)
{
    const Heapd__V1__GetReferentsResponse *referents;
    const Heapd__V1__GetReferrersResponse *referrers;

    if (method == HDC_GET_REFERENTS) {
        referents = hdc_batch_answer(one, 0, method);
        return (struct page){referents->ids, referents->n_ids, referents->next_page_token};
    }
    referrers = hdc_batch_answer(one, 0, method);
    return (struct page){referrers->ids, referrers->n_ids, referrers->next_page_token};
}

static int next_page(struct heapd_client *client, enum hdc_method_id method,
                     const struct heapd_ref *object, char token[256], struct hdc_buffer *all,
                     struct heapd_error *error)
{
    struct heapd_batch *one = hdc_single(client);
    struct page page;
    size_t size;
    void *room;
    int code;

    (void)(method == HDC_GET_REFERENTS ? put_referents(one, object, token)
                                       : put_referrers(one, object, token));
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = page_of(one, method);
    size = page.count * sizeof(uint64_t);
    room = hdc_buffer_reserve(all, size + 1); /* never NULL for nothing */
    if (room == NULL) {
        return hdc_fail_memory(error);
    }
    if (size > 0) {
        memcpy(room, page.ids, size);
        hdc_buffer_commit(all, size);
    }
    if (strlen(page.next) >= 256) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY", "the page token is too long");
    }
    memcpy(token, page.next, strlen(page.next) + 1);
    return HEAPD_OK;
}

static int all_pages(struct heapd_client *client, enum hdc_method_id method,
                     const struct heapd_ref *object, uint64_t **ret_ids, size_t *ret_count,
                     struct heapd_error *error)
{
    struct hdc_buffer all = {0};
    char token[256] = "";
    int code;

    do {
        code = next_page(client, method, object, token, &all, error);
    } while (code == HEAPD_OK && token[0] != '\0');
    if (code == HEAPD_OK && ret_count != NULL) {
        *ret_count = hdc_buffer_size(&all) / sizeof(uint64_t);
    }
    if (code == HEAPD_OK && ret_ids != NULL) {
        *ret_ids = (void *)all.data; /* nothing was consumed: it begins at the start */
        return HEAPD_OK;
    }
    hdc_buffer_fini(&all);
    return code;
}

HEAPD_API int heapd_gc_get_referents(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error)
{
    return all_pages(client, HDC_GET_REFERENTS, &object, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_referrers(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error)
{
    return all_pages(client, HDC_GET_REFERRERS, &object, ret_ids, ret_count, error);
}
