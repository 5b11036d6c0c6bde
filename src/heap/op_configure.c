/* SPDX-License-Identifier: MIT */
/* op_configure.c: new limits.  One below what is used is a limit all the same: nothing new is
 * let in until enough has gone. */
#include "heap/internal.h"

static enum hd_status judge(struct hd_heap *heap, struct hd_op *op)
{
    for (size_t i = 0; i < op->in.configure.count; i++) {
        const struct hd_new_limit *limit = &op->in.configure.limits[i];

        if (!limit->of_account) {
            continue;
        }
        if (limit->account > UINT16_MAX) {
            return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                           "account %u is not between 0 and 65535", (unsigned)limit->account);
        }
        if (hd_quota_open(&heap->quota, (uint16_t)limit->account) != HD_OK) {
            return hd_refuse_memory(&op->error, "one more account");
        }
    }
    return HD_OK;
}

static struct hd_amount changed(struct hd_amount old, const struct hd_new_limit *limit)
{
    return (struct hd_amount){
        .bytes = limit->has_bytes ? limit->bytes : old.bytes,
        .objects = limit->has_objects ? limit->objects : old.objects,
    };
}

enum hd_status hd_op_configure(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_quota *quota = &heap->quota;
    enum hd_status status = judge(heap, op);

    for (size_t i = 0; status == HD_OK && i < op->in.configure.count; i++) {
        const struct hd_new_limit *limit = &op->in.configure.limits[i];

        if (limit->of_account) {
            struct hd_account *account = hd_quota_account(quota, (uint16_t)limit->account);

            account->limit = changed(account->limit, limit);
        } else {
            hd_quota_limit_heap(quota, changed(quota->heap.limit, limit));
        }
    }
    return status;
}
