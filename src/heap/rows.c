/* SPDX-License-Identifier: MIT */
/* rows.c: the first block, chunks, and how holes are closed. */
#include "heap/rows.h"

#include <string.h>

#define SMALLEST  8
#define DIRECTORY 16
#define MOST      (UINT32_C(1) << 29)

static size_t block_bytes(uint32_t rows, size_t stride)
{
    return rows * (stride + sizeof(uint32_t));
}

static uint32_t places(const struct hd_rows *rows)
{
    return rows->far == NULL ? rows->room : HD_ROWS_FLAT + rows->far->count * HD_ROWS_CHUNK;
}

size_t hd_rows_bytes(const struct hd_rows *rows, size_t stride)
{
    return block_bytes(places(rows), stride) +
           (rows->far == NULL ? 0 : sizeof *rows->far + rows->far->directory * sizeof(char *));
}

static void free_last_chunk(struct hd_rows *rows, size_t stride)
{
    struct hd_rows_far *far = rows->far;

    hd_free(rows->allocator, far->chunks[--far->count], block_bytes(HD_ROWS_CHUNK, stride));
}

bool hd_rows_shed(struct hd_rows *rows, size_t stride)
{
    if (rows->live > 0 || rows->far == NULL || rows->far->count == 0) {
        return false;
    }
    free_last_chunk(rows, stride);
    rows->room = places(rows);
    rows->used = rows->used < rows->room ? rows->used : rows->room;
    rows->head = rows->head > 0 ? rows->head : 1; /* nothing comes any more */
    return true;
}

void hd_rows_fini(struct hd_rows *rows, size_t stride)
{
    struct hd_rows_far *far = rows->far;

    while (far != NULL && far->count > 0) {
        free_last_chunk(rows, stride);
    }
    if (rows->first != NULL) {
        hd_free(rows->allocator, rows->first, block_bytes(places(rows), stride));
    }
    if (far != NULL) {
        if (far->chunks != NULL) {
            hd_free(rows->allocator, far->chunks, far->directory * sizeof(char *));
        }
        hd_free(rows->allocator, far, sizeof *far);
    }
    *rows = (struct hd_rows){.allocator = rows->allocator};
}

/* Buckets. */

void hd_rows_split(struct hd_rows *rows, size_t stride)
{
    uint32_t number = rows->far->buckets;
    uint32_t half = hd_rows_half(number);
    uint32_t *from = hd_rows_bucket_at(rows, number - half, stride);
    uint32_t *to = hd_rows_bucket_at(rows, number, stride);

    *to = 0;
    while (*from != 0) {
        uint32_t ref = *from;
        struct hd_row *row = hd_rows_at(rows, ref - 1, stride);

        if ((hd_rows_hash(row->tag) & half) == 0) {
            from = &row->next;
        } else {
            *from = row->next;
            row->next = *to;
            *to = ref;
        }
    }
    rows->far->buckets++;
}

/* The last bucket goes back to the one it was split from. */
static void merge(struct hd_rows *rows, size_t stride)
{
    uint32_t number = rows->far->buckets - 1;
    uint32_t *end = hd_rows_bucket_at(rows, number, stride);
    uint32_t *into = hd_rows_bucket_at(rows, number - hd_rows_half(number), stride);
    uint32_t chain = *end;

    while (*end != 0) {
        end = &hd_rows_at(rows, *end - 1, stride)->next;
    }
    if (chain != 0) {
        *end = *into;
        *into = chain;
    }
    rows->far->buckets--;
}

/* Closing of holes. */

/* Looks at so many rows, which go to the beginning of the gap. */
static void close_holes(struct hd_rows *rows, uint32_t steps, size_t stride)
{
    struct hd_rows_far *far = rows->far;

    rows->remade += far->from == 0;
    for (; far->from < rows->used && steps > 0; far->from++, steps--) {
        struct hd_row *row = hd_rows_at(rows, far->from, stride);

        if (row->tag == 0) {
            continue;
        }
        if (far->to != far->from) {
            *hd_rows_link(rows, row, stride) = far->to + 1;
            memcpy(hd_rows_at(rows, far->to, stride), row, stride);
            memset(row, 0, stride);
        }
        far->to++;
    }
    if (far->from >= rows->used) {
        rows->used = far->to;
        far->to = 0;
        far->from = 0;
        rows->remade++;
    }
}

uint32_t hd_rows_floor(const struct hd_rows *rows, uint32_t position)
{
    bool beyond = rows->far != NULL && rows->far->from != 0 && rows->far->to < position;

    return beyond ? rows->far->to : position;
}

uint32_t hd_rows_resume(const struct hd_rows *rows, uint32_t position, uint32_t floor)
{
    bool overtaken = rows->far != NULL && rows->far->from > position && floor < position;

    return overtaken ? floor : position;
}

/* There are no rows, and so no chains. */
static void forget_holes(struct hd_rows *rows)
{
    rows->used = 0;
    rows->remade++;
    if (rows->far != NULL) {
        rows->far->to = 0;
        rows->far->from = 0;
    }
}

/* The first block. */

static void move_row(struct hd_row *to, const struct hd_row *from, size_t stride)
{
    uint64_t *words = (uint64_t *)(void *)to;
    const uint64_t *others = (const uint64_t *)(const void *)from;

    for (size_t i = 0; i < stride / sizeof *words; i++) {
        words[i] = others[i];
    }
}

/* The rows of `from` become those of this block, which may be the same; with pins the holes
 * as well. */
