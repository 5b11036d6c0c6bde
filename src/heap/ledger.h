/* SPDX-License-Identifier: MIT */
/* ledger.h: an allocator that passes everything on and keeps the sum: who has how many bytes.
 * What it passes on the heap's quota must allow. */
#ifndef HD_HEAP_LEDGER_H
#define HD_HEAP_LEDGER_H

#include <stddef.h>

#include "base/alloc.h"
#include "object/quota.h"

struct hd_ledger {
    struct hd_allocator iface; /* give &ledger.iface to the user */
    const struct hd_allocator *under;
    struct hd_quota *quota;
    size_t bytes; /* asked for and not yet freed */
};

/* The ledger stays where it is from here on. */
void hd_ledger_init(struct hd_ledger *ledger, const struct hd_allocator *under,
                    struct hd_quota *quota);

#endif
