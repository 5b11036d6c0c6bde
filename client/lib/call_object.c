/* SPDX-License-Identifier: MIT */
/* call_object.c: the blocking calls on objects as such. */
#include <string.h>

#include "connection.h"
#include "error.h"
#include "info.h"

HEAPD_API int heapd_create(struct heapd_client *client, struct heapd_new object,
                           struct heapd_keep keep, uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_create(hdc_single(client), object, keep);
    return hdc_single_run_for_id(client, ret_id, error);
}

/* What was named by its id is not told again. */
static int held_ids(struct heapd_client *client, const struct heapd_ref *objects, size_t count,
                    uint64_t *ret_ids, struct heapd_error *error)
{
    size_t given;
    const uint64_t *ids = heapd_result_ids(&client->single, 0, &given);

    if (given == count && count > 0) {
        memcpy(ret_ids, ids, count * sizeof(*ids));
        return HEAPD_OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (objects[i].by != HEAPD_BY_ID) {
            return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY",
                            "the answer has not as many ids as the request operands");
        }
        ret_ids[i] = objects[i].id;
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_hold(struct heapd_client *client, const struct heapd_ref *objects,
                         const uint32_t *counts, size_t count, uint64_t *ret_ids,
                         struct heapd_error *error)
{
    int code;

    (void)heapd_batch_hold(hdc_single(client), objects, counts, count);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_ids != NULL) {
        code = held_ids(client, objects, count, ret_ids, error);
    }
    return code;
}

HEAPD_API int heapd_release(struct heapd_client *client, const struct heapd_ref *objects,
                            const uint32_t *counts, size_t count, struct heapd_error *error)
{
    (void)heapd_batch_release(hdc_single(client), objects, counts, count);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_refcounts(struct heapd_client *client, const struct heapd_ref *objects,
                              size_t count, uint32_t *ret_counts, struct heapd_error *error)
{
    const uint32_t *counts;
    size_t given;
    int code;

    (void)heapd_batch_refcounts(hdc_single(client), objects, count);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    counts = heapd_result_refcounts(&client->single, 0, &given);
    if (given != count) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY",
                        "the answer has %zu counts for %zu objects", given, count);
    }
    if (ret_counts != NULL && count > 0) {
        memcpy(ret_counts, counts, count * sizeof(*counts));
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_get(struct heapd_client *client, struct heapd_ref object,
                        const struct heapd_get_options *options, struct heapd_info **ret_info,
                        struct heapd_error *error)
{
    struct heapd_info info;
    struct heapd_info *copy;
    int code;

    (void)heapd_batch_get(hdc_single(client), &object, 1, options);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK || ret_info == NULL) {
        return code;
    }
    if (!heapd_result_info(&client->single, 0, 0, &info)) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY", "the answer describes no object");
    }
    copy = hdc_info_copy(&info);
    if (copy == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_info = copy;
    return HEAPD_OK;
}

HEAPD_API int heapd_set_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, struct heapd_ref value,
                             struct heapd_error *error)
{
    (void)heapd_batch_set_attr(hdc_single(client), object, name, value);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_get_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, unsigned flags, uint64_t *ret_id,
                             struct heapd_error *error)
{
    (void)heapd_batch_get_attr(hdc_single(client), object, name, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_del_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, struct heapd_error *error)
{
    (void)heapd_batch_del_attr(hdc_single(client), object, name);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_length(struct heapd_client *client, struct heapd_ref object,
                           uint64_t *ret_length, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_length(hdc_single(client), object);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_length != NULL) {
        *ret_length = heapd_result_number(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_intern(struct heapd_client *client, struct heapd_ref object, unsigned flags,
                           uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_intern(hdc_single(client), object, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}

HEAPD_API int heapd_equals(struct heapd_client *client, struct heapd_ref left,
                           struct heapd_ref right, bool *ret_equal, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_equals(hdc_single(client), left, right);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_equal != NULL) {
        *ret_equal = heapd_result_bool(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_copy(struct heapd_client *client, const struct heapd_part *parts,
                         size_t count, int64_t repeat, enum heapd_kind kind, unsigned flags,
                         uint64_t *ret_id, struct heapd_error *error)
{
    (void)heapd_batch_copy(hdc_single(client), parts, count, repeat, kind, flags);
    return hdc_single_run_for_id(client, ret_id, error);
}
