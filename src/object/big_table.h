/* SPDX-License-Identifier: MIT */
/* big_table.h: a dict, set or attributes too big for one block: chunks of entries in
 * insertion order, and an index of pages (table_index.h).
 *
 * A position is the chunk's place in the order, and the entry's in the chunk;
 * positions between the chunk's last entry and the next chunk are holes, like
 * those that deleted entries leave.  A ref of the index names the chunk itself,
 * so that chunks can be taken out of the order without touching the index.
 *
 *   [object.inv.chunks]  order[0..chunks) are different chunks with at least one living entry
 *                        each; behind a chunk's span all words are 0; no hole ends the last.
 *   [object.inv.refs]    the index has one cell for each living entry, with its hash and ref.
 *
 * These functions move references; they do not count them. */
#ifndef HD_OBJECT_BIG_TABLE_H
#define HD_OBJECT_BIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "object/kind.h"
#include "object/span.h"
#include "object/table_index.h"

#define HD_TABLE_FLAT_MAX UINT32_C(8192) /* entries of a table in one block */
#define HD_CHUNK_BITS     10
#define HD_CHUNK_ENTRIES  (UINT32_C(1) << HD_CHUNK_BITS)

struct hd_chunk {
    uint32_t *words; /* entries; NULL: a free number */
    uint32_t order;  /* its place; free: the next free number */
    uint16_t span;
    uint16_t live;
};

/* Begins as a flat table does. */
struct hd_big_table {
    uint32_t span;     /* positions used */
    uint32_t live;     /* entries with a key; while dying: the next to release */
    uint32_t capacity; /* HD_BODY_BIG */
    uint32_t owner;
    uint32_t chunks;
    uint32_t numbers;       /* of chunks, ever used */
    uint32_t free;          /* first free number, plus one */
    uint32_t room;          /* of the two arrays */
    struct hd_chunk *chunk; /* by number */
    uint32_t *order;        /* numbers, by place */
    struct hd_index index;
    uint32_t weak; /* the word of weak.h */
};

struct hd_slot;

/* Of a table that is big. */
static inline struct hd_big_table *hd_big_table_of(const struct hd_table *table)
{
    union {
        const struct hd_table *flat;
        struct hd_big_table *big;
    } body = {table};

    return body.big;
}

/* Bytes of all blocks. */
size_t hd_big_table_bytes(const struct hd_big_table *table, enum hd_kind kind);

/* An empty one.  Errors here and below as for the index; then nothing has changed. */
enum hd_status hd_big_table_new(struct hd_objects *objects, uint16_t account,
                                struct hd_big_table **ret_table, struct hd_error *error);

/* The end, in steps: gives back at most *blocks of its blocks; false: there
 * are more.  Its own block stays. */
bool hd_big_table_shed(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                       struct hd_big_table *table, uint32_t *blocks);

/* The words of the entry at a position below span. */
uint32_t *hd_big_table_entry(const struct hd_big_table *table, enum hd_kind kind,
                             uint32_t position);

/* The next position of an entry with this hash; HD_REF_NONE behind the last. */
uint32_t hd_big_table_next(const struct hd_big_table *table, struct hd_index_search *search);

/* Room for one entry of this hash; then the entry. */
enum hd_status hd_big_table_reserve(struct hd_objects *objects, uint16_t account,
                                    enum hd_kind kind, struct hd_big_table *table,
                                    uint32_t hash, struct hd_error *error);
void hd_big_table_append(struct hd_big_table *table, enum hd_kind kind, const uint32_t *entry);

/* Takes the entry out.  Positions behind it may change. */
void hd_big_table_delete(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                         struct hd_big_table *table, uint32_t position);

/* Relocates block number part of those beside its own; false: there are fewer. */
bool hd_big_table_relocate(struct hd_big_table *table, enum hd_kind kind, uint32_t part,
                           hd_relocate_cb relocate, void *ctx);

/* The two invariants. */
bool hd_big_table_check(const struct hd_big_table *table, enum hd_kind kind);

#endif
