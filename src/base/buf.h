/* SPDX-License-Identifier: MIT */
/* buf.h: bytes that come in at the back and leave at the front.
 *
 * The readable bytes are data[start .. end).  The memory is the buffer's own,
 * from the allocator given at init. */
#ifndef HD_BASE_BUF_H
#define HD_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

struct hd_buf {
    const struct hd_allocator *allocator;
    uint8_t *data; /* owned */
    size_t capacity;
    size_t start;
    size_t end;
};

void hd_buf_init(struct hd_buf *buf, const struct hd_allocator *allocator);
void hd_buf_fini(struct hd_buf *buf);

size_t hd_buf_size(const struct hd_buf *buf);

/* The readable bytes; valid until the buffer is next written or reserved. */
const uint8_t *hd_buf_front(const struct hd_buf *buf);

/* Room for size bytes at the back, to be filled and then committed.  NULL: no memory. */
uint8_t *hd_buf_reserve(struct hd_buf *buf, size_t size);
void hd_buf_commit(struct hd_buf *buf, size_t size);

/* HD_RESOURCE_EXHAUSTED: no memory, nothing appended. */
enum hd_status hd_buf_append(struct hd_buf *buf, const void *data, size_t size);

/* Drops size readable bytes from the front. */
void hd_buf_consume(struct hd_buf *buf, size_t size);

/* As much as one read brings: who keeps an empty buffer for what comes next keeps no larger. */
#define HD_BUF_KEPT ((size_t)64 << 10)

/* Gives memory back when the buffer is empty and holds more than keep bytes. */
void hd_buf_trim(struct hd_buf *buf, size_t keep);

#endif
