/* SPDX-License-Identifier: MIT */
/* batch.h: a running batch: what its operations gave, kept until it ends.
 *
 * Operations are numbered from 0 as they come.  Those that pass hd_heap_do are
 * numbered by it; for one that only reads the caller says hd_batch_note_read (op.h). */
#ifndef HD_HEAP_BATCH_H
#define HD_HEAP_BATCH_H

#include "base/list.h"
#include "heap/undo.h"

struct hd_session;

struct hd_batch {
    struct hd_session *session;
    struct hd_list link; /* in the heap's list */
    struct hd_cascade cascade;
    struct hd_holds holds; /* its own references, oldest first */
    struct hd_undo *undo;  /* atomic: how it is taken back; or NULL; owned */
    const struct hd_allocator *allocator;
    uint32_t *results; /* slot each operation gave, or 0 */
    size_t capacity;
    uint32_t count; /* operations begun */
    uint32_t max;
};

/* NULL: no memory.  max: most operations. */
struct hd_batch *hd_batch_new(const struct hd_allocator *allocator, struct hd_session *session,
                              uint32_t max);
void hd_batch_free(struct hd_batch *batch);

size_t hd_batch_bytes(const struct hd_batch *batch);

/* The next operation: room for its result.  RESOURCE_EXHAUSTED, LIMIT_BATCH or LIMIT_MEMORY. */
enum hd_status hd_batch_next(struct hd_batch *batch, struct hd_error *error);

/* The current operation gave this, whose reference the caller has taken; and undone. */
void hd_batch_keep(struct hd_batch *batch, uint32_t slot);
void hd_batch_unkeep(struct hd_batch *batch, uint32_t slot);

/* What operation number gave; 0: nothing. */
uint32_t hd_batch_result(const struct hd_batch *batch, uint32_t number);

/* References to slot that are the batch's own. */
uint32_t hd_batch_references(const struct hd_batch *batch, uint32_t slot);

#endif
