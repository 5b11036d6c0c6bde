/* SPDX-License-Identifier: MIT */
/* call_name.c: the blocking calls on names and frames. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/name.pb-c.h"
#include "operand.h"
#include "texts.h"

HEAPD_API int heapd_bind(struct heapd_client *client, const char *name, struct heapd_ref object,
                         enum heapd_scope scope, const struct heapd_expect *expect,
                         uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_bind(hdc_single(client), name, object, scope, expect);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_delete(struct heapd_client *client, const char *name,
                           enum heapd_scope scope, const struct heapd_expect *expect,
                           struct heapd_error *error)
{
    (void)heapd_batch_delete(hdc_single(client), name, scope, expect);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_lookup(struct heapd_client *client, const char *name,
                           enum heapd_scope scope, unsigned flags,
                           struct heapd_found *ret_found, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_lookup(hdc_single(client), name, scope, flags);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_found != NULL) {
        (void)heapd_result_found(&client->single, 0, ret_found);
    }
    return code;
}

HEAPD_API int heapd_call(struct heapd_client *client, const char *function,
                         const struct heapd_argument *arguments, size_t count,
                         uint32_t *ret_depth, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_call(hdc_single(client), function, arguments, count);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_depth != NULL) {
        *ret_depth = (uint32_t)heapd_result_number(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_return(struct heapd_client *client, struct heapd_ref object,
                           uint64_t *ret_id, uint32_t *ret_depth, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_return(hdc_single(client), object);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_id != NULL) {
        *ret_id = heapd_result_id(&client->single, 0);
    }
    if (code == HEAPD_OK && ret_depth != NULL) {
        *ret_depth = (uint32_t)heapd_result_number(&client->single, 0);
    }
    return code;
}

/* Pages of names as they come. */
struct gathered {
    struct hdc_buffer entries; /* of struct entry */
    struct hdc_buffer texts;
};

struct entry {
    uint64_t id;
    size_t name; /* where it is among the texts */
};

static bool gather(struct gathered *all, const Heapd__V1__NamedObject *named)
{
    struct entry entry = {named->id, hdc_texts_add(&all->texts, named->name)};
    uint8_t *to = hdc_buffer_reserve(&all->entries, sizeof entry);

    if (to == NULL || entry.name == SIZE_MAX) {
        return false;
    }
    memcpy(to, &entry, sizeof entry);
    hdc_buffer_commit(&all->entries, sizeof entry);
    return true;
}

/* One block: the entries, one of nothing behind them, then the text they point to. */
static struct heapd_named *in_one_block(const struct gathered *all, size_t count)
{
    const char *texts;
    struct heapd_named *block =
        hdc_texts_block(&all->texts, (count + 1) * sizeof(struct heapd_named), &texts);

    for (size_t i = 0; block != NULL && i < count; i++) {
        struct entry entry;

        memcpy(&entry, hdc_buffer_front(&all->entries) + i * sizeof entry, sizeof entry);
        block[i].id = entry.id;
        block[i].name = texts + entry.name;
    }
    if (block != NULL) {
        block[count] = (struct heapd_named){0};
    }
    return block;
}

/* One page; *token is the next one's, "" at the end. */
static int gather_page(struct heapd_client *client, enum heapd_scope scope,
                       char token[HDC_TOKEN_BYTES], struct gathered *all,
                       struct heapd_error *error)
{
    Heapd__V1__ListRequest request;
    const Heapd__V1__ListResponse *page;
    int code;

    heapd__v1__list_request__init(&request);
    request.scope = (Heapd__V1__Scope)scope;
    request.page_token = hdc_text(token);
    (void)hdc_batch_put(hdc_single(client), HDC_LIST, &request.base);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = hdc_batch_answer(&client->single, 0, HDC_LIST);
    for (size_t i = 0; i < page->n_names; i++) {
        if (!gather(all, page->names[i])) {
            return hdc_fail_memory(error);
        }
    }
    return hdc_next_token(page->next_page_token, token, error);
}

HEAPD_API int heapd_names(struct heapd_client *client, enum heapd_scope scope,
                          struct heapd_named **ret_names, size_t *ret_count,
                          struct heapd_error *error)
{
    struct gathered all = {0};
    struct heapd_named *block = NULL;
    char token[HDC_TOKEN_BYTES] = "";
    size_t count;
    int code;

    do {
        code = gather_page(client, scope, token, &all, error);
    } while (code == HEAPD_OK && token[0] != '\0');
    count = hdc_buffer_size(&all.entries) / sizeof(struct entry);
    if (code == HEAPD_OK && ret_names != NULL) {
        block = in_one_block(&all, count);
        code = block != NULL ? HEAPD_OK : hdc_fail_memory(error);
    }
    if (code == HEAPD_OK) {
        if (ret_names != NULL) {
            *ret_names = block;
        }
        if (ret_count != NULL) {
            *ret_count = count;
        }
    }
    hdc_buffer_fini(&all.entries);
    hdc_buffer_fini(&all.texts);
    return code;
}
