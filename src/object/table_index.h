/* SPDX-License-Identifier: MIT */
/* table_index.h: from hashes to entries, for tables too big for one block.
 *
 * Extendible hashing (Fagin et al., TODS 1979): a directory of pages, indexed by
 * the low bits of a hash; each page is a small table with open addressing.  A
 * page that is three quarters full is split by one more bit; only now and then
 * the directory of pointers doubles.  So no insertion pays for the whole.
 *
 *   [object.inv.pages]  a page of depth d stands at all places of the directory that agree
 *                       with its cells' hashes in the low d bits; every cell is found from
 *                       its hash's place without crossing an empty one.
 *
 * A ref is any number below 2^32 - 1; it knows not what it names. */
#ifndef HD_OBJECT_TABLE_INDEX_H
#define HD_OBJECT_TABLE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "object/body.h"

#define HD_PAGE_CELLS UINT32_C(2047)
#define HD_REF_NONE   UINT32_MAX

struct hd_objects;

struct hd_index_cell {
    uint32_t hash;
    uint32_t ref; /* plus one; 0: empty */
};

struct hd_page {
    uint32_t used;
    uint32_t depth;
    struct hd_index_cell cells[HD_PAGE_CELLS];
};

struct hd_index {
    struct hd_page **pages; /* 2^depth */
    uint32_t depth;
    uint32_t count; /* of different pages */
    uint32_t shed;  /* places of the directory seen by hd_index_shed */
};

/* One page.  Errors here and below: LIMIT_MEMORY; then nothing has changed. */
enum hd_status hd_index_init(struct hd_objects *objects, uint16_t account,
                             struct hd_index *index, struct hd_error *error);

/* The end, in steps: gives back at most *blocks of its blocks; false: there are more. */
bool hd_index_shed(struct hd_objects *objects, uint16_t account, struct hd_index *index,
                   uint32_t *blocks);

size_t hd_index_bytes(const struct hd_index *index);

/* The refs of a hash, one after the other, HD_REF_NONE behind the last. */
struct hd_index_search {
    const struct hd_page *page;
    uint32_t hash;
    uint32_t at;
};

struct hd_index_search hd_index_search(const struct hd_index *index, uint32_t hash);
uint32_t hd_index_next(struct hd_index_search *search);

/* Room for one cell of this hash.  LIMIT_SIZE as well: too many have the same hash. */
enum hd_status hd_index_reserve(struct hd_objects *objects, uint16_t account,
                                struct hd_index *index, uint32_t hash, struct hd_error *error);

/* What was reserved cannot fail; nor can these. */
void hd_index_put(struct hd_index *index, uint32_t hash, uint32_t ref);
void hd_index_move(struct hd_index *index, uint32_t hash, uint32_t from, uint32_t to);
void hd_index_remove(struct hd_objects *objects, uint16_t account, struct hd_index *index,
                     uint32_t hash, uint32_t ref);

/* Relocates what stands at place number part of the directory, then the directory;
 * false: there is no such part. */
bool hd_index_relocate(struct hd_index *index, uint32_t part, hd_relocate_cb relocate,
                       void *ctx);

/* [object.inv.pages], and the number of cells. */
bool hd_index_check(const struct hd_index *index, uint64_t cells);

#endif
