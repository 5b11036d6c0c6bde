/* SPDX-License-Identifier: MIT */
/* call_container.c: the blocking calls on lists, dicts and sets. */
#include "connection.h"

static int run_for_bool(struct heapd_client *client, bool *ret_truth, struct heapd_error *error)
{
    int code = hdc_single_run(client, error);

    if (code == HEAPD_OK && ret_truth != NULL) {
        *ret_truth = heapd_result_bool(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_append(struct heapd_client *client, struct heapd_ref list,
                           struct heapd_ref item, struct heapd_error *error)
{
    (void)heapd_batch_append(hdc_single(client), list, item);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_insert(struct heapd_client *client, struct heapd_ref list, int64_t index,
                           struct heapd_ref item, struct heapd_error *error)
{
    (void)heapd_batch_insert(hdc_single(client), list, index, item);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_set_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, struct heapd_ref item,
                             struct heapd_error *error)
{
    (void)heapd_batch_set_item(hdc_single(client), container, at, item);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_get_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, unsigned flags, uint64_t *ret_id,
                             struct heapd_error *error)
{
    (void)heapd_batch_get_item(hdc_single(client), container, at, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_del_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, struct heapd_error *error)
{
    (void)heapd_batch_del_item(hdc_single(client), container, at);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_pop(struct heapd_client *client, struct heapd_ref container,
                        struct heapd_at at, unsigned flags, uint64_t *ret_id,
                        struct heapd_error *error)
{
    (void)heapd_batch_pop(hdc_single(client), container, at, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_remove(struct heapd_client *client, struct heapd_ref container,
                           struct heapd_ref item, struct heapd_error *error)
{
    (void)heapd_batch_remove(hdc_single(client), container, item);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_extend(struct heapd_client *client, struct heapd_ref container,
                           const struct heapd_ref *items, size_t count,
                           struct heapd_error *error)
{
    (void)heapd_batch_extend(hdc_single(client), container, items, count);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_extend_from(struct heapd_client *client, struct heapd_ref container,
                                struct heapd_ref from, struct heapd_error *error)
{
    (void)heapd_batch_extend_from(hdc_single(client), container, from);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_clear(struct heapd_client *client, struct heapd_ref container,
                          struct heapd_error *error)
{
    (void)heapd_batch_clear(hdc_single(client), container);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_add(struct heapd_client *client, struct heapd_ref set,
                        struct heapd_ref item, bool *ret_added, struct heapd_error *error)
{
    (void)heapd_batch_add(hdc_single(client), set, item);
    return run_for_bool(client, ret_added, error);
}

HEAPD_API int heapd_discard(struct heapd_client *client, struct heapd_ref set,
                            struct heapd_ref item, bool *ret_removed, struct heapd_error *error)
{
    (void)heapd_batch_discard(hdc_single(client), set, item);
    return run_for_bool(client, ret_removed, error);
}

HEAPD_API int heapd_contains(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_ref item, bool *ret_contains,
                             struct heapd_error *error)
{
    (void)heapd_batch_contains(hdc_single(client), container, item);
    return run_for_bool(client, ret_contains, error);
}
