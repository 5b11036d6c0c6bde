/* SPDX-License-Identifier: MIT */
/* table_index.c: pages, and the directory [object.inv.pages]. */
#include "object/table_index.h"

#include <string.h>

#include "base/check.h"
#include "object/internal.h"

#define SPLIT_AT  (HD_PAGE_CELLS * 3 / 4)
#define MERGE_AT  (HD_PAGE_CELLS / 8) /* a page with less looks at its buddy */
#define MERGED    (HD_PAGE_CELLS / 2)
#define DEPTH_MAX 16 /* the other half of the hash says where in the page */

static size_t directory_bytes(unsigned depth)
{
    return sizeof(struct hd_page *) << depth;
}

static uint32_t home_of(uint32_t hash)
{
    return ((hash >> 16) * HD_PAGE_CELLS) >> 16;
}

static uint32_t next_cell(uint32_t at)
{
    return at + 1 == HD_PAGE_CELLS ? 0 : at + 1;
}

static uint32_t distance(uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + HD_PAGE_CELLS - from;
}

static struct hd_page *page_of(const struct hd_index *index, uint32_t hash)
{
    return index->pages[hash & ((UINT32_C(1) << index->depth) - 1)];
}

static enum hd_status new_page(struct hd_objects *objects, uint16_t account, unsigned depth,
                               struct hd_page **ret_page, struct hd_error *error)
{
    enum hd_status status = hd_body_take(objects, account, sizeof **ret_page, ret_page, error);

    if (status == HD_OK) {
        memset(*ret_page, 0, sizeof **ret_page);
        (*ret_page)->depth = depth;
    }
    return status;
}

enum hd_status hd_index_init(struct hd_objects *objects, uint16_t account,
                             struct hd_index *index, struct hd_error *error)
{
    struct hd_page *page;
    enum hd_status status = new_page(objects, account, 0, &page, error);

    if (status != HD_OK) {
        return status;
    }
    *index = (struct hd_index){.count = 1};
    status = hd_body_take(objects, account, directory_bytes(0), &index->pages, error);
    if (status != HD_OK) {
        hd_body_give(objects, account, page, sizeof *page);
        return status;
    }
    index->pages[0] = page;
    return HD_OK;
}

bool hd_index_shed(struct hd_objects *objects, uint16_t account, struct hd_index *index,
                   uint32_t *blocks)
{
    if (index->pages == NULL) {
        return true;
    }
    /* Downward: a page is met last at the lowest of its places. */
    for (; index->shed >> index->depth == 0; index->shed++) {
        uint32_t at = (UINT32_C(1) << index->depth) - 1 - index->shed;
        struct hd_page *page = index->pages[at];

        if (at >> page->depth != 0) {
            continue;
        }
        if (*blocks == 0) {
            return false;
        }
        (*blocks)--;
        index->count--;
        hd_body_give(objects, account, page, sizeof *page);
    }
    hd_body_give(objects, account, index->pages, directory_bytes(index->depth));
    index->pages = NULL;
    return true;
}

size_t hd_index_bytes(const struct hd_index *index)
{
    return index->pages == NULL
               ? 0
               : directory_bytes(index->depth) + index->count * sizeof(struct hd_page);
}

struct hd_index_search hd_index_search(const struct hd_index *index, uint32_t hash)
{
    return (struct hd_index_search){page_of(index, hash), hash, home_of(hash)};
}

uint32_t hd_index_next(struct hd_index_search *search)
{
    const struct hd_index_cell *cell = &search->page->cells[search->at];

    while (cell->ref != 0) {
        search->at = next_cell(search->at);
        if (cell->hash == search->hash) {
            return cell->ref - 1;
        }
        cell = &search->page->cells[search->at];
    }
    return HD_REF_NONE;
}

static void put_into(struct hd_page *page, struct hd_index_cell cell)
{
    uint32_t at = home_of(cell.hash);

    while (page->cells[at].ref != 0) {
        at = next_cell(at);
    }
    page->cells[at] = cell;
    page->used++;
}

static enum hd_status double_directory(struct hd_objects *objects, uint16_t account,
                                       struct hd_index *index, struct hd_error *error)
{
    size_t half = directory_bytes(index->depth);
    enum hd_status status =
        hd_body_resize(objects, account, index->pages, half, 2 * half, &index->pages, error);

    if (status == HD_OK) {
        memcpy((char *)index->pages + half, index->pages, half);
        index->depth++;
    }
    return status;
}

/* The cells with one more bit of the hash set move to a page of their own. */
static void divide(struct hd_page *page, struct hd_page *right)
{
    uint32_t bit = UINT32_C(1) << page->depth;
    struct hd_page old = *page;

    memset(page, 0, sizeof *page);
    page->depth = old.depth + 1;
    for (uint32_t i = 0; i < HD_PAGE_CELLS; i++) {
        if (old.cells[i].ref != 0) {
            put_into((old.cells[i].hash & bit) != 0 ? right : page, old.cells[i]);
        }
    }
}

/* Puts a page at all the places that agree with hash in its depth's bits. */
static void place(struct hd_index *index, struct hd_page *page, uint32_t hash)
{
    uint32_t step = UINT32_C(1) << page->depth;

    for (uint32_t i = hash & (step - 1); i >> index->depth == 0; i += step) {
        index->pages[i] = page;
    }
}

