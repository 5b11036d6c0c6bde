/* SPDX-License-Identifier: MIT */
/* pages.h: what comes page after page, gathered one behind the other. */
#ifndef HEAPD_CLIENT_PAGES_H
#define HEAPD_CLIENT_PAGES_H

#include <heapd/client.h>

#include "buffer.h"

struct hdc_pages {
    struct hdc_buffer all; /* nothing is consumed: it begins at the start */
    char token[256];       /* of the next page; "": there is none */
};

/* Room for the items of a page, to be filled.  NULL: no memory, never for size 0. */
void *hdc_pages_add(struct hdc_pages *pages, size_t size);
/* What the page said of the next one. */
int hdc_pages_turn(struct hdc_pages *pages, const char *next, struct heapd_error *error);

/* Gives what was gathered, items of item_size, if code is HEAPD_OK; ret_items and ret_count may
 * be NULL.  In any case nothing is left to be freed here.  Returns code. */
int hdc_pages_give(struct hdc_pages *pages, int code, size_t item_size, void **ret_items,
                   size_t *ret_count);

#endif
