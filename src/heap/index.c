/* SPDX-License-Identifier: MIT */
/* index.c: half full at most; removal shifts back, so there are no tombstones. */
#include "heap/index.h"

#include <string.h>

#include "base/check.h"

enum hd_status hd_index_reset(struct hd_index *index, const struct hd_allocator *allocator,
                              uint32_t capacity)
{
    uint32_t size = 8;
    uint32_t *cells;

    while (size < 2 * (uint64_t)capacity) {
        size *= 2;
    }
    cells = hd_alloc_zeroed(allocator, size * sizeof *cells);
    if (cells == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hd_index_fini(index, allocator);
    index->cells = cells;
    index->size = size;
    return HD_OK;
}

void hd_index_clear(struct hd_index *index)
{
    if (index->cells != NULL) {
        memset(index->cells, 0, index->size * sizeof *index->cells);
    }
}

void hd_index_fini(struct hd_index *index, const struct hd_allocator *allocator)
{
    hd_free(allocator, index->cells, index->size * sizeof *index->cells);
    *index = (struct hd_index){0};
}

uint32_t hd_index_find(const struct hd_index *index, uint32_t hash, hd_index_match_cb match,
                       const void *owner, const void *key)
{
    if (index->size == 0) {
        return HD_INDEX_MISSING;
    }
    for (uint32_t i = hash & (index->size - 1); index->cells[i] != 0;
         i = (i + 1) & (index->size - 1)) {
        if (match(owner, index->cells[i] - 1, key)) {
            return index->cells[i] - 1;
        }
    }
    return HD_INDEX_MISSING;
}

void hd_index_put(struct hd_index *index, uint32_t hash, uint32_t number)
{
    uint32_t i = hash & (index->size - 1);

    while (index->cells[i] != 0) {
        i = (i + 1) & (index->size - 1);
    }
    index->cells[i] = number + 1;
}

void hd_index_remove(struct hd_index *index, uint32_t hash, uint32_t number,
                     hd_index_hash_cb hash_of, const void *owner)
{
    uint32_t mask = index->size - 1;
    uint32_t hole = hash & mask;

    while (index->cells[hole] != number + 1) {
        HD_CHECK(index->cells[hole] != 0);
        hole = (hole + 1) & mask;
    }
    for (uint32_t i = (hole + 1) & mask; index->cells[i] != 0; i = (i + 1) & mask) {
        uint32_t home = hash_of(owner, index->cells[i] - 1) & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            index->cells[hole] = index->cells[i];
            hole = i;
        }
    }
    index->cells[hole] = 0;
}
