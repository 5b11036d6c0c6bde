/* SPDX-License-Identifier: MIT */
/* call_refs.c: the calls that give ids page after page: referents, referrers, garbage. */
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/collector.pb-c.h"
#include "operand.h"
#include "pages.h"

/* One page, as any of the answers has it. */
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

static uint32_t put_garbage(struct heapd_batch *one, const struct heapd_ref *object,
                            const char *token)
{
    Heapd__V1__GetGarbageRequest request;

    (void)object;
    heapd__v1__get_garbage_request__init(&request);
    request.page_token = hdc_text(token);
    return hdc_batch_put(one, HDC_GET_GARBAGE, &request.base);
}

static struct page page_of_referents(const void *answer)
{
    const Heapd__V1__GetReferentsResponse *from = answer;

    return (struct page){from->ids, from->n_ids, from->next_page_token};
}

static struct page page_of_referrers(const void *answer)
{
    const Heapd__V1__GetReferrersResponse *from = answer;

    return (struct page){from->ids, from->n_ids, from->next_page_token};
}

static struct page page_of_garbage(const void *answer)
{
    const Heapd__V1__GetGarbageResponse *from = answer;

    return (struct page){from->ids, from->n_ids, from->next_page_token};
}

static const struct paged {
    enum hdc_method_id method;
    uint32_t (*put)(struct heapd_batch *one, const struct heapd_ref *object, const char *token);
    struct page (*page_of)(const void *answer);
} referents = {HDC_GET_REFERENTS, put_referents, page_of_referents},
  referrers = {HDC_GET_REFERRERS, put_referrers, page_of_referrers},
  garbage = {HDC_GET_GARBAGE, put_garbage, page_of_garbage};

static int next_page(struct heapd_client *client, const struct paged *paged,
                     const struct heapd_ref *object, struct hdc_pages *pages,
                     struct heapd_error *error)
{
    struct heapd_batch *one = hdc_single(client);
    struct page page;
    void *room;
    int code;

    (void)paged->put(one, object, pages->token);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = paged->page_of(hdc_batch_answer(one, 0, paged->method));
    room = hdc_pages_add(pages, page.count * sizeof(*page.ids));
    if (room == NULL) {
        return hdc_fail_memory(error);
    }
    if (page.count > 0) {
        memcpy(room, page.ids, page.count * sizeof(*page.ids));
    }
    return hdc_pages_turn(pages, page.next, error);
}

static int all_pages(struct heapd_client *client, const struct paged *paged,
                     const struct heapd_ref *object, uint64_t **ret_ids, size_t *ret_count,
                     struct heapd_error *error)
{
    struct hdc_pages pages = {0};
    void *ids = NULL;
    int code;

    do {
        code = next_page(client, paged, object, &pages, error);
    } while (code == HEAPD_OK && pages.token[0] != '\0');
    code = hdc_pages_give(&pages, code, sizeof(uint64_t), ret_ids != NULL ? &ids : NULL,
                          ret_count);
    if (code == HEAPD_OK && ret_ids != NULL) {
        *ret_ids = ids;
    }
    return code;
}

HEAPD_API int heapd_gc_get_referents(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error)
{
    return all_pages(client, &referents, &object, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_referrers(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error)
{
    return all_pages(client, &referrers, &object, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_garbage(struct heapd_client *client, uint64_t **ret_ids,
                                   size_t *ret_count, struct heapd_error *error)
{
    return all_pages(client, &garbage, NULL, ret_ids, ret_count, error);
}
