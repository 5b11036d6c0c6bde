/* SPDX-License-Identifier: MIT */
/* buf.c: one block; the readable part slides to the front when room at the back runs out. */
#include "base/buf.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"

void hd_buf_init(struct hd_buf *buf, const struct hd_allocator *allocator)
{
    *buf = (struct hd_buf){.allocator = allocator};
}

void hd_buf_fini(struct hd_buf *buf)
{
    hd_free(buf->allocator, buf->data, buf->capacity);
    *buf = (struct hd_buf){0};
}

size_t hd_buf_size(const struct hd_buf *buf)
{
    return buf->end - buf->start;
}

const uint8_t *hd_buf_front(const struct hd_buf *buf)
{
    return buf->data + buf->start;
}

uint8_t *hd_buf_reserve(struct hd_buf *buf, size_t size)
{
    size_t used = hd_buf_size(buf);
    uint8_t *grown;

    if (size <= buf->capacity - buf->end) {
        return buf->data + buf->end;
    }
    if (buf->start >= used && size <= buf->capacity - used) {
        memcpy(buf->data, buf->data + buf->start, used); /* halves do not overlap */
        buf->start = 0;
        buf->end = used;
        return buf->data + buf->end;
    }
    if (size > SIZE_MAX / 2 - used) {
        return NULL;
    }
    size_t capacity = buf->capacity < 256 ? 256 : buf->capacity;
    while (capacity < used + size) {
        capacity *= 2;
    }
    grown = hd_alloc(buf->allocator, capacity);
    if (grown == NULL) {
        return NULL;
    }
    if (used > 0) {
        memcpy(grown, buf->data + buf->start, used);
    }
    hd_free(buf->allocator, buf->data, buf->capacity);
    buf->data = grown;
    buf->capacity = capacity;
    buf->start = 0;
    buf->end = used;
    return buf->data + buf->end;
}

void hd_buf_commit(struct hd_buf *buf, size_t size)
{
    HD_CHECK(size <= buf->capacity - buf->end);
    buf->end += size;
}

enum hd_status hd_buf_append(struct hd_buf *buf, const void *data, size_t size)
{
    uint8_t *back;

    if (size == 0) {
        return HD_OK;
    }
    back = hd_buf_reserve(buf, size);
    if (back == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    memcpy(back, data, size);
    hd_buf_commit(buf, size);
    return HD_OK;
}

void hd_buf_consume(struct hd_buf *buf, size_t size)
{
    HD_CHECK(size <= hd_buf_size(buf));
    buf->start += size;
    if (buf->start == buf->end) {
        buf->start = 0;
        buf->end = 0;
    }
}

void hd_buf_trim(struct hd_buf *buf, size_t keep)
{
    if (hd_buf_size(buf) == 0 && buf->capacity > keep) {
        hd_free(buf->allocator, buf->data, buf->capacity);
        buf->data = NULL;
        buf->capacity = 0;
    }
}
