/* SPDX-License-Identifier: MIT */
/* workspace.h: memory given back all at once, with a limit.
 *
 * Messages are built and decoded in one, so that nothing of them has to be
 * freed one by one and no answer can grow without bound in memory. */
#ifndef HEAPD_CLIENT_WORKSPACE_H
#define HEAPD_CLIENT_WORKSPACE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct hdc_workspace_piece;

struct hdc_workspace {
    struct hdc_workspace_piece *pieces; /* owned; the newest first */
    size_t used;                        /* of the newest */
    size_t total;                       /* of all */
    size_t limit;
    bool starved; /* since the last reset there was no memory: not the limit, nor bad bytes */
    ProtobufCAllocator allocator; /* draws on this workspace */
};

/* At most about limit bytes are given out between two resets. */
void hdc_workspace_init(struct hdc_workspace *space, size_t limit);
void hdc_workspace_fini(struct hdc_workspace *space);

/* Aligned for everything; undefined contents.  NULL: no memory, or the limit. */
void *hdc_workspace_take(struct hdc_workspace *space, size_t size);
/* For count items of size bytes; never NULL for a count of 0. */
void *hdc_workspace_array(struct hdc_workspace *space, size_t count, size_t size);

/* Sees to it that something small can be taken after a reset, and what is small of a decoded
 * message too.  False: no memory. */
bool hdc_workspace_prepare(struct hdc_workspace *space);

/* Takes everything back; keeps one small piece for the next time. */
void hdc_workspace_reset(struct hdc_workspace *space);

#endif
