/* SPDX-License-Identifier: MIT */
/* ledger.c: one addition for each request. */
#include "heap/ledger.h"

static void *ledger_alloc(void *ctx, size_t size)
{
    struct hd_ledger *ledger = ctx;
    void *block = hd_alloc(ledger->under, size);

    ledger->bytes += block == NULL ? 0 : size;
    return block;
}

static void *ledger_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    struct hd_ledger *ledger = ctx;
    void *moved = hd_resize(ledger->under, block, old_size, new_size);

    if (moved != NULL) {
        ledger->bytes += new_size;
        ledger->bytes -= block == NULL ? 0 : old_size;
    }
    return moved;
}

static void ledger_free(void *ctx, void *block, size_t size)
{
    struct hd_ledger *ledger = ctx;

    if (block != NULL) {
        hd_free(ledger->under, block, size);
        ledger->bytes -= size;
    }
}

void hd_ledger_init(struct hd_ledger *ledger, const struct hd_allocator *under)
{
    *ledger = (struct hd_ledger){
        .iface = {ledger_alloc, ledger_resize, ledger_free, ledger},
        .under = under,
    };
}
