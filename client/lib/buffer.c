/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#define KEEP ((size_t)1 << 20) /* what an empty buffer may keep of its memory */

void hdc_buffer_fini(struct hdc_buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct hdc_buffer){0};
}

size_t hdc_buffer_size(const struct hdc_buffer *buffer)
{
    return buffer->end - buffer->start;
}

const uint8_t *hdc_buffer_front(const struct hdc_buffer *buffer)
{
    return buffer->data + buffer->start;
}

uint8_t *hdc_buffer_reserve(struct hdc_buffer *buffer, size_t size)
{
    size_t used = hdc_buffer_size(buffer);
    size_t capacity = buffer->capacity;
    uint8_t *data;

    if (buffer->data != NULL && capacity - buffer->end >= size) {
        return buffer->data + buffer->end;
    }
    if (buffer->data != NULL && capacity - used >= size && buffer->start >= used) {
        memcpy(buffer->data, buffer->data + buffer->start, used);
        buffer->start = 0;
        buffer->end = used;
        return buffer->data + used;
    }
    if (size > SIZE_MAX / 4 - used) {
        return NULL;
    }
    capacity = capacity < 1024 ? 1024 : capacity;
    while (capacity - used < size) {
        capacity *= 2;
    }
    data = malloc(capacity);
    if (data == NULL) {
        return NULL;
    }
    if (used > 0) {
        memcpy(data, buffer->data + buffer->start, used);
    }
    free(buffer->data);
    *buffer = (struct hdc_buffer){.data = data, .end = used, .capacity = capacity};
    return data + used;
}

void hdc_buffer_commit(struct hdc_buffer *buffer, size_t size)
{
    buffer->end += size;
}

void hdc_buffer_consume(struct hdc_buffer *buffer, size_t size)
{
    buffer->start += size;
    if (buffer->start == buffer->end) {
        hdc_buffer_clear(buffer);
    }
}

void hdc_buffer_clear(struct hdc_buffer *buffer)
{
    buffer->start = 0;
    buffer->end = 0;
    if (buffer->capacity > KEEP) {
        hdc_buffer_fini(buffer);
    }
}
