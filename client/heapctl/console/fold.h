/* SPDX-License-Identifier: MIT */
/* fold.h: constant folding as CPython 3.11 does it between parser and compiler.
 *
 * It decides which objects a statement makes: `500 + 500` makes one int, "x" *
 * 3 one string, (1, 2) one tuple. */
#ifndef HEAPD_CONSOLE_FOLD_H
#define HEAPD_CONSOLE_FOLD_H

#include "ast.h"
#include "zone.h"

void hd_fold(struct hd_node *statement, struct hd_zone *zone);

/* A constant tuple (or frozenset, equal items once) of constant nodes; NULL if
 * one of them is no constant. */
const struct hd_constant *hd_fold_sequence(struct hd_node *const *items, size_t count,
                                           enum heapd_kind kind, struct hd_zone *zone);

#endif
