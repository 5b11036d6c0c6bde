/* SPDX-License-Identifier: MIT */
#include "texts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t hdc_texts_add(struct hdc_buffer *texts, const char *text)
{
    size_t size = strlen(text) + 1;
    size_t offset = hdc_buffer_size(texts);
    uint8_t *to = hdc_buffer_reserve(texts, size);

    if (to == NULL) {
        return SIZE_MAX;
    }
    memcpy(to, text, size);
    hdc_buffer_commit(texts, size);
    return offset;
}

void *hdc_texts_block(const struct hdc_buffer *texts, size_t size, const char **ret_texts)
{
    size_t text_size = hdc_buffer_size(texts);
    char *block = malloc(size + text_size + 1); /* never of nothing */

    if (block == NULL) {
        return NULL;
    }
    if (text_size > 0) {
        memcpy(block + size, hdc_buffer_front(texts), text_size);
    }
    *ret_texts = block + size;
    return block;
}
