/* SPDX-License-Identifier: MIT */
/* buffer.h: a growing buffer; bytes come in at the back and leave at the front. */
#ifndef HEAPD_CLIENT_BUFFER_H
#define HEAPD_CLIENT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hdc_buffer {
    uint8_t *data; /* owned; the bytes are data[start .. end) */
    size_t start;
    size_t end;
    size_t capacity;
};

void hdc_buffer_fini(struct hdc_buffer *buffer);
size_t hdc_buffer_size(const struct hdc_buffer *buffer);
const uint8_t *hdc_buffer_front(const struct hdc_buffer *buffer);

/* Room for size bytes at the back, to be filled and committed.  NULL: no memory. */
uint8_t *hdc_buffer_reserve(struct hdc_buffer *buffer, size_t size);
void hdc_buffer_commit(struct hdc_buffer *buffer, size_t size);
void hdc_buffer_consume(struct hdc_buffer *buffer, size_t size);
void hdc_buffer_clear(struct hdc_buffer *buffer);

#endif
