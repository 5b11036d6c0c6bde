/* SPDX-License-Identifier: MIT */
/* call_refs.c: gc.get_referents, gc.get_referrers, gc.get_objects and gc.garbage, page after
 * page. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/collector.pb-c.h"
#include "operand.h"

/* What is asked for, by one of four methods. */
struct question {
    enum hdc_method_id method;
    const struct heapd_ref *object;
    int generation;
};

/* One page, as each of the four answers has it. */
struct page {
    const uint64_t *ids;
    size_t count;
    const char *next;
};

static void put_referents(struct heapd_batch *one, const struct question *question,
                          const char *token)
{
    Heapd__V1__GetReferentsRequest request;

    heapd__v1__get_referents_request__init(&request);
    request.object = hdc_ref(one, question->object);
    request.page_token = hdc_text(token);
    (void)hdc_batch_put(one, HDC_GET_REFERENTS, &request.base);
}

static void put_referrers(struct heapd_batch *one, const struct question *question,
                          const char *token)
{
    Heapd__V1__GetReferrersRequest request;

    heapd__v1__get_referrers_request__init(&request);
    request.object = hdc_ref(one, question->object);
    request.page_token = hdc_text(token);
    (void)hdc_batch_put(one, HDC_GET_REFERRERS, &request.base);
}

static void put_objects(struct heapd_batch *one, const struct question *question,
                        const char *token)
{
    Heapd__V1__GetObjectsRequest request;

    heapd__v1__get_objects_request__init(&request);
    if (question->generation != HEAPD_ALL_GENERATIONS) {
        request.which_case = HEAPD__V1__GET_OBJECTS_REQUEST__WHICH_GENERATION;
        request.generation = question->generation;
    }
    request.page_token = hdc_text(token);
    (void)hdc_batch_put(one, HDC_GET_OBJECTS, &request.base);
}

static void put_garbage(struct heapd_batch *one, const char *token)
{
    Heapd__V1__GetGarbageRequest request;

    heapd__v1__get_garbage_request__init(&request);
    request.page_token = hdc_text(token);
    (void)hdc_batch_put(one, HDC_GET_GARBAGE, &request.base);
}

static void put(struct heapd_batch *one, const struct question *question, const char *token)
{
    switch (question->method) {
    case HDC_GET_REFERENTS:
        put_referents(one, question, token);
        return;
    case HDC_GET_REFERRERS:
        put_referrers(one, question, token);
        return;
    case HDC_GET_GARBAGE:
        put_garbage(one, token);
        return;
    default:
        put_objects(one, question, token);
    }
}

#define PAGE_OF(type)                                                                          \
    ((struct page){((const Heapd__V1__##type##Response *)answer)->ids,                         \
                   ((const Heapd__V1__##type##Response *)answer)->n_ids,                       \
                   ((const Heapd__V1__##type##Response *)answer)->next_page_token})

static struct page page_of(const struct heapd_batch *one, enum hdc_method_id method)
{
    const void *answer = hdc_batch_answer(one, 0, method);

    switch (method) {
    case HDC_GET_REFERENTS:
        return PAGE_OF(GetReferents);
    case HDC_GET_REFERRERS:
        return PAGE_OF(GetReferrers);
    case HDC_GET_GARBAGE:
        return PAGE_OF(GetGarbage);
    default:
        return PAGE_OF(GetObjects);
    }
}

static int next_page(struct heapd_client *client, const struct question *question,
                     char token[HDC_TOKEN_BYTES], struct hdc_buffer *all,
                     struct heapd_error *error)
{
    struct heapd_batch *one = hdc_single(client);
    struct page page;
    size_t size;
    void *room;
    int code;

    put(one, question, token);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = page_of(one, question->method);
    size = page.count * sizeof(uint64_t);
    room = hdc_buffer_reserve(all, size + 1); /* never NULL for nothing */
    if (room == NULL) {
        return hdc_fail_memory(error);
    }
    if (size > 0) {
        memcpy(room, page.ids, size);
        hdc_buffer_commit(all, size);
    }
    return hdc_next_token(page.next, token, error);
}

static int all_pages(struct heapd_client *client, const struct question *question,
                     uint64_t **ret_ids, size_t *ret_count, struct heapd_error *error)
{
    struct hdc_buffer all = {0};
    char token[HDC_TOKEN_BYTES] = "";
    int code;

    do {
        code = next_page(client, question, token, &all, error);
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
    const struct question question = {.method = HDC_GET_REFERENTS, .object = &object};

    return all_pages(client, &question, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_referrers(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error)
{
    const struct question question = {.method = HDC_GET_REFERRERS, .object = &object};

    return all_pages(client, &question, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_objects(struct heapd_client *client, int generation,
                                   uint64_t **ret_ids, size_t *ret_count,
                                   struct heapd_error *error)
{
    const struct question question = {.method = HDC_GET_OBJECTS, .generation = generation};

    return all_pages(client, &question, ret_ids, ret_count, error);
}

HEAPD_API int heapd_gc_get_garbage(struct heapd_client *client, uint64_t **ret_ids,
                                   size_t *ret_count, struct heapd_error *error)
{
    const struct question question = {.method = HDC_GET_GARBAGE};

    return all_pages(client, &question, ret_ids, ret_count, error);
}
