/* SPDX-License-Identifier: MIT */
/* index.h: from a hash to the number of an entry in somebody else's array.
 *
 * Open addressing with linear probing.  Putting never allocates: room is made
 * before, when the owner's array grows.  Removing never fails. */
#ifndef HD_HEAP_INDEX_H
#define HD_HEAP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

struct hd_index {
    uint32_t *cells; /* owned; entry number + 1, or 0 */
    uint32_t size;   /* a power of two, or 0 */
};

#define HD_INDEX_MISSING UINT32_MAX

typedef bool (*hd_index_match_cb)(const void *owner, uint32_t number, const void *key);
typedef uint32_t (*hd_index_hash_cb)(const void *owner, uint32_t number);

/* An empty index with room for capacity entries in place of the old one. */
enum hd_status hd_index_reset(struct hd_index *index, const struct hd_allocator *allocator,
                              uint32_t capacity);
void hd_index_clear(struct hd_index *index);
void hd_index_fini(struct hd_index *index, const struct hd_allocator *allocator);

uint32_t hd_index_find(const struct hd_index *index, uint32_t hash, hd_index_match_cb match,
                       const void *owner, const void *key);
void hd_index_put(struct hd_index *index, uint32_t hash, uint32_t number);
/* Entries behind it move up: hash_of tells where they belong. */
void hd_index_remove(struct hd_index *index, uint32_t hash, uint32_t number,
                     hd_index_hash_cb hash_of, const void *owner);

#endif
