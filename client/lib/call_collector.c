/* SPDX-License-Identifier: MIT */
/* call_collector.c: the blocking calls of the collector. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/collector.pb-c.h"
#include "operand.h"

static int bad_reply(struct heapd_error *error)
{
    return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY",
                    "the answer has not one value for each generation");
}

HEAPD_API int heapd_collect(struct heapd_client *client, int generation,
                            struct heapd_collected *ret_collected, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_collect(hdc_single(client), generation);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_collected != NULL) {
        (void)heapd_result_collected(&client->single, 0, ret_collected);
    }
    return code;
}

HEAPD_API int heapd_gc_enable(struct heapd_client *client, struct heapd_error *error)
{
    Heapd__V1__EnableRequest request = HEAPD__V1__ENABLE_REQUEST__INIT;
    const void *answer;

    return hdc_call(client, HDC_ENABLE, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_disable(struct heapd_client *client, struct heapd_error *error)
{
    Heapd__V1__DisableRequest request = HEAPD__V1__DISABLE_REQUEST__INIT;
    const void *answer;

    return hdc_call(client, HDC_DISABLE, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_is_enabled(struct heapd_client *client, bool *ret_enabled,
                                  struct heapd_error *error)
{
    Heapd__V1__IsEnabledRequest request = HEAPD__V1__IS_ENABLED_REQUEST__INIT;
    const Heapd__V1__IsEnabledResponse *is_enabled;
    const void *answer;
    int code = hdc_call(client, HDC_IS_ENABLED, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_enabled != NULL) {
        is_enabled = answer;
        *ret_enabled = is_enabled->enabled;
    }
    return code;
}

HEAPD_API int heapd_gc_get_threshold(struct heapd_client *client, uint32_t ret_thresholds[3],
                                     struct heapd_error *error)
{
    Heapd__V1__GetThresholdRequest request = HEAPD__V1__GET_THRESHOLD_REQUEST__INIT;
    const Heapd__V1__GetThresholdResponse *threshold;
    const void *answer;
    int code = hdc_call(client, HDC_GET_THRESHOLD, &request.base, &answer, error);

    if (code != HEAPD_OK) {
        return code;
    }
    threshold = answer;
    if (threshold->n_thresholds != 3) {
        return bad_reply(error);
    }
    if (ret_thresholds != NULL) {
        memcpy(ret_thresholds, threshold->thresholds, 3 * sizeof(*ret_thresholds));
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_gc_set_threshold(struct heapd_client *client, const int64_t *thresholds,
                                     size_t count, struct heapd_error *error)
{
    Heapd__V1__SetThresholdRequest request = HEAPD__V1__SET_THRESHOLD_REQUEST__INIT;
    struct heapd_batch *one = hdc_single(client);

    request.thresholds = hdc_batch_take(one, count, sizeof(*thresholds));
    if (request.thresholds != NULL && count > 0) {
        memcpy(request.thresholds, thresholds, count * sizeof(*thresholds));
        request.n_thresholds = count;
    }
    (void)hdc_batch_put(one, HDC_SET_THRESHOLD, &request.base);
    return hdc_single_run(client, error);
}

HEAPD_API int heapd_gc_get_count(struct heapd_client *client, uint64_t ret_counts[3],
                                 struct heapd_error *error)
{
    Heapd__V1__GetCountRequest request = HEAPD__V1__GET_COUNT_REQUEST__INIT;
    const Heapd__V1__GetCountResponse *count;
    const void *answer;
    int code = hdc_call(client, HDC_GET_COUNT, &request.base, &answer, error);

    if (code != HEAPD_OK) {
        return code;
    }
    count = answer;
    if (count->n_counts != 3) {
        return bad_reply(error);
    }
    if (ret_counts != NULL) {
        memcpy(ret_counts, count->counts, 3 * sizeof(*ret_counts));
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_gc_get_stats(struct heapd_client *client,
                                 struct heapd_generation_stats ret_stats[3],
                                 struct heapd_error *error)
{
    Heapd__V1__GetStatsRequest request = HEAPD__V1__GET_STATS_REQUEST__INIT;
    const Heapd__V1__GetStatsResponse *stats;
    const void *answer;
    int code = hdc_call(client, HDC_GET_STATS, &request.base, &answer, error);

    if (code != HEAPD_OK) {
        return code;
    }
    stats = answer;
    if (stats->n_generations != 3) {
        return bad_reply(error);
    }
    for (size_t i = 0; i < 3 && ret_stats != NULL; i++) {
        const Heapd__V1__GenerationStats *from = stats->generations[i];

        ret_stats[i] = (struct heapd_generation_stats){from->collections,   from->collected,
                                                       from->uncollectable, from->candidates,
                                                       from->duration_ns,   from->objects};
    }
    return HEAPD_OK;
}

HEAPD_API int heapd_gc_freeze(struct heapd_client *client, struct heapd_error *error)
{
    Heapd__V1__FreezeRequest request = HEAPD__V1__FREEZE_REQUEST__INIT;
    const void *answer;

    return hdc_call(client, HDC_FREEZE, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_unfreeze(struct heapd_client *client, struct heapd_error *error)
{
    Heapd__V1__UnfreezeRequest request = HEAPD__V1__UNFREEZE_REQUEST__INIT;
    const void *answer;

    return hdc_call(client, HDC_UNFREEZE, &request.base, &answer, error);
}

HEAPD_API int heapd_gc_get_freeze_count(struct heapd_client *client, uint64_t *ret_count,
                                        struct heapd_error *error)
{
    Heapd__V1__GetFreezeCountRequest request = HEAPD__V1__GET_FREEZE_COUNT_REQUEST__INIT;
    const Heapd__V1__GetFreezeCountResponse *count;
    const void *answer;
    int code = hdc_call(client, HDC_GET_FREEZE_COUNT, &request.base, &answer, error);

    if (code == HEAPD_OK && ret_count != NULL) {
        count = answer;
        *ret_count = count->count;
    }
    return code;
}

HEAPD_API int heapd_gc_is_tracked(struct heapd_client *client, struct heapd_ref object,
                                  bool *ret_tracked, struct heapd_error *error)
{
    int code;

    (void)heapd_batch_is_tracked(hdc_single(client), object);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_tracked != NULL) {
        *ret_tracked = heapd_result_bool(&client->single, 0);
    }
    return code;
}

HEAPD_API int heapd_gc_is_finalized(struct heapd_client *client, struct heapd_ref object,
                                    bool *ret_finalized, struct heapd_error *error)
{
    Heapd__V1__IsFinalizedRequest request = HEAPD__V1__IS_FINALIZED_REQUEST__INIT;
    const Heapd__V1__IsFinalizedResponse *is_finalized;
    struct heapd_batch *one = hdc_single(client);
    int code;

    request.object = hdc_ref(one, &object);
    (void)hdc_batch_put(one, HDC_IS_FINALIZED, &request.base);
    code = hdc_single_run(client, error);
    if (code == HEAPD_OK && ret_finalized != NULL) {
        is_finalized = hdc_batch_answer(one, 0, HDC_IS_FINALIZED);
        *ret_finalized = is_finalized->finalized;
    }
    return code;
}
