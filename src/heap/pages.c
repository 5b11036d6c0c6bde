/* SPDX-License-Identifier: MIT */
/* pages.c: a directory that doubles, over pages that stay. */
#include "heap/pages.h"

#include <string.h>

#define STEPS_PAGE 32 /* to give one back */

void hd_pages_init(struct hd_pages *pages, const struct hd_allocator *allocator, size_t item)
{
    *pages = (struct hd_pages){.allocator = allocator, .item = item};
}

void hd_pages_fini(struct hd_pages *pages)
{
    for (size_t i = 0; i < pages->capacity; i++) {
        if (pages->pages[i] != NULL) {
            hd_free(pages->allocator, pages->pages[i], HD_PAGE_ITEMS * pages->item);
        }
    }
    if (pages->pages != NULL) {
        hd_free(pages->allocator, pages->pages, pages->capacity * sizeof *pages->pages);
    }
    *pages = (struct hd_pages){0};
}

bool hd_pages_give(struct hd_pages *pages, uint64_t *steps)
{
    for (; pages->given < pages->capacity; pages->given++) {
        void *page = pages->pages[pages->given];
        uint64_t price = page == NULL ? 1 : STEPS_PAGE;

        if (*steps == 0) {
            return false;
        }
        *steps -= price < *steps ? price : *steps;
        if (page != NULL) {
            hd_free(pages->allocator, page, HD_PAGE_ITEMS * pages->item);
            pages->pages[pages->given] = NULL;
            pages->used--;
        }
    }
    hd_pages_fini(pages);
    return true;
}

size_t hd_pages_bytes(const struct hd_pages *pages)
{
    return pages->capacity * sizeof *pages->pages + pages->used * HD_PAGE_ITEMS * pages->item;
}

void *hd_pages_at(const struct hd_pages *pages, uint32_t index)
{
    size_t page = index / HD_PAGE_ITEMS;

    if (page >= pages->capacity || pages->pages[page] == NULL) {
        return NULL;
    }
    return (char *)pages->pages[page] + index % HD_PAGE_ITEMS * pages->item;
}

void *hd_pages_reach(struct hd_pages *pages, uint32_t index)
{
    size_t page = index / HD_PAGE_ITEMS;
    size_t before = pages->capacity;

    if (page >= pages->capacity) {
        void **grown = hd_grow(pages->allocator, pages->pages, &pages->capacity, page + 1,
                               sizeof *pages->pages);

        if (grown == NULL) {
            return NULL;
        }
        pages->pages = grown;
        memset(grown + before, 0, (pages->capacity - before) * sizeof *grown);
    }
    if (pages->pages[page] == NULL) {
        pages->pages[page] = hd_alloc_zeroed(pages->allocator, HD_PAGE_ITEMS * pages->item);
        pages->used += pages->pages[page] != NULL;
    }
    return hd_pages_at(pages, index);
}
