/* SPDX-License-Identifier: MIT */
/* call_configure.c: the limits of the heap and of its accounts. */
#include <stdlib.h>

#include "connection.h"
#include "deadline.h"
#include "error.h"
#include "heapd/v1/heap.pb-c.h"

/* What one NewLimits is made of, in one block. */
struct row {
    Heapd__V1__NewLimits limits;
    Heapd__V1__Limit bytes;
    Heapd__V1__Limit objects;
};

static void fill(const struct heapd_new_limits *from, struct row *row)
{
    heapd__v1__new_limits__init(&row->limits);
    heapd__v1__limit__init(&row->bytes);
    heapd__v1__limit__init(&row->objects);
    row->limits.of_account = from->of_account;
    row->limits.account = from->account;
    row->bytes.most = from->bytes;
    row->objects.most = from->objects;
    row->limits.bytes = from->set_bytes ? &row->bytes : NULL;
    row->limits.objects = from->set_objects ? &row->objects : NULL;
}

static struct heapd_usage usage_of(const Heapd__V1__Usage *from)
{
    return (struct heapd_usage){from->account, from->bytes, from->objects, from->limit_bytes,
                                from->limit_objects};
}

static struct heapd_config *copy_config(const Heapd__V1__ConfigureResponse *from)
{
    struct heapd_config *config =
        malloc(sizeof(*config) + from->n_accounts * sizeof(struct heapd_usage));
    struct heapd_usage *accounts;

    if (config == NULL) {
        return NULL;
    }
    accounts = (struct heapd_usage *)(config + 1);
    *config = (struct heapd_config){.account_count = from->n_accounts, .accounts = accounts};
    if (from->heap != NULL) {
        config->heap = usage_of(from->heap);
    }
    for (size_t i = 0; i < from->n_accounts; i++) {
        accounts[i] = usage_of(from->accounts[i]);
    }
    return config;
}

HEAPD_API int heapd_configure(struct heapd_client *client,
                              const struct heapd_new_limits *limits, size_t count,
                              struct heapd_config **ret_config, struct heapd_error *error)
{
    Heapd__V1__ConfigureRequest request = HEAPD__V1__CONFIGURE_REQUEST__INIT;
    struct row *rows = calloc(count + 1, sizeof(*rows));
    Heapd__V1__NewLimits **pointers = calloc(count + 1, sizeof(Heapd__V1__NewLimits *));
    struct heapd_config *config;
    const void *answer;
    int code;

    if (rows == NULL || pointers == NULL) {
        free(pointers);
        free(rows);
        return hdc_fail_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        fill(&limits[i], &rows[i]);
        pointers[i] = &rows[i].limits;
    }
    request.n_limits = count;
    request.limits = pointers;
    code = hdc_call(client, HDC_CONFIGURE, &request.base, &answer, error);
    if (code == HEAPD_OK && ret_config != NULL) {
        config = copy_config(answer);
        if (config == NULL) {
            code = hdc_fail_answer(error);
        } else {
            *ret_config = config;
        }
    }
    free(pointers);
    free(rows);
    return code;
}
