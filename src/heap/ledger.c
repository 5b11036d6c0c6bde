/* SPDX-License-Identifier: MIT */
/* ledger.c: one addition for each request, and the quota's. */
#include "heap/ledger.h"

static void *ledger_alloc(void *ctx, size_t size)
{
    struct hd_ledger *ledger = ctx;
    uint64_t bytes = hd_quota_block(ledger->quota, size);
    void *block;

    if (!hd_quota_take_shared(ledger->quota, bytes)) {
        return NULL;
    }
    block = hd_alloc(ledger->under, size);
    if (block == NULL) {
        hd_quota_give_shared(ledger->quota, bytes);
        return NULL;
    }
    ledger->bytes += size;
    return block;
}

static void *ledger_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    struct hd_ledger *ledger = ctx;
    uint64_t before = hd_quota_block(ledger->quota, old_size);
    uint64_t after = hd_quota_block(ledger->quota, new_size);
    void *moved;

    if (!hd_quota_take_shared(ledger->quota, after)) {
        return NULL;
    }
    moved = hd_resize(ledger->under, block, old_size, new_size);
    hd_quota_give_shared(ledger->quota, moved != NULL ? before : after);
    if (moved != NULL) {
        ledger->bytes += new_size - old_size;
    }
    return moved;
}

static void ledger_free(void *ctx, void *block, size_t size)
{
    struct hd_ledger *ledger = ctx;

    if (block != NULL) {
        hd_free(ledger->under, block, size);
        hd_quota_give_shared(ledger->quota, hd_quota_block(ledger->quota, size));
        ledger->bytes -= size;
    }
}

void hd_ledger_init(struct hd_ledger *ledger, const struct hd_allocator *under,
                    struct hd_quota *quota)
{
    *ledger = (struct hd_ledger){
        .iface = {ledger_alloc, ledger_resize, ledger_free, ledger},
        .under = under,
        .quota = quota,
    };
}
