/* SPDX-License-Identifier: MIT */
/* trail.c: directories of pages and lists, made at the start for all that can be met. */
#include "heap/trail.h"

#include <string.h>

#include "base/check.h"

#define PAGE_SLOTS   65536u
#define PAGE_BYTES   (PAGE_SLOTS / 8)
#define LIST_ENTRIES 4096u
#define LIST_BYTES   (LIST_ENTRIES * sizeof(struct hd_met))
#define STEPS_BLOCK  128 /* to empty one, or to give it back */

static uint32_t page_count(const struct hd_trail *trail)
{
    return trail->limit / PAGE_SLOTS + 1;
}

static uint32_t list_count(const struct hd_trail *trail)
{
    return trail->limit / LIST_ENTRIES + 1;
}

enum hd_status hd_trail_init(struct hd_trail *trail, const struct hd_allocator *allocator,
                             uint32_t limit)
{
    *trail = (struct hd_trail){.allocator = allocator, .limit = limit};
    trail->pages = hd_alloc_zeroed(allocator, page_count(trail) * sizeof *trail->pages);
    trail->lists = hd_alloc_zeroed(allocator, list_count(trail) * sizeof *trail->lists);
    return trail->pages == NULL || trail->lists == NULL ? HD_RESOURCE_EXHAUSTED : HD_OK;
}

/* A step for a place, and more for a block.  False: there are none. */
static bool pay(uint64_t *steps, const void *block)
{
    uint64_t price = block != NULL ? STEPS_BLOCK : 1;

    if (*steps == 0) {
        return false;
    }
    *steps -= price < *steps ? price : *steps;
    return true;
}

bool hd_trail_clear(struct hd_trail *trail, uint64_t *steps)
{
    for (; trail->cleared < page_count(trail); trail->cleared++) {
        uint64_t *page = trail->pages[trail->cleared];

        if (!pay(steps, page)) {
            return false;
        }
        if (page != NULL) {
            memset(page, 0, PAGE_BYTES);
        }
    }
    trail->cleared = 0;
    trail->count = 0;
    return true;
}

bool hd_trail_fini(struct hd_trail *trail, uint64_t *steps)
{
    uint32_t pages = trail->pages == NULL ? 0 : page_count(trail);
    uint32_t lists = trail->lists == NULL ? 0 : list_count(trail);

    for (; trail->given < pages + lists; trail->given++) {
        bool is_page = trail->given < pages;
        void *block = is_page ? (void *)trail->pages[trail->given]
                              : (void *)trail->lists[trail->given - pages];

        if (!pay(steps, block)) {
            return false;
        }
        hd_free(trail->allocator, block, is_page ? PAGE_BYTES : LIST_BYTES);
        if (is_page) {
            trail->pages[trail->given] = NULL;
        } else {
            trail->lists[trail->given - pages] = NULL;
        }
    }
    if (trail->pages != NULL) {
        hd_free(trail->allocator, trail->pages, pages * sizeof *trail->pages);
    }
    if (trail->lists != NULL) {
        hd_free(trail->allocator, trail->lists, lists * sizeof *trail->lists);
    }
    *trail = (struct hd_trail){0};
    return true;
}

bool hd_trail_has(const struct hd_trail *trail, uint32_t slot)
{
    const uint64_t *page;

    if (slot >= trail->limit) {
        return true;
    }
    page = trail->pages[slot / PAGE_SLOTS];
    return page != NULL && (page[slot % PAGE_SLOTS / 64] >> slot % 64 & 1) != 0;
}

enum hd_status hd_trail_add(struct hd_trail *trail, uint32_t slot, uint32_t from)
{
    uint64_t **page = &trail->pages[slot / PAGE_SLOTS];
    struct hd_met **list = &trail->lists[trail->count / LIST_ENTRIES];

    HD_CHECK(slot < trail->limit && trail->count < trail->limit);
    if (*page == NULL) {
        *page = hd_alloc_zeroed(trail->allocator, PAGE_BYTES);
    }
    if (*list == NULL) {
        *list = hd_alloc(trail->allocator, LIST_BYTES);
    }
    if (*page == NULL || *list == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    (*page)[slot % PAGE_SLOTS / 64] |= UINT64_C(1) << slot % 64;
    (*list)[trail->count % LIST_ENTRIES] = (struct hd_met){slot, from};
    trail->count++;
    return HD_OK;
}

struct hd_met hd_trail_at(const struct hd_trail *trail, uint32_t number)
{
    return trail->lists[number / LIST_ENTRIES][number % LIST_ENTRIES];
}

size_t hd_trail_bytes(const struct hd_trail *trail)
{
    size_t bytes = 0;

    for (uint32_t i = 0; trail->pages != NULL && i < page_count(trail); i++) {
        bytes += sizeof *trail->pages + (trail->pages[i] != NULL ? PAGE_BYTES : 0);
    }
    for (uint32_t i = 0; trail->lists != NULL && i < list_count(trail); i++) {
        bytes += sizeof *trail->lists + (trail->lists[i] != NULL ? LIST_BYTES : 0);
    }
    return bytes;
}
