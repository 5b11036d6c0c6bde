/* SPDX-License-Identifier: MIT */
#include "pages.h"

#include <string.h>

#include "error.h"

void *hdc_pages_add(struct hdc_pages *pages, size_t size)
{
    void *room = hdc_buffer_reserve(&pages->all, size + 1);

    if (room != NULL) {
        hdc_buffer_commit(&pages->all, size);
    }
    return room;
}

int hdc_pages_turn(struct hdc_pages *pages, const char *next, struct heapd_error *error)
{
    if (strlen(next) >= sizeof(pages->token)) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY", "the page token is too long");
    }
    memcpy(pages->token, next, strlen(next) + 1);
    return HEAPD_OK;
}

int hdc_pages_give(struct hdc_pages *pages, int code, size_t item_size, void **ret_items,
                   size_t *ret_count)
{
    if (code == HEAPD_OK && ret_count != NULL) {
        *ret_count = hdc_buffer_size(&pages->all) / item_size;
    }
    if (code == HEAPD_OK && ret_items != NULL) {
        *ret_items = pages->all.data;
    } else {
        hdc_buffer_fini(&pages->all);
    }
    return code;
}
