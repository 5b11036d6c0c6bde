/* SPDX-License-Identifier: MIT */
/* rows.h: rows in the order in which they came, found by their tags: what holds and names are
 * made of.
 *
 * Up to HD_ROWS_FLAT rows stand in one block, with as many buckets behind them, which is made
 * anew with twice the room.  From there on nothing is made anew: rows and buckets come in
 * chunks; one bucket is split for each row that comes (linear hashing: Larson, CACM 1988), and
 * holes are closed a few rows at a time.
 *
 *   [rows.inv.chains]   every row whose tag is not 0 is in the chain of its tag's bucket, once;
 *                       a hole is in none, until the first is taken out.
 *   [rows.inv.order]    rows stand in the order in which they came, holes between them.
 *   [rows.inv.buckets]  used <= buckets <= places: a row has a bucket of its own number.
 *   [rows.inv.gap]      while holes are closed, [to, from) are holes, and those before `to`
 *                       will not move until the next time.
 *   [rows.inv.bounded]  hd_rows_make_room for n rows moves HD_ROWS_FLAT rows, or looks at
 *                       HD_ROWS_STEP rows or buckets, and takes and gives back what n rows
 *                       need and two blocks more.
 *
 * A row begins with a struct hd_row; `stride` is its size, a multiple of 8 and the same in all
 * calls.  What is behind the head of a row is its owner's; in the gap it is 0. */
#ifndef HD_HEAP_ROWS_H
#define HD_HEAP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/check.h"
#include "base/status.h"

#define HD_ROWS_FLAT  UINT32_C(8192)
#define HD_ROWS_CHUNK UINT32_C(2048)
#define HD_ROWS_STEP  UINT32_C(128)
#define HD_ROWS_SPAN  UINT32_C(32) /* so many rows may come between two steps */

struct hd_row {
    uint32_t tag;  /* 0: a hole */
    uint32_t next; /* of its bucket: position + 1, or 0 */
};

/* What is beyond the first block. */
struct hd_rows_far {
    char **chunks;      /* owned: HD_ROWS_CHUNK rows each, then as many buckets */
    uint32_t count;     /* of chunks */
    uint32_t directory; /* there is room for so many */
    uint32_t buckets;
    uint32_t to;   /* [rows.inv.gap] */
    uint32_t from; /* 0: no holes are being closed */
};

struct hd_rows {
    const struct hd_allocator *allocator;
    char *first;             /* owned: rows, then as many buckets */
    struct hd_rows_far *far; /* owned; NULL: there is nothing beyond the first block */
    uint32_t room;           /* rows that may be there before more room is asked for; without
                                `far` a power of two, or 0, and the number of buckets */
    uint32_t used;           /* rows, holes included */
    uint32_t live;
    uint32_t head;   /* all before it are holes; not 0: rows are being taken out */
    uint32_t remade; /* how often all rows have changed places, or begun to */
    uint32_t pins;   /* not 0: no row changes its place */
};

/* Gives back everything. */
void hd_rows_fini(struct hd_rows *rows, size_t stride);

/* The end of a table without rows, in steps: gives back one chunk.  False: there is none. */
bool hd_rows_shed(struct hd_rows *rows, size_t stride);

/* Bytes asked for. */
size_t hd_rows_bytes(const struct hd_rows *rows, size_t stride);

/* Room for n more rows, when it is not there: rows change places if there are no pins.
 * HD_RESOURCE_EXHAUSTED: no memory; then all rows are there. */
enum hd_status hd_rows_make_room(struct hd_rows *rows, uint32_t n, size_t stride);

static inline enum hd_status hd_rows_reserve(struct hd_rows *rows, uint32_t n, size_t stride)
{
    return n <= rows->room - rows->used ? HD_OK : hd_rows_make_room(rows, n, stride);
}

static inline struct hd_row *hd_rows_at(const struct hd_rows *rows, uint32_t position,
                                        size_t stride)
{
    uint32_t beyond = position - HD_ROWS_FLAT;
    char *row = position < HD_ROWS_FLAT ? rows->first + position * stride
                                        : rows->far->chunks[beyond / HD_ROWS_CHUNK] +
                                              beyond % HD_ROWS_CHUNK * stride;

    return (struct hd_row *)(void *)row;
}

static inline uint32_t hd_rows_hash(uint32_t tag)
{
    uint32_t hash = tag * UINT32_C(0x9E3779B1);

    return hash ^ hash >> 15;
}

