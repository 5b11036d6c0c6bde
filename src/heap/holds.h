/* SPDX-License-Identifier: MIT */
/* holds.h: which objects are held how often, oldest first.
 *
 * Rows (rows.h) whose tags are the slots.  Taking out never allocates.  It counts nothing
 * itself: the caller takes and drops references. */
#ifndef HD_HEAP_HOLDS_H
#define HD_HEAP_HOLDS_H

#include "heap/rows.h"

struct hd_hold {
    union {
        struct hd_row row;
        uint32_t slot; /* its tag; 0: a hole */
    };
    uint32_t count;
    uint32_t leaving; /* of these, what a request that is being judged gives back */
};

struct hd_holds {
    struct hd_rows rows;
};

void hd_holds_init(struct hd_holds *holds, const struct hd_allocator *allocator);
void hd_holds_fini(struct hd_holds *holds);

/* Bytes asked for. */
size_t hd_holds_bytes(const struct hd_holds *holds);

static inline bool hd_holds_has_room(const struct hd_holds *holds)
{
    return holds->rows.used < holds->rows.room;
}

/* Room for one more object.  HD_RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_holds_reserve(struct hd_holds *holds);
enum hd_status hd_holds_reserve_many(struct hd_holds *holds, uint32_t n);

/* Number `number` of those used, oldest first; or a hole. */
static inline struct hd_hold *hd_holds_at(const struct hd_holds *holds, uint32_t number)
{
    return (struct hd_hold *)(void *)hd_rows_at(&holds->rows, number, sizeof(struct hd_hold));
}

/* Valid until the next reserve; NULL: not held. */
struct hd_hold *hd_holds_find(const struct hd_holds *holds, uint32_t slot);

/* It is looked for soon: first its place in the index comes into the cache, then, when that is
 * there, the first entry of its chain, and then the second if that is another's. */
void hd_holds_fetch(const struct hd_holds *holds, uint32_t slot);
void hd_holds_fetch_entry(const struct hd_holds *holds, uint32_t slot);
void hd_holds_fetch_second(const struct hd_holds *holds, uint32_t slot);

/* n more of slot; a new one needs a reserved place.  False: the count would overflow. */
bool hd_holds_add(struct hd_holds *holds, uint32_t slot, uint32_t n);

/* n less of a hold that has so many; without any left it is gone. */
void hd_holds_remove(struct hd_holds *holds, struct hd_hold *hold, uint32_t n);

/* While there are pins every hold has a number that stays, also when it has gone; n more of
 * what has or had this number. */
uint32_t hd_holds_number(const struct hd_holds *holds, const struct hd_hold *hold);
void hd_holds_put_back(struct hd_holds *holds, uint32_t number, uint32_t slot, uint32_t n);

/* Takes the oldest out, whole; or passes over holes, with a count of 0.  False: there is none.
 * Once one has been taken out none may be added. */
bool hd_holds_take_first(struct hd_holds *holds, uint32_t *ret_slot, uint32_t *ret_count);

/* The end, in steps, when there is none.  False: nothing is left but what fini gives back. */
bool hd_holds_shed(struct hd_holds *holds);

/* The invariants of rows; and every hold has a count. */
bool hd_holds_check(const struct hd_holds *holds);

#endif
