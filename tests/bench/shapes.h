/* SPDX-License-Identifier: MIT */
/* shapes.h: the graphs of the collector's rows; peer_cpython.py makes the same ones.
 *
 * shape      alive                                      dead
 * pairs      lists of two ints, in one list             lists in cycles of two
 * chain      lists of the one before and None           a ring of such lists
 * random     a tree of lists whose nodes lie in no      the same, its root referred to by what
 *            order, each also with another at random    lies deepest
 * instances  instances of the one before and None       instances in cycles of two
 *
 * Automatic collection is off while they are made, and stays so. */
#ifndef HD_BENCH_SHAPES_H
#define HD_BENCH_SHAPES_H

#include "inside.h"

/* n objects, all of them held. */
void shape_alive(struct bench *b, const char *shape, long n);

/* n objects, rounded down to an even number; nothing holds them.  Gives how many. */
uint64_t shape_dead(struct bench *b, const char *shape, long n);

/* One list of two ints more, in the list. */
void shape_add_pair(struct bench *b, uint64_t list, uint64_t number);

#endif
