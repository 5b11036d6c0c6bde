/* SPDX-License-Identifier: MIT */
/* call_session.c: who is there, what each has, and the end of one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/session.pb-c.h"
#include "operand.h"
#include "owner.h"
#include "texts.h"

static bool add(struct hdc_buffer *all, const void *entry, size_t size)
{
    uint8_t *to = hdc_buffer_reserve(all, size);

    if (to != NULL) {
        memcpy(to, entry, size);
        hdc_buffer_commit(all, size);
    }
    return to != NULL;
}

static bool add_session(struct hdc_buffer *all, const Heapd__V1__SessionInfo *from)
{
    struct heapd_session session = {
        .number = from->number,
        .own = from->own,
        .leased = from->leased,
        .ending = from->ending,
        .account = from->account,
        .frames = from->frames,
        .names = from->names,
        .holds = from->holds,
    };

    (void)snprintf(session.busy_with, sizeof(session.busy_with), "%s", from->busy_with);
    return add(all, &session, sizeof session);
}

static int add_sessions(struct heapd_client *client, char token[HDC_TOKEN_BYTES],
                        struct hdc_buffer *all, struct heapd_error *error)
{
    Heapd__V1__SessionServiceListRequest request =
        HEAPD__V1__SESSION_SERVICE_LIST_REQUEST__INIT;
    const Heapd__V1__SessionServiceListResponse *page;
    const void *answer;
    int code;

    request.page_token = hdc_text(token);
    code = hdc_call(client, HDC_LIST_SESSIONS, &request.base, &answer, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = answer;
    for (size_t i = 0; i < page->n_sessions; i++) {
        if (!add_session(all, page->sessions[i])) {
            return hdc_fail_memory(error);
        }
    }
    return hdc_next_token(page->next_page_token, token, error);
}

HEAPD_API int heapd_sessions(struct heapd_client *client, struct heapd_session **ret_sessions,
                             size_t *ret_count, struct heapd_error *error)
{
    struct hdc_buffer all = {0};
    char token[HDC_TOKEN_BYTES] = "";
    int code;

    do {
        code = add_sessions(client, token, &all, error);
    } while (code == HEAPD_OK && token[0] != '\0');
    if (code == HEAPD_OK && ret_count != NULL) {
        *ret_count = hdc_buffer_size(&all) / sizeof(struct heapd_session);
    }
    if (code == HEAPD_OK && ret_sessions != NULL) {
        *ret_sessions = (void *)all.data; /* there is one at least: our own */
        return HEAPD_OK;
    }
    hdc_buffer_fini(&all);
    return code;
}

/* A holding whose texts are not in their place yet. */
struct gathered {
    struct heapd_holding holding;
    size_t name;
    size_t function;
    size_t class_name;
    size_t text;
};

struct holdings {
    struct hdc_buffer entries; /* of struct gathered */
    struct hdc_buffer texts;
};

static bool add_holding(struct holdings *all, const Heapd__V1__Holding *from)
{
    struct heapd_owner owner = hdc_owner_read(from->owner);
    struct gathered gathered = {
        .holding = {.owner = owner,
                    .id = from->id,
                    .kind = (enum heapd_kind)from->kind,
                    .count = from->count},
        .name = hdc_texts_add(&all->texts, owner.name),
        .function = hdc_texts_add(&all->texts, from->function),
        .class_name = hdc_texts_add(&all->texts, from->class_name),
        .text = hdc_texts_add(&all->texts, from->text),
    };

    return gathered.name != SIZE_MAX && gathered.function != SIZE_MAX &&
           gathered.class_name != SIZE_MAX && gathered.text != SIZE_MAX &&
           add(&all->entries, &gathered, sizeof gathered);
}

static int add_holdings(struct heapd_client *client, uint64_t session,
                        char token[HDC_TOKEN_BYTES], struct holdings *all,
                        struct heapd_error *error)
{
    Heapd__V1__HoldingsRequest request = HEAPD__V1__HOLDINGS_REQUEST__INIT;
    const Heapd__V1__HoldingsResponse *page;
    const void *answer;
    int code;

    request.session = session;
    request.page_token = hdc_text(token);
    code = hdc_call(client, HDC_HOLDINGS, &request.base, &answer, error);
    if (code != HEAPD_OK) {
        return code;
    }
    page = answer;
    for (size_t i = 0; i < page->n_holdings; i++) {
        if (!add_holding(all, page->holdings[i])) {
            return hdc_fail_memory(error);
        }
    }
    return hdc_next_token(page->next_page_token, token, error);
}

static struct heapd_holding *in_one_block(const struct holdings *all, size_t count)
{
    const char *texts;
    struct heapd_holding *block =
        hdc_texts_block(&all->texts, count * sizeof(struct heapd_holding), &texts);

    for (size_t i = 0; block != NULL && i < count; i++) {
        struct gathered gathered;

        memcpy(&gathered, hdc_buffer_front(&all->entries) + i * sizeof gathered,
               sizeof gathered);
        block[i] = gathered.holding;
        block[i].owner.name = texts + gathered.name;
        block[i].function = texts + gathered.function;
        block[i].class_name = texts + gathered.class_name;
        block[i].text = texts + gathered.text;
    }
    return block;
}

HEAPD_API int heapd_holdings(struct heapd_client *client, uint64_t session,
                             struct heapd_holding **ret_holdings, size_t *ret_count,
                             struct heapd_error *error)
{
    struct holdings all = {0};
    struct heapd_holding *block = NULL;
    char token[HDC_TOKEN_BYTES] = "";
    size_t count;
    int code;

    do {
        code = add_holdings(client, session, token, &all, error);
    } while (code == HEAPD_OK && token[0] != '\0');
    count = hdc_buffer_size(&all.entries) / sizeof(struct gathered);
    if (code == HEAPD_OK && ret_holdings != NULL) {
        block = in_one_block(&all, count);
        code = block != NULL ? HEAPD_OK : hdc_fail_memory(error);
    }
    if (code == HEAPD_OK && ret_holdings != NULL) {
        *ret_holdings = block;
    }
    if (code == HEAPD_OK && ret_count != NULL) {
        *ret_count = count;
    }
    hdc_buffer_fini(&all.entries);
    hdc_buffer_fini(&all.texts);
    return code;
}

HEAPD_API int heapd_kill(struct heapd_client *client, uint64_t session,
                         struct heapd_error *error)
{
    Heapd__V1__KillRequest request = HEAPD__V1__KILL_REQUEST__INIT;
    const void *answer;

    request.session = session;
    return hdc_call(client, HDC_KILL, &request.base, &answer, error);
}
