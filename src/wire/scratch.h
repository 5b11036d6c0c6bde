/* SPDX-License-Identifier: MIT */
/* scratch.h: the memory of one call: given out in a row, taken back all at once, and capped.
 *
 * A request is decoded into it and its reply is built in it.  The cap is what
 * a hostile message can cost at most [wire.req.capped]; the newest chunk is
 * kept from call to call, so that a steady state allocates nothing. */
#ifndef HD_WIRE_SCRATCH_H
#define HD_WIRE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/alloc.h"

struct hd_scratch_chunk;

struct hd_scratch {
    const struct hd_allocator *allocator;
    struct hd_scratch_chunk *chunk; /* owned; the newest, linked to older ones */
    char *next;                     /* in the newest chunk: what is given out next */
    char *end;                      /* of the chunk, or where the cap is reached */
    char *counted;                  /* up to here the newest chunk is in taken */
    size_t taken;                   /* bytes given out since the last reset */
    size_t cap;                     /* of taken */
    bool exhausted;                 /* something was refused since the last reset */
};

#define HD_SCRATCH_ALIGN ((size_t)16)

void hd_scratch_init(struct hd_scratch *scratch, const struct hd_allocator *allocator);
void hd_scratch_fini(struct hd_scratch *scratch);

/* Bytes that may be taken between two resets.  No cap at first. */
void hd_scratch_set_cap(struct hd_scratch *scratch, size_t cap);

/* From a new chunk, or refused. */
void *hd_scratch_take_more(struct hd_scratch *scratch, size_t size);

/* Aligned to 16; valid until reset.  NULL: the cap or the memory is reached. */
static inline void *hd_scratch_take(struct hd_scratch *scratch, size_t size)
{
    size_t whole = (size + HD_SCRATCH_ALIGN - 1) & ~(HD_SCRATCH_ALIGN - 1);
    char *block = scratch->next;

    if (size > whole || whole > (size_t)(scratch->end - block)) {
        return hd_scratch_take_more(scratch, size);
    }
    scratch->next = block + whole;
    return block;
}

/* Bytes given out since the last reset. */
size_t hd_scratch_taken(const struct hd_scratch *scratch);

/* count items of item_size bytes, zeroed.  Never NULL for count 0. */
void *hd_scratch_take_array(struct hd_scratch *scratch, size_t count, size_t item_size);

/* A copy that ends with 0. */
char *hd_scratch_copy_text(struct hd_scratch *scratch, const char *data, size_t size);

/* Something was refused since the last reset. */
bool hd_scratch_is_exhausted(const struct hd_scratch *scratch);

/* Takes everything back; one chunk is kept for the next call. */
void hd_scratch_reset(struct hd_scratch *scratch);

/* A place to go back to: what is taken after it goes, what was taken before it stays. */
struct hd_scratch_mark {
    struct hd_scratch_chunk *chunk;
    char *next;
    size_t taken;
};

struct hd_scratch_mark hd_scratch_mark(const struct hd_scratch *scratch);

/* mark is of this scratch, and younger than its last reset. */
void hd_scratch_rewind(struct hd_scratch *scratch, struct hd_scratch_mark mark);

#endif
