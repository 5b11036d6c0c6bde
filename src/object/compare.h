/* SPDX-License-Identifier: MIT */
/* compare.h: == of two objects, and the search of a sequence for an equal item, some steps at
 * a time: what equal.c does in one piece.
 *
 * A comparison stands in pairs of containers, one inside the other, on a stack of its own.  It
 * takes no reference.  The caller sees to it that both operands live when it goes on; what
 * is between them and where it stands then lives too, for a change of any container it
 * stands in, or a weak reference on the way that lost its target, makes it begin again.
 * What it has passed may change: each pair was equal when it was looked at.
 *
 *   [object.inv.watched]  Of the containers in which comparisons stand, watched[] has how many
 *                         there are by slot, modulo its size: a change of any other costs
 *                         one look. */
#ifndef HD_OBJECT_COMPARE_H
#define HD_OBJECT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"

struct hd_objects;
struct hd_standing;

struct hd_comparison {
    struct hd_objects *objects;
    struct hd_list link; /* among the objects' */
    uint32_t left;
    uint32_t right;
    bool seeks;       /* right, among the items of the sequence left */
    bool changed;     /* begins again */
    bool equal;       /* the answer: equal, or found */
    uint32_t index;   /* where it was found */
    uint32_t depth;   /* of the stack */
    uint32_t targets; /* of these pairs, those of weak references */
    size_t room;
    struct hd_standing *stack;
    uint64_t left_steps; /* until it is refused */
};

/* left == right or, if it seeks, the first item of a list or tuple that equals right; refused
 * with LIMIT_WORK beyond max_steps.  Errors: LIMIT_MEMORY. */
enum hd_status hd_comparison_new(struct hd_objects *objects, uint32_t left, uint32_t right,
                                 bool seeks, uint64_t max_steps,
                                 struct hd_comparison **ret_comparison, struct hd_error *error);

/* NULL is nothing. */
void hd_comparison_free(struct hd_comparison *comparison);

enum hd_compared {
    HD_COMPARED_MORE,    /* the steps are used up */
    HD_COMPARED_CHANGED, /* it is at its beginning again */
    HD_COMPARED_DONE,
    HD_COMPARED_REFUSED, /* PY_RECURSION_ERROR, LIMIT_WORK, LIMIT_MEMORY */
};

/* Goes on for *steps, which go down. */
enum hd_compared hd_comparison_work(struct hd_comparison *comparison, uint64_t *steps,
                                    struct hd_error *error);

/* A container has changed; for those that stand in it. */
void hd_comparisons_note_change(struct hd_objects *objects, uint32_t slot);

#endif
