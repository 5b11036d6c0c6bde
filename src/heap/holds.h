/* SPDX-License-Identifier: MIT */
/* holds.h: how often a frame holds which objects, oldest first.  It counts, it does not refer:
 * taking and dropping the references is the caller's. */
#ifndef HD_HEAP_HOLDS_H
#define HD_HEAP_HOLDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"
#include "heap/index.h"

struct hd_hold {
    uint32_t slot; /* 0: a hole */
    uint32_t count;
};

struct hd_holds {
    const struct hd_allocator *allocator;
    struct hd_hold *entries; /* owned */
    uint32_t span;           /* entries used, holes included */
    uint32_t live;
    uint32_t capacity;
    uint32_t taken; /* entries that hd_holds_take_first is done with */
    struct hd_index index;
};

void hd_holds_init(struct hd_holds *holds, const struct hd_allocator *allocator);
void hd_holds_fini(struct hd_holds *holds);

uint32_t hd_holds_count(const struct hd_holds *holds, uint32_t slot);

/* Room for so many more objects: adding them cannot fail then. */
enum hd_status hd_holds_reserve(struct hd_holds *holds, uint32_t more);

/* False: the count would overflow, nothing has changed. */
bool hd_holds_add(struct hd_holds *holds, uint32_t slot, uint32_t n);

/* n <= count.  Never allocates. */
void hd_holds_remove(struct hd_holds *holds, uint32_t slot, uint32_t n);

/* Takes the oldest out.  False: there is none.  Once called, the frame is being
 * left: nothing may be added any more. */
bool hd_holds_take_first(struct hd_holds *holds, struct hd_hold *ret_hold);

#endif
