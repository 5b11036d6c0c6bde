/* SPDX-License-Identifier: MIT */
/* verdict.h: how the examples of one file went, and how that is told. */
#ifndef HEAPD_CONSOLE_VERDICT_H
#define HEAPD_CONSOLE_VERDICT_H

#include <stdio.h>

#include "doctest.h"
#include "machine.h"

struct hd_verdict {
    unsigned long passed;
    unsigned long failed;
    struct hd_text report; /* what failed, for people */
};

void hd_verdict_init(struct hd_verdict *verdict);
void hd_verdict_fini(struct hd_verdict *verdict);

/* What the statement gave, as an expectation would have it: its output, or the
 * traceback with its middle left out. */
void hd_verdict_outcome(const struct hd_statement *statement, struct hd_text *out);
/* Compares; counts; on failure reports expected and got side by side. */
bool hd_verdict_judge(struct hd_verdict *verdict, const char *path,
                      const struct hd_example *example, const struct hd_statement *statement);
/* Something else that failed.  place: the file, and where in it if that is known. */
void hd_verdict_fail(struct hd_verdict *verdict, const char *place, const char *message);

/* How the verdicts of all files are printed. */
struct hd_tally {
    unsigned long passed;
    unsigned long failed;
    unsigned long files;
    FILE *tap;   /* NULL: plain */
    FILE *junit; /* NULL: none */
};

/* To be called in this order; add once for each file. */
void hd_tally_begin(struct hd_tally *tally, unsigned long files);
void hd_tally_add(struct hd_tally *tally, const char *path, const struct hd_verdict *verdict);
void hd_tally_end(struct hd_tally *tally);

#endif
