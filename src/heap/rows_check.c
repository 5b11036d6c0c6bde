/* SPDX-License-Identifier: MIT */
/* rows_check.c: the invariants of rows.h, row by row, and those of holds and names. */
#include "heap/holds.h"
#include "heap/names.h"

/* A row is in the chain of its bucket, which is no longer than there are rows. */
static bool is_chained(const struct hd_rows *rows, uint32_t position, uint32_t tag,
                       size_t stride)
{
    uint32_t next = *hd_rows_bucket(rows, tag, stride);

    for (uint32_t n = 0; next != 0 && n < rows->live; n++) {
        if (next > rows->used || next == position + 1) {
            return next == position + 1;
        }
        next = hd_rows_at(rows, next - 1, stride)->next;
    }
    return false;
}

/* What follows every row of every chain is a row of the same bucket, so that chains which have
 * all rows have nothing else. */
static bool is_followed(const struct hd_rows *rows, const struct hd_row *row, size_t stride)
{
    const struct hd_row *next;

    if (row->next == 0) {
        return true;
    }
    if (row->next > rows->used) {
        return false;
    }
    next = hd_rows_at(rows, row->next - 1, stride);
    return next->tag != 0 &&
           hd_rows_bucket(rows, next->tag, stride) == hd_rows_bucket(rows, row->tag, stride);
}

static bool check_far(const struct hd_rows *rows)
{
    const struct hd_rows_far *far = rows->far;

    return far == NULL || (rows->used <= far->buckets && far->count <= far->directory &&
                           far->buckets <= HD_ROWS_FLAT + far->count * HD_ROWS_CHUNK &&
                           rows->room <= HD_ROWS_FLAT + far->count * HD_ROWS_CHUNK &&
                           far->to <= far->from && far->from <= rows->used);
}

bool hd_rows_check(const struct hd_rows *rows, size_t stride)
{
    uint32_t live = 0;

    if (rows->head != 0) {
        return true;
    }
    if (!check_far(rows) || rows->used > rows->room) {
        return false;
    }
    for (uint32_t i = 0; i < rows->used; i++) {
        const struct hd_row *row = hd_rows_at(rows, i, stride);
        bool in_gap = rows->far != NULL && rows->far->to <= i && i < rows->far->from;

        if (row->tag == 0) {
            continue;
        }
        live++;
        if (in_gap || !is_chained(rows, i, row->tag, stride) ||
            !is_followed(rows, row, stride)) {
            return false;
        }
    }
    return live == rows->live;
}

bool hd_holds_check(const struct hd_holds *holds)
{
    for (uint32_t i = holds->rows.head; i < holds->rows.used; i++) {
        const struct hd_hold *hold = hd_holds_at(holds, i);

        if (hold->slot != 0 && hold->count == 0) {
            return false;
        }
    }
    return hd_rows_check(&holds->rows, sizeof(struct hd_hold));
}

bool hd_names_check(const struct hd_names *names)
{
    uint32_t bound = 0;

    for (uint32_t i = names->rows.head; i < names->rows.used; i++) {
        const struct hd_name *name = hd_names_at(names, i);

        if ((name->row.tag == 0) != (name->text == NULL)) {
            return false;
        }
        bound += name->slot != 0;
    }
    return bound == names->bound && hd_rows_check(&names->rows, sizeof(struct hd_name));
}
