/* SPDX-License-Identifier: MIT */
/* intern.h: the table of interned strs.  It owns no reference: an entry
 * goes when its str dies [object.inv.interned]. */
#ifndef HD_OBJECT_INTERN_H
#define HD_OBJECT_INTERN_H

#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

/* Open addressing, linear probing, backward shift on removal; no tombstones. */
struct hd_intern {
    const struct hd_allocator *allocator;
    struct hd_intern_entry {
        uint32_t hash;
        uint32_t slot; /* 0: empty */
    } * entries;       /* owned; capacity is a power of two, or 0 */
    uint32_t capacity;
    uint32_t count;
};

void hd_intern_init(struct hd_intern *intern, const struct hd_allocator *allocator);
void hd_intern_fini(struct hd_intern *intern);

/* Walks the entries of this hash: *at starts at 0.  0: no more. */
uint32_t hd_intern_next(const struct hd_intern *intern, uint32_t hash, uint32_t *at);

/* Room for one more; after it the next add cannot fail. */
enum hd_status hd_intern_reserve(struct hd_intern *intern);
void hd_intern_add(struct hd_intern *intern, uint32_t hash, uint32_t slot);
void hd_intern_remove(struct hd_intern *intern, uint32_t hash, uint32_t slot);

#endif
