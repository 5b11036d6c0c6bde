/* SPDX-License-Identifier: MIT */
/* dry_report.h: what a collection would free now, and the cycles that keep it: what the
 * operation DRY_RUN gives.
 *
 * The tracked objects that nothing outside of them holds are dead.  Those that somebody wants
 * to be told of, and what they lead to, would be kept; the others would be freed, and with them
 * what only they have: strings, numbers, untracked and older containers. */
#ifndef HD_HEAP_DRY_REPORT_H
#define HD_HEAP_DRY_REPORT_H

#include "heap/path.h"

#define HD_DRY_ROWS    64u /* the last is for all classes there is no row for */
#define HD_DRY_LARGEST 16u

struct hd_dry_row {
    enum hd_kind kind;          /* HD_KIND_FREE: of the row for the others */
    struct hd_bytes class_name; /* INSTANCE; borrowed until the next operation */
    uint64_t objects;           /* that would be freed, and their bytes */
    uint64_t bytes;
    uint64_t kept; /* that would be kept for somebody to be told */
};

/* Objects each of which leads to each other. */
struct hd_dry_cycle {
    uint64_t objects;
    bool kept;
    struct hd_path path; /* a shortest way from one of them back to it; it has no owner */
};

struct hd_dry_report {
    uint64_t collected;  /* tracked ones that would be freed */
    uint64_t kept;       /* tracked ones that would be kept first */
    uint64_t candidates; /* looked at */
    uint64_t objects;    /* that would be freed, untracked ones included, and their bytes */
    uint64_t bytes;
    uint64_t cycles; /* how many there are */
    uint32_t row_count;
    uint32_t cycle_count; /* given: the largest */
    struct hd_dry_row rows[HD_DRY_ROWS];
    struct hd_dry_cycle cycle[HD_DRY_LARGEST];
};

#endif
