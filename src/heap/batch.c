/* SPDX-License-Identifier: MIT */
/* batch.c: a column of results, and the references that keep them. */
#include "heap/batch.h"

#include "base/check.h"

struct hd_batch *hd_batch_new(const struct hd_allocator *allocator, struct hd_session *session,
                              uint32_t max)
{
    struct hd_batch *batch = hd_alloc(allocator, sizeof *batch);

    if (batch != NULL) {
        *batch = (struct hd_batch){.session = session, .allocator = allocator, .max = max};
        hd_list_init(&batch->link);
        hd_holds_init(&batch->holds, allocator);
    }
    return batch;
}

void hd_batch_free(struct hd_batch *batch)
{
    hd_list_unlink(&batch->link);
    hd_holds_fini(&batch->holds);
    hd_undo_free(batch->undo);
    if (batch->results != NULL) {
        hd_free(batch->allocator, batch->results, batch->capacity * sizeof *batch->results);
    }
    hd_free(batch->allocator, batch, sizeof *batch);
}

size_t hd_batch_bytes(const struct hd_batch *batch)
{
    return sizeof *batch + batch->capacity * sizeof *batch->results +
           hd_holds_bytes(&batch->holds) +
           (batch->undo == NULL ? 0 : hd_undo_bytes(batch->undo));
}

enum hd_status hd_batch_next(struct hd_batch *batch, struct hd_error *error)
{
    uint32_t *results;

    if (batch->count >= batch->max) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_BATCH,
                       "a batch of more than %u operations", batch->max);
    }
    results = hd_grow(batch->allocator, batch->results, &batch->capacity,
                      (size_t)batch->count + 1, sizeof *results);
    if (results != NULL) {
        batch->results = results;
    }
    if (results == NULL || hd_holds_reserve(&batch->holds) != HD_OK) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                       "no memory for the result of operation %u", batch->count);
    }
    batch->results[batch->count++] = 0;
    return HD_OK;
}

void hd_batch_keep(struct hd_batch *batch, uint32_t slot)
{
    bool kept = hd_holds_add(&batch->holds, slot, 1);

    HD_CHECK(kept && batch->count > 0);
    batch->results[batch->count - 1] = slot;
}

void hd_batch_unkeep(struct hd_batch *batch, uint32_t slot)
{
    hd_holds_remove(&batch->holds, hd_holds_find(&batch->holds, slot), 1);
    batch->results[batch->count - 1] = 0;
}

uint32_t hd_batch_result(const struct hd_batch *batch, uint32_t number)
{
    return number < batch->count ? batch->results[number] : 0;
}

uint32_t hd_batch_references(const struct hd_batch *batch, uint32_t slot)
{
    const struct hd_hold *hold = hd_holds_find(&batch->holds, slot);
    const struct hd_hold *kept =
        batch->undo == NULL ? NULL : hd_holds_find(&batch->undo->kept, slot);

    return (hold == NULL ? 0 : hold->count) + (kept == NULL ? 0 : kept->count);
}