bool hd_index_relocate(struct hd_index *index, uint32_t part, hd_relocate_cb relocate,
                       void *ctx)
{
    uint32_t places = (UINT32_C(1) << index->depth) - index->shed;
    struct hd_page *page;

    if (index->pages == NULL || part > places) {
        return false;
    }
    if (part == places) {
        index->pages = relocate(ctx, index->pages, directory_bytes(index->depth));
        return true;
    }
    page = index->pages[part];
    if (part >> page->depth == 0) { /* the lowest of its places, given back last */
        page = relocate(ctx, page, sizeof *page);
        place(index, page, part);
    }
    return true;
}

static enum hd_status split(struct hd_objects *objects, uint16_t account,
                            struct hd_index *index, uint32_t hash, struct hd_error *error)
{
    struct hd_page *page = page_of(index, hash);
    struct hd_page *right;
    enum hd_status status = new_page(objects, account, page->depth + 1, &right, error);

    if (status == HD_OK && page->depth == index->depth) {
        status = double_directory(objects, account, index, error);
        if (status != HD_OK) {
            hd_body_give(objects, account, right, sizeof *right);
        }
    }
    if (status != HD_OK) {
        return status;
    }
    divide(page, right);
    place(index, right, hash | UINT32_C(1) << (right->depth - 1));
    index->count++;
    return HD_OK;
}

enum hd_status hd_index_reserve(struct hd_objects *objects, uint16_t account,
                                struct hd_index *index, uint32_t hash, struct hd_error *error)
{
    enum hd_status status = HD_OK;

    while (status == HD_OK && page_of(index, hash)->used >= SPLIT_AT) {
        if (page_of(index, hash)->depth < DEPTH_MAX) {
            status = split(objects, account, index, hash, error);
        } else if (page_of(index, hash)->used < HD_PAGE_CELLS - 1) {
            return HD_OK; /* an empty cell must stay: searches end there */
        } else {
            return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                           "too many keys of one table have the same hash");
        }
    }
    return status;
}

void hd_index_put(struct hd_index *index, uint32_t hash, uint32_t ref)
{
    put_into(page_of(index, hash), (struct hd_index_cell){hash, ref + 1});
}

static uint32_t cell_of(const struct hd_page *page, uint32_t hash, uint32_t ref)
{
    uint32_t at = home_of(hash);

    while (page->cells[at].ref != ref + 1) {
        HD_CHECK(page->cells[at].ref != 0);
        at = next_cell(at);
    }
    return at;
}

void hd_index_move(struct hd_index *index, uint32_t hash, uint32_t from, uint32_t to)
{
    struct hd_page *page = page_of(index, hash);

    page->cells[cell_of(page, hash, from)].ref = to + 1;
}

/* A page and the one it was split from become one again. */
static void merge(struct hd_objects *objects, uint16_t account, struct hd_index *index,
                  uint32_t hash)
{
    struct hd_page *page = page_of(index, hash);
    struct hd_page *buddy;

    if (page->depth == 0) {
        return;
    }
    buddy = page_of(index, hash ^ UINT32_C(1) << (page->depth - 1));
    if (buddy->depth != page->depth || page->used + buddy->used > MERGED) {
        return;
    }
    for (uint32_t i = 0; i < HD_PAGE_CELLS; i++) {
        if (buddy->cells[i].ref != 0) {
            put_into(page, buddy->cells[i]);
        }
    }
    page->depth--;
    place(index, page, hash);
    index->count--;
    hd_body_give(objects, account, buddy, sizeof *buddy);
}

void hd_index_remove(struct hd_objects *objects, uint16_t account, struct hd_index *index,
                     uint32_t hash, uint32_t ref)
{
    struct hd_page *page = page_of(index, hash);
    uint32_t hole = cell_of(page, hash, ref);

    for (uint32_t i = next_cell(hole); page->cells[i].ref != 0; i = next_cell(i)) {
        uint32_t home = home_of(page->cells[i].hash);

        if (distance(home, i) >= distance(hole, i)) {
            page->cells[hole] = page->cells[i];
            hole = i;
        }
    }
    page->cells[hole] = (struct hd_index_cell){0};
    page->used--;
    if (page->used < MERGE_AT) {
        merge(objects, account, index, hash);
    }
}

static bool check_page(const struct hd_index *index, const struct hd_page *page, uint32_t at)
{
    uint32_t mask = (UINT32_C(1) << page->depth) - 1;
    uint32_t used = 0;

    for (uint32_t i = 0; i < HD_PAGE_CELLS; i++) {
        struct hd_index_cell cell = page->cells[i];

        if (cell.ref == 0) {
            continue;
        }
        used++;
        if (((cell.hash ^ at) & mask) != 0) {
            return false;
        }
        for (uint32_t j = home_of(cell.hash); j != i; j = next_cell(j)) {
            if (page->cells[j].ref == 0) {
                return false;
            }
        }
    }
    return page->depth <= index->depth && used == page->used && used < HD_PAGE_CELLS;
}

bool hd_index_check(const struct hd_index *index, uint64_t cells)
{
    uint64_t found = 0;
    uint32_t pages = 0;

    for (uint32_t i = 0; i >> index->depth == 0; i++) {
        const struct hd_page *page = index->pages[i];

        if (page != index->pages[i & ((UINT32_C(1) << page->depth) - 1)]) {
            return false;
        }
        if (i >> page->depth == 0) {
            if (!check_page(index, page, i)) {
                return false;
            }
            pages++;
            found += page->used;
        }
    }
    return pages == index->count && found == cells;
}
