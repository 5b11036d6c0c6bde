/* SPDX-License-Identifier: MIT */
/* verify_internal.h: one run of the proof, shared by its parts. */
#ifndef HD_HEAP_VERIFY_INTERNAL_H
#define HD_HEAP_VERIFY_INTERNAL_H

#include "heap/internal.h"
#include "heap/verify.h"

#define HD_DEFECTS_TOLD 100

struct hd_verify {
    struct hd_heap *heap;
    const struct hd_slots *slots;
    uint32_t *counts; /* references found, of containers and then of atoms */
    size_t count_bytes;
    hd_defect_cb defect;
    void *ctx;
    struct hd_verify_result *result;
};

void __attribute__((format(printf, 2, 3)))
hd_verify_tell(struct hd_verify *verify, const char *format, ...);

/* [heap.inv.rows] */
void hd_verify_rows(struct hd_verify *verify);

/* [notice.inv.armed], [queue.inv.once], [queue.inv.coming] and the sums of queues. */
void hd_verify_queues(struct hd_verify *verify);

/* [heap.inv.accounts].  RESOURCE_EXHAUSTED: no memory for the sums. */
enum hd_status hd_verify_accounts(struct hd_verify *verify);

#endif
