/* SPDX-License-Identifier: MIT */
/* texts.h: texts of entries that are gathered while nobody knows how many there will be.
 *
 * An entry's text stands for its offset until all are there and lie in one block. */
#ifndef HEAPD_CLIENT_TEXTS_H
#define HEAPD_CLIENT_TEXTS_H

#include "buffer.h"

/* Adds a text; its offset, or SIZE_MAX: no memory. */
size_t hdc_texts_add(struct hdc_buffer *texts, const char *text);

/* One block: so many bytes to be filled with entries, and then all texts; NULL: no memory. */
void *hdc_texts_block(const struct hdc_buffer *texts, size_t size, const char **ret_texts);

#endif