/* Of a table with `far`: the bucket of this number. */
static inline uint32_t *hd_rows_bucket_at(const struct hd_rows *rows, uint32_t number,
                                          size_t stride)
{
    uint32_t beyond = number - HD_ROWS_FLAT;

    if (number < HD_ROWS_FLAT) {
        return (uint32_t *)(void *)(rows->first + HD_ROWS_FLAT * stride) + number;
    }
    return (uint32_t *)(void *)(rows->far->chunks[beyond / HD_ROWS_CHUNK] +
                                HD_ROWS_CHUNK * stride) +
           beyond % HD_ROWS_CHUNK;
}

/* The power of two at or below n. */
static inline uint32_t hd_rows_half(uint32_t n)
{
    return UINT32_C(1) << (31 - __builtin_clz(n));
}

static inline uint32_t *hd_rows_far_bucket(const struct hd_rows *rows, uint32_t hash,
                                           size_t stride)
{
    uint32_t half = hd_rows_half(rows->far->buckets);
    uint32_t number = hash & (2 * half - 1);

    return hd_rows_bucket_at(rows, number < rows->far->buckets ? number : number - half,
                             stride);
}

/* Where the chain of this tag begins: position + 1, or 0.  There must be rows. */
static inline uint32_t *hd_rows_bucket(const struct hd_rows *rows, uint32_t tag, size_t stride)
{
    uint32_t hash = hd_rows_hash(tag);

    return rows->far != NULL ? hd_rows_far_bucket(rows, hash, stride)
                             : (uint32_t *)(void *)(rows->first + rows->room * stride) +
                                   (hash & (rows->room - 1));
}

/* A hole becomes a row, which is found by its tag. */
static inline void hd_rows_fill(struct hd_rows *rows, uint32_t position, uint32_t tag,
                                size_t stride)
{
    struct hd_row *row = hd_rows_at(rows, position, stride);
    uint32_t *bucket = hd_rows_bucket(rows, tag, stride);

    row->tag = tag;
    row->next = *bucket;
    *bucket = position + 1;
    rows->live++;
}

/* The bucket of the next row's number comes into being. */
void hd_rows_split(struct hd_rows *rows, size_t stride);

/* One more, for which there is room; the owner sets what is behind its head.  Not when rows
 * are being taken out. */
static inline struct hd_row *hd_rows_append(struct hd_rows *rows, uint32_t tag, size_t stride)
{
    HD_CHECK(rows->used < rows->room && rows->head == 0 && tag != 0);
    if (rows->far != NULL && rows->used == rows->far->buckets) {
        hd_rows_split(rows, stride);
    }
    hd_rows_fill(rows, rows->used, tag, stride);
    return hd_rows_at(rows, rows->used++, stride);
}

/* What leads to the row: its bucket, or the row before it in the chain. */
static inline uint32_t *hd_rows_link(const struct hd_rows *rows, const struct hd_row *row,
                                     size_t stride)
{
    uint32_t *link = hd_rows_bucket(rows, row->tag, stride);

    for (;;) {
        struct hd_row *other = hd_rows_at(rows, *link - 1, stride);

        if (other == row) {
            return link;
        }
        link = &other->next;
    }
}

static inline uint32_t hd_rows_number(const struct hd_rows *rows, const struct hd_row *row,
                                      size_t stride)
{
    return *hd_rows_link(rows, row, stride) - 1;
}

/* The row becomes a hole. */
static inline void hd_rows_drop(struct hd_rows *rows, struct hd_row *row, size_t stride)
{
    *hd_rows_link(rows, row, stride) = row->next;
    row->tag = 0;
    rows->live--;
}

/* The oldest row, which the caller makes a hole by a tag of 0: it stays in its chain, for from
 * now on nothing comes.  NULL: none among the next HD_ROWS_STEP.  There must be one. */
struct hd_row *hd_rows_first(struct hd_rows *rows, size_t stride);

/* All before this position is behind a walk that has come so far, whatever moves until
 * `remade` changes; and where such a walk goes on. */
uint32_t hd_rows_floor(const struct hd_rows *rows, uint32_t position);
uint32_t hd_rows_resume(const struct hd_rows *rows, uint32_t position, uint32_t floor);

/* The invariants, but for the last; a table that rows are being taken out of has none. */
bool hd_rows_check(const struct hd_rows *rows, size_t stride);

#endif