static void refill(struct hd_rows *rows, const struct hd_rows *from, size_t stride)
{
    uint32_t used = from->used;

    memset(rows->first + rows->room * stride, 0, rows->room * sizeof(uint32_t));
    rows->used = 0;
    rows->live = 0;
    for (uint32_t i = 0; i < used; i++) {
        const struct hd_row *row = hd_rows_at(from, i, stride);

        if (row->tag != 0 || rows->pins > 0) {
            struct hd_row *to = hd_rows_at(rows, rows->used, stride);

            move_row(to, row, stride);
            if (to->tag != 0) {
                hd_rows_fill(rows, rows->used, to->tag, stride);
            }
            rows->used++;
        }
    }
    rows->remade++;
}

static enum hd_status make_first(struct hd_rows *rows, uint32_t room, size_t stride)
{
    struct hd_rows old = *rows;

    rows->first = hd_alloc(rows->allocator, block_bytes(room, stride));
    if (rows->first == NULL) {
        rows->first = old.first;
        return HD_RESOURCE_EXHAUSTED;
    }
    rows->room = room;
    refill(rows, &old, stride);
    if (old.first != NULL) {
        hd_free(rows->allocator, old.first, block_bytes(old.room, stride));
    }
    return HD_OK;
}

static enum hd_status make_far(struct hd_rows *rows)
{
    rows->far = hd_alloc(rows->allocator, sizeof *rows->far);
    if (rows->far == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    *rows->far = (struct hd_rows_far){.buckets = HD_ROWS_FLAT};
    return HD_OK;
}

static enum hd_status make_room_flat(struct hd_rows *rows, uint32_t n, size_t stride)
{
    uint64_t needed = (uint64_t)(rows->pins > 0 ? rows->used : rows->live) + n;
    uint32_t room = rows->room == 0 ? SMALLEST : rows->room * 2;

    if (rows->pins == 0 && needed <= rows->room / 2 + 1 && needed <= rows->room) {
        if (rows->live == 0) {
            forget_holes(rows);
        } else {
            refill(rows, rows, stride);
        }
        return HD_OK;
    }
    while (room < needed && room < HD_ROWS_FLAT) {
        room *= 2;
    }
    room = room < HD_ROWS_FLAT ? room : HD_ROWS_FLAT;
    return room > rows->room ? make_first(rows, room, stride) : HD_OK;
}

/* Chunks. */

static enum hd_status add_chunk(struct hd_rows *rows, size_t stride)
{
    struct hd_rows_far *far = rows->far;
    size_t directory = far->directory;
    char *chunk;

    if (far->count == far->directory) {
        char **chunks = hd_grow(rows->allocator, far->chunks, &directory,
                                far->count == 0 ? DIRECTORY : far->count + 1, sizeof *chunks);

        if (chunks == NULL) {
            return HD_RESOURCE_EXHAUSTED;
        }
        far->chunks = chunks;
        far->directory = (uint32_t)directory;
    }
    chunk = hd_alloc(rows->allocator, block_bytes(HD_ROWS_CHUNK, stride));
    if (chunk == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    far->chunks[far->count++] = chunk;
    return HD_OK;
}

static bool has_spare_buckets(const struct hd_rows *rows)
{
    return rows->far->buckets > HD_ROWS_FLAT && rows->far->buckets > rows->used + HD_ROWS_CHUNK;
}

static bool has_spare_chunk(const struct hd_rows *rows)
{
    uint32_t least = rows->used + HD_ROWS_CHUNK;

    least = rows->far->buckets > least ? rows->far->buckets : least;
    return rows->far->count > 0 && places(rows) - HD_ROWS_CHUNK >= least;
}

static bool has_work(const struct hd_rows *rows)
{
    return rows->far->from != 0 || has_spare_buckets(rows) || has_spare_chunk(rows);
}

/* A step of what there is to do. */
static void work(struct hd_rows *rows, size_t stride)
{
    if (rows->live == 0) {
        forget_holes(rows);
        return;
    }
    if (rows->far->from != 0 || rows->live <= rows->used / 2) {
        close_holes(rows, rows->used <= HD_ROWS_FLAT ? HD_ROWS_FLAT : HD_ROWS_STEP, stride);
        return;
    }
    for (uint32_t steps = HD_ROWS_STEP; has_spare_buckets(rows) && steps > 0; steps--) {
        merge(rows, stride);
    }
    if (has_spare_chunk(rows)) {
        free_last_chunk(rows, stride);
    }
}

enum hd_status hd_rows_make_room(struct hd_rows *rows, uint32_t n, size_t stride)
{
    enum hd_status status = HD_OK;
    uint64_t needed;

    if ((uint64_t)rows->used + n > MOST) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (rows->far == NULL) {
        status = make_room_flat(rows, n, stride);
        if (status == HD_OK && n > rows->room - rows->used) {
            status = make_far(rows);
        }
    } else if (rows->pins == 0) {
        work(rows, stride);
    }
    if (status != HD_OK || rows->far == NULL) {
        return status;
    }
    needed = (uint64_t)rows->used + n;
    while (status == HD_OK && needed > places(rows)) {
        status = add_chunk(rows, stride);
    }
    rows->room = places(rows);
    if (has_work(rows) && rows->used + HD_ROWS_SPAN < rows->room) {
        rows->room = rows->used + HD_ROWS_SPAN;
    }
    if (status == HD_OK && rows->room < needed) {
        rows->room = (uint32_t)needed;
    }
    return status;
}

struct hd_row *hd_rows_first(struct hd_rows *rows, size_t stride)
{
    const struct hd_rows_far *far = rows->far;

    if (far != NULL && far->to <= rows->head && rows->head < far->from) {
        rows->head = far->from; /* [rows.inv.gap] */
    }
    for (uint32_t i = 0; i < HD_ROWS_STEP; i++) {
        struct hd_row *row = hd_rows_at(rows, rows->head++, stride);

        if (row->tag != 0) {
            return row;
        }
    }
    return NULL;
}
