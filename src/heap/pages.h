/* SPDX-License-Identifier: MIT */
/* pages.h: an array that grows without moving: items lie in pages of 1024. */
#ifndef HD_HEAP_PAGES_H
#define HD_HEAP_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

#define HD_PAGE_ITEMS 1024u

struct hd_pages {
    const struct hd_allocator *allocator;
    size_t item;
    void **pages; /* owned; NULL where no item has been asked for */
    size_t capacity;
    size_t used;  /* pages there are */
    size_t given; /* that a give has come past */
};

void hd_pages_init(struct hd_pages *pages, const struct hd_allocator *allocator, size_t item);
void hd_pages_fini(struct hd_pages *pages);
/* The same, for so many steps; it goes on from where it stopped.  True: done. */
bool hd_pages_give(struct hd_pages *pages, uint64_t *steps);

/* Bytes asked for. */
size_t hd_pages_bytes(const struct hd_pages *pages);

/* The item, all zero at first.  at: NULL if its page is not there.  reach: makes the page;
 * NULL: no memory. */
void *hd_pages_at(const struct hd_pages *pages, uint32_t index);
void *hd_pages_reach(struct hd_pages *pages, uint32_t index);

#endif
